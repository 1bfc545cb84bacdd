"""Django applications whose migrations are not in the source, as where `migrations/` is ignored: who installs makes them."""

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from toolkit.facts.model import EntryPoint, Fact, Origin, Role, WritableFolder
from toolkit.facts.source.project import Project
from toolkit.findings import Finding, Severity
from toolkit.inventory.source_tree import SourceFile

RULE = "django-migrations"
_MODEL = re.compile(
    r"^class\s+\w+\((?:[\w.]+,\s*)*(?:(?:models\.)?Model|Abstract(?:Base)?User)\b[^)\n]{0,200}\)", re.MULTILINE
)
_CLASS = re.compile(r"^class\s", re.MULTILINE)
_WITHOUT_TABLE = re.compile(r"^\s+(?:(?:abstract|proxy)\s*=\s*True|managed\s*=\s*False)\b", re.MULTILINE)
_MIGRATION = re.compile(r"(?:(.*)/)?(?:\w+_)?migrations/\d\w*\.py")
_USERS = re.compile(r"^AUTH_USER_MODEL\s{0,9}=\s{0,9}['\"](\w{1,60})\.", re.MULTILINE)
_MODELS = re.compile(r"(?:^|/)models(?:\.py|/\w+\.py)$")


def read(project: Project) -> Iterator[Fact | Finding]:
    if not project.depends_on("pypi", "django"):
        return
    found: dict[str, SourceFile] = {}
    for file in project.code(".py"):
        if (
            _MODELS.search(file.path)
            and _has_tables(file.text)
            and re.search(r"django\.(?:db|contrib\.auth)", file.text)
        ):
            found.setdefault(_MODELS.sub("", file.path), file)
    migrated = {match[1] or "" for path in project.tree.paths if (match := _MIGRATION.fullmatch(path))}
    found = {folder: file for folder, file in found.items() if folder not in migrated}
    names = [posixpath.basename(folder) for folder in found]
    # Migrations of Django itself, those of its admin, follow those of the application that has the model of users.
    of_users = [file for file in project.code(".py") if (match := _USERS.search(file.text)) and match[1] in names]
    if of_users:
        place = of_users[0].at(rule=RULE)
        yield EntryPoint(
            kind="django_unmigrated_users", value=" ".join(sorted(names)), evidence=place, origin=Origin.CONVENTION
        )
    for folder, file in found.items():
        label = _label(folder, file, project)
        place = file.at(rule=RULE)
        yield EntryPoint(kind="django_unmigrated", value=label, evidence=place, origin=Origin.CONVENTION)
        if of_users or project.has_command(Role.VERIFY, "makemigrations"):
            yield WritableFolder(path=f"{label}/migrations", evidence=place, origin=Origin.CONVENTION, confidence=0.6)
    if found:
        step = "`makemigrations` before each release" if of_users else "`migrate --run-syncdb`"
        labels = [_label(folder, file, project) for folder, file in found.items()]
        yield Finding(
            "RP090",
            Severity.WARNING,
            f"the source has no migrations of {', '.join(labels)}: {step} creates their tables once, and never changes them",
            tuple(file.at(rule=RULE) for file in found.values()),
            f"commit what `python manage.py makemigrations {' '.join(map(posixpath.basename, labels))}` writes; on a database that"
            " already has the tables, apply the first ones with `migrate --fake-initial`",
        )


def _has_tables(text: str) -> bool:
    """Whether any model of a module has a table of its own: https://docs.djangoproject.com/en/stable/topics/db/models/"""
    places = [*(match.start() for match in _CLASS.finditer(text)), len(text)]
    bodies = (text[start:end] for start, end in pairwise(places))
    return any(_MODEL.match(body) and not _WITHOUT_TABLE.search(body) for body in bodies)


def _label(folder: str, file: SourceFile, project: Project) -> str:
    """An application's folder, from where its project lies."""
    return posixpath.relpath(folder or ".", project.places.home(file.path) or ".")
