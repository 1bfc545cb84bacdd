"""Programs of many commands, made with Click, Typer or argparse: the command that starts a server."""

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.facts.manifests.python_syntax import Function
from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned, text
from toolkit.findings import Evidence

RULE = "python-command"
# Methods and functions that wait for requests, by their own name where that says it, else with the module's.
SERVES = frozenset({"listen", "run_app", "run_server", "run_simple", "serve", "serve_forever"})
SERVES_IN_FULL = frozenset({"uvicorn.run", "hypercorn.run"})
# What is done to an application of Flask before it serves.
_COMPLETES = frozenset(
    {
        "add_url_rule",
        "after_request",
        "before_request",
        "context_processor",
        "errorhandler",
        "register_blueprint",
        "route",
    }
)
_NAME = re.compile(r"[a-z][\w-]{0,60}")


@dataclass(frozen=True)
class _Command:
    """A command by its name, with the function behind it."""

    name: str
    function: Function


def read(project: Project) -> Iterator[Fact]:
    """For each program that an installation puts on the path and that has one command which serves, that command."""
    programs = project.points("console_script")
    for program in programs:
        if server := _developers_server(project, *program.detail.partition(":")[::2]):
            run_at, completes = server
            kind = "completing_program" if completes else "developers_program"
            yield EntryPoint(kind=kind, value=program.value, evidence=run_at, origin=Origin.CONVENTION, confidence=0.9)
        if group := _flask_group(project, *program.detail.partition(":")[::2]):
            run = f"{program.value} run"
            yield EntryPoint(
                kind="developers_program", value=run, evidence=group, origin=Origin.CONVENTION, confidence=0.9
            )
        package = program.detail.split(":")[0].split(".")[0]
        modules = [module for module in project.python if module.name.split(".")[0] == package]
        serving = [(module, command) for module in modules for command in _commands(module) if _serves(module, command)]
        if len(serving) == 1:
            module, command = serving[0]
            yield EntryPoint(
                kind="serving_command",
                value=shlex.join([program.value, *([] if is_lone_of_typer(module) else [command.name])]),
                evidence=module.file.at(command.function.lineno, rule=RULE),
                origin=Origin.CONVENTION,
                confidence=0.9,
            )
    of_several = [(program, place) for program in programs if (place := _server(project, program))]
    if len(programs) > 1 and len(of_several) == 1:
        program, place = of_several[0]
        yield EntryPoint(
            kind="serving_command", value=program.value, evidence=place, origin=Origin.CONVENTION, confidence=0.8
        )


def _flask_group(project: Project, name: str, group: str) -> Evidence | None:
    """Where a program is Flask's own commands by another name, `run` among them: `cli = FlaskGroup(…)`, or a function below
    `@click.group(cls=FlaskGroup)`. https://flask.palletsprojects.com/en/stable/cli/#custom-scripts (2026-11-22)"""
    module = project.python.behind(name)
    for node in module.tree.body if module else ():
        if isinstance(node, Function) and node.name == group:
            made: list[ast.expr] = node.decorator_list
        else:
            made = [value for variable, value in assigned(node) if variable == group]
        calls = [call for call in made if isinstance(call, ast.Call)]
        named = [part for call in calls for part in (call.func, *(k.value for k in call.keywords if k.arg == "cls"))]
        if module and any(module.qualified(part) == "flask.cli.FlaskGroup" for part in named):
            return module.file.at(node.lineno, rule=RULE)
    return None


def _behind(project: Project, name: str, function: str) -> tuple[Module, ast.AST] | None:
    """The function that a program starts, with its module."""
    module = project.python.behind(name)
    nodes = (node for node in module.tree.body if isinstance(node, Function)) if module else ()
    found = next((node for node in nodes if node.name == function), None)
    return (module, found) if module and found else None


