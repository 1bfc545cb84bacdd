"""The templates of cloudformation/: clean by cfn-lint, coherent with each other, and careful with what they hold."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner

from tests.conftest import ROOT
from toolkit.artefacts.platform import SHARED
from toolkit.artefacts.templates import declared_parameters, insertion_points, on_platform
from toolkit.check.cfn_lint import REGION, digest_of

TEMPLATES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "cloudformation").glob("*.yaml"))}
README = (ROOT / "cloudformation/README.md").read_text(encoding="utf-8")
LINTED = ROOT / "cloudformation/linted.json"
RELEASED = ROOT / "cloudformation/released-logical-ids.json"
PREFIX = "${Application}-${Environment}-"
# The emitter inserts one output of this kind for each secret variable of an application.
INSERTED_EXPORT = re.compile(re.escape(PREFIX) + r"Secret[A-Z]\w*")
HOLDS_DATA = {
    "AWS::DynamoDB::Table",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}
every_template = pytest.mark.parametrize("name", TEMPLATES)


@cache
def decoded(name: str) -> Any:
    template, matches = decode_str(TEMPLATES[name])
    assert not matches, matches
    return template


@cache
def runner() -> Runner:
    return Runner(ConfigMixIn(regions=[REGION]))


def values_of(key: str, node: Any) -> Iterator[Any]:
    """Every value that stands under a key, at any depth."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values_of(key, value)
    elif isinstance(node, list):
        for item in node:
            yield from values_of(key, item)


def substituted(value: Any) -> str:
    """The text of a name that is a string or an Fn::Sub of one, parameters left as they are."""
    if isinstance(value, dict) and set(value) == {"Fn::Sub"}:
        value = value["Fn::Sub"]
    assert isinstance(value, str), f"too clever a name to be checked: {value}"
    return str(value)


def exports(name: str) -> set[str]:
    return {
        substituted(output["Export"]["Name"])
        for output in decoded(name).get("Outputs", {}).values()
        if "Export" in output
    }


@every_template
def test_cfn_lint_finds_nothing(name: str) -> None:
    assert [f"{m.linenumber}: {m.rule.id} {m.message}" for m in runner().validate_template(decoded(name))] == []


def test_templates_that_were_linted_are_listed_as_they_are(request: pytest.FixtureRequest) -> None:
    """`replatform check` trusts the list: a template stands in it only with the text that the test above has linted."""
    linted = {f"cfn-lint-{version('cfn-lint')}-{REGION}": {name: digest_of(text) for name, text in TEMPLATES.items()}}
    if request.config.getoption("--update-golden"):
        LINTED.write_text(json.dumps(linted, indent=2) + "\n")
    assert json.loads(LINTED.read_text()) == linted, "pytest tests/cloudformation --update-golden"


def chosen_by(value: Any) -> set[str]:
    """Conditions that decide on a value or on items of its lists, not on what is inside its mappings."""
    if isinstance(value, dict) and set(value) == {"Fn::If"}:
        condition, *branches = value["Fn::If"]
        return {condition}.union(*map(chosen_by, branches))
    return set().union(*map(chosen_by, value)) if isinstance(value, list) else set()


