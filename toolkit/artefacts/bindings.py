"""A service's variables as a container definition takes them: environment, secrets, and parameters where they differ."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from toolkit.artefacts.text import Line
from toolkit.artefacts.values import Placeholder, Setting, is_login
from toolkit.artefacts.yaml import scalar
from toolkit.errors import BadInputError
from toolkit.plan.model import ENVIRONMENTS, EnvironmentName

# What the templates export about a datastore, by its name in the plan and the piece that a reference names.
EXPORTS = {
    ("database", "host"): "DatabaseHost",
    ("database", "port"): "DatabasePort",
    ("database", "name"): "DatabaseName",
    ("cache", "host"): "CacheHost",
    ("cache", "port"): "CachePort",
}


@dataclass
class Bindings:
    """Lines for the insertion points of a task definition, and the values of the parameters among them."""

    parameters: list[Line] = field(default_factory=list)
    environment: list[Line] = field(default_factory=list)
    secrets: list[Line] = field(default_factory=list)
    secret_arns: list[Line] = field(default_factory=list)
    values: dict[str, tuple[str, dict[EnvironmentName, str]]] = field(
        default_factory=dict
    )  # parameter to plan key and values


def pascal(name: str) -> str:
    """MAIL_HOST and mail-host as MailHost: a logical ID or parameter name."""
    return "".join(part[:1].upper() + part[1:].lower() for part in re.split(r"[^A-Za-z0-9]+", name) if part)


def import_value(export: str) -> str:
    """A one-line Fn::ImportValue of this application's export in this environment."""
    return f'{{"Fn::ImportValue": {{"Fn::Sub": "${{Application}}-${{Environment}}-{export}"}}}}'


def user_secret(service: str) -> str:
    """The export with the ARN of a service's own user of the database, or of the application's: JSON, keys username and password."""
    return f"DatabaseUser{pascal(service)}SecretArn"


def secret_id(setting: Setting) -> str:
    """The logical ID, and export, of a variable's own secret."""
    return f"Secret{pascal(setting.name)}{'Of' if setting.of_user else ''}{pascal(setting.of_user)}"


def has_own_secret(setting: Setting) -> bool:
    """Whether its value is a secret by itself: an operator's, or a connection string with a password among its text."""
    return setting.secret and not _is_login(setting)


def _is_login(setting: Setting) -> bool:
    """Exactly the name or password of a user of the database, which that user's secret has."""
    return len(setting.parts) == 1 and setting.placeholders != () and is_login(setting.placeholders[0])


def refuse_dynamic_references(text: str, key: str) -> None:
    """CloudFormation would put a secret in the place of `{{resolve:...}}`, wherever it stands, and knows no escape.

    Raises BadInputError naming the plan's key.
    """
    if "{{resolve:" in text:
        raise BadInputError(
            f"{key}: {{{{resolve: would make CloudFormation read a parameter or a secret",
            where="replatform.yaml",
            to_do="use `secret: true`, or a `reference` to a datastore",
        )


def bind(settings: Iterable[Setting]) -> Bindings:
    """Environment and secrets of a container, in the plan's order."""
    bound = Bindings()
    users: dict[str, None] = {}
    for setting in settings:
        key, name = setting.key, setting.name
        for text in (setting.variable.reference, *(setting.literal(environment) for environment in ENVIRONMENTS)):
            refuse_dynamic_references(text or "", key)
        if has_own_secret(setting):
            arn = import_value(secret_id(setting))
            bound.secrets += [Line(f"- Name: {name}", key), Line(f"  ValueFrom: {arn}", key)]
            bound.secret_arns.append(Line(f"- {arn}", key))
        elif _is_login(setting):
            users[user_secret(setting.user)] = None
            bound.secrets += [
                Line(f"- Name: {name}", key),
                Line("  ValueFrom: !Sub", key),
                Line(f"    - {scalar(f'${{Secret}}:{setting.placeholders[0].piece}::')}", key),
                Line(f"    - Secret: {import_value(user_secret(setting.user))}", key),
            ]
        elif setting.variable.values:
            parameter = f"Variable{pascal(name)}"
            _declare(parameter, f"Value of the environment variable {name}.", key, bound)
            bound.values[parameter] = (
                key,
                {environment: setting.literal(environment) or "" for environment in ENVIRONMENTS},
            )
            bound.environment += [Line(f"- Name: {name}", key), Line(f"  Value: !Ref {parameter}", key)]
        else:
            bound.environment += [
                Line(f"- Name: {name}", key),
                *(Line("  " + text, key) for text in _value(setting, bound)),
            ]
    bound.secret_arns[:0] = [Line(f"- {import_value(export)}") for export in users]
    return bound


def _declare(parameter: str, description: str, key: str, bound: Bindings) -> None:
    bound.parameters += [
        Line(f"{parameter}:", key),
        Line("  Type: String", key),
        Line(f"  Description: {scalar(description)}", key),
    ]


def _value(setting: Setting, bound: Bindings) -> list[str]:
    if not setting.parts:
        return [f"Value: {scalar(setting.literal('production') or '')}"]
    if len(setting.parts) == 1 and (export := _export(setting.placeholders[0] if setting.placeholders else None)):
        return [f"Value: {import_value(export)}"]
    text, names = substituted(setting)
    if not names:
        return [f"Value: !Sub {scalar(text)}"]
    for name, place in names.items():
        if _export(place) is None and name not in bound.values:
            _declare(
                name,
                f"The {place.piece} of {place.datastore}, which these templates do not provide.",
                f"datastores.{place.datastore}",
                bound,
            )
            bound.values[name] = (f"datastores.{place.datastore}", {})
    imported = [
        f"{name}: {import_value(export)}" if (export := _export(place)) else f"{name}: !Ref {name}"
        for name, place in names.items()
    ]
    return [
        "Value: !Sub",
        f"  - {scalar(text)}",
        *(f"  {'  ' if number else '- '}{line}" for number, line in enumerate(imported)),
    ]


def _export(place: Placeholder | None) -> str | None:
    if place and place.piece == "url":
        return f"{place.datastore}-QueueUrl"
    return EXPORTS.get((place.datastore, place.piece)) if place else None


def substituted(setting: Setting) -> tuple[str, dict[str, Placeholder]]:
    """A reference as the text of Fn::Sub, and the placeholders that its names stand for."""
    names: dict[str, Placeholder] = {}
    text = ""
    for part in setting.parts:
        if isinstance(part, str):
            text += part.replace("${", "${!")
        elif part.piece == "scheme":
            text += "rediss"  # cloudformation/cache.yaml encrypts in transit
        elif part.piece == "region":
            text += "${AWS::Region}"
        elif is_login(part):
            text += f"{{{{resolve:secretsmanager:${{DatabaseUserSecret}}:SecretString:{part.piece}}}}}"
        else:
            name = pascal(f"{part.datastore}-{part.piece}")
            names[name] = part
            text += f"${{{name}}}"
    return text, names
