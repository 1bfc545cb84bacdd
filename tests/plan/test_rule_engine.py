"""The rule engine against an independent reference; `tests/benchmarks/rule_engine.py` does the same a hundred thousand times."""

from tests.plan.rule_engine import Reference, compare


def test_the_engine_and_the_proxy_forward_as_the_reference_does() -> None:
    counts = compare(3_000)
    # The sets are no strangers to their requests.
    assert min(counts.values()) > 200, counts


def test_the_reference_does_what_the_documentation_says() -> None:
    """The documentation's own examples: `/img/*` matches every path below, `/img/*/pics` does not match `/img/picture.jpg`."""
    rules = {1: (("/img/*/pics",), "pics"), 2: (("/img/*",), "img"), 3: (("/a?c",), "abc")}
    balancer = Reference({priority: (paths, (), (), target) for priority, (paths, target) in rules.items()})
    assert balancer.forward("GET", "https://example.com/img/picture.jpg") == "img"
    assert balancer.forward("GET", "/img/a/b/pics?x=/a") == "pics"
    assert balancer.forward("GET", "/abc") == "abc"
    assert balancer.forward("GET", "/ac") is balancer.forward("GET", "/ABC") is None


def test_the_reference_asks_for_every_condition() -> None:
    """`*.example.com` matches test.example.com but not example.com; methods have no wildcards and are written in capitals."""
    balancer = Reference({1: (("/*",), ("*.example.com",), ("GET", "HEAD"), "read")})
    assert balancer.forward("GET", "https://Test.Example.com/") == "read"
    assert balancer.forward("GET", "https://example.com/") is None
    assert (
        balancer.forward("POST", "https://test.example.com/")
        is balancer.forward("get", "https://test.example.com")
        is None
    )
