"""Where Python that is a server of its own listens by its settings: the address and the port beside each other, under names
that are called alike, as constants or in one dictionary. `DEF_HOST = "127.0.0.1"` above `DEF_PORT = 8080`."""

import ast
import re
from collections.abc import Iterator, Mapping

from toolkit.facts.model import EntryPoint, Fact, Origin, Port, Role
from toolkit.facts.source.loopback import ADDRESS, RULE
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned, constant, text

# What serves pages, where it is imported, and listens where the application tells it.
SERVERS = frozenset({"aiohttp", "bottle", "cherrypy", "cheroot", "socketserver", "tornado", "twisted", "waitress"})
_HERE = re.compile(ADDRESS)
_EVERYWHERE = frozenset({"", "*", "0.0.0.0", "::"})
_OWN = r"(?:(?:api|app|bind|def|default|http|interface|listen|server|ui|web)_?){0,3}"
_HOST = re.compile(rf"(?i)({_OWN})(?:address|addr|bind|host|hostname|interface|ip)")


def read(project: Project) -> Iterator[Fact]:
    modules = list(project.python)
    if not any(SERVERS.intersection(name.split(".")[0] for name in module.imports.values()) for module in modules):
        return
    found = [pair for module in modules for settings in _settings(module) for pair in _pairs(module, settings)]
    if len({port.number for port, _ in found}) != 1:
        return  # of several none is known to be the application's
    told = project.has_command(Role.START, "127.0.0.1:", "localhost:", "0.0.0.0:")  # where the command tells it
    for port, change in found:
        yield port
        if change and not told:
            yield change


def _settings(module: Module) -> Iterator[Mapping[str, ast.expr]]:
    """What is kept together: the module's constants, those of each class, and each dictionary."""
    yield module.constants
    for node in module.nodes:
        if isinstance(node, ast.ClassDef):
            yield dict(pair for statement in node.body for pair in assigned(statement))
        elif isinstance(node, ast.Dict):
            yield {name: value for key, value in zip(node.keys, node.values, strict=True) if (name := text(key))}


def _pairs(module: Module, settings: Mapping[str, ast.expr]) -> Iterator[tuple[Port, EntryPoint | None]]:
    by_name = {name.lower(): value for name, value in settings.items()}
    for name, value in settings.items():
        match = _HOST.fullmatch(name)
        beside = by_name.get(f"{match[1].lower()}port") if match else None
        port = next((n for one in _values(beside) if str(one).isdecimal() and (n := int(one))), 0) if beside else 0
        address = next((one for one in _values(value) if isinstance(one, str) and _HERE.fullmatch(one)), "")
        if not port or not is_own(port, name) or not (address or _EVERYWHERE.intersection(map(str, _values(value)))):
            continue
        place = module.file.at(value.lineno, rule=RULE)
        told = Port(number=port, evidence=place, origin=Origin.CONVENTION, confidence=0.6)
        if not address:
            yield told, None
            continue
        sed = f"/{re.escape(name)}[^[:alnum:]_]*[:=]/s/{re.escape(address)}/0.0.0.0/"
        yield (
            told,
            EntryPoint(
                kind="loopback",
                value=module.file.path,
                detail=sed,
                evidence=place,
                origin=Origin.CONVENTION,
                confidence=0.6,
            ),
        )


def _values(node: ast.expr | None) -> list[str | int]:
    """The literal that a setting has, also with its type and its section around it: `(str, "General", "localhost")`."""
    items = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    return [one for item in items if isinstance(one := constant(item), str | int) and not isinstance(one, bool)]
