import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firmas.settings")

app = Celery("firmas")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
