"""The file that a server of GraphQL writes its schema to each time it starts.

https://docs.nestjs.com/graphql/quick-start#code-first, https://typegraphql.com/docs/emit-schema.html (reviewed 2026-11-22)
"""

import posixpath
import re
from collections.abc import Iterator

from toolkit.facts.model import Origin, WritableFolder
from toolkit.facts.source.project import Project
from toolkit.inventory.paths import joined

RULE = "graphql-schema"
ENDINGS = (".ts", ".js")
FROM_HERE = r"(?:path\.)?(?:join|resolve)\(\s{0,40}(?:process\.cwd\(\)|__dirname(?P<own>))\s{0,40},"
WRITTEN = re.compile(
    rf"\b(?:autoSchemaFile|emitSchemaFile)\s{{0,9}}:\s{{0,40}}(?:{FROM_HERE})?\s{{0,40}}['\"`](?P<path>(?:\./)?[\w@][\w@./-]{{0,150}})['\"`]"
)


def read(project: Project) -> Iterator[WritableFolder]:
    """The file, where the source has it, and its folder; beside code that is compiled nobody knows where it comes to lie."""
    for file in project.code(*ENDINGS):
        match = WRITTEN.search(file.text) if "SchemaFile" in file.text else None
        if match is None or match["own"] is not None:
            continue
        home, place = project.places.home(file.path), file.at(file.line_of(match.start()), rule=RULE)
        path = posixpath.normpath(match["path"])
        folder = posixpath.dirname(path)
        for written in (path, folder) if joined(home, path) in project.tree else (folder,):
            yield WritableFolder(
                path=written or ".", alone=bool(written), evidence=place, origin=Origin.RUNNING, confidence=0.8,
                directory=home,
            )  # fmt: skip
