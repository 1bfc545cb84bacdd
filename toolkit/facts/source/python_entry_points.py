"""WSGI and ASGI applications in Python code: what a server is given to run, and where the code itself would listen."""

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.facts.model import ConfigFile, EntryPoint, EnvironmentVariable, Fact, Origin, Port
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned, is_main_guard, text
from toolkit.facts.source.python_values import default_number

RULE = "python-entry-point"
WSGI = frozenset(
    {
        "apiflask.APIFlask", "bottle.Bottle", "bottle.app", "bottle.default_app", "dash.Dash",
        "django.core.handlers.wsgi.WSGIHandler", "django.core.wsgi.get_wsgi_application", "falcon.API", "falcon.App",
        "flask.Flask", "flask_openapi3.OpenAPI", "webapp2.WSGIApplication",
    }
)  # fmt: skip
ASGI = frozenset(
    {
        "blacksheep.Application", "channels.asgi.get_channel_layer", "channels.routing.ProtocolTypeRouter",
        "channels.routing.get_default_application", "django.core.asgi.get_asgi_application", "falcon.asgi.App",
        "fastapi.FastAPI", "litestar.Litestar", "quart.Quart", "sanic.Sanic", "starlette.applications.Starlette",
        "starlite.Starlite",
    }
)  # fmt: skip
DASH = "dash.Dash"
FACTORY = re.compile(
    r"(?:create|make|get|build|init|register|setup)_?(?:\w{1,20}_)?app(?:lication)?|app_?factory|application_?factory"
)
# Files that are there to be served from, before those that happen to hold an application.
SERVED_FROM = {
    "wsgi": 1.0,
    "asgi": 1.0,
    "autoapp": 0.97,
    "application": 0.93,
    "app": 0.92,
    "main": 0.92,
    "server": 0.9,
    "run": 0.9,
}
_OF_DEVELOPERS = frozenset({"dev", "develop", "development", "local"})
_ENGINE = re.compile(r"^[^#\n]{0,80}['\"]django\.db\.backends\.(postgresql(?:_psycopg2)?|mysql)['\"]", re.MULTILINE)
_OF_PRODUCTION = ("production", "prod")
COMPLETED = 0.98  # more than any name of a file but wsgi.py and asgi.py says
# Servers made for production that an application may bring itself: then its script is the way to start it.
OWN_SERVERS = frozenset(
    {
        "aiohttp.web.run_app", "bjoern.run", "cheroot.wsgi.Server", "eventlet.wsgi.server", "gevent.pywsgi.WSGIServer",
        "gevent.wsgi.WSGIServer", "tornado.httpserver.HTTPServer", "tornado.wsgi.WSGIContainer", "waitress.serve",
    }
)  # fmt: skip
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# What an application is called with, where it is a plain function: PEP 3333 and
# https://asgi.readthedocs.io/en/latest/specs/main.html, reviewed 2026-11-21.
CALLED_WITH = {("environ", "start_response"): "wsgi", ("scope", "receive", "send"): "asgi"}
RUNS_SERVER = frozenset(
    {"run", "run_app", "run_server", "serve", "serve_forever", "run_simple", "start_server", "listen", "start"}
)


@dataclass(frozen=True)
class _Found:
    kind: str
    module: Module
    name: str
    line: int
    is_factory: bool = False
    completes: bool = False  # an application of another module, which this one adds to before it serves it


# By the application's folder and the dotted name.
_Named = dict[tuple[str, str], _Found]


