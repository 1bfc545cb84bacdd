"""Services with a user of the database of their own: whose secret each one gets, and what makes the users."""

import json
from typing import Any

import pytest

from tests.artefacts.plans import COLLECTIONS, DATASTORES, PROFILES
from tests.artefacts.test_cloudformation import container, read, templates_of
from tests.artefacts.test_compose import project
from toolkit.artefacts.cloudformation import render_parameters
from toolkit.artefacts.render import render
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError
from toolkit.plan.model import Plan, Planned, Release

URL = {"reference": "postgresql://{database.username}:{database.password}@{database.host}/{database.name}"}


def with_users(**changes: Any) -> Plan:
    """The plan with a user each for web and the scheduled task; site, mailer and the release task have the application's."""
    tree = COLLECTIONS.model_dump(exclude_none=True)
    tree["services"]["web"]["database_user"] = {"writes": ["Payments", "payments", "accounts"], "reads": ["debtors"]}
    tree["services"]["nightly-interest"]["database_user"] = {"reads": ["*"]}
    return Plan.model_validate(tree | changes)


def secrets_of(template: Any) -> dict[str, str]:
    return {one["Name"]: str(one["ValueFrom"]) for one in container(template)["Secrets"] if isinstance(one, dict)}


def test_a_service_reads_the_secret_of_its_own_user_and_no_other(catalog: Catalog) -> None:
    artefacts = templates_of(with_users(), catalog)
    exports = {"web": "DatabaseUserWebSecretArn", "nightly-interest": "DatabaseUserNightlyInterestSecretArn"}
    for part in ("service-web", "service-nightly-interest", "service-mailer", "release-task"):
        text = artefacts[f"{part}.yaml"].text
        own = exports.get(part.removeprefix("service-"), "DatabaseUserSecretArn")
        assert f"-{own}" in secrets_of(read(artefacts[f"{part}.yaml"]))["SPRING_DATASOURCE_PASSWORD"]
        assert [export for export in (*exports.values(), "DatabaseUserSecretArn") if f"-{export}" in text] == [own]


def test_the_users_have_secrets_and_the_database_is_left_as_it_was(catalog: Catalog) -> None:
    before, after = templates_of(COLLECTIONS, catalog), templates_of(with_users(), catalog)
    assert {name for name in after if name not in before} == {"database-users.yaml"}
    assert after["database.yaml"].text == before["database.yaml"].text
    secrets = read(after["secrets.yaml"])
    new = set(secrets["Resources"]) - set(read(before["secrets.yaml"])["Resources"])
    assert new == {"DatabaseUserWeb", "DatabaseUserNightlyInterest"}
    user = secrets["Resources"]["DatabaseUserWeb"]
    assert user["DeletionPolicy"] == "Retain"
    assert user["Properties"]["Name"] == ("Sub", "${Application}/${Environment}/web/database-user")
    made = user["Properties"]["GenerateSecretString"]
    assert json.loads(made["SecretStringTemplate"]) == {"username": "collections__web"}
    assert made["GenerateStringKey"] == "password"


def test_a_connection_string_is_put_together_for_each_user_and_the_applications_stays(catalog: Catalog) -> None:
    """CloudFormation would refuse to take away the export that services still import until they are deployed."""
    artefacts = templates_of(with_users(environment={"DATABASE_URL": URL}), catalog)
    resources = read(artefacts["secrets.yaml"])["Resources"]
    text, names = resources["SecretDatabaseUrlOfWeb"]["Properties"]["SecretString"][1]
    assert names["DatabaseUserSecret"] == ("Ref", "DatabaseUserWeb")
    assert (
        resources["SecretDatabaseUrlOfWeb"]["Properties"]["Name"][1] == "${Application}/${Environment}/web/DATABASE_URL"
    )
    assert (text, "SecretDatabaseUrl" in resources) == (
        resources["SecretDatabaseUrl"]["Properties"]["SecretString"][1][0],
        True,
    )
    assert "SecretDatabaseUrlOfWeb" in secrets_of(read(artefacts["service-web.yaml"]))["DATABASE_URL"]
    assert "SecretDatabaseUrlOf" not in artefacts["service-mailer.yaml"].text + artefacts["release-task.yaml"].text


