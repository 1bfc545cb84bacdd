"""Secrets Manager: secrets by ARN, and generated values as templates ask for them."""

import json
import secrets
import string

from .resource_types import HANDLERS, Made, Properties


def mend_secrets() -> None:
    """Ref of a secret is its ARN, and a generated value has the characters that the template allows."""
    own = HANDLERS["AWS::SecretsManager::Secret"]

    def name_of(physical_id: str) -> str:
        return physical_id.split(":secret:", 1)[-1].rsplit("-", 1)[0] if physical_id.startswith("arn:") else physical_id

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        if generate := properties.get("GenerateSecretString"):
            rest = {key: value for key, value in properties.items() if key != "GenerateSecretString"}
            properties = rest | {"SecretString": generated(generate)}
        _, attributes = own["create"](logical_id, properties, stack)
        return attributes["Arn"], attributes

    def update(physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str = "") -> Made:
        # A value once generated stays, as operators may have set another since.
        kept = {key: value for key, value in new.items() if key != "GenerateSecretString"}
        _, attributes = own["update"](name_of(physical_id), old, kept, stack, logical_id)
        return attributes.get("Arn", physical_id), attributes

    def delete(physical_id: str, properties: Properties) -> None:
        own["delete"](name_of(physical_id), properties)

    HANDLERS["AWS::SecretsManager::Secret"] = own | {"create": create, "update": update, "delete": delete}


def generated(wanted: Properties) -> str:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html"""
    kinds = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": string.punctuation,
    }
    allowed = "".join(each for excluded, each in kinds.items() if wanted.get(excluded) not in (True, "true"))
    usable = [each for each in allowed if each not in wanted.get("ExcludeCharacters", "")]
    value = "".join(secrets.choice(usable) for _ in range(int(wanted.get("PasswordLength", 32))))
    if "GenerateStringKey" not in wanted:
        return value
    return json.dumps(json.loads(wanted["SecretStringTemplate"]) | {wanted["GenerateStringKey"]: value})
