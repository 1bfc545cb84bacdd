"""`blueprints/stacks/<name>/`: how a kind of application is recognised, which images it uses, how it is built and started."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field

from toolkit.catalog.library_history import LibraryHistory, PhpHistory
from toolkit.catalog.load import Arguments, Entry
from toolkit.catalog.packages import Extensions, PackageNames, ReadmePackages, UsualDrivers
from toolkit.catalog.prefixes import Prefix


class Condition(Entry):
    """True when everything it names holds: a file (glob below the application's folder), a dependency (glob on the name),
    a tool (the same, but development dependencies count), an entry point of a kind, a runtime, a command of a role; `all`,
    `any` and `none` nest.
    A condition that names nothing is never true."""

    file: str | None = None
    dependency: str | None = None
    versions: str = Field("", description="Range that the dependency's version has to be in.")
    tool: str | None = None
    entry_point: str | None = None
    runtime: str | None = None
    command: str | None = Field(None, description="The role of a command for production, such as `start`.")
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()


class Release(Entry):
    """A version of the language: the images that carry it and the month (or day) its support ends.

    `released` is the month of its first release; `prepare` is how its build stage begins.
    """

    version: str
    released: str = ""
    end_of_life: str
    build_image: str
    runtime_image: str
    prepare: tuple[Arguments, ...] = ()


class Variant(Entry):
    """Steps that differ under conditions: for some versions of the language or the tool, by what the application is, or by
    files that are (not) there."""

    versions: tuple[str, ...] = ()
    when: Condition | None = None
    of_manager: str = Field("", description="Versions of the tool itself, `<4`.")
    having: tuple[str, ...] = Field((), description="Files of which one must be present.")
    without: tuple[str, ...] = Field((), description="Files of which none may be present.")
    prepare: tuple[Arguments, ...] | None = None
    install: tuple[Arguments, ...] | None = None
    install_out_of_date: tuple[Arguments, ...] | None = None
    install_of_day: tuple[Arguments, ...] | None = None
    install_frozen: tuple[Arguments, ...] | None = None
    install_after_source: tuple[Arguments, ...] | None = None
    build: tuple[Arguments, ...] | None = None
    prune: tuple[Arguments, ...] | None = None
    production: Arguments | None = None
    own_scripts: Arguments | None = None
    build_image: str | None = None


class PackageManagerSteps(Entry):
    """How one package manager fills the dependency layer.

    `recognise` are files of which one must be present; the first that is becomes the manifest. `copy_first` globs what
    is copied before the source, so that the layer is reused while they do not change; `{projects}` are the project files of
    .NET that the application is built from, `{members}` the manifests of the members of a workspace. `prepare` installs the tool itself,
    `install` the dependencies, `build` compiles, `prune` takes away what only the build needed. Steps are argument lists;
    `{manifest}` is the manifest's path, `{version}` the version of the language; steps with `{manager_version}` are left
    out where no file says which version of the tool it was. Every variant that applies wins over what
    stands before it.
    """

    recognise: tuple[str, ...]
    locks: tuple[str, ...] = Field(
        (), description="Those of them that pin every dependency: a tool with one is preferred."
    )
    to_lock: str = Field("", description="The command that writes a lock file, or what takes its place.")
    programs: tuple[str, ...] = Field((), description="By which commands name the tool.")
    copy_first: tuple[str, ...]
    prepare: tuple[Arguments, ...] = ()
    install: tuple[Arguments, ...] = ()
    install_out_of_date: tuple[Arguments, ...] = Field(
        (), description="Instead of `install` where the lock file lags behind."
    )
    install_of_day: tuple[Arguments, ...] = Field(
        (),
        description="Instead of `install` where nothing pins the dependencies of an application that is long unchanged: with"
        " nothing that was published after `{day}`, where the index tells such days; `{days}` are that day and some later"
        " ones, with a space between them, and `{tools}` options for what builds packages from before uv's own tools.",
    )
    install_frozen: tuple[Arguments, ...] = Field(
        (),
        description="Instead of `install` for a list that pins all it installs, with what its libraries bring along.",
    )
    install_after_source: tuple[Arguments, ...] = ()
    build: tuple[Arguments, ...] = ()
    prune: tuple[Arguments, ...] = ()
    production: Arguments = Field(
        (), description="Options with which an install leaves out what `prune` takes away, for where nothing is built."
    )
    own_scripts: Arguments = Field(
        (),
        description="Options with which an install by root runs the application's own scripts, which it leaves out else.",
    )
    run_script: Arguments = Field((), description="Runs a script of the manifest; its name is added.")
    script_options: Arguments = Field(
        (), description="What stands between a script's name and options of its last program."
    )
    run_script_in: Arguments = Field(
        (), description="The same for the manifest in another folder of the workspace, `{member}`."
    )
    build_image: str | None = Field(
        None, description="Instead of the release's, when the tool comes with an image of its own."
    )
    artifact: str = Field("", description="What the run-time stage takes, where the application's files do not say.")
    variants: tuple[Variant, ...] = ()


class HealthCheck(Entry):
    """How the load balancer asks, and the command with which the image can ask itself (`{port}`, `{path}`).

    Any answer below 500 counts for the image's own check: a redirect or a login page is a sign of life.
    """

    path: str = "/"
    interval_seconds: int = 30
    timeout_seconds: int = 5
    grace_seconds: int = 60
    command: Arguments = ()


class VersionWith(Entry):
    """The version of a server for an application that has a library in these versions."""

    library: str
    versions: str
    version: str


class ServerPackage(Entry):
    """A library that production needs and the application may not list: the server in front of it.

    `version` is what current releases of the language take, `versions` what older ones take, and `versions_with` what fits
    old releases of libraries that it works with. It runs `instead_of` other programs that operators name.
    """

    package: str
    instead_of: tuple[str, ...] = ()
    version: str
    versions: dict[str, str] = {}
    versions_with: tuple[VersionWith, ...] = ()
    install: Arguments
    source: str


class ProgramVariable(Entry):
    """How a program of the language finds the application: by the files that it `finds` itself where it starts, or by a
    variable, whose value is the entry point of a kind."""

    program: str
    finds: tuple[str, ...]
    variable: str
    entry_point: str
    source: str


class Stack(Entry):
    """One stack. `extends` takes everything that is not set here from another stack.

    In `start`, `start_from` and `release`, `{kind}` is the application's entry point of that kind and `{port}` its port.
    """

    name: str
    title: str
    language: str
    sources: tuple[str, ...]
    reviewed: str
    extends: str | None = None
    priority: int = Field(0, description="Stacks are tried from the highest to the lowest.")
    recognise: Condition = Condition()
    stage_of: tuple[str, ...] = Field(
        (), description="Languages whose applications have a stage of this stack; it is never an application by itself."
    )
    calls_node: Condition = Field(Condition(), description="When the build of the application calls Node by itself.")
    assets_take: tuple[str, ...] = Field(
        (), description="Folders of the build stage that Node needs where it builds style sheets and scripts."
    )
    last_resort: bool = Field(False, description="Tried where no other stack recognises anything, on the whole tree.")
    readme_packages: ReadmePackages | None = None
    default_version: str = ""
    releases: tuple[Release, ...] = ()
    versions_are_minimums: bool = Field(False, description="What applications state is the oldest version they run on.")
    package_managers: dict[str, PackageManagerSteps] = {}
    start: Arguments = ()
    start_from: dict[str, Arguments] = Field(
        {}, description="Start commands by the kind of entry point, first match wins."
    )
    start_with: dict[str, Arguments] = Field(
        {}, description="Start commands by the library that serves, first match wins, before `start`."
    )
    versions_from_git: dict[str, str] = Field(
        {},
        description="Tools that ask git for the application's version when it is installed, with the variable that tells it.",
    )
    unlisted: str = Field("", description="The package manager for an application without any list: it gets one.")
    install_itself: Arguments = Field(
        (), description="Puts the application's own scripts on the path, where one of them starts it."
    )
    process: Literal["web", "worker"] = Field("web", description="What the start command runs.")
    servers: dict[str, ServerPackage] = Field({}, description="By the program of a start command.")
    build: tuple[Arguments, ...] = ()
    build_scripts: tuple[str, ...] = Field(
        (), description="Scripts of the manifest that build it, the first that is there."
    )
    port_with: dict[str, int] = Field({}, description="By a library: where its server listens that is told no port.")
    compilers: dict[str, Arguments] = Field(
        {},
        description="By the library that brings it: what compiles the application where no script of the manifest does.",
    )
    read_at_start: tuple[str, ...] = Field(
        (),
        description="Files that look like the configuration of a build tool, and that the server reads when it starts.",
    )
    build_environment: dict[str, str] = Field({}, description="Variables of the build stage alone.")
    release: tuple[Arguments, ...] = ()
    port: int = 8080
    health: HealthCheck = HealthCheck()
    healthy_status: str = Field(
        "200-399", description="Codes of the load balancer's health check that count as healthy."
    )
    environment: dict[str, str] = Field({}, description="Variables of the run-time stage, whatever the application.")
    environment_from: dict[str, str] = Field(
        {},
        description="Variables of both stages by the kind of entry point that gives their value, where programs of the application differ in it.",
    )
    program_variables: tuple[ProgramVariable, ...] = ()
    library_variables: dict[str, dict[str, str]] = Field(
        {}, description="Of libraries that serve: variables which say where, `{port}` for the port of the service."
    )
    fixed: tuple[str, ...] = Field(
        (), description="Those of them that hold whatever a sample for developers says: what makes it production."
    )
    drivers: dict[str, str] = Field(
        {}, description="Drivers of databases that libraries load by the name of an engine, with the engine."
    )
    programs_of: dict[str, str] = Field(
        {}, description="Programs by the library that brings them, where the names differ."
    )
    driver_variables: dict[str, dict[str, str]] = Field(
        {}, description="Variables that name the database's driver, by its engine."
    )
    no_addresses: tuple[str, ...] = Field(
        (),
        description="Globs of variables that name something else than a datastore's address, such as an entry of a file.",
    )
    datastore_variables: dict[str, tuple[str, ...]] = Field(
        {}, description="Variables that the framework itself takes a datastore's address from, by the datastore's role."
    )
    prefix: Prefix = Field(
        Prefix(), description="What makes an application answer below a prefix, where its server does not say."
    )
    artifact: str = Field(
        "", description="What the run-time stage takes from the build stage; `{kind}` is an entry point."
    )
    install_environment_with: dict[str, dict[str, str]] = Field(
        {}, description="Variables of the install, by a dependency of the developers that would fetch programs."
    )
    at_the_root_with: dict[str, dict[str, str]] = Field(
        {},
        description="Variables of the build, by a tool that has pages below the path of the manifest's homepage without.",
    )
    unchecked_with: dict[str, dict[str, str]] = Field(
        {}, description="Variables of the build, by a tool that would check the source by its own rules without them."
    )
    artifact_by_dependency: dict[str, str] = Field(
        {}, description="The same, by the tool that builds, where no file says."
    )
    ignore: tuple[str, ...] = Field((), description="Lines of Dockerfile.dockerignore besides the common ones.")
    writable: tuple[str, ...] = ()
    writable_if_there: tuple[str, ...] = Field(
        (), description="Folders that the application's user owns where the source has them."
    )
    writable_with: dict[str, tuple[str, ...]] = Field(
        {},
        description="Folders that a library writes to, by its name: a plain name is made, a glob is for folders that are there.",
    )
    embedded_databases: tuple[str, ...] = Field(
        (), description="Libraries that keep an application's data in files of its own, as SQLite does."
    )
    user: str = Field("10001:10001", description="User and group, by number, that the template's last USER names.")
    extensions: Extensions | None = None
    usual_drivers: UsualDrivers | None = None
    php_history: PhpHistory | None = None
    front_controller: str = Field(
        "", description="Script of the served folder that answers what is no file, where no .htaccess says so."
    )
    told_builds: tuple[str, ...] = Field(
        (), description="Commands of the application itself by which a README has it built, `flask assets *`."
    )
    build_reads_settings: bool = Field(
        False, description="Whether the steps of `build` read the application's settings, and so need its variables."
    )
    stop_signal: str = Field("", description="Where SIGTERM does not end the server gracefully.")
    operating_system: Literal["LINUX", "WINDOWS_SERVER_2019_CORE", "WINDOWS_SERVER_2022_CORE"] = Field(
        "LINUX", description="What ECS calls OperatingSystemFamily in a RuntimePlatform."
    )
    build_packages: tuple[str, ...] = Field(
        (), description="Packages of the distribution that every build of the stack needs."
    )
    build_image_has: tuple[str, ...] = Field(
        (), description="Packages of the distribution that the build images carry."
    )
    runtime_image_has: tuple[str, ...] = Field(
        (), description="Packages of the distribution that the run-time images carry."
    )
    package_names: PackageNames = Field(
        PackageNames(), description="Read from blueprints/dependencies, never written here."
    )
    history: LibraryHistory | None = Field(None, description="Read from blueprints/dependencies, never written here.")
    library_releases: dict[str, str] = Field({}, description="Read from blueprints/dependencies, never written here.")
    runtime_image: str = Field(
        "", description="Instead of the release's, where the run-time stage needs nothing of the language."
    )
    dockerfile: str = Field(
        "", description="Folder below blueprints/stacks whose Dockerfile is used; empty for the own or inherited."
    )

    @property
    def is_pages_alone(self) -> bool:
        """Whether its images hold pages as they lie in the source, and nothing of the application that runs."""
        return self.language == "html"

    @property
    def lock_files(self) -> frozenset[str]:
        """Names of the lock files of its package managers."""
        return frozenset(lock for steps in self.package_managers.values() for lock in steps.locks)

    def release_for(self, wanted: str | None) -> Release | None:
        """The release whose version equals the wish or its first parts; None where no image carries it."""
        if not wanted:
            wanted = self.default_version
        parts = wanted.split(".")
        for length in range(len(parts), 0, -1):
            for release in self.releases:
                if release.version.split(".") == parts[:length]:
                    return release
        prefixed = [release for release in self.releases if release.version.split(".")[: len(parts)] == parts]
        return prefixed[0] if prefixed else None


def matches(pattern: str, path: str) -> bool:
    """Whether a path below an application's folder matches a stack's file pattern (`*` does not cross folders)."""
    if "/" not in pattern:
        return "/" not in path and fnmatchcase(path, pattern)
    return PurePosixPath(path).match(pattern) and path.count("/") == pattern.count("/")
