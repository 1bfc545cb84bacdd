"""setup.py, read as a syntax tree and never executed, and setup.cfg."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.facts.manifests.formats import Malformed, ini_entries
from toolkit.facts.manifests.python_requirements import is_development, requirement
from toolkit.facts.manifests.python_syntax import parse
from toolkit.facts.manifests.versions import lowest
from toolkit.facts.model import EntryPoint, Fact, Origin, Runtime
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile

FILES = ("setup.py", "setup.cfg")

RULE = "setup-py"
_SECTION = re.compile(r"\[([\w.]{1,100})\]([^\[]*)")


def read(file: SourceFile) -> Iterator[Fact]:
    if file.name == "setup.cfg":
        yield from _setup_cfg(file)
        return
    module = parse(file.text)
    if module is None:
        raise Malformed("not Python 3, or nested too deep")
    nodes = list(ast.walk(module))
    constants = {
        target.id: node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in nodes:
        if isinstance(call, ast.Call) and _name(call.func) == "setup":
            for name, value in (*_arguments(call, constants), *_added(call, nodes)):
                yield from _argument(
                    file, name, constants.get(value.id, value) if isinstance(value, ast.Name) else value
                )
    # Classifiers are a list of texts, or one text that the script splits.
    yield from _classifiers(
        [
            (line.strip(), file.at(node.lineno + offset, rule=RULE))
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            for offset, line in enumerate(node.value.split("\n"))
        ]
    )


def _arguments(call: ast.Call, constants: Mapping[str, ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    """The keyword arguments by their names, those of a dictionary that stands for several included: `setup(**options)`."""
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg:
            yield keyword.arg, value
            continue
        options = constants.get(value.id) if isinstance(value, ast.Name) else value
        for key, option in zip(options.keys, options.values, strict=True) if isinstance(options, ast.Dict) else ():
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, option


def _added(call: ast.Call, nodes: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """What is put into such a dictionary later: `options["entry_points"] = {...}`."""
    names = {keyword.value.id for keyword in call.keywords if not keyword.arg and isinstance(keyword.value, ast.Name)}
    for node in nodes:
        for target in node.targets if isinstance(node, ast.Assign) else ():
            key = target.slice if isinstance(target, ast.Subscript) and _name(target.value) in names else None
            if isinstance(node, ast.Assign) and isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, node.value


def _argument(file: SourceFile, name: str, value: ast.expr) -> Iterator[Fact]:
    if name == "python_requires" and isinstance(text := _literal(value), str):
        yield _python(file.at(value.lineno, rule=RULE), text)
    elif name in ("install_requires", "requires") and isinstance(value, ast.List | ast.Tuple):
        yield from _requirements(file, value.elts)
    elif name in ("extras_require", "tests_require") and isinstance(value, ast.Dict):
        for group in value.values:
            if isinstance(group, ast.List | ast.Tuple):
                yield from _requirements(file, group.elts, development=True)
    elif name == "scripts" and isinstance(paths := _literal(value), list | tuple):
        # https://docs.python.org/3.11/distutils/setupscript.html#installing-scripts
        lines = [f"{path.rpartition('/')[2]}={path}" for path in paths if isinstance(path, str)]
        yield from _scripts(file.at(value.lineno, rule=RULE), {"console_scripts": lines})
    elif name == "entry_points":
        yield from _scripts(file.at(value.lineno, rule=RULE), _literal(value))


def _requirements(file: SourceFile, items: list[ast.expr], *, development: bool = False) -> Iterator[Fact]:
    for item in items:
        text = _literal(item)
        if isinstance(text, str) and (
            fact := requirement(text, file.at(item.lineno, rule=RULE), development=development)
        ):
            yield fact


def _scripts(place: Evidence, entry_points: Any) -> Iterator[Fact]:
    """Entry points as a dictionary, or as the text of an INI file:
    https://setuptools.pypa.io/en/latest/references/keywords.html (2026-11-21)"""
    if isinstance(entry_points, str):
        entry_points = {match[1]: match[2] for match in _SECTION.finditer(entry_points)}
    scripts = entry_points.get("console_scripts", []) if isinstance(entry_points, dict) else []
    for line in scripts.splitlines() if isinstance(scripts, str) else scripts:
        name, equals, target = str(line).partition("=")
        if equals:
            yield EntryPoint(
                kind="console_script",
                value=name.strip()[:100],
                detail=target.strip()[:300],
                evidence=place,
                origin=Origin.RUNNING,
            )


def _classifiers(items: list[tuple[str, Evidence]]) -> Iterator[Fact]:
    """`Programming Language :: Python :: 3.7`: the newest named is what its authors tested last. With one of Python 3, no
    Python 2 is meant, even where all that are named are past."""
    prefix = "Programming Language :: Python :: "
    named = [(text.removeprefix(prefix), place) for text, place in items if text.startswith(prefix)]
    numbered = [
        (tuple(map(int, text.split("."))), text, place) for text, place in named if text.replace(".", "").isdecimal()
    ]
    if exact := [item for item in numbered if len(item[0]) > 1]:
        newest, text, place = max(exact, key=lambda item: item[0])
        constraint = ", ".join(item[1] for item in exact if item[0][0] == newest[0])
        yield Runtime(
            name="python", version=text, constraint=constraint, evidence=place, origin=Origin.CONVENTION, confidence=0.6
        )


def _setup_cfg(file: SourceFile) -> Iterator[Fact]:
    """What setuptools read, and the sections that pbr has in place of theirs.
    https://docs.openstack.org/pbr/latest/user/features.html (2026-11-23)"""
    for entry in ini_entries(file):
        place = file.at(entry.line, rule=RULE)
        section = entry.section
        if section == "options" and entry.key == "python_requires":
            yield _python(place, entry.value)
        elif (section, entry.key) == ("options", "install_requires") or section in ("options.extras_require", "extras"):
            development = section != "options" or is_development(entry.key)
            for offset, text in enumerate(entry.value.split("\n")):
                at = file.at(
                    entry.line + offset + (0 if file.lines[entry.line - 1].strip().endswith(text) else 1), rule=RULE
                )
                if text and (fact := requirement(text, at, development=development)):
                    yield fact
        elif section in ("options.entry_points", "entry_points") and entry.key == "console_scripts":
            yield from _scripts(place, {"console_scripts": entry.value})


def _python(place: Evidence, constraint: str) -> Runtime:
    return Runtime(
        name="python", version=lowest(constraint), constraint=constraint[:100], evidence=place, origin=Origin.RUNNING
    )


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
