"""Alembic and Flask-Migrate: a database schema that is brought up to date before a release."""

import posixpath
import re
from collections.abc import Iterator

from toolkit.facts.model import Fact, Role
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile

RULE = "python-migrations"
ENVIRONMENTS = ("env.py", "*/env.py", "*/*/env.py")
IMPORTED = re.compile(r"^(?:from|import)[ \t]{1,9}(\w{1,80})", re.MULTILINE)
SCRIPTS_COMMAND = re.compile(r"\.add_command\(\s{0,9}['\"](\w{1,40})['\"],\s{0,9}MigrateCommand\b")
NAMES_FOLDER = re.compile(r"\b(?:Migrate|migrate\.init_app)\([^()]{0,200}\bdirectory\s{0,5}=")
# Of the first migration, https://alembic.sqlalchemy.org/en/latest/ops.html
FIRST = re.compile(r"^down_revision\s{0,5}(?::[^=\n]{1,40})?=\s{0,5}None\b", re.MULTILINE)
CHANGES = re.compile(r"\b(?:add_column|alter_column|drop_column|drop_table|rename_table)\(")
MAKES = re.compile(r"\b(?:create_table|create_all|execute)\(")
SET_PATH = re.compile(r"\bsys\.path\b|\bcontext\.config\.attributes\b")


def read(project: Project) -> Iterator[Fact]:
    if project.has_command(Role.RELEASE, "alembic", "db upgrade", "migrate", "upgrade head"):
        return
    done: set[str] = set()
    for file in project.tree.read_all("alembic.ini"):
        home = project.places.home(file.path)
        if not project.is_code(file.path) or home in done:
            continue
        by_flask = project.depends_on("pypi", "flask-migrate", directory=home)
        if not by_flask and file.directory != home:
            continue  # a folder of its own, which Flask-Migrate makes: without it, nobody says from where to run
        done.add(home)
        if by_flask and _needs_tables(project, file.directory):
            continue
        # https://flask-migrate.readthedocs.io/en/latest/ and https://alembic.sqlalchemy.org/en/latest/tutorial.html
        alembic = ("python", "-m", "alembic.config") if _imports_beside(project, home, file) else ("alembic",)
        has_scripts = by_flask and project.depends_on("pypi", "flask-script", directory=home)
        by_script = _scripts_command(project, home) if has_scripts else ()
        argv = by_script or (_flasks(project, home, file.directory) if by_flask else (*alembic, "upgrade", "head"))
        yield conventional(Role.RELEASE, argv, file.at(rule=RULE), home, 0.85)


def _flasks(project: Project, home: str, folder: str) -> tuple[str, ...]:
    """Flask-Migrate's command, which is told the folder where that is another one than its usual and the code does not say so.
    https://flask-migrate.readthedocs.io/en/latest/#configuration-options (2026-11-22)"""
    place = posixpath.relpath(folder or ".", home or ".")
    told = place == "migrations" or any(NAMES_FOLDER.search(file.text) for file in project.code(".py"))
    return ("flask", "db", "upgrade", *(() if told else ("--directory", place)))


def _needs_tables(project: Project, folder: str) -> bool:
    """Whether the first migration changes tables that none makes: the application, or a command of its own, makes them all as
    they are by now, and the migrations are for older databases."""
    files = project.tree.read_all("versions/*.py", "*/versions/*.py", "*/*/versions/*.py")
    first = [file for file in files if file.path.startswith(f"{folder}/versions/") and FIRST.search(file.text)]
    return bool(first) and all(CHANGES.search(file.text) and not MAKES.search(file.text) for file in first)


def _scripts_command(project: Project, home: str) -> tuple[str, ...]:
    """How a script of Flask-Script upgrades, which Flask before 0.11 has no command for: `manager.add_command("db",
    MigrateCommand)`. https://flask-migrate.readthedocs.io/en/v2.7.0/"""
    for file in project.code(".py"):
        if file.directory == home and (match := SCRIPTS_COMMAND.search(file.text)):
            return ("python", file.name, match[1], "upgrade")
    return ()


def _imports_beside(project: Project, home: str, settings: SourceFile) -> bool:
    """Whether Alembic is to import modules that lie beside its settings, where it does not look for them by itself: a module
    that Python runs by its name does. https://alembic.sqlalchemy.org/en/latest/tutorial.html (prepend_sys_path)"""
    hidden = posixpath.join(home, "alembic/__init__.py") in project.tree  # by a package of its name
    if "prepend_sys_path" in settings.text or hidden:
        return False
    for file in project.tree.read_all(*ENVIRONMENTS):
        if not posixpath.join("/", file.path).startswith(posixpath.join("/", home, "")) or SET_PATH.search(file.text):
            continue
        places = (posixpath.join(home, name) for name in IMPORTED.findall(file.text))
        if any(place in project.folders or f"{place}.py" in project.tree for place in places):
            return True
    return False
