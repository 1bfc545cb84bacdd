"""Dumps as each engine's own tool writes them: what is read of them, and what the assessments say."""

import io
import json
from pathlib import Path

import pytest

from toolkit.artefacts import migration as artefacts
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError
from toolkit.migrate import report
from toolkit.migrate.assess import Outcome, assess
from toolkit.migrate.checks import CHECKS
from toolkit.migrate.dump import read_dump
from toolkit.migrate.schema import Schema
from toolkit.migrate.subject import Subject, like
from toolkit.plan.model import Migration

DUMPS = Path(__file__).parent / "dumps"
ENGINES = ("mysql", "oracle", "postgres", "sqlserver")
CATALOG = Catalog()


def read(text: str, engine: str = "") -> Schema:
    return read_dump(io.BytesIO(text.encode()), engine=engine)


def subject(schema: Schema, **changes: object) -> Subject:
    plan = Migration(datastore="database", source_engine=schema.engine)
    values = {
        "target_engine": schema.engine,
        "mappings": artefacts.table_mappings(plan),
        "settings": artefacts.task_settings(plan),
    }
    return Subject(schema, CATALOG.migration[schema.engine], **(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ENGINES)
def test_dump_is_read_and_assessed(engine: str, request: pytest.FixtureRequest) -> None:
    schema = read((DUMPS / f"{engine}.sql").read_text())
    assert schema.engine == engine  # by its text alone
    found = {
        "version": schema.version,
        "settings": schema.settings,
        "tables": {
            str(table): {
                "line": table.line,
                "primary_key": table.primary_key,
                "marks": sorted(table.marks),
                "triggers": table.triggers,
                "rows": table.rows,
                "columns": {
                    column.name: f"{column.type} {column.length} {column.scale} {'' if column.nullable else 'not null '}{' '.join(sorted(column.marks))}".strip()
                    for column in table.columns.values()
                },
                "indexes": [f"{i.name} {','.join(i.columns)} {'unique ' if i.unique else ''}{i.kind}".strip() for i in table.indexes],
                "foreign_keys": [f"{','.join(k.columns)} to {'.'.join(k.references)} {k.cascades}" for k in table.foreign_keys],
            }
            for table in schema
        },
        "results": {
            result.assessment.key: [str(result.outcome), *result.places] for result in assess(subject(schema))
        },
    }  # fmt: skip
    path = DUMPS / f"{engine}.json"
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_of_ssms(encoding: str, newline: str) -> None:
    text = (DUMPS / "sqlserver.sql").read_text().replace("Email", "Dirección").replace("\n", newline)
    schema = read_dump(io.BytesIO(text.encode(encoding)), engine="sqlserver")
    table = schema.find("dbo", "customers")
    assert table and "dirección" in table.columns and table.rows == 2


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"PGDMP\1", "pg_dump"),
        (b"TAPE\0", "backup"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x03\x01\0\0\7expdp\0\0x", "binary"),
    ],
)
def test_binary_formats_are_refused_with_what_to_do(head: bytes, what: str) -> None:
    with pytest.raises(BadInputError, match=what) as caught:
        read_dump(io.BytesIO(head))
    assert caught.value.to_do


def test_a_dump_of_another_engine_is_refused() -> None:
    with pytest.raises(BadInputError, match="of postgres, not of mysql"):
        read_dump((DUMPS / "postgres.sql").open("rb"), expected="mysql")
    with pytest.raises(BadInputError, match="does not show its engine"):
        read("CREATE TABLE t (a int);")


def test_every_assessment_has_a_check_or_a_query_and_every_check_is_used() -> None:
    used = set()
    for blueprint in CATALOG.migration.values():
        keys = [assessment.key for assessment in blueprint.assessments]
        assert len(keys) == len(set(keys))
        for assessment in blueprint.assessments:
            assert assessment.check or assessment.query, assessment.key
            used.add(assessment.check)
    assert used - {""} == set(CHECKS)


