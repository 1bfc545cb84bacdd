// Routes of a Koa application with koa-router, in its own environment: node -r ./koa_routes.js server.js
const Module = require("module");

const load = Module._load;
Module._load = function (name, ...rest) {
  const loaded = load.call(this, name, ...rest);
  if (name === "koa" && !loaded.prototype.lists) {
    loaded.prototype.lists = true;
    loaded.prototype.callback = loaded.prototype.listen = function () {
      for (const { router } of this.middleware) {
        for (const layer of router ? router.stack : []) {
          const methods = layer.methods.length > 20 ? ["any"] : layer.methods; // `router.all` names them all
          for (const method of methods) if (method !== "HEAD") console.log(method, String(layer.path));
        }
      }
      process.exit(0);
    };
  }
  return loaded;
};
