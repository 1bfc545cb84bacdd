"""Our YAML means the same to a reader of YAML 1.1 (PyYAML) and of YAML 1.2 (ruamel.yaml), whatever is put into it."""

import pytest
import yaml as yaml_1_1
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.artefacts.plans import NASTY, one_line
from toolkit.artefacts.text import Line
from toolkit.artefacts.yaml import Node, Text, Value, quoted, render, scalar

texts = st.one_of(
    one_line,
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
    st.lists(one_line, max_size=4).map("\n".join),
)
trees = st.dictionaries(
    texts.filter(lambda key: len(key) < 100),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), texts),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
        max_leaves=8,
    ),
    min_size=1,
    max_size=4,
)


def text_of(value: Value) -> str:
    return "".join(line.text + "\n" for line in render(value))


@given(trees)
def test_both_readers_get_back_what_went_in(tree: dict[str, Value]) -> None:
    text = text_of(tree)
    assert yaml_1_1.safe_load(text) == tree
    assert YAML(typ="safe", pure=True).load(text) == tree


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("flow", [False, True])
def test_a_scalar_stays_a_string(text: str, flow: bool) -> None:
    written = f"[{scalar(text, flow=True)}]" if flow else f"- {scalar(text)}"
    assert yaml_1_1.safe_load(written) == [text]
    assert YAML(typ="safe", pure=True).load(written) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "on",
        "Off",
        "y",
        "22:22",
        "1_0",
        "010",
        "1e3",
        "2026-11-21",
        "~",
        "null",
        "0x1f",
        "",
        " a",
        "a ",
        "a: b",
        "a #b",
    ],
)
def test_what_readers_disagree_about_is_quoted(text: str) -> None:
    assert scalar(text) == quoted(text)


@pytest.mark.parametrize(
    "text",
    [
        "web",
        "jdbc:sqlserver://host:1433",
        "postgres:15",
        "--bind",
        "/accounts/*",
        "a, b; c",
        "../services/web/Dockerfile",
    ],
)
def test_what_they_agree_about_is_not(text: str) -> None:
    assert scalar(text) == text


def test_a_long_value_stays_beside_its_key() -> None:
    assert text_of({"key": "a " * 80 + "b"}).count("\n") == 1


def test_an_object_used_twice_is_written_twice() -> None:
    shared = {"condition": "service_healthy"}
    text = text_of({"web": shared, "worker": shared})
    assert "&" not in text and "*" not in text
    assert yaml_1_1.safe_load(text) == {"web": shared, "worker": shared}


def test_comments_tags_and_keys_of_the_plan() -> None:
    lines = render(
        {
            "Name": Node("PORT", "services.web.port", ("README.md:57",)),
            "Value": Node("${AWS::Region}", tag="!Sub"),
            "List": [{"a": 1, "b": [1, 2]}, Node({"a": "no"}, flow=True)],
            "Text": Text((Line("map {", "x"), Line("    y"), Line("}"))),
        },
        indent=1,
    )
    assert [(line.text, line.key) for line in lines] == [
        ("  # README.md:57", "services.web.port"),
        ("  Name: PORT", "services.web.port"),
        ('  Value: !Sub "${AWS::Region}"', ""),
        ("  List:", ""),
        ("    - a: 1", ""),
        ("      b: [1, 2]", ""),
        ('    - {a: "no"}', ""),
        ("  Text: |", ""),
        ("    map {", "x"),
        ("        y", ""),
        ("    }", ""),
    ]
