"""Java: calls between classes, and the tables that JPA entities, repositories, SQL texts and MyBatis mappers use.

Sources: https://jakarta.ee/specifications/persistence/3.1/ (entities, EntityManager, named queries),
https://docs.spring.io/spring-data/commons/reference/repositories/definition.html (repositories),
https://mybatis.org/mybatis-3/sqlmap-xml.html (mappers), reviewed 2026-11-21.
"""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.formats import Malformed
from toolkit.facts.manifests.formats.xml_text import xml_root
from toolkit.facts.routes.tokens import Token, walk
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence
from toolkit.split import sql
from toolkit.split.code import Access, Code, Node, Unit
from toolkit.split.java_types import JavaType, JavaTypes, Member

RULE = "java-code"
_REPOSITORY = re.compile(r"(?:Jpa|Crud|PagingAndSorting|ListCrud|ListPagingAndSorting|Mongo|Reactive\w*)?Repository")
_WRITES = re.compile(r"(?:save|delete|remove|insert|update|persist|merge|store|flush)(?:$|[A-Z])")
_STORES = frozenset(("persist", "merge", "remove", "save", "saveOrUpdate", "update", "delete", "replicate"))
_FINDS = frozenset(("find", "get", "load", "getReference"))
_RELATIONS = ("ManyToOne", "OneToOne", "JoinColumn")
_ASSOCIATIONS = ("ManyToOne", "OneToOne", "OneToMany")
# What makes an entity read or write tables beside its own, in ways that are not followed.
_FURTHER_TABLES = (
    "Audited", "CollectionTable", "ElementCollection", "Inheritance", "JoinTable", "ManyToAny", "ManyToMany", "SecondaryTable",
    "TableGenerator",
)  # fmt: skip
_CASCADES = frozenset({"ALL", "MERGE", "PERSIST", "REMOVE", "orphanRemoval"})
_TRANSACTIONAL = ("Transactional", "TransactionAttribute")
_SESSION_BEANS = ("Stateless", "Stateful", "Singleton", "MessageDriven")
_MAPPER = re.compile(r"<mapper\b[^>]*\bnamespace\s*=", re.IGNORECASE)
_WITHOUT_TRANSACTION = frozenset(("NEVER", "NOT_SUPPORTED", "SUPPORTS"))


def read(project: Project) -> Code:
    return _Reader(project).code


