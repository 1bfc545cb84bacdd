"""Lock files of npm in which peers do not fit: they were written as npm 6 installs, and later releases refuse them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.facts.model import Dependency
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile
from toolkit.plan.versions.versions import satisfies

# https://docs.npmjs.com/cli/v10/using-npm/config#legacy-peer-deps, https://docs.npmjs.com/cli/v10/configuring-npm/package-lock-json
OPTION = "--legacy-peer-deps"
_NAME = r"(?:@[\w.~-]{1,100}/)?[\w.~-]{1,100}"
_PACKAGE = re.compile(rf'\s{{1,20}}"node_modules/({_NAME})": \{{$')
_INNER = re.compile(r'\s{1,20}"[^"]{1,300}/node_modules/[^"]{1,200}": \{$')
_VERSION = re.compile(r'\s{1,30}"version": "(\d[\w.+-]{0,60})",?$')
_PEERS = re.compile(r'\s{1,30}"peerDependencies": \{$')
_PEER = re.compile(rf'\s{{1,40}}"({_NAME})": "([^"]{{1,200}})",?$')
# Ranges that are compared; what names tags, addresses or releases before a release is not.
_RANGE = re.compile(r"[\d.\sxX*^~<>=|-]{1,200}")


@dataclass(frozen=True, slots=True)
class Conflict:
    """`package` asks for `wanted` of `peer`, and the lock file has `version`."""

    package: str
    peer: str
    wanted: str
    version: str
    evidence: Evidence


def peer_conflict(lock: SourceFile, listed: Sequence[Dependency]) -> Conflict | None:
    """The first of what the manifest itself lists whose peer the lock file has in a version that it does not take: for these
    npm 7 and later end the installation. Read as text, since the file may be longer than what is read of it."""
    direct = {dependency.name for dependency in listed}
    versions: dict[str, str] = {}
    asked: list[tuple[str, str, str, int]] = []
    for number, package, line in _lines_of_packages(lock):
        if match := _VERSION.match(line):
            versions.setdefault(package, match[1])
        elif package in direct and (match := _PEER.match(line)) and _RANGE.fullmatch(match[2]):
            asked.append((package, match[1], match[2], number))
    for package, peer, wanted, number in asked:
        version = versions.get(peer, "")
        if version and "-" not in version and not satisfies(wanted, version):
            return Conflict(package, peer, wanted, version, lock.at(number, rule="npm-lock"))
    return None


def _lines_of_packages(lock: SourceFile) -> Iterator[tuple[int, str, str]]:
    """Lines with the version of a package at the top, or with a peer of it."""
    package, peers = "", False
    for number, line in enumerate(lock.lines, start=1):
        if match := _PACKAGE.match(line):
            package, peers = match[1], False
        elif _INNER.match(line):
            package = ""
        elif package and _PEERS.match(line):
            peers = True
        elif peers and line.strip().startswith("}"):
            peers = False
        elif package and (peers or _VERSION.match(line)):
            yield number, package, line
