"""A CloudFormation template as a tree: what it declares, exports and imports. Reading is pure and bounded."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.errors import BadInputError
from toolkit.stacks.conditions import is_false

# What a replacement or a removal of the resource would lose.
HOLDS_DATA = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::ECR::Repository",
        "AWS::EFS::FileSystem",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
        "AWS::SQS::Queue",
    }
)
# CAPABILITY_NAMED_IAM is asked for by these where they carry a name, CAPABILITY_IAM where they carry none:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (reviewed: "2026-11-21")
_IAM = frozenset(
    f"AWS::IAM::{kind}"
    for kind in (
        "AccessKey",
        "Group",
        "InstanceProfile",
        "ManagedPolicy",
        "Policy",
        "Role",
        "User",
        "UserToGroupAddition",
    )
)
_NAMES = frozenset({"GroupName", "InstanceProfileName", "ManagedPolicyName", "RoleName", "UserName"})
_VARIABLE = re.compile(r"\$\{([\w:]+)\}")


@dataclass(frozen=True)
class Template:
    """One template: `path` as the output folder has it, its text, and its tree in the long form (`Fn::Sub`, `Ref`)."""

    path: str
    text: str
    tree: Mapping[str, Any]

    @property
    def parameters(self) -> dict[str, Mapping[str, Any]]:
        return _section(self.tree, "Parameters")

    @property
    def resources(self) -> dict[str, Mapping[str, Any]]:
        return _section(self.tree, "Resources")

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What CloudFormation wants acknowledged for it; empty when it creates nothing of IAM."""
        iam = [resource for resource in self.resources.values() if resource.get("Type") in _IAM]
        if not iam:
            return ()
        named = any(_NAMES & set(resource.get("Properties") or ()) for resource in iam)
        return ("CAPABILITY_NAMED_IAM",) if named else ("CAPABILITY_IAM",)

    def exports(self, parameters: Mapping[str, str]) -> frozenset[str]:
        """Names of its exports when its parameters have these values."""
        outputs = _section(self.tree, "Outputs").values()
        return self.names(((output.get("Export") or {}).get("Name") for output in outputs), parameters)

    def imports(self, parameters: Mapping[str, str]) -> frozenset[str]:
        """Names of the exports that it imports when its parameters have these values."""
        return self.names(self.import_values(parameters), parameters)

    def import_values(self, parameters: Mapping[str, str]) -> Iterator[Any]:
        """What stands under Fn::ImportValue, but in resources that these values leave out by their condition."""
        values = self._with_defaults(parameters)
        conditions = _section(self.tree, "Conditions")
        resources = [
            body for body in self.resources.values() if not is_false(str(body.get("Condition", "")), conditions, values)
        ]
        return values_of("Fn::ImportValue", [resources, self.tree.get("Outputs")])

    def names(self, values: Iterable[object], parameters: Mapping[str, str]) -> frozenset[str]:
        """Names that are a text or an Fn::Sub of one, when the parameters have these values; others cannot be told."""
        return frozenset(self._name(value, parameters) for value in values) - {""}

    def _name(self, value: object, parameters: Mapping[str, str]) -> str:
        text = value.get("Fn::Sub") if isinstance(value, Mapping) else value
        if not isinstance(text, str):
            return ""
        values = self._with_defaults(parameters)
        return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)

    def _with_defaults(self, parameters: Mapping[str, str]) -> dict[str, str]:
        return {name: str(body.get("Default", "")) for name, body in self.parameters.items()} | dict(parameters)


def read_template(path: str, text: str) -> Template:
    """The template of a text in YAML or JSON. Raises BadInputError for anything else."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import SafeConstructor
    from ruamel.yaml.error import YAMLError

    class Constructor(SafeConstructor):  # the short forms are this reader's alone
        pass

    Constructor.add_multi_constructor("!", _short_form)
    yaml = YAML(typ="safe", pure=True)  # libyaml, as ruamel binds it, refuses `[!Ref AWS::Region]`
    yaml.Constructor = Constructor
    try:
        tree = yaml.load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise BadInputError(f"not a CloudFormation template: {str(error).splitlines()[0]}", where=path) from None
    if not isinstance(tree, dict) or not isinstance(tree.get("Resources"), dict):
        raise BadInputError("not a CloudFormation template: it has no Resources", where=path)
    return Template(path, text, tree)


def values_of(key: str, node: object) -> Iterator[Any]:
    """Every value that stands under a key, at any depth, in the order of the text."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values_of(key, value)
    elif isinstance(node, list):
        for item in node:
            yield from values_of(key, item)


def _section(tree: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    section = tree.get(name)
    bodies = section.items() if isinstance(section, Mapping) else ()
    return {str(key): body if isinstance(body, Mapping) else {} for key, body in bodies}


def _short_form(constructor: Any, suffix: str, node: Any) -> Any:
    """`!Sub x` as `{"Fn::Sub": "x"}`."""
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    value: Any
    if isinstance(node, SequenceNode):
        value = constructor.construct_sequence(node, deep=True)
    elif isinstance(node, MappingNode):
        value = constructor.construct_mapping(node, deep=True)
    else:
        value = constructor.construct_scalar(node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}
