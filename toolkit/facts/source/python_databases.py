"""Databases that settings of Python name by an address which is put together: `SQLALCHEMY_DATABASE_URI =
"mysql://{}:{}@{}/shop".format(…)`. Of several drivers that a list has, this tells which one is used."""

import ast
import re
from collections.abc import Iterator

from toolkit.facts.manifests.addresses import engine_of_url
from toolkit.facts.model import Datastore, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_environment import alternative
from toolkit.facts.source.python_modules import assigned, text

RULE = "python-database"
# https://flask-sqlalchemy.palletsprojects.com/en/stable/config/ (2026-11-22), and as others call it.
_NAME = re.compile(r"(?:\w{1,40}_)?(?:DATABASE|DB)_UR[IL]")
_OF_SERVERS = frozenset({"mysql", "postgres", "sqlserver", "oracle"})


def read(project: Project) -> Iterator[Datastore]:
    for module in project.python:
        if "DATABASE_UR" not in module.file.text and "DB_UR" not in module.file.text:
            continue
        for node in (node for node in module.nodes if isinstance(node, ast.Assign | ast.AnnAssign)):
            for value in (value for name, value in assigned(node) if _NAME.fullmatch(name)):
                parts = (text(part) or "" for part in ast.walk(value) if isinstance(part, ast.Constant))
                engine = next((found for part in parts if "//" in part and (found := engine_of_url(part))), None)
                if engine in _OF_SERVERS:
                    place = module.file.at(node.lineno, rule=RULE)
                    yield Datastore(
                        engine=engine,
                        evidence=place,
                        origin=Origin.RUNNING,
                        confidence=0.85,
                        alternative=alternative(module),
                    )