def mappings(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from mappings(value)


@every_template
def test_cfn_lint_tries_every_combination_of_conditions(name: str) -> None:
    """It tries 128, of the conditions that a set has first: of eight, it overlooks faults in one run and finds them in the next."""
    found = [set().union(*map(chosen_by, node.values())) for node in mappings(decoded(name)["Resources"])]
    assert [sorted(conditions) for conditions in found if len(conditions) > 7] == []


@every_template
def test_imports_are_exported(name: str) -> None:
    imported = {
        re.sub(r"\$\{\w+Service\}", "${Service}", substituted(value))  # one of several services, by its role
        for value in values_of("Fn::ImportValue", decoded(name))
    }
    exported = set().union(*map(exports, TEMPLATES))
    exported |= {name.replace("${Application}", "${Platform}") for part in SHARED for name in exports(part)}
    assert {i for i in imported - exported if not INSERTED_EXPORT.fullmatch(i)} == set()


@every_template
def test_exports_carry_application_and_environment(name: str) -> None:
    assert {export for export in exports(name) if not export.startswith(PREFIX)} == set()


@every_template
def test_parameters_are_described(name: str) -> None:
    parameters = decoded(name)["Parameters"]
    assert [key for key, value in parameters.items() if not str(value.get("Description", "")).strip()] == []


def test_what_one_template_takes_as_an_application_the_others_take_too() -> None:
    applications = [decoded(name)["Parameters"]["Application"] for name in TEMPLATES]
    assert len({(a["AllowedPattern"], a["MinLength"], a["MaxLength"]) for a in applications}) == 1


@every_template
def test_parameters_are_found_without_a_yaml_parser(name: str) -> None:
    parameters = decoded(name)["Parameters"]
    assert declared_parameters(TEMPLATES[name]) == {str(key): "Default" in value for key, value in parameters.items()}


@every_template
def test_insertion_points_are_well_formed(name: str) -> None:
    points = insertion_points(TEMPLATES[name])
    assert len(points) == len(set(points))
    markers = TEMPLATES[name].count("# replatform:") - TEMPLATES[name].count("# replatform:on-platform ")
    assert len(points) == markers, "a marker that the emitter does not recognise"


@pytest.mark.parametrize("name", [name for name, text in TEMPLATES.items() if "# replatform:on-platform" in text])
def test_on_a_platform_a_template_is_as_clean_and_names_no_cluster_of_its_own(name: str) -> None:
    text = on_platform(TEMPLATES[name])
    template, malformed = decode_str(text)
    assert not malformed and "on-platform" not in text
    assert [f"{m.linenumber}: {m.rule.id} {m.message}" for m in runner().validate_template(template)] == []
    assert set(template["Resources"]) == set(decoded(name)["Resources"])
    own_cluster = r"(?:cluster|task|service|service-\w+)/\$\{Application\}-\$\{Environment\}(?:/|$)"
    assert re.findall(own_cluster, TEMPLATES[name], re.M) or name != "pipeline-foundation"
    assert re.findall(own_cluster, text, re.M) == []


@every_template
def test_data_outlives_its_stack_only_on_purpose(name: str) -> None:
    careless = [
        logical_id
        for logical_id, resource in decoded(name)["Resources"].items()
        if resource["Type"] in HOLDS_DATA and not {"DeletionPolicy", "UpdateReplacePolicy"} <= set(resource)
    ]
    assert careless == []


def test_released_logical_ids_are_kept(request: pytest.FixtureRequest) -> None:
    """A logical ID that is renamed, removed or given another type deletes a resource in stacks that exist."""
    current = {
        name: {str(key): str(value["Type"]) for key, value in sorted(decoded(name)["Resources"].items())}
        for name in TEMPLATES
    }
    released = json.loads(RELEASED.read_text(encoding="utf-8"))
    lost = [
        f"{name}: {logical_id} ({kind})"
        for name, resources in released.items()
        for logical_id, kind in resources.items()
        if current.get(name, {}).get(logical_id) != kind
    ]
    assert lost == []
    if request.config.getoption("--update-golden"):
        RELEASED.write_text(json.dumps(current, indent=2) + "\n", encoding="utf-8", newline="\n")
        released = current
    assert current == released, "resources were added; pytest --update-golden records them"


@every_template
def test_readme_names_exports_and_insertion_points(name: str) -> None:
    names = {
        export.removeprefix(PREFIX).removeprefix("${Service}-").removeprefix("${Queue}-") for export in exports(name)
    }
    documented = set(re.findall(r"`([\w-]+)`", README))
    assert {name, *names, *insertion_points(TEMPLATES[name])} - documented == set()


def test_readme_counts_what_is_suppressed() -> None:
    resources = [resource for name in TEMPLATES for resource in decoded(name)["Resources"].values()]
    checkov = [
        skip["id"] for resource in resources for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", ())
    ]
    guard = [
        rule
        for resource in resources
        for rule in resource.get("Metadata", {}).get("guard", {}).get("SuppressedRules", ())
    ]
    assert f"{len(checkov)} results of checkov and {len(guard)} of\nGuard are suppressed" in README
    assert {*checkov, *guard} - set(re.findall(r"\b(CKV_AWS_\d+|[A-Z\d]+(?:_[A-Z\d]+)+)\b", README)) == set()


@every_template
def test_each_suppression_has_a_reason(name: str) -> None:
    rules = re.findall(r"^ +- ([A-Z\d_]+)( # \S.*)?$", TEMPLATES[name].partition("\nResources:")[2], re.MULTILINE)
    suppressed = [
        rule
        for resource in decoded(name)["Resources"].values()
        for rule in resource.get("Metadata", {}).get("guard", {}).get("SuppressedRules", ())
    ]
    assert sorted(rule for rule, reason in rules if reason and rule in suppressed) == sorted(suppressed)
