"""One document to its facts, in the order of its lines."""

import posixpath
import re
from dataclasses import dataclass

from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Document
from toolkit.facts.makefile import Makefiles
from toolkit.facts.model import Fact, Role, Runtime, Unread
from toolkit.facts.readme import (
    commands,
    config_files,
    configuration,
    cron,
    folders,
    libraries,
    make_targets,
    mentions,
    own_program,
    packages,
    php_extensions,
    placeholders,
    ports,
    services,
    variables,
)
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.facts_of_commands import facts_of
from toolkit.facts.readme.page import Page
from toolkit.facts.secrets import masked


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What one document says, before ways of installing are chosen."""

    path: str
    facts: tuple[Fact, ...]
    implied: tuple[Fact, ...]
    unread: tuple[Unread, ...]


def read_page(document: Document, rules: ReadmeRules, makefiles: Makefiles = lambda folder: None) -> PageFacts:
    """Everything that one document states; of the targets that it names, what the Makefiles beside it say."""
    page = Page.of(document, rules)
    draft = Draft(page)
    found = libraries.installed(page, own_program.classified(page, commands.find(page)))
    draft.home = _homes(found)
    found = make_targets.opened(found, draft, makefiles)
    found = services.named(page, draft, found)
    facts: list[Fact] = []
    unread: list[Unread] = []
    for one in found:
        if one.passage.aside:
            continue
        facts += facts_of(one, draft)
        if one.role == Role.UNKNOWN:
            place = page.at(one.command.first_line, one.command.last_line, "readme:" + one.rule)
            unread.append(Unread(masked(one.command.text), place, masked(one.command.program)))
    found = [one for one in found if not one.passage.aside]
    for read in (
        mentions.runtimes,
        mentions.printed,
        mentions.managers,
        mentions.datastores,
        mentions.programs,
        packages.read,
        php_extensions.read,
        ports.read,
        cron.read,
        placeholders.read,
        configuration.read,
    ):
        facts += read(page, draft)
    stated = list(variables.read(page, draft, found))
    facts += stated
    facts += ports.of_variables(stated, draft)
    facts += config_files.read(page, draft, found)
    facts += folders.read(page, draft, found)
    facts += services.processes(page, draft, found, facts)
    named = any(isinstance(fact, Runtime) and not fact.alternative for fact in facts)
    implied = () if named else (*mentions.implied_runtimes(page, draft), *mentions.implied_by_sources(facts, draft))
    return PageFacts(document.path, tuple(facts), implied, tuple(unread))


_NAME = re.compile(r"([\w.-]{1,80}?)(?:\.git)?/?$")


def _homes(found: list[Found]) -> set[str]:
    """Names of the folders that the source is fetched or unpacked into: `cd` into one leads to the root."""
    homes = set()
    for one in found:
        words = [word for word in one.command.words if not word.startswith("-")]
        if len(words) >= 3 and words[0] in ("git", "hg", "gh") and "clone" in words[1:3]:
            rest = [word for word in words[words.index("clone") + 1 :] if word != "repo"]
            target = rest[-1] if rest else ""
            if len(rest) > 1 and "://" not in rest[-1] and not rest[-1].startswith("git@"):
                homes.add(posixpath.basename(rest[-1].rstrip("/")))
            elif match := _NAME.search(target):
                homes.add(match[1])
    return homes - {"", ".", ".."}
