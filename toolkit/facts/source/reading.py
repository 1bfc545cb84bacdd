"""Runs every source reader over a tree. Adding one: a module beside this, one line in READERS."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts.model import Datastore, Fact, Facts, Port
from toolkit.facts.source import (
    clear_secrets,
    django_heroku,
    django_migrations,
    django_settings,
    dotnet_application,
    env_files,
    go_application,
    go_links,
    go_settings,
    graphql_schema,
    health_routes,
    ignored_folders,
    java_application,
    javascript_databases,
    javascript_loopback,
    javascript_schemas,
    javascript_settings,
    kept_folders,
    log_files,
    loopback,
    node_application,
    node_background,
    node_modes,
    php_application,
    php_folders,
    python2,
    python_addresses,
    python_background,
    python_commands,
    python_databases,
    python_entry_points,
    python_environment,
    python_folders,
    python_migrations,
    python_modes,
    python_options,
    python_own_package,
    python_paste,
    python_ports,
    python_programs,
    python_refusals,
    python_tables,
    python_translations,
    python_unguarded_run,
    python_workers,
    ruby_application,
    ruby_ports,
    sessions,
    submodules,
)
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceTree

SourceReader = Callable[[Project], Iterator[Fact | Finding]]
READERS: tuple[SourceReader, ...] = (
    python_entry_points.read,
    python_background.read,
    python_commands.read,
    python_options.read,
    python_ports.read,
    python_addresses.read,
    python2.read,
    python_refusals.read,
    django_settings.read,
    django_heroku.read,
    django_migrations.read,
    python_workers.read,
    python_migrations.read,
    python_tables.read,
    python_translations.read,
    python_own_package.read,
    python_programs.read,
    python_unguarded_run.read,
    python_paste.read,
    python_environment.read,
    python_databases.read,
    python_modes.read,
    python_folders.read,
    node_application.read,
    node_background.read,
    node_modes.read,
    javascript_databases.read,
    javascript_settings.read,
    javascript_schemas.read,
    java_application.read,
    php_application.read,
    php_folders.read,
    ruby_application.read,
    ruby_ports.read,
    dotnet_application.read,
    go_application.read,
    go_settings.read,
    go_links.read,
    health_routes.read,
    sessions.read,
    graphql_schema.read,
    loopback.read,
    javascript_loopback.read,
    kept_folders.read,
    ignored_folders.read,
    log_files.read,
    env_files.read,
    submodules.read,
    clear_secrets.read,
)


def read(tree: SourceTree, facts: Facts, tables: DependencyTables) -> Facts:
    """What the code shows, `directory` set to the application folder that each file belongs to.

    `facts` are those known so far: code tells the more, the more is known about its frameworks.
    """
    project = Project(tree, facts, tables)
    found: list[Fact] = []
    findings: list[Finding] = []
    for reader in READERS:
        for item in reader(project):
            if isinstance(item, Finding):
                findings.append(item)
            elif item.directory:
                found.append(item)
            else:
                found.append(replace(item, directory=project.places.home(item.evidence.path)))
    return Facts(tuple(_once(django_settings.as_served(found))), findings=tuple(findings))


def _once(facts: list[Fact]) -> Iterator[Fact]:
    """Without the datastores and ports that two readers saw in the same place."""
    seen: set[tuple[object, ...]] = set()
    for fact in facts:
        if isinstance(fact, Datastore | Port):
            what = fact.engine if isinstance(fact, Datastore) else fact.number
            key = (what, fact.evidence.path, fact.evidence.first_line)
            if key in seen:
                continue
            seen.add(key)
        yield fact
