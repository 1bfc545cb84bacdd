"""`pip install` and `easy_install`, as operators type them."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePosixPath

LISTS = frozenset({"-r", "--requirement"})
_EDITABLE = frozenset({"-e", "--editable"})
_WITH_VALUE = LISTS | {"-c", "-f", "-i", "-t", "--constraint", "--extra-index-url", "--find-links", "--index-url", "--target", "--trusted-host"}  # fmt: skip
_PROGRAM = re.compile(r"(?:easy_install|(pip))[\d.]{0,6}")


def installed_by(argv: Sequence[str]) -> list[tuple[str, bool]]:
    """What a command names to be installed, with whether it is left where it lies (editable); nothing for other commands.
    https://pip.pypa.io/en/stable/cli/pip_install/"""
    words = argv[2:] if tuple(argv[1:3]) == ("-m", "pip") else argv
    program = _PROGRAM.fullmatch(PurePosixPath(words[0]).name) if words else None
    if not program or (program[1] and words[1:2] != ("install",)):
        return []
    given = words[1:] if program[1] else words
    return [
        (word, before in _EDITABLE)
        for before, word in pairwise(given)
        if not word.startswith("-") and before not in _WITH_VALUE
    ]
