"""`blueprints/variables.yaml`: what environment variables mean by their names."""

import re
from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase

from pydantic import Field

from toolkit.catalog.load import BlueprintFolder, Entry
from toolkit.catalog.stacks import Stack


class VariableNames(Entry):
    sources: tuple[str, ...]
    reviewed: str
    roles: dict[str, tuple[str, ...]]
    pieces: dict[str, tuple[str, ...]]
    engine_words: dict[str, dict[str, str]]
    names: dict[str, str]
    schemes: dict[str, str]
    sqlalchemy_schemes: dict[str, dict[str, str]]
    port: tuple[str, ...]
    bind: tuple[str, ...]
    bind_like: tuple[str, ...]
    generated: tuple[str, ...]
    fixed: dict[str, str]
    of_developers: tuple[str, ...]
    ignored: tuple[str, ...]
    baked_in: tuple[str, ...]
    drivers: dict[str, str] = Field(
        {}, description="Of a stack: variables that name the driver of the chosen database."
    )
    spoken: tuple[str, ...] = Field(
        (), description="Of an application: SQLAlchemy's schemes of the drivers that it has."
    )
    no_addresses: tuple[str, ...] = Field((), description="Of a stack: globs of names that stand for no address.")

    def of_stacks(self, stacks: Iterable[Stack], engine: str) -> "VariableNames":
        """These, with what the applications' frameworks mean by some names; `engine` is the chosen database's."""
        fixed, drivers, others = dict(self.fixed), dict(self.drivers), list(self.no_addresses)
        for stack in stacks:
            fixed |= {name: stack.environment[name] for name in stack.fixed}
            drivers |= {name: known[engine] for name, known in stack.driver_variables.items() if engine in known}
            others += stack.no_addresses
        return self.model_copy(
            update={"fixed": fixed, "drivers": drivers, "no_addresses": tuple(dict.fromkeys(others))}
        )

    def of_libraries(self, libraries: Collection[str], engine: str) -> "VariableNames":
        """These, with the scheme by which SQLAlchemy finds the one driver of the chosen database that is there."""
        known = self.sqlalchemy_schemes.get(engine, {})
        spoken = tuple(scheme for driver, scheme in known.items() if driver in libraries)
        if not spoken or "sqlalchemy" not in libraries or "django" in libraries:
            return self
        return self.model_copy(update={"schemes": self.schemes | {engine: spoken[0]}, "spoken": spoken})

    def of_code(self, pieces: Mapping[str, str]) -> "VariableNames":
        """These, with the piece of the database's connection that the application's own settings take each variable for."""
        return self.model_copy(update={"names": self.names | {n: f"database.{piece}" for n, piece in pieces.items()}})

    def speaks(self, scheme: str) -> bool:
        """Whether the application has a driver for addresses of a scheme, as far as that is known."""
        return not self.spoken or re.sub(r"\+(?:psycopg2|mysqldb)$", "", scheme) in self.spoken

    def listens(self, name: str) -> bool:
        """Whether a name is one of those that may tell where to listen."""
        return name.upper() in self.bind or any(fnmatchcase(name.upper(), pattern) for pattern in self.bind_like)

    def binding(self, name: str) -> tuple[str, str] | None:
        """(role, piece) of a connection that a name stands for: DB_PASSWORD is ("database", "password")."""
        name = name.upper()
        if any(fnmatchcase(name, pattern) for pattern in self.no_addresses):
            return None
        if whole := self.names.get(name):
            role, _, piece = whole.partition(".")
            return role, piece
        best: tuple[int, str, str] | None = None
        for role, prefixes in self.roles.items():
            for prefix in prefixes:
                if name.startswith(prefix + "_") or name == prefix:
                    rest = name[len(prefix) :].lstrip("_")
                    for piece, suffixes in self.pieces.items():
                        if (
                            rest in suffixes
                            or any(rest.endswith("_" + suffix) for suffix in suffixes)
                            or (not rest and piece == "url" and prefix in suffixes)
                        ):
                            found = (len(prefix), role, piece)
                            best = max(best or found, found, key=lambda one: one[0])
        if best is None:
            # APP_DB_HOST, MYAPP_DATABASE_URL: the role may follow the application's name.
            _, _, rest = name.partition("_")
            return (
                self.binding(rest)
                if rest.count("_") and not name.startswith(("MAIL", "SMTP", "EMAIL", "FTP", "SFTP", "LDAP"))
                else None
            )
        return best[1], best[2]


def load_variable_names(folder: BlueprintFolder) -> VariableNames:
    return folder.entry("variables.yaml", VariableNames)
