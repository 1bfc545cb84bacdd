"""A command with its role: by the rules, and by the words around it where they leave it open."""

import re
from dataclasses import dataclass, replace

from toolkit.catalog.command_rules import Classified
from toolkit.catalog.cues import Cue
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.facts.model import Mode, Role
from toolkit.facts.readme.installation_ways import mode_of
from toolkit.facts.readme.page import Passage
from toolkit.facts.shell_command import SimpleCommand
from toolkit.facts.shell_lines import SOURCE_FILE, Dialect, is_file
from toolkit.findings import Evidence

ENDS_PROSE = re.compile(r"[.:,!?;]$")
FOR_PRODUCTION = r"\b%for_production%\b"
DOES = (
    (Cue.TEST, Role.VERIFY),
    (Cue.SETUP, Role.RELEASE),
    (Cue.BUILD, Role.BUILD),
    (Cue.INSTALL, Role.INSTALL),
    (Cue.START, Role.START),
)
TRIED = r"\b%tried%\b"
WHEN_DONE = r"\b%when_done%\b[^,:;\n]{0,80}[,:;]"
LEFT_OPEN = r"[<\[{](?:[a-z]{1,20}[ _-])?%task%s?(?:[ _-]name)?[>\]}]"  # manage.py <command>
NAMED_START = re.compile(r"(?:run|serve|server|start)(?:\.sh)?")
# `-l 127.0.0.1:5001`, `--bind=:8080`, `--port 8000`: what is told where to listen goes on, whatever the heading is about.
_LISTENS = re.compile(
    r"\s(?:-\w|--[\w-]{2,30})[= ](?:(?:[\w.*-]{1,60}|\[[\da-fA-F:]{2,40}\])?:\d{2,5}|(?<=port[= ])\d{2,5})(?=\s|$)"
)
SEEDS = re.compile(r"(?i)seed|fixture|sample|demo|dummy|fake|populate")
# `bin/control.sh start` under "Setup": what becomes of a process of the host.
OF_SERVICES = frozenset({"start", "stop", "restart", "status"})
ASKS_FOR_VERSION = frozenset({"-v", "-V", "-version", "-h", "-i", "-m"})
ASKS_FOR_HELP = frozenset({"--help", "--version", "help", "--list"})


@dataclass(frozen=True, slots=True)
class Found:
    """A command, what the rules and the words around it say about it, and where it stands; `also` in the Makefile whose
    target the document names."""

    command: SimpleCommand
    role: Role
    rule: str
    passage: Passage
    classified: Classified | None = None
    mode: Mode = Mode.PRODUCTION
    service: str = ""
    alternative: str = ""
    inline: bool = False
    also: tuple[Evidence, ...] = ()


def classified(rules: ReadmeRules, command: SimpleCommand, passage: Passage, inline: str | None = None) -> Found:
    """A command with its role: by the rules, and by the words around it where they leave it open.

    `inline` is the text before a command that stands in a sentence.
    """
    known = rules.classify(command)
    lead = inline if inline is not None else command.comment or passage.lead[-300:]
    if known is not None:
        role, rule, service = _by_rule(rules, known, command, lead)
        if passage.scope == "reference" and known.specific and known.rule.service in ("worker", "scheduler"):
            passage = replace(passage, scope="")  # a process of the application, though it is told among its features
        mode, alternative = known.rule.mode, passage.scope or known.alternative
    else:
        role, rule = _by_words(rules, command, passage, lead, in_sentence=inline is not None)
        service, mode, alternative = "", Mode.PRODUCTION, passage.scope
    if role == Role.RELEASE and SEEDS.search(command.text) and rules.cue(Cue.OPTIONAL, _last_sentence(lead)):
        role = Role.HOST  # rows to try the application with, for who wants them
    if _only_asks(rules, command):
        role, rule = Role.VERIFY, "command:help"
    if command.dialect != Dialect.POSIX:
        alternative = alternative or "windows"
        if role not in (Role.HOST, Role.VERIFY, Role.UNKNOWN) and command.dialect == Dialect.POWERSHELL:
            role = Role.HOST
    if role == Role.START:
        if (known is None or known.rule.weak or rule == "command:generic") and service in ("", "web"):
            service = _background(rules, command.comment) or service
        if known is None or known.rule.weak or not service:
            service = service or ("worker" if rules.names_worker(command.text) else "web")
        mode = _mode_of_start(rules, known, command, passage, mode)
    return Found(command, role, rule, passage, known, mode, service, alternative, inline is not None)


