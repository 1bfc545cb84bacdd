"""Simple values in Python code, computed without running it: defaults, paths, numbers."""

import ast
import posixpath
import re

from toolkit.facts.source.python_modules import Module, text

HERE = re.compile(
    r"(?i)_*(?:[a-z]+_)*(?:base|root|project|site|here|basedir|rootdir|app|current|repo|package)_*(?:dir|path|root|folder|directory)?"
)


def default_of(module: Module, node: ast.expr | None, depth: int = 0) -> str | None:
    """A literal as text, or the default of a call that looks a setting up; None for what is computed."""
    if node is None or depth > 4:
        return None
    if isinstance(node, ast.Constant):
        return None if node.value is None or node.value is ... else str(node.value)
    if isinstance(node, ast.Name):
        return default_of(module, module.constants.get(node.id), depth + 1)
    if isinstance(node, ast.BoolOp):
        return default_of(module, node.values[-1], depth + 1)
    if isinstance(node, ast.Call):
        name = module.qualified(node.func).rpartition(".")[2]
        if name in ("int", "str", "bool", "float", "Path") and node.args:
            return default_of(module, node.args[0], depth + 1)
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        given = keywords.get("default") or (node.args[1] if len(node.args) > 1 else None)
        return default_of(module, given, depth + 1)
    return None


def default_number(module: Module, node: ast.expr) -> int | None:
    """A whole number, given or as a default."""
    value = default_of(module, node)
    return int(value) if value and value.isdecimal() and len(value) < 7 else None


def path_of(module: Module, node: ast.expr | None, depth: int = 0) -> str | None:
    """A path, relative to the application when it is built on a name such as BASE_DIR; None for what is not known."""
    if node is None or depth > 8:
        return None
    if isinstance(node, ast.Constant):
        return text(node)
    if isinstance(node, ast.Name):
        value = module.constants.get(node.id)
        if HERE.fullmatch(node.id) and (value is None or _is_here(value)):
            return "."
        return path_of(module, value, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        left, right = path_of(module, node.left, depth + 1), path_of(module, node.right, depth + 1)
        if left is None or right is None:
            return None
        return posixpath.join(left, right.lstrip("/") if isinstance(node.op, ast.Add) else right)
    if isinstance(node, ast.Call):
        return _path_of_call(module, node, depth)
    return None


def _path_of_call(module: Module, node: ast.Call, depth: int) -> str | None:
    name = module.qualified(node.func)
    last = node.func.attr if isinstance(node.func, ast.Attribute) else name
    if last in ("join", "joinpath", "path") and (len(node.args) > 1 or last == "joinpath"):
        parts = [path_of(module, part, depth + 1) for part in node.args]
        if last == "joinpath" and isinstance(node.func, ast.Attribute):
            parts.insert(0, path_of(module, node.func.value, depth + 1))
        known = [part for part in parts if part is not None]
        return posixpath.join(*known) if known and len(known) == len(parts) else None
    if last in ("Path", "str", "abspath", "realpath", "normpath", "resolve", "absolute", "expanduser") and node.args:
        return path_of(module, node.args[0], depth + 1)
    if isinstance(node.func, ast.Name) and HERE.fullmatch(node.func.id) and node.args:
        return path_of(module, node.args[0], depth + 1)  # base_dir("media")
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    return path_of(module, keywords.get("default") or (node.args[1] if len(node.args) > 1 else None), depth + 1)


def _is_here(node: ast.expr) -> bool:
    """Whether an expression is computed from the module's own place."""
    return any(isinstance(part, ast.Name) and part.id == "__file__" for part in ast.walk(node)) or any(
        isinstance(part, ast.Attribute) and part.attr in ("getcwd", "cwd", "parent") for part in ast.walk(node)
    )


def tidy(path: str) -> str | None:
    """A folder as a fact may name it; None for the application itself and what is no plain path."""
    path = posixpath.normpath(path.strip())
    if path in (".", "/", "..") or not re.fullmatch(r"[\w./@+ -]{1,200}", path):
        return None
    return path
