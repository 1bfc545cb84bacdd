"""What a `.dockerignore` file leaves out of a build context.

The rules of the engine: https://docs.docker.com/build/concepts/context/#dockerignore-files (reviewed 2026-11-21):
patterns are relative to the context, `*` and `?` stop at `/`, `**` does not, the last pattern that fits a path or a
folder above it decides, and `!` takes back.
"""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class IgnoreRules:
    """The patterns of one file, in order."""

    text: str

    @cached_property
    def _patterns(self) -> tuple[tuple[bool, re.Pattern[str]], ...]:
        found = []
        for line in self.text.removeprefix("\ufeff").splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            keeps = line.startswith("!")
            parts = [part for part in line.removeprefix("!").strip().split("/") if part not in ("", ".")]
            if parts and ".." not in parts:
                found.append((keeps, re.compile(_regex("/".join(parts)), re.DOTALL)))
        return tuple(found)

    @property
    def takes_back(self) -> bool:
        """Whether something below an ignored folder may be kept, so that the folder has to be walked."""
        return any(keeps for keeps, _ in self._patterns)

    def ignores(self, path: str) -> bool:
        """Whether a path, relative with `/`, stays out of the context."""
        parts = path.split("/")
        chain = ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]
        ignored = False
        for keeps, pattern in self._patterns:
            if ignored == keeps and any(pattern.fullmatch(one) for one in chain):
                ignored = not keeps
        return ignored


def _regex(pattern: str) -> str:
    """A pattern as a regular expression for a whole path. Brackets are classes, as in Go's filepath.Match."""
    result, at = "", 0
    while at < len(pattern):
        character = pattern[at]
        if pattern.startswith("**", at):
            at += 2
            if pattern.startswith("/", at):
                at += 1
                result += r"(?:[^/]+/)*"
            else:
                result += r".*"
            continue
        end = pattern.find("]", at + 2) if character == "[" else -1
        if character == "*":
            result += r"[^/]*"
        elif character == "?":
            result += r"[^/]"
        elif end > 0:
            inner = pattern[at + 1 : end]
            negated, inner = inner.startswith("^"), inner.removeprefix("^")
            result += f"[{'^' if negated else ''}{re.escape(inner).replace(chr(92) + '-', '-')}]"
            at = end
        elif character == "\\" and at + 1 < len(pattern):
            at += 1
            result += re.escape(pattern[at])
        else:
            result += re.escape(character)
        at += 1
    return result