def _developers_server(project: Project, name: str, function: str) -> tuple[Evidence, bool] | None:
    """Where the function behind a program runs the server for developers that is in Flask, Bottle and others: `app.run()`;
    and whether it completes the application before, which is not whole without the function."""
    found = _behind(project, name, function)
    if found is None:
        return None
    module, behind = found
    nodes = list(ast.walk(behind))
    for call in (node for node in nodes if isinstance(node, ast.Call)):
        if _method(call) == "run" and (app := _object(call)) in ("app", "application"):
            used = (node for node in nodes if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == app)
            completes = any(node.attr in _COMPLETES for node in used) or _sets_up(module, app, nodes)
            return module.file.at(call.lineno, rule=RULE), completes
    return None


def _sets_up(module: Module, app: str, nodes: Sequence[ast.AST]) -> bool:
    """Whether a function from the application's own module is called for its effect: `from shop import app, initialize`."""
    home = module.imports.get(app, "").rpartition(".")[0]
    called = (node.value for node in nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    names = (call.func.id for call in called if isinstance(call.func, ast.Name))
    return any(home and module.imports.get(name, "").rpartition(".")[0] == home for name in names)


def _server(project: Project, program: EntryPoint) -> Evidence | None:
    """Where the function behind a program starts a server: one of these calls, or a module that is called so, `server.run()`."""
    found = _behind(project, *program.detail.partition(":")[::2])
    if found is None:
        return None
    module, behind = found
    for call in (node for node in ast.walk(behind) if isinstance(node, ast.Call)):
        name = module.qualified(call.func)
        if _method(call) in SERVES or name in SERVES_IN_FULL or name.endswith("server.run"):
            return module.file.at(call.lineno, rule=RULE)
    return None


def _commands(module: Module) -> Iterator[_Command]:
    yield from _decorated(module)
    yield from _of_argparse(module)


def is_lone_of_typer(module: Module) -> bool:
    """Whether Typer runs the one command of a module without its name, which would be one word too many:
    https://typer.tiangolo.com/tutorial/commands/one-or-multiple/ (2026-11-23)"""
    if not any(module.qualified(call.func) == "typer.Typer" for call in module.calls):
        return False
    made = [_method(call) for call in module.calls]
    return made.count("command") == 1 and {"add_typer", "callback"}.isdisjoint(made)


def _decorated(module: Module) -> Iterator[_Command]:
    """Functions below `@group.command()`: https://click.palletsprojects.com/en/stable/commands-and-groups/ (2026-11-21)"""
    for function in module.tree.body:
        if not isinstance(function, Function):
            continue
        calls = [call for call in function.decorator_list if isinstance(call, ast.Call)]
        made = [
            call
            for call in calls
            if isinstance(call.func, ast.Attribute)
            and call.func.attr == "command"
            and module.qualified(call.func.value) not in ("click", "typer")
        ]
        for call in made:
            named = text(call.args[0]) if call.args else None
            yield _Command(named or function.name.replace("_", "-"), function)


def _of_argparse(module: Module) -> Iterator[_Command]:
    """`parser = commands.add_parser("serve")` with `parser.set_defaults(func=serve)`:
    https://docs.python.org/3/library/argparse.html#sub-commands (2026-11-21)"""
    functions = {node.name: node for node in module.tree.body if isinstance(node, Function)}
    parsers: dict[str, str] = {}
    for node in module.nodes:
        for variable, value in assigned(node) if isinstance(node, ast.stmt) else ():
            if isinstance(value, ast.Call) and _method(value) == "add_parser" and value.args:
                parsers[variable] = text(value.args[0]) or ""
    for call in module.calls:
        parser = _object(call)
        if _method(call) != "set_defaults" or not parsers.get(parser):
            continue
        behind = next(
            (functions[k.value.id] for k in call.keywords if isinstance(k.value, ast.Name) and k.value.id in functions),
            None,
        )
        if behind:
            yield _Command(parsers[parser], behind)


def _serves(module: Module, command: _Command) -> bool:
    calls = [node for node in ast.walk(command.function) if isinstance(node, ast.Call)]
    return bool(_NAME.fullmatch(command.name)) and any(
        _method(call) in SERVES or module.qualified(call.func) in SERVES_IN_FULL for call in calls
    )


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _object(call: ast.Call) -> str:
    return getattr(call.func.value, "id", "") if isinstance(call.func, ast.Attribute) else ""
