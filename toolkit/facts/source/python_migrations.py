"""Alembic and Flask-Migrate: a database schema that is brought up to date before a release."""

from collections.abc import Iterator

from toolkit.facts.model import Fact, Role
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.project import Project

RULE = "python-migrations"


def read(project: Project) -> Iterator[Fact]:
    if project.has_command(Role.RELEASE, "alembic", "db upgrade", "migrate", "upgrade head"):
        return
    done: set[str] = set()
    for file in project.tree.read_all("alembic.ini"):
        home = project.places.home(file.path)
        if not project.is_code(file.path) or home in done:
            continue
        by_flask = project.depends_on("pypi", "flask-migrate", directory=home)
        if not by_flask and file.directory != home:
            continue  # a folder of its own, which Flask-Migrate makes: without it, nobody says from where to run
        done.add(home)
        # https://flask-migrate.readthedocs.io/en/latest/ and https://alembic.sqlalchemy.org/en/latest/tutorial.html
        argv = ("flask", "db", "upgrade") if by_flask else ("alembic", "upgrade", "head")
        yield conventional(Role.RELEASE, argv, file.at(rule=RULE), home, 0.85)
