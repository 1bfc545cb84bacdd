const { Router } = require("express");

const lines = Router({ mergeParams: true });
lines.get("/", (req, res) => res.json([]));
lines.post("/", (req, res) => res.status(201).json({}));
lines.get("/:line", (req, res) => res.json({}));

const router = Router();
router.get("/", (req, res) => res.json([]));
router.put("/:order", (req, res) => res.json({}));
router.use("/:order/lines", lines);

module.exports = router;
