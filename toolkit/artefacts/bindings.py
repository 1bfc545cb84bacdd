"""A service's variables as a container definition takes them: environment, secrets, and parameters where they differ."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from toolkit.artefacts.text import Line
from toolkit.artefacts.yaml import scalar
from toolkit.plan.model import ENVIRONMENTS, EnvironmentName, Plan, Service, Variable

REFERENCE = re.compile(r"\{([a-z][a-z0-9-]*)\.([a-z]+)\}")
# What the templates export about a datastore, by its name in the plan and the piece that a reference names.
EXPORTS = {
    ("database", "host"): "DatabaseHost",
    ("database", "port"): "DatabasePort",
    ("database", "name"): "DatabaseName",
    ("cache", "host"): "CacheHost",
    ("cache", "port"): "CachePort",
}
_SECRET_KEYS = ("username", "password")  # keys of the application user's secret, DatabaseUserSecretArn


@dataclass
class Bindings:
    """Lines for the insertion points of a task definition, and the values of the parameters among them."""

    parameters: list[Line] = field(default_factory=list)
    environment: list[Line] = field(default_factory=list)
    secrets: list[Line] = field(default_factory=list)
    secret_arns: list[Line] = field(default_factory=list)
    values: dict[str, dict[EnvironmentName, str]] = field(default_factory=dict)


def pascal(name: str) -> str:
    """MAIL_HOST and mail-host as MailHost: a logical ID or parameter name."""
    return "".join(part[:1].upper() + part[1:].lower() for part in re.split(r"[^A-Za-z0-9]+", name) if part)


def import_value(export: str) -> str:
    """A one-line Fn::ImportValue of this application's export in this environment."""
    return f'{{"Fn::ImportValue": {{"Fn::Sub": "${{Application}}-${{Environment}}-{export}"}}}}'


def variables_of(plan: Plan, service: Service) -> dict[str, Variable]:
    """The common variables, then the service's own, which win."""
    return {**plan.environment, **service.environment}


def is_composed_secret(variable: Variable) -> bool:
    """Whether a reference carries a password among other text, and so must be a secret of its own."""
    if variable.reference is None:
        return False
    pieces = [piece for _, piece in REFERENCE.findall(variable.reference)]
    return "password" in pieces and not REFERENCE.fullmatch(variable.reference)


def bind(plan: Plan, service: Service) -> Bindings:
    """Environment and secrets of a service's container, sorted as the plan has them."""
    bound = Bindings()
    own_secrets = False
    for name, variable in variables_of(plan, service).items():
        key = f"environment.{name}" if name not in service.environment else ""
        if variable.secret or is_composed_secret(variable):
            arn = import_value(f"Secret{pascal(name)}")
            bound.secrets += [Line(f"- Name: {name}", key), Line(f"  ValueFrom: {arn}", key)]
            bound.secret_arns.append(Line(f"- {arn}", key))
        elif variable.reference is not None:
            piece = REFERENCE.fullmatch(variable.reference)
            if piece and piece[1] == "database" and piece[2] in _SECRET_KEYS:
                own_secrets = True
                bound.secrets += [
                    Line(f"- Name: {name}", key),
                    Line("  ValueFrom: !Sub", key),
                    Line(f"    - ${{Secret}}:{piece[2]}::", key),
                    Line(f"    - Secret: {import_value('DatabaseUserSecretArn')}", key),
                ]
            else:
                bound.environment += [Line(f"- Name: {name}", key), *(Line("  " + text, key) for text in _reference("Value", variable.reference, bound))]
        elif variable.values:
            parameter = _parameter(f"Variable{pascal(name)}", f"Value of the environment variable {name}.", key, bound)
            bound.values[parameter] = {environment: variable.values.get(environment, "") for environment in ENVIRONMENTS}
            bound.environment += [Line(f"- Name: {name}", key), Line(f"  Value: !Ref {parameter}", key)]
        else:
            bound.environment += [Line(f"- Name: {name}", key), Line(f"  Value: {scalar(variable.value or '')}", key)]
    if own_secrets:
        bound.secret_arns.insert(0, Line(f"- {import_value('DatabaseUserSecretArn')}"))
    return bound


def _parameter(name: str, description: str, key: str, bound: Bindings) -> str:
    if name not in bound.values:
        bound.parameters += [Line(f"{name}:", key), Line("  Type: String", key), Line(f"  Description: {scalar(description)}", key)]
        bound.values[name] = {}
    return name


def _reference(field_name: str, reference: str, bound: Bindings) -> Iterator[str]:
    """A value that is put together from other stacks' exports."""
    if (piece := REFERENCE.fullmatch(reference)) and (export := EXPORTS.get((piece[1], piece[2]))):
        yield f"{field_name}: {import_value(export)}"
        return
    text, names = substituted(reference, bound)
    yield f"{field_name}: !Sub"
    yield f"  - {scalar(text)}"
    yield "  - " + "{" + ", ".join(f"{name}: {value}" for name, value in names.items()) + "}"


def substituted(reference: str, bound: Bindings | None = None) -> tuple[str, Mapping[str, str]]:
    """A reference as the text of Fn::Sub and the names in it; pieces that no stack exports become parameters."""
    names: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        store, piece = match[1], match[2]
        if piece == "scheme":
            return "rediss"  # the cache template encrypts in transit
        name = pascal(f"{store}-{piece}")
        export = EXPORTS.get((store, piece))
        if export:
            names[name] = import_value(export)
        elif bound is not None:
            _parameter(name, f"The {piece} of {store}, which these templates do not provide.", f"datastores.{store}", bound)
            names[name] = f"!Ref {name}"
        return f"${{{name}}}"

    pieces = REFERENCE.split(reference)
    text = ""
    for place in range(0, len(pieces), 3):
        text += pieces[place].replace("${", "${!")
        if place + 2 < len(pieces):
            text += replace(REFERENCE.match(f"{{{pieces[place + 1]}.{pieces[place + 2]}}}"))  # type: ignore[arg-type]
    return text, names
