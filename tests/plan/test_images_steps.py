"""The package manager, the dependency layer, what is pruned and what is bounded."""

from pathlib import Path

import pytest

from toolkit.facts.model import Fact, Role

from .test_images import DJANGO, DJANGO_FACTS, EXPRESS, command, dependency, entry, npm, planned, runtime, why

PYTHON = {"manage.py": ""}
FRAMEWORK = DJANGO_FACTS[1:]


@pytest.mark.parametrize(
    ("files", "manager", "copied"),
    [
        ({"requirements.txt": ""}, "pip", ("requirements.txt",)),
        (
            {"requirements.txt": "", "poetry.lock": "", "pyproject.toml": ""},
            "poetry",
            ("pyproject.toml", "poetry.lock"),
        ),
        ({"requirements.txt": "", "Pipfile": "", "Pipfile.lock": ""}, "pipenv", ("Pipfile", "Pipfile.lock")),
        ({"Pipfile": "", "requirements.txt": ""}, "pipenv", ("Pipfile",)),
        ({"uv.lock": "", "pyproject.toml": ""}, "uv", ("pyproject.toml", "uv.lock")),
        ({"pdm.lock": "", "pyproject.toml": ""}, "pdm", ("pyproject.toml", "pdm.lock")),
        ({"setup.py": "import setuptools"}, "setuptools", ()),
    ],
)
def test_python_package_managers(tmp_path: Path, files: dict[str, str], manager: str, copied: tuple[str, ...]) -> None:
    image = planned(tmp_path, PYTHON | files, *FRAMEWORK).images["app"]
    assert (image.package_manager, image.copy_first) == (manager, copied)
    assert bool(image.install) or manager == "setuptools"


def test_requirement_files_that_include_others_are_copied_with_them(tmp_path: Path) -> None:
    files = PYTHON | {
        "requirements/prod.txt": "-r base.txt\n-c ../constraints.txt\n",
        "requirements/base.txt": "Django\n",
        "constraints.txt": "",
    }
    told = command("pip install -r requirements/prod.txt", Role.INSTALL)
    images = planned(tmp_path, files, *FRAMEWORK, told)
    assert images.images["app"].copy_first == ("requirements/prod.txt", "requirements/base.txt", "constraints.txt")
    assert next(d for d in images.decisions if d.key == "images.app.install").evidence == (told.evidence,)


@pytest.mark.parametrize("line", ["-e .", ".", "./libs/own", "-e ./libs/own", "file:libs/own"])
def test_requirements_from_the_source_tree_wait_for_it(tmp_path: Path, line: str) -> None:
    image = planned(tmp_path, PYTHON | {"requirements.txt": f"Django\n{line}\n"}, *FRAMEWORK).images["app"]
    assert image.copy_first == () and image.install == ()
    assert image.install_after_source[0][-1] == "requirements.txt"


def test_requirements_that_include_themselves_end(tmp_path: Path) -> None:
    files = PYTHON | {"requirements.txt": "-r requirements.txt\n-r ../../etc/passwd\n-r missing.txt\n"}
    assert planned(tmp_path, files, *FRAMEWORK).images["app"].copy_first == ("requirements.txt",)


NODE = (entry("node_script", "server.js"), npm("express", "^4.18.0"))


def test_a_lock_file_that_lags_behind_is_not_enforced(tmp_path: Path) -> None:
    locked = dependency("express", "4.17.1", "package-lock.json", "npm")
    images = planned(tmp_path, EXPRESS, *NODE, locked)
    assert images.images["app"].install == (("npm", "install", "--no-audit", "--no-fund"),)
    assert "RP023" in {f.code for f in images.findings}


def test_yarn_takes_what_came_out_since_a_lock_file_that_lags_behind(tmp_path: Path) -> None:
    files = {"package.json": "{}", "server.js": "", "yarn.lock": 'express@4.17.1:\n  version "4.17.1"\n'}
    locked = dependency("express", "4.17.1", "yarn.lock", "npm")
    assert ("yarn", "config", "set", "ignore-engines", "true") in planned(tmp_path, files, *NODE, locked).images[
        "app"
    ].prepare


@pytest.mark.parametrize("name", ["express", "**/express"])
def test_what_resolutions_name_is_locked_otherwise(tmp_path: Path, name: str) -> None:
    files = {
        "package.json": f'{{"resolutions": {{"{name}": "4.17.1"}}}}',
        "yarn.lock": 'express@4.17.1:\n  version "4.17.1"\n',
    }
    images = planned(tmp_path, files, *NODE, dependency("express", "4.17.1", "yarn.lock", "npm"))
    assert images.images["app"].install == (("yarn", "install", "--frozen-lockfile"),)


def test_of_two_lock_files_the_one_that_fits_is_used(tmp_path: Path) -> None:
    old = dependency("express", "4.17.1", "package-lock.json", "npm")
    new = dependency("express", "4.18.2", "yarn.lock", "npm")
    images = planned(tmp_path, EXPRESS | {"yarn.lock": 'express@^4.18.0:\n  version "4.18.2"\n'}, *NODE, old, new)
    assert images.images["app"].package_manager == "yarn"
    assert images.images["app"].install == (("yarn", "install", "--frozen-lockfile"),)
    assert "RP026" in {f.code for f in images.findings}


