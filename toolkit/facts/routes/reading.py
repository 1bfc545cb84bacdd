"""Runs every reader of routes over a tree. Adding one: a module beside this, one line in READERS."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts.model import EntryPoint, Fact, Facts, Route
from toolkit.facts.routes import (
    aspnet,
    django,
    go_routers,
    java,
    laravel,
    nest,
    next_js,
    node_routers,
    python_routers,
    rails,
    symfony,
    unread,
)
from toolkit.facts.source.project import Project
from toolkit.findings import Finding, in_order
from toolkit.inventory.source_tree import SourceTree

RouteReader = Callable[[Project], Iterator[Fact | Finding]]
READERS: tuple[RouteReader, ...] = (
    django.read,
    python_routers.read,
    java.read,
    node_routers.read,
    nest.read,
    next_js.read,
    laravel.read,
    symfony.read,
    rails.read,
    aspnet.read,
    go_routers.read,
    unread.read,
)


def read(tree: SourceTree, facts: Facts, tables: DependencyTables) -> Facts:
    """The routes that the code declares, once each, `directory` set to the application folder of their file, and what frameworks
    put before all of them.

    `facts` are those known so far: dependencies and settings tell how frameworks are set up.
    """
    project = Project(tree, facts, tables)
    found: dict[tuple[object, ...], Route] = {}
    settings: list[EntryPoint] = []
    findings: list[Finding] = []
    for reader in READERS:
        for item in reader(project):
            if isinstance(item, Finding):
                findings.append(item)
            elif isinstance(item, EntryPoint):
                settings.append(item)
            elif isinstance(item, Route):
                directory = item.directory or project.places.home(item.evidence.path)
                one = replace(item, directory=directory)
                key = (directory, one.path, one.methods, one.handler)
                found.setdefault(key, one)
    return Facts((*settings, *found.values()), findings=in_order(findings))
