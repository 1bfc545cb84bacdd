"""`replatform split`: services for the features of one application."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.console import finding_object, result, result_json, say, say_findings, table
from toolkit.cli.options import BlueprintsOption, JsonOption, SetOption

if TYPE_CHECKING:
    from toolkit.plan.model import DatabaseUser
    from toolkit.split.proposal import Candidate, Proposal
    from toolkit.split.separation import Separation


class Level(StrEnum):
    """Of a split: by routes, or by modules."""

    B = "b"
    C = "c"


_COLUMNS = {"name": "SERVICE", "kind": "KIND", "paths": "PATHS", "writes": "WRITES", "reads": "READS", "why": "WHY"}


def split(
    source: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder of the application.")] = Path(),
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="DIR", help="Where replatform.yaml is; the application's folder if not given."
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put the services into replatform.yaml, each with its paths.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="NAME", help="Of the candidates, this one alone becomes a service. Can be repeated."
        ),
    ] = None,
    level: Annotated[
        Level,
        typer.Option(
            "--level",
            help="b: the same image, each service with its paths; c: an image for each, without code that only others need.",
        ),
    ] = Level.B,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR", help="Write each service's grants, and DMS rules for its own tables, for review."
        ),
    ] = None,
    database_users: Annotated[
        bool,
        typer.Option(
            "--database-users",
            help="With --write: each service connects to the database as a user of its own, with rights on its tables alone; also for "
            "services that are in replatform.yaml already and have none.",
        ),
    ] = False,
    answers: SetOption = None,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose services for the features of one application, and say what speaks against giving them data of their own.

    Each service runs the same image and gets only its own paths, so no code is touched and every request is answered as
    before. At level c a service's image is built without files that only other services need, and what keeps others' code in
    it is listed. Nothing of the application is run; `replatform up --compare` and `rehearse --compare`
    show that the split answers as the whole.

    Examples:

      replatform split samples/collections

      replatform split ./shop --only payments --write && replatform routes ./shop

      replatform split ./shop --level c --write && replatform generate ./shop

      replatform split ./shop --write --database-users && replatform generate ./shop

      replatform split ./shop --data review/data
    """
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline
    from toolkit.cli.answers import parse_answers
    from toolkit.split.application import propose_for
    from toolkit.split.database_users import database_users as decide

    catalog = Catalog(*(blueprints or ()))
    folder = out or source
    drafted = pipeline.draft(source, folder, catalog, parse_answers(answers))
    tree, facts = pipeline.read_source(source, catalog)
    proposal = propose_for(tree, facts, drafted.planned, catalog, only or ())
    users: dict[str, DatabaseUser] = {}
    if database_users:
        # Where the split is written already, what it was made from is proposed again.
        before = propose_for(tree, facts, drafted.fresh, catalog, only or ())
        if {one.name for one in before.services} <= set(drafted.planned.plan.services):
            proposal = before
        engines = [name for name, one in catalog.datastores.items() if one.users]
        users, found = decide(drafted.planned.plan, proposal, facts, catalog.split_words, engines)
        proposal = replace(proposal, findings=(*proposal.findings, *found))
    if write:
        path = pipeline.write_split(folder, drafted, proposal, users, own_images=level is Level.C)
        say(f"{path} has {len(proposal.services)} services in place of {proposal.replaces}")
    if data:
        pipeline.write_data(data, drafted.planned.plan, proposal)
        say(f"{data} has grants and table mappings for {len(proposal.services)} services")
    if as_json:
        result_json(_object(proposal, users))
    elif level is Level.C:
        result("\n".join(_separation(proposal)))
    else:
        result(table([_row(one) for one in proposal.candidates], _COLUMNS))
        figures = proposal.measures
        result(
            f"\n{figures.partitions} parts of {figures.units} units of code: structural modularity {figures.sm}, "
            f"calls between parts {figures.icp:.1%}, interfaces {figures.ifn}, outside of 5 to 20 units {figures.ned:.1%}"
        )
        say_findings(proposal.findings)


def _separation(proposal: "Proposal") -> Iterator[str]:
    """What each service's image is built without, and what keeps code of other services in it, place by place."""
    for name, found in proposal.separations.items():
        left = len(found.units)
        yield f"{name}: an image without {left} units of code" if found.paths else f"{name}: not separable"
        yield from (f"  without {path}" for path in found.paths)
        for one in found.blockers:
            other, unit = (unit.rpartition(".")[2] for unit in (one.other, one.unit))
            yield f"  keeps {other} of {one.service}: {unit} names it at {one.evidence}"
        for route in found.unread:
            yield f"  keeps everything: what answers {route.path} was not found, {route.evidence}"
        if not (found.paths or found.blockers or found.unread):
            yield "  no code was read that only other services need"


def _row(one: "Candidate") -> dict[str, object]:
    return {
        "name": one.name,
        "kind": one.kind or "code alone",
        "paths": " ".join(one.paths),
        "writes": ", ".join(one.writes),
        "reads": ", ".join(table for table in one.reads if table not in one.writes),
        "why": "; ".join(one.reasons),
    }


def _object(proposal: "Proposal", users: "Mapping[str, DatabaseUser]") -> dict[str, Any]:
    return {
        "services": [
            {
                "name": one.name,
                "kind": one.kind or None,
                "paths": list(one.paths),
                "routes": [{"methods": list(route.methods), "path": route.path} for route in one.routes],
                "units": list(one.units),
                "reads": list(one.reads),
                "writes": list(one.writes),
                "database_user": users[one.name].model_dump(mode="json") if one.name in users else None,
                "own_tables": list(proposal.own_tables.get(one.name, ())),
                **_separated(proposal.separations.get(one.name)),
                "reasons": list(one.reasons),
            }
            for one in proposal.candidates
        ],
        "replaces": proposal.replaces,
        "rest": proposal.rest,
        "shared_tables": {name: list(users) for name, users in proposal.shared_tables.items()},
        "measures": asdict(proposal.measures),
        "unplaced": list(proposal.unplaced),
        "findings": [finding_object(finding) for finding in proposal.findings],
    }


def _separated(found: "Separation | None") -> dict[str, Any]:
    if found is None:
        return {"leave_out": [], "blockers": [], "unread": []}
    return {
        "leave_out": list(found.paths),
        "blockers": [
            {"unit": one.unit, "uses": one.other, "service": one.service, "evidence": str(one.evidence)}
            for one in found.blockers
        ],
        "unread": [{"path": route.path, "evidence": str(route.evidence)} for route in found.unread],
    }
