"""Files to create or edit before the application runs."""

import re
from collections.abc import Iterator

from toolkit.catalog.cues import Cue
from toolkit.catalog.globs import any_of
from toolkit.catalog.readme_rules import ReadmeRules, alternatives
from toolkit.documents.model import Kind, MarkKind
from toolkit.facts.model import ConfigFile, Fact, Role
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage, code_marks, sentence_before

# A path or file name with an ending, or one that begins with a dot.
PATH = re.compile(
    r"(?<![\w/\\.@:=-])(?:~|[A-Za-z]:|%\w{1,40}%|\$\{?\w{1,40}\}?)?[\w.@%~<>{}+-]{0,80}(?:[/\\][\w.@%<>{}+-]{1,80}){0,12}"
)
WORD = re.compile(r"\S{3,400}")
NAME_END = re.compile(r"[\w-]{0,60}\.[A-Za-z][\w-]{0,20}$|\.[a-z][\w.-]{1,40}$")
ONLY_PLACE = r"\b%mentioned%\b[^.\n]{0,40}$"
WHERE = r"%source%\s{1,3}[`'\"]?$"
OPENED = re.compile(r"[\w.~/-]{0,200}\w{2}")  # what an editor is given, whatever its name
# Files of a Linux host that have no ending, by the folders that hold such.
SYSTEM_FILE = re.compile(
    r"/etc/(?:default|sysconfig|cron\.[a-z]{1,8}|conf\.d|init|logrotate\.d|profile\.d|(?:nginx|apache2)/sites-(?:available|enabled))/[\w.-]{1,60}"
)
# Programs; and a site that is enabled is the file that it was.
_ELSEWHERE = re.compile(r"/s?bin/|^/etc/\w{1,20}/\w{1,20}-enabled/")
COMMENT_NAME = r"[ \t]{0,8}(?:#|//|;|--|/\*|<!--)[ \t]{0,3}(?:%in_file%:?[ \t])?([\w./\\-]{2,120}\.[a-z]{2,12}|/etc/[\w./-]{3,120})[ \t]{0,3}(?:\*/|-->)?$"


# A file of variables that a shell is given: source .env, . ./shop_env, export $(cat .env | xargs)
_OF_VARIABLES = re.compile(
    r"(?:^|[\s`(])(?:source|\.|cat)\s{1,3}(?:\./)?([\w./~-]{0,120}(?:\.env(?:\.[a-z]{1,20})?|[_-]env))(?=[\s`)|;]|$)"
)
FILE_BEFORE = r"\b%file%\s{1,3}(?:%named%\s{1,3})?[`'\"]{0,2}$"
FILE_AFTER = r"[`'\"]{0,2}\s{1,3}%file%\b"
MAXIMUM_ANNOUNCED = 160  # characters of a line that announces what goes into a file


# Bash's braces: config/{database.yml.sample,database.yml}, .env{.example,}
_BOTH = re.compile(r"(?P<before>[^{}]{0,200})\{(?P<from>[^{},]{0,100}),(?P<to>[^{},]{0,100})\}(?P<after>[^{}]{0,100})")
_NOTED = re.compile(r"^[ \t]{0,20}# (/etc/[\w./-]{3,120})$", re.MULTILINE)  # in a comment that is nothing else


def base_name(path: str) -> str:
    """The last part of a path with either slash."""
    return path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


