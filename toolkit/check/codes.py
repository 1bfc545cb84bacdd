"""What finding codes mean."""

import re
from functools import cache
from importlib.resources import files


@cache
def meanings() -> dict[str, str]:
    """Code to meaning, from CODES.md."""
    text = files("toolkit.check").joinpath("CODES.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| (RP\d{3}) \| (.+?) \|", text, re.MULTILINE))
