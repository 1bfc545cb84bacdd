"""`replatform migrate assess`: what AWS DMS would say of a database, from a schema dump or from the database itself."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.build import FolderArgument
from toolkit.cli.console import EXIT_FINDINGS, result, result_json, say, talk
from toolkit.cli.options import BlueprintsOption, JsonOption

if TYPE_CHECKING:
    from toolkit.artefacts.text import Artefact
    from toolkit.catalog.catalog import Catalog
    from toolkit.migrate.assess import Result
    from toolkit.migrate.schema import Schema
    from toolkit.migrate.subject import Subject
    from toolkit.plan.model import Migration


def assess(
    folder: FolderArgument = Path(),
    dump: Annotated[
        Path | None,
        typer.Option("--dump", metavar="FILE", help="Schema dump: SSMS script, pg_dump, mysqldump, SQL Developer."),
    ] = None,
    database: Annotated[
        str,
        typer.Option(
            "--database",
            metavar="URL",
            help="The database itself instead, ENGINE://USER@HOST[:PORT]/NAME; only its catalog and settings are read. "
            "The password is REPLATFORM_DATABASE_PASSWORD's, or asked for.",
        ),
    ] = "",
    longest_values: Annotated[
        bool,
        typer.Option(
            "--longest-values", help="Of --database: read all LOB columns whole, for the size of limited LOB mode."
        ),
    ] = False,
    engine: Annotated[
        str,
        typer.Option("--engine", metavar="NAME", help="sqlserver, postgres, mysql or oracle; if the plan names none."),
    ] = "",
    migration_type: Annotated[
        str, typer.Option("--migration-type", help="full-load, cdc or full-load-and-cdc.")
    ] = "full-load-and-cdc",
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown instead of text.")] = False,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Write migration/assessment.md, and into replatform.yaml what the dump tells of LOBs and large tables.",
        ),
    ] = False,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the pre-migration assessments of AWS DMS that a schema dump, or the database, and the task's own settings can
    decide, by their names; print the rest with the query or GRANT to run.

    The dump streams through in bounded memory; its data is counted, not kept. A database is asked those queries as well.
    Ends with 1 when an assessment failed.

    Examples:

      replatform migrate assess out/collections --dump samples/collections/db/schema.sql

      replatform migrate assess out/collections --dump schema.sql --write && replatform generate out/collections/replatform.yaml

      replatform migrate assess --dump shop.sql --json

      replatform migrate assess out/collections --database sqlserver://reader@db.example.com/Collections
    """
    from toolkit.catalog.catalog import Catalog
    from toolkit.errors import BadInputError
    from toolkit.migrate import report
    from toolkit.migrate.assess import Outcome
    from toolkit.migrate.assess import assess as run

    if migration_type not in ("full-load", "cdc", "full-load-and-cdc"):
        raise BadInputError(f"no migration type {migration_type!r}", to_do="full-load, cdc or full-load-and-cdc")
    catalog = Catalog(*(blueprints or ()))
    plan, rendered = _planned(folder, catalog)

    def subject_of(schema: "Schema") -> "Subject":
        return _subject(schema, plan, folder, rendered, catalog, migration_type)

    if (dump is None) is not bool(database):
        raise BadInputError("one of --dump and --database is needed", to_do="replatform migrate assess --help")
    if dump:
        subject = subject_of(_read(dump, engine, plan.source_engine if plan else ""))
        results = run(subject)
    else:
        subject, results = _assessed_live(
            database, plan.source_engine if plan else "", catalog, subject_of, longest_values=longest_values
        )
    schema = subject.schema
    names = plan.source_schema if plan and plan.source_schema != "%" else "EACH_SCHEMA"
    if write:
        _write(folder, plan, subject, report.markdown(schema, results, names))
    if as_json:
        result_json(report.as_object(schema, results, names))
    else:
        result((report.markdown if markdown else report.text)(schema, results, names))
    if any(one.outcome is Outcome.FAILED for one in results):
        raise typer.Exit(EXIT_FINDINGS)


def _write(folder: Path, plan: "Migration | None", subject: "Subject", markdown: str) -> None:
    """The assessment, and proposals for keys that the plan does not have yet: what a person wrote stays."""
    from toolkit import files
    from toolkit.artefacts import plan_file
    from toolkit.errors import BadInputError
    from toolkit.migrate.proposal import propose
    from toolkit.plan.overrides import with_answers
    from toolkit.plan.plan_file import read_plan, read_values

    if plan is None:
        raise BadInputError(
            "--write needs a folder with a plan", where=str(folder), to_do="replatform convert SRC --out DIR"
        )
    file = folder / plan_file.PATH
    text = file.read_text(encoding="utf-8")
    given = read_values(text, str(file))["migration"]
    answers: dict[str, object] = {}
    for one in propose(subject, plan):
        if one.key in given:
            say(f"migration.{one.key} stays {given[one.key]}; of the dump: {one.value}, {one.because}")
        else:
            say(f"migration.{one.key}: {one.value}, {one.because}")
            answers[f"migration.{one.key}"] = one.value
    texts = {"migration/assessment.md": markdown}
    if answers:
        texts[plan_file.PATH] = with_answers(text, answers, str(file))
        read_plan(texts[plan_file.PATH], str(file))
    files.put(folder, texts)
    if answers:
        say(f"next: replatform generate {file}")


