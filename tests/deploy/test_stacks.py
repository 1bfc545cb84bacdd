"""An output folder as stacks in import order, and what CloudFormation needs to be told of each."""

import json
from pathlib import Path

import pytest

from toolkit.errors import BadInputError, UnknownItemError
from toolkit.stacks.environment import read_environment


def folder(tmp_path: Path, stacks: dict[str, str]) -> Path:
    (tmp_path / "cloudformation").mkdir()
    for part, text in stacks.items():
        (tmp_path / f"cloudformation/{part}.yaml").write_text(text, encoding="utf-8")
    bodies = {part: {"Template": f"cloudformation/{part}.yaml", "StackName": f"shop-test-{part}"} for part in stacks}
    (tmp_path / "cloudformation/test.json").write_text(json.dumps(bodies), encoding="utf-8")
    return tmp_path


def template(imports: str = "", exports: str = "") -> str:
    value = f'{{"Fn::ImportValue": !Sub "{imports}"}}' if imports else "plain"
    outputs = f'Outputs: {{It: {{Value: x, Export: {{Name: !Sub "{exports}"}}}}}}' if exports else ""
    parameters = "Parameters: {Application: {Type: String, Default: shop}}"
    return (
        f"{parameters}\nResources: {{It: {{Type: AWS::SSM::Parameter, Properties: {{Value: {value}}}}}}}\n{outputs}\n"
    )


def test_exporters_come_before_importers(tmp_path: Path) -> None:
    out = folder(tmp_path, {"late": template("${Application}-Id"), "early": template(exports="${Application}-Id")})
    assert [stack.part for stack in read_environment(out, "test")] == ["early", "late"]


def test_a_circle_of_imports_is_bad_input(tmp_path: Path) -> None:
    out = folder(tmp_path, {"a": template("b-Id", "a-Id"), "b": template("a-Id", "b-Id")})
    with pytest.raises(BadInputError, match="circle"):
        read_environment(out, "test")


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    out = folder(tmp_path, {"a": template()})
    for environment, values in (("../x", {}), ("test", {"b": {"X": "1"}}), ("test", {"a": {"X": "1"}})):
        with pytest.raises(UnknownItemError):
            read_environment(out, environment, values)


def test_a_template_outside_the_folder_is_refused(tmp_path: Path) -> None:
    out = folder(tmp_path, {"a": template()})
    body = {"a": {"Template": "/etc/hostname", "StackName": "shop-test-a"}}
    (out / "cloudformation/test.json").write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(BadInputError):
        read_environment(out, "test")