@pytest.mark.parametrize(
    ("engine", "ddl", "changes", "key", "outcome"),
    [
        ("sqlserver", "CREATE TABLE [a;b] (x int)", {}, "sqlserver-check-for-special-characters", Outcome.FAILED),
        ("sqlserver", "CREATE TABLE t (x geometry)", {"settings": {"TargetMetadata": {"FullLobMode": True}}}, "sqlserver-check-for-geometry-columns", Outcome.FAILED),
        ("sqlserver", "CREATE TABLE t (x int) WITH (MEMORY_OPTIMIZED = ON)", {}, "sqlserver-check-for-memory-optimized-tables", Outcome.FAILED),
        ("sqlserver", "CREATE TABLE t (x int) WITH (MEMORY_OPTIMIZED = ON)", {"migration_type": "full-load"}, "sqlserver-check-for-memory-optimized-tables", Outcome.SKIPPED),
        ("sqlserver", "CREATE TABLE t (x text)\nGO\nEXEC sys.sp_configure N'max text repl size', 65536", {}, "sqlserver-check-for-max-text-repl-size", Outcome.FAILED),
        ("sqlserver", "ALTER DATABASE s SET DELAYED_DURABILITY = FORCED", {}, "sqlserver-check-for-delayed-durability", Outcome.FAILED),
        ("sqlserver", "CREATE TABLE t (x text NOT NULL)", {"settings": {"TargetMetadata": {"FullLobMode": True}}}, "full-lob-not-nullable-at-target", Outcome.FAILED),
        ("sqlserver", "CREATE TABLE t (x int)", {"mappings": {"rules": []}}, "all-check-source-selection-rules", Outcome.FAILED),
        ("mysql", "SET GLOBAL binlog_format = STATEMENT;", {}, "mysql-check-binlog-format", Outcome.FAILED),
        ("mysql", "SET GLOBAL binlog_format = 'ROW';", {}, "mysql-check-binlog-format", Outcome.PASSED),
        ("mysql", "CREATE TABLE t (a int REFERENCES u(a));", {}, "mysql-check-fk-target", Outcome.FAILED),
        ("mysql", "CREATE TABLE t (a int REFERENCES u(a));", {"target": {"AfterConnectScript": "SET FOREIGN_KEY_CHECKS=0"}}, "mysql-check-fk-target", Outcome.PASSED),
        ("mysql", "CREATE TABLE t (a int);", {"settings": {"TargetMetadata": {"BatchApplyEnabled": True}}}, "mysql-check-batch-apply-target-pk-ui-absence", Outcome.WARNING),
        ("mysql", "".join(f"CREATE TABLE t{n} (a int);" for n in range(9)), {}, "mysql-tblnum-for-max-fullload-subtasks", Outcome.WARNING),
        ("postgres", "CREATE TABLE t (a text PRIMARY KEY);", {}, "postgres-check-pk-lob", Outcome.FAILED),
        ("postgres", "CREATE TABLE t (a geometry);", {"target_engine": "mysql"}, "postgres-check-postgis-data-type", Outcome.FAILED),
        ("postgres", "ALTER DATABASE x SET wal_level TO 1; SET wal_level = 'replica';", {}, "postgres-check-wallevel", Outcome.FAILED),
        ("oracle", 'CREATE TABLE "T" ("A" XMLTYPE);', {"settings": {"TargetMetadata": {"FullLobMode": True}}}, "oracle-check-xml-columns", Outcome.FAILED),
        ("oracle", 'CREATE TABLE "A\'B" ("A" NUMBER(1));', {}, "oracle-validate-names-with-apostrophes", Outcome.FAILED),
        ("oracle", "CREATE TABLE " + "T" * 31 + " (A DATE);", {}, "oracle-check-object-30-bytes-limit", Outcome.FAILED),
        ("oracle", "CREATE TABLE T (A DATE, B CLOB) COMPRESS FOR QUERY LOW;", {"source": {"UseLogminerReader": "false"}}, "oracle-check-binary-reader-hcc-full-load", Outcome.PASSED),
        ("oracle", "CREATE TABLE T (A DATE) COMPRESS FOR ARCHIVE HIGH;", {"source": {"UseLogminerReader": "false"}}, "oracle-check-binary-reader-hcc-full-load", Outcome.FAILED),
        ("oracle", "CREATE TABLE T (A VARCHAR2(32767));", {}, "oracle-check-extended-columns", Outcome.WARNING),
    ],
)  # fmt: skip
def test_an_assessment_decides(engine: str, ddl: str, changes: dict[str, object], key: str, outcome: Outcome) -> None:
    results = {result.assessment.key: result for result in assess(subject(read(ddl, engine), **changes))}
    assert results[key].outcome is outcome


@pytest.mark.parametrize("action", ["digits-mask", "digits-randomize", "hash-mask"])
def test_masking_of_keys_is_found(action: str) -> None:
    locator = {"schema-name": "%", "table-name": "t", "column-name": "a"}
    mappings = {
        "rules": [
            {"rule-type": "selection", "object-locator": {"schema-name": "%", "table-name": "%"}, "rule-action": "include"},
            {"rule-type": "transformation", "rule-action": f"data-masking-{action}", "object-locator": locator},
        ]
    }  # fmt: skip
    checked = subject(read("CREATE TABLE t (a varchar(80) PRIMARY KEY, b int)", "sqlserver"), mappings=mappings)
    failed = {result.assessment.key for result in assess(checked) if result.outcome is Outcome.FAILED}
    assert f"sqlserver-datamasking-{action}" in failed
    assert any(key.startswith("all-to-all-validation") for key in failed)


def test_patterns_match_as_in_dms() -> None:
    assert like("%", "x") and like("ab%", "ABC") and not like("a", "ab") and like("a[b", "a[b")


def test_names_of_a_dump_cannot_break_out_of_the_report() -> None:
    schema = read("CREATE TABLE [a|b`<img>] (x text)", "sqlserver")
    text = report.markdown(schema, assess(subject(schema)), "dbo")
    assert "<img>" not in text and "a\\|b'&lt;img" in text
