"""A finding code means one thing: it is documented, and given in one module."""

import re
from pathlib import Path

TOOLKIT = Path(__file__).parents[1] / "toolkit"
# Codes that several modules give with the same meaning.
SHARED = {"RP012"}


def test_codes_are_documented_and_given_in_one_place() -> None:
    given: dict[str, set[str]] = {}
    for path in TOOLKIT.rglob("*.py"):
        for code in re.findall(r'"(RP\d{3})"', path.read_text(encoding="utf-8")):
            given.setdefault(code, set()).add(path.name)
    documented = re.findall(r"^\| (RP\d{3}) \|", (TOOLKIT / "check/CODES.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(documented) == sorted(given)
    assert {code: modules for code, modules in given.items() if len(modules) > 1 and code not in SHARED} == {}
