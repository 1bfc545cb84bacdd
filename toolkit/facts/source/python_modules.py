"""Python modules as syntax trees, with what is needed to read them: imports resolved, module names, simple values."""

import ast
import posixpath
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from toolkit.facts.manifests.python_requirements import SETUPS
from toolkit.facts.manifests.python_syntax import module_files, parse
from toolkit.facts.places import Places
from toolkit.inventory.paths import joined
from toolkit.inventory.source_tree import SourceFile

# Only modules with one of these words are parsed: parsing costs, and nothing is read without them.
_WORDS = (
    ".command(", ".mkdir(", "APIRouter", "ArgumentParser(", "BaseSettings", "Blueprint", "Bottle", "Celery", "DATABASES", "Dash(",
    "FastAPI", "FileHandler(", "Flask", "INSTALLED_APPS", "Litestar", "Namespace(", "Quart", "ROOT_URLCONF", "Router(", "SECRET_KEY",
    "Sanic", "Starlette", "TCPSite", "ViewSet", "__main__", "_app(", "add_parser(", "add_resource", "add_url_rule", "app_factory", "asgi",
    "bottle", "celery", "cheduler", "cherrypy", "config(", "create_app", "dramatiq", "env(", "environ", "falcon", "get_app", "getenv",
    "huey", "include_router", "make_app", "makedirs(", "receive, send", "register_blueprint", "run_app(", "sqlite", "start_response",
    "tornado.", "urlpatterns", "wsgi",
)  # fmt: skip
_WORTH = re.compile(
    r"rq\b|[A-Z]_(?:DEST|DIR|DIRECTORY|FOLDER|LOCATION|PATH|ROOT)(?:['\"]\])?\s{0,9}="
    r"|\.(?:route|get|post|put|patch|delete)\(\s{0,9}f?['\"]/"
)
# `application = create()` says little.
_WORTH_BY_NAME = frozenset({"__main__.py", "asgi.py", "wsgi.py"})

# A sample of settings, which lies beside them as a module on each host: config.py.example.
SAMPLE_ENDINGS = (".py.default", ".py.dist", ".py.example", ".py.sample", ".py.template", ".py.tpl")
_OF_SAMPLE = re.compile(r"(?:.*/)?(?:\w{1,40}_)?(?:conf|config|local_?settings|settings)\.py\.[a-z]{3,8}")

_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+(\w+(?:\.\w+)+)", re.MULTILINE)


