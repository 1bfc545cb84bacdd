"""Facts: small typed statements about an application, each with its evidence.

README, manifests, process files and framework conventions all yield these same types, so that they can be compared.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from toolkit.findings import Evidence, Finding

# Facts surer than this are right in at least 95 of 100 cases (tests/corpus holds that); the others are questions.
SURE = 0.9


class Origin(StrEnum):
    """Who says so, strongest first; the plan's ranking (plan/ranking.py) starts from this."""

    RUNNING = (
        "running system"  # files that the running system reads: pins, lock files, Procfile, unit files, configuration
    )
    README = "readme"
    CONVENTION = "convention"  # a framework's usual way
    DEFAULT = "default"  # the blueprint's


class Role(StrEnum):
    """What a command is for, and so where it goes."""

    SYSTEM_PACKAGE = "system package"  # into the image, by the package manager of the distribution
    INSTALL = "dependency install"  # the dependency layer
    BUILD = "build"  # the build stage
    RELEASE = "release step"  # a one-off task before traffic shifts: migrations, seeds
    START = "start"  # a process of the application
    DATASTORE = "datastore setup"  # creates databases, users, schemas: the database's own set-up
    VERIFY = "verification"  # curl, status, tests
    HOST = "not for a container"  # fetching the source, service managers, firewalls, editing files by hand
    UNKNOWN = "unknown"  # read but not understood; reported, because that list is how the rules grow


class Mode(StrEnum):
    """Whom a command is for: the servers of production, or developers."""

    PRODUCTION = "prod"
    DEVELOPMENT = "dev"


