"""Gemfile, read as text because it is a program, and Gemfile.lock."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.versions import lowest, pinned
from toolkit.facts.model import Dependency, Fact, Origin, PackageManager, Runtime
from toolkit.inventory.source_tree import SourceFile

FILES = ("Gemfile", "Gemfile.lock", "gems.rb", "gems.locked")

RULE = "gemfile"
RUBY = re.compile(r"^[ \t]{0,200}ruby\s{0,20}\(?\s{0,20}['\"]([^'\"]{1,60})['\"]")
GEM = re.compile(
    r"^[ \t]{0,200}gem\s{0,20}\(?\s{0,20}['\"]([\w.-]{1,100})['\"](?:\s{0,20},\s{0,20}['\"]([^'\"]{1,60})['\"])?([^\n]{0,300})"
)
GROUP = re.compile(r"^[ \t]{0,200}group\s{0,20}\(?\s{0,20}([^\n]{1,200}?)\)?\s{1,20}do\b")
LOCKED = re.compile(r"^ {4}([\w.-]{1,100}) \(([0-9][\w.]{0,40})(?:-[\w.-]{1,40})?\)")
LOCKED_RUBY = re.compile(r"^[ \t]{1,200}ruby (\d+\.\d+\.\d+)")
AUTHORS = re.compile(r":?(?:development|test|ci|lint|doc|staging_test)\b")


def read(file: SourceFile) -> Iterator[Fact]:
    yield from _locked(file) if file.name in ("Gemfile.lock", "gems.locked") else _wanted(file)


def _wanted(file: SourceFile) -> Iterator[Fact]:
    yield PackageManager(name="bundler", evidence=file.at(rule=RULE), origin=Origin.RUNNING)
    blocks: list[bool] = []
    for number, whole_line in enumerate(file.lines, start=1):
        line = whole_line.split(" #")[0][:1000]
        if line.lstrip().startswith("#"):
            continue
        place = file.at(number, rule=RULE)
        if match := RUBY.match(line):
            yield Runtime(
                name="ruby", version=lowest(match[1]), constraint=match[1], evidence=place, origin=Origin.RUNNING
            )
        elif match := GROUP.match(line):
            blocks.append(
                bool(AUTHORS.search(match[1])) and "production" not in match[1] and ":default" not in match[1]
            )
        elif re.search(r"\bdo\s{0,20}(?:\|[^|\n]{0,40}\|\s{0,20})?$", line) or re.match(
            r"\s{0,200}(?:if|unless|case)\b", line
        ):
            blocks.append(False)
        elif re.match(r"\s{0,200}end\b", line) and blocks:
            blocks.pop()
        elif match := GEM.match(line):
            grouped = re.search(r"groups?:\s{0,20}(\[[^\]]{0,100}\]|:\w+)", match[3])
            yield Dependency(
                name=match[1],
                ecosystem="gem",
                version=pinned(match[2] or ""),
                constraint=match[2] or "",
                development=any(blocks)
                or bool(grouped and AUTHORS.search(grouped[1]) and "production" not in grouped[1]),
                evidence=place,
                origin=Origin.RUNNING,
            )


def _locked(file: SourceFile) -> Iterator[Fact]:
    version = ""
    for number, line in enumerate(file.lines[:-1], start=1):
        if line.strip() == "BUNDLED WITH":
            version = file.lines[number].strip()
    yield PackageManager(
        name="bundler", version=version or None, lock_file=file.path, evidence=file.at(rule=RULE), origin=Origin.RUNNING
    )
    for number, line in enumerate(file.lines, start=1):
        place = file.at(number, rule=RULE)
        if match := LOCKED.match(line[:200]):
            yield Dependency(
                name=match[1],
                ecosystem="gem",
                version=match[2],
                constraint=match[2],
                evidence=place,
                origin=Origin.RUNNING,
            )
        elif match := LOCKED_RUBY.match(line[:200]):
            yield Runtime(name="ruby", version=match[1], constraint=match[1], evidence=place, origin=Origin.RUNNING)
