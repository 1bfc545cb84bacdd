"""Applications that answer below a context path alone: `/` leads there, and services are told apart by it."""

from pathlib import Path

import pytest

from tests.plan.from_files import converted
from toolkit.catalog.catalog import Catalog
from toolkit.plan.model import Plan
from toolkit.plan.routing.listener_rules import rules
from toolkit.plan.routing.priorities import with_priorities
from toolkit.plan.routing.routing import routed
from toolkit.plan.routing.routing_findings import check_routing
from toolkit.split.whole import whole

CATALOG = Catalog()
POM = """<project><groupId>a</groupId><artifactId>%s</artifactId><version>1</version><packaging>%s</packaging>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version></parent>
<dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>
</project>"""
PROPERTIES = "src/main/resources/application.properties"
ORDERS = '@RestController\nclass Orders {\n  @GetMapping("/orders")\n  String all() { return ""; }\n}\n'
CONTEXT = "server.servlet.context-path=/%s\n"
SHOP = {"pom.xml": POM % ("shop", "jar"), PROPERTIES: CONTEXT % "shop", "src/main/java/a/Orders.java": ORDERS}


def redirects(plan: Plan) -> list[tuple[str, str, int | None]]:
    return [(one.service, one.redirect, one.priority) for one in rules(plan) if one.redirect]


def test_requests_for_the_root_are_redirected_to_the_context_path(tmp_path: Path) -> None:
    found = converted(tmp_path, SHOP, CATALOG)
    assert redirects(found.plan) == [("web", "/shop/", 39_999)]
    assert found.plan.services["web"].priority == 40_000
    assert found.plan.services["web"].paths == ("/*",)
    (evidence,) = found.planned.by_key["services.web.root_redirect"].evidence
    assert str(evidence) == f"{PROPERTIES}:1"


def test_an_application_is_healthy_where_it_answers(tmp_path: Path) -> None:
    health = converted(tmp_path, SHOP, CATALOG).plan.services["web"].health
    assert health and health.path == "/shop/"


@pytest.mark.parametrize("setting", ["", "server.servlet.context-path=/\n", "server.servlet.context-path=/a b\n"])
def test_without_a_context_path_nothing_is_redirected(setting: str, tmp_path: Path) -> None:
    assert redirects(converted(tmp_path, SHOP | {PROPERTIES: setting}, CATALOG).plan) == []


def test_a_web_archive_has_its_context_path_once(tmp_path: Path) -> None:
    """Its name says where Tomcat serves it; routes are read with the setting of Spring already."""
    found = converted(tmp_path, SHOP | {"pom.xml": POM % ("shop", "war")}, CATALOG)
    assert found.image.context_path == "shop"
    assert redirects(found.plan) == [("web", "/shop/", 39_999)]
    (route,) = routed(found.plan, found.planned.routes)
    assert route.path == "/shop/orders"


def test_services_are_told_apart_by_their_context_paths(tmp_path: Path) -> None:
    files = {
        f"{name}/{path}": text
        for name in ("shop", "stock")
        for path, text in (SHOP | {"pom.xml": POM % (name, "jar"), PROPERTIES: CONTEXT % f"{name}-2"}).items()
    }
    plan = converted(tmp_path, files, CATALOG).plan
    paths = {name: one.paths for name, one in plan.services.items()}
    (front,) = (name for name, own in paths.items() if own == ("/*",))
    (other,) = set(paths) - {front}
    assert paths[other] == (f"/{other}-2/*", f"/{other}-2")
    assert [one[:2] for one in redirects(plan)] == [(front, f"/{front}-2/")]


def test_a_context_path_of_two_services_tells_none_apart(tmp_path: Path) -> None:
    files = {f"{name}/{path}": text for name in ("shop", "stock") for path, text in SHOP.items()}
    plan = converted(tmp_path, files, CATALOG).plan
    assert {one.paths[0] for one in plan.services.values()} == {"/*", "/stock/*"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('basePath: "/docs"', [("web", "/docs/")]),
        ("basePath: process.env.BASE", []),
        # Its own redirects may well begin at the root.
        ('basePath: "/docs", async redirects() { return [] }', []),
    ],
)
def test_next_has_a_base_path(settings: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    package = '{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "14.2.0"}}'
    files = {"package.json": package, "next.config.js": f"module.exports = {{ {settings} }}\n", "pages/index.js": ""}
    assert [one[:2] for one in redirects(converted(tmp_path, files, CATALOG).plan)] == expected


def test_a_redirect_comes_before_the_rules_of_its_service_and_meets_no_other(tmp_path: Path) -> None:
    plan = converted(tmp_path, SHOP, CATALOG).plan
    web = plan.services["web"]
    others = {
        "taken": web.model_copy(update={"paths": ("/taken",), "root_redirect": "", "priority": 39_999}),
        "web": web.model_copy(update={"priority": None}),
    }
    found = rules(with_priorities(plan.model_copy(update={"services": others})))
    assert [(one.service, one.redirect, one.priority) for one in found] == [
        ("taken", "", 39_999),
        ("web", "/shop/", 40_000),
        ("web", "", 40_001),
    ]


def test_there_is_no_priority_before_the_first(tmp_path: Path) -> None:
    plan = converted(tmp_path, SHOP, CATALOG).plan
    first = plan.services["web"].model_copy(update={"priority": 1})
    (finding,) = check_routing(plan.model_copy(update={"services": {"web": first}}), ())
    assert finding.code == "RP123"
    assert "services.web.root_redirect: priority 0" in finding.message


def test_the_application_as_one_service_is_redirected_as_well(tmp_path: Path) -> None:
    plan = converted(tmp_path, SHOP, CATALOG).plan
    orders = plan.services["web"].model_copy(update={"paths": ("/shop/orders",), "root_redirect": "", "priority": 5})
    split = plan.model_copy(update={"services": {"orders": orders, **plan.services}})
    assert [one[:2] for one in redirects(whole(split))] == [("orders", "/shop/")]


def test_images_are_told_apart_by_hosts_as_before_and_services_of_one_are_not(tmp_path: Path) -> None:
    plan = converted(tmp_path, SHOP, CATALOG).plan
    own = plan.services["web"]
    services = {
        "a": own.model_copy(update={"hosts": ("a.example.com",), "methods": ("GET",)}),
        "b": own.model_copy(update={"hosts": ("b.example.com",)}),
        "c": own.model_copy(update={"hosts": ("c.example.com",), "methods": ("GET",), "image": "other"}),
    }
    images = plan.images | {"other": plan.images["app"]}
    found = whole(plan.model_copy(update={"services": services, "images": images})).services
    assert {name: (one.hosts, one.methods) for name, one in found.items()} == {
        "a": (("a.example.com", "b.example.com"), ()),
        "c": (("c.example.com",), ("GET",)),
    }
    anywhere = services | {"b": own}
    found = whole(plan.model_copy(update={"services": anywhere, "images": images})).services
    assert found["a"].hosts == ()
