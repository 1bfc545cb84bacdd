"""`blueprints/build-failures.yaml`: what an image's failed build was about, by what it printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import Field, field_validator

from toolkit.catalog.load import BlueprintFolder, Entry

# What is printed comes from anywhere: bounded, so that a search ends soon whatever it is.
_LINES = 400
_COLUMNS = 1_000


class KnownFailure(Entry):
    """One kind of failure. `explanation` and `suggestion` may name groups of the pattern in braces, {image} (the plan's
    image), and {found}: what `lookup` has for the group `look`."""

    name: str
    pattern: str = Field(description="Searched in each line of the output; the last line that fits counts.")
    explanation: str
    suggestion: str
    look: str = Field("", description="A group of the pattern to look up.")
    lookup: dict[str, str] = Field({}, description="Value of that group to what {found} stands for.")
    otherwise: str = Field("", description="The suggestion where `lookup` does not have the value.")
    examples: tuple[str, ...] = Field(description="Lines as tools print them; a test asks that this entry fits them.")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return pattern

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What failed and what to do about it, in words for the user; `line` is the output that tells so."""

    name: str
    explanation: str
    suggestion: str
    line: str


class BuildFailures(Entry):
    """The table, most specific first."""

    sources: tuple[str, ...]
    reviewed: str
    failures: tuple[KnownFailure, ...]

    def diagnose(self, output: Sequence[str], image: str) -> Diagnosis | None:
        """The first entry that fits one of the last lines of a build's output; None when nothing is known."""
        lines = [line[:_COLUMNS] for line in output[-_LINES:]]
        for failure in self.failures:
            for line in reversed(lines):
                if match := failure.regex.search(line):
                    return _diagnosis(failure, match, line, image)
        return None


def _diagnosis(failure: KnownFailure, match: re.Match[str], line: str, image: str) -> Diagnosis:
    values = {name: value or "" for name, value in match.groupdict().items()} | {"image": image}
    suggestion = failure.suggestion
    if failure.look:
        found = failure.lookup.get(values.get(failure.look, ""))
        values["found"] = found or ""
        suggestion = suggestion if found else failure.otherwise or suggestion

    def filled(text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda field: values.get(field[1], field[0]), text)

    return Diagnosis(failure.name, filled(failure.explanation), filled(suggestion), line.strip())


def load_build_failures(folder: BlueprintFolder) -> BuildFailures:
    return folder.entry("build-failures.yaml", BuildFailures)
