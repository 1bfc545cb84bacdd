"""What kind of process a command is: told by the program it runs, else by the name it was given."""

import re

from toolkit.facts.model import ServiceKind

SCHEDULERS = re.compile(
    r"(?i)\b(?:celery\s.{0,200}\bbeat|rqscheduler|clockwork|apscheduler|schedule:work|sidekiq-scheduler)\b"
    r"|^(?:clock|scheduler|beat|cron|celery[-_]?beat)$"
)
WORKERS = re.compile(
    r"(?i)\b(?:celery\s.{0,200}\bworker|rq\s{1,20}worker|rqworker|sidekiq|resque|delayed_job|jobs:work|queue:(?:work|listen)"
    r"|messenger:consume|dramatiq|huey_consumer|qcluster|horizon|process_tasks|arq)\b"
    r"|(?:^|[-_ ])(?:worker|workers|consumer|queue|jobs?|celery|listener|daemon)(?:[-_ 0-9.]|$)"
)
SERVERS = re.compile(
    r"\b(?:gunicorn|uvicorn|uwsgi|puma|unicorn|waitress-serve|hypercorn|daphne|runserver|thin|passenger|rackup|php-fpm"
    r"|artisan serve|rails s|rails server)\b"
)


def kind_of(name: str, text: str) -> ServiceKind:
    """The kind of the process of this name that runs this command."""
    text = text[:1000]
    if SCHEDULERS.search(text):
        return ServiceKind.SCHEDULER
    if SERVERS.search(text):
        return ServiceKind.WEB
    if SCHEDULERS.search(name):
        return ServiceKind.SCHEDULER
    return ServiceKind.WORKER if WORKERS.search(text) or WORKERS.search(name) else ServiceKind.WEB
