"""Modules that are run as scripts: the server that they start, and the port that they would listen on."""

import ast
import re
from collections.abc import Iterator, Sequence

from toolkit.facts.manifests.python_syntax import Function
from toolkit.facts.model import EntryPoint, Fact, Origin, Port
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, is_main_guard, text
from toolkit.facts.source.python_values import default_number

# Servers made for production that an application may bring itself: then its script is the way to start it.
OWN_SERVERS = frozenset(
    {
        "aiohttp.web.run_app", "bjoern.run", "cheroot.wsgi.Server", "eventlet.wsgi.server", "gevent.pywsgi.WSGIServer",
        "gevent.wsgi.WSGIServer", "tornado.httpserver.HTTPServer", "tornado.wsgi.WSGIContainer", "waitress.serve",
    }
)  # fmt: skip
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
RUNS_SERVER = frozenset(
    {
        "run",
        "run_app",
        "run_server",
        "serve",
        "serve_forever",
        "run_simple",
        "start_server",
        "listen",
        "start",
        "quickstart",
    }
)
RULE = "python-entry-point"  # of all that tells how Python code is entered


def scripts(project: Project, modules: Sequence[Module]) -> Iterator[Fact]:
    """The modules that are run as scripts, and the ports that the code itself would listen on."""
    serving = [
        module
        for module in modules
        if any(module.qualified(call.func) in OWN_SERVERS and not _is_for_host_alone(call) for call in module.calls)
    ]
    own_servers = {module.home for module in serving}
    for module in modules:
        reaches = module in serving or _imports_own(project, module)
        yield from _script(module, brings_server=module.home in own_servers and reaches)


def runs_server(call: ast.Call) -> bool:
    """Whether what is called has a name that functions have which start a server: `app.run()`, `serve(app)`, `listen(port)`,
    where `listen()` of nothing waits for messages."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name in RUNS_SERVER and (name != "listen" or bool(call.args or call.keywords))


def _imports_own(project: Project, module: Module) -> bool:
    """Whether a module imports others of the application."""
    return any(project.python.named(name, module) for name in {one.split(".")[0] for one in module.imports.values()})


def _script(module: Module, *, brings_server: bool) -> Iterator[Fact]:
    """A module that starts a server when it is run as a script, and the port it would listen on."""
    guards = [statement for statement in module.tree.body if is_main_guard(statement)]
    starts = [
        call for call in module.calls if runs_server(call) and not module.qualified(call.func).startswith("subprocess.")
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
    return [statement for statement in module.tree.body if isinstance(statement, Function) and statement.name in called]


def _is_for_host_alone(call: ast.Call) -> bool:
    """Whether a server is told, in so many words, to listen where nothing outside of its container reaches it."""
    given = [argument.elts[0] for argument in call.args if isinstance(argument, ast.Tuple) and argument.elts]
    given += [keyword.value for keyword in call.keywords if keyword.arg in ("host", "address")]
    return any(text(node) in LOOPBACK for node in given)