def test_the_task_is_told_tables_in_its_environment_and_passwords_as_secrets(catalog: Catalog) -> None:
    template = read(templates_of(with_users(), catalog)["database-users.yaml"])
    told = {one["Name"]: one["Value"] for one in container(template)["Environment"]}
    assert told["DATABASE_USERS"] == "WEB NIGHTLY_INTEREST"
    assert (told["USER_WEB_WRITES"], told["USER_WEB_READS"]) == ("payments,accounts", "debtors")
    assert (told["USER_NIGHTLY_INTEREST_READS"], told.get("USER_NIGHTLY_INTEREST_WRITES")) == ("*", None)
    assert set(secrets_of(template)) == {
        "MASTER_USERNAME",
        "MASTER_PASSWORD",
        "USER_WEB_PASSWORD",
        "USER_NIGHTLY_INTEREST_PASSWORD",
    }
    assert container(template)["Command"][-1].rstrip() == DATASTORES["sqlserver"].users.rstrip()


def test_users_are_made_after_the_release_task_and_before_services(catalog: Catalog) -> None:
    for artefact in render_parameters(with_users(), catalog.templates, PROFILES, DATASTORES):
        parts = list(json.loads(artefact.text))
        assert parts.index("release-task") < parts.index("database-users") < parts.index("web")


@pytest.mark.parametrize("release", [COLLECTIONS.release, None])
def test_one_pipeline_runs_the_task_after_the_release_task(catalog: Catalog, release: Release | None) -> None:
    plan = with_users().model_copy(update={"release": release})
    production = json.loads(render_parameters(plan, catalog.templates, PROFILES, DATASTORES)[-1].text)
    told = {name: production[f"pipeline-{name}"]["Parameters"] for name in plan.services}
    assert [name for name, one in told.items() if one.get("RunDatabaseUsers") == "true"] == ["web"]
    assert [name for name, one in told.items() if one.get("RunRelease") == "true"] == (["web"] if release else [])
    template = catalog.templates["pipeline"]
    assert template.index("ReleaseTaskDefinitionArn:") < template.index("DatabaseUsersTaskDefinitionArn:database-users")


def test_the_report_says_who_may_do_what(catalog: Catalog) -> None:
    text, without = (_report(plan, catalog) for plan in (with_users(), COLLECTIONS))
    assert "| **web** | `collections__web` | `Payments`, `payments`, `accounts` | `debtors` |" in text
    assert "| **nightly-interest** | `collections__nightly_interest` |  | all tables |" in text
    assert "As the application's user, who owns the tables: **site**, **mailer**, the release task." in text
    assert "run DatabaseUsersTaskDefinitionArn" in text
    assert "Users of the database" not in without and "DatabaseUsers" not in without


def _report(plan: Plan, catalog: Catalog) -> str:
    return next(one.text for one in render(Planned(plan), catalog) if one.path == "REPLATFORM.md")


def test_on_one_machine_a_service_waits_for_its_user(catalog: Catalog) -> None:
    services = project(with_users())["services"]
    done = {"condition": "service_completed_successfully"}
    assert services["database-users"]["depends_on"] == {"release": done}
    assert (
        services["web"]["depends_on"]["database-users"] == done
        and "database-users" not in services["mailer"]["depends_on"]
    )
    assert services["web"]["environment"]["SPRING_DATASOURCE_USERNAME"] == "collections__web"
    assert {services[name]["environment"]["SPRING_DATASOURCE_USERNAME"] for name in ("mailer", "release")} == {"sa"}
    assert services["database-users"]["environment"]["USER_WEB_WRITES"] == "payments,accounts"


@pytest.mark.parametrize("stores", [{}, {"database": {"engine": "oracle", "version": "19c", "database": "ORCL"}}])
def test_where_no_user_can_be_made_the_plan_is_refused(catalog: Catalog, stores: dict[str, Any]) -> None:
    plan = with_users(datastores=stores, migration=None, environment={})
    with pytest.raises(BadInputError, match="database_user"):
        templates_of(plan, catalog)
    with pytest.raises(BadInputError, match="database_user"):
        project(plan)


def test_without_such_users_there_is_nothing_to_run() -> None:
    assert project(COLLECTIONS)["services"].keys() == project(with_users())["services"].keys() - {"database-users"}
