"""Engines of relational databases, by their canonical names: which are servers, and which are spoken to alike."""

SERVERS = frozenset({"mariadb", "mysql", "oracle", "postgres", "sqlserver"})


def dialect(engine: str) -> str:
    """The engine whose drivers, addresses and scripts are this one's as well: MariaDB's are those of MySQL."""
    return "mysql" if engine == "mariadb" else engine