class Names:
    """Judges file names by the vocabulary of configuration files."""

    def __init__(self, rules: ReadmeRules) -> None:
        files = rules.files
        self.extensions = frozenset(files.extensions)
        self.names, self.never, self.host = any_of(files.names), any_of(files.never), any_of(files.host)
        self.source = re.compile(
            rf"(?:^|[/\\]){alternatives(files.folders)}[/\\](?:[^/\\]*[/\\])?[^/\\]*\.{alternatives(rules.variables.program_files)}$"
        )
        self.sample = re.compile(
            r"(?:^|[._-])(?:" + "|".join(re.escape(word) for word in files.samples) + r")(?=[._-]|$)", re.IGNORECASE
        )

        self.without_ending = re.compile(
            rf"(?:[\w.~-]{{1,60}}/){{0,8}}[\w-]{{1,60}}[_-]{alternatives(files.last_words)}"
        )

    def is_configuration(self, path: str) -> bool:
        """Whether a file is configuration, by its name and where it lies."""
        name = base_name(path).lower()
        if self.never.fullmatch(name) or not name.strip("."):
            return False
        if name[0] == "." and name[1:] in self.extensions and name != ".env":
            return False
        return bool(self.names.fullmatch(name) or self.source.search(path)) or (
            "." in name and name.rsplit(".", 1)[-1] in self.extensions and len(name.rsplit(".", 1)[0]) < 60
        )

    def is_never(self, path: str) -> bool:
        """Whether a file is never configuration of the application, whatever is said of it."""
        return bool(self.never.fullmatch(base_name(path).lower()))

    def is_host(self, path: str) -> bool:
        """Whether a file belongs to the host, not to the application."""
        return bool(self.host.fullmatch(base_name(path).lower()))

    def is_sample(self, path: str) -> bool:
        """Whether a file is a sample that operators copy."""
        return bool(self.sample.search(base_name(path)))

    def real(self, path: str) -> str:
        """The file that a sample is a sample of."""
        folder, name = path[: len(path) - len(base_name(path))], base_name(path)
        bare = self.sample.sub("", name)
        bare = bare if bare.startswith(".") and name.startswith(".") else bare.lstrip("-_.") or name
        return folder + bare


def read(page: Page, draft: Draft, found: list[Found]) -> Iterator[Fact]:
    """Every configuration file that the page has somebody create, copy or edit."""
    names = Names(page.rules)
    for one in found:
        yield from _of_command(one, names, draft)
    for passage in page.texts:
        if not passage.aside and passage.block.kind != Kind.TABLE and len(passage.block.text) < 20_000:
            yield from _in_text(page, passage, names, draft)
    for remark in page.remarks:
        if not remark.aside and page.rules.cue(Cue.EDIT, remark.block.text.split(None, 1)[0]):
            yield from _in_text(page, remark, names, draft)
    for passage in page.codes:
        if not passage.aside:
            yield from _alone(page, passage, names, draft)
        if not passage.aside and passage.kind == CodeKind.SHELL and "# /etc/" in passage.block.text:
            for noted in _NOTED.finditer(passage.block.text):
                if names.is_configuration(noted[1]) and not names.is_host(noted[1]):
                    yield ConfigFile(path=noted[1], **draft.here(passage, "config-file:named-in-block", noted.start()))
        if not passage.aside and passage.kind not in (CodeKind.SHELL, CodeKind.WINDOWS, CodeKind.PROGRAM, None):
            first = passage.block.text.split("\n", 1)[0]
            if (
                (match := page.rules.pattern(COMMENT_NAME).match(first))
                and (names.is_configuration(match[1]) or SYSTEM_FILE.fullmatch(match[1]))
                and not names.is_host(match[1])
            ):
                yield ConfigFile(path=match[1], **draft.here(passage, "config-file:named-in-block"))


def _alone(page: Page, passage: Passage, names: Names, draft: Draft) -> Iterator[Fact]:
    """A code block that holds the name of a file to create and nothing else."""
    path = passage.block.text.strip()
    if "\n" in path or " " in path or "://" in path or not passage.lead.rstrip().endswith(":"):
        return
    asked = page.rules.cue(Cue.EDIT, passage.lead.rstrip().rsplit("\n", 1)[-1])
    if asked and NAME_END.search(path) and names.is_configuration(path) and not names.is_host(path):
        yield ConfigFile(path=path, **draft.here(passage, "config-file:alone-in-block"))


