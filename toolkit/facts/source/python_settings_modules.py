"""Which module of settings a Django project runs with, as wsgi.py, asgi.py and manage.py say."""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from toolkit.facts.manifests.python_syntax import module_files
from toolkit.facts.model import ConfigFile, EntryPoint, EnvironmentVariable, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned, text
from toolkit.facts.source.python_scripts import RULE

_OF_DEVELOPERS = frozenset({"dev", "develop", "development", "local"})
_ENGINE = re.compile(r"^[^#\n]{0,80}['\"]django\.db\.backends\.(postgresql(?:_psycopg2)?|mysql)['\"]", re.MULTILINE)
_OF_PRODUCTION = ("production", "prod")


def named_settings(project: Project, module: Module) -> Iterator[Fact]:
    """`os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claims.settings")` in wsgi.py and manage.py."""
    is_served = module.file.name in ("wsgi.py", "asgi.py")
    for node, given, is_default in _set_in_code(module):
        named = [value for value in _choices(module, given) if re.fullmatch(r"[\w.]{1,200}", value)]
        # A module that every host has of its own may be left out: what is there is what the source runs with.
        value = next((value for value in named if _is_there(project, module, value)), next(iter(named), None))
        if not value:
            continue
        if is_served and is_default:
            value = _of_production(project, module, value)
        place = module.file.at(node.lineno, rule=RULE)
        served = 1.0 if is_served else 0.9
        if not _is_there(project, module, value):
            served = 0.5
        yield EntryPoint(
            kind="django_settings",
            value=value,
            detail=module.working_folder,
            evidence=place,
            origin=Origin.RUNNING,
            confidence=0.5 if _is_empty(project, module, value) else served,
        )
        yield EnvironmentVariable(
            name="DJANGO_SETTINGS_MODULE", example=value, required=False, evidence=place, origin=Origin.RUNNING
        )
        return


def _set_in_code(module: Module) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """Where a module says which settings it runs with, what it says, and whether the environment may say otherwise."""
    for call in module.calls:
        if len(call.args) == 2 and text(call.args[0]) == "DJANGO_SETTINGS_MODULE":
            yield call, call.args[1], True
    for assignment in (node for node in module.nodes if isinstance(node, ast.Assign)):
        for target in assignment.targets:
            if isinstance(target, ast.Subscript) and text(target.slice) == "DJANGO_SETTINGS_MODULE":
                yield target, assignment.value, False


def _of_production(project: Project, near: Module, name: str) -> str:
    """The settings of production beside those of developers, or in a package that is empty itself."""
    above, _, last = name.rpartition(".")
    if _is_empty(project, near, name):
        above = name
    elif last not in _OF_DEVELOPERS:
        return name
    choices = (f"{above}.{production}" for production in _OF_PRODUCTION) if above else ()
    there = (choice for choice in choices if _is_in_source(project, near, choice))
    return next((choice for choice in there if _has_driver(project, near, choice)), name)


def _has_driver(project: Project, near: Module, name: str) -> bool:
    """Whether the driver of the database that settings name is installed: what no list has is a template, and never ran."""
    path = posixpath.normpath(posixpath.join(near.root, *name.split(".")))
    file = project.tree.read(f"{path}.py")
    match = _ENGINE.search(file.text) if file else None
    listed = any(project.depends_on("pypi", framework) for framework in ("django", "Django"))
    if match is None or not listed:
        return True
    engine = "postgres" if match[1].startswith("postgres") else "mysql"
    drivers = [driver for driver in project.tables.drivers.drivers if driver.engine == engine]
    return any(project.depends_on("pypi", *driver.libraries.get("pypi", ()), "django-heroku") for driver in drivers)


def _choices(module: Module, node: ast.expr) -> list[str]:
    """The texts that an expression may be: itself, or each that is assigned to its name."""
    if not isinstance(node, ast.Name):
        return [value] if (value := text(node)) else []
    assignments = (found for part in module.nodes if isinstance(part, ast.Assign) for found in assigned(part))
    return [value for name, given in assignments if name == node.id and (value := text(given))]


def _is_there(project: Project, near: Module, name: str) -> bool:
    """Whether the source has a module of settings, or tells operators to write it."""
    path = posixpath.normpath(posixpath.join(near.root, *name.split(".")))
    told = {fact.path for fact in project.facts.facts if isinstance(fact, ConfigFile)}
    return _is_in_source(project, near, name) or f"{path}.py" in told


def _is_in_source(project: Project, near: Module, name: str) -> bool:
    path = posixpath.normpath(posixpath.join(near.root, *name.split(".")))
    return any(file in project.tree for file in module_files(path))


def _is_empty(project: Project, near: Module, name: str) -> bool:
    """Whether a module that is named as settings is a package with nothing in it: its modules are the settings then."""
    package = project.tree.read(posixpath.join(near.root, *name.split("."), "__init__.py"))
    return package is not None and not package.text.strip()


def unnamed_settings(modules: Sequence[Module], applications: Iterable[tuple[Module, int]]) -> Iterator[Fact]:
    """A Django project whose code leaves its settings module to the environment."""
    homes = {module.home for module in modules if "DJANGO_SETTINGS_MODULE" in module.file.text}
    for module, line in applications:
        if module.home in homes or "django.core" not in module.file.text:
            continue
        homes.add(module.home)
        choices = [other for other in modules if other.home == module.home and "INSTALLED_APPS" in other.constants]
        names = {other.name.rpartition(".")[2]: other.name for other in choices}
        preferred = [names[stem] for stem in ("production", "prod", "base", "settings") if stem in names]
        yield EnvironmentVariable(
            name="DJANGO_SETTINGS_MODULE",
            example=next(iter([*preferred, *names.values()]), None),
            evidence=module.file.at(line, rule=RULE),
            origin=Origin.CONVENTION,
            confidence=0.7,
        )
