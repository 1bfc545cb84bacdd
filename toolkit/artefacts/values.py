"""Where the value of an environment variable comes from, service by service and environment by environment."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from toolkit.errors import BadInputError
from toolkit.plan.model import EnvironmentName, Plan, Variable

# What a datastore's stack tells. `scheme` says whether the connection is encrypted: redis or rediss.
PIECES = ("host", "port", "name", "username", "password", "scheme")
QUEUE_PIECES = ("url", "region")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9-]{0,23})\.([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{database.host}`: a piece of what a datastore tells."""

    datastore: str
    piece: str

    def __str__(self) -> str:
        return f"{{{self.datastore}.{self.piece}}}"


@dataclass(frozen=True, slots=True)
class Setting:
    """An environment variable of one service; `key` is where the plan has it. `user` is the service whose own user of the database
    a login in it is; the application's when empty."""

    name: str
    key: str
    variable: Variable
    user: str = ""

    @property
    def secret(self) -> bool:
        """Whether its value must not stand in a file."""
        return self.variable.secret or any(place.piece == "password" for place in self.placeholders)

    @property
    def parts(self) -> tuple[str | Placeholder, ...]:
        """The reference as text and placeholders in turn; empty for a variable that is no reference."""
        return split(self.variable.reference or "")

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    @property
    def of_user(self) -> str:
        """The service whose own user's name or password is in it; empty for what all services are told alike."""
        return self.user if any(map(is_login, self.placeholders)) else ""

    def literal(self, environment: EnvironmentName) -> str | None:
        """The value that the plan itself has for an environment; None for secrets and references.

        An environment that the plan leaves out has the value of production: what runs there is known to work.
        """
        variable = self.variable
        if variable.secret or variable.reference is not None:
            return None
        if variable.values is not None:
            return variable.values.get(environment, variable.values.get("production", ""))
        return variable.value or ""

    def filled(self, value_of: Callable[[Placeholder], str]) -> str:
        """The reference with a value for each placeholder."""
        return "".join(part if isinstance(part, str) else value_of(part) for part in self.parts)


def is_login(place: Placeholder) -> bool:
    """Whether it is the name or the password of the database's user."""
    return place.datastore == "database" and place.piece in ("username", "password")


@lru_cache(1024)
def split(reference: str) -> tuple[str | Placeholder, ...]:
    """`jdbc:sqlserver://{database.host}` as ("jdbc:sqlserver://", {database.host}). Other braces are text."""
    parts: list[str | Placeholder] = []
    end = 0
    for match in _PLACEHOLDER.finditer(reference):
        if match.start() > end:
            parts.append(reference[end : match.start()])
        parts.append(Placeholder(match[1], match[2]))
        end = match.end()
    if end < len(reference):
        parts.append(reference[end:])
    return tuple(parts)


def settings(plan: Plan, service: str) -> tuple[Setting, ...]:
    """The variables of a service in the plan's order: the common ones, its own over them.

    Raises BadInputError when a reference names a datastore or a piece that does not exist.
    """
    found = _checked(plan, {**_common(plan), **_port(plan, service), **_own(plan, service)})
    return tuple(replace(one, user=service) for one in found) if service in plan.database_users else found


def release_settings(plan: Plan) -> tuple[Setting, ...]:
    """The variables of the release task: those of the first service with its image, or else the common ones; as the application's
    user, who owns the tables."""
    service = release_service(plan)
    return tuple(map(as_application, settings(plan, service))) if service else _checked(plan, _common(plan))


def as_application(setting: Setting) -> Setting:
    """The variable as it is for services that have no user of their own."""
    return replace(setting, user="")


def release_service(plan: Plan) -> str | None:
    """The service whose image and environment the release task has: the first one built from the same image, with
    all of its code."""
    if plan.release is None:
        return None
    return next(iter(releasing(plan)), None)


def releasing(plan: Plan) -> list[str]:
    """The services whose image can run the release steps."""
    image = plan.release.image if plan.release else None
    return [name for name, service in plan.services.items() if service.image == image and not service.leave_out]


def secret_name(plan: Plan, environment: EnvironmentName, variable: str) -> str:
    """The name in AWS Secrets Manager of a variable's own secret."""
    return f"{plan.application}/{environment}/{variable}"


def _common(plan: Plan) -> dict[str, Setting]:
    return {name: Setting(name, f"environment.{name}", variable) for name, variable in plan.environment.items()}


def _port(plan: Plan, service: str) -> dict[str, Setting]:
    """PORT is where a process listens: the one name among the common variables whose value differs by service."""
    port, common = plan.services[service].port, plan.environment.get("PORT")
    if port is None or common is None or common.value is None:
        return {}
    return {"PORT": Setting("PORT", "environment.PORT", Variable(value=str(port)))}


def _own(plan: Plan, service: str) -> dict[str, Setting]:
    own = plan.services[service].environment
    return {name: Setting(name, f"services.{service}.environment.{name}", variable) for name, variable in own.items()}


def _checked(plan: Plan, found: dict[str, Setting]) -> tuple[Setting, ...]:
    for setting in found.values():
        for place in setting.placeholders:
            pieces = QUEUE_PIECES if place.datastore in plan.queues else PIECES
            if place.datastore not in plan.datastores or place.piece not in pieces:
                known = ", ".join(f"{{{name}.{'url' if name in plan.queues else 'host'}}}" for name in plan.datastores)
                raise BadInputError(
                    f"{setting.key}: nothing fills {place}",
                    where="replatform.yaml",
                    to_do=f"name one of the plan's datastores ({known or 'none, as the plan has no datastores'}) and one of {', '.join(pieces)}",
                )
    return tuple(found.values())
