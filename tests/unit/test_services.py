"""Which processes an application has, from files of it."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.facts.gather import gather
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.model import Planned
from toolkit.plan.planning import plan_application, settled


def planned(folder: Path, catalog: Catalog, **files: str) -> Planned:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    tree = SourceTree.open(folder)
    return plan_application("shop", tree, gather(tree, catalog), catalog)


FLASK = {
    "requirements_DOT_txt": "flask==3.0.3\ngunicorn==23.0.0\nrq==1.16.2\nredis==5.0.8\n",
    "app_DOT_py": "from flask import Flask\napp = Flask(__name__)\n",
}


def test_a_script_that_starts_two_processes_is_two_services(tmp_path: Path, catalog: Catalog) -> None:
    script = "#!/bin/bash\ngunicorn app:app --daemon\nexec python worker.py\n"
    plan = planned(
        tmp_path, catalog, **FLASK, Procfile="web: sh start.sh\n", start_DOT_sh=script, worker_DOT_py=""
    ).plan
    assert {name: (service.kind, service.argv) for name, service in plan.services.items()} == {
        "web": ("web", ("gunicorn", "--bind", "0.0.0.0:8000", "app:app")),
        "worker": ("worker", ("python", "worker.py")),
    }


def test_a_worker_that_only_the_compose_file_tells_is_one(tmp_path: Path, catalog: Catalog) -> None:
    compose = "services:\n  web:\n    build: .\n    command: gunicorn app:app\n  jobs:\n    build: .\n    command: rq worker\n"
    plan = planned(tmp_path, catalog, **FLASK, Procfile="web: gunicorn app:app\n", docker_compose_DOT_yml=compose).plan
    assert list(plan.services) == ["web"]  # no file of this name is read
    (tmp_path / "docker_compose.yml").rename(tmp_path / "docker-compose.yml")
    plan = planned(tmp_path, catalog).plan
    assert {name: service.argv for name, service in plan.services.items()} == {
        "web": ("gunicorn", "--bind", "0.0.0.0:8000", "app:app"),
        "jobs": ("rq", "worker"),
    }


def test_a_script_that_sets_up_the_host_is_no_service(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Deploy\n\nPrepare the host:\n\n    ./script/install/ubuntu\n\nThen start it:\n\n    gunicorn app:app\n"
    plan = planned(tmp_path, catalog, **FLASK, README_DOT_md=readme, script__install__ubuntu="#!/bin/sh\n").plan
    assert {name: service.argv[0] for name, service in plan.services.items()} == {"web": "gunicorn"}


RAILS = {
    "Gemfile": 'gem "rails", "~> 7.1"\ngem "puma"\ngem "resque"\n',
    "config__application_DOT_rb": "module Shop; end\n",
}


def test_one_worker_told_twice_is_one_and_a_manager_of_versions_is_no_part_of_it(
    tmp_path: Path, catalog: Catalog
) -> None:
    readme = "# Deploy\n\nStart the worker:\n\n    rbenv exec rails resque:work QUEUE=*\n"
    procfile = "web: bundle exec rails server\nworker: QUEUE=* bundle exec rake resque:work\n"
    plug_in = "# Printer\n\nIts web server is `puma`, started so:\n\n    puma\n"
    made = planned(
        tmp_path, catalog, **RAILS, README_DOT_md=readme, Procfile=procfile, plugins__printer__README_DOT_md=plug_in
    )
    assert list(made.plan.services) == ["web", "worker"]
    assert made.plan.services["worker"].argv[:4] == ("bundle", "exec", "rails", "resque:work")
    (start,) = (decision for decision in made.decisions if decision.key == "services.web.command")
    assert [place.path for place in start.evidence] == ["Procfile"]


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
    assert [(service.schedule, service.argv) for service in scheduled] == [
        ("cron(15 3 * * ? *)", ("python", "cleanup.py", "--days", "30"))
    ]
    assert [finding.code for finding in result.findings if "certbot" in finding.message] == ["RP060"]


def test_what_cron_runs_is_no_release_step_and_has_a_name(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Setup\n\nSet it up:\n\n    python setup_status.py --timeout=10\n\n## Cron\n\n```cron\n*/9 * * * * cd /srv/shop && python setup_status.py -s on\n```\n"
    found = planned(tmp_path, catalog, **FLASK, README_DOT_md=readme, setup_status_DOT_py="")
    assert [name for name, one in found.plan.services.items() if one.kind == "scheduled"] == ["setup-status-on"]
    alone = readme.partition("## Cron")[0]
    without = planned(tmp_path / "a", catalog, **FLASK, README_DOT_md=alone, setup_status_DOT_py="")
    assert without.plan.release and not found.plan.release


@pytest.mark.parametrize("variable", ["PORT", "SERVER_PORT"])
def test_the_port_variable_agrees_with_the_port(tmp_path: Path, catalog: Catalog, variable: str) -> None:
    files = {"README_DOT_md": "# Shop\n\nIt listens on port 9000.\n", "_DOT_env_DOT_example": f"{variable}=9000\n"}
    plan = planned(tmp_path, catalog, **FLASK, **files).plan
    assert plan.services["web"].port == 9000
    assert plan.environment[variable].value == "9000"


@pytest.mark.parametrize(
    ("line", "value"),
    [("SHOP_LISTEN_IPV4=127.0.0.1", "0.0.0.0"), ("SHOP_LISTEN_IPV6=::1", "::1"), ("LDAP_BIND_DN=cn=shop", "cn=shop")],
)
def test_what_names_this_host_to_listen_on_names_all_of_the_container_s(
    tmp_path: Path, catalog: Catalog, line: str, value: str
) -> None:
    plan = planned(tmp_path, catalog, **FLASK, _DOT_env_DOT_example=f"{line}\n").plan
    assert plan.environment[line.partition("=")[0]].value == value


def test_a_trap_for_mail_is_no_host_of_production(tmp_path: Path, catalog: Catalog) -> None:
    found = planned(
        tmp_path, catalog, **FLASK, _DOT_env_DOT_example="MAIL_HOST=mailhog\nMAIL_FROM=shop@example.com\n"
    ).findings
    assert [one.message for one in found if one.code == "RP041"] == [
        "MAIL_HOST names mailhog, which exists only on developers' machines"
    ]


def test_settings_of_production_win_over_those_that_developers_are_told(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n    export SHOP_SETTINGS=shop.settings.dev\n    python app.py\n"
    told = {"README_DOT_md": readme, "_DOT_env_DOT_example": "SHOP_SETTINGS=shop.settings.live\n"}
    variable = planned(tmp_path, catalog, **FLASK, **told).plan.environment["SHOP_SETTINGS"]
    assert variable.values and variable.values["production"] == "shop.settings.live"


def test_host_paths_of_files_in_the_tree_lead_into_the_image(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Cron\n\n```cron\n15 3 * * * python /usr/share/shop/jobs/clean.py\n20 3 * * * python -u /usr/share/shop/jobs/clean.py\n```\n"
    plan = planned(tmp_path, catalog, **FLASK, README_DOT_md=readme, jobs__clean_DOT_py="").plan
    assert [service.argv for service in plan.services.values() if service.kind == "scheduled"] == [
        ("python", "/app/jobs/clean.py")
    ]


def test_an_application_of_workers_alone_has_no_web_service(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements_DOT_txt": "boto3==1.35.90\n",
        "worker_DOT_py": "",
        "README_DOT_md": "# Mails\n\n## Worker\n\n```sh\npython worker.py\n```\n",
    }
    unit = "[Service]\nExecStart=/usr/bin/python3 worker.py\n"
    result = planned(tmp_path, catalog, **files, deploy__mail_worker_DOT_service=unit)
    assert {service.kind for service in result.plan.services.values()} == {"worker"}
    assert not [question for question in result.questions if question.default is None]


def test_an_application_of_cron_jobs_alone_has_no_web_service(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Figures\n\n## Cron\n\n```cron\n15 3 * * * cd /srv/figures && python figures.py\n```\n"
    result = planned(
        tmp_path, catalog, requirements_DOT_txt="psycopg==3.2.3\n", README_DOT_md=readme, figures_DOT_py=""
    )
    assert [service.kind for service in result.plan.services.values()] == ["scheduled"]


def test_with_a_port_it_has_one_and_asks_how_it_is_started(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Figures\n\nIt listens on port 9000.\n\n## Cron\n\n```cron\n15 3 * * * cd /srv/figures && python figures.py\n```\n"
    result = planned(
        tmp_path, catalog, requirements_DOT_txt="psycopg==3.2.3\n", README_DOT_md=readme, figures_DOT_py=""
    )
    assert sorted(service.kind for service in result.plan.services.values()) == ["scheduled", "web"]
    assert "services.web.command" in {question.key for question in result.questions}


def test_what_ends_by_itself_before_the_server_is_a_release_step(tmp_path: Path, catalog: Catalog) -> None:
    procfile = "web: flask db upgrade; flask translate compile; gunicorn app:app\n"
    plan = planned(tmp_path, catalog, **FLASK, Procfile=procfile).plan
    assert [service.argv for service in plan.services.values()] == [("gunicorn", "--bind", "0.0.0.0:8000", "app:app")]
    assert plan.release is not None and plan.release.commands == (("flask", "db", "upgrade"),)


def test_one_server_told_by_two_files_is_one_service(tmp_path: Path, catalog: Catalog) -> None:
    supervisor = "[program:shop]\ncommand=/srv/shop/venv/bin/gunicorn -b localhost:8000 -w 4 app:app\n"
    files = {"deployment__supervisor__shop_DOT_conf": supervisor, "Procfile": "web: gunicorn app:app\n"}
    assert list(planned(tmp_path, catalog, **FLASK, **files).plan.services) == ["web"]


def test_programs_of_the_host_and_generators_of_projects_are_no_services(tmp_path: Path, catalog: Catalog) -> None:
    supervisor = (
        "[program:crontab]\ncommand=crond -l 2 -f -c %(ENV_CRON_PATH)s\n[program:shop]\ncommand=gunicorn app:app\n"
    )
    readme = "# Shop\n\nTo start, run:\n\n```sh\nnpx create-shop-app <project-name>\n./scripts/not-here.sh\n```\n"
    plan = planned(tmp_path, catalog, **FLASK, supervisord_DOT_conf=supervisor, README_DOT_md=readme).plan
    assert [service.argv[0] for service in plan.services.values()] == ["gunicorn"]


DJANGO = {
    "requirements_DOT_txt": "django==5.1\ngunicorn==23.0.0\n",
    "manage_DOT_py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop__settings_DOT_py": "WSGI_APPLICATION = 'shop.wsgi.application'\n",
    "shop__wsgi_DOT_py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
}


def test_management_commands_do_not_listen_and_have_names_of_their_own(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\nStart the mail listener:\n\n```sh\n./manage.py smtpd --port 2525\n```\n\nStart the sender:\n\n```sh\n./manage.py sendalerts --loop\n```\n"
    plan = planned(tmp_path, catalog, **DJANGO, README_DOT_md=readme).plan
    kinds = {name: service.kind for name, service in plan.services.items()}
    assert kinds == {"web": "web", "smtpd": "worker", "sendalerts": "worker"}
    assert plan.services["web"].port == 8000


def test_a_step_that_fills_tables_is_warned_of(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n```sh\npython manage.py migrate\npython manage.py loaddata fixtures/demo.json\n```\n"
    result = planned(tmp_path, catalog, **DJANGO, README_DOT_md=readme)
    assert ["loaddata" in finding.message for finding in result.findings if finding.code == "RP054"] == [True]


def test_without_word_of_a_health_address_any_answer_counts(tmp_path: Path, catalog: Catalog) -> None:
    pom = "<project><parent><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version></parent><artifactId>shop</artifactId><version>1</version><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>"
    health = planned(tmp_path, catalog, pom_DOT_xml=pom).plan.services["web"].health
    assert health is not None and (health.path, health.status) == ("/", "200-499")


def test_a_static_site_takes_the_rest_and_the_server_its_api(tmp_path: Path, catalog: Catalog) -> None:
    site = '{"name": "spa", "scripts": {"build": "vite build", "start": "vite"}, "devDependencies": {"vite": "5.0.0"}}'
    readme = "# SPA\n\n```sh\nnode generate.js\n```\n\nIt listens on port 5173.\n"
    plan = planned(tmp_path, catalog, **DJANGO, shop_spa__package_DOT_json=site, shop_spa__README_DOT_md=readme).plan
    assert {name: service.paths for name, service in plan.services.items()} == {
        "app": ("/api/*", "/api"),
        "shop-spa": ("/*",),
    }
    assert plan.services["shop-spa"].command[0] == "nginx"


def test_each_module_listens_where_its_own_settings_say(tmp_path: Path, catalog: Catalog) -> None:
    parent = "<project><groupId>g</groupId><artifactId>shop</artifactId><version>1</version><packaging>pom</packaging><parent><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version></parent><modules><module>one</module><module>two</module></modules></project>"
    module = "<project><parent><groupId>g</groupId><artifactId>shop</artifactId><version>1</version></parent><artifactId>{}</artifactId><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies><build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>"
    main = "@SpringBootApplication public class Main { public static void main(String[] a) { SpringApplication.run(Main.class, a); } }"
    files = {"pom_DOT_xml": parent}
    for name, port in (("one", 8081), ("two", 8082)):
        files[f"{name}__pom_DOT_xml"] = module.format(name)
        files[f"{name}__src__main__java__Main_DOT_java"] = main
        files[f"{name}__src__main__resources__application_DOT_properties"] = f"server.port={port}\n"
    plan = planned(tmp_path, catalog, **files).plan
    assert {name: service.port for name, service in plan.services.items()} == {"one": 8081, "two": 8082}


def test_of_a_procfile_web_alone_gets_requests(tmp_path: Path, catalog: Catalog) -> None:
    procfile = "web: gunicorn app:app\nmail: python mail.py\n"
    plan = planned(tmp_path, catalog, **FLASK, Procfile=procfile, mail_DOT_py="").plan
    assert {name: service.kind for name, service in plan.services.items()} == {"web": "web", "mail": "worker"}


def test_a_masked_secret_in_a_command_is_said(tmp_path: Path, catalog: Catalog) -> None:
    procfile = "web: gunicorn app:app\nmail: python mail.py --password Toga-Birrete77\n"
    draft = planned(tmp_path, catalog, **FLASK, Procfile=procfile, mail_DOT_py="")
    findings = [finding for finding in settled(draft, draft.plan, {}).findings if finding.code == "RP056"]
    assert [finding.evidence[0].path for finding in findings] == ["Procfile"]
    assert "services.mail.command" in findings[0].message


def test_what_the_shell_of_a_host_puts_into_a_variable_is_no_value_of_it(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n```\nexport SHOP_OWNER=$USER SHOP_GROUP=$(id -gn) SHOP_MODE=fast\ngunicorn app:app\n```\n"
    variables = planned(tmp_path, catalog, **FLASK, README_DOT_md=readme).plan.environment
    assert variables["SHOP_MODE"].value == "fast"
    assert "SHOP_OWNER" not in variables and "SHOP_GROUP" not in variables


def test_a_job_at_two_times_of_one_file_runs_at_both(tmp_path: Path, catalog: Catalog) -> None:
    schedule = "every :day, at: %w[5:56am 6:04pm] do\n  rake 'shops:run TASK=import_bank'\nend\n"
    plan = planned(tmp_path, catalog, **RAILS, config__schedule_DOT_rb=schedule).plan
    assert {name: (s.argv[2:], s.schedule) for name, s in plan.services.items() if s.kind == "scheduled"} == {
        "import-bank": (("rake", "shops:run", "TASK=import_bank"), "cron(56 5 * * ? *)"),
        "import-bank-2": (("rake", "shops:run", "TASK=import_bank"), "cron(4 18 * * ? *)"),
    }


def test_a_process_file_s_line_is_the_process_behind_its_steps_without_variables(
    tmp_path: Path, catalog: Catalog
) -> None:
    procfile = (
        "web: bin/upgrade && QUIET=1 bin/web --workers=${WORKERS:-2} --addr=:${PORT}\n"
        "worker: bin/upgrade && bin/work -l ${LEVEL} --name=$NAME $OPTIONS\n"
    )
    scripts = dict.fromkeys(("bin__upgrade", "bin__web", "bin__work"), "#!/usr/bin/env python3\n")
    plan = planned(tmp_path, catalog, **FLASK, **scripts, Procfile=procfile).plan
    assert {name: service.argv for name, service in plan.services.items()} == {
        "web": ("bin/web", "--workers=2", "--addr=:8000"),
        "worker": ("bin/work",),
    }


def test_a_process_file_s_server_counts_more_than_a_readme_s_script(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements_DOT_txt": "streamlit==1.30.0\ndash==2.9.0\n",
        "src__app_DOT_py": "import streamlit\n",
        "src__board_DOT_py": "import dash\napp = dash.Dash()\napp.run_server()\n",
        "src__README_DOT_md": "# Board\n\nStart the board with `python src/board.py`.\n",
        "Procfile": "web: STREAMLIT_SERVER_PORT=$PORT streamlit run src/app.py\n",
    }
    plan = planned(tmp_path, catalog, **files).plan
    options = ("--server.address=0.0.0.0", "--server.port=8000", "--server.headless=true")
    assert plan.services["web"].argv == ("streamlit", "run", *options, "src/app.py")


def test_a_script_named_run_starts_and_demo_data_is_no_step(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Shop\n\n## Installation\n\nCreate the database, then:\n\n```\n./scripts/migration upgrade head\n./scripts/run\n```\n\n"
        "If you want to try it, fill it with `flask lorem`:\n\n```\n$ flask lorem\n$ flask add_fake_data\n```\n"
    )
    scripts = {"scripts__migration": "#!/bin/sh\n", "scripts__run": "#!/bin/sh\n"}
    plan = planned(tmp_path, catalog, **FLASK, **scripts, README_DOT_md=readme, Procfile="web: gunicorn app:app\n").plan
    assert list(plan.services) == ["web"] and plan.services["web"].argv[0] == "gunicorn"
    assert plan.release and plan.release.commands == (("./scripts/migration", "upgrade", "head"),)


UNITS = {
    "deploy__mail_DOT_service": "[Service]\nExecStart=/srv/venv/bin/inv process-mail\n",
    "deploy__feeds_DOT_conf": "[program:feeds]\ncommand=/srv/venv/bin/feeds.py\n[program:styles]\ncommand=build_styles watch\n",
}


@pytest.mark.parametrize("command", ["gunicorn app:app", "flask run"])
def test_what_is_kept_running_beside_a_known_server_is_a_worker(tmp_path: Path, catalog: Catalog, command: str) -> None:
    unit = f"[Service]\nExecStart=/srv/venv/bin/{command}\n"
    plan = planned(tmp_path, catalog, **FLASK, **UNITS, deploy__shop_DOT_service=unit).plan
    kinds = {service.argv: service.kind for service in plan.services.values()}
    assert kinds[("inv", "process-mail")] == kinds[("feeds.py",)] == "worker"
    assert sorted(kinds.values()) == ["web", "worker", "worker"]


def test_a_server_s_configuration_that_only_the_host_has_is_left_out(tmp_path: Path, catalog: Catalog) -> None:
    procfile = "web: gunicorn -c /etc/shop/gunicorn.py app:app\n"
    argv = planned(tmp_path, catalog, **FLASK, Procfile=procfile).plan.services["web"].argv
    assert argv == ("gunicorn", "--bind", "0.0.0.0:8000", "app:app")
    argv = (
        planned(tmp_path, catalog, etc__gunicorn_DOT_py="", Procfile=procfile.replace("/etc/shop", "etc"))
        .plan.services["web"]
        .argv
    )
    assert "etc/gunicorn.py" in argv
