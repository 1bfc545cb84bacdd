"""Lines of shell text as READMEs show them: without prompts, output and comments, continuations joined."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Dialect(StrEnum):
    """The shell that a line is for."""

    POSIX = "posix"
    WINDOWS = "windows"  # cmd.exe
    POWERSHELL = "powershell"


# A program by its path. A source file by itself is none: its interpreter is.
FILE_LIKE = re.compile(
    r"(?:\./|\.\./|~/|/)[\w.@/+-]{1,200}$|(?:bin|sbin|scripts?|tools?|build|target|dist|vendor/bin|node_modules/\.bin|[\w.-]{1,40}/s?bin)/[\w./-]{1,160}$|[\w./-]{1,120}\.(?:sh|bash|run)$"
)
SOURCE_FILE = re.compile(
    r"\.(?:py|rb|pl|php|js|ts|sql|jar|java|conf|cfg|ini|ya?ml|json|xml|env|md|txt|rst|properties|html?|css|log|sample|example|dist|exs?|go|cs|csproj|sln|service|toml)$"
)
# What nobody runs, wherever it is.
_DATA = re.compile(
    r"\.(?:conf|cfg|ini|ya?ml|json|xml|properties|toml|lock|md|rst|txt|html?|css|csv|log|sql|gz|br|tgz|zip|png|jpe?g|svg|ht(?:access|passwd))$"
)
_SCRIPT = re.compile(r"(?:bin|scripts?)/[\w./-]{1,160}\.(?:pl|py|rb|php)$")  # a source file where programs are kept
PROMPT = re.compile(
    r"[ \t]{0,40}(?:\([\w.-]{1,40}\)[ \t]{0,4})?"
    r"(?:(?:\[?[\w.-]{1,40}@[\w.-]{1,60}[^\s$#>%]{0,80}(?:[ \t][~/][^\s$#>%]{0,80})?\]?[ \t]?|~(?:/[\w./-]{0,60})?[ \t]?|bash-[\d.]{1,5})?\$[ \t]{1,4}"
    r"|\[?[\w.-]{1,40}@[\w.-]{1,60}[^\s$#>%]{0,80}(?:[ \t][~/][^\s$#>%]{0,80})?\]?[#%>][ \t]{1,4}"
    r"|\[[\w.-]{1,40}@[\w.-]{1,60} [^\]\n]{1,80}\][#$%>][ \t]{1,4}"
    r"|\[[\w.~/-]{2,60}\][#$%][ \t]{1,4}"  # a folder alone
    r"|\$(?=[a-z][a-z0-9.-]{1,30}[ \t][^=\s])"  # without a blank
    r"|RUN[ \t]{1,4}(?=[\w./]))"  # a Dockerfile's
)
ROOT_PROMPT = re.compile(r"[ \t]{0,40}#[ \t]{1,4}(?=[^\s#])")
ANGLE_PROMPT = re.compile(r"[ \t]{0,40}(?:~?>|%|❯|➜|λ)[ \t]{1,4}(?=[\w./~])")
WINDOWS_PROMPT = re.compile(
    r"[ \t]{0,40}(?P<ps>PS[ \t]?)?(?:[A-Za-z]:(?:\\[^<>\n|]{0,120}|/[^<>\n|]{0,120})?)>[ \t]{0,4}|[ \t]{0,40}(?P<bare>PS)>[ \t]{1,4}"
)
# The prompt of another program's console: what follows is not for a shell.
CONSOLE = re.compile(
    r"[ \t]{0,40}(?:mysql|MariaDB \[[^\]\n]{0,40}\]|sqlite|sqlplus|SQL|redis|127\.0\.0\.1:\d{2,5}|mongo\w{0,10}|irb(?:\([^)\n]{0,40}\))?[^>\n]{0,20}|iex(?:\([^)\n]{0,20}\))?|pry[^>\n]{0,30}"
    r"|>>|\.\.\.|->|In \[\d{1,4}\]:|\d{1,3})(?:>|(?<=\.\.\.)|(?<=->)|(?<=\]:))[ \t]?"
    r"|[ \t]{0,40}[\w-]{1,40}(?:=|-|\(|')[#>][ \t]"
)
CMDLET = re.compile(
    r"[ \t]{0,40}(?:Add|Clear|Copy|Disable|Enable|Expand|Export|Get|Import|Install|Invoke|Move|New|Out|Register|Remove|Rename|Restart|Set|Start|Stop|Test|Update|Write)"
    r"-[A-Z][A-Za-z]{2,40}(?=\s|$)|[ \t]{0,40}\$env:\w|[ \t]{0,40}&[ \t]+[\"'$]|[ \t]{0,40}\$[A-Za-z_]\w{0,40}[ \t]?="
)
WINDOWS = re.compile(
    r"[ \t]{0,40}(?:(?:del|xcopy|robocopy|setx|rmdir /s|rd /s|net (?:start|stop)|sc (?:create|start)|regsvr32|msiexec|choco|winget|scoop|iisreset|rem|@echo|copy [^\n]{0,80}\\|move [^\n]{0,80}\\)(?=\s|$)"
    r"|set[ \t]+\w{1,60}=|[\w.\\:-]{0,120}\\[\w.\\-]{1,120}\.(?:bat|cmd|exe|ps1)\b|[\w.-]{1,60}\.(?:bat|cmd|exe|ps1)(?=\s|$)|\.\\|cd[ \t]+[A-Za-z]:\\|[A-Za-z]:\\)",
    re.IGNORECASE,
)
HERE_DOCUMENT = re.compile(r"<<-?[ \t]{0,3}(['\"]?)([A-Za-z_][\w.-]{0,40})\1")
BLOCK_WORD = re.compile(r"(?:for|while|until|if|case|select|function)\b|\{[ \t]*$")
CLOSING_WORD = re.compile(r"(?:done|fi|esac|\})\b|\}")
MAXIMUM_LOGICAL_LINES = 60
MAXIMUM_LOGICAL_LENGTH = 4_000
MAXIMUM_HERE_LINES = 400
WRAPPERS = frozenset(
    {"sudo", "doas", "nohup", "exec", "time", "env", "command", "nice", "setsid", "gosu", "runuser", "envdir"}
)
SUDO_WITH_VALUE = frozenset(
    ["-u", "-g", "-U", "-C", "-p", "-r", "-t", "-h", "-D", "--user", "--group", "--chdir", "-iu", "-Hu", "-nu", "-Eu"]
)
_BEFORE_COMMAND = re.compile(r"[A-Z_][A-Z0-9_]{0,60}=\S{0,200}")


# Behind a command, in the manner of C, as people write whose READMEs are about JavaScript or Java. Not in addresses.
REMARK = re.compile(r"(?<=[\w'\")}])[ \t]{1,20}//[ \t]?([^\s/][^/\n]{0,300})$")


def is_file(word: str) -> bool:
    """Whether a first word is a program given by its path."""
    return bool(FILE_LIKE.match(word) and not _DATA.search(word)) and (
        word.startswith("./") or bool(_SCRIPT.match(word)) or not SOURCE_FILE.search(word)
    )


def without_wrappers(words: Sequence[str]) -> Sequence[str]:
    """The words of a command without `sudo -u postgres`, `nohup` and their like, and without variables, in front."""
    first = 0
    while first < len(words) and (
        words[first] in WRAPPERS or words[first].startswith("-") or _BEFORE_COMMAND.fullmatch(words[first])
    ):
        first += 2 if words[first] in SUDO_WITH_VALUE else 1
    return words[first:]


@dataclass(slots=True)
class LogicalLine:
    """A line with its continuations, here-document and open brackets, without prompt."""

    text: str
    first_line: int
    last_line: int
    prompted: bool
    dialect: Dialect
    here: tuple[str, str] | None = None  # operator and text of its here-document
    comment: str = ""  # on the lines above


def logical_lines(
    lines: list[str], first_line: int, reads_as_command: Callable[[Sequence[str]], bool]
) -> Iterator[LogicalLine]:
    """Lines as a shell takes them: without prompts and what they printed, with their continuations."""
    prompted = any(PROMPT.match(line) or WINDOWS_PROMPT.match(line) for line in lines[:400])
    # Of interest beside lines that may have root's prompt.
    plain = prompted or (
        any("#" in line for line in lines) and any(_typed_plainly(line, reads_as_command) for line in lines[:400])
    )
    number = 0
    comment = ""
    while number < len(lines):
        line = lines[number]
        start = number
        number += 1
        if not line.strip() or CONSOLE.match(line):
            comment = "" if not line.strip() else comment
            continue
        text, dialect, has_prompt = _without_prompt(line, reads_as_command, plain)
        if text is None or (prompted and not has_prompt):
            if text is None and line.lstrip(" \t$").startswith("#"):
                comment = line.lstrip(" \t$#")
            continue  # a comment, or what a command before it printed
        if dialect != Dialect.POSIX:
            yield LogicalLine(text.strip(), first_line + start, first_line + start, has_prompt, dialect)
            continue
        if remark := REMARK.search(text):
            text, comment = text[: remark.start()], comment or remark[1]
        parts = [text]
        while number < len(lines) and number - start < MAXIMUM_LOGICAL_LINES and _is_open(parts):
            more = lines[number]
            if ANGLE_PROMPT.match(more) and parts[-1].rstrip().endswith("\\"):
                more = more[ANGLE_PROMPT.match(more).end() :]  # type: ignore[union-attr]
            parts.append(more)
            number += 1
            if inner := HERE_DOCUMENT.search(more):
                # Its text stands between the lines of a block, and no quote in it opens anything.
                _, number = _here_document(lines, number, inner[2])
                parts[-1] = more[: inner.start()] + more[inner.end() :]
        joined = _joined_lines(parts)
        here: tuple[str, str] | None = None
        if match := HERE_DOCUMENT.search(joined):
            body, number = _here_document(lines, number, match[2])
            here = ("<<", "\n".join(body))
            joined = joined[: match.start()] + joined[match.end() :]
        yield LogicalLine(
            joined[:MAXIMUM_LOGICAL_LENGTH],
            first_line + start,
            first_line + number - 1,
            has_prompt,
            Dialect.POSIX,
            here,
            comment,
        )
        comment = ""


def _here_document(lines: list[str], number: int, ends_with: str) -> tuple[list[str], int]:
    """The text of a here-document that begins at a line, and the number of the line behind it."""
    body: list[str] = []
    while number < len(lines) and len(body) < MAXIMUM_HERE_LINES:
        more = lines[number]
        number += 1
        if more.strip() == ends_with:
            break
        body.append(more)
    return body, number


def _without_prompt(
    line: str, reads_as_command: Callable[[Sequence[str]], bool], plain: bool
) -> tuple[str | None, Dialect, bool]:
    """The line after its prompt (None for a comment), its dialect, and whether there was a prompt.

    Where other lines are `plain`, without a prompt or with another, `# ` begins a comment.
    """
    if match := WINDOWS_PROMPT.match(line):
        shell = Dialect.POWERSHELL if match["ps"] or match["bare"] else Dialect.WINDOWS
        return (line[match.end() :] or None), shell, True
    if match := PROMPT.match(line):
        rest = line[match.end() :]
        return (None if rest.startswith("#") else rest), Dialect.POSIX, True
    if match := ROOT_PROMPT.match(line):
        rest = line[match.end() :]
        if not plain and _typed_by_root(rest, reads_as_command):
            return rest, Dialect.POSIX, True
        return None, Dialect.POSIX, False
    if line.lstrip().startswith("#"):
        return None, Dialect.POSIX, False
    if match := ANGLE_PROMPT.match(line):
        return line[match.end() :], Dialect.POSIX, False
    if CMDLET.match(line):
        return line, Dialect.POWERSHELL, False
    if WINDOWS.match(line):
        return line, Dialect.WINDOWS, False
    return line, Dialect.POSIX, False


def _typed_plainly(line: str, reads_as_command: Callable[[Sequence[str]], bool]) -> bool:
    """Whether a line is a command without a prompt."""
    words = [] if line.lstrip().startswith("#") else without_wrappers(line.split(None, 8))
    return bool(words) and reads_as_command(words)


def _typed_by_root(rest: str, reads_as_command: Callable[[Sequence[str]], bool]) -> bool:
    """Whether what follows `# ` was typed by root, and is no comment."""
    words = without_wrappers(rest.split())
    if words and words[0].startswith(("./", "/", "~/")):
        return len(words[0]) > 2
    return bool(words) and reads_as_command(words)


def _is_open(parts: list[str]) -> bool:
    """Whether the command goes on in the next line: a back slash, an open quote, an operator, an open block."""
    last = parts[-1].rstrip()
    if last.endswith(("&&", "||", "|")) or (last.endswith("\\") and not last.endswith("\\\\")):
        return True
    head = parts[0].lstrip()
    if BLOCK_WORD.match(head):
        tail = last.split()
        return (
            not (tail and (CLOSING_WORD.match(tail[-1]) or tail[-1] in {"done", "fi", "esac", "}"})) and len(parts) < 30
        )
    return _has_open_quote(parts) and len(parts) < 12


def _has_open_quote(parts: list[str]) -> bool:
    if sum(map(len, parts)) > MAXIMUM_LOGICAL_LENGTH:
        return False
    text = "\n".join(parts)
    if "'" not in text and '"' not in text:
        return False
    quote = ""
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\" and quote != "'":
            position += 1
        elif quote:
            if character == quote:
                quote = ""
        elif character in "'\"":
            before = text[position - 1 : position]
            if character == "'" and before.isalpha() and text[position + 1 : position + 2].isalpha():
                pass  # an apostrophe
            else:
                quote = character
        elif character == "#" and (position == 0 or text[position - 1].isspace()):
            end = text.find("\n", position)
            if end < 0:
                return False
            position = end
        position += 1
    return bool(quote)


def _joined_lines(parts: list[str]) -> str:
    pieces = []
    for part in parts:
        stripped = part.rstrip()
        if stripped.endswith("\\") and not stripped.endswith("\\\\"):
            pieces.append(stripped[:-1].rstrip() + " ")
        elif stripped.endswith(("&&", "||", "|")):
            pieces.append(stripped + " ")
        else:
            pieces.append(part + "\n")
    first, *rest = pieces
    return (
        first + "".join(piece.lstrip() if pieces[index].endswith(" ") else piece for index, piece in enumerate(rest))
    ).rstrip("\n")
