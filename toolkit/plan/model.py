"""The plan: every decision about one application, and the only thing that renderers see.

It is saved as `replatform.yaml`, edited by people, and validated by the JSON Schema that `replatform schema` prints.
Keys that people and machines use for a decision are dotted paths into it: `services.web.port`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from toolkit.facts.model import Route
from toolkit.findings import Evidence, Finding
from toolkit.plan.field_types import (
    Arguments,
    DomainName,
    HostName,
    LiteralPath,
    LiteralPrefix,
    Method,
    Name,
    OneLine,
    PathPattern,
    RelativePath,
    Section,
    TableName,
    VariableName,
)
from toolkit.plan.image_model import Image

EnvironmentName = Literal["development", "test", "production"]
ENVIRONMENTS: tuple[EnvironmentName, ...] = ("development", "test", "production")
BANDS = 100  # applications of one platform, each with that share of its listener's priorities


def is_below(prefix: str, path: str) -> bool:
    """Whether a path, or a path pattern, is the prefix or what is below it."""
    return path == prefix or path.startswith(f"{prefix}/")


class Health(Section):
    """What the load balancer asks a web service."""

    path: Annotated[str, StringConstraints(pattern=r"^/[^\x00-\x20\x7f]{0,1023}$")] = "/"
    status: OneLine = Field(
        "200-399", description="HTTP status codes that count as healthy, as the target group's Matcher takes them."
    )
    grace_seconds: int = Field(60, ge=0, le=3600, description="Time that a new task has before its health counts.")


class DatabaseUser(Section):
    """A user of the database for one service alone, and the tables that it may use; it can make or change none."""

    writes: tuple[TableName, ...] = Field((), description="Tables that it may read and write; '*' for all.")
    reads: tuple[TableName, ...] = Field((), description="Tables that it may only read; '*' for all.")


class Service(Section):
    """A process of the application, run by ECS on Fargate."""

    kind: Literal["web", "worker", "scheduler", "scheduled"]
    image: Name
    command: Arguments = Field(description="Exec form: no shell reads it. `{port}` stands for the service's port.")
    size: Literal["low", "medium", "high"] = "medium"
    port: int | None = Field(None, ge=1, le=65535, description="Where a web service listens, in the container.")
    paths: tuple[PathPattern, ...] = Field((), description="Path patterns that the load balancer sends here.")
    hosts: tuple[HostName, ...] = Field(
        (), max_length=4, description="Host names of the requests that the load balancer sends here; all when empty."
    )
    methods: tuple[Method, ...] = Field(
        (),
        max_length=4,
        description="HTTP methods of the requests that the load balancer sends here; all when empty. Name HEAD beside GET.",
    )
    priority: int | None = Field(None, ge=1, le=50000, description="Of the listener rule; lower is asked first.")
    prefix: LiteralPrefix = Field(
        "",
        description="First part of the service's paths that routes of its source do not have: clients ask for /admin/users where "
        "the source says /users.",
    )
    strip_prefix: bool = Field(
        False,
        description="The load balancer takes `prefix` off what it forwards here, by a URL rewrite; otherwise the application is told "
        "of it.",
    )
    root_redirect: LiteralPath = Field(
        "",
        description="Where the load balancer redirects requests for `/`, for a while (302): the context path of an application "
        "that answers below it alone. Its rule has the priority before the service's.",
    )
    sticky_sessions: bool = Field(
        False,
        description="The load balancer keeps a visitor on one task, by a cookie: sessions live in its memory or files.",
    )
    leave_out: tuple[RelativePath, ...] = Field(
        (),
        description="Files and folders below the image's `directory` that this service's image is built without: code that "
        "only other services need.",
    )
    database_user: DatabaseUser | None = Field(
        None,
        description="What the service's own user of the database may do; the service connects as the application's user, who may "
        "do everything, when not given.",
    )
    health: Health | None = None
    schedule: OneLine | None = Field(None, description="cron(...) or rate(...) as EventBridge Scheduler takes it.")
    timezone: OneLine = Field("UTC", description="IANA time zone of the schedule.")
    environment: dict[VariableName, Variable] = Field(
        {}, description="Variables of this service alone; they win over the common ones."
    )

    @model_validator(mode="after")
    def _has_room_for_paths(self) -> Service:
        if len(self.hosts) + len(self.methods) > 4:
            raise ValueError("a listener rule has five values: four hosts and methods at most, beside a path")
        return self

    @model_validator(mode="after")
    def _has_what_is_stripped(self) -> Service:
        if self.strip_prefix and (not self.prefix or not all(is_below(self.prefix, path) for path in self.paths)):
            raise ValueError("strip_prefix: a prefix is needed, and every path must be it or begin with it and a slash")
        return self

    @property
    def argv(self) -> tuple[str, ...]:
        """The command with the port filled in."""
        return tuple(word.replace("{port}", str(self.port or "")) for word in self.command)


class Variable(Section):
    """Where a variable's value comes from: exactly one of the four.

    `reference` may name {database.host}, .port, .name, .username, .password, {cache.host}, {cache.port} and so on, by the
    plan's datastores. With a password in it, it becomes a secret.
    """

    value: OneLine | None = Field(None, description="The same in every environment.")
    values: dict[EnvironmentName, OneLine] | None = Field(None, description="One for each environment.")
    reference: OneLine | None = Field(None, description="Built from what a datastore's stack tells.")
    secret: bool = Field(
        False, description="An AWS Secrets Manager secret of its own; its value is set there, never here."
    )
    generate: bool = Field(False, description="Only with `secret`: a random value is right, as for a session key.")


QUEUE_ENGINE = "sqs"


class Datastore(Section):
    """A database, cache, broker or queue that the application uses, by the name that references use."""

    engine: str = Field(description="A file of blueprints/datastores.")
    version: OneLine = ""
    edition: Literal["express", "web", "standard", "enterprise", ""] = Field(
        "", description="Of SQL Server and Oracle."
    )
    database: OneLine = Field("", description="Name of the database.")
    storage_gib: int = Field(100, ge=20, le=65536)
    aurora_serverless: tuple[Literal["development", "test"], ...] = Field(
        (),
        description="Environments whose database is Aurora Serverless v2: PostgreSQL and MySQL, decided before the first deployment.",
    )
    require_tls: bool = Field(True, description="Whether the database refuses connections that are not encrypted.")
    senders: tuple[Name, ...] = Field((), description="Services that may send to the queue.")
    receivers: tuple[Name, ...] = Field((), description="Services that may receive from the queue.")


class Release(Section):
    """One-off steps before traffic shifts: migrations, seeds. Run in order by a task of their own."""

    image: Name
    commands: tuple[Arguments, ...]


class Migration(Section):
    """The data's way from the present database, by AWS DMS: full load, then changes until the cut-over."""

    datastore: Name
    source_engine: OneLine
    source_host: OneLine = Field(
        "", description="Name or address of the present database, as the replication instance reaches it."
    )
    source_port: int | None = Field(None, ge=1, le=65535, description="The engine's usual port when not given.")
    source_cidr: OneLine = Field(
        "10.0.0.0/8", description="Network of the present database, where replication may connect to."
    )
    source_schema: OneLine = Field("%", description="Schema to take over; % for all of them.")
    target_schema: OneLine = Field("", description="Its name at the target, where that is another.")
    exclude: tuple[OneLine, ...] = Field(
        (), description="Tables left behind, as schema.table; % stands for any characters."
    )
    load_first: tuple[OneLine, ...] = Field((), description="Tables to load first, as schema.table: the largest.")
    partitioned: tuple[OneLine, ...] = Field((), description="Tables whose partitions are loaded in parallel.")
    parallel_tables: int = Field(8, ge=1, le=49, description="Tables loaded at a time.")
    lob_mode: Literal["limited", "full"] = Field(
        "limited", description="Limited cuts longer values off and is fast; full copies any length, row by row."
    )
    lob_max_kib: int = Field(32768, ge=1, le=102400, description="Longest value in KiB that limited mode copies whole.")


