"""Logs that are written to files: a task's disk ends with it, and CloudWatch gets what stands on standard output alone.

Sources: https://docs.python.org/3/library/logging.handlers.html, https://logback.qos.ch/manual/appenders.html,
https://logging.apache.org/log4j/2.x/manual/appenders.html, https://nlog-project.org/config/,
https://logging.apache.org/log4net/manual/configuration.html, https://github.com/serilog/serilog-sinks-file,
https://github.com/winstonjs/winston/blob/master/docs/transports.md, https://log4js-node.github.io/log4js-node/appenders.html,
https://symfony.com/doc/current/logging.html, reviewed 2026-11-21.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.facts.model import Origin, WritableFolder
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.source_tree import SourceFile

RULE = "log-file"
MOST_PLACES = 3


@dataclass(frozen=True)
class Logger:
    """Where a library of logs is told what to write: the files, how they name a file, how standard output; and how code
    names folders, from its own place where `beside` matches, where that is not read elsewhere."""

    files: re.Pattern[str]
    to_file: re.Pattern[str]
    to_console: re.Pattern[str]
    folders: re.Pattern[str] | None = None


LOGGERS = (
    Logger(
        re.compile(r".*\.py"),
        re.compile(r"FileHandler['\"(]"),
        re.compile(r"StreamHandler|RichHandler"),
    ),
    Logger(
        re.compile(r"(?:log4j2?|logback)[\w.-]{0,40}\.(?:xml|properties|ya?ml)"),
        re.compile(r"FileAppender|<RollingFile\b|<RollingRandomAccessFile\b|<File\s|RollingFile\b"),
        re.compile(r"ConsoleAppender|<Console\b|type\s{0,3}=\s{0,3}Console"),
    ),
    Logger(
        re.compile(r"(?i)(?:nlog|log4net|web|app)[\w.-]{0,40}\.config|appsettings[\w.-]{0,40}\.json|(?:program|startup)\.cs"),
        re.compile(r"xsi:type=\"File\"|log4net\.Appender\.(?:Rolling)?FileAppender|WriteTo\.(?:Rolling)?File\(|\"Name\"\s{0,9}:\s{0,9}\"(?:Rolling)?File\""),
        re.compile(r"xsi:type=\"(?:Colored)?Console\"|ConsoleAppender|WriteTo\.(?:Async\(\w{1,9} => \w{1,9}\.)?Console\(|\"Name\"\s{0,9}:\s{0,9}\"Console\""),
    ),
    Logger(
        re.compile(r".*\.(?:[cm]?js|ts)"),
        re.compile(r"\btransports\.(?:DailyRotate)?File\s{0,3}[(,]|\bnew DailyRotateFile\(|\btype:\s{0,9}['\"](?:dateFile|file|rotating-file)['\"],\s{0,40}(?:filename|path):"
            r"|\bfile(?:name|path)?['\"]?:\s{0,9}(?:path\.(?:join|resolve)\([\w.]{1,40},\s{0,9})?['\"`][\w./-]{0,80}\.log['\"`]"),
        re.compile(r"\btransports\.Console\b|type:\s{0,9}['\"](?:console|stdout|stream)['\"]|process\.stdout"),
        re.compile(r"(?P<beside>__dirname\s{0,9}[,+]\s{0,9})?['\"`](?P<folder>/?(?:\.{1,2}/)*(?:[\w-][\w.-]{0,60}/)*\.?logs?)(?:/|['\"`])"),
    ),
    Logger(
        re.compile(r"monolog\.ya?ml|config(?:_prod)?\.yml"),
        re.compile(r"path:\s{0,9}['\"]?%kernel\.logs?_dir%"),
        re.compile(r"php://std(?:err|out)"),
    ),
)  # fmt: skip


def read(project: Project) -> Iterator[Finding | WritableFolder]:
    """The folders that logs come to; RP086, once for each application of the tree."""
    found: dict[str, list[tuple[Evidence, bool]]] = {}
    for logger in LOGGERS:
        for path in (path for path in project.tree.paths if logger.files.fullmatch(path.rpartition("/")[2])):
            file = project.tree.read(path) if project.is_code(path) else None
            match = logger.to_file.search(file.text) if file else None
            if file and match and not _is_remark(file, match.start()):
                place = file.at(file.line_of(match.start()), rule=RULE)
                found.setdefault(project.places.home(path), []).append(
                    (place, bool(logger.to_console.search(file.text)))
                )
                if logger.folders:
                    yield from _folders(project, file, logger.folders, place)
    for places in found.values():
        both = all(console for _, console in places)
        yield Finding(
            "RP086",
            Severity.NOTE if both else Severity.WARNING,
            "logs are also written to files, which are lost when the task ends"
            if both
            else "logs are written to files: they are lost when the task ends, and never reach CloudWatch Logs",
            tuple(place for place, console in places if both or not console)[:MOST_PLACES],
            "write logs to standard output: the task definition sends that to CloudWatch Logs",
        )


def _folders(project: Project, file: SourceFile, pattern: re.Pattern[str], place: Evidence) -> Iterator[WritableFolder]:
    """The folders of logs that a file names; the application's own where it names none, for logs that lie beside it."""
    home = project.places.home(file.path)
    found = []
    for match in pattern.finditer(file.text):
        beside = posixpath.relpath(file.directory or ".", home or ".") if match["beside"] else ""
        found.append(
            posixpath.normpath(posixpath.join(beside, match["folder"].lstrip("/") if beside else match["folder"]))
        )
    for folder in dict.fromkeys(found or ["."]):
        yield WritableFolder(path=folder, evidence=place, origin=Origin.CONVENTION, confidence=0.6, directory=home)


def _is_remark(file: SourceFile, position: int) -> bool:
    """Whether the line is commented out, or only imports."""
    line = file.lines[file.line_of(position) - 1].lstrip()
    return line.startswith(("#", "//", "*", "<!--", "from ", "import "))
