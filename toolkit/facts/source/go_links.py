"""Libraries in C that Go code of the application's own links: `#cgo pkg-config: taglib`, `#cgo LDFLAGS: -lpcap`.

https://pkg.go.dev/cmd/cgo#hdr-Using_cgo_with_the_go_command
"""

import re
from collections.abc import Iterator

from toolkit.facts.model import Dependency, Origin
from toolkit.facts.source.project import Project

RULE = "go-links"
DIRECTIVE = re.compile(
    r"^[ \t/*]{0,9}#cgo[ \t]{1,9}([\w!, \t]{0,80}?)[ \t]{0,9}(pkg-config|LDFLAGS):([^\n]{1,400})", re.MULTILINE
)
LINKED = re.compile(r"(?:^|\s)-l([\w+.-]{1,40})")
MODULE = re.compile(r"(?:^|\s)([a-zA-Z][\w+.-]{0,40})")
# What a file or a line is for: https://pkg.go.dev/cmd/go#hdr-Build_constraints. A tag that is none of these has to be asked for.
FOR = re.compile(r"^//(?:go:build|[ \t]{0,9}\+build)[ \t]([^\n]{1,200})", re.MULTILINE)
OTHERWISE = re.compile(r"![ \t]{0,9}\w+")
TAG = re.compile(r"[a-z]\w*")
OURS = frozenset({"amd64", "arm64", "cgo", "gc", "linux", "unix"})
OF_OTHER_SYSTEMS = re.compile(r"_(?:windows|darwin|freebsd|openbsd|netbsd|js|wasm)(?:_\w+)?\.go$")


def read(project: Project) -> Iterator[Dependency]:
    """Each once, by pkg-config's name, which that of a library after `-l` nearly always is with `lib` before it."""
    seen: set[str] = set()
    for file in project.code(".go"):
        if '"C"' not in file.text or OF_OTHER_SYSTEMS.search(file.path) or not _is_for_us(*FOR.findall(file.text)):
            continue
        for match in DIRECTIVE.finditer(file.text):
            if not _is_for_us(match[1]):
                continue
            by_module = match[2] == "pkg-config"
            for name in (MODULE if by_module else LINKED).findall(match[3]):
                name = name if by_module else f"lib{name}"
                if name not in seen:
                    seen.add(name)
                    place = file.at(file.line_of(match.start()), rule=RULE)
                    yield Dependency(name=name, ecosystem="c", evidence=place, origin=Origin.RUNNING)


def _is_for_us(*constraints: str) -> bool:
    return all(OURS.issuperset(TAG.findall(OTHERWISE.sub("", line))) for line in constraints)