class BaseImages(Section):
    """Where images come from, over `base-images.yaml` of the blueprints."""

    registry: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9][a-z0-9._-]*)*$", max_length=255)
    ] = Field(
        "docker.io",
        description="docker.io, or a mirror of it: public.ecr.aws/docker/library, or a pull-through cache's prefix.",
    )
    replace: dict[OneLine, OneLine] = Field({}, description="Image of a stack or datastore to the one in its place.")
    digests: dict[OneLine, Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]] = Field(
        {}, description="Image as it is pulled, with its tag, to the digest that pins it."
    )


class Source(Section):
    """Where pipelines take the source from."""

    provider: Literal["codecommit", "github", "bitbucket", "gitlab"] = "codecommit"
    repository: OneLine = ""
    branch: OneLine = "main"


class Environment(Section):
    """Where one environment lives, and what only its owners know."""

    account: Annotated[str, StringConstraints(pattern=r"^(\d{12})?$")] = Field(
        "", description="The AWS account; `replatform deploy` refuses credentials of another."
    )
    region: Annotated[str, StringConstraints(pattern=r"^([a-z]{2}(-[a-z]+)+-\d)?$")] = Field(
        "", description="The region of `replatform deploy`, instead of the AWS profile's."
    )
    domain: DomainName = Field("", description="What `{domain}` in the services' host names stands for here.")
    certificate: Annotated[
        str, StringConstraints(pattern=r"^(arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+)?$")
    ] = Field(
        "", description="ARN of the load balancer's ACM certificate; without one, plain HTTP, in development alone."
    )