def read(project: Project) -> Iterator[Fact]:
    # Alembic's env.py makes an application to migrate its database.
    modules = [module for module in project.python if "alembic.context" not in module.imports.values()]
    factories: _Named = {}
    for module in modules:
        for found in _factories(module):
            factories.setdefault((module.home, f"{module.name}.{found.name}"), found)
    instances: _Named = {}
    for _ in range(2):  # the second round knows the applications that other modules import
        for module in modules:
            for found in _instances(module, factories, instances):
                instances.setdefault((module.home, f"{module.name}.{found.name}"), found)
    serving = [
        module
        for module in modules
        if any(module.qualified(call.func) in OWN_SERVERS and not _is_for_host_alone(call) for call in module.calls)
    ]
    own_servers = {module.home for module in serving}
    for found in instances.values():
        yield _fact(found)
    for found in factories.values():
        if not any(other.module.home == found.module.home and other.kind == found.kind for other in instances.values()):
            yield _fact(found)
    for module in modules:
        yield from _settings_module(project, module)
        reaches = module in serving or _imports_own(project, module)
        yield from _script(module, brings_server=module.home in own_servers and reaches)
    yield from _unset_settings(modules, instances)


def _fact(found: _Found) -> EntryPoint:
    stem = found.module.name.rpartition(".")[2].lower()
    confidence = SERVED_FROM.get(stem, 0.85 if found.module.is_package else 0.7) - 0.03 * found.module.name.count(".")
    if found.completes:
        confidence = max(confidence, COMPLETED)
    if found.is_factory:
        confidence -= 0.15
    return EntryPoint(
        kind=found.kind,
        value=f"{found.module.name}:{found.name}" + ("()" if found.is_factory else ""),
        detail=found.module.working_folder,
        evidence=found.module.file.at(found.line, rule=RULE),
        origin=Origin.CONVENTION,
        confidence=round(confidence, 2),
    )


def _find(name: str, near: Module, among: _Named) -> _Found | None:
    """What a dotted name stands for in a module: in its own application first, for several may have an `app.app`; modules may
    name it themselves, `backend.app` in the folder backend."""
    by_itself = among.get((near.home, name.removeprefix(f"{posixpath.basename(near.home)}.")))
    if by_itself:
        return by_itself
    return among.get((near.home, name)) or next((found for (_, other), found in among.items() if other == name), None)


def _imported(module: Module, name: str, among: _Named) -> _Found | None:
    return _find(module.imports[name], module, among) if name in module.imports else None


