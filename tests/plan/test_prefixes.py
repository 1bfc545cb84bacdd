"""A second web application gets a prefix that its own routes do not have: it is told, or the load balancer takes it off."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.plan.from_files import Converted, converted
from toolkit.artefacts.routing import routes
from toolkit.catalog.catalog import Catalog
from toolkit.engine.probe import probes
from toolkit.plan.model import Service
from toolkit.plan.routing.listener_rules import stripped
from toolkit.plan.routing.routing import answer, routed
from toolkit.plan.routing.routing_findings import check_routing

CATALOG = Catalog()
FLASK = 'from flask import Flask\napp = Flask(__name__)\n\n@app.get("%s")\ndef users():\n    return ""\n'
FASTAPI = FLASK.replace("flask import Flask", "fastapi import FastAPI").replace("Flask(__name__)", "FastAPI()")
EXPRESS = 'const app = require("express")();\napp.get("%s", (request, answer) => answer.json([]));\napp.listen(3000);\n'
PACKAGE = '{"name": "%s", "scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}'
SPRING = """<project><groupId>a</groupId><artifactId>admin</artifactId><version>1</version><packaging>%s</packaging>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version></parent>
<dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>"""
USERS = '@RestController\nclass Users {\n  @GetMapping("/users")\n  String all() { return ""; }\n}\n'
ASP_NET = '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>'
MINIMAL = 'var app = WebApplication.CreateBuilder(args).Build();\napp.MapGet("/users", () => "");\napp.Run();\n'
# What people see first, and takes every other request.
WEB = {"web/package.json": PACKAGE % "web", "web/server.js": EXPRESS % "/orders"}


def with_admin(folder: Path, files: dict[str, str]) -> Converted:
    return converted(folder, WEB | {f"admin/{name}": text for name, text in files.items()}, CATALOG)


def told(service: Service) -> dict[str, str | None]:
    return {name: one.value for name, one in service.environment.items() if "/admin" in (one.value or "")}


@pytest.mark.parametrize(
    ("files", "expected", "health"),
    [
        ({"requirements.txt": "flask\ngunicorn", "app.py": FLASK % "/users"}, {"SCRIPT_NAME": "/admin"}, "/admin/"),
        (
            {"pom.xml": SPRING % "jar", "src/main/java/a/Users.java": USERS},
            {
                "SERVER_SERVLET_CONTEXT_PATH": "/admin",
                "SERVER_CONTEXT_PATH": "/admin",
                "SPRING_WEBFLUX_BASE_PATH": "/admin",
            },
            "/admin/",
        ),
    ],
)
def test_who_can_be_told_gets_the_paths_as_they_are(
    files: dict[str, str], expected: dict[str, str], health: str, tmp_path: Path
) -> None:
    found = with_admin(tmp_path, files)
    admin = found.plan.services["admin"]
    assert (admin.prefix, admin.strip_prefix, told(admin)) == ("/admin", False, expected)
    assert admin.health and admin.health.path == health
    (finding,) = (one for one in found.planned.findings if one.code == "RP133")
    assert "have to call it there" in finding.message and "links" not in finding.message


def test_uvicorn_puts_the_prefix_before_paths_that_come_without_it(tmp_path: Path) -> None:
    found = with_admin(tmp_path, {"requirements.txt": "fastapi\nuvicorn", "app.py": FASTAPI % "/users"})
    admin = found.plan.services["admin"]
    assert (admin.prefix, admin.strip_prefix) == ("/admin", True)
    assert told(admin) == {"UVICORN_ROOT_PATH": "/admin"}
    assert admin.health and not admin.health.path.startswith("/admin")
    (finding,) = (one for one in found.planned.findings if one.code == "RP133")
    assert "links" not in finding.message


@pytest.mark.parametrize(
    ("files", "advice"),
    [
        ({"package.json": PACKAGE % "admin", "server.js": EXPRESS % "/users"}, 'app.use("/admin", router)'),
        ({"admin.csproj": ASP_NET, "Program.cs": MINIMAL}, 'app.UsePathBase("/admin")'),
    ],
)
def test_who_cannot_be_told_gets_them_without_the_prefix_and_people_hear_of_it(
    files: dict[str, str], advice: str, tmp_path: Path
) -> None:
    found = with_admin(tmp_path, files)
    admin = found.plan.services["admin"]
    assert (admin.prefix, admin.strip_prefix, told(admin)) == ("/admin", True, {})
    (finding,) = (one for one in found.planned.findings if one.code == "RP133")
    assert advice in finding.hint
    assert "links and redirects" in finding.message
    assert finding.evidence[0].path.startswith("admin/")


def test_a_web_archive_is_named_after_its_prefix(tmp_path: Path) -> None:
    servlet = "<web-app><servlet><servlet-name>u</servlet-name><servlet-class>a.U</servlet-class></servlet><servlet-mapping><servlet-name>u</servlet-name><url-pattern>/users</url-pattern></servlet-mapping></web-app>"
    pom = "<project><groupId>a</groupId><artifactId>admin</artifactId><version>1</version><packaging>war</packaging></project>"
    found = with_admin(tmp_path, {"pom.xml": pom, "src/main/webapp/WEB-INF/web.xml": servlet})
    admin = found.plan.services["admin"]
    assert found.plan.images[admin.image].context_path == "admin"
    assert "webapps/admin.war" in found.dockerfiles["admin"]
    assert (admin.prefix, admin.strip_prefix) == ("", False)
    assert admin.health and admin.health.path == "/admin/"
    assert "/admin/users" in [one.path for one in routed(found.plan, found.planned.routes)]


def test_an_application_that_has_the_prefix_itself_is_left_alone(tmp_path: Path) -> None:
    found = with_admin(tmp_path, {"package.json": PACKAGE % "admin", "server.js": EXPRESS % "/admin/users"})
    assert found.plan.services["admin"].prefix == ""
    assert "RP133" not in found.codes


def test_routes_reach_the_service_whose_code_has_them(tmp_path: Path) -> None:
    found = with_admin(tmp_path, {"package.json": PACKAGE % "admin", "server.js": EXPRESS % "/users"})
    known = routed(found.plan, found.planned.routes)
    assert {one.path: sorted(map(str, one.services)) for one in known} == {
        "/orders": ["web"],
        "/admin/users": ["admin"],
    }
    assert not [one for one in check_routing(found.plan, found.planned.routes) if one.code == "RP122"]
    asked = answer(found.plan, known, "/admin/users?page=2")
    assert asked.rule and (asked.rule.service, asked.forwarded) == ("admin", "/users")
    assert [one.route.path for one in asked.routes] == ["/users"]


def test_projects_of_a_solution_have_their_own_routes(tmp_path: Path) -> None:
    """They are built from the solution's folder, all of them."""
    files = {
        "Shop.sln": 'Project("{F}") = "Web", "src/Web/Web.csproj", "{1}"\nProject("{F}") = "Admin", "src/Admin/Admin.csproj", "{2}"\n'
    }
    for name, path in (("Web", "/orders"), ("Admin", "/users")):
        files |= {f"src/{name}/{name}.csproj": ASP_NET, f"src/{name}/Program.cs": MINIMAL.replace("/users", path)}
    found = converted(tmp_path, files, CATALOG)
    known = routed(found.plan, found.planned.routes)
    assert {one.path: sorted(map(str, one.services)) for one in known} == {
        "/orders": ["web"],
        "/admin/users": ["admin"],
    }