class _Reader:
    def __init__(self, project: Project) -> None:
        self.code = Code()
        self.types = JavaTypes(project)
        self.fields: dict[Node, str] = {}
        self.returns: dict[Node, str] = {}
        self.methods: set[Node] = set()
        self.entities: dict[str, str] = {}  # qualified name to table
        self.entity_names: dict[str, str] = {}  # what JPQL calls it, without case, to table
        self.named_queries: dict[str, dict[str, bool]] = {}
        self.repositories: dict[str, str] = {}  # qualified name to that of its entity
        self.changes: set[Node] = set()  # methods of entities that set a field
        for one in self.types.types.values():
            self._declare(one)
        for one in self.types.types.values():
            self._queries(one)
        for one in self.types.types.values():
            self._relate(one)
        for one in self.types.types.values():
            for member in one.members:
                _Body(self, one, member).read()
        for mapper in _mybatis(project):
            self.code.accesses.append(mapper)

    def _declare(self, one: JavaType) -> None:
        evidence = one.file.at(one.line, rule=RULE)
        self.code.units[one.name] = Unit(one.name, one.package, evidence)
        for member in one.members:
            type_ = self.types.type_in(one, member.type)
            node = one.name, member.name
            if member.is_method:
                self.methods.add(node)
                if type_:
                    self.returns[node] = type_
            elif type_:
                self.fields[node] = type_
        for name, type_ in self.types.declared(one, [t for m in one.members if not m.type for t in m.parameters]):
            self.fields.setdefault((one.name, name), type_)  # components of a record
        if "Entity" in one.annotations:
            given = one.annotations["Entity"]
            table = _value(one.annotations.get("Table", []), "name") or _value(given, "name") or _value(given, "value")
            table = table or (given[0].value if len(given) == 1 and given[0].kind == "text" else one.simple_name)
            self.entities[one.name] = table
            self.entity_names[(_value(one.annotations["Entity"], "name") or one.simple_name).casefold()] = table
            self.code.owners.setdefault(table.casefold(), one.name)
            fields = {m.name for m in one.members if not m.is_method}
            self.changes |= {(one.name, m.name) for m in one.members if m.is_method and _assigns(m.body, fields)}

    def _queries(self, one: JavaType) -> None:
        """Named queries by their names: an annotation's `name` and `query`."""
        for values in (one.annotations.get(name, []) for name in ("NamedQuery", "NamedQueries", "NamedNativeQuery")):
            for part in walk(values):
                name, query = _value(part, "name"), _value(part, "query")
                if name and query:
                    self.named_queries[name] = self.tables(query)

    def tables(self, statement: str) -> dict[str, bool]:
        """The tables of a statement, those of entities where it names entities."""
        return {self.entity_names.get(name.casefold(), name): write for name, write in sql.tables(statement).items()}

    def _relate(self, one: JavaType) -> None:
        """What a type extends, repositories with their entities, and keys to other tables."""
        evidence = one.file.at(one.line, rule=RULE)
        for token in (token for part in walk(one.header) for token in part if token.kind == "name"):
            parent = self.types.resolve(one, token.value)
            if parent and parent != one.name:
                self.code.refer(one.name, parent, evidence)
                if parent not in self.entities or one.name in self.entities:
                    self.code.parents.add((one.name, parent))
            if _REPOSITORY.fullmatch(token.value) or token.value in ("BaseMapper", "GenericDao"):
                entity = self.types.type_in(one, one.header)
                if entity in self.entities:
                    self.repositories[one.name] = entity
        if one.name in self.entities:
            self._associate(one)

    def _associate(self, one: JavaType) -> None:
        """The entities whose rows come with an entity's, and those to which it has a key."""
        self._doubt(one)
        for member in one.members:
            type_ = self.types.type_in(one, member.type)
            if type_ not in self.entities:
                continue
            tables = (self.entities[one.name].casefold(), self.entities[type_].casefold())
            if any(name in member.annotations for name in _ASSOCIATIONS):
                self.code.associations.add(tables)
            inverse = _value(member.annotations.get("OneToOne", []), "mappedBy")
            if any(name in member.annotations for name in _RELATIONS) and not inverse:
                self.code.foreign_keys.setdefault(tables, one.file.at(member.line, rule=RULE))

    def _doubt(self, one: JavaType) -> None:
        """Entities with which tables are used that nothing names, or whose own is named by a convention."""
        annotations = [one.annotations, *(member.annotations for member in one.members)]
        further = sorted(set(_FURTHER_TABLES) & {name for names in annotations for name in names})
        words = {
            token.value for names in annotations for given in names.values() for part in walk(given) for token in part
        }
        table = self.entities[one.name]
        if further or words & _CASCADES:
            self.code.doubtful[table.casefold()] = (
                f"{', '.join(further) or 'a cascade'} of {one.simple_name} uses other tables with it"
            )
        elif table == one.simple_name and re.search(r"[a-z0-9][A-Z]", table):
            self.code.doubtful[table.casefold()] = f"{one.simple_name} leaves the name of its table to a convention"


