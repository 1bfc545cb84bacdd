"""How each engine writes a script: its quotes, its comments, and what ends a statement."""

import re
from dataclasses import dataclass
from functools import cache
from re import Pattern

_DOUBLED = r"'[^']*+'"
_ESCAPED = r"'[^'\\]*+(?:\\.[^'\\]*+)*+'"


@dataclass(frozen=True)
class Dialect:
    """Patterns of a script's text, which pass over what does not matter and end with a named group that does.

    All quantifiers are possessive: no input makes them backtrack. `code` is for statements, `head` for an INSERT up to its
    VALUES, `data` for what follows, where a row is one match; `value` finds the values in a row.
    """

    engine: str
    code: Pattern[str]
    head: Pattern[str]
    data: Pattern[str]
    value: Pattern[str]
    # A statement with statements in it: it ends with a line of its own (GO, /), not at a semicolon.
    program: Pattern[str]
    backslash: bool = False  # in a string, \ escapes the quote


# A line that begins a statement: SSMS writes no semicolons, and a program of Oracle cannot have DDL in it.
_BEGIN = r"\n[ \t]*+(?:CREATE|ALTER|INSERT|SET|EXEC|EXECUTE|USE|GRANT|DROP|DECLARE|PRINT)\b"
_GO = r"\n[ \t]*+GO(?:[ \t]++\d++)?[ \t]*+;?[ \t]*+(?=\n|\Z)"
_SLASH = r"\n/[ \t]*+(?=\n|\Z)"
_DELIMITER = r"\nDELIMITER[ \t]++\S{1,16}[ \t]*+(?=\n|\Z)"
_DOLLAR = r"(?<![\w$])\$(?:[^\W\d]\w{0,62}+)?\$"

_MODULE = r"(?:PROC|PROCEDURE|FUNCTION|TRIGGER|VIEW)\b"
_UNIT = r"(?:TRIGGER|PROCEDURE|FUNCTION|PACKAGE|TYPE|LIBRARY|JAVA)\b"
_NEVER = r"(?!)"


def _dialect(
    engine: str, *, string: str, names: str, opens: str, comment: str, program: str = _NEVER, lines: str = _NEVER,
    begin: str = _NEVER, end: str = ";",
) -> Dialect:  # fmt: skip
    flags = re.IGNORECASE | re.DOTALL
    groups = (
        rf"(?P<comment>{comment})|(?P<open>{opens})|(?P<line>{lines})|(?P<begin>{begin})"
        rf"|(?P<end>{re.escape(end)})|(?P<down>\()|(?P<up>\))"
    )
    special = r"'\"`\[\n\-/#;()$*\\q" + re.escape(end[0])
    stop = rf"{comment}|{opens}|{lines}|{begin}|{re.escape(end)}|[()]"
    passed = rf"[^{special}]++|{string}|{names}|(?!{stop})[{special}]"
    passed_in_head = rf"[^{special}v]++|{string}|{names}|(?!{stop}|\bVALUES\b)[{special}v]"
    row = r"\((?:{plain}|\({plain}*+\))*+\)".replace("{plain}", rf"(?:[^{special}]++|{string}|q(?!')|-(?!-)|\n)")
    return Dialect(
        engine,
        re.compile(rf"(?:{passed})*+(?:{groups})", flags),
        re.compile(rf"(?:{passed_in_head})*+(?:{groups}|(?P<values>\bVALUES\b))", flags),
        re.compile(rf"(?:[^{special}]++|(?!{stop})[{special}])*+(?:(?P<row>{row})|(?P<literal>{string}|{names})|{groups})", flags),
        re.compile(rf"{string}|0x[0-9a-f]++", flags),
        re.compile(program, re.IGNORECASE),
        backslash=string == _ESCAPED,
    )  # fmt: skip


SQLSERVER = _dialect(
    "sqlserver",
    string=_DOUBLED,
    names=r'\[[^\]]*+\]|"[^"]*+"',
    opens=r"'|\[|\"|/\*",
    comment=r"--[^\n]*+",
    program=rf"\s*(?:CREATE|ALTER)\s+(?:OR\s+ALTER\s+)?{_MODULE}",
    lines=_GO,
    begin=_BEGIN,
)


@cache
def mysql(delimiter: str = ";") -> Dialect:
    """MySQL and MariaDB; DELIMITER changes what ends a statement, around triggers and procedures.

    What stands in conditional comments is executed, so that their marks alone are passed over; -- begins a comment only
    before white space. https://dev.mysql.com/doc/refman/8.4/en/comments.html
    """
    return _dialect(
        "mysql",
        string=_ESCAPED,
        names=r'`[^`]*+`|"[^"\\]*+(?:\\.[^"\\]*+)*+"',
        opens=r"'|`|\"|/\*(?!M?!)",
        comment=r"--(?=\s|\Z)[^\n]*+|\#[^\n]*+|/\*M?!\d{0,6}+|\*/",
        lines=_DELIMITER,
        end=delimiter,
    )


# psql's own commands (\connect, \restrict) stand on lines of their own.
POSTGRES = _dialect(
    "postgres",
    string=rf"(?<=E){_ESCAPED}|(?<!E){_DOUBLED}",
    names=r'"[^"]*+"',
    opens=rf"'|\"|/\*|{_DOLLAR}",
    comment=r"--[^\n]*+|\n\\[^\n]*+",
)
ORACLE = _dialect(
    "oracle",
    string=_DOUBLED,
    names=r'"[^"]*+"',
    opens=r"(?<![a-mo-z0-9_])q'\S|'|\"|/\*",
    comment=r"--[^\n]*+|\n(?:REM|PROMPT)\b[^\n]*+",
    program=rf"\s*(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:NON)?EDITIONABLE\s+)?{_UNIT}|BEGIN\b|DECLARE\b)",
    lines=_SLASH,
    begin=_BEGIN,
)
DIALECTS = {"sqlserver": SQLSERVER, "mysql": mysql(), "postgres": POSTGRES, "oracle": ORACLE}
