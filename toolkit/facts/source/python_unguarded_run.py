"""A server that is started as a module is imported: `app.run()` without `if __name__ == "__main__":` in front.

Flask's own can be told to pass it over, and so can Bottle's, by its way to load an application; what Bottle runs with a server
and an address of the application's own, is the way to start it.
https://flask.palletsprojects.com/en/stable/api/#flask.Flask.run and https://bottlepy.org/docs/stable/deployment.html, whose
`bottle.load_app` is what `python -m bottle` calls (reviewed 2026-11-22)
"""

import ast
from collections.abc import Iterator

from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned
from toolkit.facts.source.python_scripts import LOOPBACK
from toolkit.facts.source.python_values import default_of

RULE = "python-unguarded-run"
APPLICATION = "flask.Flask"
BOTTLE = "bottle.run"


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
        if call := next((call for call in _at_import(module) if module.qualified(call.func) == BOTTLE), None):
            script = not _is_for_host_alone(module, call)
            yield EntryPoint(
                kind="python_script" if script else "wsgi",
                value=module.file.name if script else f"bottle:load_app('{module.name}')",
                detail=module.working_folder,
                evidence=module.file.at(call.lineno, rule=RULE),
                origin=Origin.CONVENTION,
                confidence=0.99,
            )


def _at_import(module: Module) -> list[ast.Call]:
    return [s.value for s in module.top_level() if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]


def _is_for_host_alone(module: Module, call: ast.Call) -> bool:
    """Whether Bottle is told to listen where nothing outside of its container reaches it, as it does by itself."""
    host = next((keyword.value for keyword in call.keywords if keyword.arg == "host"), None)
    if host is None and (any(keyword.arg is None for keyword in call.keywords) or len(call.args) > 2):
        return False
    return host is None or default_of(module, host) in LOOPBACK


def _run(module: Module) -> int:
    """The line that starts the server whenever the module is imported; 0 where none does."""
    applications = {
        name
        for statement in module.top_level()
        for name, value in assigned(statement)
        if isinstance(value, ast.Call) and module.qualified(value.func) == APPLICATION
    }
    runs = {f"{name}.run" for name in applications}
    return next((call.lineno for call in _at_import(module) if module.qualified(call.func) in runs), 0)
