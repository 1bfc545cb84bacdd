"""Dumps made to hang or to fill memory, and text cut anywhere."""

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.migrate.dialects import DIALECTS
from toolkit.migrate.dump import read_dump
from toolkit.migrate.statements import LONGEST_STATEMENT, Statements

DUMPS = Path(__file__).parent / "dumps"
ENGINES = tuple(DIALECTS)
SIZE = 300_000


def split(engine: str, text: str, size: int) -> list[tuple[object, ...]]:
    statements = Statements(DIALECTS[engine])
    found = [s for at in range(0, len(text), size) for s in statements.feed(text[at : at + size])]
    return [(s.text, s.line, s.rows) for s in (*found, *statements.close())]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "piece",
    ["'", "(", "((('", "['", '"', "`", "/*", "/* /* ", "$a$", "$$", "q'[", "\\", "'\\", "-", "- -", "E'", "0x", "x" * 50,
     "INSERT INTO t VALUES (", "INSERT t VALUES ('", "(1,'a'),", "CREATE TABLE t (", "CREATE TABLE t (a int,", "\nGO", "\n/",
     "\nDELIMITER $$\n", "COPY t FROM stdin;\n", "VALUES(", "a.", ",", "1"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(engine: str, piece: str) -> None:
    text = piece * (SIZE // len(piece))
    started = time.process_time()
    read_dump(io.BytesIO(text.encode()), engine=engine)
    assert time.process_time() - started < 20  # a quadratic reader would take hours


def test_each_delimiter_is_remembered_but_not_each_of_a_million() -> None:
    text = "".join(f"DELIMITER x{number}\n" for number in range(20_000))
    started = time.process_time()
    read_dump(io.BytesIO(text.encode()), engine="mysql")
    assert time.process_time() - started < 10


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_statements_wherever_the_text_is_cut(engine: str) -> None:
    text = (DUMPS / f"{engine}.sql").read_text()
    whole = split(engine, text, len(text))
    assert len(whole) > 3
    for size in (1, 7, 100):
        assert split(engine, text, size) == whole


@pytest.mark.parametrize("engine", ENGINES)
def test_one_giant_line(engine: str) -> None:
    rows = ",".join(f"({number},'it''s; number ({number})')" for number in range(60_000))
    statements = split(engine, f"INSERT INTO t VALUES {rows};", 1 << 16)
    assert [rows for _, _, rows in statements] == [60_000]
    assert all(len(str(text)) <= LONGEST_STATEMENT for text, _, _ in statements)


def test_what_is_never_closed_is_told() -> None:
    schema = read_dump(io.BytesIO(b"CREATE TABLE t (a int);\nINSERT INTO t VALUES ('x);\n"), engine="mysql")
    assert schema.notes == ["a quote or comment opens at line 2 and is never closed"]


@pytest.mark.parametrize("engine", ENGINES)
@given(text=st.text(alphabet="'\"`[]()$;,\\/*-#\n GOEq0xINSERTVALUESCREATBLat", max_size=300))
@settings(max_examples=150)
def test_any_text_is_read(engine: str, text: str) -> None:
    read_dump(io.BytesIO(text.encode()), engine=engine)
    read_dump(io.BytesIO(f"CREATE TABLE t ({text}".encode()), engine=engine)
