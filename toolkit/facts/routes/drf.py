"""Routers of Django REST Framework, and of drf-nested-routers: the addresses that they make of registered view sets.

Source: https://www.django-rest-framework.org/api-guide/routers/ (reviewed 2026-11-21)
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.facts.manifests.python_syntax import Function
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import undecided
from toolkit.facts.routes.python_symbols import Symbols, keyword, words
from toolkit.facts.source.python_modules import Module, assigned
from toolkit.findings import Finding

RULE = "django-routes"
_LIST = {"list": "GET", "create": "POST"}
_DETAIL = {"retrieve": "GET", "update": "PUT", "partial_update": "PATCH", "destroy": "DELETE"}
# What the library's own classes answer.
_CLASSES = {
    "ModelViewSet": {*_LIST, *_DETAIL},
    "ReadOnlyModelViewSet": {"list", "retrieve"},
    "CreateModelMixin": {"create"},
    "ListModelMixin": {"list"},
    "RetrieveModelMixin": {"retrieve"},
    "UpdateModelMixin": {"update", "partial_update"},
    "DestroyModelMixin": {"destroy"},
    "GenericViewSet": set(),
    "ViewSet": set(),
    "ViewSetMixin": set(),
}
_ROUTERS_WITH_ROOT = ("DefaultRouter", "OptionalSlashDefaultRouter")

Found = tuple[tuple[str, ...], str, str, int]  # methods, path below the router, handler, line


@dataclass(slots=True)
class _ViewSet:
    actions: set[str]
    extra: list[tuple[bool, tuple[str, ...], str]]  # for one object, methods, path
    lookup: str = "pk"
    known: bool = True


def routes_of_router(symbols: Symbols, module: Module, name: str, depth: int = 0) -> Iterator[Found | Finding]:
    """The addresses of the router that is `name` in a module."""
    made = module.constants.get(name)
    if not isinstance(made, ast.Call) or depth > 4:
        return
    kind = ast.unparse(made.func).rpartition(".")[2]
    slash = "/"
    given = keyword(made, "trailing_slash")
    if (isinstance(given, ast.Constant) and given.value is False) or "NoSlash" in kind:
        slash = ""
    formats = keyword(made, "include_format_suffixes")
    suffixed = kind in _ROUTERS_WITH_ROOT and not (isinstance(formats, ast.Constant) and formats.value is False)
    before = _prefix_of_nested(symbols, module, made, kind)
    for call in _registrations(module, name):
        prefix_node, view = keyword(call, "prefix", 0), keyword(call, "viewset", 1)
        prefix = symbols.text(module, prefix_node)
        if prefix is None or view is None:
            yield undecided(ast.unparse(call)[:80], module.file.at(call.lineno, rule=RULE))
            continue
        try:
            (prefix,) = paths.regex(prefix, whole=False)
        except (paths.Undecided, ValueError):
            yield undecided(ast.unparse(call)[:80], module.file.at(call.lineno, rule=RULE))
            continue
        for found in _of_view_set(symbols, module, view, before + prefix.strip("/"), slash, call.lineno):
            yield found
            if suffixed and not isinstance(found, Finding):
                yield _with_format(found)
    if kind in _ROUTERS_WITH_ROOT and not before:
        root = (("GET",), "", f"{kind} root", made.lineno)
        yield root
        if suffixed:
            yield _with_format(root)


def _with_format(found: Found) -> Found:
    """The address with the format's name behind it, /orders.json, which DefaultRouter answers too."""
    methods, path, handler, line = found
    return methods, path.rstrip("/") + ".{format}", handler, line


def _registrations(module: Module, name: str) -> Iterator[ast.Call]:
    for call in module.calls:
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "register"
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == name
        ):
            yield call


def _prefix_of_nested(symbols: Symbols, module: Module, made: ast.Call, kind: str) -> str:
    """drf-nested-routers: NestedSimpleRouter(parent, "domains", lookup="domain") is below /domains/{domain_pk}/."""
    if "Nested" not in kind:
        return ""
    parent = symbols.text(module, keyword(made, "parent_prefix", 1)) or ""
    lookup = symbols.text(module, keyword(made, "lookup")) or "nested_1"
    return f"{parent}/{{{paths.plain(lookup)}_pk}}/"


def _of_view_set(
    symbols: Symbols, module: Module, view: ast.expr, prefix: str, slash: str, line: int
) -> Iterator[Found | Finding]:
    found = _ViewSet(set(), [])
    _collect(symbols, module, view, found, 0)
    handler = ast.unparse(view)[:80]
    base = f"{prefix}{slash}" if prefix else ""
    inner = f"{prefix}/" if prefix else ""
    item = f"{inner}{{{paths.plain(found.lookup)}}}"
    if not found.known:
        yield undecided(f"which methods {handler} has", module.file.at(line, rule=RULE))
        found.actions |= {*_LIST, *_DETAIL}
    if methods := tuple(method for action, method in _LIST.items() if action in found.actions):
        yield methods, base, handler, line
    for detail, methods, path in found.extra:
        yield methods, f"{item}/{path}{slash}" if detail else f"{inner}{path}{slash}", handler, line
    if methods := tuple(method for action, method in _DETAIL.items() if action in found.actions):
        yield methods, f"{item}{slash}", handler, line


def _collect(symbols: Symbols, module: Module, node: ast.expr, found: _ViewSet, depth: int) -> None:
    """The actions of a class and of those that it is made from."""
    name = module.qualified(node).rpartition(".")[2]
    place = symbols.class_of(module, node)
    if place is None or depth > 6:
        if name in _CLASSES:
            found.actions |= _CLASSES[name]
        elif name.endswith("ViewSet"):
            found.known = False
        return
    where, cls = place
    for base in reversed(cls.bases):
        _collect(symbols, where, base, found, depth + 1)
    fields = {name: value for statement in cls.body for name, value in assigned(statement)}
    for field in ("lookup_field", "lookup_url_kwarg"):
        if text := symbols.text(where, fields.get(field)):
            found.lookup = text
    for one in cls.body:
        if isinstance(one, Function):
            if one.name in _LIST or one.name in _DETAIL:
                found.actions.add(one.name)
            found.extra += _actions(symbols, where, one)
    if allowed := words(fields.get("http_method_names")):
        kept = {method.upper() for method in allowed}
        found.actions = {action for action in found.actions if {**_LIST, **_DETAIL}[action] in kept}


def _actions(symbols: Symbols, module: Module, node: Function) -> Iterator[tuple[bool, tuple[str, ...], str]]:
    """`@action(detail=True)`, and what it was before: @detail_route, @list_route."""
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        name = ast.unparse(decorator.func).rpartition(".")[2]
        if name not in ("action", "detail_route", "list_route"):
            continue
        given = keyword(decorator, "detail", 1)
        detail = name == "detail_route" or (isinstance(given, ast.Constant) and given.value is True)
        methods = tuple(method.upper() for method in words(keyword(decorator, "methods", 0))) or ("GET",)
        written = symbols.text(module, keyword(decorator, "url_path")) or node.name
        try:
            (path,) = paths.regex(written, whole=False)
        except (paths.Undecided, ValueError):
            path = "{path...}"
        yield detail, methods, path.strip("/")