def test_health_is_asked_through_the_rules_with_the_prefix(tmp_path: Path) -> None:
    plan = with_admin(tmp_path, {"package.json": PACKAGE % "admin", "server.js": EXPRESS % "/users"}).plan
    assert "/admin/" in [probe.path for probe in probes(plan, routes(plan)) if probe.service == "admin"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [("/admin/users?a=/admin/b", "/users?a=/admin/b"), ("/admin", "/"), ("/admin/", "/"), ("/admin?a", "/?a"),
     ("/admin//a%2Fb", "//a%2Fb"), ("/other/admin/a", "/other/admin/a")],
)  # fmt: skip
def test_what_is_left_without_a_prefix(url: str, expected: str) -> None:
    assert stripped("/admin", url) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"paths": ("/*",)},
        {"paths": ("/admins/*",)},
        {"prefix": ""},
        {"prefix": "/a.b"},
        {"prefix": "/admin/"},
        {"prefix": "/a$b"},
    ],
)
def test_what_no_rule_can_take_off_is_refused(change: dict[str, object]) -> None:
    given = {"kind": "web", "image": "app", "command": ("x",), "port": 80, "prefix": "/admin", "strip_prefix": True}
    with pytest.raises(ValidationError):
        Service.model_validate(given | {"paths": ("/admin", "/admin/*")} | change)


def test_pages_that_a_server_hands_out_may_be_those_of_a_static_site(tmp_path: Path, catalog: Catalog) -> None:
    api = "from flask import Flask\napp = Flask(__name__, static_folder='../build', static_url_path='/')\n"
    api += "@app.route('/')\ndef index(): return app.send_static_file('index.html')\n"
    api += "@app.route('/api/time')\ndef now(): return {}\n"
    files = {
        "package.json": '{"dependencies": {"react": "17.0.2", "react-scripts": "4.0.3"}, "scripts": {"build": "react-scripts build"}}',
        "public/index.html": "<html></html>",
        "src/index.js": "",
        "api/api.py": api,
        "api/requirements.txt": "flask==3.0.0\n",
    }
    found = converted(tmp_path, files, catalog)
    assert "/" in {route.path for route in found.planned.routes}
    assert not [one for one in check_routing(found.plan, found.planned.routes) if one.code == "RP122"]


def test_beside_a_static_site_the_other_has_the_paths_that_the_hosts_web_server_passes_on(tmp_path: Path) -> None:
    site = """server {
    listen 80;
    root /usr/share/nginx/html;
    location /orders { proxy_pass http://app:3000; }
    location /live/ { proxy_pass http://app:3000; }
}
"""
    files = {
        "client/index.html": "<html></html>\n",
        "server/package.json": PACKAGE % "server",
        "server/server.js": EXPRESS % "/orders",
        "nginx/shop.conf": site,
    }
    plan = converted(tmp_path, files, CATALOG).plan
    assert plan.services["client"].paths == ("/*",)
    assert set(plan.services["server"].paths) == {"/live/*", "/live", "/orders/*", "/orders"}
