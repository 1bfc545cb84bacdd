"""What a template imports, when its conditions leave out some of its resources."""

import pytest

from toolkit.stacks.conditions import is_false
from toolkit.stacks.template import read_template

CONDITIONS = {
    "Named": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
    "Large": {"Fn::Equals": [{"Fn::FindInMap": ["Sizes", "x", "y"]}, "big"]},
    "Both": {"Fn::And": [{"Condition": "Named"}, {"Condition": "Large"}]},
    "Either": {"Fn::Or": [{"Condition": "Named"}, {"Condition": "Large"}]},
    "Circle": {"Fn::Not": [{"Condition": "Circle"}]},
    "Odd": {"Fn::Equals": ["x"]},
}


@pytest.mark.parametrize(
    ("name", "value", "false"),
    [
        ("Named", "", True),
        ("Named", "web", False),
        ("Both", "", True),
        ("Both", "web", False),
        ("Either", "", False),
        ("Large", "", False),
        ("Circle", "", False),
        ("Odd", "", False),
        ("Absent", "", False),
    ],
)
def test_only_what_parameters_decide_is_false(name: str, value: str, false: bool) -> None:
    assert is_false(name, CONDITIONS, {"Name": value}) is false


def test_a_resource_that_is_left_out_imports_nothing() -> None:
    text = """
Parameters: {Service: {Type: String, Default: ""}}
Conditions: {HasService: !Not [!Equals [!Ref Service, ""]]}
Resources:
  Always: {Type: AWS::SNS::Topic, Properties: {DisplayName: {"Fn::ImportValue": shop-Topic}}}
  Policy: {Type: AWS::IAM::RolePolicy, Condition: HasService, Properties: {RoleName: {"Fn::ImportValue": !Sub "shop-${Service}-Role"}}}
Outputs: {It: {Value: {"Fn::ImportValue": shop-Other}}}
"""
    template = read_template("it.yaml", text)
    assert template.imports({}) == {"shop-Topic", "shop-Other"}
    assert template.imports({"Service": "web"}) == {"shop-Topic", "shop-Other", "shop-web-Role"}
