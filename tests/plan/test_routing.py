"""Path routing: the load balancer's matching against a reference, priorities that stay, and every route to one service."""

import dataclasses
import random
import re

import pytest
from pydantic import ValidationError

from toolkit.facts.model import Origin, Route, RouteKind
from toolkit.findings import Evidence
from toolkit.plan.image_model import Image
from toolkit.plan.model import Environment, Health, Plan, Service
from toolkit.plan.routing.listener_rules import Rule, choose, common_host, matches, of_environment, path_of, rules
from toolkit.plan.routing.priorities import priorities, with_priorities
from toolkit.plan.routing.route_destinations import answers, destinations, told_apart
from toolkit.plan.routing.routing import answer, routed
from toolkit.plan.routing.routing_findings import check_routing

IMAGE = Image(stack="python-django", version="3.12", build_image="python:3.12", runtime_image="python:3.12-slim")


def plan(**paths: tuple[str, ...] | tuple[tuple[str, ...], int]) -> Plan:
    services = {}
    for name, given in paths.items():
        patterns, priority = given if given and isinstance(given[0], tuple) else (given, None)
        services[name] = Service(
            kind="web", image="other" if name == "stranger" else "web", command=("serve",), port=8000, health=Health(),
            paths=patterns, priority=priority,
        )  # fmt: skip
    return with_priorities(Plan(application="shop", images={"web": IMAGE, "other": IMAGE}, services=services))


def route(path: str, line: int = 1) -> Route:
    return Route(
        path=path, kind=RouteKind.EXACT, framework="django", methods=("GET",), evidence=Evidence("urls.py", line),
        origin=Origin.CONVENTION,
    )  # fmt: skip


def codes(planned: Plan, *paths: str) -> list[str]:
    return [finding.code for finding in check_routing(planned, map(route, paths))]


