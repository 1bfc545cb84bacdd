"""What files, and modes of an application, are for, as their names say."""

import re

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_OF_PRODUCTION = re.compile(r"(?i)prod(?:uction)?|live")
_OF_DEVELOPERS = frozenset({
    "ci", "conftest", "debug", "demo", "dev", "devel", "develop", "developer", "developers", "development", "dist", "doctest", "example",
    "examples", "local", "localhost", "localsettings", "pytest", "sample", "samples", "template", "templates", "test", "testdata",
    "tester", "testing", "tests", "tox", "travis", "unittest", "unittests",
})  # fmt: skip


def is_for_developers(path: str) -> bool:
    """Whether a file is for developers or tests, or is a sample of another one: `config/test.yml`, `settings.dev.py`,
    `localConfig.json`; what stands in it does not hold in production."""
    return any(word.lower() in _OF_DEVELOPERS for word in _WORD.findall(path))


def is_production(mode: str) -> bool:
    """Whether an application calls its mode of production so: `{"dev": Development, "prod": Production}`."""
    return _OF_PRODUCTION.fullmatch(mode) is not None
