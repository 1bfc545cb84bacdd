"""Greedy modularity with what must stay together or apart."""

import random
from itertools import combinations

from toolkit.split.partition import communities


def modularity(parts: list[set[str]], weights: dict[tuple[str, str], float]) -> float:
    total = sum(weights.values())
    degree: dict[str, float] = {}
    for (one, other), weight in weights.items():
        degree[one] = degree.get(one, 0) + weight
        degree[other] = degree.get(other, 0) + weight
    inner = sum(weight for pair, weight in weights.items() if any(set(pair) <= part for part in parts))
    return inner / total - sum((sum(degree.get(one, 0) for one in part) / (2 * total)) ** 2 for part in parts)


def cliques(*names: str) -> dict[tuple[str, str], float]:
    return {(one, other): 1.0 for name in names for one, other in combinations(sorted(name), 2)}


def test_two_cliques_with_one_link_are_two_parts() -> None:
    weights = cliques("abcd", "wxyz") | {("d", "w"): 1.0}
    assert communities("abcdwxyz", weights, {}) == [set("abcd"), set("wxyz")]


def test_seeds_stay_apart_however_strong_their_link() -> None:
    parts = communities("ab", {("a", "b"): 50.0}, {"a": "one", "b": "other"})
    assert sorted(map(sorted, parts)) == [["a"], ["b"]]


def test_units_of_one_seed_stay_together_without_a_link() -> None:
    parts = communities("abxy", {("a", "x"): 1.0, ("b", "y"): 1.0}, {"a": "one", "b": "one"})
    assert {"a", "b"} <= parts[0]


def test_joining_goes_on_to_the_number_that_is_wanted() -> None:
    weights = cliques("abcd", "efgh", "wxyz") | {("d", "e"): 1.0, ("h", "w"): 1.0}
    assert [len(communities("abcdefghwxyz", weights, {}, wanted)) for wanted in (0, 2)] == [3, 2]


def test_the_order_of_what_is_given_decides_nothing_and_no_pair_is_left_to_join() -> None:
    random_ = random.Random(11)
    for _ in range(30):
        nodes = [f"n{number:02}" for number in range(14)]
        weights = {pair: random_.choice([0.5, 1.0, 2.0]) for pair in combinations(nodes, 2) if random_.random() < 0.25}
        parts = communities(nodes, weights, {})
        shuffled = random_.sample(list(weights.items()), len(weights))
        assert communities(random_.sample(nodes, len(nodes)), dict(shuffled), {}) == parts
        best = modularity(parts, weights)
        for one, other in combinations(parts, 2):
            joined = [part for part in parts if part not in (one, other)] + [one | other]
            assert modularity(joined, weights) <= best + 1e-9
