"""Commands of an application that make tables or migrations anew: no step of a release, which meets tables with data in them."""

import re
from itertools import pairwise

from toolkit.facts.npm_scripts import script_called
from toolkit.plan.starts.processes import Processes
from toolkit.plan.starts.programs import scripts_of

# Deletes every table of the models: SQLAlchemy's metadata, peewee's database.
_DELETES = re.compile(r"\.(?:drop_all|drop_tables)\(")
_MOST_FILES = 400


def deletes_tables(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a subcommand (`flask init-db`, `python manage.py recreate_db`) is a function of the source that deletes all tables
    whatever options it gets."""
    if argv[:1] not in (("flask",), ("python",), ("quart",)):
        return False
    names = {word.replace("-", "_") for word in argv[1:] if re.fullmatch(r"[a-z][a-z0-9_-]{2,60}", word)}
    prefix = f"{image.image.directory}/" if image.image.directory else ""
    paths = [path for path in image.tree.paths if path.startswith(prefix) and path.endswith(".py")]
    for path in paths[:_MOST_FILES] if names else ():
        file = image.tree.read(path)
        if file and _DELETES.search(file.text):
            bodies = (_body(file.text, name) for name in names)
            if any(_DELETES.search(line) for body in bodies for line in body):
                return True
    return False


def schema_of_script(argv: tuple[str, ...], image: Processes) -> tuple[str, ...] | None:
    """What a script of the manifest that takes the database's tables away makes anew of its schema, () where it does not say;
    None for one that takes nothing away."""
    if script_called(argv) not in image.texts_of_scripts:
        return None
    run = sorted(scripts_of(argv, image))
    if not any(image.servers.among(words, image.servers.undoing_tasks) for words in run):
        return None
    steps = (command.argv for words in run if (command := image.in_container(words)))
    return next(filter(image.servers.changes_schema, steps), ())


def _body(text: str, name: str) -> list[str]:
    """The lines of a function that are run in any case."""
    head = re.search(
        rf"^([ \t]*)def {re.escape(name)}\([^\n]*\n((?:\1[ \t]+[^\n]*\n|[ \t]*\n)*)", text + "\n", re.MULTILINE
    )
    lines = [line for line in head[2].split("\n") if line.strip()] if head else []
    least = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return [line for line in lines if len(line) - len(line.lstrip()) == least]


def makes_migrations(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a command of Flask-Migrate begins or writes migrations, which the source has: only developers do so. With a
    message it writes one, whatever script it stands behind.
    https://flask-migrate.readthedocs.io/en/latest/#command-reference, reviewed 2026-11-22"""
    pairs = set(pairwise(argv))
    writes = "migrate" in argv and not {"-m", "--message"}.isdisjoint(argv[argv.index("migrate") :])
    if not writes and pairs.isdisjoint({("db", "init"), ("db", "migrate")}):
        return False
    return any(path.endswith(("migrations/env.py", "alembic.ini")) for path in image.tree.paths)
