"""Java: Spring MVC, JAX-RS, and servlets by annotations and web.xml.

Sources: https://docs.spring.io/spring-framework/reference/web/webmvc/mvc-controller/ann-requestmapping.html,
https://jakarta.ee/specifications/restful-ws/3.1/ and https://jakarta.ee/specifications/servlet/6.0/ (12.2, mappings).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product

from toolkit.facts.manifests.formats import Malformed
from toolkit.facts.manifests.formats.xml_text import xml_root
from toolkit.facts.model import Dependency, Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import both, route, undecided, under
from toolkit.facts.routes.tokens import Token, arguments, tokens, walk, written
from toolkit.facts.source.java_application import spring_settings
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "java-routes"
WORTH = re.compile(
    r"@\w*Mapping\b|@(?:Application)?Path\b|@(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b|@WebServlet|@(?:Rest)?Controller\b|static\s+final\s+String|addViewController"
)
SPRING = {
    "RequestMapping": (), "GetMapping": ("GET",), "PostMapping": ("POST",), "PutMapping": ("PUT",),
    "PatchMapping": ("PATCH",), "DeleteMapping": ("DELETE",),
}  # fmt: skip
BOOT = ("org.springframework.boot:spring-boot-starter-web", "org.springframework.boot:spring-boot-starter-webmvc")
ACTUATOR = ("org.springframework.boot:spring-boot-starter-actuator", "org.springframework.boot:spring-boot-actuator")
_OF_TASKS = {"", "health", "info"}  # asked of each task, past the listener
JAX_RS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
Values = dict[str, list[Token]]


@dataclass(slots=True)
class Method:
    """A method with its annotations."""

    name: str
    line: int
    annotations: dict[str, Values]


@dataclass(slots=True)
class Type:
    """A class or an interface: what stands before it, what it extends and implements, its methods."""

    name: str
    file: SourceFile
    line: int
    annotations: dict[str, Values]
    parents: list[str]
    abstract: bool
    methods: list[Method] = field(default_factory=list)


def read(project: Project) -> Iterator[Fact | Finding]:
    reader = _Reader(project)
    yield from reader.read()
    yield from _boot(project)
    yield from _web_xml(project)


class _Reader:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.types: dict[str, Type] = {}
        self.constants: dict[str, list[Token]] = {}
        self.view_controllers: list[tuple[SourceFile, Token]] = []
        others: list[SourceFile] = []
        for file in project.code(".java"):
            if WORTH.search(file.text):
                self._file(file)
            else:
                others.append(file)
        located = [re.escape(one.name) for one in self.types.values() if one.abstract and "Path" in one.annotations]
        # A class may have no annotation of its own: those of the interface hold.
        made = re.compile(rf"\b(?:implements|extends)\b[^{{;]{{1,500}}\b(?:{'|'.join(located)})\b")
        for file in others if located else ():
            if made.search(file.text):
                self._file(file)

    def _file(self, file: SourceFile) -> None:
        found = tokens(file.text, "java")
        waiting = [found]
        while waiting:
            one = waiting.pop()
            for place, token in enumerate(one):
                if token.is_name("class", "interface", "record") and place + 1 < len(one) and one[place + 1].is_name():
                    waiting += [self._type(file, one, place)]
        if "addViewController" in file.text:
            self.view_controllers += [
                (file, group)
                for one in walk(found)
                for name, group in pairwise(one)
                if name.is_name("addViewController") and group.is_group("(")
            ]

    def _type(self, file: SourceFile, one: list[Token], place: int) -> list[Token]:
        """Keeps a type, and gives what is in its body."""
        name = one[place + 1].value
        body = next((number for number in range(place, len(one)) if one[number].is_group("{")), None)
        if body is None:
            return []
        words = [token.value for token in one[place + 2 : body] if token.kind == "name"]
        parents = [word for word in words if word not in ("extends", "implements", "permits")]
        start = _start(one, place)
        abstract = any(token.is_name("abstract", "interface") for token in one[start : place + 1])
        found = Type(name, file, one[place].line, _annotations(one[start:place]), parents, abstract)
        self.types.setdefault(name, found)
        inner = one[body].inner
        for at, token in enumerate(inner):
            before = inner[at - 1] if at else None
            if token.is_group("(") and before and before.is_name() and not before.value.startswith("@"):
                begin = _start(inner, at)
                annotations = _annotations(inner[begin:at])
                if annotations:
                    line = next((t.line for t in inner[begin:at] if t.value.startswith("@")), before.line)
                    found.methods.append(Method(before.value, line, annotations))
            elif token.is_mark("=") and before and before.is_name():
                end = next((n for n in range(at, len(inner)) if inner[n].is_mark(";", ",")), len(inner))
                self.constants.setdefault(f"{name}.{before.value}", inner[at + 1 : end])
        return inner

    def read(self) -> Iterator[Fact | Finding]:
        for one in self.types.values():
            if one.abstract:
                continue
            if {"Controller", "RestController"} & set(one.annotations):
                yield from under(_condition(one), self._spring(one))
            elif "Path" in one.annotations or any("Path" in parent.annotations for parent in self._parents(one)):
                yield from self._jax_rs(one)
            elif "WebServlet" in one.annotations:
                yield from self._servlet(one)
        for file, group in self.view_controllers:
            for path in self._texts(group.inner, ""):
                prefix = self._spring_prefix(file)
                yield route(
                    paths.join(prefix, path), "spring", file.at(group.line, rule=RULE), handler="view controller"
                )

    def _parents(self, one: Type, depth: int = 0) -> Iterator[Type]:
        for name in one.parents:
            parent = self.types.get(name)
            if parent and parent is not one and depth < 5:
                yield parent
                yield from self._parents(parent, depth + 1)

    def _spring_prefix(self, file: SourceFile) -> str:
        settings = spring_settings(self.project, self.project.places.home(file.path))
        context = settings.get("server.servlet.context-path", settings.get("server.context-path", ""))
        servlet = settings.get("spring.mvc.servlet.path", settings.get("server.servlet-path", ""))
        prefix = "/".join(part.strip("/") for part in (context, servlet) if part.strip("/"))
        return f"/{prefix}" if prefix and "$" not in prefix else ""

    def _spring(self, one: Type) -> Iterator[Fact | Finding]:
        family = [one, *self._parents(one)]
        mapping = next((t.annotations["RequestMapping"] for t in family if "RequestMapping" in t.annotations), {})
        prefix = self._spring_prefix(one.file)
        generated = [name for name in one.parents if name.endswith("Api") and name not in self.types]
        if generated:
            what = f"{one.name} implements {generated[0]}, which is not in the source"
            yield undecided(what, one.file.at(one.line, rule=RULE))
        seen: set[str] = set()
        for owner in family:
            for method in owner.methods:
                name = next((name for name in SPRING if name in method.annotations), "")
                if not name or (owner is not one and method.name in seen):
                    continue
                seen.add(method.name)
                values = method.annotations[name]
                methods = SPRING[name] or _request_methods(values) or _request_methods(mapping)
                evidence = owner.file.at(method.line, rule=RULE)
                handler = f"{one.name}.{method.name}"
                try:
                    for base, path in product(self._paths(mapping, one.name), self._paths(values, owner.name)):
                        for spelled in paths.braces(
                            f"/{base.strip('/')}/{path.lstrip('/')}" if path.strip("/") else f"/{base.lstrip('/')}"
                        ):
                            yield route(
                                paths.join(prefix, re.sub(r"//+", "/", spelled)), "spring", evidence,
                                methods=methods, handler=handler,
                            )  # fmt: skip
                except paths.Undecided:
                    yield undecided(handler, evidence)

    def _paths(self, values: Values, owner: str) -> list[str]:
        """The paths of an annotation, [""] when it has none. Raises Undecided."""
        for key in ("", "value", "path"):
            if key in values:
                return self._texts(values[key], owner) or [""]
        return [""]

    def _texts(self, part: list[Token], owner: str, depth: int = 0) -> list[str]:
        """The texts that a value computes: a literal, several in braces, constants, sums. Raises Undecided."""
        if len(part) == 1 and part[0].is_group("{"):
            return [text for one in arguments(part[0]) for text in self._texts(one, owner, depth)]
        text, position = "", 0
        while position < len(part):
            token = part[position]
            if token.kind == "text":
                text += token.value
            elif token.kind == "name" and depth < 6:
                name = token.value
                while position + 2 < len(part) and part[position + 1].is_mark("."):
                    name = f"{name}.{part[position + 2].value}"
                    position += 2
                key = ".".join((name if "." in name else f"{owner}.{name}").split(".")[-2:])
                value = self.constants.get(key)
                if value is None:
                    key = next(
                        (known for known in self.constants if "." not in name and known.endswith(f".{name}")), ""
                    )
                    value = self.constants.get(key)
                if value is None:
                    raise paths.Undecided
                text += "".join(self._texts(value, key.rpartition(".")[0], depth + 1))
            elif not token.is_mark("+"):
                raise paths.Undecided
            position += 1
        if "${" in text:
            text = re.sub(r"\$\{[^{}:]{1,100}:([^{}]{0,200})\}", r"\1", text)
        return [text]

    def _jax_rs(self, one: Type) -> Iterator[Fact | Finding]:
        family = [one, *self._parents(one)]
        base = next((t.annotations["Path"] for t in family if "Path" in t.annotations), {})
        prefix = self._application_path(one.file)
        for owner in family:
            for method in owner.methods:
                verbs = tuple(verb for verb in JAX_RS if verb in method.annotations)
                located = "Path" in method.annotations
                if not verbs and not located:
                    continue
                evidence = owner.file.at(method.line, rule=RULE)
                handler = f"{one.name}.{method.name}"
                try:
                    own = self._paths(method.annotations.get("Path", {}), owner.name)
                    for first, second in product(self._paths(base, one.name), own):
                        for path in paths.braces(re.sub(r"//+", "/", paths.join(prefix, first, second))):
                            # Without a verb it is a locator: what it returns answers below.
                            whole = path if verbs else paths.below(path)
                            yield route(whole, "jax-rs", evidence, methods=verbs, handler=handler)
                except paths.Undecided:
                    yield undecided(handler, evidence)

    def _application_path(self, file: SourceFile) -> str:
        home = self.project.places.home(file.path)
        for one in self.types.values():
            if "ApplicationPath" in one.annotations and self.project.places.home(one.file.path) == home:
                try:
                    return "/" + self._paths(one.annotations["ApplicationPath"], one.name)[0].strip("/*")
                except paths.Undecided:
                    return ""
        for document, values in _servlet_mappings(self.project):
            if self.project.places.home(document.path) == home:
                for name, pattern, _ in values:
                    if re.search(r"(?i)jersey|resteasy|ws\.rs|cxf|rest", name) and pattern.endswith("/*"):
                        return pattern[:-2]
        return ""

    def _servlet(self, one: Type) -> Iterator[Fact | Finding]:
        values = one.annotations["WebServlet"]
        evidence = one.file.at(one.line, rule=RULE)
        given = next((values[key] for key in ("urlPatterns", "value", "") if key in values), [])
        try:
            for pattern in self._texts(given, one.name):
                yield route(servlet_path(pattern), "servlet", evidence, handler=one.name)
        except paths.Undecided:
            yield undecided(one.name, evidence)


def servlet_path(pattern: str) -> str:
    """`/orders/*`, `*.do` and `/` of the servlet specification as our paths."""
    if pattern.startswith("*."):
        return "/{path...}" + pattern[1:]
    if pattern in ("/", "/*"):
        return "/{path...}"
    return paths.below(pattern[:-2]) if pattern.endswith("/*") else paths.join(pattern)


def _start(one: list[Token], place: int) -> int:
    """Where the declaration begins that a token belongs to."""
    for number in range(place - 1, -1, -1):
        if one[number].is_mark(";") or one[number].is_group("{"):
            return number + 1
    return 0


def _condition(one: Type) -> str:
    """What decides whether Spring makes a controller: `@Profile("demo")`."""
    return both(
        *(
            f"@{name}({', '.join(written(part) for part in values.values())})"
            for name, values in one.annotations.items()
            if name == "Profile" or name.startswith("ConditionalOn")
        )
    )


def _annotations(part: list[Token]) -> dict[str, Values]:
    """Annotations by their names, with their values; a value without a name has the empty one."""
    found: dict[str, Values] = {}
    for place, token in enumerate(part):
        if not (token.kind == "name" and token.value.startswith("@")):
            continue
        name, after = token.value[1:], place + 1
        while after + 1 < len(part) and part[after].is_mark("."):
            name, after = part[after + 1].value, after + 2
        values: Values = {}
        if after < len(part) and part[after].is_group("("):
            for argument in arguments(part[after]):
                named = len(argument) > 2 and argument[0].is_name() and argument[1].is_mark("=")
                values[argument[0].value if named else ""] = argument[2:] if named else argument
        found.setdefault(name, values)
    return found


def _request_methods(values: Values) -> tuple[str, ...]:
    """`method = {RequestMethod.GET, RequestMethod.POST}`"""
    words = [token.value for one in walk(values.get("method", [])) for token in one if token.kind == "name"]
    return tuple(word for word in words if word in JAX_RS)


def _servlet_mappings(project: Project) -> Iterator[tuple[SourceFile, list[tuple[str, str, int]]]]:
    """The mappings of every web.xml: name and class of the servlet, pattern, line."""
    for file in project.tree.read_all("web.xml"):
        if not project.is_code(file.path):
            continue
        try:
            root = xml_root(file)
        except Malformed:
            continue
        classes = {one.value("servlet-name"): one.value("servlet-class") for one in root.all("servlet")}
        yield (
            file,
            [
                (f"{name} {classes.get(name, '')}", pattern.text.strip(), pattern.line)
                for mapping in root.all("servlet-mapping")
                for name in (mapping.value("servlet-name"),)
                for pattern in mapping.all("url-pattern")
            ],
        )


def _web_xml(project: Project) -> Iterator[Fact | Finding]:
    for file, mappings in _servlet_mappings(project):
        for name, pattern, line in mappings:
            if not re.search(r"DispatcherServlet|ws\.rs|jaxrs|jersey|resteasy|CXFServlet", name):
                handler = name.split(" ")[-1].rpartition(".")[2] or name.strip()
                yield route(servlet_path(pattern), "servlet", file.at(line, rule=RULE), handler=handler)
            elif "DispatcherServlet" in name and pattern not in ("/", "/*"):
                yield route(
                    servlet_path(pattern), "spring", file.at(line, rule=RULE), handler="DispatcherServlet", confidence=0.8
                )  # fmt: skip


def _boot(project: Project) -> Iterator[Fact]:
    """What Spring Boot's actuator is set to show beside health and info, and the pages of web jars.

    Sources: https://docs.spring.io/spring-boot/reference/actuator/endpoints.html and
    https://docs.spring.io/spring-boot/reference/web/servlet.html#web.servlet.spring-mvc.static-content
    """
    for fact in project.facts.facts:
        if not isinstance(fact, Dependency) or fact.ecosystem != "maven":
            continue
        settings = spring_settings(project, fact.directory)
        context = settings.get("server.servlet.context-path", "")
        shown = {one.strip() for one in settings.get("management.endpoints.web.exposure.include", "").split(",")}
        if fact.name.startswith("org.webjars") and project.depends_on("maven", *BOOT, directory=fact.directory):
            path = paths.join("/", context, "webjars/{path...}")
            yield route(path, "spring", fact.evidence, methods=("GET",), handler="webjars", static=True)
        elif fact.name in ACTUATOR and shown - _OF_TASKS and "management.server.port" not in settings:
            base = settings.get("management.endpoints.web.base-path", "/actuator")
            yield route(paths.below(paths.join("/", context, base)), "spring", fact.evidence, handler="actuator")
