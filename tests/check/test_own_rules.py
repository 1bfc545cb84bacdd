"""Our own rules: the output for a sample is clean, and each rule fires when a file is broken by hand."""

import json
import re
from collections.abc import Callable

import pytest

from tests.conftest import SAMPLES
from toolkit.catalog.catalog import Catalog
from toolkit.check.run import own_rules, read_output
from toolkit.cli import pipeline

SERVICE = "cloudformation/service-web.yaml"
CONFIGURATION = "services/web/ecs-service-config.json"
Texts = dict[str, str]


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    folder = tmp_path_factory.mktemp("out")
    drafted = pipeline.draft(SAMPLES["case-tracking"], folder, Catalog())
    pipeline.write(folder, drafted, pipeline.artefacts(drafted, Catalog()))
    return read_output(folder)


def replaced(path: str, old: str, new: str) -> Callable[[Texts], Texts]:
    def break_it(texts: Texts) -> Texts:
        assert old in texts[path], f"the test looks for what is no longer emitted: {old}"
        return {**texts, path: texts[path].replace(old, new, 1)}

    return break_it


def without_stack(part: str) -> Callable[[Texts], Texts]:
    def break_it(texts: Texts) -> Texts:
        path = "cloudformation/test.json"
        stacks = json.loads(texts[path])
        del stacks[part]
        return {**texts, path: json.dumps(stacks)}

    return break_it


def configured(name: str, value: str) -> Callable[[Texts], Texts]:
    def break_it(texts: Texts) -> Texts:
        body = json.loads(texts[CONFIGURATION])
        body["Parameters"][name] = value
        return {**texts, CONFIGURATION: json.dumps(body)}

    return break_it


def same_priority(texts: Texts) -> Texts:
    return {**texts, "services/other/ecs-service-config.json": texts[CONFIGURATION]}


def long_name(texts: Texts) -> Texts:
    """Target groups take 32 characters; a template of one's own may make the name of parameters."""
    named = texts[SERVICE].replace(
        "      TargetType: ip\n",
        "      TargetType: ip\n      Name: !Sub ${Application}-${Environment}-${Service}-target-group\n",
    )
    assert named != texts[SERVICE]
    return {**texts, SERVICE: named}


BROKEN = {
    "a parameter without a value": ("RP110", replaced(CONFIGURATION, '"Environment"', '"Environmentt"'), "Environment has no value"),
    "an unknown parameter": ("RP111", configured("Kolor", "red"), "no parameter Kolor"),
    "a priority twice": ("RP112", same_priority, "used twice"),
    "not JSON": ("RP113", replaced(CONFIGURATION, "{", "", ), "not a template configuration"),
    "an import without an export": ("RP114", without_stack("network"), "case-tracking-test-VpcId, which no stack of test exports"),
    "a capability that is not given": ("RP115", replaced("cloudformation/pipeline.yaml", "Capabilities: CAPABILITY_IAM", "Capabilities: CAPABILITY_AUTO_EXPAND"), "CAPABILITY_IAM"),
    "a named role": ("RP115", replaced(SERVICE, "  TaskRole:\n    Type: AWS::IAM::Role\n    Properties:\n", "  TaskRole:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: web\n"), "CAPABILITY_NAMED_IAM"),
    "a long name": ("RP116", long_name, "allows 32"),
    "a long stack name": ("RP116", replaced("cloudformation/test.json", '"StackName": "', '"StackName": "' + "x" * 129), "a stack allows 128"),
    "another port exposed": ("RP117", replaced("services/web/Dockerfile", "EXPOSE 3000", "EXPOSE 3001"), "EXPOSE 3001"),
    "another port configured": ("RP117", configured("ContainerPort", "3002"), "PORT=3000"),
    "another health path": ("RP117", configured("HealthCheckPath", "/health"), "/health, which"),
    "another port asked": ("RP117", replaced("services/web/Dockerfile", '"3000", "/healthz"', '"3003", "/healthz"'), "port 3003"),
    "a secret in an environment file": ("RP118", lambda t: {**t, "env/test/web.env": "DB_PASSWORD=hunter2\n"}, "DB_PASSWORD"),
    "a secret in a configuration": ("RP118", configured("VariableSmtp", "smtp://u:pa55w0rd@mail/"), "VariableSmtp"),
    "a secret in a template": ("RP118", replaced(SERVICE, "          Environment:\n", "          Environment:\n            - Name: API_TOKEN\n              Value: s3cr3t-v4lue\n"), "API_TOKEN"),
    "every action": ("RP119", replaced(SERVICE, "Action: kms:Decrypt", "Action: kms:*"), "the actions kms:*"),
    "every resource": ("RP119", replaced(SERVICE, "- ssmmessages:CreateControlChannel", "- s3:GetObject"), "s3:GetObject on every resource"),
    "everybody": ("RP119", replaced("cloudformation/network.yaml", '            Condition: {StringEquals: {"aws:PrincipalAccount": !Ref AWS::AccountId}}\n', ""), "to everybody"),
    "a lost logical ID": ("RP140", replaced("cloudformation/network.yaml", "  FlowLogGroup:", "  Flows:"), "FlowLogGroup"),
    "a changed type": ("RP140", replaced(SERVICE, "Type: AWS::ECS::Service\n", "Type: AWS::ECS::ExpressGatewayService\n"), "is now"),
}  # fmt: skip


def test_what_is_emitted_is_clean(emitted: Texts) -> None:
    assert list(own_rules(emitted)) == []


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_folder_is_noticed(what: str, emitted: Texts) -> None:
    code, break_it, words = BROKEN[what]
    found = [finding for finding in own_rules(break_it(emitted)) if finding.code == code]
    assert any(words in finding.message for finding in found), found
    assert all(finding.evidence for finding in found)


def test_no_secret_is_repeated(emitted: Texts) -> None:
    broken = {**emitted, "env/test/web.env": "DB_PASSWORD=hunter2\n"}
    assert not any("hunter2" in str(finding) for finding in own_rules(broken))


def test_a_finding_in_a_template_knows_its_line(emitted: Texts) -> None:
    text = emitted[SERVICE].replace("Action: kms:Decrypt", "Action: kms:*", 1)
    (finding,) = own_rules({**emitted, SERVICE: text})
    line = text.splitlines()[finding.evidence[0].first_line - 1]
    assert re.match(r"\s+- (Sid|Effect): ", line), line


@pytest.mark.parametrize(
    "text", ["", "[]", "a: [", "Resources: 7", "Resources: {A: 7}", "Resources: {A: {Properties: x}}"]
)
def test_malformed_templates_are_left_to_cfn_lint(text: str, emitted: Texts) -> None:
    list(own_rules({**emitted, "cloudformation/network.yaml": text, "cloudformation/test.json": "[]"}))
