"""Lists of file name patterns (`*.conf`, `postgresql-*`), matched at once."""

import re
from fnmatch import translate
from functools import cache


@cache
def any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """What fully matches the names, in lower case, that fit one of the patterns; nothing where there are none."""
    return re.compile("|".join(translate(pattern.lower()) for pattern in patterns) or r"(?!)")
