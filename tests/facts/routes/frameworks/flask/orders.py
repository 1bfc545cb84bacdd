from flask import Blueprint

lines = Blueprint("lines", __name__, url_prefix="/<int:order>/lines")
orders = Blueprint("orders", __name__)


@orders.route("/")
def index():
    return "all"


@orders.route("/<int:order>", methods=["GET", "PUT"])
def one(order):
    return "one"


@lines.post("/")
def add(order):
    return "added"


@lines.route("/<path:name>")
def line(order, name):
    return name


orders.register_blueprint(lines)