def _of_command(found: Found, names: Names, draft: Draft) -> Iterator[Fact]:
    if found.role == Role.VERIFY and not (found.classified and found.classified.rule.edits):
        return
    command = found.command
    words = command.words
    if "env" in command.text and (read := _OF_VARIABLES.search(command.text)) and not names.is_sample(read[1]):
        place = draft.of(found)("config-file:of-variables")
        yield ConfigFile(path=_in_directory(read[1], draft.directory(command.directory)), **place)
    positional = [word for word in words[1:] if not word.startswith("-")]
    base = draft.of(found)
    program = command.program
    if program in ("cp", "mv") and len(positional) == 1 and (both := _BOTH.fullmatch(positional[0])):
        positional = [both["before"] + both["from"] + both["after"], both["before"] + both["to"] + both["after"]]
    if program in ("cp", "mv", "ln", "copy", "rename", "install") and len(positional) >= 2:
        source, target = positional[-2], positional[-1]
        if (
            target.endswith(("/", "\\"))
            or target in (".", "..")
            or (names.is_configuration(source) and "." not in base_name(target) and not SYSTEM_FILE.fullmatch(target))
        ):
            target = (
                target.rstrip("/")
                + "/"
                + base_name(names.real(source) if names.is_sample(source) and target in (".", "./") else source)
            )
            target = target.removeprefix("./")
        sample = names.is_sample(source) or base_name(source) != base_name(target)
        if names.is_never(target) or names.is_host(target) or "*" in target or _ELSEWHERE.search(target):
            return
        if (
            names.is_configuration(target)
            or SYSTEM_FILE.fullmatch(target)
            or (names.is_sample(source) and not names.is_never(source))
        ):
            path = _in_directory(target, draft.directory(command.directory))
            yield ConfigFile(path=path, template=source if sample else "", **base("config-file:copied"))
    elif found.classified and found.classified.rule.edits:
        opened = positional if program not in ("echo", "printf", "cat", "sed", "perl", "envsubst", "tee") else []
        targets = list(opened)
        targets += [redirection.target for redirection in command.redirections if redirection.operator in (">", ">>")]
        for stage in command.pipeline:
            targets += [word for word in stage[1:] if "tee" in stage[:3] and not word.startswith("-") and word != "tee"]
        if program == "tee" or (program == "sed" and any(word.startswith("-i") for word in words)):
            targets += positional[-1:]
        for target in targets:
            if names.is_host(target) or names.is_never(target):
                continue
            if (NAME_END.search(target) and names.is_configuration(target)) or (
                target in opened and OPENED.fullmatch(target)
            ):
                yield ConfigFile(
                    path=_in_directory(target, draft.directory(command.directory)),
                    **base("config-file:edited-by-command"),
                )
            elif target.startswith("/etc/") and not target.endswith("/") and program not in ("echo", "sed"):
                yield ConfigFile(path=target, **base("config-file:edited-by-command"))


def _in_directory(path: str, directory: str) -> str:
    if not directory or path.startswith(("/", "~", "$", "%")) or ":" in path[:3]:
        return path
    return f"{directory}/{path.removeprefix('./')}"


def _paths(text: str) -> Iterator[re.Match[str]]:
    """What may be a path, of the words that have a full stop or lead into /etc."""
    for word in WORD.finditer(text):
        if "." in word[0] or "/etc/" in word[0]:
            for match in PATH.finditer(text, word.start(), word.end()):
                if match[0]:
                    yield match


def _shown(page: Page, passage: Passage, names: Names, draft: Draft) -> Iterator[Fact]:
    """A file without an ending, whatever its name, that a line sets in front of what goes into it: "Add this to `/srv/shop/bin/run`:"."""
    block, text = passage.block, passage.block.text
    mark = block.marks[-1]
    path = text[mark.start : mark.end]
    if (
        mark.kind == MarkKind.CODE
        and mark.end == len(text) - 1
        and "/" in path
        and "." not in base_name(path)
        and OPENED.fullmatch(path)
        and not names.is_host(path)
        and not names.is_never(path)
        and page.rules.cue(Cue.EDIT, sentence_before(text, mark.start))
    ):
        yield ConfigFile(path=path, **draft.here(passage, "config-file:shown", mark.start))


def _without_ending(page: Page, passage: Passage, names: Names, draft: Draft) -> Iterator[Fact]:
    """Files that are called so and by the last word of their names: "Create a file `shop_env`"."""
    text = passage.block.text
    for mark, code in code_marks(passage.block):
        if (
            names.without_ending.fullmatch(code)
            and (
                page.rules.pattern(FILE_BEFORE).search(text, max(0, mark.start - 40), mark.start)
                or page.rules.pattern(FILE_AFTER).match(text, mark.end)
            )
            and page.rules.cue(Cue.EDIT, sentence_before(text, mark.start))
        ):
            yield ConfigFile(path=code, **draft.here(passage, "config-file:without-ending", mark.start))


