"""Tables that a statement of SQL or JPQL reads and writes."""

import re

from toolkit.migrate.tokens import Cursor, tokenize

LONGEST = 20_000  # characters; longer texts are scripts, not statements
# What tells a statement from a sentence that begins with its verb: "update the order".
_STATEMENT = re.compile(
    r"\s*\(?\s*(?:(?:SELECT|WITH)\s.*\bFROM\b|FROM\s+\w|(?:INSERT|REPLACE|MERGE)\s.*\bINTO\s|UPDATE\s.*\bSET\s"
    r"|DELETE\s+(?:FROM\s|.*\b(?:WHERE|FROM)\s)|TRUNCATE\s+TABLE\s)",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"[^\W\d][\w$#]*")
_FUNCTIONS = ("EXTRACT", "TRIM", "SUBSTRING", "OVERLAY", "POSITION")
_NO_ALIAS = frozenset(
    [
        "WHERE",
        "JOIN",
        "INNER",
        "LEFT",
        "RIGHT",
        "FULL",
        "CROSS",
        "ON",
        "HAVING",
        "LIMIT",
        "UNION",
        "SET",
        "VALUES",
        "SELECT",
        "FROM",
        "USING",
        "FETCH",
        "FOR",
        "AS",
        "WITH",
        "NATURAL",
        "OFFSET",
        "WHEN",
        "OUTER",
        "RETURNING",
        "DEFAULT",
    ]
)


def tables(statement: str) -> dict[str, bool]:
    """The tables by name without schema, as written, and whether each is written; empty for what is no statement."""
    if len(statement) > LONGEST or not _STATEMENT.match(statement):
        return {}
    return _Statement(statement).found


class _Statement:
    def __init__(self, text: str) -> None:
        self.found: dict[str, bool] = {}
        self._hidden: set[str] = set()  # aliases, and names that WITH defines
        self._cursor = Cursor(tokenize(text, "sqlserver"))
        self._read()
        self.found = {name: write for name, write in self.found.items() if name.casefold() not in self._hidden}

    def _read(self) -> None:
        cursor = self._cursor
        before = last = ""
        functions: list[bool] = []
        while not cursor.done:
            token = cursor.next()
            word = token.word
            if word == "(":
                functions.append(last in _FUNCTIONS)
            elif word == ")" and functions:
                functions.pop()
            elif word == "AS" and cursor.peek().word == "(" and before in ("WITH", ","):
                pass
            elif word == "WITH" or (word == "," and cursor.peek(1).word == "AS" and cursor.peek(2).word == "("):
                if cursor.peek(1).word == "AS" or cursor.peek(1).word == "(":
                    self._hidden.add(cursor.peek().name.casefold())
            elif word == "UPDATE" and last not in ("FOR", "KEY", "ON", "THEN"):
                cursor.accept("ONLY")
                self._table(True)
            elif (word == "INTO" and last in ("INSERT", "REPLACE", "MERGE", "IGNORE")) or (
                word == "TABLE" and last == "TRUNCATE"
            ):
                self._table(True)
            elif word == "FROM" and last != "DISTINCT" and not any(functions):
                self._table(last == "DELETE")
                self._more()
            elif word == "DELETE" and cursor.peek().word != "FROM" and last not in ("ON", "THEN"):
                self._table(True)  # JPQL: DELETE Order o
            elif word in ("JOIN", "USING") and cursor.peek().word != "(":
                self._table(False)
                self._more()
            before, last = last, word or token.name

    def _table(self, write: bool) -> None:
        cursor = self._cursor
        if not self._is_name():
            return
        names = cursor.qualified()
        # JPQL's `o.items` is a path from an alias, and the table that it leads to has a statement of its own.
        if names[0].casefold() not in self._hidden or len(names) == 1:
            self.found[names[-1]] = self.found.get(names[-1], False) or write
        cursor.accept("AS")
        if self._is_name():
            alias = cursor.next()
            if alias.name.casefold() != names[-1].casefold():
                self._hidden.add(alias.name.casefold())

    def _more(self) -> None:
        while self._cursor.accept(","):
            self._table(False)

    def _is_name(self) -> bool:
        token, after = self._cursor.peek(), self._cursor.peek(1)
        reserved = token.word in _NO_ALIAS or (token.word in ("ORDER", "GROUP") and after.word == "BY")
        quoted = token.text[:1] in ('"', "[", "`") and not token.word and not set("{}%") & set(token.name)
        return quoted or bool(_NAME.fullmatch(token.name) and not reserved)
