"""What stands around the names of variables: the way they belong to, and whether they are about the environment."""

import re

from toolkit.catalog.cues import Cue
from toolkit.facts.readme.installation_ways import METHODS
from toolkit.facts.readme.page import Page, Passage
from toolkit.facts.secrets import masked

# In the paragraph; a sample is only a list.
NAMED_BEFORE = re.compile(r"\.env(?:\.(?:local|prod|production|dev|development))?(?!\.?\w)")


def about_environment(page: Page, passage: Passage) -> bool:
    """Whether the section is about environment variables."""
    return any(page.rules.cue(Cue.ENVIRONMENT_VARIABLE, heading) for heading in passage.headings[-2:])


def about_constants(page: Page, passage: Passage, column: str = "") -> bool:
    """Whether names in capitals are roles, states or errors here: the heading, lead-in or head of their column says so."""
    return any(
        page.rules.cue(Cue.CONSTANT, text) for text in (*passage.headings[-1:], passage.lead[-120:], column) if text
    )


def way(passage: Passage) -> str:
    """The way of installing that listed variables belong to. What containers and hosts give an application is its own."""
    return "" if passage.scope in METHODS else passage.scope


def description(text: str) -> str:
    """What a variable is for, on one line, without secrets."""
    return masked(" ".join(text.split()))[:200]