def test_old_npm_prunes_with_its_own_option(tmp_path: Path) -> None:
    def prune(version: str, *more: Fact) -> tuple[tuple[str, ...], ...]:
        facts = (*NODE, entry("npm_script", "build", "package.json", "webpack"), *more)
        folder = tmp_path / f"{version}-{len(more)}"
        return planned(folder, EXPRESS, *facts, runtime("node", version, "package.json")).images["app"].prune

    tests = npm("mocha", "^8.0.0", development=True)
    assert prune("20", tests) == (("npm", "prune", "--omit=dev"),)
    assert prune("12", tests) == (("npm", "prune", "--production"),)
    assert prune("20") == prune("12") == ()  # no development dependencies, nothing to take away


@pytest.mark.parametrize(
    ("files", "script"),
    [
        ({}, "ts-node src/server.ts"),
        ({"server.js": "require('ts-node/register')\n"}, "node server.js"),
    ],
)
def test_development_dependencies_that_run_stay(tmp_path: Path, files: dict[str, str], script: str) -> None:
    facts = (*NODE, npm("ts-node", "^8.0.0", development=True), entry("npm_script", "start", "package.json", script))
    images = planned(tmp_path, EXPRESS | files, *facts)
    assert images.images["app"].prune == ()
    assert "ts-node" in why(images, "images.app.prune")


@pytest.mark.parametrize(
    ("line", "pruned"),
    [
        ("import * as AWS from 'aws-sdk';", False),
        ("import type { S3 } from 'aws-sdk';", True),
        ("import { Request } from '@types/express';", True),
    ],
)
def test_what_typescript_imports_stays_but_for_types(tmp_path: Path, line: str, pruned: bool) -> None:
    tools = [npm(name, "^2.0.0", development=True) for name in ("aws-sdk", "@types/express")]
    build = entry("npm_script", "build", "package.json", "tsc")
    images = planned(tmp_path, EXPRESS | {"src/files.module.ts": line}, *NODE, build, *tools)
    assert bool(images.images["app"].prune) is pruned


@pytest.mark.parametrize(
    "path", ["jest-setup.ts", "src/setupTests.js", "src/__tests__/cart.js", "stories/cart.stories.js"]
)
def test_what_only_tests_import_goes(tmp_path: Path, path: str) -> None:
    tools = npm("@testing-library/jest-dom", "^5.0.0", development=True)
    build = entry("npm_script", "build", "package.json", "webpack")
    images = planned(tmp_path, EXPRESS | {path: "import '@testing-library/jest-dom';\nrequire('@testing-library/jest-dom')"}, *NODE, build, tools)  # fmt: skip
    assert images.images["app"].prune


def test_a_library_that_loads_another_in_silence_keeps_it(tmp_path: Path) -> None:
    images = planned(tmp_path, EXPRESS | {"config/default.yml": ""}, *NODE, npm("config", "^3.0.1"))
    assert images.images["app"].prune == ()
    assert "js-yaml" in why(images, "images.app.prune")


def test_an_install_that_runs_the_applications_script_waits_for_the_source(tmp_path: Path) -> None:
    script = entry("npm_script", "postinstall", "package.json", "node scripts/prepare.js")
    image = planned(tmp_path, EXPRESS, *NODE, script).images["app"]
    assert image.install == () and image.install_after_source == (("npm", "ci"),)
    harmless = entry("npm_script", "prepare", "package.json", "husky install")
    assert planned(tmp_path, EXPRESS, *NODE, harmless).images["app"].install == (("npm", "ci"),)


def test_bounds_on_what_is_left_open(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "app.py": ""}
    flask = dependency("Flask", None, constraint="<1.2")
    image = planned(tmp_path, files, flask, entry("wsgi", "app:app")).images["app"]
    assert {"Werkzeug<2.1", "Jinja2<3.1", "MarkupSafe<2.1", "itsdangerous<2.1"} <= set(image.constraints)
    pinned = planned(tmp_path, files, flask, dependency("Werkzeug", "0.16.1"), entry("wsgi", "app:app")).images["app"]
    assert not any(line.startswith("Werkzeug") for line in pinned.constraints)


def test_a_bound_on_setuptools_is_met_where_it_is_installed(tmp_path: Path) -> None:
    image = planned(
        tmp_path, DJANGO, *DJANGO_FACTS[1:], dependency("MarkupSafe", "1.0"), runtime("python", "3.7")
    ).images["app"]
    assert "setuptools<46" in image.prepare[1]
    assert image.constraints == ()


SPRING = dependency("org.springframework.boot:spring-boot-starter-web", "3.5.8", "pom.xml", "maven")


def test_maven_keeps_profiles_of_the_operators_and_leaves_tests_out(tmp_path: Path) -> None:
    told = command("mvn -B clean package -Pproduction -Dmaven.test.skip=true -Dapp.env=prod", Role.BUILD)
    jar = entry("jar", "target/app.jar", "pom.xml")
    image = planned(tmp_path, {"pom.xml": ""}, SPRING, jar, told, runtime("java", "17", "pom.xml")).images["app"]
    assert image.build == (("mvn", "--batch-mode", "-DskipTests", "-Pproduction", "-Dapp.env=prod", "package"),)
    assert (image.build_image, image.artifact) == ("maven:3.9-eclipse-temurin-17", "target/app.jar")


