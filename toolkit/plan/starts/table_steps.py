"""Commands of an application that make tables or migrations anew: no step of a release, which meets tables with data in them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from toolkit.facts.model import Command
from toolkit.facts.npm_scripts import script_called
from toolkit.findings import Finding, Severity
from toolkit.inventory.paths import inside
from toolkit.plan.ranking import evidence_of
from toolkit.plan.starts.processes import Processes
from toolkit.plan.starts.programs import scripts_of

# Deletes every table of the models: SQLAlchemy's metadata, peewee's database.
_DELETES = re.compile(r"\.(?:drop_all|drop_tables)\(")
_CALLS = re.compile(r"\s*([a-z_]\w{2,60})\([^()]*\)\s*")
_MOST_FILES = 400


def deletes_tables(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a subcommand (`flask init-db`, `python manage.py recreate_db`) is a function of the source that deletes all tables
    whatever options it gets, by itself or by one that it calls."""
    if argv[:1] not in (("flask",), ("python",), ("quart",)) or "db" in argv:  # of Flask-Migrate, which deletes nothing
        return False
    names = {word.replace("-", "_") for word in argv[1:] if re.fullmatch(r"[a-z][a-z0-9_-]{2,60}", word)}
    paths = [path for path in image.tree.paths if inside(path, image.image.directory) and path.endswith(".py")]
    texts = [file.text for path in paths[:_MOST_FILES] if (file := image.tree.read(path))] if names else []
    if not any(map(_DELETES.search, texts)):
        return False
    lines = _lines_of(names, texts)
    called = {match[1] for line in lines if (match := _CALLS.fullmatch(line))}
    return any(map(_DELETES.search, (*lines, *_lines_of(called, texts))))


def _lines_of(names: Iterable[str], texts: Sequence[str]) -> list[str]:
    return [line for text in texts for name in sorted(names) if f"def {name}(" in text for line in _body(text, name)]


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


def makes_migrations(argv: tuple[str, ...]) -> bool:
    """Whether a command of Flask-Migrate begins or writes migrations, as developers do. With a message it writes one, whatever
    script it stands behind. https://flask-migrate.readthedocs.io/en/latest/#command-reference, reviewed 2026-11-22"""
    writes = "migrate" in argv and not {"-m", "--message"}.isdisjoint(argv[argv.index("migrate") :])
    return writes or not {("db", "init"), ("db", "migrate")}.isdisjoint(pairwise(argv))


def has_migrations(image: Processes) -> bool:
    """Whether the source brings migrations of Alembic."""
    return any(path.endswith(("migrations/env.py", "alembic.ini")) for path in image.tree.paths)


def made_anew(steps: Mapping[tuple[str, ...], Command]) -> Iterator[Finding]:
    """Finding RP093: steps that make migrations, each time with other names than the database knows."""
    making = [command for argv, command in steps.items() if makes_migrations(argv)]
    if making:
        yield Finding(
            "RP093",
            Severity.WARNING,
            f"the source has no migrations, and `{making[-1].text[:60]}` makes them for the first release alone: the next one"
            " does not know those that the database has had",
            evidence_of(making),
            "run it where the source is, commit the folder migrations/, and take the step out of release.commands",
        )
