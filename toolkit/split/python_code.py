"""Python: calls between modules, and the tables that Django's and SQLAlchemy's models and SQL texts use.

A unit is a module, named by its path; methods are functions, classes, and `Class.method`.
Sources: https://docs.djangoproject.com/en/stable/topics/db/models/, https://docs.djangoproject.com/en/stable/ref/models/querysets/,
https://docs.sqlalchemy.org/en/20/orm/ and https://flask-sqlalchemy.readthedocs.io/en/stable/models/, reviewed 2026-11-21.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.facts.routes.python_symbols import Symbols, keyword
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, Modules, assigned, text
from toolkit.findings import Evidence
from toolkit.split import sql
from toolkit.split.code import Access, Code, Node, Unit

RULE = "python-code"
_WRITING = frozenset(
    ("create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete", "save", "add", "remove",
     "set", "clear", "acreate", "asave", "adelete", "merge", "insert", "add_all", "bulk_insert_mappings")
)  # fmt: skip
_ATOMIC = ("atomic", "begin", "begin_nested")
_KEYS = ("ForeignKey", "OneToOneField", "ManyToManyField", "ParentalKey")
_STATEMENTS = {
    "select": False,
    "query": False,
    "get_object_or_404": False,
    "get_list_or_404": False,
    "insert": True,
    "update": True,
}
# Classes of Django and Django REST Framework that write the model that they name.
_WRITERS = re.compile(r"Create|Update|Delete|Destroy|ModelViewSet|ModelForm|ModelSerializer|ModelAdmin")
_SNAKE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class _Model:
    unit: str
    name: str
    table: str


def read(project: Project) -> Code:
    modules = Modules(project.code(".py"), project.places, frozenset(project.tree.paths), every=True)
    return _Reader(modules).code


class _Reader:
    def __init__(self, modules: Modules) -> None:
        self.code = Code()
        self.modules = modules
        self.symbols = Symbols(modules)
        self.models: dict[Node, _Model] = {}
        self.classes: dict[Node, tuple[Module, ast.ClassDef]] = {}
        self.forms: dict[Node, _Model] = {}  # classes that save a model: forms, serializers
        self.related: dict[str, _Model] = {}  # names of the way back along foreign keys
        for module in modules:
            unit = unit_of(module)
            self.code.units[unit] = Unit(unit, module.file.directory, module.file.at(1, rule=RULE))
            for statement in module.top_level():
                if isinstance(statement, ast.ClassDef):
                    self.classes[unit, statement.name] = module, statement
        for node in self.classes:
            self._model(node)
        for module in modules:
            self._imports(module)
            self._keys(module)
        for node, (module, one) in self.classes.items():
            for inner in (part for part in one.body if isinstance(part, ast.ClassDef) and part.name == "Meta"):
                given = dict(pair for statement in inner.body for pair in assigned(statement)).get("model")
                if model := self.model_of(module, given):
                    self.forms[node] = model
        for module in modules:
            self._bodies(module)

    def _model(self, node: Node, depth: int = 0) -> _Model | None:
        """The table of a class, where it or one that it extends is a model."""
        if node in self.models or node not in self.classes or depth > 8:
            return self.models.get(node)
        module, one = self.classes[node]
        own = dict(pair for statement in one.body for pair in assigned(statement))
        meta = next((inner for inner in one.body if isinstance(inner, ast.ClassDef) and inner.name == "Meta"), None)
        options = dict(pair for statement in meta.body for pair in assigned(statement)) if meta else {}
        bases = [module.qualified(base) for base in one.bases]
        table = text(own.get("__tablename__")) or ""
        django = any(base.endswith("models.Model") for base in bases)
        inherited = [place for base in one.bases if (place := self.place(module, base)) and place != node]
        django = django or any(place in self.models or self._is_abstract(place, depth) for place in inherited)
        if not table and any(
            base.rpartition(".")[2] == "Model" and not base.endswith("models.Model") for base in bases
        ):
            table = _SNAKE.sub("_", one.name).lower()
        elif not table and django and not _true(options.get("abstract")):
            label = module.file.directory.rpartition("/")[2]
            if label == "models":
                label = module.file.directory.split("/")[-2] if "/" in module.file.directory else ""
            label = text(options.get("app_label")) or label or module.name.split(".")[0]
            table = text(options.get("db_table")) or f"{label}_{one.name}".lower()
        if not table:
            return None
        self.models[node] = _Model(node[0], node[1], table.casefold())
        self.code.owners.setdefault(table.casefold(), node[0])
        return self.models[node]

    def _is_abstract(self, node: Node, depth: int) -> bool:
        """Whether a class is an abstract model of Django."""
        if node not in self.classes:
            return False
        module, one = self.classes[node]
        return any(module.qualified(base).endswith("models.Model") for base in one.bases) or (
            depth < 8
            and any((place := self.place(module, b)) and self._is_abstract(place, depth + 1) for b in one.bases)
        )

    def place(self, module: Module, expression: ast.expr) -> Node | None:
        found = self.symbols.place_of(module, expression)
        return (unit_of(found[0]), found[1]) if found and unit_of(found[0]) in self.code.units else None

    def model_of(self, module: Module, expression: ast.expr | None) -> _Model | None:
        """The model that an expression names: `Order`, "Order" or "orders.Order"."""
        if expression is None:
            return None
        name = text(expression)
        if name:
            label, _, last = name.rpartition(".")
            found = [
                one
                for one in self.models.values()
                if one.name == last and (not label or one.table.startswith(label.lower()))
            ]
            return next((one for one in found if one.unit == unit_of(module)), found[0] if found else None)
        place = self.place(module, expression)
        return self.models.get(place) or self.forms.get(place) if place else None

    def _imports(self, module: Module) -> None:
        unit = unit_of(module)
        for statement in module.nodes:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            for alias in statement.names:
                local = alias.asname or alias.name.split(".")[0]
                found = self.symbols.definition(module, module.imports.get(local, ""))
                if found and unit_of(found[0]) in self.code.units:
                    target = unit_of(found[0])
                    self.code.refer(unit, target, module.file.at(statement.lineno, rule=RULE))
                    if found[1]:
                        self.code.aliases[unit, local] = target, found[1]

    def _keys(self, module: Module) -> None:
        for (unit, name), model in self.models.items():
            if unit != unit_of(module):
                continue
            for call in (node for node in ast.walk(self.classes[unit, name][1]) if isinstance(node, ast.Call)):
                kind = module.qualified(call.func).rpartition(".")[2]
                target = ""
                if kind in _KEYS:
                    given = keyword(call, "to", 0)
                    column = text(given) or ""
                    other = self.model_of(module, given)
                    # SQLAlchemy's ForeignKey names table and column.
                    target = other.table if other else column.rpartition(".")[0].casefold()
                    if other:
                        self.related[text(keyword(call, "related_name")) or f"{name.lower()}_set"] = model
                if target and target != model.table:
                    self.code.foreign_keys.setdefault((model.table, target), module.file.at(call.lineno, rule=RULE))

    def _bodies(self, module: Module) -> None:
        unit = unit_of(module)
        loose: list[ast.AST] = []
        for statement in module.tree.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                _Function(self, module, (unit, statement.name)).read(statement)
            elif isinstance(statement, ast.ClassDef):
                self._class(module, unit, statement)
            else:
                loose.append(statement)
        for one in loose:
            _Function(self, module, (unit, "")).read(one)

    def _class(self, module: Module, unit: str, one: ast.ClassDef) -> None:
        whole = unit, one.name
        for base in one.bases:
            place = self.place(module, base)
            if place:
                self.code.refer(unit, place[0], module.file.at(one.lineno, rule=RULE))
        writes = any(_WRITERS.search(module.qualified(base)) for base in one.bases)
        for statement in one.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                node = unit, f"{one.name}.{statement.name}"
                self.code.calls[whole, node] = 1
                _Function(self, module, node, one.name).read(statement)
                continue
            _Function(self, module, whole).read(statement)
            inner = statement.body if isinstance(statement, ast.ClassDef) else [statement]
            for name, value in (pair for part in inner for pair in assigned(part)):
                model = self.model_of(module, value) if name == "model" else None
                if model or name == "queryset":
                    model = model or self.model_of(module, _root(value))
                if model:
                    line = module.file.at(statement.lineno, rule=RULE)
                    self.code.accesses.append(Access(whole, model.table, writes, line))


class _Function:
    """One function, or statements of a module or class: its calls, and what it reads and writes."""

    def __init__(self, reader: _Reader, module: Module, node: Node, owner: str = "") -> None:
        self.reader, self.module, self.node, self.owner = reader, module, node, owner
        self.variables: dict[str, _Model] = {}

    def read(self, root: ast.AST) -> None:
        for node in ast.walk(root):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                for name, value in assigned(node):
                    self._variable(name, value)
            elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
                self._variable(node.target.id, node.iter)
        for node in ast.walk(root):
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                for table, write in sql.tables(node.value).items():
                    self._access(table, write, node.lineno)
        if any(self._is_atomic(node) for node in ast.walk(root)):
            self.reader.code.transactions[self.node] = self.module.file.at(getattr(root, "lineno", 1), rule=RULE)

    def _is_atomic(self, node: ast.AST) -> bool:
        """`@transaction.atomic`, `with transaction.atomic():`, `with session.begin():`"""
        found: Iterator[ast.expr] = iter(())
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found = iter(node.decorator_list)
        elif isinstance(node, ast.With | ast.AsyncWith):
            found = (item.context_expr for item in node.items)
        names = (self.module.qualified(one.func if isinstance(one, ast.Call) else one) for one in found)
        return any(name.rpartition(".")[2] in _ATOMIC and "." in name for name in names)

    def _variable(self, name: str, value: ast.expr) -> None:
        model = self._model_in(value)
        if model:
            self.variables[name] = model

    def _model_in(self, value: ast.expr) -> _Model | None:
        """The model of what an expression gives: `Order(...)`, `Order.objects.get(...)`, `get_object_or_404(Order, ...)`."""
        if isinstance(value, ast.Await):
            value = value.value
        if isinstance(value, ast.Call):
            last = self.module.qualified(value.func).rpartition(".")[2]
            if last in _STATEMENTS and value.args and (model := self._named(_root(value.args[0]))):
                return model
        return self._named(_root(value))

    def _named(self, expression: ast.expr) -> _Model | None:
        if isinstance(expression, ast.Name) and expression.id in self.variables:
            return self.variables[expression.id]
        return self.reader.model_of(self.module, expression) if not isinstance(expression, ast.Constant) else None

    def _call(self, call: ast.Call) -> None:
        reader, line = self.reader, call.lineno
        method = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        by_key = self._related(call.func)
        if by_key:
            self._access(by_key.table, method in _WRITING, line)
            return
        model = self._named(_root(call.func))
        if model:
            if method != model.name:
                self._access(model.table, method in _WRITING, line)
            reader.code.call(
                self.node, (model.unit, f"{model.name}.{method}" if method != model.name else method), self._at(line)
            )
            return
        for argument in call.args[:1]:
            inside = self._named(_root(argument))
            if inside and (method in _STATEMENTS or method in _WRITING):
                self._access(inside.table, _STATEMENTS.get(method, True), line)
        if (
            isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in ("self", "cls")
        ):
            own = reader.models.get((self.node[0], self.owner))
            if own and method in _WRITING:
                self._access(own.table, True, line)
            elif self.owner:
                reader.code.calls[self.node, (self.node[0], f"{self.owner}.{method}")] = 1
            return
        place = reader.place(self.module, call.func)
        if place and place[1]:
            reader.code.call(self.node, place, self._at(line))

    def _related(self, node: ast.expr) -> _Model | None:
        """The model on the other side of `order.lines.create(...)`."""
        while isinstance(node, ast.Attribute | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
            if isinstance(node, ast.Attribute) and node.attr in self.reader.related:
                return self.reader.related[node.attr]
        return None

    def _at(self, line: int) -> Evidence:
        return self.module.file.at(line, rule=RULE)

    def _access(self, table: str, write: bool, line: int) -> None:
        self.reader.code.accesses.append(Access(self.node, table.casefold(), write, self._at(line)))


def unit_of(module: Module) -> str:
    """`orders/views.py` as orders/views, a package by its folder."""
    return module.file.path.removesuffix(".py").removesuffix("/__init__")


def _root(expression: ast.expr) -> ast.expr:
    """What a chain of calls and attributes begins with, up to a name that begins with a capital: `Order` in
    `orders.models.Order.objects.get(...)`."""
    node = expression
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript | ast.Await) or (
            isinstance(node, ast.Attribute) and not node.attr[:1].isupper()
        ):
            node = node.value
        else:
            return node


def _true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