def _kind(module: Module, node: ast.expr, classes: dict[str, str]) -> str:
    """wsgi or asgi when an expression makes an application, also inside of middleware that wraps it."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            name = module.qualified(part.func)
            if name in WSGI:
                return "wsgi"
            if name in ASGI:
                return "asgi"
            if name in classes:
                return classes[name]
    return ""


def _classes(module: Module) -> dict[str, str]:
    """Classes of this module that are applications: `class Application(Flask)`, or whose objects are called as one."""
    found: dict[str, str] = {}
    for statement in module.tree.body:
        if isinstance(statement, ast.ClassDef):
            bases = {module.qualified(base) for base in statement.bases}
            if bases & WSGI:
                found[statement.name] = "wsgi"
            elif bases & ASGI:
                found[statement.name] = "asgi"
            for method in statement.body:
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.name == "__call__":
                    called_with = tuple(argument.arg for argument in method.args.args[1:])
                    if kind := CALLED_WITH.get(called_with, ""):
                        found.setdefault(statement.name, kind)
    return found


def _factories(module: Module) -> Iterator[_Found]:
    classes = _classes(module)
    names = {module.qualified(call.func) for call in module.calls} & (WSGI | ASGI | classes.keys())
    for statement in module.top_level():
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) or not names:
            continue
        returns = any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(statement))
        kind = next((kind for node in statement.body if (kind := _kind_of_statement(module, node, classes))), "")
        if kind and returns:
            yield _Found(kind, module, statement.name, statement.lineno, is_factory=True)


def _kind_of_statement(module: Module, statement: ast.stmt, classes: dict[str, str]) -> str:
    for node in ast.walk(statement):
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return) else None
        if value and (kind := _kind(module, value, classes)):
            return kind
    return ""


def _instances(module: Module, factories: _Named, instances: _Named) -> Iterator[_Found]:
    classes = _classes(module)
    own: dict[str, str] = {}
    dashes: dict[str, tuple[ast.Call, int]] = {}
    served: set[str] = set()
    functions: list[_Found] = []
    for statement in module.top_level():
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            called_with = tuple(argument.arg for argument in statement.args.args)
            if kind := CALLED_WITH.get(called_with, ""):
                functions.append(_Found(kind, module, statement.name, statement.lineno))
        for name, value in assigned(statement):
            kind = _kind(module, value, classes) or _from_factory(module, value, factories)
            if not kind:
                # `application = app`, `application = Middleware(app)`
                used = [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
                renames = isinstance(value, ast.Name | ast.Call) and name in ("app", "application")
                kind = next((own[other] for other in used if other in own), "") if renames else ""
            if isinstance(value, ast.Call) and module.qualified(value.func) == DASH:
                dashes[name] = (value, statement.lineno)
                own[name] = kind
            elif (
                isinstance(value, ast.Attribute) and value.attr == "server" and module.qualified(value.value) in dashes
            ):
                served.add(module.qualified(value.value))
                own[name] = own[module.qualified(value.value)]
                yield _Found(own[name], module, name, statement.lineno)
            elif kind and isinstance(value, ast.Attribute | ast.Call | ast.Name):
                own[name] = kind
                yield _Found(kind, module, name, statement.lineno)
        if isinstance(statement, ast.ImportFrom) and module.name.rpartition(".")[2] in ("wsgi", "asgi"):
            for alias in statement.names:
                name = alias.asname or alias.name
                if imported := _imported(module, name, instances):
                    own[name] = imported.kind
                    yield _Found(imported.kind, module, name, statement.lineno)
    for name, (call, line) in dashes.items():
        # A Dash is no application itself, its `server` is, unless it is given one: https://dash.plotly.com/deployment
        if name not in served and not any(keyword.arg == "server" for keyword in call.keywords):
            yield _Found(own[name], module, f"{name}.server", line)
    if not own:  # else they are what its application is put together from
        yield from functions
    for name in sorted(_served_by_guard(module)):
        if (imported := _imported(module, name, instances)) and (line := _first_use(module, name)):
            yield _Found(imported.kind, module, name, line, completes=True)


def _served_by_guard(module: Module) -> set[str]:
    """Names that the module, run as a script, gives a server: `uvicorn.run(app)`, `app.run()`."""
    calls = (
        node
        for guard in module.tree.body
        if is_main_guard(guard)
        for node in ast.walk(guard)
        if isinstance(node, ast.Call) and _last(node.func) in RUNS_SERVER
    )
    given = (part for call in calls for part in [*call.args[:1], getattr(call.func, "value", None)])
    return {part.id for part in given if isinstance(part, ast.Name)}


def _first_use(module: Module, name: str) -> int:
    """The line where the module, imported, adds to what it imports by this name; 0 where it only passes it on."""
    uses = (
        node.lineno
        for statement in module.tree.body
        if not is_main_guard(statement)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and node.id == name
    )
    return min(uses, default=0)


def _from_factory(module: Module, value: ast.expr, factories: _Named) -> str:
    if not isinstance(value, ast.Call):
        return ""
    name = module.qualified(value.func)
    found = _find(name, module, factories) or factories.get((module.home, f"{module.name}.{name}"))
    if found:
        return found.kind
    last = name.rpartition(".")[2]
    if FACTORY.fullmatch(last):
        return next((other.kind for other in factories.values() if other.name == last), "")
    return ""


def _settings_module(project: Project, module: Module) -> Iterator[Fact]:
    """`os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claims.settings")` in wsgi.py and manage.py."""
    is_served = module.file.name in ("wsgi.py", "asgi.py")
    for node, given, is_default in _set_in_code(module):
        named = [value for value in _choices(module, given) if re.fullmatch(r"[\w.]{1,200}", value)]
        # A module that every host has of its own may be left out: what is there is what the source runs with.
        value = next((value for value in named if _is_there(project, module, value)), next(iter(named), None))
        if not value:
            continue
        if is_served and is_default:
            value = _of_production(project, module, value)
        place = module.file.at(node.lineno, rule=RULE)
        served = 1.0 if is_served else 0.9
        if not _is_there(project, module, value):
            served = 0.5
        yield EntryPoint(
            kind="django_settings",
            value=value,
            detail=module.working_folder,
            evidence=place,
            origin=Origin.RUNNING,
            confidence=0.5 if _is_empty(project, module, value) else served,
        )
        yield EnvironmentVariable(
            name="DJANGO_SETTINGS_MODULE", example=value, required=False, evidence=place, origin=Origin.RUNNING
        )
        return


def _set_in_code(module: Module) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """Where a module says which settings it runs with, what it says, and whether the environment may say otherwise."""
    for call in module.calls:
        if len(call.args) == 2 and text(call.args[0]) == "DJANGO_SETTINGS_MODULE":
            yield call, call.args[1], True
    for assignment in (node for node in module.nodes if isinstance(node, ast.Assign)):
        for target in assignment.targets:
            if isinstance(target, ast.Subscript) and text(target.slice) == "DJANGO_SETTINGS_MODULE":
                yield target, assignment.value, False


def _of_production(project: Project, near: Module, name: str) -> str:
    """The settings of production beside those of developers, or in a package that is empty itself."""
    above, _, last = name.rpartition(".")
    if _is_empty(project, near, name):
        above = name
    elif last not in _OF_DEVELOPERS:
        return name
    choices = (f"{above}.{production}" for production in _OF_PRODUCTION) if above else ()
    there = (choice for choice in choices if _is_in_source(project, near, choice))
    return next((choice for choice in there if _has_driver(project, near, choice)), name)


def _has_driver(project: Project, near: Module, name: str) -> bool:
    """Whether the driver of the database that settings name is installed: what no list has is a template, and never ran."""
    path = posixpath.normpath(posixpath.join(near.root, *name.split(".")))
    file = project.tree.read(f"{path}.py")
    match = _ENGINE.search(file.text) if file else None
    listed = any(project.depends_on("pypi", framework) for framework in ("django", "Django"))
    if match is None or not listed:
        return True
    engine = "postgres" if match[1].startswith("postgres") else "mysql"
    drivers = [driver for driver in project.tables.drivers.drivers if driver.engine == engine]
    return any(project.depends_on("pypi", *driver.libraries.get("pypi", ()), "django-heroku") for driver in drivers)


def _choices(module: Module, node: ast.expr) -> list[str]:
    """The texts that an expression may be: itself, or each that is assigned to its name."""
    if not isinstance(node, ast.Name):
        return [value] if (value := text(node)) else []
    assignments = (found for part in module.nodes if isinstance(part, ast.Assign) for found in assigned(part))
    return [value for name, given in assignments if name == node.id and (value := text(given))]


def _is_there(project: Project, near: Module, name: str) -> bool:
    """Whether the source has a module of settings, or tells operators to write it."""
    path = posixpath.normpath(posixpath.join(near.root, *name.split(".")))
    told = {fact.path for fact in project.facts.facts if isinstance(fact, ConfigFile)}
    return _is_in_source(project, near, name) or f"{path}.py" in told


def _is_in_source(project: Project, near: Module, name: str) -> bool:
    path = posixpath.normpath(posixpath.join(near.root, *name.split(".")))
    return any(f"{path}{ending}" in project.tree for ending in (".py", "/__init__.py"))


def _is_empty(project: Project, near: Module, name: str) -> bool:
    """Whether a module that is named as settings is a package with nothing in it: its modules are the settings then."""
    place = posixpath.join(near.root, *name.split("."), "__init__.py")
    package = project.tree.read(place) if place in project.tree else None
    return package is not None and not package.text.strip()


def _unset_settings(modules: list[Module], instances: _Named) -> Iterator[Fact]:
    """A Django project whose code leaves its settings module to the environment."""
    homes = {module.home for module in modules if "DJANGO_SETTINGS_MODULE" in module.file.text}
    for found in instances.values():
        module = found.module
        if module.home in homes or "django.core" not in module.file.text:
            continue
        homes.add(module.home)
        choices = [other for other in modules if other.home == module.home and "INSTALLED_APPS" in other.constants]
        names = {other.name.rpartition(".")[2]: other.name for other in choices}
        preferred = [names[stem] for stem in ("production", "prod", "base", "settings") if stem in names]
        yield EnvironmentVariable(
            name="DJANGO_SETTINGS_MODULE",
            example=next(iter([*preferred, *names.values()]), None),
            evidence=module.file.at(found.line, rule=RULE),
            origin=Origin.CONVENTION,
            confidence=0.7,
        )


def _imports_own(project: Project, module: Module) -> bool:
    """Whether a module imports others of the application."""
    return any(project.python.named(name, module) for name in {one.split(".")[0] for one in module.imports.values()})


def _script(module: Module, *, brings_server: bool) -> Iterator[Fact]:
    """A module that starts a server when it is run as a script, and the port it would listen on."""
    guards = [statement for statement in module.tree.body if is_main_guard(statement)]
    starts = [
        call
        for call in module.calls
        if isinstance(call.func, ast.Attribute | ast.Name)
        and _last(call.func) in RUNS_SERVER
        and not module.qualified(call.func).startswith("subprocess.")
    ]
    for call in starts:
        for keyword in call.keywords:
            number = default_number(module, keyword.value) if keyword.arg == "port" else None
            if number and 0 < number < 65536:
                place = module.file.at(call.lineno, rule=RULE)
                yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=0.8)
        target = text(call.args[0]) if call.args else None
        if (
            target
            and module.qualified(call.func).startswith("uvicorn")
            and re.fullmatch(r"[\w.]{1,200}:\w{1,60}", target)
        ):
            place = module.file.at(call.lineno, rule=RULE)
            yield EntryPoint(
                kind="asgi",
                value=target,
                detail=module.working_folder,
                evidence=place,
                origin=Origin.CONVENTION,
                confidence=0.95,
            )
    is_main = module.file.name == "__main__.py" and not module.is_package and "." in module.name
    in_guard = any(isinstance(node, ast.Call) for guard in guards for node in ast.walk(guard))
    if is_main or (guards and in_guard and module.file.name not in ("manage.py", "setup.py")):
        reached = [*guards, *_called_from(module, guards)]
        serves = (is_main and bool(starts)) or any(call in starts for part in reached for call in ast.walk(part))
        yield EntryPoint(
            kind="python_module" if "." in module.name else "python_script",
            value=module.name.removesuffix(".__main__") if "." in module.name else module.file.name,
            detail=module.working_folder,
            evidence=module.file.at(guards[0].lineno if guards else 1, rule=RULE),
            origin=Origin.CONVENTION,
            confidence=0.95 if brings_server else 0.7 if serves else 0.4,
        )


def _called_from(module: Module, guards: list[ast.stmt]) -> list[ast.stmt]:
    """The module's functions that its guard calls by their names: `main()`."""
    called = {
        node.func.id
        for guard in guards
        for node in ast.walk(guard)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return [
        statement
        for statement in module.tree.body
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name in called
    ]


def _is_for_host_alone(call: ast.Call) -> bool:
    """Whether a server is told, in so many words, to listen where nothing outside of its container reaches it."""
    given = [argument.elts[0] for argument in call.args if isinstance(argument, ast.Tuple) and argument.elts]
    given += [keyword.value for keyword in call.keywords if keyword.arg in ("host", "address")]
    return any(text(node) in LOOPBACK for node in given)


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
