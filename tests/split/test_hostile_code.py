"""Code of strangers: reading it never raises, and is done soon, whatever the files hold."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.split.from_files import CATALOG, tree_of
from toolkit.facts.model import Facts, Origin, Route, RouteKind
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence
from toolkit.split import sql
from toolkit.split.partition import communities
from toolkit.split.reading import read
from toolkit.split.separation import separations

FILES = (
    "src/A.java",
    "orders/models.py",
    "orders/views.py",
    "routes/a.js",
    "src/a.service.ts",
    "db/schema.sql",
    "M.xml",
    "a.prisma",
)
LURES = (
    "package a; import b.*; @Entity @Table(name = \"x\") class A extends B<C> { @ManyToOne A a; void m(A a) { a.b().c(A.class); } ",
    "interface R extends JpaRepository<A, Long> { @Query(\"select a from A a\") A f(); } ",
    "from django.db import models\nclass A(models.Model):\n    a = models.ForeignKey('A', related_name='b')\n",
    "class B(A):\n    class Meta:\n        model = A\n    def m(self):\n        A.objects.get().b.create()\n",
    "const { a } = require('./a'); const M = mongoose.model('M', {}); class X { constructor(private a: Repository<M>) {} m() { this.a.save(); } }\n",
    "CREATE TABLE a (b INT REFERENCES a (b)); CREATE VIEW v AS SELECT 1 FROM a;\n",
    '<mapper namespace="A"><select id="m">SELECT * FROM a, </select></mapper>',
    "model A {\n @@map(\"b\")\n}\n",
    "x = \"INSERT INTO a SELECT * FROM b JOIN (\"\n",
)  # fmt: skip
FLOODS = (
    "(",
    "{",
    "a<",
    "@A(",
    '"',
    "'",
    "`",
    "/*",
    "a.b().",
    "a = ",
    "new A",
    ", ",
    "=> ",
    "FROM a, ",
    "WITH a AS (",
    "class A ",
    "import a;",
)


def code(folder: Path, text: str) -> None:
    read(Project(tree_of(folder, dict.fromkeys(FILES, text)), Facts(()), CATALOG.dependencies))


@pytest.mark.parametrize("flood", FLOODS)
def test_floods_are_read_within_seconds(flood: str, tmp_path: Path) -> None:
    started = time.process_time()
    for lure in ("\n".join(LURES), ""):
        code(tmp_path, lure + flood * (20_000 // len(flood)))
    assert time.process_time() - started < 20


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.sampled_from([*LURES, *FLOODS, "\n", "    ", ";", "}", ")", "]", ".", "=", "*", "super", "this."]),
        max_size=40,
    )
)
def test_shuffled_fragments_never_raise(parts: list[str], tmp_path: Path) -> None:
    code(tmp_path, "".join(parts))


@settings(max_examples=200)
@given(
    words=st.lists(
        st.sampled_from(
            [
                "SELECT",
                "FROM",
                "a",
                "b.c",
                ",",
                "(",
                ")",
                "AS",
                "JOIN",
                "UPDATE",
                "SET",
                "INTO",
                "INSERT",
                "DELETE",
                "WITH",
                "ON",
                "'x'",
                '"y"',
                ";",
                ".",
                "*",
                "=",
            ]
        ),
        max_size=30,
    )
)
def test_statements_never_raise(words: list[str]) -> None:
    sql.tables(" ".join(words))


def test_a_large_graph_is_parted_within_seconds() -> None:
    nodes = [f"n{number}" for number in range(2_000)]
    weights = {(nodes[a], nodes[a * 7 % 2_000]): 1.0 for a in range(2_000) if a < a * 7 % 2_000}
    weights |= {(nodes[a], nodes[a + 1]): 2.0 for a in range(1_999)}
    started = time.process_time()
    assert sum(map(len, communities(nodes, weights, {}))) == 2_000
    assert time.process_time() - started < 10


def test_files_that_all_name_units_of_one_name_are_read_within_seconds(tmp_path: Path) -> None:
    naming = "from a.b import c\n" + "'a' a.b ./a/b\n" * 500
    tree = tree_of(tmp_path, {f"d{number}/a/b.py": naming for number in range(600)} | {"x.txt": "a.b" * 300_000})
    code = read(Project(tree, Facts(()), CATALOG.dependencies))
    routes = [
        Route(
            evidence=Evidence(f"d{place}/a/b.py", 1, 1),
            origin=Origin.RUNNING,
            path=path,
            kind=RouteKind.EXACT,
            framework="flask",
        )
        for place, path in enumerate(("/x", "/y"))
    ]
    started = time.process_time()
    found = separations(tree, code, {}, {"x": routes[:1], "y": routes[1:]}, "")
    assert {name: one.paths for name, one in found.items()} == {"x": (), "y": ()}
    assert time.process_time() - started < 20
