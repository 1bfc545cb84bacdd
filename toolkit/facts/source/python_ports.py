"""Where servers listen that Python code starts itself: Tornado, aiohttp, CherryPy, Bottle, NiceGUI.

https://www.tornadoweb.org/en/stable/options.html, https://docs.aiohttp.org/en/stable/web_reference.html#aiohttp.web.run_app,
https://docs.cherrypy.dev/en/latest/config.html, https://bottlepy.org/docs/dev/api.html#bottle.run,
https://nicegui.io/documentation/run (reviewed 2026-11-22)
"""

import ast
from collections.abc import Iterator

from toolkit.facts.model import Fact, Origin, Port
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, text
from toolkit.facts.source.python_values import default_number

RULE = "python-port"
# Calls that are given the port, by its place among the arguments and its name, and where they listen without it.
GIVEN = {
    "tornado.options.define": (1, "default", None),
    "aiohttp.web.run_app": (2, "port", 8080),
    "aiohttp.web.TCPSite": (2, "port", 8080),
    "bottle.run": (3, "port", 8080),
    "cherrypy.quickstart": (None, "", 8080),
    "cherrypy.engine.start": (None, "", 8080),
    "nicegui.ui.run": (None, "port", 8080),
}
LISTENS = frozenset({"bind", "listen"})  # methods of Tornado's applications and servers
CHERRYPY = "server.socket_port"
_TOLD, _USUAL = 0.8, 0.5


def read(project: Project) -> Iterator[Fact]:
    for module in project.python:
        libraries = {name.split(".")[0] for name in module.imports.values()}
        servers = libraries & {"aiohttp", "bottle", "cherrypy", "nicegui", "tornado"}
        if not servers or servers & set(module.file.path.split("/")):  # or a copy of the library itself
            continue
        for line, number, confidence in _ports(module, is_tornado="tornado" in libraries):
            place = module.file.at(line, rule=RULE)
            yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=confidence)


def _ports(module: Module, *, is_tornado: bool) -> Iterator[tuple[int, int, float]]:
    for call in module.calls:
        name = module.qualified(call.func)
        if name == "tornado.options.define" and (text(call.args[0]) if call.args else None) != "port":
            continue
        place, keyword, usual = GIVEN.get(name, (None, "", None))
        if is_tornado and isinstance(call.func, ast.Attribute) and call.func.attr in LISTENS:
            place, keyword = 0, "port"
        given = next((k.value for k in call.keywords if k.arg == keyword), None)
        if given is None and place is not None and len(call.args) > place:
            given = call.args[place]
        if given is not None:
            if (number := default_number(module, given)) and is_own(number):
                yield call.lineno, number, _TOLD
        elif usual and CHERRYPY not in module.file.text:  # a setting may say otherwise by what is not known here
            yield call.lineno, usual, _USUAL
    for node in module.nodes:
        for line, value in _of_cherrypy(module, node):
            if number := default_number(module, value):
                yield line, number, _TOLD


def _of_cherrypy(module: Module, node: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """What its configuration is given as port, by a dictionary or an assignment."""
    if isinstance(node, ast.Dict):
        yield from ((v.lineno, v) for k, v in zip(node.keys, node.values, strict=True) if text(k) == CHERRYPY)
    elif isinstance(node, ast.Assign) and "cherrypy." + CHERRYPY in map(module.qualified, node.targets):
        yield node.lineno, node.value
