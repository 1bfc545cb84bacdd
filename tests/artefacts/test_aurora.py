"""Aurora Serverless v2 where the plan asks for it, and what keeps an existing database from being replaced by it."""

import json

import pytest
from pydantic import ValidationError

from tests.artefacts.plans import COLLECTIONS, DATASTORES, PROFILES
from toolkit.artefacts.cloudformation import render_parameters, render_templates
from toolkit.artefacts.templates import declared_parameters
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError
from toolkit.plan.model import Datastore, Plan
from toolkit.stacks.template import read_template


def with_database(**values: object) -> Plan:
    store = Datastore.model_validate({"database": "shop", **values})
    migration = COLLECTIONS.migration
    assert migration
    return COLLECTIONS.model_copy(
        update={
            "datastores": {"database": store},
            "environment": {},
            "migration": migration.model_copy(update={"source_engine": store.engine}),
        }
    )


def stacks(plan: Plan, catalog: Catalog) -> dict[str, dict[str, dict[str, object]]]:
    rendered = render_parameters(plan, catalog.templates, PROFILES, DATASTORES)
    return {artefact.path.rsplit("/", 1)[1].removesuffix(".json"): json.loads(artefact.text) for artefact in rendered}


@pytest.mark.parametrize(
    ("engine", "version", "told"),
    [
        ("postgres", "16", ("aurora-postgresql", "16", "aurora-postgresql16", "aurora-postgresql")),
        ("mysql", "8.0", ("aurora-mysql", "8.0", "aurora-mysql8.0", "aurora")),
    ],
)
def test_it_is_the_database_stack_of_the_environments_that_are_named(
    catalog: Catalog, engine: str, version: str, told: tuple[str, ...]
) -> None:
    plan = with_database(engine=engine, version=version, aurora_serverless=["development"])
    found = stacks(plan, catalog)
    database = found["development"]["database"]
    assert (database["Template"], database["StackName"]) == (
        "cloudformation/aurora.yaml",
        "collections-development-database",
    )
    given = database["Parameters"]
    assert isinstance(given, dict)
    target = found["development"]["migration"]["Parameters"]["TargetEngine"]  # type: ignore[index]
    assert (given["Engine"], given["EngineVersion"], given["ParameterGroupFamily"], target) == told
    needed = {name for name, default in declared_parameters(catalog.templates["aurora"]).items() if not default}
    assert needed <= set(given)
    for environment in ("test", "production"):
        assert found[environment]["database"]["Template"] == "cloudformation/database.yaml"
        assert found[environment]["migration"]["Parameters"]["TargetEngine"] == engine  # type: ignore[index]
    paths = {artefact.path for artefact in render_templates(plan, catalog.templates, DATASTORES)}
    assert {"cloudformation/aurora.yaml", "cloudformation/database.yaml"} <= paths


def test_without_a_word_of_it_nothing_of_it_is_written(catalog: Catalog) -> None:
    plan = with_database(engine="postgres", version="16")
    assert all(found["database"]["Template"].endswith("database.yaml") for found in stacks(plan, catalog).values())  # type: ignore[attr-defined]
    paths = {artefact.path for artefact in render_templates(plan, catalog.templates, DATASTORES)}
    assert "cloudformation/aurora.yaml" not in paths


@pytest.mark.parametrize(("engine", "version"), [("postgres", "12"), ("mysql", "5.7"), ("sqlserver", "2019")])
def test_an_engine_that_aurora_does_not_have_is_refused(catalog: Catalog, engine: str, version: str) -> None:
    with pytest.raises(BadInputError, match="aurora_serverless: not for"):
        stacks(with_database(engine=engine, version=version, aurora_serverless=["test"]), catalog)


def test_production_is_never_aurora_serverless() -> None:
    with pytest.raises(ValidationError, match="aurora_serverless"):
        with_database(engine="postgres", aurora_serverless=["production"])


def test_other_stacks_see_no_difference_and_cloudformation_refuses_to_change_over(catalog: Catalog) -> None:
    """It never makes a resource one of another type, so that a change of the plan alone replaces no database."""
    instance, cluster = (read_template(name, catalog.templates[name]) for name in ("database", "aurora"))
    identity = {"Application": "shop", "Environment": "test"}
    assert instance.exports(identity) == cluster.exports(identity)
    assert instance.resources["Database"]["Type"] != cluster.resources["Database"]["Type"]
