"""Sessions in the memory or the files of one process: sticky sessions, and what a split makes of them."""

from pathlib import Path

import pytest

from tests.plan.from_files import converted
from toolkit.catalog.catalog import Catalog
from toolkit.plan.model import Plan
from toolkit.plan.routing.routing_findings import check_routing

CATALOG = Catalog()
EXPRESS = "const session = require('express-session');\nconst app = require('express')();\napp.use(session({secret: 'x'%s}));\napp.listen(3000);\n"
PACKAGE = '{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "express-session": "1"}}'
DJANGO = {
    "manage.py": "",
    "requirements.txt": "django\ngunicorn",
    "shop/wsgi.py": "application = 1",
    "shop/urls.py": "urlpatterns = []",
}
SPRING = """<project><groupId>a</groupId><artifactId>b</artifactId><parent><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version></parent>
<dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>%s</dependencies></project>"""
STORED = "<dependency><groupId>org.springframework.session</groupId><artifactId>spring-session-jdbc</artifactId></dependency>"
LARAVEL = {
    "artisan": "",
    "composer.json": '{"require": {"php": "^8.2", "laravel/framework": "^11.0"}}',
    "public/index.php": "<?php\n",
    "config/session.php": "<?php\nreturn ['driver' => env('SESSION_DRIVER', 'file')];\n",
}
LOGIN = 'class Login { void in(HttpServletRequest request) { request.getSession().setAttribute("a", 1); } }'


def sticky(folder: Path, files: dict[str, str]) -> bool:
    plan = converted(folder, files, CATALOG).plan
    return any(service.sticky_sessions for service in plan.services.values())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"package.json": PACKAGE, "server.js": EXPRESS % ""}, True),
        ({"package.json": PACKAGE, "server.js": EXPRESS % ", store: new RedisStore({})"}, False),
        ({"pom.xml": SPRING % "", "src/main/java/Login.java": LOGIN}, True),
        ({"pom.xml": SPRING % STORED, "src/main/java/Login.java": LOGIN}, False),
        ({"pom.xml": SPRING % "", "src/main/java/Login.java": "class Login {}"}, False),
        (
            {"pom.xml": SPRING % "", "src/main/java/Dao.java": "class Dao { Object o = factory.getSession().get(1); }"},
            False,
        ),
        (LARAVEL, True),
        ({**LARAVEL, ".env.example": "SESSION_DRIVER=database\n"}, False),
        (
            {
                **DJANGO,
                "shop/settings.py": "SESSION_ENGINE = 'django.contrib.sessions.backends.file'\nROOT_URLCONF = 'shop.urls'",
            },
            True,
        ),
        ({**DJANGO, "shop/settings.py": "ROOT_URLCONF = 'shop.urls'"}, False),
    ],
)
def test_sessions_of_one_process_make_the_load_balancer_sticky(
    files: dict[str, str], expected: bool, tmp_path: Path
) -> None:
    assert sticky(tmp_path, files) is expected


def test_services_of_one_image_with_such_sessions_are_a_finding(tmp_path: Path) -> None:
    plan = converted(tmp_path, {"package.json": PACKAGE, "server.js": EXPRESS % ""}, CATALOG).plan
    (web,) = plan.services.values()
    services = {"web": web, "orders": web.model_copy(update={"paths": ("/orders/*",), "priority": 5})}
    split = Plan.model_validate(plan.model_copy(update={"services": services}).model_dump())
    assert [finding.code for finding in check_routing(split, ())] == ["RP129"]
    assert list(check_routing(plan, ())) == []
