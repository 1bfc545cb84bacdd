"""`blueprints/variables.yaml`: what environment variables mean by their names."""

from toolkit.catalog.load import BlueprintFolder, Entry


class VariableNames(Entry):
    sources: tuple[str, ...]
    reviewed: str
    roles: dict[str, tuple[str, ...]]
    pieces: dict[str, tuple[str, ...]]
    names: dict[str, str]
    schemes: dict[str, str]
    port: tuple[str, ...]
    bind: tuple[str, ...]
    generated: tuple[str, ...]
    fixed: dict[str, str]
    ignored: tuple[str, ...]
    baked_in: tuple[str, ...]

    def binding(self, name: str) -> tuple[str, str] | None:
        """(role, piece) of a connection that a name stands for: DB_PASSWORD is ("database", "password")."""
        name = name.upper()
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
