"""What all facts of a page share: origin, evidence, confidence, the way of installing they belong to."""

import re
from collections.abc import Callable
from typing import Any

from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.facts.manifests.addresses import without_login
from toolkit.facts.model import EnvironmentVariable, Origin
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.page import Page, Passage
from toolkit.facts.secrets import looks_secret, masked

# `60(minutes)`, `60 (in minutes)`: a number that is explained at once.
_WITH_REMARK = re.compile(r"^(\d{1,10})\s?\([a-z][\w ]{1,40}\)$")


class Draft:
    """Makes the common fields of facts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rules: ReadmeRules = page.rules
        self.home: set[str] = set()  # folders that the source was fetched into

    def confidence(self, rule: str) -> float:
        """How sure a rule of the README's reader is."""
        table = self.rules.confidence
        return table.rules.get(rule, table.default)

    def fields(self, rule: str, first_line: int, last_line: int, alternative: str = "") -> dict[str, Any]:
        """Common fields for some lines."""
        return {
            "evidence": self.page.at(first_line, last_line, "readme:" + rule),
            "origin": Origin.README,
            "confidence": self.confidence(rule),
            "alternative": alternative,
        }

    def of(self, found: Found) -> Callable[[str], dict[str, Any]]:
        """Common fields of what a command gives away, for a rule yet to be named."""
        command = found.command
        return lambda rule: {
            **self.fields(rule, command.first_line, command.last_line, found.alternative),
            "also": found.also,
        }

    def here(self, passage: Passage, rule: str, offset: int = 0) -> dict[str, Any]:
        """Common fields for the line of a passage on which an offset of its text stands."""
        line = passage.block.line_of(offset)
        return self.fields(rule, line, line, passage.scope)

    def variable(self, name: str, value: str | None, fields: dict[str, Any], **more: Any) -> EnvironmentVariable:
        """A variable; a secret keeps no example."""
        value = (value or "").strip()
        if value.startswith(">"):  # the arrow of a list, `HOSTS => your name`
            value = ""
        value = _WITH_REMARK.sub(r"\1", value) or None
        secret = looks_secret(name, value)
        example = None if secret or value is None else masked(value)[:300]
        address = without_login(value) if secret and value else ""
        return EnvironmentVariable(name=name, secret=secret, example=example, address=address, **more, **fields)

    def directory(self, path: str | None) -> str:
        """Where a command runs, relative to the application; empty where that is not in it or not known."""
        if not path:
            return ""
        parts = [part for part in path.strip("/").split("/") if part]
        for number, part in enumerate(parts):
            if part in self.home:
                return "/".join(parts[number + 1 :])
        if path.startswith("/") or ".." in parts or any(set(part) & set("<>$`*'\"\\{}[]") for part in parts):
            return ""
        return "/".join(parts)
