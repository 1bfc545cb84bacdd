const Router = require("@koa/router");

const router = new Router();
router.prefix("/orders");
router.get("/", (ctx) => (ctx.body = []));
router.post("/", (ctx) => (ctx.status = 201));
router.del("/:order", (ctx) => (ctx.status = 204));

module.exports = router;
