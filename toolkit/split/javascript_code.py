"""JavaScript and TypeScript: which modules use one another, and the tables that SQL texts, Knex, Sequelize, Mongoose, TypeORM and
Prisma name.

A unit is a module, named by its path; methods are its functions at the top level and those of its classes.
Sources: https://knexjs.org/guide/query-builder.html, https://sequelize.org/docs/v6/core-concepts/model-basics/,
https://mongoosejs.com/docs/models.html, https://typeorm.io/docs/entity/entities, https://www.prisma.io/docs/orm/prisma-schema,
reviewed 2026-11-21.
"""

import re
from collections.abc import Iterator

from toolkit.facts.routes.scripts import ENDINGS, Script, script_of
from toolkit.facts.routes.tokens import Token, walk
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence
from toolkit.split import sql
from toolkit.split.code import Access, Code, Node, Unit

RULE = "javascript-code"
_ENDING = re.compile(r"\.(?:m|c)?[jt]sx?$")
_WRITES = re.compile(
    r"(?:create|insert|save|update|upsert|delete|destroy|remove|replace|bulk|increment|decrement|truncate|findOneAnd|findByIdAnd)"
)
_CLIENTS = ("knex", "db", "trx", "database")  # Knex's instance, as its documentation names it
_TABLE_METHODS = ("from", "into", "table", "join", "leftJoin", "innerJoin", "rightJoin")
_COMPUTED = re.compile(r"\$\{[^{}]*\}")
_DEEPEST = 6  # files that pass a name on
_TRANSACTIONS = ("transaction", "$transaction", "withTransaction", "startTransaction")
_MODEL = re.compile(r"^\s*model\s+(\w+)\s*\{([^}]*)\}", re.MULTILINE)
_MAPPED = re.compile(r'@@map\(\s*(?:name:\s*)?"([^"]+)"')


def read(project: Project) -> Code:
    return _Reader(project).code


