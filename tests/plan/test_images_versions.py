"""The version of the language: ranges, what pins and prose say, and what the dependencies allow."""

from pathlib import Path

import pytest

from toolkit.facts.model import Dependency, Fact, Origin, Runtime
from toolkit.findings import Evidence
from toolkit.plan.versions.versions import admits, is_open, is_within, overlap, satisfies

from .test_images import DJANGO, DJANGO_FACTS, EXPRESS, dependency, entry, npm, planned, runtime


@pytest.mark.parametrize(
    ("constraint", "release", "expected"),
    [
        (">=3.8,<3.12", "3.11", True),
        (">=3.8,<3.12", "3.12", False),
        ("^3.7", "3.13", True),
        ("^3.7", "2.7", False),
        ("17+", "21", True),
        ("17", "21", False),
        (">=20 <21", "22", False),
        ("^8.0.0 || >=10", "9", False),
        ("20.x", "20", True),
        ("3.*", "3.9", True),
        ("~=3.6", "3.9", True),
        ("~=3.6.1", "3.9", False),
        ("8 - 10", "10", True),
        ("3.10 or newer", "3.13", True),
        ("3.7.4", "3.7", True),
        ("2.7, 3.4, 3.5", "3.4", True),
        ("2.7, 3.4, 3.5", "3.6", False),
        ("", "3.6", True),
        ("lts/*", "20", True),
    ],
)
def test_what_a_constraint_admits(constraint: str, release: str, expected: bool) -> None:
    assert admits(constraint, release) is expected


def test_ranges_of_dependencies() -> None:
    assert is_within("1.1.4", "", "<2") and not is_within("2.0", "", "<2")
    assert is_within(None, ">=1.0.2,<2.1.0", ">=2,<2.3"), "the newest that is allowed is what gets installed"
    assert not is_within(None, ">=1.0", "<2") and not is_within(None, "", "<2")
    assert overlap("<2.1", ">=2") and not overlap("<2", ">=2.1")
    assert satisfies("", "1.0") and is_open(">=3.8") and not is_open(">=3.8,<4")


def version(folder: Path, *facts: object) -> str:
    return planned(folder, DJANGO, *DJANGO_FACTS[1:], *facts).images["app"].version  # type: ignore[arg-type]


def test_a_pin_wins_over_the_readme_and_both_are_named(tmp_path: Path) -> None:
    images = planned(
        tmp_path, DJANGO, *DJANGO_FACTS, runtime("python", "3.9"), runtime("python", "3.11.4", ".python-version")
    )
    assert images.images["app"].version == "3.11"
    finding = next(f for f in images.findings if f.code == "RP012")
    assert [place.path for place in finding.evidence] == [".python-version", "README.md"]
    assert "images.app.version" in finding.hint


def test_a_dead_version_is_used_and_said_so(tmp_path: Path) -> None:
    images = planned(tmp_path, DJANGO, dependency("django", "2.2"), *DJANGO_FACTS[1:], runtime("python", "3.7"))
    assert images.images["app"].version == "3.7"
    assert [f.code for f in images.findings] == ["RP025"]


def test_a_version_without_an_image_gives_the_next_one(tmp_path: Path) -> None:
    images = planned(tmp_path, DJANGO, *DJANGO_FACTS[1:], runtime("python", "3.4"))
    assert images.images["app"].version == "3.6"
    assert "RP024" in {f.code for f in images.findings}


def test_what_pinned_dependencies_allow(tmp_path: Path) -> None:
    assert version(tmp_path / "a", dependency("Django", "1.11.29")) == "3.7"
    assert version(tmp_path / "b", dependency("Django", "3.2.25"), dependency("asyncpg", "0.21.0")) == "3.8"
    assert version(tmp_path / "c", dependency("Django", "2.1.2"), dependency("certifi", "2018.8.24")) == "3.6"
    assert (
        version(tmp_path / "d", runtime("python", "3.8", "pyproject.toml", ">=3.8"), dependency("uvloop", "0.14.0"))
        == "3.8"
    )


def test_an_enumeration_that_begins_with_python_2_means_python_3(tmp_path: Path) -> None:
    listed = Runtime(
        evidence=Evidence("setup.py", 4, 4),
        origin=Origin.CONVENTION,
        name="python",
        version="3.6",
        constraint="2.7, 3.5, 3.6",
    )
    assert version(tmp_path, runtime("python", "2.7", constraint="2.7"), listed) == "3.6"


