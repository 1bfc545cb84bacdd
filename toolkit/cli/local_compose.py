"""compose.yaml as this machine runs it: with values for its secrets."""

import secrets
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.engine.compose_file import ComposeFile
    from toolkit.plan.model import Plan


def local_compose(
    folder: Path, plan: "Plan", without: Collection[str], environment: dict[str, str], local_secrets: bool
) -> "ComposeFile":
    """compose.yaml without some of its datastores, with a value for each of its secrets: that of the environment; with
    `local_secrets` else one that is made up. Raises BadInputError when some have none."""
    from toolkit.artefacts.values import settings
    from toolkit.engine.compose_file import PATH, read_compose
    from toolkit.errors import BadInputError, UnknownItemError

    if unknown := [name for name in without if name not in plan.datastores]:
        raise UnknownItemError(
            f"no datastore is called {unknown[0]}",
            to_do=f"name one of {', '.join(plan.datastores) or 'none: there are none'}",
        )
    path = folder / PATH
    if not path.is_file():
        raise BadInputError(f"no {PATH} in {folder}", to_do="replatform generate writes it")
    told = [setting for service in plan.services for setting in settings(plan, service)]
    unset = {setting.name for setting in told if any(place.datastore in without for place in setting.placeholders)}
    generated = {setting.name for setting in told if setting.variable.secret and setting.variable.generate}
    secret = {setting.name for setting in told if setting.secret}
    missing: dict[str, None] = {}
    value_of = _values(environment, generated, secret if local_secrets else set(), missing)
    left_out = {f"{name}{end}" for name in without for end in ("", "-setup", "-users")}
    compose = read_compose(path.read_text(encoding="utf-8"), value_of, left_out, unset - set(environment))
    if missing:
        raise BadInputError(
            f"no value for {', '.join(missing)}",
            where=PATH,
            to_do="give them with --env NAME=VALUE or as environment variables; --local-secrets makes up those that are secret",
        )
    return compose


def _values(
    environment: dict[str, str], generated: Collection[str], local: Collection[str], missing: dict[str, None]
) -> Callable[[str, str | None], str]:
    """The environment first; then a random value where that is right, a local one where that was asked for, or the file's
    default. What is left over is noted as missing."""
    made: dict[str, str] = {}

    def value_of(name: str, default: str | None) -> str:
        if environment.get(name):
            return environment[name]
        if name in generated:
            return made.setdefault(name, secrets.token_urlsafe(48))
        if name in local:
            return f"local-only-{name.lower().replace('_', '-')}"
        if default is None:
            missing[name] = None
        return default or ""

    return value_of
