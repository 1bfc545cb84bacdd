"""Random listener rules and requests, our engine beside a reference that shares no code with it.

The reference follows the text of the documentation: rules are asked in the order of their priorities, the lowest first, the
default rule last (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html); a path condition
is fulfilled by one of its values, is case-sensitive, looks at the path and not at the query, `*` matches 0 or more characters
and `?` exactly 1 (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html), reviewed
2026-11-21.
"""

import random
import re
from dataclasses import dataclass

from toolkit.artefacts.routing import path_regex
from toolkit.plan.model import Health, Image, Plan, Service
from toolkit.plan.routing import answer, with_priorities

IMAGE = Image(stack="python-django", version="3.12", build_image="a", runtime_image="b")
ALPHABET = "aabbAB/_-.$~\"'@:+&"  # some often, so that patterns and paths meet
MOST_SERVICES, MOST_PATTERNS = 6, 5


@dataclass(frozen=True)
class Reference:
    """A load balancer: for each priority the values of its path condition, and the target group."""

    rules: dict[int, tuple[tuple[str, ...], str]]

    def forward(self, url: str) -> str | None:
        path = re.fullmatch(r"(?:https?://[^/?#]*)?(/[^?#]*)?(?:\?[^#]*)?(?:#.*)?", url, re.DOTALL)
        assert path
        for priority in sorted(self.rules):
            values, target = self.rules[priority]
            if any(re.fullmatch(self._expression(value), path[1] or "/", re.DOTALL) for value in values):
                return target
        return None

    @staticmethod
    def _expression(value: str) -> str:
        return re.escape(value).replace(r"\*", ".{0,}").replace(r"\?", ".{1}")


def random_plan(random_: random.Random) -> Plan:
    """Some services with a priority of their own, some without; some patterns of one taken by another."""
    services = {}
    priorities = random_.sample(range(1, 50_001), MOST_SERVICES)
    shared = [_pattern(random_) for _ in range(3)]
    for number in range(random_.randint(1, MOST_SERVICES)):
        patterns = {
            random_.choice(shared) if random_.random() < 0.2 else _pattern(random_)
            for _ in range(random_.randint(1, MOST_PATTERNS))
        }
        priority = priorities[number] if random_.random() < 0.7 else None
        services[f"s{number}"] = Service(
            kind="web", image="app", command=("x",), port=80, health=Health(), paths=tuple(sorted(patterns)), priority=priority
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
        path = "/" + "".join(random_.choices(ALPHABET, k=random_.randrange(6)))
    query = random_.choice(["", "", "?a=/b", "?*"])
    return random_.choice(["", "https://shop.example.org"]) + path + query


def compare(number: int, seed: int = 20261121) -> dict[str, int]:
    """Asks so many random rule sets one request each; raises AssertionError where the two disagree. Gives counts."""
    random_ = random.Random(seed)
    counts = {"forwarded": 0, "default": 0, "decided by priority": 0}
    for _ in range(number):
        plan = random_plan(random_)
        reference = Reference({one.priority or 0: (one.paths, name) for name, one in plan.services.items()})
        assert len(reference.rules) == len(plan.services)
        url = random_url(random_, plan)
        found = answer(plan, (), url)
        expected = reference.forward(url)
        assert (found.rule.service if found.rule else None) == expected, (plan.services, url)
        assert _proxy(plan, found.path) == expected, (plan.services, url)
        counts["forwarded" if expected else "default"] += 1
        taking = sum(
            any(re.fullmatch(Reference._expression(p), found.path, re.DOTALL) for p in s.paths)
            for s in plan.services.values()
        )
        counts["decided by priority"] += taking > 1
    return counts


def _proxy(plan: Plan, path: str) -> str | None:
    """What the compose file's proxy does: the first of its expressions that matches, in the order of priorities."""
    ordered = sorted(plan.services.items(), key=lambda item: item[1].priority or 0)
    return next(
        (name for name, one in ordered for p in one.paths if re.match(path_regex(p).replace(r"\z", r"\Z"), path)), None
    )