def _in_text(page: Page, passage: Passage, names: Names, draft: Draft) -> Iterator[Fact]:
    block, text = passage.block, passage.block.text
    if block.marks and ("_" in text or "-" in text):
        yield from _without_ending(page, passage, names, draft)
    if block.marks and text[-1:] == ":":
        yield from _shown(page, passage, names, draft)
    if "." not in text and "/etc/" not in text:
        return
    linked = [(mark.start, mark.end) for mark in block.marks if mark.kind == MarkKind.LINK]
    coded = [(mark.start, mark.end) for mark in block.marks if mark.kind == MarkKind.CODE]
    sample = ("", 0)  # the last one named, and where its name ends
    for match in _paths(text):
        path = match[0].rstrip(".")
        system = bool(SYSTEM_FILE.fullmatch(path))
        if len(path) < 3 or path.startswith(("http", "www.")) or text[match.end() : match.end() + 3] == "://":
            continue
        if not (NAME_END.search(base_name(path)) or system) or text[match.end() : match.end() + 1] in ("(", "@"):
            continue
        inside_code = any(start <= match.start() < end for start, end in coded)
        if inside_code and _in_command(text, coded, match.start(), match.end()):
            continue
        if (
            any(start <= match.start() < end for start, end in linked)
            and not inside_code
            and not (
                (match.start(), match.start() + len(path)) in linked
                and page.rules.cue(Cue.EDIT, sentence_before(text, match.start())[-40:])
            )
        ):
            continue
        before = sentence_before(text, match.start())
        if page.rules.cue(Cue.EXECUTE, before[before.rstrip("`'\" ").rfind(" ") + 1 :]):
            continue  # a script to run
        to_edit = system and (inside_code or page.rules.cue(Cue.EDIT, before[-100:]))
        if not (to_edit or names.is_configuration(path)) or names.is_host(path):
            continue
        heading = passage.headings[-1] if passage.headings else ""
        if names.is_sample(path):
            if page.rules.cue(Cue.EDIT, before) and not page.rules.pattern(WHERE).search(before):
                real = names.real(path)
                sample = (path, match.end())
                if real != path and names.is_configuration(real) and not _names_target(text, match.end(), names):
                    yield ConfigFile(
                        path=real, template=path, **draft.here(passage, "config-file:sample-in-text", match.start())
                    )
            continue
        near = before[-100:]
        if page.rules.pattern(ONLY_PLACE).search(near) and not page.rules.cue(Cue.EDIT, near[-40:]):
            continue
        if block.kind == Kind.HEADING:
            rule = "config-file:heading"
        elif page.rules.cue(Cue.EDIT, near):
            rule = (
                "config-file:to-edit" if inside_code or "/" in path or "\\" in path else "config-file:to-edit-unmarked"
            )
        elif (
            (system and page.rules.cue(Cue.EDIT, passage.lead[-200:]))
            or page.rules.cue(Cue.EDIT, text[match.end() : match.end() + 80].split(".")[0])
            or page.rules.cue(Cue.EDIT, heading)
        ):
            rule = "config-file:near-edit"
        elif inside_code and _announces(text, match.end()):
            rule = "config-file:announced"
        else:
            continue
        near_sample = sample[0] if sample[0] and match.start() - sample[1] < 60 else ""
        yield ConfigFile(path=path, template=near_sample, **draft.here(passage, rule, match.start()))


def _announces(text: str, end: int) -> bool:
    """Whether the line goes on to a colon, and what follows goes into the file: "From `mail.properties`:"."""
    line = text[text.rfind("\n", 0, end) + 1 :]
    return "\n" not in text[end:].rstrip() and text[-1] == ":" and len(line) <= MAXIMUM_ANNOUNCED


def _names_target(text: str, end: int, names: Names) -> bool:
    """Whether the sentence goes on to name the file that the sample becomes."""
    rest = text[end : end + 120].split(". ")[0]
    return any(
        NAME_END.search(word.strip("`'\",.:;()")) and names.is_configuration(word.strip("`'\",.:;()"))
        for word in rest.split()[:10]
    )


def _in_command(text: str, coded: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether the path is an argument inside a longer piece of inline code."""
    for first, last in coded:
        if first <= start < last:
            return " " in text[first:last].strip() and end - start < last - first - 1
    return False
