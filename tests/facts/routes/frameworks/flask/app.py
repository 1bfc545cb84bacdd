from flask import Flask
from flask.views import MethodView
from orders import orders


def create_app():
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(orders, url_prefix="/shop/orders")

    @app.get("/health")
    def health():
        return "ok"

    app.add_url_rule("/baskets/<uuid:basket>", view_func=Basket.as_view("basket"))
    return app


class Basket(MethodView):
    def get(self, basket):
        return "basket"

    def delete(self, basket):
        return "gone"


app = create_app()
