"""Reads a dump from a stream of bytes, piece by piece, into a `Schema`."""

import codecs
import re
from collections.abc import Callable
from typing import BinaryIO

from toolkit.errors import BadInputError
from toolkit.facts.engines import dialect
from toolkit.inventory.source_tree import legacy_encoding
from toolkit.migrate.ddl import DdlReader
from toolkit.migrate.dialects import DIALECTS
from toolkit.migrate.schema import Schema
from toolkit.migrate.statements import Statements

PIECE_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
# Formats that only their own program can turn into a script, by their first bytes.
_BINARY = (
    (b"PGDMP", "an archive of pg_dump", "pg_restore --schema-only --file schema.sql ARCHIVE"),
    (b"TAPE", "a backup of SQL Server", "restore it, and let SSMS generate a script of the database"),
    (b"PK\x03\x04", "a zip archive", "unpack it; of a .bacpac, let SSMS generate a script of the database"),
    (b"\x1f\x8b", "compressed with gzip", "gunzip it"),
    (b"BZh", "compressed with bzip2", "bunzip2 it"),
    (b"\xfd7zXZ", "compressed with xz", "unxz it"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "unzstd it"),
)
_SIGNS = (
    ("mysql", re.compile(r"^-- (?:MySQL|MariaDB) dump|^/\*M?!\d{5}|ENGINE\s*=\s*(?:InnoDB|MyISAM)", re.MULTILINE)),
    ("postgres", re.compile(r"^-- PostgreSQL database|pg_catalog\.|\bCHARACTER VARYING\b|^\\connect", re.M | re.I)),
    ("oracle", re.compile(r"\bVARCHAR2\b|^--\s+DDL for|^-- new object type path|\bNUMBER\(\d+,\s?\d+\)|^REM\b", re.M)),
    ("sqlserver", re.compile(r"^GO\s*$|\bN?VARCHAR\(MAX\)|\bIDENTITY\s?\(\d+,\s?\d+\)|\[dbo\]\.", re.M | re.I)),
)
_VERSION = re.compile(r"^-- (?:Server version\s+|Dumped from database version )(\d[\w.\-]*)", re.MULTILINE)
_DATABASE = re.compile(r"^-- Host: .*Database: (\S+)", re.MULTILINE)


def read_dump(
    stream: BinaryIO,
    *,
    engine: str = "",
    expected: str = "",
    name: str = "dump",
    progress: Callable[[int], None] = lambda _: None,
) -> Schema:
    """The schema that a dump of this engine describes; without one, of the engine that its text shows, or is expected.

    `progress` is told the bytes of each piece. Raises BadInputError for a binary format and an engine that is not known.
    """
    head = stream.read(_HEAD_BYTES)
    _refuse_binary(head, name)
    decoder = codecs.getincrementaldecoder(_encoding(head))(errors="replace")
    text = _plain(decoder.decode(head))
    shown = engine_of(text)
    engine, expected = dialect(engine), dialect(expected)
    if expected and shown and not engine and shown != expected:
        raise BadInputError(
            f"the dump is of {shown}, not of {expected}",
            where=name,
            to_do="give the dump of the database that is migrated, or set migration.source_engine in replatform.yaml",
        )
    engine = engine or shown or expected
    if engine not in DIALECTS:
        raise BadInputError(
            f"no dump of {engine} can be read" if engine else "the dump does not show its engine",
            where=name,
            to_do=f"name it: --engine {'|'.join(sorted(DIALECTS))}",
        )
    database = _DATABASE.search(text)
    reader = DdlReader(engine, database[1] if database and engine == "mysql" else "")
    version = _VERSION.search(text)
    reader.schema.version = version[1] if version else ""
    statements = Statements(DIALECTS[engine])
    progress(len(head))
    while True:
        for statement in statements.feed(text):
            reader.read(statement)
        piece = stream.read(PIECE_BYTES)
        if not piece:
            break
        progress(len(piece))
        text = _plain(decoder.decode(piece))
    for statement in (*statements.feed(_plain(decoder.decode(b"", final=True))), *statements.close()):
        reader.read(statement)
    schema = reader.schema
    if statements.open_since:
        schema.notes.append(f"a quote or comment opens at line {statements.open_since} and is never closed")
    if schema.skipped:
        schema.notes.append(f"{schema.skipped} CREATE statements could not be read")
    return schema


def engine_of(text: str) -> str:
    """The engine that wrote a script, by its header and its ways; empty when nothing shows it."""
    return next((engine for engine, sign in _SIGNS if sign.search(text)), "")


def _plain(text: str) -> str:
    return text.replace("\r", "")


def _refuse_binary(head: bytes, name: str) -> None:
    for start, what, to_do in _BINARY:
        if head.startswith(start):
            raise BadInputError(f"the dump is {what}, not a script", where=name, to_do=to_do)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")) and not _is_wide(head):
        raise BadInputError(
            "the dump is binary, not a script",
            where=name,
            to_do="of Oracle Data Pump: impdp ... SQLFILE=schema.sql writes the script",
        )


def _is_wide(head: bytes) -> bool:
    """UTF-16 without a byte order mark: in a script, every second byte of most characters is zero."""
    return head[1::2].count(0) > len(head) // 4


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if _is_wide(head):
        return "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return legacy_encoding(head)
    return "utf-8-sig"
