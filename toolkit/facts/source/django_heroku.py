"""Settings that end in `django_heroku.settings(locals())`, which sets what Heroku asks for: where the database is, the hosts,
the folder of static files, and makes that folder when the application starts.

https://github.com/heroku/django-heroku/blob/master/django_heroku/core.py (reviewed 2026-11-22)
"""

import ast
import posixpath
from collections.abc import Iterator

from toolkit.facts.model import EntryPoint, EnvironmentVariable, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module
from toolkit.facts.source.python_values import path_of

RULE = "django-heroku-environment"
_CALLS = frozenset({"django_heroku.settings", "django_on_heroku.settings"})
# What it sets, unless it is told not to, and the variable that it reads for it.
_VARIABLES = {"databases": "DATABASE_URL", "secret_key": "SECRET_KEY"}


def read(project: Project) -> Iterator[Fact]:
    for module in project.python:
        if not (call := settings_call(module)):
            continue
        place = module.file.at(call.lineno, rule=RULE)
        left_out = _left_out(call)
        for part, name in _VARIABLES.items():
            if part not in left_out:
                secret = name == "SECRET_KEY"
                yield EnvironmentVariable(
                    name=name, required=False, secret=secret, evidence=place, origin=Origin.RUNNING
                )
        home = path_of(module, ast.Name("BASE_DIR"))
        if home and "staticfiles" not in left_out:
            folder = posixpath.normpath(posixpath.join(home, "staticfiles"))
            yield EntryPoint(kind="static_root", value=folder, evidence=place, origin=Origin.RUNNING)


def settings_call(module: Module) -> ast.Call | None:
    return next((call for call in module.calls if module.qualified(call.func) in _CALLS), None)


def _left_out(call: ast.Call) -> set[str | None]:
    return {k.arg for k in call.keywords if isinstance(k.value, ast.Constant) and k.value.value is False}
