"""The secrets of an application, which its services are told by AWS Secrets Manager."""

import json
from collections.abc import Sequence

from toolkit.artefacts.bindings import (
    EXPORTS,
    has_own_secret,
    import_value,
    pascal,
    secret_id,
    substituted,
    user_secret,
)
from toolkit.artefacts.text import Line
from toolkit.artefacts.values import Setting, as_application, settings
from toolkit.artefacts.yaml import scalar
from toolkit.plan.model import Plan
from toolkit.plan.names import database_username

_GENERATED_LENGTH = 50


def has_secrets(plan: Plan) -> bool:
    """Whether a variable is a secret of its own, or a service has a user of the database."""
    return bool(_own_secrets(plan) or plan.database_users)


def secret_blocks(plan: Plan) -> dict[str, list[Line]]:
    """What is filled in to the template of secrets: each as a resource, and its ARN as an export."""
    resources: list[Line] = []
    outputs: list[Line] = []

    def add(lines: Sequence[str], logical_id: str, export: str, what: str, key: str) -> None:
        resources.extend(Line(text, key) for text in lines)
        outputs.extend(
            Line(text, key)
            for text in (
                f"{logical_id}:",
                f"  Description: ARN of the secret {what}.",
                f"  Value: !Ref {logical_id}",
                "  Export:",
                f"    Name: !Sub ${{Application}}-${{Environment}}-{export}",
            )
        )

    for service in plan.database_users:
        logical_id = _user_secret_id(service)
        lines = _user_secret(logical_id, plan.application, service)
        add(
            lines,
            logical_id,
            user_secret(service),
            f"of {service}'s user of the database",
            f"services.{service}.database_user",
        )
    for logical_id, setting in _own_secrets(plan).items():
        add(_secret(logical_id, setting), logical_id, logical_id, setting.name, setting.key)
    return {"resources": resources, "outputs": outputs}


def _own_secrets(plan: Plan) -> dict[str, Setting]:
    """Variables of all services that are secrets of their own, by logical ID; equal names are one secret. What the application's user
    has stays where a service gets a user of its own: CloudFormation takes away no export that a service still imports."""
    found = [setting for name in plan.services for setting in settings(plan, name) if has_own_secret(setting)]
    return {secret_id(one): one for setting in found for one in (as_application(setting), setting)}


def _user_secret_id(service: str) -> str:
    return f"DatabaseUser{pascal(service)}"


def _user_secret(logical_id: str, application: str, service: str) -> list[str]:
    """As the application's user has it: see the database's template."""
    username = json.dumps({"username": database_username(application, service)})
    return [
        *_secret_head(logical_id, f"{service}/database-user", f"User that {service} connects to the database as"),
        "    GenerateSecretString:",
        f"      SecretStringTemplate: {scalar(username)}",
        "      GenerateStringKey: password",
        "      PasswordLength: 30",
        "      ExcludePunctuation: true # it stands in connection URLs",
    ]


def _secret_head(logical_id: str, name: str, description: str) -> list[str]:
    return [
        f"{logical_id}:",
        "  Type: AWS::SecretsManager::Secret",
        "  DeletionPolicy: Retain",
        "  UpdateReplacePolicy: Retain",
        "  Metadata:",
        "    guard:",
        "      SuppressedRules:",
        "        - SECRETSMANAGER_ROTATION_ENABLED_CHECK # tasks read it at their start only: it changes with a deployment, not by the clock",
        "  Properties:",
        f"    Name: !Sub ${{Application}}/${{Environment}}/{name}",
        f"    Description: {scalar(description)}",
        "    KmsKeyId: !GetAtt SecretsKey.Arn",
    ]


def _secret(logical_id: str, setting: Setting) -> list[str]:
    name = f"{setting.of_user}/{setting.name}" if setting.of_user else setting.name
    lines = _secret_head(logical_id, name, _secret_description(setting))
    if not _is_composed(setting):
        return [
            *lines,
            "    GenerateSecretString:",
            f"      PasswordLength: {_GENERATED_LENGTH}",
            "      ExcludePunctuation: true",
        ]
    # The application user's password is never rotated by itself, so the address that is put together stays true.
    text, places = substituted(setting)
    names = {name: import_value(EXPORTS[place.datastore, place.piece]) for name, place in places.items()}
    names["DatabaseUserSecret"] = (
        f"!Ref {_user_secret_id(setting.of_user)}" if setting.of_user else import_value(user_secret(""))
    )
    rows = [f"{name}: {value}" for name, value in names.items()]
    return [
        *lines,
        "    SecretString: !Sub",
        f"      - {scalar(text)}",
        *(f"      {'  ' if number else '- '}{row}" for number, row in enumerate(rows)),
    ]


def _is_composed(setting: Setting) -> bool:
    """Whether our stacks know every piece of it; a broker elsewhere, say, has an address that an operator sets."""
    return bool(setting.parts) and all(
        (place.datastore, place.piece) in EXPORTS or place.datastore == "database" for place in setting.placeholders
    )


def _secret_description(setting: Setting) -> str:
    if _is_composed(setting):
        return f"{setting.name}, put together from the database stack"
    if setting.variable.generate:
        return f"{setting.name}, generated; nobody needs to know it"
    return f"{setting.name}; random until an operator sets the real value with put-secret-value"