def test_one_image_for_each_module_that_runs(tmp_path: Path) -> None:
    files = {"pom.xml": "", "core/pom.xml": "", "api/pom.xml": "", "jobs/pom.xml": ""}
    modules = [entry("module", name, "pom.xml") for name in ("core", "api", "jobs")]
    runnable = [
        fact
        for name in ("api", "jobs")
        for fact in (
            entry("jar", f"target/{name}-1.0.jar", f"{name}/pom.xml", directory=name),
            entry("main_class", "x.App", f"{name}/src/main/java/x/App.java", directory=name),
        )
    ]
    images = planned(tmp_path, files, SPRING, *modules, *runnable).images
    assert {name: (image.directory, image.artifact) for name, image in images.items()} == {
        "api": ("", "api/target/api-1.0.jar"),
        "jobs": ("", "jobs/target/jobs-1.0.jar"),
    }
    assert images["api"].build[0][-4:] == ("-pl", "api", "-am", "package")
    assert images["api"].copy_first == ("pom.xml", "api/pom.xml", "core/pom.xml", "jobs/pom.xml")


def test_a_war_goes_to_the_tomcat_of_its_time(tmp_path: Path) -> None:
    war = entry("war", "target/shop.war", "pom.xml")
    servlet = dependency("javax.servlet:javax.servlet-api", "4.0.1", "pom.xml", "maven")
    old = planned(
        tmp_path, {"pom.xml": ""}, war, servlet, runtime("java", "8", "pom.xml"), entry("context_path", "/shop")
    ).images["app"]
    assert (old.runtime_image, old.context_path) == ("tomcat:9.0-jre8-temurin-jammy", "shop")
    jakarta = dependency("jakarta.servlet:jakarta.servlet-api", "6.0.0", "pom.xml", "maven")
    new = planned(tmp_path, {"pom.xml": ""}, war, jakarta, runtime("java", "17", "pom.xml")).images["app"]
    assert new.runtime_image == "tomcat:10.1-jre17-temurin-jammy"


@pytest.mark.parametrize(
    ("version", "image"),
    [("8", "9.0-jre8-temurin-jammy"), ("11", "9.0-jre11-temurin-jammy"), ("21", "9.0-jre21-temurin-jammy"), ("25", "9.0-jre25-temurin-noble")],
)  # fmt: skip
def test_tomcat_9_runs_on_the_java_that_is_asked_for(tmp_path: Path, version: str, image: str) -> None:
    war = entry("war", "build/libs/shop.war", "build.gradle")
    made = planned(tmp_path, {"build.gradle": ""}, war, runtime("java", version, "build.gradle"))
    assert made.images["app"].runtime_image == f"tomcat:{image}"
    assert made.images["app"].build_image == f"gradle:{'9' if version == '25' else '8'}-jdk{version}"
    assert "RP024" not in {finding.code for finding in made.findings}


def test_php_extensions_and_libraries_that_are_brought_along(tmp_path: Path) -> None:
    files = {"index.php": "", "composer.json": "{}", "vendor/autoload.php": "", "data/.gitkeep": ""}
    facts = [
        dependency(name, None, "composer.json", "composer") for name in ("ext-gd", "ext-json", "ext-redis", "slim/slim")
    ]
    image = planned(
        tmp_path, files, *facts, runtime("php", "7.4", "composer.json", ">=7.4"), entry("document_root", "public")
    ).images["app"]
    assert (image.stack, image.package_manager, image.extensions) == ("php-apache", "", ("gd", "redis"))
    assert (image.version, image.document_root, image.writable) == ("8.2", "public", ("/app/data",))


def test_dependencies_from_git(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "app.py": ""}
    forms = dependency("forms", None, constraint="@ git+ssh://git@github.com/team/forms.git@v1")
    pinned = dependency("letters", None, constraint="@ git+https://git.example.org/letters@1234567")
    images = planned(tmp_path / "python", files, entry("wsgi", "app:app"), forms, pinned)
    told = next(finding for finding in images.findings if finding.code == "RP085")
    assert told.message == (
        "forms, letters from git on git.example.org, github.com, which each build has to reach; no commit pins forms"
    )
    rewrite = ("git", "config", "--system", "--add", "url.https://github.com/.insteadOf", "ssh://git@github.com/")
    assert rewrite in images.images["app"].prepare
    assert not any("git.example.org" in word for step in images.images["app"].prepare for word in step)
    images = planned(tmp_path / "node", EXPRESS, *NODE, npm("letters", "team/letters#1234567"), npm("x", "file:../x"))
    assert [f.severity.name for f in images.findings if f.code == "RP085"] == ["NOTE"]
    assert rewrite in images.images["app"].prepare
    assert not any(f.code == "RP085" for f in planned(tmp_path / "none", EXPRESS, *NODE).findings)
