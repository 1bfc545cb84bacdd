"""Which files are not part of what is deployed, and names that are made of people's."""

import pytest

from toolkit.facts.places import Places
from toolkit.plan.names import valid_name


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/test/java/com/example/OrderTest.java", True),
        ("src/contractTest/resources/application.properties", True),
        ("orders/src/integrationTests/java/Orders.java", True),
        ("src/testFixtures/java/Orders.java", True),
        ("src/main/java/com/example/test/Orders.java", False),
        ("src/latest/java/Orders.java", False),
        ("docs/example.py", True),
        ("extra/push-examples/node/index.js", True),
        ("flask-example/app.py", False),
    ],
)
def test_sources_of_tests_are_for_authors(path: str, expected: bool) -> None:
    assert Places.for_authors(path) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Probate Orchestrator Service", "probate-orchestrator"),
        ("internationalisation-of-everything", "internationalisation-of"),
        ("averyveryverylongnameofoneword", "averyveryverylongnameofo"),
        ("2nd Shop!", "nd-shop"),
    ],
)
def test_a_long_name_is_cut_off_between_words(text: str, expected: str) -> None:
    assert valid_name(text) == expected


def test_composers_folder_is_carried_whatever_its_name() -> None:
    places = Places(["index.php", "bundled/composer/autoload_real.php", "bundled/acme/cache/README.md"])
    assert places.is_carried("bundled/acme/cache/README.md") and not places.is_carried("index.php")
