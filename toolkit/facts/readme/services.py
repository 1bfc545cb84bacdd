"""The application's processes: who starts what, by command, folder, heading and process manager."""

import re
from collections.abc import Iterator
from dataclasses import replace

from toolkit.catalog.cues import Phrase
from toolkit.facts.model import Command, Fact, Process, Role, ServiceKind
from toolkit.facts.readme import own_program
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.installation_ways import SYSTEMS
from toolkit.facts.readme.page import Page, sentence_before

KINDS = {"web": ServiceKind.WEB, "worker": ServiceKind.WORKER, "scheduler": ServiceKind.SCHEDULER}
PARTS = (Phrase.FRONTEND, Phrase.BACKEND, Phrase.API)
NAME_OPTION = re.compile(r"--name[= ]+[\"']?([\w.-]{2,40})")
FOLDER = r"([\w.-]{2,40})[`'\"]?\s{1,3}%folder%\b|%folder_named%\s{1,3}[`'\"]?([\w.-]{2,40})"


def named(page: Page, draft: Draft, found: list[Found]) -> list[Found]:
    """The commands with the service that each start command belongs to."""
    starts = [
        number for number, one in enumerate(found) if one.role == Role.START and one.service in ("web", "worker", "")
    ]
    parts: dict[int, str] = {}
    for number in starts:
        part = _part(page, draft, found[number])
        if part:
            parts[number] = part
    web_parts = {part for number, part in parts.items() if found[number].service == "web"}
    result = _apart(found)
    several = len(web_parts) >= 2
    for number, part in parts.items():
        if several or (NAME_OPTION.search(found[number].command.text) and found[number].service != "worker"):
            result[number] = replace(found[number], service=part)
    return result


def _apart(found: list[Found]) -> list[Found]:
    """Scripts that run beside a worker of a known kind are named after their file."""
    known = any(
        one.role == Role.START and one.service == "worker" and one.classified and not one.classified.rule.weak
        for one in found
    )
    result = []
    for one in found:
        if (
            known
            and one.role == Role.START
            and one.service == "worker"
            and (one.classified is None or one.classified.rule.weak)
        ):
            script = next((word for word in one.command.words if "/" in word or "." in word), "")
            stem = re.split(r"[/.]", script.rstrip("/").rsplit("/", 1)[-1])[0].lower()
            if stem:
                one = replace(one, service=stem)
        result.append(one)
    return result


def _part(page: Page, draft: Draft, one: Found) -> str:
    """The part of a monorepo that a start command is for, or empty."""
    if match := NAME_OPTION.search(one.command.text):
        return match[1].lower()
    if directory := draft.directory(one.command.directory):
        return directory.rsplit("/", 1)[-1].lower()
    if one.inline:
        sentence = sentence_before(one.passage.block.text, one.passage.block.text.find(one.command.text))
        if folders := page.rules.pattern(FOLDER).findall(sentence + "."):
            return str(next(name for name in folders[-1] if name)).lower()
    for text in (
        one.passage.lead[-160:],
        one.passage.block.text[:160] if one.inline else "",
        *reversed(one.passage.headings[1:]),
    ):
        parts = [part for part in PARTS if page.rules.pattern(rf"\b%{part}%\b").search(text)]
        if len(parts) == 1:
            return str(parts[0])
    return ""


def processes(page: Page, draft: Draft, found: list[Found], facts: list[Fact]) -> Iterator[Fact]:
    """One process per service that some command starts; a page about an application has one that listens."""
    seen: set[str] = set()
    starts = [one for one in found if one.role == Role.START and one.service not in ("", "all")]
    ways = {one.alternative for one in starts}
    way = "" if "" in ways else next((way for way in SYSTEMS if way in ways), "")  # as `choose` has it for commands
    for one in starts:
        if one.alternative != way or one.service in seen:
            continue
        seen.add(one.service)
        named = ServiceKind.WORKER if page.rules.names_worker(one.service) else ServiceKind.WEB
        kind = KINDS.get(one.service, named)
        yield Process(name=one.service, kind=kind, **{**draft.of(one)("service:start-command"), "alternative": ""})
    for fact in facts:
        if not isinstance(fact, Command) or fact.role != Role.START or fact.alternative:
            continue
        if fact.service and fact.service != "all" and fact.service not in seen:
            seen.add(fact.service)
            place = draft.fields("service:configured", fact.evidence.first_line, fact.evidence.last_line)
            yield Process(name=fact.service, kind=KINDS.get(fact.service, ServiceKind.WORKER), **place)
    if seen <= page.rules.commands.beside_web and (facts or found):
        first = page.passages[0].block.first_line if page.passages else 1
        yield Process(name="web", kind=ServiceKind.WEB, **draft.fields("service:assumed", first, first))
    yield from _managed(page, draft, found, seen)


def _managed(page: Page, draft: Draft, found: list[Found], seen: set[str]) -> Iterator[Fact]:
    """The application's processes beside those known already, by the names that the host's process manager has for them:
    `systemctl start shop-worker`, `/etc/init.d/shop_mailer start`."""
    managed = [
        (name, draft.of(one)("service:managed"))
        for one in found
        if not one.alternative and (name := _managed_name(one))
    ]
    for passage in page.codes:
        if "RUNNING" in passage.block.text and not passage.aside:
            managed += [
                (match[1].lower(), draft.here(passage, "service:managed", match.start()))
                for match in _SHOWN_RUNNING.finditer(passage.block.text)
            ]
    if not managed:
        return
    names = own_program.own_names(page)
    for name, place in managed:
        if page.rules.names_scheduler(name):
            name = "scheduler"
        elif page.rules.names_worker(name):
            name = "worker"
        elif page.rules.pattern(f"%{Phrase.WEB}%").search(name):
            continue  # known without a name
        elif own_program.plain(name) in names or own_program.plain(re.split(r"[-_.:@]", name)[0]) not in names:
            continue
        if name not in seen and not (name in KINDS and KINDS[name] == ServiceKind.WEB):
            seen.add(name)
            kind = KINDS.get(name, ServiceKind.WORKER)
            yield Process(name=name, kind=kind, **place)


# What `supervisorctl status` prints: https://supervisord.org/running.html#supervisorctl-actions
_SHOWN_RUNNING = re.compile(
    r"^[ \t]{0,20}([\w.-]{2,60})(?::[\w.-]{1,60})?[ \t]{1,60}RUNNING[ \t]{1,20}pid\b", re.MULTILINE
)
_MANAGES = frozenset({"systemctl", "service", "supervisorctl", "rc-service", "initctl", "invoke-rc.d"})
_STARTS = frozenset({"start", "restart", "enable", "status"})


def _managed_name(one: Found) -> str:
    """The name of the process that a command has the host's process manager start, or empty."""
    words = [word for word in one.command.words if not word.startswith("-")]
    if words and words[0].startswith("/etc/init.d/") and words[1:2] and words[1] in _STARTS:
        return words[0].rsplit("/", 1)[-1].lower()
    if words[:1] == ["update-rc.d"] and len(words) > 2:
        return words[1].lower()
    if len(words) < 3 or words[0] not in _MANAGES or _STARTS.isdisjoint(words[1:3]):
        return ""
    name = words[1] if words[2] in _STARTS else words[2]
    return name.split(".service", 1)[0].rstrip(":*").lower()
