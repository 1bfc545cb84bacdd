"""Path patterns of features: short, complete, and each feature's own."""

from toolkit.facts.model import Origin, Route, RouteKind
from toolkit.findings import Evidence
from toolkit.split.path_patterns import path_patterns


def patterns(*, front: str = "web", **paths: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    routes = {
        name: [
            Route(path=path, kind=RouteKind.EXACT, framework="x", evidence=Evidence("a", 1), origin=Origin.CONVENTION)
            for path in own
        ]
        for name, own in paths.items()
    }
    found = path_patterns(routes, front, ("/*",))
    found.pop("web", None)
    return found


def test_the_shortest_beginning_that_is_all_of_one_feature() -> None:
    found = patterns(orders=("/orders", "/orders/{id}", "/orders/{id}/lines"), users=("/users/{id}",))
    assert found == {"orders": ("/orders", "/orders/*"), "users": ("/users/*",)}


def test_below_a_beginning_that_is_shared_the_next_part_tells() -> None:
    found = patterns(orders=("/api/orders", "/api/orders/{id}"), users=("/api/users",))
    assert found == {"orders": ("/api/orders", "/api/orders/*"), "users": ("/api/users",)}


def test_where_parameters_stand_first_the_whole_path_is_the_pattern() -> None:
    found = patterns(lines=("/shops/{id}/lines",), rates=("/shops/{id}/rates", "/shops/{id}/rates/{day}"))
    assert found == {"lines": ("/shops/*/lines",), "rates": ("/shops/*/rates", "/shops/*/rates/*")}


def test_a_parameter_of_another_feature_is_not_taken() -> None:
    found = patterns(front="pages", orders=("/orders", "/orders/new"), pages=("/{page}/new",))
    assert found["orders"] == ("/orders", "/orders/new")
    assert found["pages"][-1] == "/*"


def test_an_ending_that_is_a_parameter_takes_nothing_else() -> None:
    found = patterns(orders=("/api/orders", "/api/orders/{id}"), users=("/api/users.{format}",))
    assert found["orders"] == ("/api/orders", "/api/orders/*")
    assert found["users"] == ("/api/users.*",)


def test_patterns_that_others_cover_are_left_out() -> None:
    found = patterns(orders=("/x/{id}/orders", "/x/{id}/orders.{format}"), users=("/x/{id}/users",))
    assert found["orders"] == ("/x/*/orders", "/x/*/orders.*")
    assert patterns(a=("/x/{id}/a/{rest...}", "/x/{id}/a/b"), b=("/x/{id}/b",))["a"] == ("/x/*/a/*",)
