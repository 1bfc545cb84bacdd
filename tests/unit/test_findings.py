"""Findings that say the same of many things."""

from toolkit.findings import Evidence, Finding, Severity, in_all_places, together


def found(number: int) -> Finding:
    return Finding("RP121", Severity.WARNING, f"/route/{number} reaches two", (Evidence("urls.py", number, number),))


def test_a_few_are_told_one_by_one() -> None:
    assert together([]) == ()
    assert together([found(1), found(2)]) == (found(1), found(2))


def test_many_are_told_by_the_first_of_them() -> None:
    (one,) = together([found(number) for number in range(1, 8)])
    assert one.message == "/route/1 reaches two; and 6 more like it"
    assert [place.first_line for place in one.evidence] == [1, 2, 3]


def test_what_holds_in_several_places_is_told_once() -> None:
    twice = [Finding("RP080", Severity.WARNING, "fixed", (Evidence(path),)) for path in ("dev.py", "live.py", "dev.py")]
    (one,) = in_all_places(twice)
    assert [place.path for place in one.evidence] == ["dev.py", "live.py"]