class _Reader:
    def __init__(self, project: Project) -> None:
        self.code = Code()
        self.scripts = {file.path: script_of(file, project) for file in project.code(*ENDINGS, ".jsx", ".tsx")}
        self.models: dict[Node, str] = {}  # unit and local name of a model to its table
        self.prisma = dict(_prisma(project))
        self.functions: dict[str, dict[str, list[Token]]] = {}
        self.fields: dict[str, dict[str, tuple[str, str]]] = {}
        for path, script in self.scripts.items():
            unit = unit_of(path)
            self.code.units[unit] = Unit(unit, script.file.directory, script.file.at(1, rule=RULE))
            self.functions[unit] = dict(_functions(script.tokens))
            self._models(script, unit)
        for path, script in self.scripts.items():
            unit = unit_of(path)
            self.fields[unit] = self._fields(script)
            for name, tokens in self.functions[unit].items():
                declaring = _declaring(tokens)
                for part in walk(tokens):
                    if id(part) not in declaring:
                        self._part(script, (unit, name), part)

    def model(self, script: Script, name: str) -> str:
        """The table of the model that a name means in a file."""
        unit = unit_of(script.file.path)
        if (unit, name) in self.models:
            return self.models[unit, name]
        if name not in script.imports:
            return ""
        path, member = self._defined(*script.imports[name])
        other = unit_of(path)
        named = self.models.get((other, name)) or self.models.get((other, member))
        own = [table for (where, _), table in self.models.items() if where == other]
        return named or (own[0] if len(own) == 1 and member == "default" else "")

    def _defined(self, path: str, name: str) -> tuple[str, str]:
        """The file and the name there of what a file exports by a name, also where it only passes it on."""
        for _ in range(_DEEPEST):
            script = self.scripts.get(path)
            local = script.exports.get(name, "") if script else ""
            if script is None or local not in script.imports:
                break
            path, name = script.imports[local]
        return path, name

    def _models(self, script: Script, unit: str) -> None:
        """`sequelize.define("Order", ...)`, `Order.init(..., {tableName})`, `mongoose.model("Order", ...)`, `@Entity("orders")`."""
        for part in walk(script.tokens):
            for place, token in enumerate(part[:-1]):
                group = part[place + 1]
                if not token.is_name() or not group.is_group("("):
                    continue
                first = group.inner[0] if group.inner else None
                text = first.value if first and first.kind == "text" else ""
                dotted = place > 1 and part[place - 1].is_mark(".")
                table = _option(group, "tableName")
                if token.value == "define" and dotted and text:
                    self._model(unit, text, table or f"{text}s", _target(part, place))
                elif token.value == "model" and dotted and text and len(group.inner) > 1:
                    self._model(unit, text, f"{text.lower()}s", _target(part, place))
                elif (
                    token.value == "init"
                    and dotted
                    and part[place - 2].is_name()
                    and (table or _option(group, "modelName"))
                ):
                    name = part[place - 2].value
                    self._model(unit, name, table or f"{_option(group, 'modelName')}s", "")
                elif token.value == "@Entity":
                    name = next(
                        (part[at + 1].value for at in range(place, len(part) - 1) if part[at].is_name("class")), ""
                    )
                    if name:
                        self._model(unit, name, text or _option(group, "name") or _snake(name), "")

    def _model(self, unit: str, name: str, table: str, local: str) -> None:
        self.models[unit, name] = table.casefold()
        if local:
            self.models[unit, local] = table.casefold()
        self.code.owners.setdefault(table.casefold(), unit)

    def _part(self, script: Script, node: Node, part: list[Token]) -> None:
        repositories = dict(self._repositories(script, part))
        for place, token in enumerate(part):
            at = script.file.at(token.line, rule=RULE)
            if token.kind in ("text", "template"):
                for table, write in sql.tables(_COMPUTED.sub(" ? ", token.value)).items():
                    self._access(node, table, write, at)
                continue
            if token.kind != "name":
                continue
            before = part[place - 1] if place else None
            after = part[place + 1] if place + 1 < len(part) else None
            member = (
                part[place + 2].value
                if after is not None and after.is_mark(".", "?.") and place + 2 < len(part)
                else ""
            )
            called = place + 3 < len(part) and part[place + 3].is_group("(")
            if before is not None and before.is_mark(".", "?."):
                self._of_member(script, node, part, place, at)
                continue
            table = self.model(script, token.value) or repositories.get(token.value, "")
            if table and member and called:
                self._access(node, table, bool(_WRITES.match(member)), at)
            elif table and before is not None and before.is_name("new"):
                self._access(node, table, True, at)  # a new document is there to be saved
            elif token.value in _CLIENTS and after is not None and after.is_group("("):
                self._access(node, _text(after), _chain_writes(part, place + 2), at)
            elif token.value == "prisma" and member in self.prisma and place + 4 < len(part):
                self._access(node, self.prisma[member], bool(_WRITES.match(part[place + 4].value)), at)
            if not (after is not None and after.is_mark("=")) and not (before is not None and before.is_name("import")):
                self._use(script, node, token.value, member, at)

    def _of_member(self, script: Script, node: Node, part: list[Token], place: int, at: Evidence) -> None:
        """`this.orders.save(...)`, `.from("orders")`, `db.transaction(...)`, `this.prisma.order.create(...)`"""
        token = part[place]
        after = part[place + 1] if place + 1 < len(part) else None
        group = after if after is not None and after.is_group("(") else None
        unit = node[0]
        if token.value in _TABLE_METHODS and group is not None:
            self._access(node, _text(group), token.value == "into", at)
        elif token.value in _TRANSACTIONS and group is not None:
            self.code.transactions.setdefault(node, at)
        elif after is not None and after.is_mark(".") and place + 2 < len(part):
            member = part[place + 2].value
            if token.value == "prisma" and member in self.prisma and place + 4 < len(part):
                self._access(node, self.prisma[member], bool(_WRITES.match(part[place + 4].value)), at)
            kind, model = self.fields[unit].get(token.value, ("", ""))
            if model:
                self._access(node, model, bool(_WRITES.match(member)), at)
            elif kind:
                self._use(script, node, kind, member, at)
        elif group is not None and part[place - 2].is_name("this") and token.value in self.functions[unit]:
            self.code.call(node, (unit, token.value), at)

    def _fields(self, script: Script) -> dict[str, tuple[str, str]]:
        """Fields that a constructor declares, with the imported type and, for a repository, the table of its entity."""
        found: dict[str, tuple[str, str]] = {}
        for part in walk(script.tokens):
            for place in range(1, len(part) - 1):
                if part[place].is_mark(":") and part[place - 1].is_name() and part[place + 1].is_name():
                    kind = part[place + 1].value
                    inner = part[place + 3].value if place + 3 < len(part) and part[place + 2].is_mark("<") else ""
                    model = (
                        self.model(script, inner)
                        if inner and kind in ("Repository", "Model", "MongoRepository")
                        else ""
                    )
                    if model or kind in script.imports:
                        found.setdefault(part[place - 1].value, (kind, model))
        return found

    def _repositories(self, script: Script, part: list[Token]) -> Iterator[tuple[str, str]]:
        """`const orders = dataSource.getRepository(Order)`"""
        for place in range(3, len(part) - 1):
            if part[place].is_name("getRepository") and part[place + 1].is_group("(") and part[place + 1].inner:
                table = self.model(script, part[place + 1].inner[0].value)
                if table:
                    yield _target(part, place), table

    def _use(self, script: Script, node: Node, name: str, member: str, at: Evidence) -> None:
        """A name of another module, called or handed on; or a function of this one."""
        if name in script.imports:
            path, exported = self._defined(*script.imports[name])
            target = unit_of(path)
            if target in self.functions:
                known = self.functions[target]
                method = next((one for one in (member, exported, name) if one and one in known), "")
                self.code.call(node, (target, method), at)
        elif name in self.functions[node[0]] and name != node[1]:
            self.code.calls[node, (node[0], name)] = self.code.calls.get((node, (node[0], name)), 0) + 1

    def _access(self, node: Node, table: str, write: bool, at: Evidence) -> None:
        if table and re.fullmatch(r"[\w.$-]{1,128}", table):
            self.code.accesses.append(Access(node, table.rpartition(".")[2].casefold(), write, at))


