"""Translations that Babel has to compile, `shop/translations/de/LC_MESSAGES/messages.po`: without the compiled catalogue, which
sources mostly leave out, pages stay untranslated. https://babel.pocoo.org/en/latest/cmdline.html#compile (reviewed 2026-11-22)"""

import posixpath
import re
from collections.abc import Iterator

from toolkit.facts.model import EntryPoint, Origin
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence

RULE = "python-translations"
_CATALOGUE = re.compile(r"((?:\w[\w.-]{0,100}/){0,8}\w[\w.-]{0,100})/[\w@-]{1,20}/LC_MESSAGES/messages\.po")
_LIBRARIES = ("babel", "flask-babel", "flask-babelex")


def read(project: Project) -> Iterator[EntryPoint]:
    seen: set[str] = set()
    for path in project.tree.paths:
        match = _CATALOGUE.fullmatch(path)
        if match is None or f"{path.removesuffix('.po')}.mo" in project.tree or not project.is_code(path):
            continue
        home = project.places.home(path)
        if home in seen or not any(project.depends_on("pypi", name, directory=home) for name in _LIBRARIES):
            continue
        seen.add(home)
        yield EntryPoint(
            kind="babel_catalogues",
            value=posixpath.relpath(match[1], home or "."),
            evidence=Evidence(path, rule=RULE),
            origin=Origin.CONVENTION,
            confidence=0.9,
        )
