"""Random listener rules and requests, our engine beside a reference that shares no code with it.

The reference follows the text of the documentation: rules are asked in the order of their priorities, the lowest first, the
default rule last (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html); a path condition
is fulfilled by one of its values, is case-sensitive, looks at the path and not at the query, `*` matches 0 or more characters
and `?` exactly 1; a host condition looks at the host name without regard to case, with the same wildcards; a method condition is
an exact, case-sensitive match; all conditions of a rule have to be met
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html), reviewed 2026-11-21. A rule whose
action is a redirect answers in place of a target group
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions). A transform's expression
is matched against path and query of what is forwarded, which stay where it does not match
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html); it is that of cloudformation/service.yaml.
"""

import random
import re
from dataclasses import dataclass

from toolkit.artefacts.routing import request_regex, rewrite_regex, routes
from toolkit.plan.image_model import Image
from toolkit.plan.model import Health, Plan, Service
from toolkit.plan.routing.priorities import with_priorities
from toolkit.plan.routing.routing import answer

IMAGE = Image(stack="python-django", version="3.12", build_image="a", runtime_image="b")
ALPHABET = "aabbAB/_-.$~\"'@:+&"  # some often, so that patterns and paths meet
HOSTS = ["shop.example.org", "api.example.org", "*.example.com", "A.*.example.com", "?hop.example.org"]
METHODS = ["GET", "HEAD", "POST", "DELETE"]
MOST_SERVICES, MOST_PATTERNS = 6, 5


@dataclass(frozen=True)
class Reference:
    """A load balancer: for each priority the values of its path, host and method conditions, and the target group, or the path
    that a redirect leads to."""

    rules: dict[int, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str]]

    def forward(self, method: str, url: str) -> str | None:
        parts = re.fullmatch(r"(?:https?://([^/?#]*))?(/[^?#]*)?(?:\?[^#]*)?(?:#.*)?", url, re.DOTALL)
        assert parts
        for priority in sorted(self.rules):
            paths, hosts, methods, target = self.rules[priority]
            if (
                any(re.fullmatch(expression(value), parts[2] or "/", re.DOTALL) for value in paths)
                and (not hosts or any(re.fullmatch(expression(h), parts[1] or "", re.IGNORECASE) for h in hosts))
                and (not methods or method in methods)
            ):
                return target
        return None

    def at_any_host(self) -> "Reference":
        return Reference({priority: (one[0], (), *one[2:]) for priority, one in self.rules.items()})


def expression(value: str) -> str:
    return re.escape(value).replace(r"\*", ".{0,}").replace(r"\?", ".{1}")


def random_plan(random_: random.Random) -> Plan:
    """Some services with a priority of their own, some without; some patterns of one taken by another."""
    services = {}
    priorities = random_.sample(range(2, 50_001, 2), MOST_SERVICES)  # with room for a redirect before each
    shared = [_pattern(random_) for _ in range(3)]
    for number in range(random_.randint(1, MOST_SERVICES)):
        patterns = {
            random_.choice(shared) if random_.random() < 0.2 else _pattern(random_)
            for _ in range(random_.randint(1, MOST_PATTERNS))
        }
        priority = priorities[number] if random_.random() < 0.7 else None
        hosts = random_.sample(HOSTS, random_.choice((0, 0, 1, 2)))
        methods = random_.sample(METHODS, random_.choice((0, 0, 1, 2)))
        patterns = sorted(patterns)[: MOST_PATTERNS - len(hosts) - len(methods)]
        prefix = random_.choice(("", "", "/ab"))
        patterns = [prefix + pattern for pattern in patterns]
        services[f"s{number}"] = Service(
            kind="web", image="app", command=("x",), port=80, health=Health(), paths=tuple(patterns), priority=priority,
            hosts=tuple(hosts), methods=tuple(methods), root_redirect=random_.choice(("", f"/s{number}/")),
            prefix=prefix, strip_prefix=bool(prefix),
        )  # fmt: skip
    return with_priorities(Plan(application="shop", images={"app": IMAGE}, services=services))


def _pattern(random_: random.Random) -> str:
    return "/" + "".join(random_.choices(ALPHABET + "***??", k=random_.randrange(6)))


