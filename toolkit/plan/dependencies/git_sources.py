"""Dependencies that come from git repositories: what the build stage needs for them, and what a person has to know."""

import re
from collections.abc import Iterator, Sequence

from toolkit.catalog.load import Arguments
from toolkit.facts.model import Dependency
from toolkit.findings import Finding, Severity
from toolkit.plan.ranking import evidence_of

# pip's direct references, and what npm, Yarn and pnpm take: https://docs.npmjs.com/cli/configuring-npm/package-json#git-urls-as-dependencies,
# https://pip.pypa.io/en/stable/topics/vcs-support/, reviewed 2026-11-21.
_PIP = re.compile(r"@ ?git\+(?P<address>\S+)")
_NPM = re.compile(
    r"(?P<address>(?:git(?:\+(?:https?|ssh))?|ssh)://\S+|https?://\S+\.git(?:#\S*)?|git@\S+)"
    r"|(?:(?P<host>github|gitlab|bitbucket):)?(?P<path>[\w-][\w.-]*/[\w.-]+(?:#\S*)?)"
)
_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_HOST = re.compile(r"(?:[a-z+]+://)?(?:[^/@\s]+@)?([\w.-]+)")
_COMMIT = re.compile(r"[@#][0-9a-f]{7,40}(?:[#&]|$)")
# GitHub closed git://, and a build has no key for ssh; what is public answers by HTTPS.
# https://github.blog/2021-09-01-improving-git-protocol-security-github/, https://git-scm.com/docs/git-config#Documentation/git-config.txt-urlltbasegtinsteadOf,
# reviewed 2026-11-21.
_BY_HTTPS = ("git://{host}/", "ssh://git@{host}/", "git@{host}:")


def of_git(dependencies: Sequence[Dependency]) -> dict[str, list[Dependency]]:
    """Dependencies that git fetches, by the host that has them."""
    found: dict[str, list[Dependency]] = {}
    for dependency in dependencies:
        pattern = {"npm": _NPM, "pypi": _PIP}.get(dependency.ecosystem)
        match = pattern.fullmatch(dependency.constraint) if pattern else None
        if match is None:
            continue
        groups = match.groupdict()
        host = _HOST.match(groups["address"] or "")
        name = host[1] if host else _HOSTS[groups.get("host") or "github"]
        found.setdefault(name, []).append(dependency)
    return found


def by_https(hosts: Sequence[str]) -> tuple[Arguments, ...]:
    """Steps that let git ask hosts of public repositories by HTTPS, whatever the manifest or the lock file says."""
    public = [host for host in hosts if host in _HOSTS.values()]
    return tuple(
        ("git", "config", "--system", "--add", f"url.https://{host}/.insteadOf", address.format(host=host))
        for host in public
        for address in _BY_HTTPS
    )


def remark(found: dict[str, list[Dependency]]) -> Iterator[Finding]:
    """RP085: the build needs the way to those hosts, and what follows a branch changes without a change here."""
    dependencies = [dependency for of_host in found.values() for dependency in of_host]
    if not dependencies:
        return
    moving = [d.name for d in dependencies if not _COMMIT.search(d.constraint)]
    named = ", ".join(sorted({d.name for d in dependencies}))[:200]
    text = f"{named} from git on {', '.join(sorted(found))}, which each build has to reach"
    if moving:
        text += f"; no commit pins {', '.join(sorted(set(moving)))[:200]}"
    advice = "name commits, and give the build a token where a repository is private; or publish them in your own package index"
    yield Finding("RP085", Severity.WARNING if moving else Severity.NOTE, text, evidence_of(dependencies), advice)
