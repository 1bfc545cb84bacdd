"""Path patterns of the frameworks in one spelling: `{name}` one part of a path, `{name...}` the rest, `/` included."""

import re
from itertools import product

from toolkit.facts.model import RouteKind

MAXIMUM_PATH = 2000
_VARIANTS = 16  # of one pattern with optional parts


class Undecided(Exception):  # noqa: N818 (it is an answer, no fault)
    """The path cannot be told without running the application."""


def join(*parts: str) -> str:
    """One path from a prefix and what follows, with one `/` between them and one in front."""
    joined = ""
    for part in parts:
        if part:
            joined = joined.rstrip("/") + "/" + part.lstrip("/") if joined or not part.startswith("/") else part
    joined = joined or "/"
    return joined if joined.startswith("/") else "/" + joined


def kind_of(path: str) -> RouteKind:
    """Whether a route takes one path, all below one, or all there are."""
    if re.fullmatch(r"/?\{\w+\.\.\.\}", path):
        return RouteKind.CATCH_ALL
    return RouteKind.PREFIX if re.search(r"\{\w+\.\.\.\}$", path) else RouteKind.EXACT


def plain(name: str, number: int = 0) -> str:
    """A parameter's name made of letters, digits and underscores."""
    return re.sub(r"\W", "_", name) or f"part{number or ''}"


def below(path: str) -> str:
    """Everything below a path, and itself."""
    return path.rstrip("/") + "/{path...}"


def braces(pattern: str, *, optional: bool = False) -> tuple[str, ...]:
    """`{id}`, `{id:regex}`, `{id?}`, `{path:path}`, `{*rest}`, `{rest:.*}`, `**` and `*`, as most routers have them.

    With `optional`, a part `{id?}` or `{id=1}` may be missing, with the `/` before it. Raises Undecided.
    """
    if "${" in pattern or len(pattern) > MAXIMUM_PATH:
        raise Undecided
    pieces: list[tuple[str, ...]] = []
    position, count = 0, 0
    while position < len(pattern):
        character = pattern[position]
        if character == "{":
            end = _closing(pattern, position)
            pieces.append(_parameter(pattern[position + 1 : end], optional))
            position = end + 1
        elif character == "*":
            run = len(pattern) - position - len(pattern[position:].lstrip("*"))
            count += 1
            pieces.append(("{rest...}" if run > 1 else f"{{any{count if count > 1 else ''}}}",))
            position += run
        else:
            pieces.append((character,))
            position += 1
    return _shortened(_spelled(pieces))


def _closing(pattern: str, start: int) -> int:
    depth = 0
    for position in range(start, len(pattern)):
        depth += {"{": 1, "}": -1}.get(pattern[position], 0)
        if not depth:
            return position
    raise Undecided


def _parameter(inner: str, optional: bool) -> tuple[str, ...]:
    name, _, condition = inner.partition(":")
    rest = inner.startswith("*") or name.endswith("...") or condition in ("path", ".*", ".+", "path:path")
    may_miss = optional and bool("=" in name or re.search(r"\?\w{0,40}$", inner))
    name = plain(re.split(r"[=?<]", name.strip("*. $"))[0].strip())
    if rest:
        return (f"{{{name}...}}",)
    return (f"{{{name}}}", "") if may_miss else (f"{{{name}}}",)


def _spelled(pieces: list[tuple[str, ...]]) -> tuple[str, ...]:
    count = 1
    for piece in pieces:
        count *= len(piece)
        if count > _VARIANTS:
            raise Undecided
    return tuple(dict.fromkeys("".join(choice) for choice in product(*pieces)))


def _shortened(found: tuple[str, ...]) -> tuple[str, ...]:
    """Where parts may be missing, without the `/` that stood before them."""
    if len(found) == 1:
        return found
    return tuple(dict.fromkeys(re.sub(r"//+", "/", path).rstrip("/") or "/" for path in found))