def reference(pattern: str, path: str) -> bool:
    """The documented wildcards by Python's own engine."""
    return bool(re.fullmatch("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), path, re.DOTALL))


def test_matching_is_that_of_the_reference_on_a_hundred_thousand_random_pairs() -> None:
    random_ = random.Random(20261121)
    taken = 0
    for _ in range(100_000):
        pattern = "/" + "".join(random_.choices("aA/*?.", k=random_.randrange(7)))
        path = "/" + "".join(random_.choices("aA/.", k=random_.randrange(7)))
        assert matches(pattern, path) == reference(pattern, path), (pattern, path)
        taken += matches(pattern, path)
    assert taken > 5_000  # the pairs are no strangers to each other


def test_matching_ends_on_patterns_that_would_keep_a_regular_expression_busy() -> None:
    assert not matches("/" + "*a" * 60, "/" + "a" * 5_000 + "b")


def test_destinations_agree_with_asking_every_address() -> None:
    """A route's services are those of its addresses, tried one by one."""
    random_ = random.Random(7)
    values = ["a", "b", "ab", "ba", "aa", "bb", "c"]
    for _ in range(1_000):
        rules = tuple(
            Rule(name, "web", ("/" + "".join(random_.choices("ab/*?", k=random_.randrange(1, 6))),), number, 80)
            for number, name in enumerate(("one", "two", "three"), start=1)
        )
        path = random_.choice(["/{x}", "/a/{x}", "/{x}/b", "/a", "/a{x}"])
        found = destinations(path, rules)
        for value in values:
            address = path.replace("{x}", value)
            chosen = choose(rules, address)
            assert (chosen[0].service if chosen else None) in found
        for service, example in found.items():
            chosen = choose(rules, example)
            assert (chosen[0].service if chosen else None) == service
            assert answers(path, example)


def test_the_query_takes_no_part() -> None:
    assert path_of("https://shop.example.org/orders?next=/x") == "/orders"
    assert path_of("/orders?x#y") == "/orders"
    assert path_of("https://shop.example.org") == "/"


def test_letters_count_as_written() -> None:
    assert not matches("/Orders/*", "/orders/1")


def test_a_split_that_covers_every_route_has_no_findings() -> None:
    split = plan(web=("/*",), payments=("/payments", "/payments/*"), reports=("/reports/*",))
    assert codes(split, "/payments", "/payments/{id}", "/reports/ageing", "/", "/files/{path...}") == []


@pytest.mark.parametrize(
    ("split", "path", "code"),
    [
        (plan(payments=("/payments/*",)), "/payments", "RP120"),
        (plan(web=("/*",), one=("/items/1*",)), "/items/{id}", "RP121"),
        (plan(web=("/*",), stranger=("/items/*",)), "/items/{id}", "RP122"),
        (plan(web=("/*",), many=tuple(f"/{n}" for n in range(16))), "/1", "RP123"),
        (plan(web=(("/*",), 1), late=(("/items/*",), 2)), "/items/{id}", "RP124"),
    ],
)
def test_what_is_wrong_with_a_split_is_found(split: Plan, path: str, code: str) -> None:
    assert code in codes(split, path)


def test_an_address_that_is_a_route_of_its_own_is_no_example() -> None:
    split = plan(web=("/*",), makers=("/items/new",))
    assert codes(split, "/items/{id}", "/items/new") == []
    assert codes(split, "/items/{id}") == ["RP121"]


def test_the_finding_names_an_address_for_each_service() -> None:
    (finding,) = check_routing(plan(web=("/*",), one=("/items/1*",)), [route("/items/{id}", 7)])
    assert "/items/1 to one" in finding.message
    assert str(finding.evidence[0]) == "urls.py:7"


def test_priorities_stay_when_services_come_and_go() -> None:
    before = priorities({"web": ("/*",), "payments": ("/payments/*",), "reports": ("/reports/*",)})
    after = priorities(
        {"web": ("/*",), "accounts": ("/accounts/*",), "reports": ("/reports/*",), "x": ("/api/v1/x/*",)}
    )
    assert {name: after[name] for name in ("web", "reports")} == {name: before[name] for name in ("web", "reports")}
    assert after["x"] < min(after["accounts"], after["reports"]) < after["web"]


def test_priorities_are_unique_and_within_bounds_for_the_most_services_that_fit() -> None:
    found = priorities({f"s{n}": (f"/s{n}/*",) for n in range(99)} | {"web": ("/*",)})
    assert len(set(found.values())) == 100
    assert all(1 <= priority <= 50_000 for priority in found.values())


def test_a_priority_that_a_person_wrote_stays() -> None:
    assert plan(web=(("/*",), 49_000)).services["web"].priority == 49_000


def test_more_patterns_than_a_rule_takes_make_several_rules_one_after_the_other() -> None:
    split = plan(web=("/*",), many=tuple(f"/m{number}" for number in range(12)), other=("/other",))
    found = [rule for rule in rules(split) if rule.service == "many"]
    assert [len(rule.patterns) for rule in found] == [5, 5, 2]
    first = split.services["many"].priority or 0
    assert [rule.priority for rule in found] == [first, first + 1, first + 2]
    assert codes(split, "/m11", "/m0", "/other") == []


def test_priorities_leave_room_for_all_rules_of_a_service() -> None:
    many = tuple(f"/m{number}" for number in range(11))
    alone = priorities({"many": many})["many"]
    found = priorities({"many": many, "x": ("/x",)}, taken=[alone + 2])
    assert not {found["many"] + number for number in range(3)} & {alone + 2, found["x"]}


def test_host_names_count_among_the_values_of_each_rule() -> None:
    split = plan(web=("/*",), many=tuple(f"/m{number}" for number in range(8)))
    many = split.services["many"].model_copy(update={"hosts": ("a.example.com", "*.{domain}"), "priority": None})
    found = [
        rule
        for rule in rules(with_priorities(split.model_copy(update={"services": {"many": many}})))
        if rule.service == "many"
    ]
    assert [len(rule.patterns) for rule in found] == [3, 3, 2]
    assert {rule.hosts for rule in found} == {("a.example.com", "*.localhost")}


@pytest.mark.parametrize("host", ["shop", "a b.example.com", "shop.*", "shop.example.com,other.com", "{domain}.com"])
def test_a_host_name_that_no_rule_takes_is_refused(host: str) -> None:
    with pytest.raises(ValidationError):
        Service(kind="web", image="web", command=("serve",), hosts=(host,))


def with_conditions(**services: dict[str, object]) -> Plan:
    found = {
        name: Service(kind="web", image="web", command=("serve",), port=8000, health=Health(), **given)
        for name, given in services.items()
    }
    return with_priorities(Plan(application="shop", images={"web": IMAGE}, services=found))


READING = ("GET", "HEAD")
EVERYTHING = ("/*",)


def test_methods_and_hosts_decide_where_paths_do_not() -> None:
    split = with_conditions(
        web={"paths": EVERYTHING}, read={"paths": ("/orders", "/orders/*"), "methods": READING},
        write={"paths": ("/orders", "/orders/*")}, admin={"paths": EVERYTHING, "hosts": ("admin.example.com", "*.{domain}")},
    )  # fmt: skip
    asked = {
        "/orders/1": "read", "POST /orders/1": "write", "HEAD https://shop.example.com/orders": "read", "/other": "web",
        "https://ADMIN.example.com:8443/orders": "admin", "POST http://a.localhost/x": "admin", "https://example.com/orders": "read",
    }  # fmt: skip
    for text, service in asked.items():
        found = answer(split, (), text)
        assert found.rule and found.rule.service == service, text


@pytest.mark.parametrize("name", ["aa", "zz", "orders"])
def test_rules_with_conditions_are_asked_before_those_without(name: str) -> None:
    """Whatever the names are: places within a band follow from them."""
    split = with_conditions(
        **{name: {"paths": EVERYTHING}, f"{name}-get": {"paths": EVERYTHING, "methods": ("GET",)}},
        **{f"{name}-host": {"paths": EVERYTHING, "hosts": ("a.example.com",)}, f"{name}-deep": {"paths": ("/a/b/*",)}},
        **{f"{name}-both": {"paths": EVERYTHING, "hosts": ("a.example.com",), "methods": ("GET",)}},
        **{f"{name}-below": {"paths": ("/a/*",), "methods": ("GET",)}},
    )
    order = [rule.service.removeprefix(name).lstrip("-") for rule in rules(split)]
    assert order == ["both", "host", "deep", "below", "get", ""]


def test_a_route_is_followed_for_every_method_and_host_that_rules_tell_apart() -> None:
    split = with_conditions(
        read={"paths": EVERYTHING, "methods": READING}, admin={"paths": EVERYTHING, "hosts": ("a.example.com",)}
    )
    asked = dataclasses.replace(route("/x"), methods=("GET", "POST", "PUT"))
    (found,) = routed(split, [asked])
    assert found.services == {
        "read": "GET /x", "admin": "GET a.example.com/x", None: "POST /x",
    }  # fmt: skip
    # POST to another host reaches nobody; that is the route's fault once, not for each method.
    assert [finding.message for finding in check_routing(split, [asked])] == [
        "GET POST PUT /x: no service answers POST /x"
    ]


def test_a_route_of_hosts_that_no_rule_names_is_none_of_the_applications() -> None:
    split = with_conditions(api={"paths": EVERYTHING, "hosts": ("api.example.com", "*.example.org")})
    assert codes(split, "/x") == []


def test_a_rule_behind_a_wider_one_is_never_asked() -> None:
    wide = {"paths": EVERYTHING, "priority": 1}
    narrow = {"paths": ("/x",), "priority": 2, "methods": ("POST",), "hosts": ("a.example.com",)}
    assert codes(with_conditions(wide=wide, narrow=narrow)) == ["RP124"]
    assert codes(with_conditions(wide=wide | {"methods": ("GET",)}, narrow=narrow)) == []
    assert codes(with_conditions(wide=wide | {"hosts": ("b.example.com",)}, narrow=narrow)) == []


def test_the_host_names_that_rules_tell_apart_are_found_with_one_for_each() -> None:
    found = told_apart(["*.example.com", "shop.*", "shop.example.com"])
    assert {tuple(sorted(matched)): len(text) > 0 for matched, text in found.items()} == {
        (): False, ("*.example.com",): True, ("shop.*",): True, ("*.example.com", "shop.*", "shop.example.com"): True,
        ("*.example.com", "shop.*"): True,
    }  # fmt: skip
    for matched, text in found.items():
        assert {
            pattern for pattern in ("*.example.com", "shop.*", "shop.example.com") if matches(pattern, text)
        } == matched


def test_a_listener_rule_has_room_for_a_path() -> None:
    with pytest.raises(ValidationError, match="five values"):
        Service(
            kind="web", image="web", command=("x",), hosts=("a.example.com", "b.example.com"), methods=(*READING, "PUT")
        )


def test_one_environment_has_its_own_host_names() -> None:
    """In production and on this machine the same rules have other names."""
    one = Service(
        kind="web", image="web", command=("x",), port=80, health=Health(), paths=("/*",),
        hosts=("shop.{domain}", "*.shop.org"),
    )  # fmt: skip
    domains = {"development": Environment(domain="dev.example.com"), "production": Environment(domain="example.com")}
    given = Plan(application="shop", images={"web": IMAGE}, services={"shop": one}, environments=domains)
    (rule,) = rules(of_environment(with_priorities(given), "development"))
    assert rule.hosts == ("shop.dev.example.com", "*.shop.org")
    assert common_host((rule,)) == "x.shop.org"
    assert (
        common_host((rule, dataclasses.replace(rule, hosts=())))
        == common_host((dataclasses.replace(rule, hosts=()),))
        == ""
    )
