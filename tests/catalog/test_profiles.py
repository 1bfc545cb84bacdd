"""Profiles, sizes and datastores: each file loads, says where it is from, and fits the templates."""

import re

import pytest

from toolkit.catalog.load import BlueprintFolder, data_folder, plain_yaml
from toolkit.catalog.profiles import (
    DatastoreBlueprint,
    EngineVersion,
    load_datastores,
    load_fargate_sizes,
    load_profiles,
    load_sizes,
)

FOLDER = BlueprintFolder()
PROFILES = load_profiles(FOLDER)
SIZES = load_sizes(FOLDER)
FARGATE = load_fargate_sizes(FOLDER)
DATASTORES = load_datastores(FOLDER)
# A value may hold the tag of an intrinsic function; only names and constraints matter here.
TEMPLATES = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted(data_folder("cloudformation").glob("*.yaml"))
}
PROCESS_TEMPLATES = ("service", "worker", "scheduled-task", "release-task")
TAG = re.compile(r"(?<![\w\"'])![A-Z]\w*(?:\.\w+)?")


def parameters(template: str) -> dict[str, dict[str, object]]:
    text = re.search(r"^Parameters:\n(?:[ #].*\n|\n)+", TEMPLATES[template], re.MULTILINE)
    found: dict[str, dict[str, object]] = plain_yaml(TAG.sub("", text[0]))["Parameters"] if text else {}
    return found


def accepts(parameter: dict[str, object], value: str) -> bool:
    """Whether CloudFormation would take a value for a parameter."""
    allowed = parameter.get("AllowedValues")
    if isinstance(allowed, list) and value not in [str(item) for item in allowed]:
        return False
    if isinstance(pattern := parameter.get("AllowedPattern"), str) and not re.fullmatch(pattern, value):
        return False
    if parameter["Type"] == "Number":
        return (
            float(str(parameter.get("MinValue", "-inf")))
            <= float(value)
            <= float(str(parameter.get("MaxValue", "inf")))
        )
    return True


@pytest.mark.parametrize("environment", PROFILES)
def test_every_parameter_of_a_profile_exists_in_its_template(environment: str) -> None:
    for template, values in PROFILES[environment].parameters.items():
        declared = parameters(template)
        for name, value in values.items():
            assert name in declared, f"{template} has no parameter {name}"
            assert accepts(declared[name], value), f"{template} does not accept {name}={value}"


@pytest.mark.parametrize("environment", PROFILES)
def test_every_service_parameter_exists_where_the_application_runs(environment: str) -> None:
    declared = [parameters(template) for template in PROCESS_TEMPLATES if template in TEMPLATES]
    for name, value in PROFILES[environment].service_parameters.items():
        assert any(name in template for template in declared)
        assert all(accepts(template[name], value) for template in declared if name in template)


@pytest.mark.parametrize("engine", DATASTORES)
def test_every_parameter_of_a_datastore_exists_in_its_template(engine: str) -> None:
    template = DATASTORES[engine].template
    declared = parameters(template) if template else {}
    for values in DATASTORES[engine].parameters.values():
        for name, value in values.items():
            assert name in declared and accepts(declared[name], value)


def test_profiles_say_the_same_things() -> None:
    """What differs between environments is told in each of them, so that the files can be read side by side."""
    development, test, production = (dict(PROFILES[name].parameters) for name in ("development", "test", "production"))
    assert set(development.pop("aurora")) == set(test.pop("aurora"))  # production never has it
    assert (
        {t: set(values) for t, values in development.items()}
        == {t: set(values) for t, values in test.items()}
        == {t: set(values) for t, values in production.items()}
    )


def test_production_is_different_on_purpose() -> None:
    production, development = PROFILES["production"], PROFILES["development"]
    assert (
        production.parameters["network"]["ZoneCount"] == "3" and development.parameters["network"]["ZoneCount"] == "2"
    )
    assert production.parameters["network"]["NatGateways"] == "per-zone"
    assert (
        production.service_parameters["FargateSpotWeight"] == "0"
        and development.service_parameters["FargateSpotWeight"] != "0"
    )
    assert (
        "OfficeHoursStop" not in production.service_parameters and "OfficeHoursStop" in development.service_parameters
    )
    assert production.count_factor > PROFILES["test"].count_factor > development.count_factor
    assert development.local and production.local is None