class Platform(Section):
    """Network, cluster, listener and perhaps a database server that applications share; `replatform batch` writes it."""

    name: Name
    domain: DomainName = Field(
        "", description="Of its applications' host names in production; `<environment>.` stands before it elsewhere."
    )
    band: int | None = Field(
        None,
        ge=0,
        lt=BANDS,
        description="Which hundredth of the listener's priorities is this application's; by its name when not given.",
    )
    database: OneLine = Field(
        "", description="Engine of the platform's database server; an application of another engine has one of its own."
    )

    def domain_in(self, environment: EnvironmentName) -> str:
        """The domain in an environment. Where nobody gave one, it ends in `internal`, which is for private networks
        alone (ICANN's resolution 2024.07.29.06)."""
        whole = self.domain or f"{self.name}.internal"
        return whole if environment == "production" else f"{environment}.{whole}"


class Plan(Section):
    """One application."""

    replatform: Literal[1] = Field(1, description="Version of this file's format.")
    application: Name
    platform: Platform | None = Field(None, description="What this application shares with others; nothing when empty.")
    source: Source = Source()
    base_images: BaseImages = BaseImages()
    images: dict[Name, Image]
    services: dict[Name, Service]
    environments: dict[EnvironmentName, Environment] = Field({}, description="Accounts, regions and certificates.")
    environment: dict[VariableName, Variable] = Field({}, description="Variables of every service.")
    datastores: dict[Name, Datastore] = {}
    release: Release | None = None
    migration: Migration | None = None
    answered: tuple[OneLine, ...] = Field(
        (), description="Keys whose value a person was asked for and left as it was planned; they are not asked again."
    )

    def domain(self, environment: EnvironmentName) -> str:
        """What `{domain}` in host names stands for; empty where nobody said."""
        given = self.environments.get(environment)
        if (given and given.domain) or not self.platform:
            return given.domain if given else ""
        return self.platform.domain_in(environment)

    @property
    def on_platform_server(self) -> bool:
        """Whether the database is one of several on the server of the platform."""
        store = self.datastores.get("database")
        return bool(store and self.platform and self.platform.database == store.engine)

    @property
    def database_users(self) -> dict[str, DatabaseUser]:
        """By service, for those that have a user of their own."""
        return {name: service.database_user for name, service in self.services.items() if service.database_user}

    @property
    def queues(self) -> dict[str, Datastore]:
        """The datastores that are queues of Amazon SQS."""
        return {name: store for name, store in self.datastores.items() if store.engine == QUEUE_ENGINE}

    def builder_of(self, service: str) -> str:
        """The service whose Dockerfile makes a service's image: its own, but a scheduled task is another command in the
        image of the first service that always runs, where one has the same image, with the same code."""
        own = self.services[service]
        if own.kind != "scheduled":
            return service
        same = (
            name
            for name, one in self.services.items()
            if (one.image, one.leave_out) == (own.image, own.leave_out) and one.kind != "scheduled"
        )
        return next(same, service)


Service.model_rebuild()
Plan.model_rebuild()


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a key of the plan has its value. `guessed` when no file says so: a convention or a default decided."""

    key: str
    value: str
    because: str
    evidence: tuple[Evidence, ...] = ()
    guessed: bool = False
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What the sources leave open. `key` is where the answer goes in the plan; without an answer, `default` is used.

    `consequence` orders questions: 1 decides whether it works, 3 is a matter of taste.
    """

    key: str
    text: str
    default: str | None
    evidence: tuple[Evidence, ...] = ()
    choices: tuple[str, ...] = ()
    consequence: int = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning returns."""

    plan: Plan
    decisions: tuple[Decision, ...] = ()
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    routes: tuple[Route, ...] = ()

    @property
    def by_key(self) -> dict[str, Decision]:
        """Decisions by their keys; the last one made counts."""
        return {decision.key: decision for decision in self.decisions}
