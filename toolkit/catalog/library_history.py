"""`blueprints/dependencies/<language>-history.yaml`: which versions of languages and libraries went together, and when."""

from pydantic import Field

from toolkit.catalog.load import Entry


class Limit(Entry):
    """Versions of the language that a library runs on: range of its releases, `*` for all there are, to range of the
    language's versions. It holds for the libraries `also`, which are released together with it."""

    name: str
    also: tuple[str, ...] = ()
    runs_on: dict[str, str]
    source: str


class Bound(Entry):
    """Where a library's later releases broke what uses it: while `with_name` is installed in a release that `with_versions`
    admits, `name` has to stay within `bound`. Without `with_name` it holds for everything of its time; `where_listed` leaves
    out applications that have not got `name` by their own lists, or by what those bring along. `on` are versions of
    the language: releases for those ended before what uses the library was adapted. `names` are what later releases dropped:
    it applies where the application's own code imports one of them; `uses` are patterns of code that no longer works, for
    an application that has the library, in files where `unless` does not stand."""

    name: str
    bound: str
    names: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    unless: str = ""
    with_name: str = ""
    with_versions: str = ""
    where_listed: bool = False
    on: str = ""
    because: str
    source: str

    @property
    def of_source(self) -> bool:
        """Whether it is the application's own code that tells whether it applies."""
        return bool(self.names or self.uses)


class LockLimit(Entry):
    """Versions of the language whose package manager writes a lock file that begins so."""

    file: str
    containing: str
    runs_on: str
    source: str


class Companion(Entry):
    """A library that loads another one, which it does not list, when the application has files of a kind."""

    name: str
    needs: str
    with_files: tuple[str, ...]
    source: str


class Form(Entry):
    """A form of code that not every version of the language understands. It tells nothing in a file where `unless` stands."""

    what: str
    pattern: str
    unless: str = ""
    runs_on: str


class LibraryHistory(Entry):
    """`blueprints/dependencies/<language>-history.yaml`: what the libraries of a language tell about when it last worked.

    `dated` are libraries whose versions are dates, so that a pin tells when the dependencies were last resolved.
    """

    language: str
    reviewed: str
    settles_in_months: int = Field(
        0,
        description="Age of a version of the language at which libraries had caught up with it: binaries for it, say.",
    )
    dated: tuple[str, ...] = ()
    ended: dict[str, dict[str, str]] = Field(
        {},
        description="Of bounds by the names that code uses: the last day on which the newest release was within them.",
    )
    brings: dict[str, tuple[str, ...]] = Field(
        {}, description="Libraries that a list which pins all has beside another one, because that brings them along."
    )
    resolves_by_day_from: str = Field(
        "",
        description="Oldest version of the language whose open dependencies are resolved as on a day; empty where all are.",
    )
    modules: dict[str, str] = Field(
        {}, description="Modules of the language itself that not every version has, and the versions that do."
    )
    forms: tuple[Form, ...] = ()
    lock_files: tuple[LockLimit, ...] = ()
    limits: tuple[Limit, ...] = ()
    bounds: tuple[Bound, ...] = ()
    companions: tuple[Companion, ...] = ()


class LibraryReleases(Entry):
    """`blueprints/dependencies/<language>-releases.yaml`: months in which versions of common libraries came out, by the
    library's name: `1.11 2017-04, 2.0 2017-12`."""

    language: str
    sources: tuple[str, ...]
    reviewed: str
    released: dict[str, str]


class PhpHistory(Entry):
    """What versions of PHP took away, by the version: `removed_calls` are functions, `no_longer_compiles` patterns of code
    by what they are called. Without one of `indispensable` nothing works, unless code uses what has `replaced_by` it."""

    sources: tuple[str, ...]
    removed_calls: dict[str, tuple[str, ...]]
    no_longer_compiles: dict[str, dict[str, str]]
    indispensable: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
