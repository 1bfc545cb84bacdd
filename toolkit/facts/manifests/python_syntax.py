"""Python source of strangers as a syntax tree: bounded, never executed."""

import ast
import re
import warnings

Function = ast.FunctionDef | ast.AsyncFunctionDef

LONGEST = 400_000
DEEPEST = 90  # opening brackets that are not closed yet; the parser's own limit is 200, its memory is the concern
# What Python 3.12 brought and an older one does not read, without what it adds: https://peps.python.org/pep-0695/
_TYPE_STATEMENT = re.compile(r"^([ \t]*)type[ \t]+(\w+)(?:\[[^\]\n]*\])?[ \t]*=", re.MULTILINE)
_TYPE_PARAMETERS = re.compile(r"^([ \t]*(?:async[ \t]+def|def|class)[ \t]+\w+)\[[^\]\n]*\](?=[(:])", re.MULTILINE)


def module_files(path: str) -> tuple[str, str]:
    """The files that a module may be, by its path without an ending: shop/app.py or shop/app/__init__.py."""
    return f"{path}.py", f"{path}/__init__.py"


def parse(text: str) -> ast.Module | None:
    """The module, or None for what this Python cannot parse: Python 2, templates, fragments, hostile nesting."""
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in other people's strings
            try:
                return ast.parse(text)
            except SyntaxError:
                return ast.parse(_TYPE_PARAMETERS.sub(r"\1", _TYPE_STATEMENT.sub(r"\1\2 =", text)))
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
