"""What is read of Python: calls between modules, and tables by way of Django's and SQLAlchemy's models and SQL texts."""

from pathlib import Path

from tests.split.from_files import code_of
from toolkit.split.code import Code, Reach

MODELS = """\
from django.db import models
class Base(models.Model):
    class Meta:
        abstract = True
class Order(Base):
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="orders")
    def close(self):
        self.open = False
        self.save()
class Line(Base):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    class Meta:
        db_table = "order_lines"
"""
CUSTOMERS = "from django.db import models\nclass Customer(models.Model):\n    name = models.TextField()\n"


def django(folder: Path, views: str) -> Code:
    return code_of(
        folder,
        {"requirements.txt": "django", "manage.py": "", "shop/settings.py": "INSTALLED_APPS = ['orders']",
         "orders/__init__.py": "", "orders/models.py": MODELS, "customers/__init__.py": "", "customers/models.py": CUSTOMERS,
         "orders/views.py": views},
    )  # fmt: skip


def used(code: Code, unit: str, method: str) -> set[tuple[str, str]]:
    return {(one.table, "writes" if one.write else "reads") for one in code.accesses if one.node == (unit, method)}


def test_querysets_instances_and_related_managers(tmp_path: Path) -> None:
    code = django(
        tmp_path,
        """\
from django.shortcuts import get_object_or_404
from customers.models import Customer
from .models import Line, Order
def show(request, pk):
    return Order.objects.filter(pk=pk)
def rename(request, pk):
    customer = get_object_or_404(Customer.objects.select_related("x"), pk=pk)
    customer.save()
def add(request, pk):
    customer = Customer.objects.get(pk=pk)
    customer.orders.create(open=True)
def purge(request):
    Line.objects.all().delete()
def close(request, pk):
    order = Order.objects.get(pk=pk)
    order.close()
""",
    )
    assert used(code, "orders/views", "show") == {("orders_order", "reads")}
    assert ("customers_customer", "writes") in used(code, "orders/views", "rename")
    assert used(code, "orders/views", "add") == {("customers_customer", "reads"), ("orders_order", "writes")}
    assert ("order_lines", "writes") in used(code, "orders/views", "purge")
    assert used(code, "orders/models", "Order.close") == {("orders_order", "writes")}
    assert ("orders/models", "Order.close") in Reach(code).nodes([("orders/views", "close")])
    assert set(code.foreign_keys) == {("orders_order", "customers_customer"), ("order_lines", "orders_order")}
    assert code.owners["order_lines"] == "orders/models"


def test_forms_and_generic_views_write_their_model(tmp_path: Path) -> None:
    code = django(
        tmp_path,
        """\
from django import forms
from django.views.generic import ListView, UpdateView
from .models import Order
class OrderForm(forms.ModelForm):
    class Meta:
        model = Order
class Orders(ListView):
    queryset = Order.objects.all()
class Change(UpdateView):
    model = Order
def create(request):
    form = OrderForm(request.POST)
    form.save()
""",
    )
    assert ("orders_order", "writes") not in used(code, "orders/views", "Orders")
    assert ("orders_order", "reads") in used(code, "orders/views", "Orders")
    assert ("orders_order", "writes") in used(code, "orders/views", "Change")
    assert ("orders_order", "writes") in used(code, "orders/views", "create")


def test_sqlalchemy_and_statements_in_texts(tmp_path: Path) -> None:
    code = code_of(
        tmp_path,
        {
            "requirements.txt": "flask",
            "app/__init__.py": "",
            "app/models.py": """\
from app.extensions import db
class User(db.Model):
    id = 1
class OrderLine(db.Model):
    user_id = db.Column(db.ForeignKey("user.id"))
class Rate(Base):
    __tablename__ = "rates"
""",
            "app/extensions.py": "db = SQLAlchemy()\n",
            "app/views.py": """\
from sqlalchemy import select, update
from app.extensions import db
from app.models import OrderLine, Rate, User
def show(): return User.query.filter_by(id=1).first()
def add():
    line = OrderLine()
    db.session.add(line)
def rates(): db.session.execute(update(Rate).values(x=1))
def look(): return db.session.scalars(select(Rate))
def plain(cursor): cursor.execute("INSERT INTO log (a) SELECT b FROM old_log")
""",
        },
    )
    assert used(code, "app/views", "show") == {("user", "reads")}
    assert ("order_line", "writes") in used(code, "app/views", "add")
    assert ("rates", "writes") in used(code, "app/views", "rates")
    assert used(code, "app/views", "look") == {("rates", "reads")}
    assert used(code, "app/views", "plain") == {("log", "writes"), ("old_log", "reads")}
    assert list(code.foreign_keys) == [("order_line", "user")]


def test_calls_across_modules_and_transactions(tmp_path: Path) -> None:
    code = code_of(
        tmp_path,
        {
            "requirements.txt": "django",
            "billing/__init__.py": "from .rates import rate\n",
            "billing/rates.py": "def rate(): return 1\n",
            "main.py": """\
from django.db import transaction
from billing import rate
@transaction.atomic
def run(): return rate()
def later():
    with transaction.atomic():
        return run()
""",
        },
    )
    assert code.calls_of_units() == {("main", "billing/rates"): 1}
    assert set(code.transactions) == {("main", "run"), ("main", "later")}
