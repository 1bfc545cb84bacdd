"""Extensions of PHP that an application needs beside those that the image includes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.catalog.packages import Extensions
from toolkit.facts.manifests.formats import Malformed, Tree, json_tree
from toolkit.facts.model import Datastore, Dependency, Fact, Origin, SystemPackage
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder, below
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import evidence_of
from toolkit.plan.reported import Reported
from toolkit.plan.versions.versions import numbers

_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_PACKAGE = re.compile(r"php[\d.]*-(?:pecl-)?([a-z0-9_]+)")
# Debian's packages that hold several extensions, or none.
_PACKAGES = {
    "mysql": ("mysqli", "pdo_mysql"),
    "pgsql": ("pgsql", "pdo_pgsql"),
    "sybase": ("pdo_dblib",),
    "odbc": ("pdo_odbc",),
}
_DATABASES = frozenset({"mysql", "mariadb", "postgres"})  # a README's word is enough: nothing works without
_NO_EXTENSIONS = frozenset(
    {"apache2", "cgi", "cli", "common", "dev", "fpm", "pear", "mysqlnd", "xml", "sqlite3", "json", "phpdbg"}
)

_COPIED = "vendor/composer/installed.json"
_MOST_FILES = 1000
_MOST_CHARACTERS = 200_000
_OF_OTHERS = frozenset({"composer", "docs", "node_modules", "test", "tests", "vendor", "vendors"})


def _called_by_code(table: Extensions, folder: Folder, tree: SourceTree) -> list[Dependency]:
    """Extensions of which the application's own code calls functions or makes objects, or whose absence its installer
    complains of, as composer.json would name them."""
    names = {name.lower(): extension for extension, called in table.by_call.items() for name in called}
    if not names:
        return []
    named = "|".join(map(re.escape, names))
    missed = rf"!\s{{0,3}}@?function_exists\(\s{{0,3}}['\"]({named})['\"]"
    pattern = re.compile(rf"(?<![\w$>:\\'\"])\\?({named})\s{{0,5}}\(|{missed}", re.IGNORECASE)
    own = [p for p in folder.paths if p.endswith((".php", ".inc")) and _OF_OTHERS.isdisjoint(p.lower().split("/"))]
    found: dict[str, Dependency] = {}
    for file in (tree.read(below(folder, path)) for path in own[:_MOST_FILES]):
        for match in pattern.finditer(file.text[:_MOST_CHARACTERS]) if file else ():
            extension = names[(match[1] or match[2]).lower()]
            if file and extension not in found:
                place = file.at(file.line_of(match.start()), rule="php-extension")
                found[extension] = Dependency(
                    name=f"ext-{extension}",
                    ecosystem="composer",
                    evidence=place,
                    origin=Origin.CONVENTION,
                    confidence=0.8,
                )
    return list(found.values())


def _asked_by_copied_libraries(folder: Folder, tree: SourceTree) -> Iterator[Dependency]:
    """Extensions that libraries want which the source brings along, as Composer's own list beside them says:
    https://getcomposer.org/doc/07-runtime.md"""
    path = next((path for path in folder.paths if path.endswith(_COPIED)), "")
    file = tree.read(below(folder, path)) if path else None
    try:
        listed = json_tree(file) if file else Tree(None)
    except Malformed:
        return
    above = ("packages",) if isinstance(listed.value, dict) else ()
    for index in range(len(listed.items(*above))):
        for name in listed.table(*above, index, "require"):
            if file and name.startswith("ext-"):
                place = file.at(listed.line(*above, index, "require", name), rule="php-extension")
                yield Dependency(name=name.lower(), ecosystem="composer", evidence=place, origin=Origin.RUNNING)


@dataclass
class PlannedExtensions(Reported):
    """Names as `docker-php-ext-install` and PECL know them, sorted."""

    names: tuple[str, ...] = ()

    def not_in(self, listed: Sequence[Dependency]) -> list[Dependency]:
        """Those that no list has, as composer.json would name them: for the table of what they are compiled with."""
        known = {dependency.name for dependency in listed}
        nowhere = Evidence("", rule="extension")
        return [
            Dependency(evidence=nowhere, origin=Origin.DEFAULT, name=f"ext-{name}", ecosystem="composer")
            for name in self.names
            if f"ext-{name}" not in known
        ]


def plan_extensions(image: ImageInputs) -> PlannedExtensions:
    """What the manifest, the README, the datastores and the code ask for; what would end the build is finding RP091."""
    table, folder, tree = image.stack.extensions, image.folder, image.tree
    if table is None:
        return PlannedExtensions()
    about = [*image.about, *_asked_by_copied_libraries(folder, tree), *_called_by_code(table, folder, tree)]
    version = image.release.version
    known = {*table.source, *table.pecl}
    found: dict[str, Fact] = {}
    unknown: dict[str, Fact] = {}
    libraries = {fact.name for fact in about if isinstance(fact, Dependency)}
    for fact in about:
        if isinstance(fact, Datastore) and not libraries.isdisjoint(table.without.get(fact.engine, ())):
            continue
        for name in (table.called.get(name, name) for name in _named(fact, table)):
            gone = numbers(version) >= numbers(table.until[name]) if name in table.until else False
            if _NAME.fullmatch(name) and name not in table.included and not gone:
                (found if name in known else unknown).setdefault(name, fact)
    planned = PlannedExtensions(
        tuple(sorted(found)), findings=[_not_known(name, unknown[name]) for name in sorted(unknown)]
    )
    if planned.names:
        because = "the manifest, the README, the datastores or the code need them"
        places = evidence_of(found[name] for name in planned.names)
        planned.decisions.append(Decision(f"{image.key}.extensions", " ".join(planned.names), because, places))
    return planned


def _not_known(name: str, fact: Fact) -> Finding:
    return Finding(
        "RP091",
        Severity.WARNING,
        f"{name} is neither an extension of PHP itself nor a known PECL extension; it is not installed",
        evidence_of([fact]),
        "if the application needs it, use a base image that has it, or add it to `extensions.pecl` of the stack",
    )


def _named(fact: Fact, table: Extensions) -> tuple[str, ...]:
    if isinstance(fact, Dependency) and not fact.development and fact.name.lower().startswith("ext-"):
        return (fact.name.lower()[4:].replace("zend-", "").replace("-", "_"),)
    if isinstance(fact, SystemPackage) and (match := _PACKAGE.fullmatch(fact.name.lower())):
        return () if match[1] in _NO_EXTENSIONS else _PACKAGES.get(match[1], (match[1],))
    if isinstance(fact, Datastore) and (fact.engine in _DATABASES or fact.origin is Origin.RUNNING):
        return table.by_engine.get(fact.engine, ())
    return ()
