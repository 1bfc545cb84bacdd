"""`compose.yaml`: the same services, datastores and path routing, on one machine.

https://github.com/compose-spec/compose-spec/blob/main/spec.md (reviewed 2026-11-21)
"""

import posixpath
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace

from toolkit.artefacts import database_users, env_file, yaml
from toolkit.artefacts.base_images import reference
from toolkit.artefacts.local_datastores import LocalDatastore, once
from toolkit.artefacts.routing import nginx_server, routes
from toolkit.artefacts.text import Artefact, Line, joined, lines
from toolkit.artefacts.values import Placeholder, Setting, is_login, release_service, release_settings, settings
from toolkit.artefacts.yaml import Node, Text, Value
from toolkit.catalog.profiles import DatastoreBlueprint, Local, Profile, Size
from toolkit.errors import BadInputError, BlueprintError
from toolkit.plan.model import Plan
from toolkit.plan.names import database_username

PATH = "compose.yaml"
# For secrets whose value may be random: long enough for what signs with it, and nobody will take it for a real one.
_LOCAL_SECRET = "-".join(["local-only"] * 6)
_ENDS_GRACEFULLY = "30s"  # ECS's default stop timeout: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html


class Interpolated(str):
    """Text in which compose is meant to read `${...}`; everywhere else a dollar sign is doubled."""

    __slots__ = ()


def render_compose(
    plan: Plan,
    datastores: Mapping[str, DatastoreBlueprint],
    sizes: Mapping[str, Size],
    development: Profile,
    *,
    source_path: str = ".",
    output_path: str = ".",
) -> Artefact:
    """The compose file of an application.

    `source_path` leads from the output folder to the application's source, `output_path` back; both are `.` where the
    output lies over the source. Raises BadInputError when a datastore of the plan has no blueprint, BlueprintError when
    the development profile has no local section.
    """
    if development.local is None:
        raise BlueprintError("local is missing", where="blueprints/profiles/development.yaml")
    tree = _Compose(plan, datastores, sizes, development, development.local, source_path, output_path).tree()
    serves = any(service.kind == "web" for service in plan.services.values())
    address = f", then http://localhost:{development.local.proxy_port}" if serves else ""
    head = (
        f"# {plan.application} on one machine: `docker compose up --build`{address}\n"
        "# A scheduled task runs once with `docker compose run --rm NAME`. Passwords in this file are for this machine alone."
    )
    return Artefact(PATH, joined(lines(head), yaml.render(_escaped(tree))), __name__)


