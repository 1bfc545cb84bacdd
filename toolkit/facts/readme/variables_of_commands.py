"""Environment variables that commands set: exported, echoed into a file, given to a container or to a host."""

import re
from collections.abc import Iterator

from toolkit.facts.model import EnvironmentVariable
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.container_images import datastore_run
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.variable_words import ENV_FILE, Vocabulary, unquoted, vocabulary

# `-p 80:8080`, `--publish=127.0.0.1:80:8080/tcp`: https://docs.docker.com/reference/cli/docker/container/run/#publish
_PUBLISHED = re.compile(r"(?:-p|--publish=)?(?:[\d.]{7,15}:)?\d{0,5}:(\d{2,5})(?:/tcp)?")


def read(found: list[Found], draft: Draft) -> Iterator[EnvironmentVariable]:
    """Every variable that the commands of a page set."""
    words = vocabulary(draft.rules)
    for one in found:
        if one.command.program in ("echo", "printf"):
            yield from _echoed(one, draft, words)
        if (one.command.program in ("export", "set", "setx") and one.classified is not None) or not one.command.words:
            yield from _exported(one, draft, words)
        if one.classified is not None and one.classified.rule.gives_variables:
            yield from _given(one, draft, words)


def _echoed(found: Found, draft: Draft, words: Vocabulary) -> Iterator[EnvironmentVariable]:
    if any(ENV_FILE.search(redirection.target) for redirection in found.command.redirections):
        for word in found.command.words[1:]:
            name, equals, value = word.removeprefix("export ").partition("=")
            if equals and words.good(name):
                yield draft.variable(name, unquoted(value), draft.of(found)("variable:echoed"))


def _exported(found: Found, draft: Draft, words: Vocabulary) -> Iterator[EnvironmentVariable]:
    for name, value in found.command.environment:
        if words.good(name, exported=True):
            rule = "variable:export" if found.command.words else "variable:assignment"
            yield draft.variable(name, unquoted(value), draft.of(found)(rule))
    if found.command.program in ("set", "setx", "export") and not found.command.environment:
        text = " ".join(found.command.words[1:])
        match = re.match(r"([A-Za-z][A-Za-z0-9_]{1,80})[ =]([^\n]{0,300})", text)
        if match and words.good(match[1], exported=True):
            yield draft.variable(match[1], unquoted(match[2]), draft.of(found)("variable:export"))


def _given(found: Found, draft: Draft, words: Vocabulary) -> Iterator[EnvironmentVariable]:
    """What a container or a host is told to put into the application's environment, whichever way of installing it is."""
    if datastore_run(found.command.words, draft.rules):
        return
    published = {match[1] for word in found.command.words if (match := _PUBLISHED.fullmatch(word))}
    for word in found.command.words[1:]:
        name, equals, value = word.removeprefix("--env=").removeprefix("-e").partition("=")
        if equals and words.good(name):
            if name.endswith("_PORT") and value in published:
                value = "$PORT"  # where that container listens: another one has a port of its own
            yield draft.variable(name, value, {**draft.of(found)("variable:given"), "alternative": ""})
