"""What counts as a difference between two answers."""

import pytest

from toolkit.split.answers import Answer, differences

JSON = (("content-type", "application/json"),)
HTML = (("content-type", "text/html; charset=utf-8"),)


def told(whole: Answer, split: Answer) -> list[str]:
    return list(differences(whole, split))


def page(text: str) -> Answer:
    return Answer(200, HTML, text.encode())


def value(text: str) -> Answer:
    return Answer(200, JSON, text.encode())


@pytest.mark.parametrize(
    ("whole", "split", "expected"),
    [
        (Answer(200), Answer(404), "status 200 became 404"),
        (Answer(200), Answer(0), "status 200 became (no answer)"),
        (Answer(302, (("location", "/a"),)), Answer(302, (("location", "/b"),)), "location /a became /b"),
        (
            Answer(302, (("location", "/a"), ("content-type", "text/html")), b"<p>Found"),
            Answer(302, (("location", "/b"), ("content-type", "text/plain"))),
            "location /a became /b",
        ),
        (value('{"a": [{"b": 1}]}'), value('{"a": [{"b": 2}]}'), "a[0].b: 1 became 2"),
        (value("[1]"), value("[]"), "the list has 0 items instead of 1"),
        (value('{"a": 1}'), value("{}"), "a is gone"),
        (value("1"), value("true"), "the value: 1 became true"),
        (page("one\ntwo"), page("one\nthree"), "line 2 of the body: 'two' became 'three'"),
        (page("one"), page("one\ntwo"), "line 2 of the body: '(end)' became 'two'"),
        (
            Answer(200, (("content-type", "image/png"),), b"a"),
            Answer(200, (("content-type", "image/png"),), b"bc"),
            "body of 1 bytes became another of 2 bytes",
        ),
        (
            Answer(200, (("set-cookie", "id=1; HttpOnly; Path=/"),)),
            Answer(200, (("set-cookie", "id=1; Path=/"),)),
            "cookies id; httponly; path=/ became id; path=/",
        ),
    ],
)
def test_what_a_client_would_notice(whole: Answer, split: Answer, expected: str) -> None:
    assert told(whole, split) == [expected]


@pytest.mark.parametrize(
    ("whole", "split"),
    [
        (value('{"at": "2026-11-21T10:00:00.123"}'), value('{"at": "2026-11-21T10:00:07"}')),
        (value('{"a": 1, "b": 2}'), value('{"b": 2, "a": 1}')),
        (
            page('<input name="csrf" value="' + "aB3" * 12 + '">'),
            page('<input name="csrf" value="' + "Xy9" * 12 + '">'),
        ),
        (page("http://127.0.0.1:8080/a"), page("http://127.0.0.1:9090/a")),
        (Answer(200, (("set-cookie", "id=1; Path=/"),)), Answer(200, (("set-cookie", "id=2; Path=/"),))),
        (Answer(200, (("date", "a"), ("server", "b"))), Answer(200, (("date", "c"),))),
        (Answer(405, (("allow", "POST, GET"),)), Answer(405, (("allow", "GET,POST"),))),
        (page("3f2504e0-4f89-11d3-9a0c-0305e82c3301"), page("00000000-4f89-11d3-9a0c-0305e82c3301")),
    ],
)
def test_what_changes_with_every_run_is_no_difference(whole: Answer, split: Answer) -> None:
    assert told(whole, split) == []
