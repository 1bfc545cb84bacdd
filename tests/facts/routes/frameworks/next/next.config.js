module.exports = { basePath: "/shop" }
