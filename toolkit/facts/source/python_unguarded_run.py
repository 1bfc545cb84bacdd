"""Flask's own server, started as a module is imported: `app.run()` without `if __name__ == "__main__":` in front.

https://flask.palletsprojects.com/en/stable/api/#flask.Flask.run (reviewed 2026-11-22)
"""

import ast
from collections.abc import Iterator

from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned

RULE = "python-unguarded-run"
APPLICATION = "flask.Flask"


def read(project: Project) -> Iterator[Fact]:
    for module in project.python:
        if line := _run(module):
            place = module.file.at(line, rule=RULE)
            yield EntryPoint(
                kind="unguarded_run",
                value=module.name,
                directory=module.home,
                evidence=place,
                origin=Origin.CONVENTION,
            )


def _run(module: Module) -> int:
    """The line that starts the server whenever the module is imported; 0 where none does."""
    applications = {
        name
        for statement in module.top_level()
        for name, value in assigned(statement)
        if isinstance(value, ast.Call) and module.qualified(value.func) == APPLICATION
    }
    calls = (s.value for s in module.top_level() if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call))
    runs = {f"{name}.run" for name in applications}
    return next((call.lineno for call in calls if module.qualified(call.func) in runs), 0)