def colons(pattern: str) -> tuple[str, ...]:
    """`:id`, `:id?`, `:id(\\d+)`, `*`, `*rest` and `(optional)`: Express, Rails, Go's gin and echo. Raises Undecided."""
    if "${" in pattern or "#{" in pattern or len(pattern) > MAXIMUM_PATH:
        raise Undecided
    pieces: list[tuple[str, ...]] = []
    position = 0
    count = 0
    while position < len(pattern):
        rest = pattern[position:]
        if match := re.match(r":(\w+)(?:\(((?:[^()\\]|\\.)*+)\))?([?*+]?)", rest):
            name = f"{{{plain(match[1])}}}"
            if match[3] in ("*", "+") or match[2] in (".*", ".+"):
                name = f"{{{plain(match[1])}...}}"
            pieces.append((name, "") if match[3] == "?" else (name,))
        elif match := re.match(r"\(\.:format\)", rest):
            pieces.append(("",))
        elif match := re.match(r"\(((?:[^()]|\([^()]*\))*+)\)\??", rest):
            inner = match[1]
            pieces.append(("{rest...}",) if inner in (".*", "*", ".+") else ("", *colons(inner)))
        elif match := re.match(r"\{\*?(\w+)\}|\*(\w*)", rest):
            count += 1
            pieces.append((f"{{{match[1] or match[2] or 'rest' + (str(count) if count > 1 else '')}...}}",))
        elif match := re.match(r"\{([^{}]*)\}", rest):  # of Express 5
            pieces.append(("", *colons(match[1])))
        elif match := re.match(r"([\w/~-])\?", rest):  # a letter that may be missing
            pieces.append((match[1], ""))
        else:
            match = re.match(r"\\?(.)", rest, re.DOTALL)
            assert match
            pieces.append((match[1],))
        position += match.end()
    return _shortened(_spelled(pieces))


def angles(pattern: str) -> str:
    """`<id>`, `<int:id>`, `<path:rest>`: Django and Flask."""
    return re.sub(
        r"<(?:(\w+)(?:\([^()]{0,200}\))?:)?(\w+)>",
        lambda match: f"{{{match[2]}...}}" if match[1] == "path" else f"{{{match[2]}}}",
        pattern,
    )


def regex(pattern: str, *, whole: bool = True) -> tuple[str, ...]:
    """A regular expression as a path, anchored in front; without `$` everything below belongs to it when it is `whole`
    (not the beginning that a list of further patterns is included below). Raises Undecided where it is too free."""
    if len(pattern) > MAXIMUM_PATH:
        raise Undecided
    pattern = re.sub(r"^(?:\(\?[a-zA-Z]+\))?(?:\^|\\A)", "", pattern)
    ended = re.sub(r"(?<!\\)(?:\$|\\Z|\\z)$", "", pattern)
    open_end = whole and ended == pattern
    found = _spelled(list(_pieces(ended)))
    return tuple(path + "{rest...}" if open_end and not path.endswith("...}") else path for path in found)


_ATOM = re.compile(
    r"(?P<group>\()|(?P<set>\[\^?\]?(?:[^\]\\]|\\.)*+\])|(?P<escape>\\.)|(?P<any>\.)|(?P<other>[^|)$^*+?{])", re.DOTALL
)
_TIMES = re.compile(r"[*+]\??|\?\??|\{[\d,]{1,12}\}\??")


def _pieces(pattern: str, depth: int = 0) -> list[tuple[str, ...]]:
    pieces: list[tuple[str, ...]] = []
    position, count = 0, 0
    if depth > 6:
        raise Undecided
    while position < len(pattern):
        match = _ATOM.match(pattern, position)
        if not match:
            raise Undecided
        end = match.end()
        if match["group"]:
            end = _closing_group(pattern, position)
            inner = pattern[position + 1 : end - 1]
            count += 1
            options = _group(inner, count, depth)
        elif match["other"] or (match["escape"] and not re.fullmatch(r"\\[wWdDsSbB]", match[0])):
            options = (match[0][-1],)
        else:
            free = match["any"] or (match["set"] and re.match(r"\[\^(?![^\]]*/)", match[0]))
            options = ("{part...}" if free else "{part}",)
        if times := _TIMES.match(pattern, end):
            end = times.end()
            if times[0][0] == "?":
                options = (*options, "")
            elif len(options) > 1 or not options[0].startswith("{"):
                options = ("{part...}",)
        elif options == ("{part...}",):
            options = ("{part}",)  # one character
        pieces.append(options)
        position = end
    return pieces


def _closing_group(pattern: str, start: int) -> int:
    depth, position, in_set = 0, start, False
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif in_set:
            in_set = character != "]"
        elif character == "[":
            in_set = True
        elif character in "()":
            depth += 1 if character == "(" else -1
            if not depth:
                return position + 1
        position += 1
    raise Undecided


def _group(inner: str, number: int, depth: int) -> tuple[str, ...]:
    named = re.match(r"\?P?<(\w+)>", inner)
    if inner.startswith(("?=", "?!", "?<=", "?<!")):
        return ("",)
    body = inner[named.end() :] if named else inner.removeprefix("?:")
    if inner.startswith("?:") and not named:
        options = [option for part in body.split("|") for option in _spelled(_pieces(part, depth + 1))]
        return tuple(options)
    name = plain(named[1] if named else f"part{number}")
    body = re.sub(r"(?<!\\)\[\^[^\]/]*/[^\]]*\]", "", body)  # anything but `/`
    free = re.search(r"(?<!\\)\.[*+]|(?<!\\)\[\^[^\]]*\][*+]|/", body)
    return (f"{{{name}...}}" if free else f"{{{name}}}",)