def test_a_python_3_of_which_there_is_no_image_is_no_python_2(tmp_path: Path) -> None:
    older = runtime("python", "3.4", "setup.py", "3.4")
    assert version(tmp_path / "told", runtime("python", "2.7", constraint="2.7"), older) == "3.6"
    assert version(tmp_path / "pinned", runtime("python", "2.7", "runtime.txt"), older) == "2.7"
    assert version(tmp_path / "code", runtime("python", "2.7", "shop/app.py", "<3"), older) == "2.7"


def test_only_python_2_is_what_it_gets(tmp_path: Path) -> None:
    assert version(tmp_path, runtime("python", "2.7")) == "2.7"


def test_nothing_known_is_a_question_with_a_default(tmp_path: Path) -> None:
    images = planned(tmp_path, DJANGO, dependency("django"), *DJANGO_FACTS[1:])
    assert images.images["app"].version == "3.13"
    assert [(q.key, q.default) for q in images.questions] == [("images.app.version", "3.13")]
    assert next(d for d in images.decisions if d.key == "images.app.version").guessed


NODE = (entry("node_script", "server.js"),)


@pytest.mark.parametrize(
    ("facts", "lock", "expected"),
    [
        ((npm("express", "^4.18.0"),), 2, "18"),
        ((npm("typescript", "^3.8.3", development=True),), 1, "12"),
        ((npm("express", "^4.18.0"), npm("bcrypt", "3.0.2")), 2, "24"),
        ((runtime("node", "20", "package.json", ">=20 <21"),), 3, "20"),
        ((runtime("node", "8.1.4", "package.json"),), 1, "8"),
    ],
)
def test_node_by_lock_file_tools_and_engines(tmp_path: Path, facts: tuple, lock: int, expected: str) -> None:  # type: ignore[type-arg]
    files = EXPRESS | {"package-lock.json": f'{{\n  "lockfileVersion": {lock},\n'}
    if any(f.name == "bcrypt" for f in facts if hasattr(f, "name")):
        expected = "12"  # its C++ fits no later one; the lock file's format gives way
        files = {"package.json": "{}", "server.js": ""}
    assert planned(tmp_path, files, *NODE, *facts).images["app"].version == expected


def maven(name: str, version: str) -> Dependency:
    return dependency(name, version, "pom.xml", "maven")


BOOT = "org.springframework.boot:spring-boot"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((maven(BOOT, "2.5.12"), runtime("java", "11", "pom.xml", ">=11")), "11"),
        ((maven(BOOT, "2.5.12"), runtime("java", "1.8", "pom.xml", ">=8")), "8"),
        ((maven(BOOT, "2.5.12"),), "17"),
        ((maven(BOOT, "1.5.9.RELEASE"),), "8"),
        ((maven(BOOT, "3.3.4"),), "21"),
        ((maven(BOOT, "2.7.18"), maven("org.projectlombok:lombok", "1.18.24")), "17"),
        ((maven(BOOT, "2.3.1.RELEASE"), runtime("java", "17", "README.md")), "17"),
    ],
)
def test_java_by_the_level_of_the_compiler_and_what_spring_runs_on(
    tmp_path: Path, facts: tuple[Fact, ...], expected: str
) -> None:
    images = planned(tmp_path, {"pom.xml": "<project/>"}, entry("jar", "target/app.jar", "pom.xml"), *facts)
    assert images.images["app"].version == expected
    contradicted = any(finding.code == "RP012" for finding in images.findings)
    assert contradicted == any(isinstance(fact, Runtime) and fact.evidence.path == "README.md" for fact in facts)


def test_a_war_on_an_old_spring_gets_the_java_of_its_time(tmp_path: Path) -> None:
    facts = (entry("war", "target/app.war", "pom.xml"), maven("org.springframework:spring-webmvc", "4.3.9.RELEASE"))
    assert planned(tmp_path, {"pom.xml": "<project/>"}, *facts).images["app"].version == "8"


@pytest.mark.parametrize(("boot", "task"), [("1.5.2.RELEASE", "assemble"), ("2.7.18", "bootJar")])
@pytest.mark.parametrize("wrapper", [True, False])
def test_gradle_builds_with_the_task_that_spring_boot_has(tmp_path: Path, boot: str, task: str, wrapper: bool) -> None:
    files = {"build.gradle": "", **({"gradlew": ""} if wrapper else {})}
    plugin = dependency(BOOT, boot, "build.gradle", "maven")
    (step,) = planned(tmp_path, files, entry("jar", "build/libs/app.jar", "build.gradle"), plugin).images["app"].build
    assert (step[0], step[-1]) == ("sh" if wrapper else "gradle", task)
