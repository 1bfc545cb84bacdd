"""package-lock.json, npm-shrinkwrap.json, yarn.lock and pnpm-lock.yaml: which version of each package is installed.

Read as text, line by line: they run to megabytes, and only few of their lines are wanted.
"""

import re
from collections.abc import Iterator

from toolkit.facts.model import Dependency, Fact, Origin, PackageManager
from toolkit.inventory.source_tree import SourceFile

FILES = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")

RULE = "npm-lock"
PACKAGE = r"(@[\w.~-]{1,100}/[\w.~-]{1,100}|[\w.~-]{1,100})"
VERSION = r"([0-9][0-9A-Za-z.+-]{0,60})"
# npm 7 and later name the folder, npm 6 and earlier nest; the application itself gets the packages at the top.
NPM_NAME = re.compile(rf'^(?: {{4}}|\t\t)"(?:node_modules/)?{PACKAGE}": \{{')
NPM_VERSION = re.compile(rf'^(?: {{6}}|\t\t\t)"version": "{VERSION}"')
YARN_NAME = re.compile(rf'^"?{PACKAGE}@[^:\n]{{1,1000}}:?')
YARN_VERSION = re.compile(rf'^  version:? "?{VERSION}"?')
PNPM_KEY = re.compile(rf"^  ['\"]?/?{PACKAGE}[@/]{VERSION}(?:[(_][^:]*)?['\"]?:")
# The format of a lock file tells which releases of the tool read it. https://github.com/pnpm/spec/tree/master/lockfile,
# https://github.com/yarnpkg/berry/blob/master/packages/yarnpkg-core/sources/Project.ts (LOCKFILE_VERSION); reviewed 2026-11-21
FORMAT = re.compile(r"lockfileVersion: {1,4}'?(\d+(?:\.\d)?)|  version: (\d{1,2})\s*$")
RELEASES = {
    "pnpm": {"5.1": "5", "5.2": "5", "5.3": "6", "5.4": "7", "6.0": "8", "6.1": "8", "9.0": "9"},
    "yarn": {"4": "2", "5": "3", "6": "3", "8": "4"},
}
FORMAT_STANDS_WITHIN = 12
MANAGERS = {"yarn.lock": "yarn", "pnpm-lock.yaml": "pnpm"}


def read(file: SourceFile) -> Iterator[Fact]:
    name = MANAGERS.get(file.name, "npm")
    yield PackageManager(
        name=name,
        version=_release(name, file),
        lock_file=file.path,
        evidence=file.at(rule=RULE),
        origin=Origin.RUNNING,
    )
    reader = {"npm": _npm, "yarn": _yarn, "pnpm": _pnpm}[name]
    seen: set[str] = set()
    for number, package, version in reader(file.lines):
        if package in seen:
            continue
        seen.add(package)
        yield Dependency(
            name=package,
            ecosystem="npm",
            version=version,
            constraint=version,
            evidence=file.at(number, rule=RULE),
            origin=Origin.RUNNING,
        )


def _release(name: str, file: SourceFile) -> str | None:
    """The release of pnpm or Yarn that reads a lock file of this format."""
    lines = file.lines[:FORMAT_STANDS_WITHIN]
    formats = (match[1] or match[2] for line in lines if (match := FORMAT.match(line)))
    return next((release for one in formats if (release := RELEASES.get(name, {}).get(one))), None)


def _npm(lines: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    name = ""
    for number, line in enumerate(lines, start=1):
        if len(line) > 1000:
            continue
        if match := NPM_NAME.match(line):
            name = match[1]
        elif name and (match := NPM_VERSION.match(line)):
            yield number, name, match[1]
            name = ""


def _yarn(lines: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    name = ""
    for number, line in enumerate(lines, start=1):
        if not line.startswith((" ", "#")):
            match = YARN_NAME.match(line[:1200])
            name = match[1] if match and match[1] != "__metadata" else ""
        elif name and (match := YARN_VERSION.match(line[:200])):
            yield number, name, match[1]
            name = ""


def _pnpm(lines: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(lines, start=1):
        if match := PNPM_KEY.match(line[:500]):
            yield number, match[1], match[2]
