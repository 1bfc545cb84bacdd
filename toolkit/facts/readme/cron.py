"""Crontab lines, wherever they stand."""

import re
from collections.abc import Iterator
from typing import Any

from toolkit.catalog.cues import Cue
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Kind
from toolkit.facts.model import CronJob, Fact
from toolkit.facts.readme.code_kind import CRON_LINE, CodeKind
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, code_marks
from toolkit.facts.secrets import MASK, masked
from toolkit.facts.shell_lines import WRAPPERS

_ECHO = re.compile(r"^[ \t]{0,20}(?:echo[ \t]{1,3}[\"'])?")
_MAY_BEGIN = re.compile(r"\s{0,20}(?:[@*\d/,-]|echo\b)")  # a look before the schedule is
_NAME = re.compile(r"[A-Za-z][\w./-]{0,60}[ \t]{1,40}(?=[*\d@])")  # of a job, in a list of names and times
USER = re.compile(r"([a-z_][a-z0-9_-]{0,31})[ \t]{1,8}(?=[/~\w.])")


def read(page: Page, draft: Draft) -> Iterator[Fact]:
    """Every crontab line of the page."""
    for passage in page.passages:
        if passage.aside:
            continue
        block = passage.block
        if block.kind == Kind.CODE:
            if passage.kind in (CodeKind.SQL, CodeKind.JSON, CodeKind.XML):
                continue
            offset = 0
            listed = page.rules.cue(Cue.SCHEDULER, passage.lead[-120:])
            for line in block.text.split("\n"):
                if listed or _MAY_BEGIN.match(line):
                    body = _ECHO.sub("", line, count=1)
                    if listed and (name := _NAME.match(body)):
                        body = body[name.end() :]
                    if CRON_LINE.match(body):
                        yield _job(body, page.rules, draft.here(passage, "cron:line", offset))
                offset += len(line) + 1
            continue
        if block.kind == Kind.TABLE:
            continue
        marks = list(code_marks(block))
        for mark, text in marks:
            if not _MAY_BEGIN.match(text):
                continue
            flat = " ".join(text.split())
            if CRON_LINE.match(flat):
                yield _job(flat, page.rules, draft.here(passage, "cron:inline", mark.start))
        if "*" in block.text or "@" in block.text or re.match(r"\d", block.text):
            offset = 0
            for line in block.text.split("\n"):
                if (
                    CRON_LINE.match(line)
                    and "*" in line[:20]
                    and not any(mark.start >= offset and mark.end <= offset + len(line) for mark, _ in marks)
                ):
                    yield _job(line, page.rules, draft.here(passage, "cron:bare-line", offset))
                offset += len(line) + 1


def _job(line: str, rules: ReadmeRules, fields: dict[str, Any]) -> CronJob:
    match = CRON_LINE.match(line)
    assert match is not None
    schedule = match[0].strip()
    command = line[match.end() :].strip()
    user = ""
    if (named := USER.match(command)) and (named[1] in rules.system_users or not _begins_command(named[1], rules)):
        rest = command[named.end() :]
        if rest.startswith(("/", "~", ".", "[")) or _begins_command(rest.split(" ", 1)[0], rules):
            user, command = named[1], rest
    shown = masked(command)
    argv: tuple[str, ...] = ()
    if MASK not in shown:
        from toolkit.facts.shell import parse

        parsed = parse(command)
        argv = parsed[0].argv if len(parsed) == 1 and not parsed[0].environment else ()
    return CronJob(schedule=schedule, command=shown, argv=argv, user=user, **fields)


def _begins_command(word: str, rules: ReadmeRules) -> bool:
    """Whether a word is a program and not a user's name: in a user's own crontab there is no user."""
    return word in WRAPPERS or rules.is_program(word)