@pytest.mark.parametrize("size", SIZES)
def test_fargate_offers_every_size(size: str) -> None:
    assert FARGATE.memory_mib(SIZES[size].cpu_units, SIZES[size].memory_mib) == SIZES[size].memory_mib
    assert 1 <= SIZES[size].minimum_count <= SIZES[size].maximum_count


@pytest.mark.parametrize(
    ("cpu_units", "wanted_mib", "given_mib"),
    [
        (256, 300, 512),
        (256, 513, 1024),
        (256, 2048, 2048),
        (256, 2049, None),
        (1024, 1, 2048),
        (4096, 30720, 30720),
        (8192, 16385, 20480),
        (16384, 122880, 122880),
        (300, 1, None),
    ],
)
def test_fargate_memory(cpu_units: int, wanted_mib: int, given_mib: int | None) -> None:
    assert FARGATE.memory_mib(cpu_units, wanted_mib) == given_mib


@pytest.mark.parametrize(
    ("engine", "wanted", "found"),
    [
        ("sqlserver", "2019", "2019"),
        ("sqlserver", "2008", None),
        ("postgres", "14", "14"),
        ("postgres", "15.4", "15"),
        ("postgres", "9.6", None),
        ("mysql", "8", "8.4"),
        ("mysql", "8.0.36", "8.0"),
        ("mariadb", "10.11.6", "10.11"),
        ("oracle", "19c", "19c"),
        ("oracle", "19", "19c"),
        ("redis", "7.0.11", "7"),
        ("postgres", "", None),
        ("postgres", None, None),
    ],
)
def test_versions_as_readmes_say_them(engine: str, wanted: str | None, found: str | None) -> None:
    version = DATASTORES[engine].version_for(wanted)
    assert (version.version if version else None) == found


VERSIONS = [(blueprint, version) for blueprint in DATASTORES.values() for version in blueprint.versions]


@pytest.mark.parametrize(
    ("blueprint", "version"), VERSIONS, ids=lambda entry: getattr(entry, "engine", getattr(entry, "version", ""))
)
def test_a_version_is_whole(blueprint: DatastoreBlueprint, version: EngineVersion) -> None:
    if blueprint.template:
        assert version.aws_version and version.parameter_group_family
        assert "{" not in blueprint.family_for(version, "")
    if version.end_of_life:
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", version.end_of_life)
    image = version.image or (blueprint.container.image if blueprint.container else "")
    assert re.fullmatch(r"[a-z0-9./-]+:[\w.-]+", image) and not image.endswith("latest")


@pytest.mark.parametrize("engine", DATASTORES)
def test_the_default_version_is_offered(engine: str) -> None:
    blueprint = DATASTORES[engine]
    assert blueprint.role in ("file", "queue") or blueprint.version_for(blueprint.default_version)


@pytest.mark.parametrize(
    ("edition", "engine", "family"),
    [
        ("", "sqlserver-se", "sqlserver-se-15.0"),
        ("express", "sqlserver-ex", "sqlserver-ex-15.0"),
        ("enterprise", "sqlserver-ee", "sqlserver-ee-15.0"),
    ],
)
def test_editions(edition: str, engine: str, family: str) -> None:
    blueprint = DATASTORES["sqlserver"]
    version = blueprint.version_for("2019")
    assert version
    assert (blueprint.engine_for(edition), blueprint.family_for(version, edition)) == (engine, family)


@pytest.mark.parametrize(
    "entry",
    [*PROFILES.values(), *SIZES.values(), *DATASTORES.values(), FARGATE],
    ids=lambda entry: getattr(entry, "name", getattr(entry, "engine", "fargate")),
)
def test_facts_have_sources_and_a_date(entry: object) -> None:
    sources = getattr(entry, "sources")  # noqa: B009
    assert sources and all(source.startswith("https://") for source in sources)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", getattr(entry, "reviewed"))  # noqa: B009
