"""`env/<environment>/<service>.env`: what each service is told, environment by environment. Never a secret's value."""

import re
from collections.abc import Iterator, Mapping

from toolkit.artefacts.remarks import one_line, why
from toolkit.artefacts.text import Artefact, Line
from toolkit.artefacts.values import Setting, secret_name, settings
from toolkit.plan.model import ENVIRONMENTS, Decision, EnvironmentName, Plan

# Nothing in these means anything to a reader of such files, or to a shell.
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")


def path(environment: EnvironmentName, service: str) -> str:
    return f"env/{environment}/{service}.env"


def render_env_files(plan: Plan, decisions: Mapping[str, Decision]) -> tuple[Artefact, ...]:
    """One file for each environment and service, variables in the plan's order."""
    return tuple(
        Artefact(path(environment, service), tuple(_lines(plan, environment, service, decisions)), __name__)
        for environment in ENVIRONMENTS
        for service in plan.services
    )


def spelled(value: str) -> str | None:
    """The value as docker compose, python-dotenv and systemd all read it back; None where no spelling does that.

    - https://github.com/compose-spec/compose-go/blob/main/dotenv/parser.go
    - https://github.com/theskumar/python-dotenv/blob/main/src/dotenv/parser.py
    - https://github.com/systemd/systemd/blob/main/src/basic/env-file.c

    They agree on single quotes (taken literally, but for quotes and backslashes) and on `\\\\` and `\\"` in double quotes,
    where compose replaces `$NAME`. python-dotenv replaces `${NAME}` everywhere.
    """
    if _BARE.fullmatch(value):
        return value
    if "${" in value:
        return None
    if "'" not in value and "\\" not in value:
        return f"'{value}'"
    if "$" in value:
        return None
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _lines(plan: Plan, environment: EnvironmentName, service: str, decisions: Mapping[str, Decision]) -> Iterator[Line]:
    yield Line(
        f"# Environment variables of service {service} in {environment}. Change values in replatform.yaml, not here.",
        f"services.{service}",
    )
    yield Line("# docker compose, python-dotenv and systemd (EnvironmentFile=) read the same values from this file.")
    for setting in settings(plan, service):
        yield Line("")
        if reason := why(setting.key, decisions):
            yield Line(f"# {reason}", setting.key)
        yield Line(_line(plan, environment, setting), setting.key)


def _line(plan: Plan, environment: EnvironmentName, setting: Setting) -> str:
    name = setting.name
    if setting.variable.secret:
        return f"# {name}: AWS Secrets Manager, secret {secret_name(plan, environment, name)}"
    value = setting.literal(environment)
    if value is None:
        stores = " and ".join(dict.fromkeys(place.datastore for place in setting.placeholders)) or "nothing else"
        told = "AWS Secrets Manager, " if setting.secret else ""
        asked = any(place.datastore in plan.queues for place in setting.placeholders)
        here = f"; compose.yaml {'asks for it' if asked else 'sets it here'}"
        local = here if environment == "development" else ""
        return f"# {name}: {told}built from {stores}: {one_line(setting.variable.reference or '', 1000)}{local}"
    text = spelled(value)
    if text is None:
        return f"# {name}: its quotes and dollar signs cannot be written alike for every reader of this file; see replatform.yaml"
    return f"{name}={text}"
