"""A command of Flask's own that makes the tables, where nobody tells how they come: `@app.cli.command()` before a function that
calls `db.create_all()`. https://flask.palletsprojects.com/en/stable/cli/#custom-commands (reviewed 2026-11-22)"""

import ast
from collections.abc import Iterator

from toolkit.facts.manifests.python_syntax import Function
from toolkit.facts.model import Fact, Role
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import text

RULE = "python-tables"
_MAKES = frozenset({"create_all", "create_tables"})
_DELETES = frozenset({"drop_all", "drop_tables"})


def read(project: Project) -> Iterator[Fact]:
    if project.has_command(Role.RELEASE, "") or any(project.tree.read_all("alembic.ini")):
        return
    found = [
        conventional(Role.RELEASE, ("flask", name), module.file.at(node.lineno, rule=RULE), module.home, 0.8)
        for module in project.python
        for node in module.nodes
        if isinstance(node, Function) and (name := _name(node)) and _makes_tables(node)
    ]
    if len(found) == 1:
        yield found[0]


def _name(function: Function) -> str:
    """What the command is called; empty for what is none, and for one whose name depends on the release of Click."""
    for call in function.decorator_list:
        made = call.func if isinstance(call, ast.Call) else None
        if isinstance(made, ast.Attribute) and made.attr == "command" and getattr(made.value, "attr", "") == "cli":
            told = text(call.args[0]) if isinstance(call, ast.Call) and call.args else None
            return told or ("" if "_" in function.name else function.name)
    return ""


def _makes_tables(function: Function) -> bool:
    """Whether a function, in any case, makes the tables, and does not delete them."""
    calls = [statement.value for statement in function.body if isinstance(statement, ast.Expr)]
    called = {getattr(call.func, "attr", "") for call in calls if isinstance(call, ast.Call)}
    return not called.isdisjoint(_MAKES) and called.isdisjoint(_DELETES)
