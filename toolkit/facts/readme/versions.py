"""Version numbers as people write them."""

import re

NUMBER = re.compile(r"\d{1,4}(?:\.(?:\d{1,5}|x|\*)){0,4}")
OF_RUNTIME = re.compile(
    r"(?:php|python|jdk|java|ruby|golang|go|nodejs|node|sdk|runtime|perl|elixir)-?(\d{1,2}(?:\.\d{1,3}){0,2})(?=$|[-_.])"
)
IN_PACKAGE = re.compile(r"(?<=[a-z-])(\d{1,2}(?:\.\d{1,3}){0,2})(?=$|-)")


def clean(version: str, one_dot: bool = False) -> str:
    """A version without wildcards and marks: 3.x is 3, v2.4+ is 2.4; Java's 1.8 is 8 where `one_dot`."""
    match = NUMBER.search(version)
    if not match:
        return ""
    parts = [part for part in match[0].split(".") if part.isdigit()]
    if one_dot and len(parts) > 1 and parts[0] == "1":
        parts = parts[1:2]
    return ".".join(parts)


def runtime_in_package(name: str) -> str | None:
    """The version of a language that a package is made for: libapache2-mod-php7.4, openjdk-8-jre, java-1.8.0-openjdk."""
    match = OF_RUNTIME.search(name)
    return match[1] if match else None


def version_in_package(name: str) -> str | None:
    """The version that a package carries in its name: php7.3-cli, openjdk-8-jre, postgresql-14."""
    match = IN_PACKAGE.search(name)
    return match[1] if match else None
