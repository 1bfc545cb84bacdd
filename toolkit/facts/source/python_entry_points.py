"""WSGI and ASGI applications in Python code: what a server is given to run."""

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.facts.manifests.python_syntax import Function
from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned, is_main_guard
from toolkit.facts.source.python_scripts import RULE, runs_server, scripts
from toolkit.facts.source.python_settings_modules import named_settings, unnamed_settings

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
_CLASSES = frozenset(name.rpartition(".")[2] for name in WSGI | ASGI)
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
_OF_DEVELOPERS = frozenset({"dev", "devel", "development"})
COMPLETED = 0.98  # more than any name of a file but wsgi.py and asgi.py says
# What an application is called with, where it is a plain function: PEP 3333 and
# https://asgi.readthedocs.io/en/latest/specs/main.html, reviewed 2026-11-21.
CALLED_WITH = {("environ", "start_response"): "wsgi", ("scope", "receive", "send"): "asgi"}


@dataclass(frozen=True)
class _Found:
    kind: str
    module: Module
    name: str
    line: int
    is_factory: bool = False
    called_plainly: bool = True  # a factory that has to be given nothing
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
    installed = bool(project.points("console_script"))
    for found in instances.values():
        # With settings of developers, beside a program that an installation brings.
        if not (installed and _OF_DEVELOPERS.intersection(found.module.name.split(".")[1:-1])):
            yield _fact(found)
    for found in factories.values():
        if found.called_plainly and not any(
            other.module.home == found.module.home and other.kind == found.kind for other in instances.values()
        ):
            yield _fact(found)
    for module in modules:
        yield from named_settings(project, module)
    yield from scripts(project, modules)
    yield from unnamed_settings(modules, ((found.module, found.line) for found in instances.values()))


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
            name = _library_name(module, part.func)
            if name in WSGI:
                return "wsgi"
            if name in ASGI:
                return "asgi"
            if name in classes:
                return classes[name]
    return ""


def _library_name(module: Module, node: ast.expr) -> str:
    """The dotted name of a class of applications as its library has it, any other as the module does."""
    name = module.qualified(node)
    known = name in WSGI or name in ASGI or name.rpartition(".")[2] not in _CLASSES
    return name if known else module.origin(name)


def _classes(module: Module) -> dict[str, str]:
    """Classes of this module that are applications: `class Application(Flask)`, or whose objects are called as one."""
    found: dict[str, str] = {}
    for statement in module.tree.body:
        if isinstance(statement, ast.ClassDef):
            bases = {_library_name(module, base) for base in statement.bases}
            if bases & WSGI:
                found[statement.name] = "wsgi"
            elif bases & ASGI:
                found[statement.name] = "asgi"
            for method in statement.body:
                if isinstance(method, Function) and method.name == "__call__":
                    called_with = tuple(argument.arg for argument in method.args.args[1:])
                    if kind := CALLED_WITH.get(called_with, ""):
                        found.setdefault(statement.name, kind)
    return found


def _factories(module: Module) -> Iterator[_Found]:
    classes = _classes(module)
    names = {_library_name(module, call.func) for call in module.calls} & (WSGI | ASGI | classes.keys())
    for statement in module.top_level():
        if not isinstance(statement, Function) or not names:
            continue
        returns = any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(statement))
        kind = next((kind for node in statement.body if (kind := _kind_of_statement(module, node, classes))), "")
        if kind and returns:
            plainly = not _has_to_be_given(statement.args)
            yield _Found(kind, module, statement.name, statement.lineno, is_factory=True, called_plainly=plainly)


def _has_to_be_given(arguments: ast.arguments) -> bool:
    plain = [*arguments.posonlyargs, *arguments.args]
    return len(plain) > len(arguments.defaults) or None in arguments.kw_defaults


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
    private: list[_Found] = []
    for statement in module.top_level():
        if isinstance(statement, Function):
            called_with = tuple(argument.arg for argument in statement.args.args)
            if kind := CALLED_WITH.get(called_with, ""):
                functions.append(_Found(kind, module, statement.name, statement.lineno))
        for name, value in assigned(statement):
            kind = _kind(module, value, classes) or _from_factory(module, value, factories)
            if not kind:
                # `application = app`, `application = Middleware(app)`, `application = Middleware(create_app())`
                renames = isinstance(value, ast.Name | ast.Call) and name in ("app", "application")
                parts = list(ast.walk(value)) if renames else []
                used = (own.get(node.id, "") for node in parts if isinstance(node, ast.Name))
                made = (_from_factory(module, node, factories) for node in parts if isinstance(node, ast.Call))
                kind = next(filter(None, (*used, *made)), "")
            if isinstance(value, ast.Call) and module.qualified(value.func) == DASH:
                dashes[name] = (value, statement.lineno)
                own[name] = kind
            elif (
                isinstance(value, ast.Attribute) and value.attr == "server" and module.qualified(value.value) in dashes
            ):
                served.add(module.qualified(value.value))
                own[name] = own[module.qualified(value.value)]
                yield _Found(own[name], module, name, statement.lineno)
            elif kind and isinstance(value, ast.Attribute | ast.Call | ast.Name) and name.startswith("_"):
                private.append(_Found(kind, module, name, statement.lineno))
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
        yield from functions or private
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
        if isinstance(node, ast.Call) and runs_server(node)
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
