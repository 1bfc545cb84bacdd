"""The measures of the literature, on graphs small enough to compute them by hand."""

import math

from toolkit.split.measures import measure

# Two parts of two and three classes; a calls b, c calls d and e, and b calls c eight times.
PARTS = {"a": "left", "b": "left", "c": "right", "d": "right", "e": "right"}
CALLS = {("a", "b"): 1, ("b", "c"): 8, ("c", "d"): 1, ("e", "c"): 1}


def test_structural_modularity_is_cohesion_minus_coupling() -> None:
    cohesion = (1 / 2**2 + 2 / 3**2) / 2
    coupling = 1 / (2 * 3)
    assert measure(PARTS, CALLS).sm == round(cohesion - coupling, 3)


def test_calls_across_weigh_by_the_logarithm_of_their_number() -> None:
    crossing = 1 + math.log(8)
    assert measure(PARTS, CALLS).icp == round(crossing / (crossing + 3), 3)


def test_interfaces_are_pairs_across_over_the_parts() -> None:
    assert measure(PARTS, CALLS).ifn == 0.5


def test_parts_of_five_to_twenty_are_not_extreme() -> None:
    parts = {f"a{n}": "small" for n in range(4)} | {f"b{n}": "usual" for n in range(12)}
    assert measure(parts, {}).ned == 0.25


def test_calls_both_ways_are_one_pair() -> None:
    assert measure(PARTS, CALLS | {("b", "a"): 1}).sm == measure(PARTS, CALLS).sm


def test_classes_of_no_part_take_no_part() -> None:
    assert measure(PARTS, CALLS | {("a", "elsewhere"): 5}) == measure(PARTS, CALLS)
