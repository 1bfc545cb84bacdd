// Routes of a built Next application: node next_routes.js FOLDER. Pages from the manifests that its server reads, methods from what
// the built handlers export, and of `public` and the build's output what its server finds.
const fs = require("fs")
const path = require("path")

const folder = path.resolve(process.argv[2])
const next = (name) => require(require.resolve(`next/dist/${name}`, { paths: [folder] }))
const built = path.join(folder, ".next")
const json = (name) => JSON.parse(fs.readFileSync(path.join(built, name), "utf8"))
const INTERNAL = /^\/(?:_app|_document|_error|_not-found|404|500)$/
const VERBS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"]

function methods(page, files) {
  const file = files[page]
  if (file.endsWith("/route.js")) {
    const handlers = require(path.join(built, "server", file)).routeModule.userland
    return VERBS.filter((verb) => verb in handlers)
  }
  return page.startsWith("/api/") ? ["any"] : ["GET"]
}

function addresses(page) {
  const whole = page.replace(/\[\[?(?:\.\.\.)?(\w+)\]\]?/g, "{$1}")
  return page.endsWith("]]") ? [whole, path.posix.dirname(whole)] : [whole]
}

async function main() {
  const { basePath } = json("routes-manifest.json")
  const names = json("app-path-routes-manifest.json")
  const files = { ...json("server/pages-manifest.json") }
  for (const [name, file] of Object.entries(json("server/app-paths-manifest.json"))) files[names[name]] = file
  for (const page of Object.keys(files).filter((name) => !INTERNAL.test(name)))
    for (const method of methods(page, files))
      for (const address of addresses(page)) console.log(method, path.posix.join(basePath, address).replace(/\/$/, ""))

  const config = await next("server/config").default("phase-production-server", folder)
  const server = await next("server/lib/router-utils/filesystem").setupFsCheck({ dir: folder, dev: false, config })
  const found = (name) => server.getItem(basePath + name)
  for (const entry of fs.readdirSync(path.join(folder, "public"), { withFileTypes: true })) {
    const below = entry.isDirectory() ? fs.readdirSync(path.join(folder, "public", entry.name))[0] : ""
    if (await found(path.posix.join("/", entry.name, below))) console.log("GET", `${basePath}/${entry.name}${below && "/{}"}`)
  }
  const id = fs.readFileSync(path.join(built, "BUILD_ID"), "utf8")
  if (await found(`/_next/static/${id}/_buildManifest.js`)) console.log("GET", `${basePath}/_next/{}`)
}

main()
