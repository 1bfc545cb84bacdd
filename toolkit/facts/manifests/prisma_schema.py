"""schema.prisma: the database of an application, and the variable that has its address.

https://www.prisma.io/docs/orm/reference/prisma-schema-reference#datasource (2026-11-22)
"""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.addresses import engine_of_name
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Datastore, EntryPoint, Fact, Origin
from toolkit.inventory.source_tree import SourceFile

FILES = ("*.prisma",)
RULE = "prisma-schema"
_SOURCE = re.compile(r"^datasource[ \t]{1,9}\w{1,60}[ \t]{0,9}\{([^{}]{0,2000})\}", re.MULTILINE)
_PROVIDER = re.compile(r'^[ \t]{0,20}provider[ \t]{0,20}=[ \t]{0,20}\[?"(\w{1,30})"', re.MULTILINE)
_ADDRESS = re.compile(r'^[ \t]{0,20}url[ \t]{0,20}=[ \t]{0,20}env\("(\w{1,128})"\)', re.MULTILINE)


def read(file: SourceFile) -> Iterator[Fact]:
    source = _SOURCE.search(file.text)
    if source is None:
        return
    place = file.at(file.line_of(source.start()), rule=RULE)
    if address := _ADDRESS.search(source[1]):
        line = file.line_of(source.start(1) + address.start(1))
        if fact := variable(address[1], None, file.at(line, rule=RULE)):
            yield fact
    provider = _PROVIDER.search(source[1])
    engine = engine_of_name(provider[1]) if provider else None
    if engine and engine != "sqlite":
        yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING)
        yield EntryPoint(kind="prisma_database", value=file.path, evidence=place, origin=Origin.RUNNING)
    yield EntryPoint(kind="prisma_schema", value=file.path, evidence=place, origin=Origin.RUNNING)