@dataclass(frozen=True)
class Module:
    """One parsed module. `name` is dotted, relative to `root`, the folder that must be on the module path."""

    file: SourceFile
    tree: ast.Module
    name: str
    root: str
    home: str
    others: "Modules"

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, from one walk."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call."""
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local names to the dotted names they were imported from."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                source = self._absolute(node)
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{source}.{alias.name}" if source else alias.name
        return found

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])

    @property
    def is_package(self) -> bool:
        """Whether the module is a folder's own, `__init__.py`."""
        return self.file.name == "__init__.py"

    @property
    def working_folder(self) -> str:
        """`root` relative to the application folder; empty when it is the same."""
        relative = posixpath.relpath(self.root or ".", self.home or ".")
        return "" if relative == "." else relative

    def qualified(self, node: ast.expr) -> str:
        """The dotted name of an expression, imports resolved; empty when it is none."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        parts.append(self.imports.get(node.id, node.id))
        return ".".join(reversed(parts))

    def origin(self, name: str, at_most: int = 4) -> str:
        """A dotted name as the library has it that defines it, where modules of the application pass it on: `helpers.Flask`."""
        source, _, last = name.rpartition(".")
        for passing in [source] if source else self.stars:
            module = self.others.named(passing, self) if at_most else None
            if module and (last in module.imports or module.stars):
                return module.origin(module.imports.get(last, last), at_most - 1)
            if not source and module is None:
                return f"{passing}.{last}"
        return name

    @cached_property
    def stars(self) -> tuple[str, ...]:
        """The modules of which everything is imported."""
        imports = (node for node in self.nodes if isinstance(node, ast.ImportFrom))
        return tuple(self._absolute(node) for node in imports if any(alias.name == "*" for alias in node.names))

    def top_level(self) -> Iterator[ast.stmt]:
        """Statements that run on import, those inside `if`, `try` and `with` included."""
        waiting: list[ast.stmt] = list(self.tree.body)
        while waiting:
            statement = waiting.pop(0)
            yield statement
            for block in ("body", "orelse", "finalbody"):
                if isinstance(statement, ast.If | ast.Try | ast.With) and not is_main_guard(statement):
                    waiting += getattr(statement, block, [])
            for handler in getattr(statement, "handlers", []):
                waiting += handler.body

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """Names that are assigned at the top level, with their first literal value, else the last."""
        found: dict[str, ast.expr] = {}
        for statement in self.top_level():
            for name, value in assigned(statement):
                if not isinstance(found.get(name), ast.Constant):
                    found[name] = value
        return found

    @cached_property
    def settings(self) -> dict[str, ast.expr]:
        """The same with the names that classes assign, since settings are often kept in one."""
        classes = (statement for statement in self.tree.body if isinstance(statement, ast.ClassDef))
        of_classes = (pair for one in classes for statement in one.body for pair in assigned(statement))
        return dict(of_classes) | self.constants


def is_main_guard(statement: ast.stmt) -> bool:
    """`if __name__ == "__main__":`, `match __name__:`"""
    asked = (
        statement.test
        if isinstance(statement, ast.If)
        else statement.subject
        if isinstance(statement, ast.Match)
        else None
    )
    return asked is not None and any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(asked))


def assigned(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Names and values of an assignment."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Name):
                yield target.id, statement.value
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        yield statement.target.id, statement.value


def constant(node: ast.expr | None) -> Any:
    """The value of a literal; None for anything else."""
    return node.value if isinstance(node, ast.Constant) else None


def text(node: ast.expr | None) -> str | None:
    """The value of a string literal."""
    value = constant(node)
    return value if isinstance(value, str) else None


def _is_worth(text: str) -> bool:
    return any(word in text for word in _WORDS) or _WORTH.search(text) is not None


class Modules:
    """The modules of a tree, parsed on first use: those that are worth it, or `every` one, and any other that is asked for by name."""

    def __init__(self, files: Iterable[SourceFile], places: Places, paths: frozenset[str], every: bool = False) -> None:
        self._every = every
        self._files = files
        self._places = places
        self._paths = paths
        self._modules: dict[str, Module | None] = {}

    def __iter__(self) -> Iterator[Module]:
        return iter(self._parsed)

    def named(self, name: str, near: Module) -> Module | None:
        """The module that an import of this dotted name in `near` finds: below its root, else below its home, else by way
        of its home, which may be a package too."""
        path = name.replace(".", "/")
        for root in dict.fromkeys((near.root, near.home, posixpath.dirname(near.home))):
            if found := next(filter(None, map(self._at, module_files(joined(root, path)))), None):
                return found
        return None

    def behind(self, program: str) -> Module | None:
        """The module whose function a program of the installation starts, by its dotted name: worth a look or not."""
        known = next((module for module in self if module.name == program), None)
        files = [joined(root, file) for root in ("", "src") for file in module_files(program.replace(".", "/"))]
        return known or next(filter(None, map(self._at, files)), None)

    @cached_property
    def unread(self) -> tuple[SourceFile, ...]:
        """Those that are worth a look and that no parser here reads."""
        return tuple(file for path, file in self._worthy if path == file.path and self._at(path) is None)

    @cached_property
    def _by_path(self) -> dict[str, SourceFile]:
        """The files, a sample of settings that the source does not have by the path at which it is imported."""
        files = {file.path: file for file in self._files}
        samples = {path.rpartition(".")[0]: file for path, file in files.items() if _OF_SAMPLE.fullmatch(path)}
        return {path: file for path, file in samples.items() if path not in files} | {
            path: file for path, file in files.items() if path.endswith(".py")
        }

    @cached_property
    def _worthy(self) -> tuple[tuple[str, SourceFile], ...]:
        return tuple(
            (path, file)
            for path, file in self._by_path.items()
            if "/migrations/" not in file.path and (self._every or file.name in _WORTH_BY_NAME or _is_worth(file.text))
        )

    @cached_property
    def _parsed(self) -> tuple[Module, ...]:
        return tuple(module for path, _ in self._worthy if (module := self._at(path)))

    def _at(self, path: str) -> Module | None:
        """The module of a file: also of one that only passes on what others define, when it is imported."""
        if path not in self._modules:
            file = self._by_path.get(path)
            tree = parse(file.text) if file else None
            if file and tree is not None:
                home = self._places.home(path)
                root = self._root(file, tree, home)
                self._modules[path] = Module(file, tree, _dotted(path, root), root, home, self)
            else:
                self._modules[path] = None
        return self._modules[path]

    def _root(self, file: SourceFile, tree: ast.Module, home: str) -> str:
        """The folder that imports of this file start from."""
        folder = file.directory
        above = folder
        while above != home and (not home or above.startswith(home + "/")):
            if f"{above}/manage.py" in self._paths and f"{above}/__init__.py" not in self._paths:
                return above
            above = posixpath.dirname(above)
        if self._at_home(home, "manage.py"):
            installed = posixpath.join(home, "src")  # manage.py imports what an installation puts on the path
            packed = file.path.startswith(f"{installed}/") and not self._at_home(home, "src/__init__.py")
            return installed if packed and any(self._at_home(home, name) for name in SETUPS) else home
        if f"{folder}/__init__.py" in self._paths:
            above = folder
            while above and above != home and f"{above}/__init__.py" in self._paths:
                above = posixpath.dirname(above)
            return folder if self._is_run_inside(tree, folder, above) else above
        return self._root_by_imports(file, tree, home)

    def _at_home(self, home: str, path: str) -> bool:
        return joined(home, path) in self._paths

    def _is_run_inside(self, tree: ast.Module, folder: str, above: str) -> bool:
        """Whether a package's module is run from within the package: packages beside it are imported by their own names,
        and nothing by the package's or relative to it. Folders alone count, since a module may share a library's name."""
        if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree)):
            return False
        wanted = _imported(tree) - sys.stdlib_module_names
        if posixpath.relpath(folder, above or ".").split("/")[0] in wanted:
            return False
        packages = [name for name in wanted if f"{folder}/{name}/__init__.py" in self._paths]
        return any(not self._holds(above, name) for name in packages)

    def _holds(self, folder: str, name: str) -> bool:
        return not self._paths.isdisjoint(module_files(joined(folder, name)))

    def _root_by_imports(self, file: SourceFile, tree: ast.Module, home: str) -> str:
        """A folder without `__init__.py`: the nearest from which what it imports can be found."""
        folder = file.directory
        wanted = _imported(tree)
        candidate = folder
        while candidate and candidate != home:
            parent = posixpath.dirname(candidate)
            if any(self._holds(candidate, name) for name in wanted):
                return candidate
            if posixpath.basename(candidate) in wanted:
                return parent
            candidate = parent
        if posixpath.basename(folder) in wanted:
            return home
        parts = folder.removeprefix(home).strip("/").split("/")
        if all(map(str.isidentifier, parts)) and any(self._holds(home, name) for name in wanted):
            return home
        return self._root_by_importers(file, home)

    def _root_by_importers(self, file: SourceFile, home: str) -> str:
        """The folder from which other modules import this one, `from shop.settings import DEBUG`: a folder without
        `__init__.py` is a package too (PEP 420)."""
        above = file.directory
        while above and above != home:
            above = posixpath.dirname(above)
            if _dotted(file.path, above) in self._imports:
                return above
        return file.directory

    @cached_property
    def _imports(self) -> frozenset[str]:
        """The dotted names of modules that some file imports."""
        return frozenset(match[1] for file in self._by_path.values() for match in _IMPORT.finditer(file.text))


def _imported(tree: ast.Module) -> set[str]:
    """The first names of what a module imports, relative imports left out."""
    return {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }


def _dotted(path: str, root: str) -> str:
    relative = path.removeprefix(f"{root}/") if root else path
    return relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