def random_url(random_: random.Random, plan: Plan) -> str:
    """Half of them made from a pattern, so that they are no strangers to the rules."""
    if random_.random() < 0.5:
        path = random_.choice(random_.choice(list(plan.services.values())).paths)
        path = "".join(
            "".join(random_.choices(ALPHABET, k=random_.randrange(3))) if c == "*" else random_.choice(ALPHABET) if c == "?" else c
            for c in path
        )  # fmt: skip
    else:
        path = "/" + "".join(random_.choices(ALPHABET, k=random_.choice((0, 0, 1, 2, 3, 4, 5))))
    query = random_.choice(["", "", "?a=/b", "?*"])
    return (
        random_.choice(["", "https://shop.example.org", "http://API.example.org", "https://a.b.example.com"])
        + path
        + query
    )


def compare(number: int, seed: int = 20261121) -> dict[str, int]:
    """Asks so many random rule sets one request each; raises AssertionError where the two disagree. Gives counts."""
    random_ = random.Random(seed)
    counts = {
        "forwarded": 0,
        "redirected": 0,
        "rewritten": 0,
        "default": 0,
        "decided by priority": 0,
        "decided by host or method": 0,
    }
    for _ in range(number):
        plan = random_plan(random_)
        rules = {one.priority or 0: (one.paths, one.hosts, one.methods, name) for name, one in plan.services.items()}
        for one in plan.services.values():
            if one.root_redirect:
                rules[(one.priority or 0) - 1] = (("/",), one.hosts, one.methods, one.root_redirect)
        reference = Reference(rules)
        assert len(rules) == sum(1 + bool(one.root_redirect) for one in plan.services.values())
        assert min(rules) > 0
        # Host names that all services share say nothing on one machine, nor to who asks for a path alone.
        local = reference if len({one.hosts for one in plan.services.values()}) > 1 else reference.at_any_host()
        method, url = random_.choice(METHODS), random_url(random_, plan)
        found = answer(plan, (), f"{method} {url}")
        expected = (reference if found.host else local).forward(method, url)
        ours = (found.rule.redirect or found.rule.service) if found.rule else None
        assert ours == expected, (plan.services, method, url)
        asked = f"{found.method} {found.host.lower()} {found.path}"
        assert _proxy(plan, asked) == local.forward(method, url), (plan.services, method, url)
        if found.rule and not found.rule.redirect:
            sent = re.sub("^https?://[^/?#]*", "", url)
            target = rewritten(plan.services[found.rule.service], sent)
            assert found.forwarded == target.partition("?")[0], (plan.services, method, url)
            assert _forwarded(plan, found.rule.service, sent) == target, (plan.services, method, url)
            counts["rewritten"] += target != sent
        counts["redirected" if ours and ours.startswith("/") else "forwarded" if expected else "default"] += 1
        taking = {name: s for name, s in plan.services.items() if _takes_path(s, found.path)}
        counts["decided by priority"] += len(taking) > 1
        counts["decided by host or method"] += bool(taking) and expected != min(
            taking, key=lambda name: plan.services[name].priority or 0
        )
    return counts


def rewritten(service: Service, url: str) -> str:
    """What service.yaml's transform makes of path and query."""
    if not service.strip_prefix:
        return url
    return re.sub("^{StripPrefix}/?(.*)$".replace("{StripPrefix}", service.prefix), r"/\1", url)


def _takes_path(service: Service, path: str) -> bool:
    return any(re.fullmatch(expression(pattern), path, re.DOTALL) for pattern in service.paths)


def _proxy(plan: Plan, asked: str) -> str | None:
    """What the compose file's proxy does: the first of its expressions that matches, in the order of priorities."""
    return next(
        (
            one.redirect or one.service
            for one in routes(plan)
            if re.match(request_regex(one).replace(r"\z", r"\Z"), asked)
        ),
        None,
    )


def _forwarded(plan: Plan, service: str, url: str) -> str:
    """What the compose file's proxy sends: what a line of its second map says, or else the address as it came."""
    for one in routes(plan):
        if one.service == service and one.strip:
            expression = rewrite_regex(f"{service}:{one.port}", one.strip).replace("(?<", "(?P<")
            if match := re.match(expression, f"{service}:{one.port}{url}"):
                return f"/{match['rest']}"
    return url
