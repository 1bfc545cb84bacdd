"""Frameworks and languages that answer requests and whose routes no reader knows: told, not skipped."""

import re
from collections.abc import Iterator

from toolkit.facts.model import Fact
from toolkit.facts.routes import node_routers
from toolkit.facts.routes.found import undecided
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence, Finding

RULE = "unread-routes"
# Dependencies by ecosystem, and what people call the framework.
FRAMEWORKS = (
    ("npm", ("koa",), "Koa"),
    ("npm", ("connect",), "Connect"),
    ("npm", ("fastify",), "Fastify"),
    ("npm", ("@hapi/hapi", "hapi"), "hapi"),
    ("npm", ("restify",), "restify"),
    ("npm", ("sails",), "Sails"),
    ("composer", ("slim/slim",), "Slim"),
    ("composer", ("laminas/laminas-mvc", "zendframework/zendframework"), "Laminas"),
    ("composer", ("cakephp/cakephp",), "CakePHP"),
    ("composer", ("yiisoft/yii2",), "Yii"),
    ("pypi", ("tornado",), "Tornado"),
    ("pypi", ("aiohttp",), "aiohttp"),
    ("pypi", ("pyramid",), "Pyramid"),
)
# With these beside them they are read.
READ_WITH = {"Koa": node_routers.KOA_ROUTERS, "Connect": ("express",)}
LANGUAGES = (
    (".kt", ("@RestController", "@Controller", "embeddedServer(", "routing {"), "Kotlin"),
    (".scala", ("play.api", "akka.http"), "Scala"),
)
# Python that declares routes.
PYTHON = re.compile(r"urlpatterns|Blueprint\(|APIRouter\(|\.(?:route|get|post|put|patch|delete)\(\s{0,9}f?['\"]/")


def read(project: Project) -> Iterator[Fact | Finding]:
    for ecosystem, names, title in FRAMEWORKS:
        if project.depends_on(ecosystem, *names) and not project.depends_on(ecosystem, *READ_WITH.get(title, ())):
            place = next(
                (fact.evidence for fact in project.facts.facts if getattr(fact, "name", "").lower() in names),
                Evidence(""),
            )
            yield undecided(f"those of {title}, which are not read", place)
    for ending, words, title in LANGUAGES:
        for file in project.code(ending):
            number = next((n for n, line in enumerate(file.lines, start=1) if any(word in line for word in words)), 0)
            if number:
                yield undecided(f"those of {title}, which are not read", file.at(number, rule=RULE))
                break
    for file in project.python.unread:
        if match := PYTHON.search(file.text):
            yield undecided("its syntax is not read", file.at(file.line_of(match.start()), rule=RULE))
