"""Routes of a Django application, run in its own environment: `python django_routes.py project.settings`.

Regular expressions are written as Django's own documentation of an application writes them, with `/?` at the end where
the last `/` may be missing; DEBUG is off, as it is in production.
"""

import os
import re
import sys

sys.path.insert(0, "")
os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1]

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.admindocs.views import simplify_regex  # noqa: E402
from django.urls import get_resolver  # noqa: E402

VERBS = ("get", "post", "put", "patch", "delete")
# A group, or a set of characters beside groups, without further groups in it: `simplify_regex` takes sets for groups.
PART = re.compile(r"\((?:\?P<\w+>)?(?!\?)(?:\[[^\]]*\]|\\.|[^()\[\\])*\)|\[[^\]]*\][*+]?")


def spellings(one):
    """The part of an address that a pattern stands for; the language that `i18n_patterns` puts in front by its name."""
    pattern = getattr(one, "pattern", None)
    if pattern is None:  # before Django 2
        return [one.regex.pattern]
    if type(pattern).__name__ != "LocalePrefixPattern":
        return [str(pattern)]
    return ["<language>/"] if pattern.prefix_default_language else ["<language>/", ""]


def methods(callback):
    """Those that Django REST Framework knows; a view of Django's own may answer any."""
    if getattr(callback, "actions", None):
        return sorted(callback.actions)
    return [one for one in VERBS if hasattr(getattr(callback, "cls", None), one)] or ["any"]


def walk(patterns, before):
    for one in patterns:
        for path in spellings(one):
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, before + path)
                continue
            end = "?" if re.search(r"/\?\$?$", path) else ""
            for method in methods(one.callback):
                if method != "head":
                    spelled = simplify_regex(PART.sub("<part>", before + path)).replace("\\.", ".") + end
                    print(method if method == "any" else method.upper(), spelled)


settings.DEBUG = False
walk(get_resolver().url_patterns, "")
