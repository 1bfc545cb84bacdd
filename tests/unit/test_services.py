"""Which processes an application has, from files of it."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.facts.gather import gather
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.model import Planned
from toolkit.plan.planning import plan_application


def planned(folder: Path, catalog: Catalog, **files: str) -> Planned:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    tree = SourceTree.open(folder)
    return plan_application("shop", tree, gather(tree, catalog), catalog)


FLASK = {"requirements_DOT_txt": "flask==3.0.3\ngunicorn==23.0.0\nrq==1.16.2\nredis==5.0.8\n", "app_DOT_py": "from flask import Flask\napp = Flask(__name__)\n"}


def test_a_script_that_starts_two_processes_is_two_services(tmp_path: Path, catalog: Catalog) -> None:
    script = "#!/bin/bash\ngunicorn app:app --daemon\nexec python worker.py\n"
    plan = planned(tmp_path, catalog, **FLASK, Procfile="web: sh start.sh\n", start_DOT_sh=script, worker_DOT_py="").plan
    assert {name: (service.kind, service.argv) for name, service in plan.services.items()} == {
        "web": ("web", ("gunicorn", "--bind", "0.0.0.0:8000", "app:app")),
        "worker": ("worker", ("python", "worker.py")),
    }


def test_processes_of_a_procfile_are_services_and_web_stands_first(tmp_path: Path, catalog: Catalog) -> None:
    procfile = "worker: rq worker high\nclock: python clock.py\nweb: gunicorn app:app -b 0.0.0.0:$PORT\nrelease: flask db upgrade\n"
    plan = planned(tmp_path, catalog, **FLASK, Procfile=procfile, clock_DOT_py="").plan
    assert [(name, service.kind) for name, service in plan.services.items()] == [
        ("web", "web"),
        ("worker", "worker"),
        ("clock", "scheduler"),
    ]
    assert plan.release is not None and plan.release.commands == (("flask", "db", "upgrade"),)


def test_a_server_for_developers_is_replaced_and_it_is_said(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n```sh\npip install -r requirements.txt\nflask run --port 5000\n```\n"
    result = planned(tmp_path, catalog, **FLASK, README_DOT_md=readme)
    assert result.plan.services["web"].command[0] == "gunicorn"
    assert "RP050" in {finding.code for finding in result.findings}


def test_cron_of_the_host_is_a_note_and_of_the_application_a_scheduled_task(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Cron\n\n```cron\n15 3 * * * cd /srv/shop && python cleanup.py --days 30 >> /var/log/c.log 2>&1\n0 4 * * * /usr/bin/certbot renew\n```\n"
    result = planned(tmp_path, catalog, **FLASK, README_DOT_md=readme, cleanup_DOT_py="")
    scheduled = [service for service in result.plan.services.values() if service.kind == "scheduled"]
    assert [(service.schedule, service.argv) for service in scheduled] == [("cron(15 3 * * ? *)", ("python", "cleanup.py", "--days", "30"))]
    assert [finding.code for finding in result.findings if "certbot" in finding.message] == ["RP060"]


@pytest.mark.parametrize("variable", ["PORT", "SERVER_PORT"])
def test_the_port_variable_agrees_with_the_port(tmp_path: Path, catalog: Catalog, variable: str) -> None:
    files = {"README_DOT_md": "# Shop\n\nIt listens on port 9000.\n", "_DOT_env_DOT_example": f"{variable}=9000\n"}
    plan = planned(tmp_path, catalog, **FLASK, **files).plan
    assert plan.services["web"].port == 9000
    assert plan.environment[variable].value == "9000"


def test_host_paths_of_files_in_the_tree_lead_into_the_image(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Cron\n\n```cron\n15 3 * * * python /usr/share/shop/jobs/clean.py\n20 3 * * * python -u /usr/share/shop/jobs/clean.py\n```\n"
    plan = planned(tmp_path, catalog, **FLASK, README_DOT_md=readme, jobs__clean_DOT_py="").plan
    assert [service.argv for service in plan.services.values() if service.kind == "scheduled"] == [("python", "/app/jobs/clean.py")]
