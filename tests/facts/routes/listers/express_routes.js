// Routes of an Express application (4 and 5; Nest too), in its own environment: node -r ./express_routes.js server.js
// Nothing listens: the routes are printed when it would, at the latest after LISTER_SECONDS (10) or when the process ends.
const http = require("http");
const Module = require("module");

const applications = [];
const mounted = new Map(); // layer: [path, application]
let printed = false;

const prototypes = new Set();
const load = Module._load;
Module._load = function (name, ...rest) {
  const loaded = load.call(this, name, ...rest);
  if (typeof loaded === "function" && loaded.Router && loaded.application && !prototypes.has(loaded.application)) watch(loaded);
  return loaded;
};

function watch(express) {
  prototypes.add(express.application);
  const { init, use } = express.application;
  express.application.init = function (...given) {
    applications.push(this);
    return init.apply(this, given);
  };
  express.application.use = function (...given) {
    const before = stack(this).length;
    const done = use.apply(this, given);
    const apps = given.flat(Infinity).filter((one) => one && one.handle && one.set);
    if (apps.length) stack(this).slice(before).forEach((layer, at) => mounted.set(layer, { ...mounted.get(layer), app: apps[at] }));
    return done;
  };
  const router = Object.prototype.hasOwnProperty.call(express.Router.prototype || {}, "use") ? express.Router.prototype : express.Router;
  const mount = router.use;
  router.use = function (...given) {
    const before = this.stack.length;
    const done = mount.apply(this, given);
    const path = typeof given[0] === "function" || (Array.isArray(given[0]) && typeof given[0].flat(Infinity)[0] === "function") ? "/" : given[0];
    this.stack.slice(before).forEach((layer) => mounted.set(layer, { path }));
    return done;
  };
}

const stack = (app) => (app._router || (prototypes.has(Object.getPrototypeOf(app)) || app.settings ? own(app) : app) || {}).stack || [];

function own(app) {
  try {
    return app.router; // Express 5; Express 4 throws
  } catch {
    return undefined;
  }
}

const texts = (path) => [path].flat(Infinity).flatMap((one) => (one instanceof RegExp ? `regex${one}` : optional(String(one))));

function optional(path) { // Express 5: what stands in braces may be missing
  const found = /\{([^{}]*)\}/.exec(path);
  if (!found) return [path];
  const [before, after] = [path.slice(0, found.index), path.slice(found.index + found[0].length)];
  return [before + found[1] + after, ...(found[1].includes("*") ? [] : [before + after])].flatMap(optional);
}

function walk(layers, before) {
  for (const layer of layers) {
    if (layer.route) {
      const named = Object.keys(layer.route.methods).map((one) => one.toUpperCase());
      const methods = layer.route.methods._all || named.length > 20 ? ["any"] : named; // `app.all` names them all
      for (const path of texts(layer.route.path)) for (const method of methods) console.log(method, join(before, path));
      continue;
    }
    const { path = "/", app } = mounted.get(layer) || {};
    const inner = app ? stack(app) : layer.handle.stack;
    if (inner) for (const one of texts(path)) walk(inner, join(before, one));
    else if (layer.name === "serveStatic") for (const one of texts(path)) console.log("GET", join(before, one).replace(/\/$/, "") + "/{path...}");
  }
}

const join = (before, path) => `${before.replace(/\/$/, "")}/${path.replace(/^\//, "")}`;

function print() {
  if (printed) return;
  printed = true;
  const inner = new Set([...mounted.values()].map((one) => one.app));
  for (const app of applications) if (!inner.has(app)) walk(stack(app), "");
}

http.Server.prototype.listen = function () {
  print();
  process.exit(0);
};
process.on("exit", print);
process.on("uncaughtException", (error) => console.error(String(error)));
process.on("unhandledRejection", (error) => console.error(String(error)));
setTimeout(() => process.exit(0), 1000 * (process.env.LISTER_SECONDS || 10)).unref();