class ServiceKind(StrEnum):
    """What runs: `web` listens, `worker` and `scheduler` do not, `scheduled` runs and ends on a timetable."""

    WEB = "web"
    WORKER = "worker"
    SCHEDULER = "scheduler"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What all facts share.

    `confidence` is the share of such facts that are right on labelled READMEs (0 to 1).
    `alternative` names the way that the fact belongs to where several are described and this is not the chosen one
    ("windows", "macos", "docker", "development", ...); empty for what holds on a Linux production host.
    `directory` is the part of the tree it is about, relative with `/`, empty for the root.
    `also` are other places of the documents that say the same.
    """

    evidence: Evidence
    origin: Origin
    confidence: float = 1.0
    alternative: str = ""
    directory: str = ""
    also: tuple[Evidence, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether anything is decided by it. What does not is neither measured nor asked."""
        return True

    @property
    def is_question(self) -> bool:
        """Whether it is too unsure to be taken for granted."""
        return self.decides and self.confidence <= SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime(Fact):
    """A language: canonical `name` (python, node, java, php, ruby, dotnet, go, perl, elixir; dotnet-sdk
    with the policy of global.json as constraint), lowest version or None."""

    name: str
    version: str | None = None
    constraint: str = ""  # as it was written: ">=3.8,<3.12", "17+"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageManager(Fact):
    """pip, pipenv, poetry, pdm, uv, npm, yarn, pnpm, maven, gradle, composer, bundler, nuget, go, cpan, mix."""

    name: str
    version: str | None = None
    lock_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPackage(Fact):
    """A package of the operating system, by its name on `family` (debian, redhat, alpine, ...)."""

    name: str
    family: str = "debian"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Fact):
    """One simple command, never run by us.

    `text` is how it reads on one line without prompt; `argv` its words as a POSIX shell would split them, when nothing
    in it needs a shell, else empty. `directory` is where `cd` had led. `environment` are the assignments before it.
    """

    text: str
    role: Role
    argv: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    service: str = ""
    mode: Mode = Mode.PRODUCTION
    user: str = ""

    @property
    def decides(self) -> bool:
        return self.role not in (Role.HOST, Role.VERIFY, Role.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Port(Fact):
    """Where a process of the application listens."""

    number: int
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentVariable(Fact):
    """A variable that the application reads. `example` never carries a secret: it is None where `secret` is true; what is left
    then of a datastore's address without its login is `address`."""

    name: str
    example: str | None = None
    secret: bool = False
    address: str = ""
    required: bool = True
    description: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile(Fact):
    """A file to create or edit before the application runs; `template` is the sample it is copied from."""

    path: str
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datastore(Fact):
    """Canonical `engine`: postgres, mysql, mariadb, sqlserver, oracle, sqlite, redis, memcached, mongodb, rabbitmq,
    kafka, elasticsearch, ..."""

    engine: str
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Process(Fact):
    """A process of the application: its name and kind. Commands, ports and variables name it in `service`."""

    name: str
    kind: ServiceKind = ServiceKind.WEB


@dataclass(frozen=True, slots=True, kw_only=True)
class CronJob(Fact):
    """A crontab line: five fields or an @nickname, then the command."""

    schedule: str
    command: str
    argv: tuple[str, ...] = ()
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency(Fact):
    """A library: `ecosystem` is pypi, npm, maven, composer, gem, nuget, go or c (by pkg-config's name); `version` only where it
    is pinned; `runs_on` is the range of its language's versions that a lock file has of it."""

    name: str
    ecosystem: str
    version: str | None = None
    constraint: str = ""
    development: bool = False
    runs_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint(Fact):
    """What a server is given to run, and what else of the source decides how an image is built and started, by `kind`:

    - any language: module (a folder, or a glob of some, that is built with this one), health_path ("/health", `detail` its
      port when that is another), context_path ("/app"), path_prefix ("/api", as a web server passes it on), session_store
      ("memory" or "files" of one process), needed_env_file (that the code asks for), background_program (of Python or Node,
      that loads no server: "tools/watch.py"), loopback (a file of settings, `detail` how sed changes the address where its
      server listens), compose_variable (one that a compose file puts into names);
    - Python: wsgi and asgi ("package.module:application"), django_settings ("package.settings") and celery ("package"), all
      with `detail` the folder to start from, empty for `directory` itself; python_script ("app.py"), python_module
      ("shop.server"), console_script (a command that installing creates, `detail` its target), serving_command (such a
      command with the words that make it serve), listening_option (of a program, a script or a module, which listens on the
      loopback address without it: `detail` its command and its names), developers_program (such a command that runs a server
      for developers), unguarded_run (a module that starts a server as it is imported), completing_program (that completes its
      application before), python_task (of a task runner or a Pipfile, `detail` its text), own_package (the name by which its
      own modules import the folder), imports_from_above (the path of a program, `detail` the folder of the modules),
      static_root (where collectstatic puts its files), static_source (where it takes them), babel_catalogues (the folder of
      translations to compile), django_unmigrated (the folder of an application without migrations), django_unmigrated_users
      (the names of all such applications, where one has the model of users), django_begun (the Django that `startproject` was
      run with), django_no_database (settings without one, which migrate refuses), database_variable (one that the settings'
      database is told by, `detail` the piece: host), extra_driver (of the database `detail`, that only extras list),
      lock_of_old_poetry (a package that its lock file leaves out, and others there require);
    - Node: node_script ("server.js"), restarted_script (the same, behind a process manager), library_started (the program of
      a library that npm start runs), npm_script ("start", `detail` its text), node_bin (a program of the package, `detail`
      its script), build_task (of gulp or Grunt: "gulp build"), static_output ("dist"), pages_in_source ("index.html", beside
      what tools write), asset_output (a file or folder from the tree's root that the script `detail` of the package.json in
      `directory` writes), next_output ("standalone"), nuxt_output (".output"), nest_main ("dist/src/main"), homepage_path
      (below which pages lie on another host), mode (the value that the variable `detail` has to have), prisma_schema (its
      path in the tree) and prisma_database (the same, of a server);
    - Java: main_class ("com.example.Application"), jar ("target/app-1.0.jar"), war, executable_war (which starts by itself,
      too), application_server;
    - PHP: document_root ("public"), front_controller (the script that gets what is no file), htaccess (rules for Apache);
    - Go: go_main ("./cmd/server"), go_listens (an option with which it listens where it is reached), go_path, go_module and
      go_vendored (of the time before modules);
    - Ruby: rackup ("config.ru"), gems;
    - .NET: dotnet_assembly ("Shop.dll", `detail` its project file; it serves), dotnet_worker and dotnet_console (that do
      not), project_reference (of one project to another), node_build (its build calls Node), ef_migrations (the context that
      they belong to), iis_site (ASP.NET on the .NET Framework).
    """

    kind: str
    value: str
    detail: str = ""


class RouteKind(StrEnum):
    """How much a route answers: one address (or one shape of address), everything below one, files, or everything left."""

    EXACT = "exact"
    PREFIX = "prefix"
    STATIC = "static"
    CATCH_ALL = "catch-all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Fact):
    """An address that the application answers.

    In `path`, `{name}` stands for one or more characters but `/`, `{name...}` for any characters, none and `/` included.
    `methods` are in capitals, empty for any method. `handler` is how the source names what answers. `condition` is the code
    that decides, when the application starts, whether the route is there: an `if` of a setting; empty for always.
    """

    path: str
    kind: RouteKind
    framework: str
    methods: tuple[str, ...] = ()
    handler: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder(Fact):
    """Text that the reader must replace: <your-domain>, /path/to/app."""

    text: str

    @property
    def decides(self) -> bool:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class WritableFolder(Fact):
    """A folder that the application writes to: uploads, logs, caches. Relative to the application, or absolute.

    `alone` for one that the application's user has to own without what lies in it: a folder of code in which new files are
    made.
    """

    path: str
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LastChange(Fact):
    """When the application was last changed: `day` as YYYY-MM-DD."""

    day: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A command that was read but has no role that we know. `program` is its first word, by which such commands group."""

    text: str
    evidence: Evidence
    program: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything read about one application, in the order of its sources."""

    facts: tuple[Fact, ...] = ()
    unread: tuple[Unread, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
