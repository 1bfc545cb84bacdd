"""Python source of strangers as a syntax tree: bounded, never executed."""

import ast
import warnings

LONGEST = 400_000
DEEPEST = 90  # opening brackets that are not closed yet; the parser's own limit is 200, its memory is the concern


def parse(text: str) -> ast.Module | None:
    """The module, or None for what this Python cannot parse: Python 2, templates, fragments, hostile nesting."""
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in other people's strings
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _depth(text: str) -> int:
    """An upper bound of the nesting of brackets, strings included, and of chained unary operators."""
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}" and depth:
            depth -= 1
    return deepest
