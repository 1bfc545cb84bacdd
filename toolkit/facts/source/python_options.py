"""Where a program of Python is told to listen, by options that it declares with argparse, ConfigArgParse, optparse, Click or
Tornado: the port that it has without them, and the option that it needs where it would listen on the loopback address alone.

https://docs.python.org/3/library/argparse.html, https://github.com/bw2/ConfigArgParse#aliases,
https://click.palletsprojects.com/en/stable/options/, https://www.tornadoweb.org/en/stable/options.html (reviewed 2026-11-22)
"""

import ast
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.facts.manifests.python_syntax import Function
from toolkit.facts.model import EntryPoint, Fact, Origin, Port
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_commands import is_lone_of_typer
from toolkit.facts.source.python_modules import Module, assigned, is_main_guard, text
from toolkit.facts.source.python_scripts import LOOPBACK, runs_server
from toolkit.facts.source.python_values import default_number

RULE = "python-option"
HOSTS = frozenset(
    {"--address", "--bind", "--bind-address", "--bind-host", "--host", "--hostname", "--http-host", "--interface", "--ip", "--listen",
     "--listen-address", "--server-host", "--web-host"}
)  # fmt: skip
PORTS = frozenset({"--bind-port", "--http-port", "--listen-port", "--port", "--server-port", "--web-port"})
_DECLARES = frozenset({"add_argument", "add_option", "addoption"})  # the last as pytest names it
_SHORT = frozenset({"add", "add_arg"})  # as ConfigArgParse has them too
_GROUPS = frozenset({"add_argument_group", "add_mutually_exclusive_group", "OptionGroup"})


@dataclass
class _Parser:
    """The options for address and port of a program, or of one of its commands, with the place of each."""

    host: tuple[str, ...] = ()
    loopback: bool = False
    line: int = 0
    ports: list[tuple[int, int]] = field(default_factory=list)
    has_port: bool = False


def read(project: Project) -> Iterator[Fact]:
    for module in project.python:
        for command, parser in _parsers(module).items():
            if not parser.host or not parser.has_port:
                continue
            if any(runs_server(call) for one in _entered(project, module) for call in one.calls):
                for line, number in parser.ports:
                    place = module.file.at(line, rule=RULE)
                    yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=0.85)
            if parser.loopback:
                yield from _needed(project, module, shlex.join(filter(None, (command, *parser.host))), parser.line)


def _needed(project: Project, module: Module, option: str, line: int) -> Iterator[EntryPoint]:
    """The option, for each program that comes to the module: one that is installed, a script, `python -m shop`."""
    entered = _entered(project, module)
    names = {one.name for one in entered}
    programs = [point.value for point in project.points("console_script") if point.detail.split(":")[0] in names]
    for one in entered:
        if one.file.name == "__main__.py" or any(map(is_main_guard, one.tree.body)):
            programs += [one.file.path, one.name.removesuffix(".__main__")]
    for program in dict.fromkeys(programs):
        yield EntryPoint(
            kind="listening_option",
            value=program,
            detail=option,
            evidence=module.file.at(line, rule=RULE),
            origin=Origin.CONVENTION,
            confidence=0.9,
        )


def _entered(project: Project, module: Module) -> list[Module]:
    """A module, and those that import it."""
    return [one for one in project.python if one is module or module.name in _imported(one)]


def _imported(module: Module) -> set[str]:
    """The modules that one imports, or names of which it imports."""
    names = set(module.imports.values())
    return names | {name.rpartition(".")[0] for name in names}


def _parsers(module: Module) -> dict[str, _Parser]:
    """By the name of the command, empty for the program itself."""
    commands = _commands_by_variable(module)
    declares = _DECLARES | _SHORT if "configargparse" in module.imports.values() else _DECLARES
    found: dict[str, _Parser] = {}
    for call in module.calls:
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method in declares:
            receiver = getattr(call.func.value, "id", "") if isinstance(call.func, ast.Attribute) else ""
            _add(found.setdefault(commands.get(receiver, ""), _Parser()), call, module)
        elif module.qualified(call.func) == "tornado.options.define":
            _add(found.setdefault("", _Parser()), call, module, before="--")
    for function in module.tree.body:
        if isinstance(function, Function) and (name := _click_name(function, module)) is not None:
            for decorator in function.decorator_list:
                if isinstance(decorator, ast.Call) and module.qualified(decorator.func).endswith("option"):
                    _add(found.setdefault(name, _Parser()), decorator, module)
            for names, default in _parameters(function, module):
                _declare(found.setdefault(name, _Parser()), names, default, function.lineno, module)
    return found


def _parameters(function: Function, module: Module) -> Iterator[tuple[tuple[str, ...], ast.expr]]:
    """Options that are parameters of the function itself, with their defaults: `host: str = typer.Option("127.0.0.1")`.
    https://typer.tiangolo.com/tutorial/parameter-types/ (2026-11-23)"""
    taken = function.args.args[-len(function.args.defaults) :] if function.args.defaults else []
    for parameter, default in zip(taken, function.args.defaults, strict=True):
        names: tuple[str, ...] = ()
        if isinstance(default, ast.Call):
            if module.qualified(default.func) != "typer.Option" or not default.args:
                continue
            names = tuple(name for argument in default.args[1:] if (name := text(argument)) and name[0] == "-")
            default = default.args[0]
        yield names or (f"--{parameter.arg.replace('_', '-')}",), default


def _commands_by_variable(module: Module) -> dict[str, str]:
    """Variables that hold the parser of a command, or a group of its options, with the command's name."""
    found: dict[str, str] = {}
    for node in module.nodes:
        for variable, value in assigned(node) if isinstance(node, ast.stmt) else ():
            if not isinstance(value, ast.Call):
                continue
            method = getattr(value.func, "attr", getattr(value.func, "id", ""))
            if method == "add_parser" and value.args:
                found[variable] = text(value.args[0]) or ""
            elif method in _GROUPS and isinstance(value.func, ast.Attribute):
                found[variable] = found.get(getattr(value.func.value, "id", ""), "")
    return found


def _click_name(function: Function, module: Module) -> str | None:
    """How a function is called on the command line: empty for a program of one command, None where it is none."""
    for call in function.decorator_list:
        made = call.func if isinstance(call, ast.Call) else call
        if isinstance(made, ast.Attribute) and made.attr in ("command", "group"):
            if module.qualified(made.value) == "click":
                return ""
            if is_lone_of_typer(module):
                return ""
            named = text(call.args[0]) if isinstance(call, ast.Call) and call.args else None
            return named or function.name.replace("_", "-")
    return None


def _add(parser: _Parser, call: ast.Call, module: Module, before: str = "") -> None:
    """What one declaration says of address or port."""
    names = tuple(before + name for argument in call.args if (name := text(argument)) and (before or name[0] == "-"))
    default = next((keyword.value for keyword in call.keywords if keyword.arg == "default"), None)
    _declare(parser, names, default, call.lineno, module)


def _declare(parser: _Parser, names: tuple[str, ...], default: ast.expr | None, line: int, module: Module) -> None:
    """An option by all its names, with its default."""
    if not HOSTS.isdisjoint(names) and not parser.loopback:  # of several, the one that keeps others out
        long = sorted(names, key=lambda name: name not in HOSTS)
        parser.host, parser.line = tuple(long), line
        value = module.constants.get(default.id) if isinstance(default, ast.Name) else default
        parser.loopback = text(value) in LOOPBACK
    if not PORTS.isdisjoint(names):
        parser.has_port = True
        number = default_number(module, default) if default is not None else None
        if number and is_own(number):
            parser.ports.append((line, number))
