"""Dashboards of Python: what serves them, and where."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import converted

README = "# Board\n\n## Run\n\n```\npip install -r requirements.txt\n{}\n```\n"


@pytest.mark.parametrize(
    ("code", "argv"),
    [
        (
            "import dash\napp = dash.Dash(__name__)\nserver = app.server\n",
            ("gunicorn", "app:server", "--bind", "0.0.0.0:8000"),
        ),
        (
            "from dash import Dash\nfrom flask import Flask\nserver = Flask(__name__)\napp = Dash(server=server)\n",
            ("gunicorn", "app:server", "--bind", "0.0.0.0:8000"),
        ),
        (
            "from dash import Dash\napp = Dash()\nif __name__ == '__main__':\n    app.run_server()\n",
            ("waitress-serve", "--listen=0.0.0.0:8000", "app:app.server"),
        ),
    ],
    ids=["named", "given", "attribute"],
)
def test_a_dash_is_served_by_its_server(tmp_path: Path, catalog: Catalog, code: str, argv: tuple[str, ...]) -> None:
    files = {"requirements.txt": "dash==2.9.0\n", "app.py": code, "README.md": README.format("python app.py")}
    made = converted(tmp_path, files, catalog)
    assert made.plan.services["web"].argv == argv
    assert f"{argv[0].removesuffix('-serve')}==" in made.dockerfile


@pytest.mark.parametrize("command", ["panel serve app.py --show", "bokeh serve app.py", "chainlit run app.py -w"])
def test_servers_of_dashboards_listen_where_they_are_reached(tmp_path: Path, catalog: Catalog, command: str) -> None:
    program = command.split()[0]
    files = {
        "requirements.txt": f"{program}\n",
        "app.py": f"import {program}\n",
        "README.md": README.format(command),
    }
    argv = converted(tmp_path, files, catalog).plan.services["web"].argv
    assert argv[0] == program and argv[-1] == "app.py" and {"--show", "-w", "--watch"}.isdisjoint(argv)
    assert "0.0.0.0" in " ".join(argv) and "8000" in " ".join(argv)


def test_gradio_is_told_by_variables(tmp_path: Path, catalog: Catalog) -> None:
    code = "import gradio\ngradio.Interface(print, 'text', 'text').launch()\n"
    files = {"requirements.txt": "gradio==4.19.0\n", "app.py": code, "README.md": README.format("python app.py")}
    made = converted(tmp_path, files, catalog)
    assert made.image.environment == {"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": "{port}"}
    assert "GRADIO_SERVER_PORT=8000" in made.dockerfile


@pytest.mark.parametrize(("guard", "told"), [("", True), ('if __name__ == "__main__":\n    ', False)])
def test_flask_passes_over_a_server_that_an_import_starts(
    tmp_path: Path, catalog: Catalog, guard: str, told: bool
) -> None:
    code = f"from flask import Flask\napp = Flask(__name__)\n{guard}app.run(debug=True)\n"
    files = {"requirements.txt": "flask==3.0.3\n", "app.py": code, "README.md": README.format("python app.py")}
    made = converted(tmp_path, files, catalog)
    assert made.plan.services["web"].argv[:2] == ("gunicorn", "app:app")
    assert (made.image.environment.get("FLASK_RUN_FROM_CLI") == "true") is told
