"""How an Application Load Balancer chooses: listener rules with path patterns, host names and methods, asked in the order of
their priorities. A rule takes a request when one value of each of its conditions does.

Matching: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
Limits: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html (reviewed 2026-11-21)
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from toolkit.plan.model import BANDS, ENVIRONMENTS, Plan, Service

MAXIMUM_VALUES = 5  # condition values of one rule, and what its evaluations may be
MAXIMUM_RULES = 100  # of one load balancer, by default
RULES_OF_A_SERVICE = 3  # that cloudformation/service.yaml makes: fifteen path patterns
MAXIMUM_PRIORITY = 50_000
ALL_PRIORITIES = range(1, MAXIMUM_PRIORITY + 1)
ALLOWED = re.compile(r"[A-Za-z0-9_\-.$/~\"'@:+&*?]+")
LOCAL_DOMAIN = "localhost"  # names below it lead to this machine: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
_AFTER_ALL = MAXIMUM_PRIORITY + 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A listener rule: the path patterns that lead to a service; of all host names and methods where it names none. With
    `redirect` it answers by itself: with a redirect to that path. It takes the prefix `strip` off what it forwards."""

    service: str
    image: str
    patterns: tuple[str, ...]
    priority: int | None
    port: int
    hosts: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    redirect: str = ""
    strip: str = ""

    @property
    def conditions(self) -> str:
        """What the rule looks at, on one line."""
        return " ".join((*self.methods, *self.hosts, *self.patterns))

    def takes(self, method: str, host: str) -> bool:
        """Whether requests of a method to a host name are the rule's, when their path is. Methods count as written, names of
        hosts in any case, without a port."""
        return (not self.methods or method in self.methods) and self.takes_host(host)

    def takes_host(self, host: str) -> bool:
        """Whether requests to a host name are the rule's, when their method and path are."""
        return not self.hosts or any(matches(pattern.lower(), host.lower()) for pattern in self.hosts)


def stripped(prefix: str, url: str) -> str:
    """A path, with its query, as a rule forwards it that takes a prefix off: `/users` for `/admin/users`, `/` for `/admin`. What
    does not begin with it stays, as where a rewrite's expression does not match.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html (reviewed 2026-11-21)
    """
    if not prefix or not url.startswith(prefix):
        return url
    return "/" + url.removeprefix(prefix).removeprefix("/")


def rules(plan: Plan) -> tuple[Rule, ...]:
    """The rules of the plan's web services in the order in which the load balancer asks; those without priority last.

    A service with more patterns than a rule takes has several, whose priorities follow on its own; that of its redirect comes
    right before. `{domain}` in host names is that of each environment, and on one machine localhost.
    """
    domains = tuple(dict.fromkeys(filter(None, (*map(plan.domain, ENVIRONMENTS), LOCAL_DOMAIN))))
    found = [rule for name, service in plan.services.items() for rule in _of(name, service, domains)]
    return tuple(sorted(found, key=lambda rule: _AFTER_ALL if rule.priority is None else rule.priority))


def _of(name: str, service: Service, domains: tuple[str, ...]) -> Iterator[Rule]:
    if service.kind != "web" or service.port is None:
        return
    strip = service.prefix if service.strip_prefix else ""
    first = Rule(
        name, service.image, (), service.priority, service.port, _filled(service.hosts, domains), service.methods
    )
    if service.root_redirect and service.paths:
        before = None if first.priority is None else first.priority - 1
        yield replace(first, patterns=("/",), priority=before, redirect=service.root_redirect)
    for number, patterns in enumerate(parted(service.paths, len(service.hosts) + len(service.methods))):
        priority = None if first.priority is None else first.priority + number
        yield replace(first, patterns=patterns, priority=priority, strip=strip)


def at_any_host(found: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules without host names where all have the same, which tell no service from another: so the application is asked
    on one machine, by whatever name."""
    return found if len({rule.hosts for rule in found}) > 1 else tuple(replace(rule, hosts=()) for rule in found)


def of_environment(plan: Plan, environment: str) -> Plan:
    """The plan with the host names that its stacks have in one environment."""
    domain = next((plan.domain(one) for one in ENVIRONMENTS if one == environment), "")
    services = {
        name: one.model_copy(update={"hosts": tuple(host.replace("{domain}", domain) for host in one.hosts)})
        for name, one in plan.services.items()
    }
    return plan.model_copy(update={"services": services})


def common_host(found: tuple[Rule, ...]) -> str:
    """A host name that every rule takes, where all have the same; empty where they differ, or take any."""
    names = {rule.hosts for rule in found}
    return min(names.pop(), default="").replace("*", "x").replace("?", "x") if len(names) == 1 else ""


def _filled(hosts: tuple[str, ...], domains: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(host.replace("{domain}", domain) for host in hosts for domain in domains))


def parted(patterns: tuple[str, ...], beside: int = 0) -> list[tuple[str, ...]]:
    """The patterns of each of a service's rules. Host names and methods count among the values of every one: `beside`."""
    room = MAXIMUM_VALUES - beside
    return [patterns[start : start + room] for start in range(0, len(patterns), room)]


def priorities_of(plan: Plan) -> range:
    """The priorities that are this application's: all of them without a platform, a band of them on one."""
    if plan.platform is None:
        return ALL_PRIORITIES
    return priorities_in(band_of(plan.application) if plan.platform.band is None else plan.platform.band)


def priorities_in(band: int) -> range:
    """The priorities of one of the bands that applications of a platform have."""
    width = MAXIMUM_PRIORITY // BANDS
    return ALL_PRIORITIES[band * width : (band + 1) * width]


def band_of(application: str) -> int:
    """The band that an application has by its name, where nothing else says which."""
    return int.from_bytes(hashlib.sha256(application.encode()).digest()[:4]) % BANDS


def matches(pattern: str, path: str) -> bool:
    """Whether a path pattern takes a path: `*` is any characters, none and `/` included, `?` one; letters count as written.

    Time is the product of both lengths at most: no regular expression of a stranger's is run.
    """
    here = star = after = 0
    restart = -1
    while here < len(path):
        if star < len(pattern) and pattern[star] == "*":
            restart, after = star, here
            star += 1
        elif star < len(pattern) and pattern[star] in ("?", path[here]):
            star, here = star + 1, here + 1
        elif restart >= 0:
            after += 1
            star, here = restart + 1, after
        else:
            return False
    return all(character == "*" for character in pattern[star:])


def path_of(url: str) -> str:
    """What of a URL the patterns look at: its path as it was sent, `/` when it has none. The query takes no part."""
    path = urlsplit(url).path if "://" in url else url.partition("?")[0].partition("#")[0]
    return path if path.startswith("/") else "/" + path


def host_of(url: str) -> str:
    """The host name that a URL is sent to; empty for a path."""
    return (urlsplit(url).hostname or "") if "://" in url else ""


def choose(found: Iterable[Rule], path: str, method: str = "GET", host: str = "") -> tuple[Rule, str] | None:
    """The first rule that takes a request, and its path pattern; None where the load balancer's default action answers."""
    for rule in found:
        for pattern in rule.patterns if rule.takes(method, host) else ():
            if matches(pattern, path):
                return rule, pattern
    return None
