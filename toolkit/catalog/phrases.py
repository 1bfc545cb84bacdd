"""Sets of words and phrases that are looked for in prose."""

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

TOKEN = re.compile(r"[^\W_](?:[\w'’@/+.*-]*[^\W_+*])?|\*\w+")


@lru_cache(maxsize=2048)
def tokens(text: str) -> frozenset[str]:
    """The words of a text in lower case; hyphens, slashes and full stops inside a word belong to it."""
    return frozenset(TOKEN.findall(text.lower()))


@lru_cache(maxsize=2048)
def parts(text: str) -> frozenset[str]:
    """The words of a text, and what stands between slashes and full stops in them."""
    whole = tokens(text)
    joined = " ".join(word for word in whole if "/" in word or "." in word)
    return whole | frozenset(joined.replace("/", " ").replace(".", " ").split()) if joined else whole


class Phrases:
    """Words and phrases to be found in a text, in any case: as whole words, at a constant cost per character."""

    def __init__(self, words: Iterable[str]) -> None:
        chosen = {word.lower() for word in words}
        self.single = frozenset(word for word in chosen if TOKEN.fullmatch(word))
        self.longer = phrases([word for word in chosen if word not in self.single])
        self.longer_begin = frozenset(found[0] for word in chosen - self.single if (found := TOKEN.findall(word)))
        self.pattern = phrases(list(chosen))

    def __contains__(self, text: str) -> bool:
        present = tokens(text)
        if not self.single.isdisjoint(present):
            return True
        return not self.longer_begin.isdisjoint(present) and bool(self.longer.search(text))

    def may_be_in(self, text: str) -> bool:
        """Whether a look at the words of a text leaves it possible that `pattern` finds something in it."""
        present = parts(text)
        return not (self.single.isdisjoint(present) and self.longer_begin.isdisjoint(present))


def phrases(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the phrases as whole words, in any case. Longer ones first; costs a constant per character."""
    ordered = sorted({word.lower() for word in words}, key=lambda word: (word[:1], -len(word), word))
    if not ordered:
        return re.compile(r"(?!)")
    # By their first characters, so that most places of a text are left after a look at one of theirs.
    by_first = (
        f"{re.escape(first)}(?:{'|'.join(re.escape(word[1:]) for word in group)})"
        for first, group in itertools.groupby(ordered, key=lambda word: word[:1])
    )
    return re.compile(rf"(?<![\w.@/-])(?:{'|'.join(by_first)})(?![\w@]|[.-]\w|/)", re.IGNORECASE)