class _Body:
    """One method or field initialiser: its calls and what it reads and writes."""

    def __init__(self, reader: _Reader, owner: JavaType, member: Member) -> None:
        self.reader = reader
        self.types = reader.types
        self.owner = owner
        self.member = member
        self.node: Node = (owner.name, member.name if member.is_method else "")
        self.variables: dict[str, str] = {}
        self.fresh: set[str] = set()
        self.statements = ""

    def read(self) -> None:
        member = self.member
        for part in (member.type, member.parameters, *member.annotations.values()):
            self._mentions(part)
        lists = [part for tokens in (member.parameters, member.body) for part in walk(tokens)]
        for part in lists:
            self.variables.update(self.types.declared(self.owner, part))
            for place in range(len(part) - 2):
                if part[place].is_name() and part[place + 1].is_mark("=") and part[place + 2].is_name("new"):
                    self.fresh.add(part[place].value)
        for part in lists:
            self._calls(part)
            self._texts(part)
        self._transaction()
        entity = self.reader.repositories.get(self.owner.name)
        if entity and member.is_method and "Query" in member.annotations:
            for part in walk(member.annotations["Query"]):
                self._texts(part)
        elif entity and member.is_method and not member.body:
            self._access(self.reader.entities[entity], bool(_WRITES.match(member.name)), member.line)

    def _at(self, line: int) -> Evidence:
        return self.owner.file.at(line, rule=RULE)

    def _mentions(self, tokens: list[Token]) -> None:
        for part in walk(tokens):
            for token in part:
                if token.kind == "name" and (type_ := self.types.resolve(self.owner, token.value)):
                    self.reader.code.refer(self.owner.name, type_, self._at(token.line))

    def _transaction(self) -> None:
        """`@Transactional`, on the method or the class; methods of session beans run in one unless told otherwise."""
        member, owner = self.member, self.owner
        if not member.is_method or not member.body or member.name == owner.simple_name:
            return
        given = next(
            (m[name] for m in (member.annotations, owner.annotations) for name in _TRANSACTIONAL if name in m), None
        )
        if given is None and not any(name in owner.annotations for name in _SESSION_BEANS):
            return
        words = {token.value for part in walk(given or []) for token in part}
        if not words & _WITHOUT_TRANSACTION:
            self.reader.code.transactions[self.node] = self._at(member.line)

    def _access(self, table: str, write: bool, line: int, node: Node | None = None) -> None:
        self.reader.code.accesses.append(Access(node or self.node, table.casefold(), write, self._at(line)))

    def _texts(self, part: list[Token]) -> None:
        """Statements in texts, sums of texts as one; and queries by name."""
        place = 0
        while place < len(part):
            if part[place].kind != "text":
                place += 1
                continue
            first, text = place, part[place].value
            while place + 2 < len(part) and part[place + 1].is_mark("+"):
                text += part[place + 2].value if part[place + 2].kind == "text" else " ? "
                place += 2
            place += 1
            found = self.reader.tables(text) or self.reader.named_queries.get(text, {})
            for table, write in found.items():
                self._access(table, write, part[first].line)

    def _calls(self, part: list[Token]) -> None:
        place = 0
        while place < len(part):
            token = part[place]
            before = part[place - 1] if place else None
            if token.kind != "name" or (before is not None and before.is_mark(".", "?.") and not _this(part, place)):
                place += 1
                continue
            place = self._chain(part, place)

    def _chain(self, part: list[Token], place: int) -> int:
        """Follows `accounts.find(id).close()` from its first name; gives the place after it."""
        name, line = part[place].value, part[place].line
        after = part[place + 1] if place + 1 < len(part) else None
        made = place > 0 and part[place - 1].is_name("new")
        variable = name
        type_ = self.types.resolve(self.owner, name)
        if type_:
            self.reader.code.refer(self.owner.name, type_, self._at(line))
        end = place + 1
        if made:
            if type_:
                self._call(type_, type_.rpartition(".")[2], line)
            while end < len(part) and not part[end].is_group("(") and not part[end].is_mark(";", "."):
                end += 1
            end += 1
        elif after is not None and after.is_group("("):
            type_ = self._own(name, line)
            end += 1
        elif not type_:
            type_ = self.variables.get(name) or self._field(self.owner.name, name)
        elif after is not None and after.is_mark("::") and place + 2 < len(part):
            self._call(type_, part[place + 2].value, line)
            return place + 3
        while end + 1 < len(part) and part[end].is_mark(".") and part[end + 1].kind == "name":
            member = part[end + 1].value
            group = part[end + 2] if end + 2 < len(part) and part[end + 2].is_group("(") else None
            if group is None:
                type_ = self._field(type_, member) or (type_ if member[:1].isupper() else "")
                end += 2
                continue
            self._stored(member, group)
            if type_:
                self._call(type_, member, part[end + 1].line)
                self._changed(type_, member, variable, part[end + 1].line)
                known = (type_, member) in self.reader.methods
                type_ = self.reader.returns.get((type_, member), "") if known else type_
            variable = ""
            end += 3
        return end

    def _own(self, name: str, line: int) -> str:
        """A call without an object: a method of this class, or of one that it extends."""
        if name in ("if", "for", "while", "switch", "catch", "synchronized", "super", "this", "return"):
            return ""
        family = [self.owner.name, *(p for c, p in sorted(self.reader.code.parents) if c == self.owner.name)]
        for one in family:
            if (one, name) in self.reader.methods:
                self._call(one, name, line)
                return self.reader.returns.get((one, name), "")
        if self.owner.name in self.reader.repositories:
            self._call(self.owner.name, name, line)
            return self.reader.repositories[self.owner.name]
        return ""

    def _field(self, type_: str, name: str) -> str:
        return self.reader.fields.get((type_, name), "") if type_ else ""

    def _call(self, type_: str, method: str, line: int) -> None:
        reader = self.reader
        reader.code.call(self.node, (type_, method), self._at(line))
        entity = reader.repositories.get(type_)
        if entity and (type_, method) not in reader.methods:  # one that every repository has
            self._access(reader.entities[entity], bool(_WRITES.match(method)), line, (type_, method))

    def _changed(self, type_: str, method: str, variable: str, line: int) -> None:
        """A method that sets a field of an entity which was not made here: the row is updated when the transaction ends."""
        if (type_, method) in self.reader.changes and variable not in self.fresh and self.owner.name != type_:
            self._access(self.reader.entities[type_], True, line)

    def _stored(self, method: str, group: Token) -> None:
        """`em.persist(order)`, `em.find(Order.class, key)`"""
        first = group.inner[0] if group.inner else None
        if first is None or first.kind != "name":
            return
        if method in _STORES and len(group.inner) == 1:
            type_ = self.variables.get(first.value) or self._field(self.owner.name, first.value)
            if type_ in self.reader.entities:
                self._access(self.reader.entities[type_], True, first.line)
        elif method in _FINDS:
            type_ = self.types.resolve(self.owner, first.value)
            if type_ in self.reader.entities:
                self._access(self.reader.entities[type_], False, first.line)


