"""Scripts that create tables: their foreign keys and views, for code that names neither."""

import io
import re

from toolkit.errors import BadInputError
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile
from toolkit.migrate.dump import engine_of, read_dump
from toolkit.split.code import Code

RULE = "schema-file"
_LONGEST = 1 << 20
_MOST_FILES = 200
_TABLE = re.compile(r"\bCREATE\s{1,9}TABLE\b", re.IGNORECASE)
_VIEW = re.compile(
    r"\bCREATE\s{1,9}(?:OR\s{1,9}\w{1,9}\s{1,9})?(?:MATERIALIZED\s{1,9})?VIEW\s{1,9}((?:[\w\"`\[\]]{1,128}\.){0,2}[\w\"`\[\]]{1,128})",
    re.IGNORECASE,
)


def read(project: Project) -> Code:
    code = Code()
    scripts = [path for path in project.tree.paths if path.endswith((".sql", ".ddl")) and project.is_code(path)]
    for path in scripts[:_MOST_FILES]:
        file = project.tree.read(path)
        if file is None or len(file.text) > _LONGEST:
            continue
        code.views |= {match[1].rpartition(".")[2].strip('"`[]').casefold() for match in _VIEW.finditer(file.text)}
        if _TABLE.search(file.text):
            _keys(file, code)
    return code


def _keys(file: SourceFile, code: Code) -> None:
    try:
        schema = read_dump(io.BytesIO(file.text.encode()), engine=engine_of(file.text) or "postgres", name=file.path)
    except BadInputError:
        return
    for table in schema:
        for key in table.foreign_keys:
            pair = table.name.casefold(), key.references[1].casefold()
            if pair[0] != pair[1]:
                code.foreign_keys.setdefault(pair, file.at(table.line or 1, rule=RULE))
