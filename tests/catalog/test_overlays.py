"""Blueprints of users, laid over ours."""

from pathlib import Path

import pytest

from tests.plan.from_files import converted
from toolkit.artefacts.compose import render_compose
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BlueprintError

DIGEST = "sha256:" + "0a" * 32
FLASK = {"requirements.txt": "flask==3.0.0\n", "app.py": "from flask import Flask\n\napp = Flask(__name__)\n"}
LOW = """name: low
description: Ours is smaller.
sources:
  - https://example.com/sizes
reviewed: "2026-11-21"
cpu_units: 512
memory_mib: 1024
minimum_count: 1
maximum_count: 2
"""


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / "ours" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder / "ours"


def test_base_images_reach_every_from_and_compose(tmp_path: Path) -> None:
    mirrored = "public.ecr.aws/docker/library/nginx:stable"
    text = f'registry: public.ecr.aws/docker/library\ndigests:\n  "{mirrored}": {DIGEST}\n'
    catalog = Catalog(_write(tmp_path, "base-images.yaml", text))
    made = converted(tmp_path / "app", FLASK, catalog)
    froms = [line for line in made.dockerfile.splitlines() if line.startswith("FROM ")]
    assert len(froms) == 2 and all(line.startswith("FROM public.ecr.aws/docker/library/python:") for line in froms)
    compose = render_compose(made.plan, catalog.datastores, catalog.sizes, catalog.profiles["development"])
    assert f"{mirrored}@{DIGEST}" in compose.text


def test_a_size_and_a_stack_of_ones_own(tmp_path: Path) -> None:
    _write(tmp_path, "sizes/low.yaml", LOW)
    own = (
        "name: firm-flask\ntitle: Flask as we run it\nlanguage: python\nextends: python-flask\nsources: []\n"
        'reviewed: "2026-11-21"\npriority: 999\nrecognise: {dependency: flask}\nport: 9000\n'
    )
    catalog = Catalog(_write(tmp_path, "stacks/firm-flask/stack.yaml", own))
    assert (catalog.sizes["low"].cpu_units, catalog.sizes["medium"].cpu_units) == (512, 1024)
    made = converted(tmp_path / "app", FLASK, catalog)
    assert (made.image.stack, made.plan.services["web"].port) == ("firm-flask", 9000)


@pytest.mark.parametrize(
    ("name", "text", "what", "line"),
    [
        ("sizes/low.yaml", LOW + "cpus: 1\n", "cpus", 10),
        ("profiles/test.yaml", "name: test\ncolour: red\n", "colour", 2),
        ("stacks/own/stack.yaml", "name: own\ntitle: [\n", "not YAML", 3),
        ("base-images.yaml", "registry: docker.io\ndigests:\n  a:1: latest\n", "digests.a:1", 3),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, name: str, text: str, what: str, line: int) -> None:
    catalog = Catalog(_write(tmp_path, name, text))
    with pytest.raises(BlueprintError) as raised:
        converted(tmp_path / "app", FLASK, catalog)
        assert catalog.sizes and catalog.profiles
    assert raised.value.where == f"{tmp_path / 'ours' / name}:{line}"
    assert what in raised.value.what or what in str(raised.value)


def test_a_file_that_nothing_reads_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BlueprintError, match=r"no blueprint has the name size/low\.yaml"):
        Catalog(_write(tmp_path, "size/low.yaml", LOW))
    with pytest.raises(BlueprintError, match="no such folder"):
        Catalog(tmp_path / "missing")
