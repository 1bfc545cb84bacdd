"""Java: the types of an application with their members, and names resolved to types.

Read with the tokens that routes are read with; nothing is compiled. Types of expressions are those of declared names: what
generics carry (`Optional<Account>`) counts as the application's type in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.facts.routes.tokens import Token, tokens
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile

_KINDS = ("class", "interface", "enum", "record")
_WORDS = frozenset(
    [
        "public",
        "protected",
        "private",
        "static",
        "final",
        "abstract",
        "default",
        "synchronized",
        "native",
        "strictfp",
        "transient",
        "volatile",
        "sealed",
    ]
)


@dataclass(slots=True)
class Member:
    """A method or a field with what is written before its name. A field's `body` is its initial value."""

    name: str
    line: int
    annotations: dict[str, list[Token]]
    type: list[Token]
    parameters: list[Token] = field(default_factory=list)
    body: list[Token] = field(default_factory=list)
    is_method: bool = False


@dataclass(slots=True)
class JavaType:
    """A top-level type; the members of types inside of it are its own. `header` is what `extends` and `implements` name."""

    name: str
    package: str
    file: SourceFile
    line: int
    imports: dict[str, str]
    wildcards: tuple[str, ...]
    annotations: dict[str, list[Token]] = field(default_factory=dict)
    header: list[Token] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)

    @property
    def simple_name(self) -> str:
        return self.name.rpartition(".")[2]


class JavaTypes:
    """Every type of the application by qualified name."""

    def __init__(self, project: Project) -> None:
        self.types: dict[str, JavaType] = {}
        for file in project.code(".java"):
            for one in _types(file):
                self.types.setdefault(one.name, one)
        self._cache: dict[tuple[str, str], str] = {}

    def resolve(self, near: JavaType, name: str) -> str:
        """The qualified name of the application's type that a simple name means in a file; empty for other names."""
        key = (near.name, name)
        if key not in self._cache:
            self._cache[key] = self._resolve(near, name)
        return self._cache[key]

    def _resolve(self, near: JavaType, name: str) -> str:
        if not name[:1].isupper():
            return ""
        if name in near.imports:
            return near.imports[name] if near.imports[name] in self.types else ""
        for package in (near.package, *near.wildcards):
            qualified = f"{package}.{name}" if package else name
            if qualified in self.types:
                return qualified
        return ""

    def type_in(self, near: JavaType, part: list[Token]) -> str:
        """The last type of the application that a declared type names: `Map<Long, Account>` gives Account."""
        found = ""
        for token in part:
            if token.kind == "name":
                found = self.resolve(near, token.value) or found
        return found

    def declared(self, near: JavaType, part: list[Token]) -> Iterator[tuple[str, str]]:
        """Names that are declared in a list of tokens, and their types: `List<Order> orders`, `Order order`."""
        for place, token in enumerate(part):
            if token.kind != "name":
                continue
            type_ = self.resolve(near, token.value)
            after = place + 1
            if not type_:
                continue
            while after < len(part) and (
                part[after].is_mark(">", ",", "?", ".") or part[after].is_group("[") or part[after].is_mark("<")
            ):
                if part[after].is_mark(",", "."):
                    break
                after += 1
            if (
                after < len(part)
                and part[after].is_name()
                and part[after].value not in ("extends", "implements", "instanceof")
            ):
                yield part[after].value, type_


def _types(file: SourceFile) -> Iterator[JavaType]:
    found = tokens(file.text, "java")
    package, imports, wildcards = _imports(found)
    start = 0
    for place, token in enumerate(found):
        if token.is_mark(";"):
            start = place + 1
        elif token.is_group("{"):
            part = found[start:place]
            start = place + 1
            named = _type_name(part)
            if named:
                _, name, line, at = named
                one = JavaType(
                    f"{package}.{name}" if package else name, package, file, line, imports, wildcards,
                    annotations(part[:at])[0], part[at + 2 :],
                )  # fmt: skip
                _members(token.inner, one)
                yield one


def _imports(found: list[Token]) -> tuple[str, dict[str, str], tuple[str, ...]]:
    package, imports, wildcards = "", {}, []
    statement: list[str] = []
    for token in found:
        if token.is_mark(";"):
            words = [word for word in statement if word != "static"]
            name = "".join(words[1:])
            if words[:1] == ["package"]:
                package = name
            elif words[:1] == ["import"]:
                if name.endswith(".*"):
                    wildcards.append(name[:-2])
                elif "static" in statement:
                    owner = name.rpartition(".")[0]
                    imports[owner.rpartition(".")[2]] = owner
                else:
                    imports[name.rpartition(".")[2]] = name
            statement = []
        elif token.kind == "group":
            statement = []
        elif token.kind in ("name", "mark"):
            statement.append(token.value)
    return package, imports, tuple(wildcards)


def _type_name(part: list[Token]) -> tuple[str, str, int, int] | None:
    """Kind, name, line and place of a type's declaration; None where the tokens before a brace declare none."""
    for place, token in enumerate(part[:-1]):
        if token.is_name(*_KINDS) and part[place + 1].is_name():
            if token.value == "record" and not (place + 2 < len(part) and part[place + 2].is_group("(")):
                continue
            return token.value, part[place + 1].value, token.line, place
        if token.is_mark("=") or (token.is_group("(") and place and not part[place - 1].value.startswith("@")):
            return None
    return None


def _members(body: list[Token], owner: JavaType) -> None:
    part: list[Token] = []
    for token in body:
        if token.is_mark(";"):
            _member(part, [], owner)
            part = []
        elif token.is_group("{") and not any(one.is_mark("=") for one in part):
            inner = _type_name(part)
            if inner:
                given = part[inner[3] + 2 : inner[3] + 3]
                if inner[0] == "record" and given:  # its components are fields
                    owner.members.append(Member(inner[1], inner[2], {}, [], given[0].inner, [], True))
                _members(token.inner, owner)
            else:
                _member(part, token.inner, owner)
            part = []
        elif token.kind != "comment":
            part.append(token)


def _member(part: list[Token], body: list[Token], owner: JavaType) -> None:
    given, rest = annotations(part)
    rest = [token for token in rest if token.value not in _WORDS or token.kind != "name"]
    for place, token in enumerate(rest):
        before = rest[place - 1] if place else None
        if token.is_group("(") and before and before.is_name():
            owner.members.append(
                Member(before.value, before.line, given, rest[: place - 1], token.inner, body, is_method=True)
            )
            return
        if token.is_mark("=") and before and before.is_name():
            owner.members.append(Member(before.value, before.line, given, rest[: place - 1], [], rest[place + 1 :]))
            return
    if len(rest) > 1 and rest[-1].is_name():
        owner.members.append(Member(rest[-1].value, rest[-1].line, given, rest[:-1]))
    elif body:
        owner.members.append(Member("", body[0].line, {}, [], [], body))  # an initialiser, or constants of an enum


def annotations(part: list[Token]) -> tuple[dict[str, list[Token]], list[Token]]:
    """Annotations by simple name with the tokens in their parentheses, and the tokens that are left."""
    found: dict[str, list[Token]] = {}
    rest: list[Token] = []
    place = 0
    while place < len(part):
        token = part[place]
        if token.kind == "name" and token.value.startswith("@") and token.value != "@interface":
            name = token.value[1:]
            while place + 2 < len(part) and part[place + 1].is_mark("."):
                name = part[place + 2].value
                place += 2
            values: list[Token] = []
            if place + 1 < len(part) and part[place + 1].is_group("("):
                values = part[place + 1].inner
                place += 1
            found.setdefault(name, values)
        else:
            rest.append(token)
        place += 1
    return found, rest
