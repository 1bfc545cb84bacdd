"""Words of one statement, with a cursor over them."""

import re
from dataclasses import dataclass

_PARTS = r"""
    (?P<space>\s++)
  | (?P<quoted>"(?:[^"]++|"")*+"|`(?:[^`]++|``)*+`{bracket})
  | (?P<string>(?:(?<![\w$])[NnEe])?'(?:[^'\\]++|''|\\.{backslash})*+')
  | (?P<dollar>\$(?P<tag>\w*+)\$.*?\$(?P=tag)\$)
  | (?P<number>\d++(?:\.\d++)?+)
  | (?P<word>[^\W\d][\w$#]*+)
  | (?P<mark>.)
"""
_TOKENS = {
    name: re.compile(_PARTS.format(bracket=bracket, backslash=backslash), re.VERBOSE | re.DOTALL)
    for name, bracket, backslash in (
        ("sqlserver", r"|\[(?:[^\]]++|\]\])*+\]", r"|\\"),
        ("oracle", "", r"|\\"),
        ("mysql", "", ""),
        ("postgres", "", ""),
    )
}


@dataclass(frozen=True, slots=True)
class Token:
    """`word` is upper-case for a bare word or mark, and empty for what is quoted; `name` is what it names."""

    text: str
    word: str
    name: str


def tokenize(text: str, engine: str) -> list[Token]:
    """The tokens of a statement, without white space."""
    found = []
    for match in _TOKENS[engine].finditer(text):
        kind, piece = match.lastgroup, match[0]
        if kind == "space":
            continue
        if kind == "quoted":
            last = piece[-1]
            found.append(Token(piece, "", piece[1:-1].replace(last * 2, last)))
        elif kind in ("string", "tag", "dollar"):
            found.append(Token(piece, "", piece))
        elif kind == "word":
            fold = {"oracle": str.upper, "postgres": str.lower}.get(engine, str)
            found.append(Token(piece, piece.upper(), fold(piece)))
        else:
            found.append(Token(piece, piece, piece))
    return found


class Cursor:
    """Reads tokens in order; past the end it gives empty ones."""

    _NONE = Token("", "", "")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0

    @property
    def done(self) -> bool:
        return self.place >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else self._NONE

    def next(self) -> Token:
        token = self.peek()
        self.place += 1
        return token

    def accept(self, *words: str) -> bool:
        """Takes these words, all of them or none."""
        if all(self.peek(number).word == word for number, word in enumerate(words)):
            self.place += len(words)
            return True
        return False

    def until(self, *words: str) -> list[Token]:
        """The tokens before one of these words, outside of parentheses; that word is not taken."""
        start = self.place
        while not self.done and self.peek().word not in words:
            if self.peek().word == "(":
                self.group()
            else:
                self.place += 1
        return self.tokens[start : self.place]

    def group(self) -> list[Token]:
        """The tokens inside of the parentheses that open here; of those that are never closed, all that follow."""
        if self.peek().word != "(":
            return []
        start, depth = self.place + 1, 0
        while not self.done:
            word = self.next().word
            depth += {"(": 1, ")": -1}.get(word, 0)
            if depth == 0:
                return self.tokens[start : self.place - 1]
        return self.tokens[start:]

    def qualified(self) -> tuple[str, ...]:
        """A name with what it is qualified by: database, schema, name."""
        names = [self.next().name]
        while self.peek().word == "." and self.place + 1 < len(self.tokens):
            self.place += 1
            names.append(self.next().name)
        return tuple(names)


def split(tokens: list[Token]) -> list[list[Token]]:
    """The items of a list, at the commas outside of parentheses."""
    items: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.word, 0)
        if token.word == "," and depth == 0:
            items.append([])
        else:
            items[-1].append(token)
    return [item for item in items if item]
