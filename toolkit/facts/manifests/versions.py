"""Version constraints of all ecosystems, read for the lowest version that they allow."""

import re

# One comparison: operator, then up to four numbers; ".x" and ".*" end it.
COMPARISON = re.compile(r"(===|==|~=|!=|>=|<=|=>|=<|~>|[<>=^~])?\s{0,4}v?([0-9]{1,6}(?:\.[0-9]{1,9}){0,3})(?:\.[xX*])?")
# Code names that .nvmrc may give: https://github.com/nodejs/Release#release-schedule
NODE_LTS = {
    "argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14", "gallium": "16",
    "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24",
}  # fmt: skip


def lowest(constraint: str) -> str | None:
    """The lowest version that a constraint names as allowed, None when it names none: ">=3.8,<4" gives "3.8"."""
    constraint = constraint[:200]
    for name, version in NODE_LTS.items():
        if re.fullmatch(rf"lts/{name}", constraint.strip(), re.IGNORECASE):
            return version
    allowed = [match[2] for match in COMPARISON.finditer(constraint) if (match[1] or "") not in ("<", "<=", "=<", "!=")]
    return min(allowed, key=as_numbers) if allowed else None


def pinned(constraint: str) -> str | None:
    """The version when a constraint allows exactly one."""
    match = re.fullmatch(r"\s{0,200}(?:={1,3})?\s{0,20}v?([0-9][0-9A-Za-z.+!_-]{0,60})\s{0,20}", constraint)
    if not match or match[1].endswith((".x", ".X", ".*")):
        return None
    return match[1]


def as_numbers(version: str) -> tuple[int, ...]:
    """A version's leading numbers, to compare by."""
    return tuple(int(part) for part in re.findall(r"[0-9]{1,9}", version)[:4])


def java(version: str) -> str | None:
    """A Java version as its feature release: 1.8 and 1.8.0_181 are 8, 17.0.2 is 17."""
    match = re.match(r"(?:JavaVersion\.)?(?:VERSION_)?(?:1[._])?([0-9]{1,2})(?![0-9])", version.strip())
    return match[1] if match else None
