const express = require("express");
const orders = require("./routes/orders");

const app = express();
app.use(express.json());
app.get("/health", (req, res) => res.send("ok"));
app.use("/api/orders", orders);
app.get("/files/*path", (req, res) => res.send("file"));
app.get("/parts{/:part}", (req, res) => res.send("part"));
app.all(["/old", "/older"], (req, res) => res.redirect("/"));

const reports = express();
reports.get("/:year", (req, res) => res.send("report"));
app.use("/reports", reports);

app.listen(3000);
