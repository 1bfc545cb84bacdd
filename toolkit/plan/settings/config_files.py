"""Configuration files that operators write by hand on each host, from a sample: no image has them."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from toolkit.facts.model import ConfigFile, Facts
from toolkit.facts.places import Places
from toolkit.findings import Evidence, Finding, Severity, in_words
from toolkit.inventory.source_tree import SourceFile, SourceTree
from toolkit.plan.ranking import of_type

_MOST = 5
_DEVELOPERS = re.compile(r"(?:^|[/._-])(?:dev|development|docker|phpunit|tests?)(?:[/._-]|$)")
# settings.example.py, config-sample.php, database.yml.dist
_SAMPLE = re.compile(r"((?:.*/)?\w[^/]*?\w)[._-](?:example|sample|dist|default|template)(\.\w{2,10})?", re.IGNORECASE)
_READ_BY_PROGRAMS = (".cfg", ".conf", ".ini", ".js", ".json", ".php", ".properties", ".py", ".rb", ".toml", ".xml", ".yaml", ".yml")  # fmt: skip


def unwritten(tree: SourceTree, facts: Facts) -> Iterator[Finding]:
    """RP058 for files whose sample is in the tree, and they are not. What stands in `.env` files becomes variables."""
    missing: dict[str, Evidence] = {}
    for path, evidence in (*_told(tree, facts), *_ignored(tree)):
        if _is_wanted(path):
            missing.setdefault(path, evidence)
    if missing:
        yield Finding(
            "RP058",
            Severity.WARNING,
            f"{in_words(missing, _MOST)}: written by hand on each host from a sample; not in the source, so not in the image",
            tuple(dict.fromkeys(missing.values())),
            "add a copy of the sample to the source that reads secrets and per-environment values from environment variables",
        )


def _is_wanted(path: str) -> bool:
    return not path.startswith("/") and not _DEVELOPERS.search(path) and ".env" not in posixpath.basename(path)


def _told(tree: SourceTree, facts: Facts) -> Iterator[tuple[str, Evidence]]:
    """The files that operators are told to copy from a sample."""
    for file in of_type(facts, ConfigFile):
        for folder in dict.fromkeys((file.directory.strip("/"), posixpath.dirname(file.evidence.path), "")):
            path, sample = (posixpath.normpath(posixpath.join(folder, part)) for part in (file.path, file.template))
            beside = posixpath.join(posixpath.dirname(path), posixpath.basename(sample))
            if file.template and path not in tree and (sample in tree or beside in tree):
                yield path, file.evidence
                break


def _ignored(tree: SourceTree) -> Iterator[tuple[str, Evidence]]:
    """The files that have a sample beside them, and that version control is told to leave out."""
    for sample in tree.paths:
        match = _SAMPLE.fullmatch(sample)
        path = match[1] + (match[2] or "") if match else ""
        if path in tree or not path.endswith(_READ_BY_PROGRAMS) or Places.of_others(path):
            continue
        for folder in PurePosixPath(path).parents:
            ignoring = tree.read(posixpath.normpath(folder / ".gitignore"))
            names = (PurePosixPath(path).name, str(PurePosixPath(path).relative_to(folder)))
            if ignoring and (line := _line_of(ignoring, names)):
                yield path, ignoring.at(line, rule="ignored-configuration")
                break


def _line_of(file: SourceFile, names: tuple[str, ...]) -> int:
    lines = (number for number, line in enumerate(file.lines, start=1) if line.strip().lstrip("/") in names)
    return next(lines, 0)
