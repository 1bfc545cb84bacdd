"""Level (c): what a service's image is built without, and what prevents more."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from tests.split.from_files import proposal_of, tree_of
from toolkit.cli.main import app
from toolkit.engine.ignore import IgnoreRules
from toolkit.errors import BadInputError

SAMPLE = ROOT / "samples/collections"
SOURCE = "src/main/java/com/example/collections"

SPRING = "<project><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>"
CONTROLLER = """package shop.{part};
import org.springframework.web.bind.annotation.*;
@RestController @RequestMapping("/{part}")
class {name}Controller {{
    @GetMapping String list() {{ return {uses}; }}
    @PostMapping String add() {{ return ""; }}
}}
"""
SHOP = {
    "pom.xml": SPRING,
    "src/main/java/shop/Shop.java": "package shop;\n@SpringBootApplication class Shop {}\n",
    "src/main/java/shop/orders/OrderController.java": CONTROLLER.format(part="orders", name="Order", uses="shop.Prices.of()"),
    "src/main/java/shop/goods/GoodController.java": CONTROLLER.format(part="goods", name="Good", uses="new Stock().all()"),
    "src/main/java/shop/goods/Stock.java": 'package shop.goods;\nclass Stock { String all() { return ""; } }\n',
    "src/main/java/shop/Prices.java": 'package shop;\npublic class Prices { static String of() { return ""; } }\n',
    "src/test/java/shop/ShopTest.java": "package shop;\nclass ShopTest { shop.goods.Stock stock; }\n",
}  # fmt: skip


def run(*arguments: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(app, ["--quiet", *arguments])
    return outcome.exit_code, outcome.stdout


def left_out(folder: Path, files: dict[str, str]) -> dict[str, tuple[str, ...]]:
    tree_of(folder, files)
    return {name: one.paths for name, one in proposal_of(folder).separations.items()}


def test_an_image_leaves_out_what_only_other_services_need(tmp_path: Path) -> None:
    assert left_out(tmp_path, SHOP) == {
        "goods": ("src/main/java/shop/Prices.java", "src/main/java/shop/orders", "src/test"),
        "orders": ("src/main/java/shop/goods", "src/test"),
    }


@pytest.mark.parametrize(
    ("path", "text", "unit"),
    [
        ("src/main/java/shop/Audit.java", "package shop;\n@Component class Audit { shop.goods.Stock stock; }\n", "Audit"),
        ("src/main/resources/beans.xml", '<bean class="shop.goods.Stock"/>\n', "src/main/resources/beans.xml"),
    ],
)  # fmt: skip
def test_what_stays_keeps_what_it_names_and_the_place_is_told(path: str, text: str, unit: str, tmp_path: Path) -> None:
    tree_of(tmp_path, SHOP | {path: text})
    orders = proposal_of(tmp_path).separations["orders"]
    assert orders.paths == ("src/main/java/shop/goods/GoodController.java", "src/test")
    (blocker,) = orders.blockers
    assert (blocker.unit.removeprefix("shop."), blocker.other, blocker.service) == (unit, "shop.goods.Stock", "goods")
    assert str(blocker.evidence) == f"{path}:{1 if path.endswith('xml') else 2}"


def test_whoever_asks_for_an_interface_keeps_what_implements_it(tmp_path: Path) -> None:
    stock = {
        "src/main/java/shop/Shelf.java": "package shop;\npublic interface Shelf { String all(); }\n",
        "src/main/java/shop/goods/Stock.java": 'package shop.goods;\nimport shop.Shelf;\nclass Stock implements Shelf { public String all() { return ""; } }\n',
        "src/main/java/shop/orders/OrderController.java": CONTROLLER.format(
            part="orders", name="Order", uses="((shop.Shelf) null).all()"
        ),
    }
    assert left_out(tmp_path, SHOP | stock)["orders"] == ("src/main/java/shop/goods/GoodController.java", "src/test")


def test_an_application_that_lists_its_parts_is_not_separable_and_says_where(tmp_path: Path) -> None:
    views = "from django.http import HttpResponse\ndef index(request):\n    return HttpResponse()\ndef add(request):\n    return HttpResponse()\n"
    urls = "from django.urls import path\nfrom . import views\nurlpatterns = [path('', views.index), path('add', views.add)]\n"
    files = {
        "requirements.txt": "django==5.2\n",
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
        "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\nINSTALLED_APPS = [\n    'orders',\n    'goods',\n]\n",
        "shop/urls.py": "from django.urls import include, path\nurlpatterns = [\n    path('orders/', include('orders.urls')),\n    path('goods/', include('goods.urls')),\n]\n",
    } | {f"{part}/{name}": text for part in ("orders", "goods") for name, text in (("views.py", views), ("urls.py", urls))}  # fmt: skip
    tree_of(tmp_path, files)
    found = proposal_of(tmp_path).separations
    assert {name: one.paths for name, one in found.items()} == {"goods": (), "orders": ()}
    places = {str(one.evidence) for one in found["orders"].blockers if one.service == "goods"}
    assert places == {"shop/settings.py:4", "shop/urls.py:4"}
    status, text = run("split", str(tmp_path), "--level", "c")
    assert status == 0
    assert "orders: not separable" in text
    refused = CliRunner().invoke(app, ["--quiet", "split", str(tmp_path), "--level", "c", "--write"])
    assert isinstance(refused.exception, BadInputError)
    assert not (tmp_path / "replatform.yaml").exists()


def test_the_sample_has_an_image_for_each_service(tmp_path: Path) -> None:
    status, _ = run("split", str(SAMPLE), "--out", str(tmp_path), "--level", "c", "--write")
    assert status == 0
    assert run("convert", str(SAMPLE), "--out", str(tmp_path))[0] == 0
    rules = {
        name: IgnoreRules((tmp_path / f"services/{name}/Dockerfile.dockerignore").read_text(encoding="utf-8"))
        for name in ("accounts", "communications", "payments", "reports", "nightly-interest")
    }
    of = {"accounts": "Account", "communications": "Communication", "payments": "Payment", "reports": "Report"}
    for service, rule in rules.items():
        without = {name for name, unit in of.items() if rule.ignores(f"{SOURCE}/{name}/{unit}Controller.java")}
        # A job's image has everything: it is another process of the whole.
        assert without == (set(of) - {service} if service in of else set())
    status, text = run("routes", str(SAMPLE), "--out", str(tmp_path), "--json")
    assert status == 0
    assert json.loads(text)["findings"] == []


def test_a_route_that_goes_to_an_image_without_its_code_is_found(tmp_path: Path) -> None:
    assert run("split", str(SAMPLE), "--out", str(tmp_path), "--level", "c", "--write")[0] == 0
    path = tmp_path / "replatform.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("paths: [/payments, /payments/*]", "paths: [/payments]"), encoding="utf-8")  # fmt: skip
    status, text = run("routes", str(SAMPLE), "--out", str(tmp_path), "--json")
    assert status == 1
    assert [(one["code"], one["message"]) for one in json.loads(text)["findings"]] == [
        (
            "RP122",
            "POST /payments/notifications: /payments/notifications goes to accounts, whose image does not contain its code",
        )
    ]


def test_what_keeps_code_of_others_is_told_with_its_place() -> None:
    status, text = run("split", str(SAMPLE), "--level", "c", "--json")
    assert status == 0
    found = {one["name"]: one["blockers"] for one in json.loads(text)["services"] if one["kind"] == "web"}
    places = {(one["uses"].rpartition(".")[2], one["evidence"]) for one in found["reports"]}
    assert ("Payment", f"{SOURCE}/reports/ReportController.java:30") in places
    assert ("CommunicationService", f"{SOURCE}/jobs/PaymentRemindersJob.java:17") in places
    text = run("split", str(SAMPLE), "--level", "c")[1]
    assert "payments: an image without 4 units of code" in text
    assert "PaymentController.java" in text