@dataclass
class _Compose:
    """Names on the local network, and what stands under each of them."""

    plan: Plan
    datastores: Mapping[str, DatastoreBlueprint]
    sizes: Mapping[str, Size]
    profile: Profile
    local: Local
    source: str
    output: str

    def __post_init__(self) -> None:
        self.read_only = self.profile.service_parameters.get("ReadonlyRootFilesystem") == "true"
        taken = set(self.plan.services)
        self.hosts = {name: name for name in self.plan.services}
        self.stores = {name: store for name in self.plan.datastores if (store := self._store(name, taken))}
        self.proxy = _free("proxy", taken)
        self.release = _free("release", taken)
        self.users = _free("database-users", taken)
        self.setups = {
            name: _free(f"{store.host}-setup", taken) for name, store in self.stores.items() if store.container.setup
        }

    def _store(self, name: str, taken: set[str]) -> LocalDatastore | None:
        planned = self.plan.datastores[name]
        blueprint = self.datastores.get(planned.engine)
        if blueprint is None:
            raise BadInputError(
                f"datastores.{name}.engine: no datastore is called {planned.engine}",
                where="replatform.yaml", to_do=f"name one of {', '.join(sorted(self.datastores))}, or add a blueprint",
            )  # fmt: skip
        if blueprint.container is None:
            return None
        version = blueprint.version_for(planned.version or blueprint.default_version)
        return LocalDatastore(
            name=name,
            host=_free(name, taken),
            planned=planned,
            blueprint=blueprint,
            container=blueprint.container,
            version=version,
            base_images=self.plan.base_images,
            password=self.local.password,
        )

    def tree(self) -> dict[str, Value]:
        found = routes(self.plan)
        services: dict[str, Value] = {}
        if found:
            services[self.proxy] = self._proxy(
                sorted({route.service for route in found}, key=list(self.plan.services).index)
            )
        services |= {name: Node(self._service(name), f"services.{name}") for name in self.plan.services}
        if self.plan.release:
            services[self.release] = Node(self._release(), "release")
        if self.plan.database_users:
            services[self.users] = Node(self._users(), "services")
        for name, store in self.stores.items():
            service = store.service(presents_password=self._presents_password(name))
            services[store.host] = Node(service, f"datastores.{name}")
            if name in self.setups:
                services[self.setups[name]] = Node(store.setup(), f"datastores.{name}")
        tree: dict[str, Value] = {"name": self.plan.application, "services": services}
        if found:
            server = nginx_server(found, self.hosts, self.local.proxy_port)
            tree["configs"] = {"proxy": {"content": Text(server)}}
        kept: dict[str, Value] = {store.volume: {} for store in self.stores.values() if store.data_folder}
        if kept:
            tree["volumes"] = kept
        return tree

    def _proxy(self, services: list[str]) -> Value:
        port = self.local.proxy_port
        return Node(
            {
                "image": reference(self.plan.base_images, self.local.proxy_image, "base_images"),
                "ports": [f"127.0.0.1:{port}:{port}"],
                "configs": [Node({"source": "proxy", "target": "/etc/nginx/conf.d/default.conf"}, flow=True)],
                "depends_on": {name: once("started") for name in services},
                "restart": "unless-stopped",
                "read_only": True,
                "tmpfs": ["/run", "/var/cache/nginx"],
                **_CONFINED,
                # What the master process needs to hand its work to processes without rights.
                "cap_add": ["CHOWN", "SETGID", "SETUID"],
            },
            comment=("Stands in for the load balancer: the same rules, in the order of their priorities.",),
        )

    def _service(self, name: str) -> dict[str, Value]:
        service = self.plan.services[name]
        scheduled = service.kind == "scheduled"
        size = self.sizes[service.size]
        builder = self.plan.builder_of(name)
        entry: dict[str, Value] = {"build": self._build(builder, f"services.{name}.image")}
        if builder != name:
            entry["command"] = Node(list(service.argv), f"services.{name}.command")
        if scheduled:
            entry["profiles"] = Node(
                ["scheduled"], f"services.{name}.schedule", (f"On AWS: {service.schedule} ({service.timezone}).",)
            )
        entry |= self._told(name, settings(self.plan, name))
        depends_on = self._datastores_ready()
        if self.plan.release:
            depends_on[self.release] = once("completed_successfully")
        if service.database_user:
            depends_on[self.users] = once("completed_successfully")
        if depends_on:
            entry["depends_on"] = depends_on
        entry |= {
            "restart": "no" if scheduled else "unless-stopped",
            "init": True,
            "stop_grace_period": _ENDS_GRACEFULLY,
        }
        # A runtime that sizes itself by its memory does the same here as on Fargate.
        entry["mem_limit"] = Node(f"{size.memory_mib}m", f"services.{name}.size")
        return entry | self._file_system(service.image) | _CONFINED

    def _file_system(self, image: str) -> dict[str, Value]:
        """Read-only where it is so on AWS, but for the folders that the application writes to."""
        if not self.read_only:
            return {}
        written = (posixpath.join("/app", folder) for folder in self.plan.images[image].writable)
        folders = dict.fromkeys(
            ["/tmp", *(folder for folder in written if folder != "/app")]
        )  # that would hide the code
        return {"read_only": True, "tmpfs": [f"{folder}:mode=1777,exec" for folder in folders]}

    def _build(self, builder: str, key: str) -> Value:
        """Docker looks for the Dockerfile from the context, which is the whole source."""
        dockerfile = posixpath.normpath(posixpath.join(self.output, "services", builder, "Dockerfile"))
        return Node({"context": self.source, "dockerfile": dockerfile}, key)

    def _told(self, service: str | None, told: tuple[Setting, ...]) -> dict[str, Value]:
        """The env file, and beside it what such a file cannot say: secrets, references, and values that it cannot spell."""
        entry: dict[str, Value] = {"env_file": [env_file.path("development", service)]} if service else {}
        environment: dict[str, Value] = {}
        for store in self.stores.values():
            environment |= store.container.client_environment
        for setting in told:
            value = setting.literal("development")
            if value is None:
                environment[setting.name] = Node(self._local_value(setting), setting.key)
            elif service is None or env_file.spelled(value) is None:
                environment[setting.name] = Node(value, setting.key)
        return entry | ({"environment": environment} if environment else {})

    def _local_value(self, setting: Setting) -> str:
        name = setting.name
        if setting.variable.secret:
            return Interpolated(f"${{{name}:-{_LOCAL_SECRET}}}" if setting.variable.generate else _ask(name))
        if any(place.datastore not in self.stores for place in setting.placeholders):
            return Interpolated(_ask(name))
        return setting.filled(lambda place: self._piece(place, setting.user))

    def _piece(self, place: Placeholder, user: str) -> str:
        store = self.stores[place.datastore]
        if user and is_login(place) and place.piece == "username":
            return database_username(self.plan.application, user)
        return (
            "redis"
            if place.piece == "scheme" and store.blueprint.role == "cache"
            else store.fields.get(place.piece, store.planned.engine)
        )

    def _datastores_ready(self) -> dict[str, Value]:
        """What to wait for before a process of the application starts."""
        return {
            self.setups.get(name, store.host): once("completed_successfully" if name in self.setups else "healthy")
            for name, store in self.stores.items()
        }

    def _release(self) -> dict[str, Value]:
        release = self.plan.release
        assert release is not None
        service = release_service(self.plan)
        builder = self.plan.builder_of(service) if service else "release"
        entry: dict[str, Value] = {"build": self._build(builder, "release.image")}
        entry["command"] = Node(
            _steps(release.commands),
            "release.commands",
            ("Runs before the other services start, as the pipeline runs it before traffic shifts.",),
        )
        entry |= self._told(service, release_settings(self.plan))
        if ready := self._datastores_ready():
            entry["depends_on"] = ready
        return entry | {"restart": "no", "init": True} | self._file_system(release.image) | _CONFINED

    def _users(self) -> dict[str, Value]:
        """The release task that gives services their own users, in the database's own image."""
        script = database_users.script(self.plan, self.datastores)
        store = self.stores[database_users.DATASTORE]
        environment: dict[str, Value] = {
            "DATABASE_ENGINE": store.planned.engine,
            "DATABASE_HOST": store.host,
            "DATABASE_PORT": str(store.blueprint.port),
            "DATABASE_NAME": store.database,
            "MASTER_USERNAME": store.container.username,
            "MASTER_PASSWORD": self.local.password,
            **store.container.client_environment,
            **store.container.users_environment,
        }
        environment |= {name: Node(value, key) for name, (value, key) in database_users.told(self.plan).items()}
        environment |= {
            database_users.password_variable(name): self.local.password for name in self.plan.database_users
        }
        done = {self.release: once("completed_successfully")} if self.plan.release else self._datastores_ready()
        entry = store.pulled()
        entry["command"] = Node(
            ["sh", "-euc", script],
            comment=("Each service's own user of the database, with its rights on the tables that exist by now.",),
        )
        return entry | {"environment": environment, "depends_on": done, "restart": "no"}

    def _presents_password(self, datastore: str) -> bool:
        """Whether any process logs in to a datastore; Redis refuses a password that it does not ask for."""
        told = (setting for name in self.plan.services for setting in settings(self.plan, name))
        return any(place == Placeholder(datastore, "password") for setting in told for place in setting.placeholders)


