"""The ways of installing and the asides that headings and the paragraphs above a block announce."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from toolkit.catalog.cues import Cue
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Block, MarkKind, Section

# Ways of installing that stand beside each other. A README is read for Linux; these are then other ways.
SYSTEMS = ("linux", "redhat", "suse", "arch", "alpine", "bsd", "gentoo", "nix", "macos", "windows")
METHODS = ("docker", "vagrant", "kubernetes", "hosting")
ASIDES = ("upgrade", "test", "contributing", "reference", "troubleshooting")
# Of a heading, an aside must be the subject, not a word in passing.
SHARE_OF_HEADING = 0.5
LONGEST_LEAD_WORDS = 14
LONGEST_LEAD = 400  # characters
SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|\n\s*\n")
WITHOUT = r"\b%without%\s{1,3}(?:\w{1,20}\s{1,3}){0,2}[(\"'`*\[]{0,2}$"
CODE_OR_ADDRESS = re.compile(r"https?://\S+")


def scopes_in(text: str, rules: ReadmeRules, names: tuple[str, ...]) -> list[str]:
    """Which of some ways a text names, in the order of `names`. What it does without is not named."""
    if "://" in text:
        text = CODE_OR_ADDRESS.sub(" ", text)
    found = rules.scopes_in(text)
    return [name for name in names if name in found and not _is_done_without(name, text, rules)] if found else []


def _is_done_without(name: str, text: str, rules: ReadmeRules) -> bool:
    """Whether a way is only named as one that is not taken: "without Docker", "similar to running on Heroku"."""
    before = rules.pattern(WITHOUT)
    for match in rules.scopes[name].pattern.finditer(text):
        denied = before.search(text, max(0, match.start() - 60), match.start())
        if denied is None or rules.scopes_in(denied[0]):
            return False
    return True


def of_systems(found: list[str]) -> str | None:
    """The one way that a text with these names is about: None when it says nothing."""
    methods = [name for name in found if name in METHODS]
    if methods:
        return methods[0]
    systems = [name for name in found if name in SYSTEMS]
    if not systems:
        return None
    return "linux" if "linux" in systems else systems[0]


def heading_scope(text: str, rules: ReadmeRules, title: bool) -> str | None:
    """The way or aside that a heading announces. A document's title announces no aside: it names the application."""
    if not title:
        length = max(1, sum(character.isalnum() for character in text))
        named = rules.scopes_in(text)
        for name in ASIDES:
            if name not in named:
                continue
            found = sum(sum(c.isalnum() for c in match[0]) for match in rules.scopes[name].pattern.finditer(text[:200]))
            if found / length >= SHARE_OF_HEADING or (name == "test" and _begins_or_ends_with_test(text, rules)):
                return name
    found_ways = scopes_in(text[:200], rules, (*SYSTEMS, *METHODS))
    if title:
        found_ways = [name for name in found_ways if name in SYSTEMS]
    return of_systems(found_ways)


def _begins_or_ends_with_test(text: str, rules: ReadmeRules) -> bool:
    """Whether "test" is the first or last word of a short heading: Test automation, Run the integration tests."""
    words = text.lower().strip(" :.").split()
    return 0 < len(words) <= 6 and not rules.scopes["test"].single.isdisjoint((words[0], words[-1]))


class Told(NamedTuple):
    """The way or aside that a heading announces, and its mode as of `_mode`."""

    scope: str | None
    development: bool | None


class LeadIn:
    """The paragraph above a block: its text, the way of installing that it announces, and its mode as of `_mode`."""

    def __init__(self, rules: ReadmeRules) -> None:
        self._rules = rules
        self._depth = 0  # of lists, where the way was announced
        self._above: list[str] = []  # the last paragraph at each depth of lists
        self.text = ""
        self._item: tuple[int, ...] = ()
        self.scope: str | None = None
        self.development: bool | None = None

    def read(self, block: Block) -> str:
        """Takes the next paragraph, and gives the one that the list it stands in belongs to."""
        depth = len(block.item)
        announced = _announced(block, self._rules)
        if announced is not None:
            self.scope, self._depth = announced, depth
        elif depth <= self._depth:
            self.scope = None
        before, self.text = self.text, block.text
        self.development = mode_of(self.text, self._rules) if len(self.text) < LONGEST_LEAD else None
        del self._above[depth:]
        parent = self._above[-1] if depth and self._above else ""
        if depth and block.item == self._item and before.endswith(":"):
            parent = before
        self._item = block.item
        self._above += [parent] * (depth - len(self._above))
        self._above.append(self.text[-LONGEST_LEAD:])
        return parent

    @property
    def before_code(self) -> str:
        """The paragraph above a code block, under the one that its list belongs to."""
        return (self._above[-2] + "\n" if len(self._above) > 1 else "") + self.text


def mode_of(text: str, rules: ReadmeRules) -> bool | None:
    """Whether a text speaks of development (True), of production (False), or of neither or both (None)."""
    development = rules.cue(Cue.DEVELOPMENT, text)
    return None if development == rules.cue(Cue.PRODUCTION, text) else development


def narrowed(scope: str, announced: str | None) -> str:
    """The way that holds below another announcement; Linux inside another way or an aside says nothing."""
    if announced is None or (announced == "linux" and scope in (*METHODS, *ASIDES)):
        return scope
    return announced


def _announced(block: Block, rules: ReadmeRules) -> str | None:
    """The way that a lead-in announces ("On macOS:"), or the aside for those who change the application, or None."""
    text = block.text.strip()
    if not (
        text.endswith(":")
        or (len(text) < LONGEST_LEAD and len(text.split(None, 4)) <= 4)
        or any(mark.end - mark.start >= len(text) for mark in block.marks if mark.kind == MarkKind.STRONG)
    ):
        return None
    last = SENTENCE_END.split(text)[-1] if text.endswith(":") else text
    if text.endswith(":") and rules.cue(Cue.CHANGED, last):
        return "contributing"
    if len(last.split()) > LONGEST_LEAD_WORDS:
        last = " ".join(last.split()[-LONGEST_LEAD_WORDS:])
    return of_systems(scopes_in(last, rules, (*SYSTEMS, *METHODS)))


def guides_contributors_alone(
    sections: Sequence[Section], told: Callable[[str, bool], "Told"], rules: ReadmeRules
) -> bool:
    """Whether those who contribute are told how to install the application, and nobody else is."""

    def guides(section: Section) -> bool:
        return any(rules.cue(cue, section.title) for cue in (Cue.INSTALL, Cue.SETUP, Cue.START))

    above = [{told(heading, False).scope for heading in section.headings[:-1]} for section in sections]
    return any(
        "contributing" in scopes and guides(section) for section, scopes in zip(sections, above, strict=True)
    ) and not any(
        scopes.isdisjoint(ASIDES) and guides(section) for section, scopes in zip(sections, above, strict=True)
    )
