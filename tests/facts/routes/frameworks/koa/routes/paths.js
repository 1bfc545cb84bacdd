exports.PARTS = "/parts";