def _planned(folder: Path, catalog: "Catalog") -> "tuple[Migration | None, tuple[Artefact, ...]]":
    """The plan's migration and what is generated for it; nothing where the folder has no plan."""
    from toolkit.artefacts import plan_file
    from toolkit.cli import pipeline
    from toolkit.errors import BadInputError

    if not (folder / plan_file.PATH).is_file():
        return None, ()
    drafted = pipeline.draft_of_plan(folder / plan_file.PATH)
    migration = drafted.planned.plan.migration
    if migration is None:
        raise BadInputError(
            "the plan has no migration",
            where=str(folder / plan_file.PATH),
            to_do="add the key migration, or leave DIR out",
        )
    return migration, pipeline.artefacts(drafted, catalog)


def _read(dump: Path, engine: str, expected: str) -> "Schema":
    from toolkit.errors import BadInputError
    from toolkit.migrate.dump import read_dump

    if not dump.is_file():
        raise BadInputError(f"no such file: {dump}", to_do="name a schema dump")
    with dump.open("rb") as stream, _progress(dump) as report:
        return read_dump(stream, engine=engine, expected=expected, name=str(dump), progress=report)


def _assessed_live(
    url: str, expected: str, catalog: "Catalog", subject_of: "Callable[[Schema], Subject]", *, longest_values: bool
) -> "tuple[Subject, tuple[Result, ...]]":
    """Every assessment of a database, with its answers to the queries that are left."""
    from toolkit import live_database
    from toolkit.errors import BadInputError
    from toolkit.facts.engines import dialect
    from toolkit.migrate.assess import Outcome
    from toolkit.migrate.assess import assess as run
    from toolkit.migrate.checks.check import with_lobs

    address = live_database.address_of(url)
    if expected and address.engine != dialect(expected):
        raise BadInputError(
            f"--database is {address.engine}, the plan migrates {expected}",
            to_do="name the database that is migrated, or set migration.source_engine in replatform.yaml",
        )
    queries = catalog.live_queries(address.engine)
    with live_database.connected(address, _password(address.user), queries) as server:
        say(f"reading the catalog of {address}")
        subject = subject_of(live_database.read_schema(server, address.engine, queries))
        for table in with_lobs(subject) if longest_values else ():
            say(f"reading the LOB columns of {table}")
            try:
                live_database.measure(server, queries, table, subject.lob_columns(table))
            except live_database.Refused as reason:
                subject.schema.notes.append(f"LOB columns of {table} not read: {reason}")
        return subject, tuple(
            replace(one, note=live_database.answer(server, one.assessment.query))
            if one.outcome is Outcome.UNDECIDED
            else one
            for one in run(subject)
        )


def _password(user: str) -> str:
    from toolkit.errors import BadInputError

    if (given := os.environ.get("REPLATFORM_DATABASE_PASSWORD")) is not None:
        return given
    if not sys.stdin.isatty():
        raise BadInputError("no password", to_do="put it into the variable REPLATFORM_DATABASE_PASSWORD")
    return str(typer.prompt(f"password of {user}", hide_input=True, err=True))


def _subject(
    schema: "Schema",
    plan: "Migration | None",
    folder: Path,
    rendered: "tuple[Artefact, ...]",
    catalog: "Catalog",
    migration_type: str,
) -> "Subject":
    """Files as they lie in the folder count before what would be generated: people edit them."""
    from toolkit.artefacts import migration as artefacts
    from toolkit.migrate import task
    from toolkit.migrate.subject import Subject
    from toolkit.plan.model import Migration

    plan = plan or Migration(datastore="database", source_engine=schema.engine)
    generated = {artefact.path: artefact.text for artefact in rendered}

    def text(path: str, default: str) -> str:
        file = folder / path
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else generated.get(path, default)

    template = text(task.TEMPLATE, catalog.templates["migration"])
    mappings = (
        task.json_document(text(task.MAPPINGS, ""), task.MAPPINGS) if generated else artefacts.table_mappings(plan)
    )
    settings = (
        task.json_document(text(task.SETTINGS, ""), task.SETTINGS) if generated else artefacts.task_settings(plan)
    )
    return Subject(
        schema,
        catalog.migration[schema.engine],
        plan.source_engine,
        mappings,
        settings,
        task.endpoint(template, "source", schema.engine),
        task.endpoint(template, "target", plan.source_engine),
        migration_type,
    )


@contextmanager
def _progress(dump: Path) -> Iterator[Callable[[int], None]]:
    """A bar of the bytes read on a terminal; a line for each tenth elsewhere, where a dump is large."""
    total = dump.stat().st_size
    if talk.quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True, no_color=not talk.colour), transient=True) as bars:
            bar = bars.add_task(dump.name, total=total)
            yield lambda count: bars.advance(bar, count)
    else:
        done = shown = 0

        def report(count: int) -> None:
            nonlocal done, shown
            done += count
            tenth = done * 10 // max(total, 1)
            if tenth > shown and total > 50 << 20:
                shown = tenth
                say(f"{dump.name}: {tenth * 10} %")

        yield report
