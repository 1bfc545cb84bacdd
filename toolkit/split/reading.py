"""Reads the code of an application with every reader there is. Adding a language: a module beside this, one line in READERS."""

from collections.abc import Callable, Collection

from toolkit.facts.source.project import Project
from toolkit.split import java_code, javascript_code, python_code, schema_files
from toolkit.split.code import Code

READERS: tuple[Callable[[Project], Code], ...] = (
    java_code.read,
    python_code.read,
    javascript_code.read,
    schema_files.read,
)


def read(project: Project, without: Collection[str] = ()) -> Code:
    """The code of a tree, that below some folders left out. Of languages without a reader, routes and folders alone count."""
    code = Code()
    for reader in READERS:
        code.join(reader(project))
    others = tuple(f"{folder}/" for folder in without)
    return (
        code.without({name for name, unit in code.units.items() if unit.evidence.path.startswith(others)})
        if others
        else code
    )
