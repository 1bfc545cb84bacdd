"""Two answers to one request, compared: status, the headers that clients act on, and the body.

What differs from one run of the same program to the next is taken out before: moments, random identifiers, tokens, and the
address that was asked.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

# Clients follow them, and do not show the note in their body: https://www.rfc-editor.org/rfc/rfc9110#section-15.4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Headers that change what a client does. Server, Date, ETag and lengths are the machinery's.
COMPARED = (
    "allow", "cache-control", "content-disposition", "content-language", "content-type", "location", "refresh",
    "www-authenticate", "x-frame-options", "access-control-allow-origin", "content-security-policy",
)  # fmt: skip
# Lists whose order means nothing (https://www.rfc-editor.org/rfc/rfc9110#name-allow), and is that of a hash table somewhere.
_SETS = frozenset({"allow", "cache-control"})
_SHOWN = 80
_MASKS = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?"), "<moment>"),
    (re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "<moment>"),
    (re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "<uuid>"),
    # Random texts as frameworks make them: long, of letters and digits in both cases.
    (
        re.compile(r"(?<![\w/+=-])(?=[\w/+=-]*\d)(?=[\w/+=-]*[a-z])(?=[\w/+=-]*[A-Z])[\w/+=-]{32,512}(?![\w/+=-])"),
        "<token>",
    ),
    (re.compile(r"\b[0-9a-f]{32,128}\b"), "<token>"),
    (re.compile(r";jsessionid=[0-9A-Za-z.!-]+"), ";jsessionid=<token>"),
)
_ADDRESS = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 when no answer came. Names of headers are in lower case, in the order in which they came."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key == name)


def differences(whole: Answer, split: Answer) -> Iterator[str]:
    """What a client would notice, in words; nothing where both answers are the same."""
    if whole.status != split.status:
        yield f"status {_status(whole)} became {_status(split)}"
        return
    redirected = whole.status in _REDIRECTS and whole.header("location")
    for name in COMPARED:
        if redirected and name == "content-type":
            continue
        before, after = (_compared(name, one) for one in (whole, split))
        if before != after:
            yield f"{name} {before[:_SHOWN] or '(none)'} became {after[:_SHOWN] or '(none)'}"
    before, after = _cookies(whole), _cookies(split)
    if before != after:
        yield f"cookies {before or '(none)'} became {after or '(none)'}"
    if not redirected:
        yield from _bodies(whole, split)


def _compared(name: str, answer: Answer) -> str:
    value = plain(answer.header(name))
    return ", ".join(sorted(part.strip() for part in value.split(","))) if name in _SETS else value


def plain(text: str) -> str:
    """A text without what changes from run to run."""
    text = _ADDRESS.sub("<address>", text)
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def _status(answer: Answer) -> str:
    return str(answer.status) if answer.status else "(no answer)"


def _cookies(answer: Answer) -> str:
    """Names and attributes of the cookies that are set; values are secrets, and differ."""
    found = []
    for name, value in answer.headers:
        if name == "set-cookie":
            title, *attributes = (part.strip() for part in value.split(";"))
            kept = sorted(part.lower() for part in attributes if not part.lower().startswith(("expires=", "max-age=")))
            found.append("; ".join([title.partition("=")[0], *kept]))
    return ", ".join(sorted(found))


def _bodies(whole: Answer, split: Answer) -> Iterator[str]:
    if whole.body == split.body:
        return
    kind = whole.header("content-type").partition(";")[0].strip().lower()
    if kind.endswith("json"):
        try:
            yield from _values(json.loads(whole.body), json.loads(split.body), "")
        except (ValueError, RecursionError):
            yield from _texts(whole.body, split.body)
    elif kind.startswith("text/") or kind.endswith(("xml", "javascript", "x-www-form-urlencoded")) or not kind:
        yield from _texts(whole.body, split.body)
    else:
        yield f"body of {len(whole.body)} bytes became another of {len(split.body)} bytes"


def _texts(whole: bytes, split: bytes) -> Iterator[str]:
    before, after = (plain(body.decode("utf-8", errors="replace")).splitlines() for body in (whole, split))
    if before != after:
        at = next(
            (n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]),
            min(len(before), len(after)),
        )
        shown = [lines[at].strip()[:_SHOWN] if at < len(lines) else "(end)" for lines in (before, after)]
        yield f"line {at + 1} of the body: {shown[0]!r} became {shown[1]!r}"


def _values(before: object, after: object, place: str) -> Iterator[str]:
    """The first difference of two JSON values, with its place."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{place}.{key}".lstrip(".")
            if key not in before or key not in after:
                yield f"{inner} is {'new' if key in after else 'gone'}"
                return
            for difference in _values(before[key], after[key], inner):
                yield difference
                return
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{place or 'the list'} has {len(after)} items instead of {len(before)}"
            return
        for number, pair in enumerate(zip(before, after, strict=True)):
            for difference in _values(*pair, f"{place}[{number}]"):
                yield difference
                return
    elif (type(before), before) != (type(after), after) and not _alike(before, after):
        yield f"{place or 'the value'}: {json.dumps(before)[:_SHOWN]} became {json.dumps(after)[:_SHOWN]}"


def _alike(before: object, after: object) -> bool:
    return isinstance(before, str) and isinstance(after, str) and plain(before) == plain(after)
