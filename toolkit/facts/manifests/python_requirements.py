"""Requirement specifiers (PEP 508), as requirement files, setup.py and pyproject.toml write them."""

import re

from toolkit.facts.manifests.versions import pinned
from toolkit.facts.model import Dependency, Origin
from toolkit.findings import Evidence

# Where a project of Python says what it is called, what it needs and what it installs.
SETUPS = ("pyproject.toml", "setup.cfg", "setup.py")
REQUIREMENT = re.compile(
    r"\s{0,200}([A-Za-z0-9](?:[A-Za-z0-9._-]{0,100}[A-Za-z0-9])?)\s{0,20}(?:\[[^\]]{0,200}\])?\s{0,20}(@\s{0,20}\S{1,500}|\(?[^;#()]{0,200}\)?)\s{0,20}(?:;\s{0,20}([^#]{0,300}))?"
)
DEVELOPMENT = re.compile(
    r"(?:^|[-_./])(?:dev|devel|develop|development|test|tests|testing|lint|ci|docs?|local|build|typing|qa"
    r"|macos|osx|darwin|win32|win64|windows)(?:$|[-_./])"  # nor what other systems need
)
# A marker that is false on CPython 3 for Linux, which is what images run.
ELSEWHERE = re.compile(
    r"(?:sys_platform|platform_system|os_name)\s{0,20}==\s{0,20}['\"](?:win32|darwin|Windows|Darwin|nt|cygwin)['\"]"
    r"|(?:sys_platform|platform_system)\s{0,20}!=\s{0,20}['\"](?:linux|Linux)['\"]|python_version\s{0,20}<=?\s{0,20}['\"](?:2\.|3(?:\.[0-4])?['\"])"
    r"|platform_python_implementation\s{0,20}==\s{0,20}['\"]PyPy"
)


def normalised(name: str) -> str:
    """A project's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(text: str, evidence: Evidence, *, development: bool = False) -> Dependency | None:
    """One specifier as a dependency; None for what is none, or is only for other systems."""
    match = REQUIREMENT.match(text[:1000])
    if not match or (match[3] and ELSEWHERE.search(match[3])):
        return None
    constraint = " ".join(match[2].strip("() ").split())
    if constraint and not re.match(r"[@<>=!~]", constraint):
        return None
    return Dependency(
        name=normalised(match[1]),
        ecosystem="pypi",
        version=pinned(constraint) if constraint.startswith("==") else None,
        constraint=constraint,
        development=development,
        evidence=evidence,
        origin=Origin.RUNNING,
    )


def is_development(name: str) -> bool:
    """Whether a file or group of this name is for development: requirements-dev.txt, [tests]."""
    return bool(DEVELOPMENT.search(name.lower()))
