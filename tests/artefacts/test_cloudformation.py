"""Templates and configurations: whatever a plan has in it, they mean what the plan says to a YAML 1.1 reader."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings

from tests.artefacts.plans import COLLECTIONS, DATASTORES, PROFILES, SIZES, hostile_plans
from toolkit.artefacts.cloudformation import render_parameters, render_templates
from toolkit.artefacts.ecs_service_config import render_configs
from toolkit.artefacts.pipeline import render_buildspecs
from toolkit.artefacts.templates import declared_parameters, filled, insertion_points
from toolkit.artefacts.text import Artefact, Line
from toolkit.artefacts.values import settings as settings_of
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError, BlueprintError
from toolkit.plan.model import ENVIRONMENTS, Plan


class Reader(yaml.SafeLoader):
    """YAML 1.1 as CloudFormation reads it; a tagged node is a pair of tag and value."""


def _tagged(loader: Reader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return (suffix, loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return (suffix, loader.construct_sequence(node, deep=True))
    return (suffix, loader.construct_mapping(node, deep=True))


Reader.add_multi_constructor("!", _tagged)


def read(artefact: Artefact) -> Any:
    return yaml.load(artefact.text, Reader)


def container(template: Any) -> Any:
    return template["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]


def templates_of(plan: Plan, catalog: Catalog) -> dict[str, Artefact]:
    return {artefact.path.split("/")[1]: artefact for artefact in render_templates(plan, catalog.templates, DATASTORES)}


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(hostile_plans())
def test_a_hostile_plan_stays_inside_its_values(catalog: Catalog, plan: Plan) -> None:
    try:
        artefacts = templates_of(plan, catalog)
    except BadInputError:
        assume(False)
    for name, service in plan.services.items():
        template = read(artefacts[f"service-{name}.yaml"])
        plain = read(Artefact("", tuple(map(Line, catalog.templates[_template(service.kind)].splitlines()))))
        assert set(template) == set(plain) and set(template["Resources"]) == set(plain["Resources"])
        given_names = [entry["Name"] for entry in container(template)["Environment"] if isinstance(entry, dict)]
        secret_names = [entry["Name"] for entry in container(template)["Secrets"] if isinstance(entry, dict)]
        wanted = settings_of(plan, name)
        assert sorted(given_names + secret_names) == sorted(setting.name for setting in wanted)
        values = {e["Name"]: e["Value"] for e in container(template)["Environment"] if isinstance(e, dict)}
        for setting in wanted:
            if setting.variable.value is not None:
                assert values[setting.name] == setting.variable.value
            assert setting.secret == (setting.name in secret_names) or setting.name in secret_names


def _template(kind: str) -> str:
    return {"web": "service", "scheduled": "scheduled-task"}.get(kind, "worker")


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(hostile_plans())
def test_configurations_are_json_with_strings_that_their_templates_declare(catalog: Catalog, plan: Plan) -> None:
    try:
        artefacts = templates_of(plan, catalog)
        configurations = render_configs(plan, catalog.templates, PROFILES, SIZES)
    except BadInputError:
        assume(False)
    for artefact in configurations:
        configuration = json.loads(artefact.text)
        assert set(configuration) <= {"Parameters", "Tags", "StackPolicy"}
        service = artefact.path.split("/")[1]
        name = "release-task.yaml" if "release-task" in artefact.path else f"service-{service}.yaml"
        declared = declared_parameters(artefacts[name].text)
        assert set(configuration["Parameters"]) <= set(declared)
        assert all(isinstance(value, str) for value in configuration["Parameters"].values())


@settings(max_examples=40)
@given(hostile_plans())
def test_build_specifications_run_our_commands_alone(plan: Plan) -> None:
    for artefact in render_buildspecs(plan):
        tree = yaml.safe_load(artefact.text)
        assert set(tree) == {"version", "env", "phases", "artifacts"}
        assert [len(phase["commands"]) for phase in tree["phases"].values()] == [1, 1, 1]


def test_variables_that_differ_are_parameters(catalog: Catalog) -> None:
    template = read(templates_of(COLLECTIONS, catalog)["service-web.yaml"])
    assert {"Name": "MAIL_HOST", "Value": ("Ref", "VariableMailHost")} in container(template)["Environment"]
    values = {}
    for artefact in render_configs(COLLECTIONS, catalog.templates, PROFILES, SIZES):
        if artefact.path.startswith("services/web/ecs"):
            parameters = json.loads(artefact.text)["Parameters"]
            values[parameters["Environment"]] = parameters["VariableMailHost"]
    assert values == COLLECTIONS.environment["MAIL_HOST"].values


def test_secrets_are_resources_of_their_own_and_the_login_is_the_databases(catalog: Catalog) -> None:
    artefacts = templates_of(COLLECTIONS, catalog)
    secrets = read(artefacts["secrets.yaml"])["Resources"]
    assert {"SecretPaymentGatewayApiKey", "SecretSessionSecret"} <= set(secrets)
    assert all("SecretString" not in resource["Properties"] for resource in secrets.values())
    names = {
        entry["Name"] for entry in container(read(artefacts["service-web.yaml"]))["Secrets"] if isinstance(entry, dict)
    }
    assert {"SPRING_DATASOURCE_USERNAME", "SPRING_DATASOURCE_PASSWORD", "PAYMENT_GATEWAY_API_KEY"} <= names


def test_a_connection_string_with_a_password_is_a_composed_secret(catalog: Catalog) -> None:
    url = "postgresql://{database.username}:{database.password}@{database.host}:{database.port}/{database.name}"
    values = COLLECTIONS.model_dump() | {"environment": {"DATABASE_URL": {"reference": url}}}
    secret = read(templates_of(Plan.model_validate(values), catalog)["secrets.yaml"])["Resources"]["SecretDatabaseUrl"]
    tag, (text, names) = secret["Properties"]["SecretString"]
    assert tag == "Sub" and text.count("{{resolve:secretsmanager:${DatabaseUserSecret}:SecretString:") == 2
    assert set(names) == {"DatabaseHost", "DatabasePort", "DatabaseName", "DatabaseUserSecret"}


@pytest.mark.parametrize("value", ["{{resolve:ssm:/x}}", "a{{resolve:secretsmanager:y}}b"])
def test_dynamic_references_of_others_are_refused(catalog: Catalog, value: str) -> None:
    values = COLLECTIONS.model_dump() | {"environment": {"GREETING": {"value": value}}}
    with pytest.raises(BadInputError, match="resolve"):
        templates_of(Plan.model_validate(values), catalog)


def test_every_stack_has_its_parameters_as_strings(catalog: Catalog) -> None:
    artefacts = render_parameters(COLLECTIONS, catalog.templates, PROFILES, DATASTORES)
    assert [artefact.path for artefact in artefacts] == [f"cloudformation/{name}.json" for name in ENVIRONMENTS]
    for artefact in artefacts:
        for stack in json.loads(artefact.text).values():
            assert all(isinstance(value, str) for value in stack.get("Parameters", {}).values())


def test_insertion_points() -> None:
    template = "A:\n  - x\n  # replatform:items\nB: 1\n"
    assert insertion_points(template) == ("items",)
    assert [line.text for line in filled("t", template, {"items": [Line("- y")]})] == ["A:", "  - x", "  - y", "B: 1"]
    assert [line.text for line in filled("t", template, {})] == ["A:", "  - x", "B: 1"]
    with pytest.raises(BlueprintError):
        filled("t", template, {"other": [Line("z")]})
