"""Libraries of a Python application that lists none: those that its README has operators install by name, and those that
its code imports."""

import re
from collections.abc import Iterator

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts.manifests.drivers import datastores_of
from toolkit.facts.manifests.python_requirements import normalised, requirement
from toolkit.facts.model import Command, Dependency, Fact, Facts, Origin, Role
from toolkit.facts.pip_commands import installed_by
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceTree

RULE = "unlisted-library"
# `from flask import Flask`, `import os, yaml as y`
IMPORT = re.compile(
    r"^[ \t]{0,40}(?:from[ \t]{1,9}(\w[\w.]{0,100})[ \t]{1,9}import\b|import[ \t]{1,9}(\w[\w., \t]{0,300}))",
    re.MULTILINE,
)
_LISTS = (
    "*requirements*.txt",
    "*setup.py",
    "*setup.cfg",
    "*pyproject.toml",
    "*Pipfile",
    "*environment.y*ml",
    "*buildout.cfg",
)
# Of the host's own Python, or of the developers.
_TOOLS = frozenset(
    {"pip", "pipenv", "poetry", "pre-commit", "setuptools", "tox", "virtualenv", "virtualenvwrapper", "wheel"}
)


def read(tree: SourceTree, facts: Facts, tables: DependencyTables) -> Facts:
    """Dependencies and the datastores that follow from them; nothing where any list of libraries is in the source."""
    if any(tree.matching(*_LISTS)) or any(isinstance(f, Dependency) and f.ecosystem == "pypi" for f in facts.facts):
        return Facts(())
    project = Project(tree, facts, tables)
    found: dict[str, Dependency] = {}
    for dependency in (*_told(facts), *_imported(project)) if any(project.code(".py")) else ():
        found.setdefault(dependency.name, dependency)
    libraries = tuple(found.values())
    return Facts((*libraries, *datastores_of(libraries, tables)))


def _told(facts: Facts) -> Iterator[Dependency]:
    """`pip install flask redis==3.5.3`, `sudo python3 -m pip install flask`."""
    for command in facts.facts:
        words = command.argv if isinstance(command, Command) and command.role is Role.INSTALL else ()
        for word, editable in installed_by(words):
            is_library = not (editable or word.startswith(".") or "/" in word)
            dependency = requirement(word, command.evidence) if is_library else None
            if dependency and dependency.name not in _TOOLS:
                yield _library(dependency, command)


def _library(dependency: Dependency, command: Fact) -> Dependency:
    return Dependency(
        name=dependency.name,
        ecosystem="pypi",
        version=dependency.version,
        constraint=dependency.constraint,
        evidence=command.evidence,
        origin=command.origin,
        directory=command.directory,
    )


def _imported(project: Project) -> Iterator[Dependency]:
    names = project.tables.python_imports.libraries
    own = {part.removesuffix(".py") for path in project.tree.paths for part in path.split("/")}
    seen = set(own)
    for file in project.code(".py"):
        for match in IMPORT.finditer(file.text):
            imported = [part.split()[0].partition(".")[0] for part in (match[1] or match[2]).split(",") if part.strip()]
            for name in (name for name in imported if name in names and name not in seen):
                seen.add(name)
                yield Dependency(
                    name=normalised(names[name]),
                    ecosystem="pypi",
                    evidence=file.at(file.line_of(match.start()), rule=RULE),
                    origin=Origin.CONVENTION,
                    confidence=0.7,
                )
