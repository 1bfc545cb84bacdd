"""Env files: values survive every reader, secrets never appear, and each line says where it comes from."""

import io

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from tests.artefacts.plans import COLLECTIONS, DECISIONS, NASTY, hostile_decisions, hostile_plans, one_line
from toolkit.artefacts.env_file import render_env_files, spelled
from toolkit.artefacts.values import settings
from toolkit.errors import BadInputError
from toolkit.plan.model import Decision, Plan, Variable


def file(plan: Plan, path: str, decisions: dict[str, Decision] | None = None) -> str:
    return next(artefact.text for artefact in render_env_files(plan, decisions or {}) if artefact.path == path)


def as_systemd_reads(text: str) -> str:
    """One value of an EnvironmentFile=, as https://github.com/systemd/systemd/blob/main/src/basic/env-file.c reads it."""
    value, state, escaped = "", "bare", False
    for character in text:
        if state == "single":
            if character == "'":
                state = "bare"
            else:
                value += character
        elif escaped:
            value += character if state == "bare" or character in '"\\`$' else "\\" + character
            escaped = False
        elif character == "\\":
            escaped = True
        elif state == "double":
            if character == '"':
                state = "bare"
            else:
                value += character
        elif character in "'\"" and not value:
            state = {"'": "single", '"': "double"}[character]
        else:
            value += character
    return value


def as_compose_reads(text: str) -> str:
    """One value of an env_file, as https://github.com/compose-spec/compose-go/blob/main/dotenv/parser.go reads it.

    Values with dollar signs are only expected in single quotes, where nothing is replaced.
    """
    if text[:1] not in ("'", '"'):
        assert "$" not in text and " #" not in text and text == text.strip()
        return text
    quote, value, rest = text[0], "", iter(text[1:])
    for character in rest:
        if character == quote:
            assert next(rest, None) is None
            break
        if character == "\\":
            following = next(rest)
            value += following if following == quote or (following == "\\" and quote == '"') else "\\" + following
        else:
            value += character
    assert quote == "'" or "$" not in value
    return value


@given(one_line)
def test_every_reader_reads_the_same_value(value: str) -> None:
    text = spelled(value)
    if text is None:
        assert "$" in value
        return
    assert dotenv_values(stream=io.StringIO(f"NAME={text}\nNEXT=1\n")) == {"NAME": value, "NEXT": "1"}
    assert as_systemd_reads(text) == value
    assert as_compose_reads(text) == value


@pytest.mark.parametrize("value", ["10", "smtp.example.com", "", "a=b,c"])
def test_plain_values_stand_as_they_are(value: str) -> None:
    assert spelled(value) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a b", "'a b'"),
        ("$x", "'$x'"),
        ("it's", '"it\'s"'),
        ('C:\\x "y"', '"C:\\\\x \\"y\\""'),
        ("it's $5", None),
        ("${HOME}", None),
    ],
)
def test_quotes(value: str, text: str | None) -> None:
    assert spelled(value) == text


def test_a_file_for_each_environment_and_service() -> None:
    found = [artefact.path for artefact in render_env_files(COLLECTIONS, DECISIONS)]
    assert found[:4] == [f"env/development/{name}.env" for name in ("web", "site", "mailer", "nightly-interest")]
    assert len(found) == 12


def test_literals_secrets_references_and_their_evidence() -> None:
    text = file(COLLECTIONS, "env/test/web.env", DECISIONS)
    assert "\n# README.md:57\nDB_POOL_SIZE=10\n" in text
    assert "\n# PAYMENT_GATEWAY_API_KEY: AWS Secrets Manager, secret collections/test/PAYMENT_GATEWAY_API_KEY\n" in text
    assert "\nMAIL_HOST=mail.test.example.com\n" in text
    assert "\n# guessed: no file gives a value\n# GREETING: " in text
    assert "\n# SPRING_DATASOURCE_PASSWORD: AWS Secrets Manager, " in text
    assert "compose.yaml" not in text and "compose.yaml" in file(COLLECTIONS, "env/development/web.env")


def test_a_service_has_its_own_value() -> None:
    assert "\nDB_POOL_SIZE=2\n" in file(COLLECTIONS, "env/production/nightly-interest.env")


def test_lines_know_their_keys() -> None:
    artefact = next(
        artefact
        for artefact in render_env_files(COLLECTIONS, DECISIONS)
        if artefact.path == "env/test/nightly-interest.env"
    )
    assert (
        next(line.key for line in artefact.lines if line.text == "DB_POOL_SIZE=2")
        == "services.nightly-interest.environment.DB_POOL_SIZE"
    )


@given(hostile_plans(), hostile_decisions())
def test_nothing_breaks_out_of_a_line(plan: Plan, decisions: tuple[Decision, ...]) -> None:
    for artefact in render_env_files(plan, {decision.key: decision for decision in decisions}):
        _, environment, service = artefact.path.removesuffix(".env").split("/")
        expected = {}
        for setting in settings(plan, service):
            value = setting.literal(environment)  # type: ignore[arg-type]
            if value is not None and spelled(value) is not None:
                expected[setting.name] = value
        assert dotenv_values(stream=io.StringIO(artefact.text)) == expected
        assert not any(line.text.startswith("#") and line.text.endswith("\\") for line in artefact.lines)


@given(st.sampled_from(NASTY))
def test_a_secret_is_named_and_never_told(value: str) -> None:
    plan = COLLECTIONS.model_copy(
        update={
            "environment": {
                "TOKEN": COLLECTIONS.environment["SESSION_SECRET"].model_copy(update={"value": f"s3cr3t{value}"})
            }
        }
    )
    assert all("s3cr3t" not in artefact.text for artefact in render_env_files(plan, {}))


@pytest.mark.parametrize("reference", ["{documents.host}", "{database.table}"])
def test_a_reference_to_nothing_is_an_error_with_its_key(reference: str) -> None:
    plan = COLLECTIONS.model_copy(
        update={"environment": {"X": COLLECTIONS.environment["CACHE_URL"].model_copy(update={"reference": reference})}}
    )
    with pytest.raises(BadInputError, match=r"environment\.X: nothing fills"):
        render_env_files(plan, {})


def test_each_web_service_is_told_its_own_port() -> None:
    """Services of several images in one plan: PORT in the README of one of them is no other's."""
    plan = COLLECTIONS.model_copy(update={"environment": {"PORT": Variable(value="9")}})
    told = {
        name: setting.literal("production")
        for name, service in plan.services.items()
        if service.port
        for setting in settings(plan, name)
        if setting.name == "PORT"
    }
    assert told == {name: str(service.port) for name, service in plan.services.items() if service.port}
