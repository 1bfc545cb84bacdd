"""Variables by which Python code chooses among settings of its own: config[os.getenv("SHOP_CONFIG", "development")], and
app.config.from_object(os.environ["SHOP_CONFIG"]), which is told a class: https://flask.palletsprojects.com/en/stable/config/
"""

import ast
import re
from collections.abc import Iterator

from toolkit.facts.file_names import is_production
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Fact
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_environment import LOOKUPS
from toolkit.facts.source.python_modules import Module, text

RULE = "python-mode"
_CLASS_OF_PRODUCTION = re.compile(r"(?:(?:Config|Settings)_?)?(?:Prod(?:uction)?|Live)(?:_?(?:Config|Settings))?")


def read(project: Project) -> Iterator[Fact]:
    """Each with the name that production has among the settings, `config = {"development": Development, "production": Production}`."""
    settings: dict[str, list[frozenset[str]]] = {}
    for module in project.python:
        settings.setdefault(module.home, []).extend(_settings(module))
    for module in project.python:
        for name, mode, line in _chosen(module) if settings[module.home] else ():
            named = next((names for names in settings[module.home] if mode in names), frozenset())
            production = sorted(filter(is_production, named))
            place = module.file.at(line, rule=RULE)
            if production and mode not in production and (fact := variable(name, production[0], place)):
                yield fact
    classes = {
        module.home: f"{module.name}.{node.name}"
        for module in project.python
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and _CLASS_OF_PRODUCTION.fullmatch(node.name)
    }
    for module in project.python:
        for name, line in _told_class(module) if module.home in classes else ():
            if fact := variable(name, classes[module.home], module.file.at(line, rule=RULE)):
                yield fact


def _settings(module: Module) -> Iterator[frozenset[str]]:
    """Names of settings in mappings of the module, one of which is production's."""
    for value in module.constants.values():
        if not isinstance(value, ast.Dict) or len(value.keys) < 2:
            continue
        names = [text(key) if key else None for key in value.keys]
        plain = all(isinstance(one, ast.Name | ast.Attribute | ast.Call | ast.Constant) for one in value.values)
        if plain and all(names) and any(is_production(name) for name in names if name):
            yield frozenset(name for name in names if name)


def _chosen(module: Module) -> Iterator[tuple[str, str, int]]:
    """The variables that are looked up with a name to fall back on: `getenv("A", "b")`, `environ.get("A") or "b"`."""
    for node in module.nodes:
        call: ast.expr | None = node if isinstance(node, ast.Call) and len(node.args) > 1 else None
        fallback: ast.expr | None = call.args[1] if isinstance(call, ast.Call) else None
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            call, fallback = node.values[0], node.values[1]
        if not isinstance(call, ast.Call) or not call.args or module.qualified(call.func) not in LOOKUPS:
            continue
        name, mode = text(call.args[0]), text(fallback) if fallback else None
        if name and mode:
            yield name, mode, call.lineno


def _told_class(module: Module) -> Iterator[tuple[str, int]]:
    """The variables that Flask's settings are told the name of a class by."""
    for node in module.nodes:
        if not isinstance(node, ast.Call) or not module.qualified(node.func).endswith(".config.from_object"):
            continue
        for part in (inner for argument in node.args for inner in ast.walk(argument)):
            looked_up = None
            if isinstance(part, ast.Call) and module.qualified(part.func) in LOOKUPS:
                looked_up = part.args[0]
            elif isinstance(part, ast.Subscript) and module.qualified(part.value) == "os.environ":
                looked_up = part.slice
            if name := text(looked_up):
                yield name, node.lineno