# The images need no rights of root, on Fargate neither.
_CONFINED: dict[str, Value] = {"cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}


def _steps(commands: tuple[tuple[str, ...], ...]) -> list[Value]:
    """One command as it is; several one after the other, up to the first that fails."""
    if len(commands) == 1:
        return list(commands[0])
    return ["sh", "-c", " && ".join(map(shlex.join, commands))]


def _ask(name: str) -> str:
    return f"${{{name}:?set {name} in your shell or in a file .env}}"


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number where a service of the application has it already. Taken from then on."""
    number, free = 2, name
    while free in taken:
        free = f"{name}-{number}"
        number += 1
    taken.add(free)
    return free


def _escaped(value: Value) -> Value:
    """The tree with dollar signs doubled, but where compose is meant to read them."""
    if isinstance(value, Node):
        return replace(value, value=_escaped(value.value))
    if isinstance(value, Text):
        return Text(tuple(Line(line.text.replace("$", "$$"), line.key) for line in value.lines))
    if isinstance(value, str):
        return str(value) if isinstance(value, Interpolated) else value.replace("$", "$$")
    if isinstance(value, Mapping):
        return {name: _escaped(inner) for name, inner in value.items()}
    return value if value is None or isinstance(value, (bool, int)) else [_escaped(inner) for inner in value]