def _this(part: list[Token], place: int) -> bool:
    return place > 1 and part[place - 2].is_name("this")


def _value(part: list[Token], name: str) -> str:
    """The text of `name = "..."` in an annotation; sums of texts are joined."""
    for place in range(len(part) - 2):
        if part[place].is_name(name) and part[place + 1].is_mark("="):
            text, at = "", place + 2
            while at < len(part) and part[at].kind == "text":
                text += part[at].value
                at += 2 if at + 1 < len(part) and part[at + 1].is_mark("+") else 1
            return text
    return ""


def _assigns(body: list[Token], fields: set[str]) -> bool:
    """`paid = paid.add(amount)`, `this.paid += amount`, `count++`"""
    for part in walk(body):
        for place, token in enumerate(part[:-1]):
            if token.is_name() and token.value in fields and part[place + 1].is_mark("=", "+=", "-=", "*=", "/="):
                before = part[place - 1] if place else None
                if (
                    before is None
                    or before.is_mark(";")
                    or before.is_group("{")
                    or _this(part, place)
                    or before.is_group("(")
                ):
                    return True
    return False


def _mybatis(project: Project) -> Iterator[Access]:
    """Statements of MyBatis' mapper files: those of a namespace are the methods of the interface of that name."""
    for path in project.tree.paths:
        if not path.endswith(".xml") or not project.is_code(path):
            continue
        file = project.tree.read(path)
        if file is None or not _MAPPER.search(file.text):
            continue
        try:
            root = xml_root(file)
        except Malformed:
            continue
        for kind in ("select", "insert", "update", "delete"):
            for statement in root.all(kind):
                node = root.attributes.get("namespace", ""), statement.attributes.get("id", "")
                text = " ".join(one.text for one in statement.everything())
                for table, write in sql.tables(text).items():
                    yield Access(node, table.casefold(), write, file.at(statement.line, rule=RULE))
