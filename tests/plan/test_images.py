"""Which images are planned from a tree and the facts about it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit.catalog.dependencies import NativeLibrary
from toolkit.catalog.load import BlueprintFolder
from toolkit.catalog.load_stacks import load_stacks
from toolkit.facts.model import (
    Command,
    Datastore,
    Dependency,
    EntryPoint,
    EnvironmentVariable,
    Fact,
    Facts,
    Origin,
    Role,
    Runtime,
    SystemPackage,
    WritableFolder,
)
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.images.images import PlannedImages, plan_images

STACKS = load_stacks(BlueprintFolder())
NATIVE = {
    ("pypi", "psycopg2"): (
        NativeLibrary(
            ecosystem="pypi",
            name="psycopg2",
            build=("gcc", "libpq-dev"),
            runtime=("libpq5",),
            prebuilt="never",
            sources=(),
        ),
    ),
    ("pypi", "pyodbc"): (
        NativeLibrary(
            ecosystem="pypi",
            name="pyodbc",
            build=("unixodbc-dev",),
            prebuilt="current",
            prebuilt_runtime=("unixodbc",),
            sources=(),
        ),
    ),
}


def planned(folder: Path, files: Mapping[str, str], *facts: Fact) -> PlannedImages:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return plan_images(SourceTree.open(folder), Facts(facts), STACKS, NATIVE)


def dependency(
    name: str, version: str | None = None, path: str = "requirements.txt", ecosystem: str = "pypi", **more: object
) -> Dependency:
    constraint = more.pop("constraint", f"=={version}" if version else "")
    directory = path.rpartition("/")[0]
    place = Evidence(path, 1, 1)
    return Dependency(
        evidence=place,
        origin=Origin.RUNNING,
        name=name,
        ecosystem=ecosystem,
        version=version,
        constraint=str(constraint),
        directory=directory,
        **more,
    )  # type: ignore[arg-type]


def npm(name: str, constraint: str, path: str = "package.json", **more: object) -> Dependency:
    return dependency(name, None, path, "npm", constraint=constraint, **more)


def entry(kind: str, value: str, path: str = "app.py", detail: str = "", directory: str = "") -> EntryPoint:
    return EntryPoint(
        evidence=Evidence(path, 1, 1), origin=Origin.RUNNING, kind=kind, value=value, detail=detail, directory=directory
    )


def runtime(name: str, version: str, path: str = "README.md", constraint: str = "") -> Runtime:
    origin = Origin.README if path == "README.md" else Origin.RUNNING
    return Runtime(evidence=Evidence(path, 3, 3), origin=origin, name=name, version=version, constraint=constraint)


def command(text: str, role: Role, line: int = 9) -> Command:
    return Command(
        evidence=Evidence("README.md", line, line), origin=Origin.README, text=text, argv=tuple(text.split()), role=role
    )


DJANGO = {"manage.py": "", "requirements.txt": "Django==4.2\n", "demo/wsgi.py": ""}
DJANGO_FACTS = (
    dependency("Django", "4.2"),
    entry("wsgi", "demo.wsgi:application", "demo/wsgi.py"),
    entry("django_settings", "demo.settings", "manage.py"),
)


def why(images: PlannedImages, key: str) -> str:
    return next(decision.because for decision in images.decisions if decision.key == key)


def test_a_django_application(tmp_path: Path) -> None:
    images = planned(tmp_path, DJANGO, *DJANGO_FACTS, runtime("python", "3.11"))
    image = images.images["app"]
    assert (image.stack, image.version, image.build_image, image.runtime_image) == (
        "python-django", "3.11", "python:3.11-bookworm", "python:3.11-slim-bookworm",
    )  # fmt: skip
    assert image.copy_first == ("requirements.txt",)
    assert image.install == (
        ("pip", "install", "--no-cache-dir", "--requirement", "requirements.txt"),
        ("pip", "install", "--no-cache-dir", "gunicorn==23.0.0"),
    )
    assert images.entry_points["app"]["wsgi"] == "demo.wsgi:application"
    assert image.build == ()
    assert {d.key for d in images.decisions} >= {
        "images.app.stack",
        "images.app.version",
        "images.app.install",
        "images.app.server",
    }


def test_the_server_is_not_added_where_it_is_listed_and_follows_the_start_command(tmp_path: Path) -> None:
    listed = planned(tmp_path / "one", DJANGO, *DJANGO_FACTS, dependency("gunicorn", "20.1.0"))
    assert len(listed.images["app"].install) == 1
    start = command("/srv/demo/venv/bin/waitress-serve --port 8000 demo.wsgi:application", Role.START)
    told = planned(tmp_path / "two", DJANGO, *DJANGO_FACTS, start)
    assert told.images["app"].install[1] == ("pip", "install", "--no-cache-dir", "waitress==3.0.2")
    assert next(d for d in told.decisions if d.key == "images.app.server").evidence == (start.evidence,)


def test_the_server_of_a_group_that_is_not_installed_is_added_as_pinned_there(tmp_path: Path) -> None:
    unit = replace(command("/srv/venv/bin/gunicorn shop:app", Role.START), directory="/srv/shop", origin=Origin.RUNNING)
    facts = (
        dependency("fastapi", "0.111.0", "backend/pyproject.toml"),
        dependency("gunicorn", "21.2.0", "backend/pyproject.toml", development=True),
        dependency("gunicorn", "21.2.0", "backend/uv.lock"),
        entry("asgi", "shop:app", "backend/shop.py", directory="backend"),
        unit,
    )
    files = {"backend/pyproject.toml": "", "backend/uv.lock": "", "backend/shop.py": ""}
    images = planned(tmp_path, files, *facts)
    assert images.images["app"].install[-1][-1] == "gunicorn==21.2.0"
    assert len(next(d for d in images.decisions if d.key == "images.app.server").evidence) == 2


@pytest.mark.parametrize(
    ("files", "collects"), [({}, True), ({"static/site.css": ""}, False), ({"static/.gitkeep": ""}, True)]
)
def test_static_files_are_collected_where_settings_ask_for_it(
    tmp_path: Path, files: dict[str, str], collects: bool
) -> None:
    secret = EnvironmentVariable(
        evidence=Evidence("demo/settings.py", 4, 4, "python-environment"),
        origin=Origin.RUNNING,
        name="SECRET_KEY",
        secret=True,
    )
    images = planned(
        tmp_path, DJANGO | files, *DJANGO_FACTS, entry("static_root", "static", "demo/settings.py"), secret
    )
    image = images.images["app"]
    assert (image.build == (("python", "manage.py", "collectstatic", "--noinput"),)) is collects
    assert image.build_environment == ({"SECRET_KEY": "unused-in-build"} if collects else {})


def test_the_framework_in_a_folder_below_its_manifest_starts_there(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "src/manage.py": "", "src/demo/wsgi.py": ""}
    images = planned(
        tmp_path,
        files,
        dependency("django", "4.2"),
        entry("wsgi", "demo.wsgi:application", "src/demo/wsgi.py", directory="src"),
    )
    assert (images.images["app"].directory, images.images["app"].workdir) == ("", "src")


def test_one_image_for_each_application_of_a_repository(tmp_path: Path) -> None:
    files = {
        "backend/manage.py": "", "backend/requirements.txt": "", "frontend/package.json": "{}", "frontend/package-lock.json": "{}",
        "docs/package.json": "{}", "README.md": "",
    }  # fmt: skip
    images = planned(
        tmp_path,
        files,
        dependency("django", "4.2", "backend/requirements.txt"),
        npm("vite", "^5.0.0", "frontend/package.json", development=True),
        npm("vite", "^5.0.0", "docs/package.json"),
        entry("npm_script", "build", "frontend/package.json", "vite build", "frontend"),
    )
    assert {name: (image.stack, image.directory) for name, image in images.images.items()} == {
        "backend": ("python-django", "backend"),
        "frontend": ("node-static", "frontend"),
    }
    assert images.images["frontend"].runtime_image == "nginx:stable"
    assert images.images["frontend"].artifact == "dist"
    assert images.images["frontend"].build == (("npm", "run", "build"),)


def test_a_package_json_beside_a_django_project_is_no_image_of_its_own(tmp_path: Path) -> None:
    images = planned(tmp_path, DJANGO | {"package.json": "{}"}, *DJANGO_FACTS, npm("gulp", "^4.0.0", development=True))
    assert [image.stack for image in images.images.values()] == ["python-django"]


def test_nothing_is_recognised_in_an_empty_folder(tmp_path: Path) -> None:
    assert planned(tmp_path, {"README.md": "Hello"}).images == {}


def test_packages_of_the_distribution(tmp_path: Path) -> None:
    named = [
        SystemPackage(evidence=Evidence("README.md", 7, 7), origin=Origin.README, name=name)
        for name in (
            "postgresql",
            "nginx",
            "libldap2-dev",
            "libpq-dev",
            "poppler-utils",
            "git",
            "python3-venv",
            "bad name",
        )
    ]
    images = planned(
        tmp_path, DJANGO, *DJANGO_FACTS, dependency("psycopg2", "2.9.9"), dependency("pyodbc", "5.1"), *named
    )
    assert images.images["app"].build_packages == ("libldap2-dev",)
    assert images.images["app"].runtime_packages == ("libpq5", "poppler-utils", "unixodbc")


def test_packages_have_the_names_of_the_image(tmp_path: Path) -> None:
    native = {
        ("pypi", "python-ldap"): (
            NativeLibrary(
                ecosystem="pypi", name="python-ldap", runtime=("libldap-2.5-0",), prebuilt="never", sources=()
            ),
        )
    }
    (tmp_path / "manage.py").write_text("", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    for version, package in (("3.6", "libldap-2.4-2"), ("3.11", "libldap-2.5-0"), ("3.14", "libldap2")):
        facts = Facts((*DJANGO_FACTS[1:], dependency("python-ldap", "3.4"), runtime("python", version)))
        images = plan_images(SourceTree.open(tmp_path), facts, STACKS, native)
        assert images.images["app"].runtime_packages == (package,)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("media", ("/app/media",)),
        ("../data", ("/data",)),
        ("/var/log/demo", ("/var/log/demo",)),
        ("/etc/demo", ()),
        ("../../etc", ()),
        ("/", ()),
        ("demo/wsgi.py", ("/app/demo",)),  # a file
    ],
)
def test_writable_folders(tmp_path: Path, path: str, expected: tuple[str, ...]) -> None:
    fact = WritableFolder(evidence=Evidence("demo/settings.py", 5, 5), origin=Origin.RUNNING, path=path)
    assert planned(tmp_path, DJANGO, *DJANGO_FACTS, fact).images["app"].writable == expected


@pytest.mark.parametrize(
    ("origin", "servers", "expected"),
    [
        (Origin.RUNNING, (), ("/app",)),
        (Origin.README, (), ("/app",)),
        (Origin.RUNNING, ("postgres",), ("/app",)),  # what the settings fall back on
        (Origin.README, ("postgres",), ()),
    ],
)
def test_sqlite_needs_its_folder(
    tmp_path: Path, origin: Origin, servers: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    settings = Evidence("demo/settings.py", 8, 8)
    stores = [Datastore(evidence=settings, origin=Origin.RUNNING, engine=engine) for engine in servers]
    sqlite = Datastore(evidence=settings, origin=origin, engine="sqlite")
    assert planned(tmp_path, DJANGO, *DJANGO_FACTS, sqlite, *stores).images["app"].owned == expected


EXPRESS = {"package.json": "{}", "server.js": "", "package-lock.json": '{\n  "lockfileVersion": 2,\n'}


def test_folders_that_code_writes_to(tmp_path: Path) -> None:
    code = "fs.writeFileSync('./static/' + name, text)\nmulter({ dest: 'uploads/' })\nfs.mkdirSync(path.join(__dirname, 'cache'))\n"
    images = planned(
        tmp_path,
        EXPRESS | {"lib/store.js": code, "test/x.js": "fs.writeFileSync('/out/a')"},
        npm("express", "^4.18.0"),
        entry("node_script", "server.js"),
    )
    assert images.images["app"].writable == ("/app/static", "/app/uploads", "/app/lib/cache")


def test_planning_twice_gives_the_same(tmp_path: Path) -> None:
    facts = (*DJANGO_FACTS, runtime("python", "3.9"), dependency("psycopg2", "2.9.9"))
    assert planned(tmp_path, DJANGO, *facts) == planned(tmp_path, DJANGO, *facts)


def test_facts_of_another_way_are_not_used(tmp_path: Path) -> None:
    windows = Runtime(
        evidence=Evidence("README.md", 50, 50),
        origin=Origin.README,
        name="python",
        version="3.8",
        alternative="windows",
    )
    assert planned(tmp_path, DJANGO, *DJANGO_FACTS, windows).images["app"].version == "3.11"