def _by_rule(rules: ReadmeRules, known: Classified, command: SimpleCommand, lead: str) -> tuple[Role, str, str]:
    """The role, what decided it, and the service: a rule that knows a program by its file's name alone lets words decide."""
    role, rule, service = known.rule.role, known.name, known.rule.service
    if not known.rule.weak:
        return role, rule, service
    rule = "command:by-file-name"
    said = _by_cue(rules, lead)
    if role == Role.START and said == Role.VERIFY:
        said = _by_cue(rules, rules.pattern(TRIED).sub(" ", lead))  # what starts it is tried by starting it
    if role == Role.START and said == Role.INSTALL:
        said = _if_told_to_run(rules, lead) or said  # "run `npm install` and then `node server.js`"
    if role == Role.START and said in (Role.INSTALL, Role.RELEASE) and NAMED_START.fullmatch(command.program):
        said = role  # the last of the commands that a sentence about all of them stands before
    if said is None or (said in (Role.INSTALL, Role.BUILD) and _LISTENS.search(command.text)):
        return role, rule, service
    if said != role:
        rule, service = "command:by-lead-in", service if said == Role.START else ""
    return said, rule, service


def _by_words(
    rules: ReadmeRules, command: SimpleCommand, passage: Passage, lead: str, *, in_sentence: bool
) -> tuple[Role, str]:
    """The role of a command that no rule knows, and what decided it: the words around it, where it is surely a command."""
    surely = _runs_file(rules, command) or command.prompted
    if in_sentence and not surely:
        return Role.UNKNOWN, "command:unknown"
    said = (
        _by_cue(rules, lead)
        or _if_told_to_run(rules, command.comment)
        or _by_heading(rules, passage)
        or _if_told_to_run(rules, lead)
    )
    if said in (Role.INSTALL, Role.BUILD) and _LISTENS.search(command.text):
        said = Role.START
    if said == Role.RELEASE and command.words[-1] in OF_SERVICES:
        said = Role.HOST
    typed = not in_sentence and lead.rstrip().endswith(":") and rules.cue(Cue.EXECUTE, lead[-100:])
    return (said, "command:by-lead-in") if said is not None and (surely or typed) else (Role.UNKNOWN, "command:unknown")


def _only_asks(rules: ReadmeRules, command: SimpleCommand) -> bool:
    """Whether a command prints its help or its version, or leaves words for the reader to fill in."""
    return (
        not ASKS_FOR_HELP.isdisjoint(command.words[1:])
        or (len(command.words) == 2 and command.words[1] in ASKS_FOR_VERSION)
        or any(word[0] in "<[{" and rules.pattern(LEFT_OPEN).fullmatch(word) for word in command.words[1:] if word)
    )


def _mode_of_start(
    rules: ReadmeRules, known: Classified | None, command: SimpleCommand, passage: Passage, mode: Mode
) -> Mode:
    """What the comment beside a command or its passage says, unless the command says itself that it is for production."""
    for_production = bool(rules.pattern(FOR_PRODUCTION).search(command.text))
    said_beside = mode_of(command.comment, rules)
    of_developers = passage.development if said_beside is None else said_beside
    if of_developers and not (known and known.specific and for_production):
        return Mode.DEVELOPMENT
    if mode == Mode.DEVELOPMENT and known is not None and known.rule.weak and for_production:
        return Mode.PRODUCTION
    return mode


def _runs_file(rules: ReadmeRules, command: SimpleCommand) -> bool:
    """Whether a command is a program of the application by its path, or a script that an interpreter is given."""
    words = command.words
    return is_file(words[0]) or (
        len(words) > 1 and words[0] in rules.commands.interpreters and bool(SOURCE_FILE.search(words[1]))
    )


def _background(rules: ReadmeRules, text: str) -> str:
    """scheduler or worker, where a comment beside the command says so."""
    if rules.cue(Cue.SCHEDULER, text):
        return "scheduler"
    return "worker" if rules.cue(Cue.WORKER, text) else ""


def _last_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?;])\s", text.strip()[-300:])[-1]


def _by_cue(rules: ReadmeRules, text: str) -> Role | None:
    """The role that the last sentence of a lead-in, or a heading, announces."""
    last = _last_sentence(text)
    if not last:
        return None
    for said in (rules.pattern(WHEN_DONE).sub(" ", last), last):
        for cue, role in DOES:
            if rules.cue(cue, said):
                return role
    return None


def _by_heading(rules: ReadmeRules, passage: Passage) -> Role | None:
    """The role that the heading announces. "Installation" is about everything that follows, so it announces none."""
    if not passage.headings:
        return None
    said = _by_cue(rules, passage.headings[-1])
    if said == Role.INSTALL:
        return None
    return said or _if_told_to_run(rules, passage.headings[-1])


def _if_told_to_run(rules: ReadmeRules, text: str) -> Role | None:
    """A program of the application that one is merely told to run is what runs it."""
    return Role.START if rules.cue(Cue.EXECUTE, _last_sentence(text)) else None
