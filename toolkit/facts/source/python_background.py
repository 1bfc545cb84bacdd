"""Programs in Python that answer no request: nothing that they import, directly or by other modules, is a server."""

import ast
import posixpath
from collections.abc import Iterator

from toolkit.facts.model import Command, EntryPoint, Fact, Origin, Role
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_entry_points import ASGI, WSGI
from toolkit.facts.source.python_modules import Module, is_main_guard
from toolkit.facts.source.python_scripts import OWN_SERVERS

RULE = "python-background"
# What serves, by the first part of what is imported.
SERVING = frozenset(name.partition(".")[0] for name in ASGI | OWN_SERVERS | WSGI) | {
    "cgi", "cherrypy", "daphne", "flask_socketio", "gradio", "grpc", "gunicorn", "hug", "hypercorn",
    "jsonrpc", "nicegui", "paste", "pyramid", "runpy", "socketio", "socketserver", "streamlit", "tornado",
    "twisted", "uvicorn", "uwsgi", "web", "websockets", "werkzeug", "wsgiref", "xmlrpc", "zmq",
}  # fmt: skip
_MOST_MODULES = 500


def read(project: Project) -> Iterator[Fact]:
    """Of those that a command starts: `python -m shop.watcher`, `python tools/watch.py`."""
    starts = (fact for fact in project.facts.facts if isinstance(fact, Command) and fact.role is Role.START)
    words = {word for command in starts for word in command.text.split()}
    for module in project.python:
        path = posixpath.relpath(module.file.path, module.home or ".")
        name = module.name.removesuffix(".__main__")
        guard = next((statement.lineno for statement in module.tree.body if is_main_guard(statement)), None)
        runs = guard or (1 if module.file.name == "__main__.py" else None)
        for started in {name, path} & words if runs else ():
            if not _serves(project, module):
                place = module.file.at(runs or 1, rule=RULE)
                yield EntryPoint(
                    kind="background_program", value=started, evidence=place, origin=Origin.CONVENTION, confidence=0.8
                )


def _serves(project: Project, program: Module) -> bool:
    waiting, seen = [program], {program.file.path}
    while waiting and len(seen) < _MOST_MODULES:
        module = waiting.pop()
        for name in _imported(module):
            if name.partition(".")[0] in SERVING or name.startswith("http.server"):
                return True
            # An import runs the packages above what it names.
            parts = name.split(".")
            for end in range(1, len(parts) + 1):
                found = project.python.named(".".join(parts[:end]), module)
                if found and found.file.path not in seen:
                    seen.add(found.file.path)
                    waiting.append(found)
    return bool(waiting)


def _imported(module: Module) -> Iterator[str]:
    yield from module.imports.values()
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
