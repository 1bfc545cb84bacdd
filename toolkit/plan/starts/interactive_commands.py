"""Commands of an application that ask whoever runs them: nobody answers in a release."""

import ast
import re
from collections.abc import Iterator

from toolkit.facts.manifests.python_syntax import parse
from toolkit.inventory.paths import inside
from toolkit.plan.starts.processes import Processes

_SUBCOMMAND = re.compile(r"[a-z][a-z0-9_-]{2,60}")
_MOST_FILES = 400
# Of Python, of Click and of Flask-Script; and functions of the application's own around these.
_ASKING = ("input", "getpass", "prompt")  # in each of their names
_ASKS = re.compile(r"(?:raw_)?input|getpass|prompt(?:_\w{1,60})?")


def asked_for(argv: tuple[str, ...], image: Processes) -> str:
    """What a subcommand of the source asks a person (`flask init-blog`): options that it prompts for, as `--username`, or
    "its questions"; empty for one that does not ask. https://click.palletsprojects.com/en/stable/options/#prompting"""
    if image.stack.language != "python":
        return ""
    words = [word for word in argv[1:] if _SUBCOMMAND.fullmatch(word)]
    paths = [path for path in image.tree.paths if inside(path, image.image.directory) and path.endswith(".py")]
    for path in paths[:_MOST_FILES] if words else ():
        file = image.tree.read(path)
        module = parse(file.text) if file and any(name in file.text for name in _ASKING) else None
        for function in ast.walk(module) if module else ():
            if isinstance(function, ast.FunctionDef) and not set(_names(function)).isdisjoint(words):
                options = [name for name in _prompted(function) if name not in argv]
                if options:
                    return " and ".join(options)
                if not any(word.startswith("-") for word in argv[1:]) and any(map(_is_question, function.body)):
                    return "its questions"
    return ""


def _names(function: ast.FunctionDef) -> Iterator[str]:
    """What a function is called as a command; nothing for one that is none."""
    for decorator in function.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not isinstance(call, ast.Attribute) or call.attr != "command":
            continue
        given = decorator.args[:1] if isinstance(decorator, ast.Call) else []
        if given and isinstance(given[0], ast.Constant):
            yield str(given[0].value)
        else:
            yield from (function.name, function.name.replace("_", "-"))


def _prompted(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and any(
            word.arg == "prompt" and not (isinstance(word.value, ast.Constant) and not word.value.value)
            for word in decorator.keywords
        ):
            names = (word.value for word in decorator.args if isinstance(word, ast.Constant))
            yield from [name for name in names if isinstance(name, str) and name.startswith("--")][:1]


def _is_question(statement: ast.stmt) -> bool:
    """Whether a statement that runs in any case asks."""
    value = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
    call = value.func if isinstance(value, ast.Call) else None
    name = call.attr if isinstance(call, ast.Attribute) else call.id if isinstance(call, ast.Name) else ""
    return _ASKS.fullmatch(name) is not None
