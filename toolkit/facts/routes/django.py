"""Django: ROOT_URLCONF and what it includes, path and re_path, i18n_patterns, routers of Django REST Framework.

Sources: https://docs.djangoproject.com/en/stable/topics/http/urls/ and https://www.django-rest-framework.org/api-guide/routers/
"""

import ast
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.drf import routes_of_router
from toolkit.facts.routes.found import both, route, undecided
from toolkit.facts.routes.python_symbols import Symbols, conditions, keyword
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned, constant
from toolkit.findings import Evidence, Finding

RULE = "django-routes"
MAXIMUM_STEPS = 20_000  # patterns, lists and includes followed
_DEEPEST = 12
# What urlpatterns of libraries hold where they stand at the root of the addresses, or nearly so.
# https://docs.djangoproject.com/en/stable/topics/auth/default/#module-django.contrib.auth.views
LIBRARIES: dict[str, tuple[str, ...]] = {
    "django.contrib.auth.urls": (
        "login/", "logout/", "password_change/", "password_change/done/", "password_reset/", "password_reset/done/",
        "reset/{uidb64}/{token}/", "reset/done/",
    ),
    "django.conf.urls.i18n": ("setlang/",),
    "rest_framework.urls": ("login/", "logout/"),
    # https://docs.wagtail.org/en/stable/getting_started/integrating_into_django.html#url-configuration
    **dict.fromkeys(("wagtail.urls", "wagtail.core.urls"), (
        "_util/authenticate_with_password/{page_view_restriction_id}/{page_id}/", "_util/login/", "{path...}",
    )),
    # https://django-registration.readthedocs.io/en/stable/one-step-workflow.html
    "django_registration.backends.one_step.urls": ("register/", "register/complete/", "register/closed/"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Item:
    """A pattern or a list of them, below a prefix that is already in our spelling, and the condition that it stands under."""

    prefix: str
    module: Module
    node: ast.expr
    trail: tuple[tuple[str, str], ...] = ()
    condition: str = ""

    def inside(self, node: ast.expr, prefix: str | None = None) -> "_Item":
        """A part of the same list, or what it includes from this module."""
        return replace(self, node=node, prefix=self.prefix if prefix is None else prefix)

    def follow(self, module: Module, name: str, one: "_Assigned") -> "_Item":
        """What a name in a module stands for."""
        trail = (*self.trail, (module.file.path, name))
        return _Item(self.prefix, module, one.value, trail, both(self.condition, one.condition))


@dataclass(frozen=True, slots=True)
class _Assigned:
    """What is assigned or added to a name at the top level of a module, and the `if` that this stands below."""

    name: str
    value: ast.expr
    condition: str = ""


def read(project: Project) -> Iterator[Fact | Finding]:
    reader = _Reader(project)
    for module in reader.roots():
        yield from reader.read(module)


class _Reader:
    def __init__(self, project: Project) -> None:
        self.modules = project.python
        self.symbols = Symbols(project.python)
        # Settings that are false wherever they are set.
        settings = [module.constants for module in self.modules if "settings" in module.name]
        self.off = {
            name
            for constants in settings
            for name in constants
            if all(constant(one[name]) is False for one in settings if name in one)
        }

    def roots(self) -> list[Module]:
        """The modules that ROOT_URLCONF names; without it, those named urls beside the settings."""
        found: dict[str, Module] = {}
        for module in self.modules:
            name = self.symbols.text(module, module.constants.get("ROOT_URLCONF"))
            if name and (root := self.modules.named(name, module)):
                found[root.file.path] = root
        return list(found.values())

    def read(self, root: Module) -> Iterator[Fact | Finding]:
        waiting = [
            _Item("", root, one.value, ((root.file.path, "urlpatterns"),), one.condition)
            for one in self._urlpatterns(root)
        ]
        waiting.reverse()
        for _ in range(MAXIMUM_STEPS):
            if not waiting:
                return
            below: list[_Item] = []
            for one in self._one(waiting.pop()):
                if isinstance(one, _Item):
                    below.append(one)
                else:
                    yield one
            waiting += reversed(below)
        yield undecided("too many includes", root.file.at(rule=RULE))

    def _at(self, item: _Item) -> Evidence:
        return item.module.file.at(item.node.lineno, rule=RULE)

    def _one(self, item: _Item) -> Iterator[_Item | Fact | Finding]:
        node = item.node
        if len(item.trail) > _DEEPEST or len(set(item.trail)) < len(item.trail):
            yield undecided("includes go round in a circle", self._at(item))
        elif isinstance(node, ast.List | ast.Tuple):
            for element in node.elts:
                yield item.inside(element)
        elif isinstance(node, ast.Starred):
            yield item.inside(node.value)
        elif isinstance(node, ast.BinOp):
            yield item.inside(node.left)
            yield item.inside(node.right)
        elif isinstance(node, ast.Call):
            yield from self._call(item, node)
        elif isinstance(node, ast.Name | ast.Attribute):
            yield from self._name(item, node)
        elif not isinstance(node, ast.Constant):
            yield undecided(ast.unparse(node)[:80], self._at(item))

    def _name(self, item: _Item, node: ast.expr) -> Iterator[_Item | Fact | Finding]:
        if isinstance(node, ast.Attribute) and node.attr == "urls":
            place = self.symbols.place_of(item.module, node.value)
            made = place[0].constants.get(place[1]) if place else None
            if place and isinstance(made, ast.Call):
                found = list(self._router(item, *place)) if ast.unparse(made.func).endswith("Router") else []
                yield from found or [self._below(item, place[1])]  # a site of the administration, a library's router
                return
            if ast.unparse(node.value).endswith("site"):
                yield self._below(item, "django.contrib.admin")
                return
        place = self.symbols.place_of(item.module, node)
        if place and place[1]:
            values = [one for one in _assignments(place[0], self.off) if one.name == place[1]]
            if values:
                yield from (item.follow(*place, one) for one in values)
                return
        yield undecided(ast.unparse(node)[:80], self._at(item))

    def _router(self, item: _Item, module: Module, name: str) -> Iterator[Fact | Finding]:
        for found in routes_of_router(self.symbols, module, name):
            if isinstance(found, Finding):
                yield found
            else:
                methods, path, handler, line = found
                evidence = module.file.at(line, rule=RULE)
                yield route(
                    paths.join("/" + item.prefix + path), "django", evidence,
                    methods=methods, handler=handler, condition=item.condition,
                )  # fmt: skip

    def _below(self, item: _Item, handler: str) -> Fact | Finding:
        """Addresses of a library's: everything below the prefix."""
        if not item.prefix:
            return undecided(f"what {handler} answers at the root", self._at(item))
        path = "/" + item.prefix.lstrip("/") + "{path...}"
        return route(path, "django", self._at(item), handler=handler, condition=item.condition, confidence=0.9)

    def _call(self, item: _Item, node: ast.Call) -> Iterator[_Item | Fact | Finding]:
        name = item.module.qualified(node.func).rpartition(".")[2]
        if name in ("path", "re_path", "url"):
            yield from self._pattern(item, node, name)
        elif name == "include":
            yield from self._include(item, node)
        elif name == "i18n_patterns":
            usual = keyword(node, "prefix_default_language")
            spelled = [item.prefix + "{language}/"]
            if isinstance(usual, ast.Constant) and usual.value is False:
                spelled.append(item.prefix)
            for prefix in spelled:
                yield from (item.inside(one, prefix) for one in node.args)
        elif name in ("format_suffix_patterns", "decorator_include", "required", "list", "tuple", "cache_page"):
            yield from (item.inside(one) for one in node.args[-1:])
        elif name == "patterns":  # before Django 1.8
            yield from (item.inside(one) for one in node.args[1:])
        elif name in ("static", "staticfiles_urlpatterns"):
            return  # nothing where DEBUG is off: https://docs.djangoproject.com/en/stable/howto/static-files/
        else:
            yield undecided(ast.unparse(node)[:80], self._at(item))

    def _pattern(self, item: _Item, node: ast.Call, name: str) -> Iterator[_Item | Fact | Finding]:
        text = self.symbols.text(item.module, keyword(node, "route", 0) or keyword(node, "regex"))
        view = keyword(node, "view", 1)
        if text is None or view is None:
            yield undecided(ast.unparse(node)[:80], self._at(item))
            return
        included = isinstance(view, ast.Call) and ast.unparse(view.func).endswith("include")
        included = included or (isinstance(view, ast.Attribute) and view.attr == "urls") or isinstance(view, ast.Tuple)
        try:
            found = (paths.angles(text),) if name == "path" else paths.regex(text, whole=not included)
        except paths.Undecided:
            yield undecided(ast.unparse(node)[:80], self._at(item))
            return
        for path in found:
            if included:
                below = view.elts[0] if isinstance(view, ast.Tuple) else view
                yield item.inside(below, item.prefix + path)
            else:
                yield route(
                    paths.join("/" + item.prefix + path), "django", self._at(item), handler=self._handler(view),
                    static="serve" in ast.unparse(view)[:40], condition=item.condition,
                )  # fmt: skip

    @staticmethod
    def _handler(view: ast.expr) -> str:
        while isinstance(view, ast.Call):  # csrf_exempt(View.as_view())
            if isinstance(view.func, ast.Attribute) and view.func.attr == "as_view":
                view = view.func.value
            elif view.args and not isinstance(view.args[-1], ast.Constant):
                view = view.args[-1]
            else:
                view = view.func
        return ast.unparse(view)[:80]

    def _include(self, item: _Item, node: ast.Call) -> Iterator[_Item | Fact | Finding]:
        given = keyword(node, "arg", 0)
        if isinstance(given, ast.Tuple) and given.elts:
            given = given.elts[0]
        name = self.symbols.text(item.module, given) if isinstance(given, ast.Constant | ast.JoinedStr) else None
        if name is None and isinstance(given, ast.Name | ast.Attribute):
            place = self.symbols.place_of(item.module, given)
            if place and not place[1]:
                name = place[0].name
            elif place is None:
                name = item.module.qualified(given)
        if name is None:
            if given is not None:
                yield item.inside(given)
            return
        module = self.modules.named(name, item.module)
        if module and (nodes := self._urlpatterns(module)):
            yield from (item.follow(module, "urlpatterns", one) for one in nodes)
        elif name in LIBRARIES:
            for path in LIBRARIES[name]:
                whole = paths.join("/" + item.prefix + path)
                yield route(whole, "django", self._at(item), handler=name, condition=item.condition)
        else:
            yield self._below(item, name)

    def _urlpatterns(self, module: Module) -> list[_Assigned]:
        return [one for one in _assignments(module, self.off) if one.name == "urlpatterns"]


def _is_off(test: str, off: Set[str]) -> bool:
    return ("DEBUG" in test and "not " not in test) or test.rpartition(".")[2] in off


def _assignments(module: Module, off: Set[str]) -> Iterator[_Assigned]:
    """Names and what is assigned or added to them at the top level, without what only a setting adds that is off."""
    under = dict(conditions(module.tree, ast.stmt))
    left_out = {
        id(inner)
        for node in module.tree.body
        if isinstance(node, ast.If) and _is_off(ast.unparse(node.test), off)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for statement in module.top_level():
        if id(statement) in left_out:
            continue
        condition = under.get(id(statement), "")
        for name, value in assigned(statement):
            yield _Assigned(name, value, condition)
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            yield _Assigned(statement.target.id, statement.value, condition)
        elif (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Call)
            and isinstance(statement.value.func, ast.Attribute)
            and isinstance(statement.value.func.value, ast.Name)
            and statement.value.func.attr in ("append", "extend", "insert")
        ):
            for one in statement.value.args[-1:]:
                yield _Assigned(statement.value.func.value.id, one, condition)
