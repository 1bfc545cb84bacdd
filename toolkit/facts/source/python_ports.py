"""Where servers listen that Python code starts itself: Tornado, aiohttp, CherryPy, Bottle, NiceGUI.

https://www.tornadoweb.org/en/stable/options.html, https://docs.aiohttp.org/en/stable/web_reference.html#aiohttp.web.run_app,
https://docs.cherrypy.dev/en/latest/config.html, https://bottlepy.org/docs/dev/api.html#bottle.run,
https://nicegui.io/documentation/run (reviewed 2026-11-22)
"""

import ast
import re
from collections.abc import Iterator

from toolkit.facts.manifests.python_syntax import Function
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
_TOLD, _USUAL, _OF_SETTING = 0.8, 0.5, 0.4
# How an application calls the port in settings of its own, `settings.get("app_port", 8085)`.
_SETTING = re.compile(r"(?i)(?:(?:api|app|bind|http|listen|server|site|web)[_.-]?)?port")


def read(project: Project) -> Iterator[Fact]:
    by_name = [found for module in project.python for found in _of_settings(module)]
    for module in project.python:
        libraries = {name.split(".")[0] for name in module.imports.values()}
        servers = libraries & {"aiohttp", "bottle", "cherrypy", "nicegui", "tornado"}
        if not servers or servers & set(module.file.path.split("/")):  # or a copy of the library itself
            continue
        by_name += _of_arguments(module)
        for line, number, confidence in _ports(module, is_tornado="tornado" in libraries):
            place = module.file.at(line, rule=RULE)
            yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=confidence)
    if len({port.number for port in by_name}) == 1:
        yield by_name[0]


def _of_arguments(module: Module) -> Iterator[Port]:
    """The default of an argument that is called so, `def run(api_port=8082)`, where a module loads a server."""
    for node in module.nodes:
        if isinstance(node, Function) and node.args.defaults:
            for argument, default in zip(node.args.args[-len(node.args.defaults) :], node.args.defaults, strict=True):
                number = default_number(module, default) if _SETTING.fullmatch(argument.arg) else None
                if number and is_own(number):
                    place = module.file.at(default.lineno, rule=RULE)
                    yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=_OF_SETTING)


def _of_settings(module: Module) -> Iterator[Port]:
    """The default that a call is given behind the name of a setting which is called like the port where the application
    listens, `check_int(settings, "web", "web_port", 8081)`; what the environment says is read elsewhere."""
    for call in module.calls:
        named = next((n for n, one in enumerate(call.args[:-1]) if _SETTING.fullmatch(text(one) or "")), None)
        if named is None or "env" in module.qualified(call.func):
            continue
        number = default_number(module, call.args[named + 1])
        if number and is_own(number):
            place = module.file.at(call.lineno, rule=RULE)
            yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=_OF_SETTING)


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
