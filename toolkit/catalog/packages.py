"""Packages of the distribution and extensions of PHP: what they are called, and what asks for them."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from pydantic import Field

from toolkit.catalog.load import Arguments, Entry


class Extensions(Entry):
    """Extensions of PHP: those that the images include, those that they hold the source of, those of PECL, other names that
    are used for one, options of `docker-php-ext-configure`, what each datastore asks for, unless a library of `without` talks
    to it by itself, and names of functions and classes that tell in code which extension is used."""

    included: tuple[str, ...]
    source: tuple[str, ...] = ()
    pecl: tuple[str, ...] = ()
    called: dict[str, str] = {}
    configure: dict[str, Arguments] = {}
    by_engine: dict[str, tuple[str, ...]] = {}
    without: dict[str, tuple[str, ...]] = {}
    by_call: dict[str, tuple[str, ...]] = {}
    until: dict[str, str] = Field({}, description="The version of PHP that has an extension no more.")
    configure_before: dict[str, dict[str, Arguments]] = Field(
        {}, description="By the version of PHP in which the options became those of `configure`."
    )


class PackageNames(Entry):
    """`blueprints/dependencies/debian-names.yaml`: packages of programs that code calls, of those that a README installs the
    ones that code needs (globs), and names that differ, by release of the distribution; `older` are names that no release of
    our images has, by what bookworm has instead, `gone` those with nothing in their place; `archived` are releases that only
    the archive has, `with_manuals` packages (globs) whose installation links manual pages, for which slim images have no
    folders."""

    sources: tuple[str, ...] = ()
    reviewed: str = ""
    by_program: dict[str, str] = {}
    called_by_code: tuple[str, ...] = ()
    of_web_servers: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()
    with_manuals: tuple[str, ...] = ()
    older: dict[str, str] = {}
    gone: tuple[str, ...] = ()
    names: dict[str, dict[str, str]] = {}

    def name_in(self, image: str, package: str) -> str:
        """The name that the distribution of a base image has for a package; empty for one that it has no more."""
        if package in self.gone:
            return ""
        package = self.older.get(package, package)
        return next((self.names[word][package] for word in _tag(image) if package in self.names.get(word, {})), package)

    def is_called(self, package: str) -> bool:
        """Whether a package that a README installs is one that applications call at run time."""
        called, of_web_servers = (
            any(fnmatchcase(package, glob) for glob in globs) for globs in (self.called_by_code, self.of_web_servers)
        )
        return called and not of_web_servers

    def link_manuals(self, packages: Iterable[str]) -> bool:
        return any(fnmatchcase(package, glob) for package in packages for glob in self.with_manuals)

    def is_archived(self, image: str) -> bool:
        """Whether the packages of a base image's distribution have left the mirrors."""
        return not _tag(image).isdisjoint(self.archived)


def _tag(image: str) -> frozenset[str]:
    return frozenset(image.rpartition(":")[2].split("-"))


class UsualDrivers(Entry):
    """The driver, and its versions, that these libraries take where a database's address names none, by engine."""

    libraries: tuple[str, ...]
    by_engine: dict[str, tuple[str, str]]


class ReadmePackages(Entry):
    """Packages of the distribution where the README is all there is: `by_program` are those of programs that its commands
    call, `build_only` never leave the build stage, `of_the_host` (globs) belong to the machine or have their own place."""

    by_program: dict[str, tuple[str, ...]]
    build_only: tuple[str, ...]
    of_the_host: tuple[str, ...]
