"""Words of names: what code is about, told from how it is layered."""

import re
from collections.abc import Collection

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(name: str) -> list[str]:
    """`OrderLineItem`, `order_line-item` and `orders.line.item` as their words in lower case, singular."""
    return [singular(word.lower()) for word in _WORD.findall(name) if not word.isdigit()]


def singular(word: str) -> str:
    """English plurals, and no more than that: `categories`, `addresses`, `orders`."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 5 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def feature_words(name: str, layers: Collection[str]) -> list[str]:
    """The words of a name without those of layers."""
    return [word for word in words(name) if word not in layers and len(word) > 2]
