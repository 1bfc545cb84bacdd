"""Types that several blueprint schemas share."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from toolkit.catalog.load import Entry

# Text in the files is cheaper to read than long lists: patterns stand one to a line, words between commas.
Lines = Annotated[
    tuple[str, ...], BeforeValidator(lambda value: value.split("\n") if isinstance(value, str) else value)
]
Words = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: [word.strip() for word in value.split(",")] if isinstance(value, str) else value),
]


class Sourced(Entry):
    """A file that says where its facts come from, and when somebody last looked."""

    sources: tuple[str, ...] = ()
    reviewed: str = Field(pattern=r"\d{4}-\d{2}-\d{2}")
