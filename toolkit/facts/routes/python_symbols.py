"""Names of Python code followed to where they are defined, across modules and re-exports, texts computed from them, and the
conditions that code stands under."""

import ast
import re
from collections.abc import Iterator
from string import Formatter

from toolkit.facts.routes.found import both
from toolkit.facts.source.python_modules import Module, Modules, assigned
from toolkit.facts.source.python_values import default_of

_DEEPEST = 8
# Tests that a server passes whenever it starts.
_HOLDS = re.compile(r"\b__name__\b|\bTYPE_CHECKING\b|\bnot [\w.]*DEBUG\b")


class Symbols:
    """Names of Python modules, followed through imports to where they are defined."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules

    def definition(self, module: Module, dotted: str, depth: int = 0) -> tuple[Module, str] | None:
        """The module that defines a dotted name, and the name in it (`settings.PREFIX`); empty for the module itself."""
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            found = self.modules.named(".".join(parts[:length]), module)
            if found is None:
                continue
            rest = parts[length:]
            if not rest:
                return found, ""
            again = found.imports.get(rest[0])
            if again and again != dotted and depth < _DEEPEST and rest[0] not in found.constants:
                return self.definition(found, ".".join([again, *rest[1:]]), depth + 1)
            return found, ".".join(rest)
        return None

    def place_of(self, module: Module, node: ast.expr) -> tuple[Module, str] | None:
        """Where the name in an expression is defined: in this module, or where it was imported from."""
        dotted = module.qualified(node)
        if not dotted:
            return None
        head = node
        while isinstance(head, ast.Attribute):
            head = head.value
        imported = isinstance(head, ast.Name) and head.id in module.imports
        return self.definition(module, dotted) if imported else (module, dotted)

    def class_of(self, module: Module, node: ast.expr) -> tuple[Module, ast.ClassDef] | None:
        """The class of this application that an expression names."""
        place = self.place_of(module, node)
        if place is None:
            return None
        where, name = place
        return next(((where, one) for one in where.nodes if isinstance(one, ast.ClassDef) and one.name == name), None)

    def text(self, module: Module, node: ast.expr | None, depth: int = 0) -> str | None:
        """The text that an expression computes, as far as it is written down; None otherwise."""
        if node is None or depth > _DEEPEST:
            return None
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            pieces = [
                self.text(module, part.value if isinstance(part, ast.FormattedValue) else part, depth + 1)
                for part in node.values
            ]
            return None if None in pieces else "".join(piece or "" for piece in pieces)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.text(module, node.left, depth + 1), self.text(module, node.right, depth + 1)
            return None if left is None or right is None else left + right
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
                return self._formatted(module, node, depth)
            last = module.qualified(node.func).rpartition(".")[2]
            if last in ("_", "gettext_lazy", "r", "str") and node.args:
                return self.text(module, node.args[0], depth + 1)
            return default_of(module, node)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._text_of_name(module, node, depth)
        return None

    def _formatted(self, module: Module, call: ast.Call, depth: int) -> str | None:
        """`"{}orders/".format(PREFIX)`"""
        assert isinstance(call.func, ast.Attribute)
        template = self.text(module, call.func.value, depth + 1)
        given = [self.text(module, one, depth + 1) for one in call.args]
        named = {one.arg: self.text(module, one.value, depth + 1) for one in call.keywords}
        if template is None or None in given or None in named.values() or None in named:
            return None
        pieces, place = [], 0
        try:
            for literal, field, form, _ in Formatter().parse(template):
                pieces.append(literal)
                if field is None:
                    continue
                if form or not re.fullmatch(r"\w*", field):
                    return None
                key = field or str(place)
                place += not field
                pieces.append((given[int(key)] if key.isdecimal() else named[key]) or "")
        except (ValueError, LookupError):
            return None
        return "".join(pieces)

    def _setting(self, name: str, depth: int) -> str | None:
        """The text of a setting of Django: of the first of its values that can be told."""
        values = (
            (module, value)
            for module in self.modules
            if "settings" in module.name
            for statement in module.top_level()
            for assigned_name, value in assigned(statement)
            if assigned_name == name
        )
        return next(
            (text for module, value in values if (text := self.text(module, value, depth + 1)) is not None), None
        )

    def _text_of_name(self, module: Module, node: ast.expr, depth: int) -> str | None:
        setting = module.qualified(node).removeprefix("django.conf.settings.")
        if setting.isidentifier() and setting != module.qualified(node):
            return self._setting(setting, depth)
        place = self.place_of(module, node)
        if place is None:
            return None
        where, name = place
        head, _, attribute = name.partition(".")
        value = where.constants.get(head)
        if not attribute:
            return self.text(where, value, depth + 1)
        if isinstance(value, ast.Call):
            value = value.func  # settings = Settings()
        owner = self.class_of(where, value if value is not None else ast.Name(head))
        if owner is None:
            return None
        return next(
            (
                self.text(owner[0], value, depth + 1)
                for statement in owner[1].body
                for name, value in assigned(statement)
                if name == attribute
            ),
            None,
        )


def keyword(call: ast.Call, name: str, place: int | None = None) -> ast.expr | None:
    """An argument by its keyword, else by its place."""
    for one in call.keywords:
        if one.arg == name:
            return one.value
    return call.args[place] if place is not None and place < len(call.args) else None


def conditions(tree: ast.AST, kind: type[ast.AST]) -> Iterator[tuple[int, str]]:
    """The nodes of a kind below an `if` or its `else`, by their `id`, and the conditions that they stand under."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, condition = waiting.pop()
        if condition and isinstance(node, kind):
            yield id(node), condition
        if isinstance(node, ast.If):
            waiting += [(one, both(condition, condition_of(node.test))) for one in node.body]
            waiting += [(one, both(condition, condition_of(node.test, holds=False))) for one in node.orelse]
        else:
            waiting += [(one, condition) for one in ast.iter_child_nodes(node)]


def condition_of(test: ast.expr, holds: bool = True) -> str:
    """A test as it is written, or its opposite; empty for one that always holds."""
    text = ast.unparse(test if holds else ast.UnaryOp(ast.Not(), test))
    return "" if _HOLDS.search(text) else text[:80]


def words(node: ast.expr | None) -> tuple[str, ...]:
    """The texts of a list, tuple or set of literals."""
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return ()
    return tuple(one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str))
