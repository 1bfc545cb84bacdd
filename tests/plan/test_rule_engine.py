"""The rule engine against an independent reference; `tests/benchmarks/rule_engine.py` does the same a hundred thousand times."""

from tests.plan.rule_engine import Reference, compare


def test_the_engine_and_the_proxy_forward_as_the_reference_does() -> None:
    counts = compare(3_000)
    # The sets are no strangers to their requests.
    assert min(counts.values()) > 300, counts


def test_the_reference_does_what_the_documentation_says() -> None:
    """The documentation's own examples: `/img/*` matches every path below, `/img/*/pics` does not match `/img/picture.jpg`."""
    balancer = Reference({1: (("/img/*/pics",), "pics"), 2: (("/img/*",), "img"), 3: (("/a?c",), "abc")})
    assert balancer.forward("https://example.com/img/picture.jpg") == "img"
    assert balancer.forward("/img/a/b/pics?x=/a") == "pics"
    assert balancer.forward("/abc") == "abc"
    assert balancer.forward("/ac") is balancer.forward("/ABC") is None
