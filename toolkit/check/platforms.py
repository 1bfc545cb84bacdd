"""Do the applications of a platform leave each other alone: priorities, host names, databases, and what they import?"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.artefacts import plan_file
from toolkit.artefacts.platform import SHARED
from toolkit.check.output import CONFIGURATION, Output
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.model import ENVIRONMENTS
from toolkit.plan.overrides import value_at
from toolkit.plan.plan_file import read_values
from toolkit.plan.platforms import PATH
from toolkit.plan.routing.listener_rules import RULES_OF_A_SERVICE

_EXPORT = re.compile(r"Export:\s*(?:\{Name:|Name:) !Sub \"?\$\{Application\}-\$\{Environment\}-(\w+)\"?")
_MAXIMUM_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class _Rule:
    """A listener rule of a service of an application; `where` is its configuration, beside the platform's folder."""

    where: str
    priority: int
    hosts: tuple[str, ...]
    paths: tuple[str, ...]

    def meets(self, other: "_Rule") -> bool:
        """Whether a request can be one of both."""
        hosts = not self.hosts or not other.hosts or _any(self.hosts, other.hosts)
        return hosts and _any(self.paths, other.paths)


def exported(templates: Mapping[str, str]) -> frozenset[str]:
    """What a platform exports in each environment, after `<platform>-<environment>-`."""
    return frozenset(name for part in SHARED for name in _EXPORT.findall(templates.get(part, "")))


def check(folder: Path, texts: Mapping[str, str]) -> Iterator[Finding]:
    """Findings RP151 (equal priorities), RP152 (requests of two applications), RP153 (equal databases or users) and RP154 (an import that the platform does not meet),
    over the platform in `folder`, whose texts are given, and the applications in the folders beside it."""
    platform = read_values(texts[PATH], PATH).get("name")
    written = exported({part: texts.get(f"cloudformation/{part}.yaml", "") for part in SHARED})
    applications = {
        home.name: _texts(home)
        for home in sorted(folder.resolve().parent.iterdir())
        if _platform_of(home) == platform and platform
    }
    for name, own in applications.items():
        yield from _missing(name, Output(own), written)
    for environment in ENVIRONMENTS:
        yield from _rules_that_meet(
            [rule for name, own in applications.items() for rule in _rules(name, own, environment)]
        )
        yield from _databases(applications, environment)


def _platform_of(home: Path) -> object:
    path = home / plan_file.PATH
    if home.is_symlink() or not path.is_file() or path.stat().st_size > _MAXIMUM_BYTES:
        return None
    return value_at(read_values(path.read_text(encoding="utf-8", errors="replace"), str(path)), "platform.name")


def _texts(home: Path) -> dict[str, str]:
    found = {}
    for pattern in ("cloudformation/platform*.yaml", "cloudformation/*.json", "services/*/ecs-service-config*.json"):
        for path in sorted(home.glob(pattern)):
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= _MAXIMUM_BYTES:
                found[path.relative_to(home).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
    return found


def _missing(name: str, output: Output, written: frozenset[str]) -> Iterator[Finding]:
    for environment, stacks in output.environments.items():
        for stack in stacks:
            prefix = f"{stack.parameters.get('Platform')}-{environment}-"
            for export in sorted(stack.imports):
                if export.startswith(prefix) and export.removeprefix(prefix) not in written:
                    message = f"{stack.part} imports {export}, which the platform does not export"
                    places = (Evidence(f"../{name}/{stack.template.path}"), Evidence(PATH))
                    yield Finding("RP154", Severity.ERROR, message, places)


def _rules(name: str, texts: Mapping[str, str], environment: str) -> Iterator[_Rule]:
    output = Output(texts)
    for path, given in output.configurations.items():
        match = CONFIGURATION.fullmatch(path)
        if match is None or (match[2] or "production") != environment:
            continue
        ends = ("", *map(str, range(2, RULES_OF_A_SERVICE + 1)))
        rules = [(given.get(f"ListenerRulePriority{end}", ""), given.get(f"PathPatterns{end}", "")) for end in ends]
        hosts = tuple(filter(None, given.get("HostHeaders", "").lower().split(",")))
        for priority, paths in (*rules, (given.get("RootRedirectPriority", ""), "/")):
            if priority.isdecimal():
                yield _Rule(f"../{name}/{path}", int(priority), hosts, tuple(paths.split(",")))


def _rules_that_meet(rules: list[_Rule]) -> Iterator[Finding]:
    """Rules of one application are its own affair: RP112 and RP121 tell of them."""
    for place, rule in enumerate(rules):
        for other in rules[:place]:
            if rule.where.split("/")[1] == other.where.split("/")[1]:
                continue
            both = (Evidence(rule.where), Evidence(other.where))
            if rule.priority == other.priority:
                message = f"two applications have the listener rule priority {rule.priority}"
                hint = f"give one of them another band in {PATH}, and convert again"
                yield Finding("RP151", Severity.ERROR, message, both, hint)
            if rule.meets(other):
                message = f"requests to {', '.join(rule.hosts) or 'any host'} match the rules of two applications"
                yield Finding("RP152", Severity.ERROR, message, both, "give each services.<name>.hosts of its own")


def _databases(applications: Mapping[str, Mapping[str, str]], environment: str) -> Iterator[Finding]:
    taken: dict[tuple[str, str], str] = {}
    path = f"cloudformation/{environment}.json"
    for name, texts in applications.items():
        try:
            given = json.loads(texts.get(path, "{}")).get("platform-database", {}).get("Parameters", {})
        except (ValueError, AttributeError):
            continue
        for parameter in ("DatabaseName", "ApplicationUsername"):
            place = (parameter, str(given.get(parameter, "")).lower())
            if place[1] and taken.setdefault(place, name) != name:
                both = (Evidence(f"../{name}/{path}"), Evidence(f"../{taken[place]}/{path}"))
                message = f"two applications have the {parameter} {place[1]} on the platform's server"
                yield Finding("RP153", Severity.ERROR, message, both, "set datastores.database.database of one of them")


def _any(patterns: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(_overlap(one, other) for one in patterns for other in others)


def _overlap(one: str, other: str) -> bool:
    """Whether a text matches both patterns, where `*` is any characters and `?` one."""
    reached = {(0, 0)}
    pending = [(0, 0)]
    while pending:
        a, b = pending.pop()
        if a == len(one) and b == len(other):
            return True
        left, right = one[a : a + 1], other[b : b + 1]
        following = []
        if left == "*":
            following += [(a + 1, b)] + ([(a, b + 1)] if right else [])
        if right == "*":
            following += [(a, b + 1)] + ([(a + 1, b)] if left else [])
        if left and right and (left == right or "?" in (left, right)):
            following.append((a + 1, b + 1))
        pending += [state for state in following if state not in reached]
        reached.update(following)
    return False
