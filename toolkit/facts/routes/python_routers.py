"""Flask (blueprints, MethodView, Flask-RESTful and -RESTX) and FastAPI (routers, mounted applications).

Sources: https://flask.palletsprojects.com/en/stable/api/#url-route-registrations and https://fastapi.tiangolo.com/tutorial/bigger-applications/
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.facts.manifests.python_syntax import Function
from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import route, undecided
from toolkit.facts.routes.graph import Entry, Mount, Router, expand
from toolkit.facts.routes.python_symbols import Symbols, condition_of, conditions, keyword, words
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module
from toolkit.findings import Evidence, Finding

RULE = "python-routes"
VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
# What creates a router, by the last part of its name, and the framework that it belongs to.
APPLICATIONS = {
    "Flask": "flask", "APIFlask": "flask", "OpenAPI": "flask", "Quart": "flask", "FastAPI": "fastapi", "Starlette": "fastapi",
}  # fmt: skip
ROUTERS = {"Blueprint": "flask", "APIBlueprint": "flask", "Namespace": "flask", "Api": "flask", "APIRouter": "fastapi"}
# FastAPI's own pages: https://fastapi.tiangolo.com/tutorial/metadata/#docs-urls
FASTAPI_PAGES = (("openapi_url", "/openapi.json"), ("docs_url", "/docs"), ("redoc_url", "/redoc"))
# Extensions of Flask with files of their own: https://bootstrap-flask.readthedocs.io/en/stable/basic/
EXTENSIONS = {"bootstrap-flask": "/bootstrap/static/{filename...}"}


@dataclass(frozen=True, slots=True)
class _Made:
    """What one call created."""

    module: Module
    call: ast.Call
    kind: str
    framework: str


def read(project: Project) -> Iterator[Fact | Finding]:
    yield from _Reader(project).read()


class _Reader:
    def __init__(self, project: Project) -> None:
        self.modules = [module for module in project.python if not module.file.path.startswith("setup.py")]
        self.symbols = Symbols(project.python)
        self.project = project
        self.routers: dict[str, Router] = {}
        self.made: dict[str, _Made] = {}
        self.findings: list[Finding] = []
        self.conditions: dict[str, dict[int, str]] = {}  # by path and id of the call

    def read(self) -> Iterator[Fact | Finding]:
        for module in self.modules:
            for statement in module.nodes:
                if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Call):
                    self._create(module, statement, statement.value)
        if not self.made:
            return
        for key, made in list(self.made.items()):
            self._contents(key, made)
        for module in self.modules:
            for node in module.nodes:
                if isinstance(node, Function | ast.ClassDef):
                    for decorator in node.decorator_list:
                        if isinstance(decorator, ast.Call):
                            self._decorated(module, decorator, node)
                elif isinstance(node, ast.Call):
                    self._called(module, node)
        mounted = {mount.key for router in self.routers.values() for mount in router.mounts}
        roots = [key for key, made in self.made.items() if made.kind in APPLICATIONS and key not in mounted]
        for root in roots:
            for path, entry in expand(self.routers, [root]):
                yield route(
                    path, self.made[root].framework, entry.evidence,
                    methods=entry.methods, handler=entry.handler, static=entry.static, condition=entry.condition,
                )  # fmt: skip
        yield from self.findings

    def _create(self, module: Module, statement: ast.Assign | ast.AnnAssign, call: ast.Call) -> None:
        kind = module.qualified(call.func).rpartition(".")[2]
        framework = APPLICATIONS.get(kind) or ROUTERS.get(kind)
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            name = target.id if isinstance(target, ast.Name) else ""
            if framework and name:
                key = self._key(module, name)
                self.made.setdefault(key, _Made(module, call, kind, framework))
                self.routers.setdefault(key, Router())

    @staticmethod
    def _key(module: Module, name: str) -> str:
        return f"{module.home}|{module.name}.{name}"

    def _at(self, module: Module, node: ast.AST) -> Evidence:
        return module.file.at(getattr(node, "lineno", 0), rule=RULE)

    def _router(self, module: Module, node: ast.expr | None) -> str:
        """The key of the router that an expression names; the one application for a name that only a caller knows."""
        if node is None:
            return ""
        place = self.symbols.place_of(module, node)
        if place:
            key = self._key(*place)
            if key in self.made:
                return key
        last = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if last in ("app", "application", "flask_app", "server", "api"):
            kinds = ("Api",) if last == "api" else tuple(APPLICATIONS)
            same = [k for k, made in self.made.items() if made.kind in kinds and made.module.home == module.home]
            return same[0] if len(same) == 1 else ""
        return ""

    def _contents(self, key: str, made: _Made) -> None:
        """What a router has from its creation: static files, FastAPI's pages, the application that an Api is for."""
        call, module, router = made.call, made.module, self.routers[key]
        place = self._at(module, call)
        if made.kind in ("Flask", "APIFlask", "OpenAPI", "Quart", "Blueprint"):
            application = made.kind != "Blueprint"
            for name in EXTENSIONS if application else ():
                if self.project.depends_on("pypi", name):
                    router.entries.append(Entry(("GET",), EXTENSIONS[name], name, place, static=True))
            folder = keyword(call, "static_folder")
            at = self.symbols.text(module, keyword(call, "static_url_path"))
            if isinstance(folder, ast.Constant) and folder.value is None:
                return
            if application or folder is not None:
                named = self.symbols.text(module, folder) or "static"
                base = at if at is not None else "/" + named.rstrip("/").rpartition("/")[2]
                router.entries.append(
                    Entry(("GET",), base.rstrip("/") + "/{filename...}", "static files", place, static=True)
                )
        elif made.kind == "FastAPI":
            for name, usual in FASTAPI_PAGES:
                given, condition = _unless_none(keyword(call, name))
                if isinstance(given, ast.Constant) and given.value is None:
                    if name == "openapi_url":
                        return
                    continue
                path = usual if given is None else self.symbols.text(module, given)
                if path is None:
                    self.findings.append(undecided(f"FastAPI's {name}", place))
                    continue
                router.entries.append(Entry(("GET",), path, f"FastAPI {name}", place, condition=condition))
                if name == "docs_url":
                    redirect = path.rstrip("/") + "/oauth2-redirect"
                    router.entries.append(Entry(("GET",), redirect, "FastAPI", place, condition=condition))
        elif made.kind == "Api":
            owner = self._router(module, keyword(call, "app", 0) or keyword(call, "blueprint"))
            prefix = self.symbols.text(module, keyword(call, "prefix")) or ""
            if owner and owner != key:
                self.routers[owner].mounts.append(Mount(prefix, key))
            if "restx" in module.qualified(call.func):
                doc = keyword(call, "doc")
                pages = ["/swagger.json"]
                if not (isinstance(doc, ast.Constant) and doc.value is False):
                    pages += [self.symbols.text(module, doc) or "/"]
                router.entries += [Entry(("GET",), page, "Flask-RESTX", place) for page in pages]

    def _decorated(self, module: Module, call: ast.Call, node: Function | ast.ClassDef) -> None:
        if not isinstance(call.func, ast.Attribute):
            return
        verb = call.func.attr
        if verb not in ("route", "api_route", "websocket", "websocket_route", "expose", *VERBS):
            return
        key = self._router(module, call.func.value)
        if not key:
            return
        methods = self._methods(self.made[key].framework, verb, call)
        if isinstance(node, ast.ClassDef):
            methods = _methods_of_class(node) or methods
        for given in self._rules(verb, call):
            self._add(module, key, given, methods, node.name, call)

    @staticmethod
    def _rules(verb: str, call: ast.Call) -> list[ast.expr | None]:
        """A Namespace of Flask-RESTX takes several rules at once."""
        if verb == "route" and len(call.args) > 1:
            return list(call.args)
        return [keyword(call, "rule", 0) or keyword(call, "path")]

    def _add(
        self, module: Module, key: str, given: ast.expr | None, methods: tuple[str, ...], handler: str, at: ast.AST
    ) -> None:
        rule = self.symbols.text(module, given)
        place = self._at(module, at)
        if rule is None:
            self.findings.append(undecided(f"{handler} has a computed path", place))
            return
        try:
            found = (paths.angles(rule),) if self.made[key].framework == "flask" else paths.braces(rule)
        except paths.Undecided:
            self.findings.append(undecided(f"{handler}: {rule[:80]}", place))
            return
        self.routers[key].entries += [Entry(methods, path, handler, place) for path in found]

    @staticmethod
    def _methods(framework: str, verb: str, call: ast.Call) -> tuple[str, ...]:
        if verb in VERBS:
            return (verb.upper(),)
        given = words(keyword(call, "methods"))
        return tuple(method.upper() for method in given) or (("GET",) if framework == "flask" else ())

    def _called(self, module: Module, call: ast.Call) -> None:
        if not isinstance(call.func, ast.Attribute):
            return
        verb, owner = call.func.attr, call.func.value
        if verb in ("register_blueprint", "include_router", "mount", "add_namespace", "register_api"):
            self._mount(module, call, verb)
        elif verb in ("add_url_rule", "add_api_route", "add_resource", "add_route", "add_websocket_route", "add_api_websocket_route"):  # fmt: skip
            key = self._router(module, owner)
            if not key:
                return
            resource = verb == "add_resource"
            view = (
                call.args[0]
                if resource and call.args
                else keyword(call, "view_func", 2 if verb == "add_url_rule" else 1)
            )
            handler = ast.unparse(view)[:80] if view is not None else ""
            methods = self._methods(self.made[key].framework, verb, call)
            cls = self.symbols.class_of(module, _class_of_view(view)) if view is not None else None
            if cls and not keyword(call, "methods"):
                methods = _methods_of_class(cls[1]) or methods
            rules = call.args[1:] if resource else [keyword(call, "rule", 0) or keyword(call, "path")]
            for given in rules:
                if not isinstance(given, ast.Starred):
                    self._add(module, key, given, methods, handler.partition(".as_view(")[0], call)

    def _mount(self, module: Module, call: ast.Call, verb: str) -> None:
        owner = self._router(module, call.func.value if isinstance(call.func, ast.Attribute) else None)
        if not owner:
            return
        place = self._at(module, call)
        path = "" if verb != "mount" else self.symbols.text(module, keyword(call, "path", 0))
        child = keyword(call, "app", 1) if verb == "mount" else call.args[0] if call.args else None
        if verb == "mount" and isinstance(child, ast.Call):
            name = ast.unparse(child.func).rpartition(".")[2]
            if path is not None:
                entry = Entry((), paths.below(path), name, place, static=name == "StaticFiles")
                self.routers[owner].entries.append(entry)
                return
        for one in self._children(module, child):
            key = self._router(module, one)
            if not key or path is None:
                text = ast.unparse(one)[:80] if one is not None else "nothing"
                self.findings.append(undecided(f"{verb}({text})", place))
                continue
            prefix = self._prefix(module, call, verb, self.made[key])
            if prefix is None:
                self.findings.append(undecided(f"the prefix of {ast.unparse(call)[:80]}", place))
                continue
            self.routers[owner].mounts.append(Mount(path + prefix, key, self._condition(module, call)))

    def _condition(self, module: Module, call: ast.Call) -> str:
        if module.file.path not in self.conditions:
            self.conditions[module.file.path] = dict(conditions(module.tree, ast.Call))
        return self.conditions[module.file.path].get(id(call), "")

    def _children(self, module: Module, child: ast.expr | None) -> list[ast.expr | None]:
        """`for blueprint in (a, b): app.register_blueprint(blueprint)` names them all."""
        if isinstance(child, ast.Name):
            for node in module.nodes:
                if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == child.id:
                    values = module.constants.get(node.iter.id) if isinstance(node.iter, ast.Name) else node.iter
                    if isinstance(values, ast.List | ast.Tuple):
                        return list(values.elts)
        return [child]

    def _prefix(self, module: Module, call: ast.Call, verb: str, made: _Made) -> str | None:
        """Flask's registration replaces the blueprint's own prefix, FastAPI's stands before it."""
        if verb == "mount":
            return ""
        names = {"include_router": "prefix", "add_namespace": "path"}
        given = keyword(call, names.get(verb, "url_prefix"), 1 if verb == "add_namespace" else None)
        own_name = {"APIRouter": "prefix", "Namespace": "path"}.get(made.kind, "url_prefix")
        own_node = keyword(made.call, own_name)
        own: str | None = "" if own_node is None else self.symbols.text(made.module, own_node)
        if isinstance(own_node, ast.Constant) and own_node.value is None:
            own = ""
        if made.kind == "Namespace" and own_node is None:
            own = "/" + (self.symbols.text(made.module, keyword(made.call, "name", 0)) or "")
        if given is None or (isinstance(given, ast.Constant) and given.value is None):
            return self._spelled(own, made)
        text = self.symbols.text(module, given)
        if text is None:
            return None
        return self._spelled(text if made.framework == "flask" else text + (own or ""), made)

    @staticmethod
    def _spelled(prefix: str | None, made: _Made) -> str | None:
        if prefix is None:
            return None
        return paths.angles(prefix) if made.framework == "flask" else prefix


def _unless_none(given: ast.expr | None) -> tuple[ast.expr | None, str]:
    """The value of `None if production else "/docs"` that is not None, and its condition."""
    if isinstance(given, ast.IfExp):
        for one, other, holds in ((given.body, given.orelse, True), (given.orelse, given.body, False)):
            if isinstance(other, ast.Constant) and other.value is None:
                return one, condition_of(given.test, holds)
    return given, ""


def _class_of_view(view: ast.expr) -> ast.expr:
    """`View` in `View.as_view("name")`."""
    if isinstance(view, ast.Call) and isinstance(view.func, ast.Attribute) and view.func.attr == "as_view":
        return view.func.value
    return view


def _methods_of_class(node: ast.ClassDef) -> tuple[str, ...]:
    return tuple(one.name.upper() for one in node.body if isinstance(one, Function) and one.name in VERBS)
