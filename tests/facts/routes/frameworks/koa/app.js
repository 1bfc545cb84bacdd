const Koa = require("koa");
const Router = require("@koa/router");
const orders = require("./routes/orders");
const { PARTS } = require("./routes/paths");

const router = new Router();
router.get("/health", (ctx) => (ctx.body = "ok"));
router.get("part", `${PARTS}/:part`, (ctx) => (ctx.body = ctx.params.part));
router.all("/old", (ctx) => ctx.redirect("/"));

const api = new Router({ prefix: "/api" });
api.use(orders.routes());
api.use("/v2", orders.routes());

new Koa().use(router.routes()).use(api.routes()).use(api.allowedMethods()).listen(3000);
