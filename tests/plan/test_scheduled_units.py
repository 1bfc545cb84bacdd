"""Units that timers of systemd start become scheduled tasks."""

from pathlib import Path

from tests.plan.from_files import DJANGO_WSGI, converted
from toolkit.catalog.catalog import Catalog


def test_what_a_timer_starts_is_a_scheduled_task_and_no_worker(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "manage.py": "from django.core.management import execute_from_command_line\n",
        "requirements.txt": "Django==4.2\n",
        "shop/settings.py": "INSTALLED_APPS = []\n",
        "shop/wsgi.py": DJANGO_WSGI,
        "deploy/shop-mail.service": "[Service]\nExecStart=/srv/shop/venv/bin/python manage.py send_mail\n",
        "deploy/shop-mail.timer": "[Timer]\nOnCalendar=*-*-* 02:30:00\n",
    }
    plan = converted(tmp_path, files, catalog).plan
    jobs = {name: service for name, service in plan.services.items() if service.kind != "web"}
    assert [(job.kind, job.command[-2:], job.schedule) for job in jobs.values()] == [
        ("scheduled", ("manage.py", "send_mail"), "cron(30 2 * * ? *)")
    ]
