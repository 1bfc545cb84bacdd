const express = require("express");
const orders = require("./routes/orders");

const app = express();
app.use(express.json());
app.get("/health", (req, res) => res.send("ok"));
app.use("/api/orders", orders);
app.route("/baskets/:basket").get((req, res) => res.send("basket")).delete((req, res) => res.send("gone"));

module.exports = app;
if (require.main === module) app.listen(3000);