def unit_of(path: str) -> str:
    """`routes/orders.js` as routes/orders."""
    return _ENDING.sub("", path)


def _functions(tokens: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    """Functions of a module and methods of its classes by name, and by the empty name all that stands around them."""
    rest: list[Token] = []
    found: dict[str, list[Token]] = {}
    place = 0
    while place < len(tokens):
        token = tokens[place]
        following = tokens[place + 1 :]
        if token.is_name("function") and following and following[0].is_name():
            end = next((n for n, one in enumerate(following) if one.is_group("{")), len(following) - 1)
            found.setdefault(following[0].value, []).extend(following[: end + 1])
            place += end + 2
        elif token.is_name("class"):
            end = next((n for n, one in enumerate(following) if one.is_group("{")), len(following) - 1)
            for name, body in _methods(following[end].inner if following else []):
                found.setdefault(name, []).extend(body)
            place += end + 2
        elif token.is_mark("=") and place and tokens[place - 1].is_name() and _is_function(following):
            end = next(
                (n for n, one in enumerate(following) if one.is_group("{") or one.is_mark(";")), len(following) - 1
            )
            found.setdefault(tokens[place - 1].value, []).extend(following[: end + 1])
            place += end + 2
        else:
            rest.append(token)
            place += 1
    yield "", rest
    yield from found.items()


def _declaring(tokens: list[Token]) -> set[int]:
    """Lists of names that an import brings in: `const { query } = require(...)`, `import { query } from ...`."""
    return {
        id(one.inner)
        for part in walk(tokens)
        for place, one in enumerate(part)
        if one.is_group("{")
        and (
            (place and part[place - 1].is_name("import"))
            or (place + 2 < len(part) and part[place + 2].is_name("require"))
        )
    }


def _methods(body: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    start = 0
    for place, token in enumerate(body):
        if token.is_group("{"):
            part = body[start : place + 1]
            name = next(
                (
                    part[n].value
                    for n in range(len(part) - 1)
                    if part[n].is_name() and part[n + 1].is_group("(") and not part[n].value.startswith("@")
                ),
                "",
            )
            yield name, part
            start = place + 1
        elif token.is_mark(";"):
            start = place + 1


def _is_function(following: list[Token]) -> bool:
    """`async (a) => ...`, `a => ...`, `function () {...}`, also inside of one call: `asyncHandler(async (a) => ...)`."""
    head = following[:8]
    if any(one.is_mark(";") for one in head[:1]):
        return False
    wrapped = (
        len(head) > 1
        and head[1].is_group("(")
        and any(t.is_mark("=>") or t.is_name("function") for t in head[1].inner[:6])
    )
    return wrapped or any(one.is_mark("=>") for one in head[:5]) or any(one.is_name("function") for one in head[:2])


def _target(part: list[Token], place: int) -> str:
    """The name that is assigned before a place: `const Order = mongoose.model(...)`."""
    for number in range(place, 0, -1):
        if part[number].is_mark("="):
            return part[number - 1].value
        if part[number].is_mark(";"):
            return ""
    return ""


def _option(group: Token, name: str) -> str:
    """A text among the options of a call: `{tableName: "orders"}`."""
    for part in walk(group.inner):
        for place in range(len(part) - 2):
            if part[place].is_name(name) and part[place + 1].is_mark(":") and part[place + 2].kind == "text":
                return part[place + 2].value
    return ""


def _text(group: Token) -> str:
    """The table in `("orders as o")`."""
    first = group.inner[0] if group.inner else None
    return first.value.split(" ")[0] if first is not None and first.kind == "text" else ""


def _chain_writes(part: list[Token], place: int) -> bool:
    """Whether one of the calls that follow writes: `knex("orders").where(...).update(...)`."""
    while place + 2 < len(part) and part[place].is_mark(".") and part[place + 1].is_name():
        if _WRITES.match(part[place + 1].value) or part[place + 1].value == "del":
            return True
        place += 3
    return False


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _prisma(project: Project) -> Iterator[tuple[str, str]]:
    """Models of schema.prisma: as the client calls them, with their tables."""
    for file in (
        project.tree.read(path) for path in project.tree.paths if path.endswith(".prisma") and project.is_code(path)
    ):
        for match in _MODEL.finditer(file.text if file else ""):
            mapped = _MAPPED.search(match[2])
            yield match[1][:1].lower() + match[1][1:], (mapped[1] if mapped else match[1]).casefold()
