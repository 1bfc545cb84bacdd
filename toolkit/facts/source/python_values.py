"""Simple values in Python code, computed without running it: defaults, paths, numbers."""

import ast
import posixpath
import re

from toolkit.facts.source.python_modules import Module, assigned, text

HERE = re.compile(
    r"(?i)_*(?:[a-z]+_)*(?:base|root|project|site|here|basedir|rootdir|app|current|repo|package)_*(?:dir|path|root|folder|directory)?"
)

# Where the tree lies while paths are computed: deep enough for the folders beside it.
TREE = "/1/2/3/4/tree"


def default_of(module: Module, node: ast.expr | None, depth: int = 0) -> str | None:
    """A literal as text, or the default of a call that looks a setting up; None for what is computed."""
    if node is None or depth > 4:
        return None
    if isinstance(node, ast.Constant):
        return None if node.value is None or node.value is ... else str(node.value)
    if isinstance(node, ast.JoinedStr):  # f"..." with nothing to fill in
        parts = [text(part) for part in node.values]
        return "".join(filter(None, parts)) if None not in parts else None
    if isinstance(node, ast.Name):
        return default_of(module, module.constants.get(node.id), depth + 1)
    if isinstance(node, ast.BoolOp):
        return default_of(module, node.values[-1], depth + 1)
    if isinstance(node, ast.Call):
        name = module.qualified(node.func).rpartition(".")[2]
        if name in ("int", "str", "bool", "float", "Path") and node.args:
            return default_of(module, node.args[0], depth + 1)
        return default_of(module, _otherwise(node, name), depth + 1)
    return None


def _otherwise(node: ast.Call, name: str) -> ast.expr | None:
    """What a call that looks a setting up is given as its default: get("PORT", 80), getattr(settings, "PORT", 80)."""
    given = next((keyword.value for keyword in node.keywords if keyword.arg == "default"), None)
    place = 2 if name == "getattr" else 1
    return given or (node.args[place] if len(node.args) > place else None)


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
        value = _value(module, node)
        if value is not None and _is_here(value):
            return _place(module, value) or "."
        # `ROOT = find_root()`: what cannot be computed is what its name says.
        return path_of(module, value, depth + 1) or ("." if HERE.fullmatch(node.id) else None)
    if (place := _place(module, node)) is not None:
        return place
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
    if name == "tempfile.gettempdir":
        return "/tmp"
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
    return path_of(module, _otherwise(node, last), depth + 1)


def _value(module: Module, node: ast.Name) -> ast.expr | None:
    """What a name stands for; of one that is given anew from its own value, what it was above: `ROOT = join(ROOT, "..")`."""
    value = module.settings.get(node.id)
    if value is None or not any(isinstance(part, ast.Name) and part.id == node.id for part in ast.walk(value)):
        return value
    above = [
        given
        for statement in module.top_level()
        if statement.lineno < node.lineno
        for name, given in assigned(statement)
        if name == node.id
    ]
    return above[-1] if above else None


def _is_here(node: ast.expr) -> bool:
    """Whether an expression is computed from the module's own place."""
    return any(isinstance(part, ast.Name) and part.id == "__file__" for part in ast.walk(node)) or any(
        isinstance(part, ast.Attribute) and part.attr in ("getcwd", "cwd", "parent") for part in ast.walk(node)
    )


def _place(module: Module, node: ast.expr) -> str | None:
    """The folder that an expression around `__file__` comes to, relative to the application; None for what is not known."""
    absolute = _absolute(module, node, 0)
    return None if absolute is None else posixpath.relpath(absolute, posixpath.join(TREE, module.home))


def _absolute(module: Module, node: ast.expr | None, depth: int) -> str | None:
    """The same below TREE, the root of the tree."""
    if depth > 12:
        return None
    if isinstance(node, ast.Name):
        here = node.id == "__file__"
        return posixpath.join(TREE, module.file.path) if here else _absolute(module, _value(module, node), depth + 1)
    if isinstance(node, ast.Attribute) and node.attr == "root_path":  # Flask's: where the module lies that makes it
        return posixpath.join(TREE, module.file.directory)
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        return _above(_absolute(module, node.value, depth + 1))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _joined(_absolute(module, node.left, depth + 1), [text(node.right)])
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
        found = _absolute(module, node.value.value, depth + 1)
        level = node.slice.value if isinstance(node.slice, ast.Constant) else None
        for _ in range(level + 1 if isinstance(level, int) and 0 <= level < 20 else 0):
            found = _above(found)
        return found
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else module.qualified(node.func)
        inner = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None
        if name in ("getcwd", "cwd"):
            return posixpath.join(TREE, module.root)
        if name == "dirname":
            return _above(_absolute(module, inner, depth + 1))
        if name == "join":
            parts = [
                ".." if module.qualified(part) in ("os.pardir", "os.path.pardir") else text(part)
                for part in node.args[1:]
            ]
            return _joined(_absolute(module, inner, depth + 1), parts)
        if name in ("Path", "pathlib.Path", "str", "abspath", "realpath", "normpath", "resolve", "absolute"):
            return _absolute(module, inner, depth + 1)
    return None


def _above(path: str | None) -> str | None:
    return None if path is None else posixpath.dirname(path)


def _joined(path: str | None, parts: list[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    return None if path is None or len(known) < len(parts) else posixpath.normpath(posixpath.join(path, *known))


def tidy(path: str) -> str | None:
    """A folder as a fact may name it; None for the application itself and what is no plain path."""
    path = posixpath.normpath(path.strip())
    if path in (".", "/", "..") or not re.fullmatch(r"[\w./@+ -]{1,200}", path):
        return None
    return path
