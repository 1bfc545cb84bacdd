"""One unsure line of a README decides nothing by itself: the plan asks, with what was understood as the default."""

import json
from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import converted

CODE = {
    "package.json": '{"name": "shop", "dependencies": {"express": "^4.0.0"}}',
    "app.js": "const app = require('express')();\napp.get('/alive', (q, r) => r.send('ok'));\napp.listen(process.env.PORT);\n",
}
CHECK = "Is it alive?\n\n    curl http://localhost:8900/alive\n"


@pytest.fixture
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """No rule has been measured, so that none is sure."""
    overlay = tmp_path_factory.mktemp("overlay")
    (overlay / "readme").mkdir()
    (overlay / "readme/confidence.yaml").write_text('sources: []\nreviewed: "2026-11-21"\ndefault: 0.75\nrules: {}\n')
    return Catalog(overlay)


def asked(folder: Path, files: dict[str, str], catalog: Catalog) -> dict[str, str | None]:
    made = converted(folder, files, catalog)
    return {question.key: question.default for question in made.planned.questions}


def test_a_port_that_one_check_names_is_asked_about(tmp_path: Path, catalog: Catalog) -> None:
    questions = asked(tmp_path, CODE | {"README.md": f"# Shop\n\nRun `node app.js`.\n\n{CHECK}"}, catalog)
    assert questions["services.web.port"] == "8900"
    # The route is in the code, and the program that starts is there.
    assert "services.web.health.path" not in questions and "services.web.command" not in questions


def test_a_second_line_that_says_the_same_removes_the_doubt(tmp_path: Path, catalog: Catalog) -> None:
    readme = f"# Shop\n\nRun `node app.js`.\n\nThe application listens on port 8900.\n\n{CHECK}"
    assert "services.web.port" not in asked(tmp_path, CODE | {"README.md": readme}, catalog)


@pytest.mark.parametrize(("code", "known"), [("", False), ("const HEALTH = '/health';\n", True)])
def test_a_health_path_is_asked_about_unless_the_code_has_it(
    code: str, known: bool, tmp_path: Path, catalog: Catalog
) -> None:
    readme = "# Shop\n\nRun `node app.js`.\n\nIs it well?\n\n    curl http://localhost:8900/health\n"
    app = CODE["app.js"].replace("/alive", "/things") + code
    questions = asked(tmp_path, CODE | {"app.js": app, "README.md": readme}, catalog)
    assert ("services.web.health.path" not in questions) is known


def test_a_command_is_asked_about_as_the_list_that_the_plan_takes(tmp_path: Path, catalog: Catalog) -> None:
    questions = asked(tmp_path, CODE | {"README.md": "# Shop\n\nRun `node dist/shop.js`.\n"}, catalog)
    assert json.loads(questions["services.web.command"] or "") == ["node", "dist/shop.js"]
