"""The way through the house as commands walk it: source tree to facts to plan to artefacts to files."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from toolkit import files
from toolkit.artefacts import plan_file, state
from toolkit.artefacts.render import render
from toolkit.artefacts.text import Artefact
from toolkit.catalog.catalog import Catalog
from toolkit.cli.chosen_engines import as_written, chosen_engines, following
from toolkit.errors import BadInputError
from toolkit.facts.gather import gather
from toolkit.facts.model import Facts
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.model import DatabaseUser, Plan, Planned, Platform
from toolkit.plan.overrides import edits, with_answers
from toolkit.plan.plan_file import read_plan, read_values
from toolkit.plan.planning import plan_application, settled
from toolkit.plan.platforms import with_platform
from toolkit.plan.versions.bounds import with_kept_day

if TYPE_CHECKING:
    from toolkit.split.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan ready to be rendered: `fresh` as read from the sources, `planned` with what a person wrote laid over it,
    and the plan file's text with and without that; `tree` and `facts` where the sources were read."""

    fresh: Planned
    planned: Planned
    generated_text: str
    text: str
    tree: SourceTree | None = None
    facts: Facts = field(default_factory=Facts)


def read_source(source: Path, catalog: Catalog) -> tuple[SourceTree, Facts]:
    """The tree, without what an earlier run of ours wrote into it, and its facts."""
    own = files.last_generated(source) if source.is_dir() else {}
    tree = SourceTree.open(source, own)
    return tree, gather(tree, catalog)


def draft(source: Path, folder: Path, catalog: Catalog, answers: Mapping[str, object] | None = None) -> Draft:
    """Plans the source, and lays over it the edits of `replatform.yaml` in the output folder and the answers given.

    Raises BadInputError when the edits conflict with what is planned now, or break the plan's schema.
    """
    tree, facts = read_source(source, catalog)
    root = source.resolve()
    name = root.name if root.is_dir() else root.parent.name
    path = folder / plan_file.PATH
    before = files.last_generated(folder).get(plan_file.PATH)
    current = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
    if before and "resolved_before" in before:
        facts = with_kept_day(facts, read_values(before, plan_file.PATH))
    fresh = plan_application(name, tree, facts, catalog)
    engines = chosen_engines(before or current or "", current or "", answers or {}, fresh.plan, catalog)
    if engines:
        fresh = following(plan_application(name, tree, facts, catalog, engines), fresh)
    given = {
        **(read_values(current, plan_file.PATH) if current and "\nplatform:" in current else {}),
        **(answers or {}),
    }
    if platform := _chosen_platform(given):
        fresh = with_platform(fresh, platform, str(given.get("application") or fresh.plan.application))
    text = generated = plan_file.render_plan(fresh.plan, fresh.by_key).text
    if current is not None:
        before = before or generated
        if current != before:
            before, text = as_written(before, current, engines), as_written(generated, current, engines)
        text, conflicts = files.merge(before, current, text)
        if conflicts:
            raise BadInputError(
                f"{conflicts} of your edits conflict with what the sources say now",
                where=str(path), to_do="change the file so that it agrees, or take your edit back", diff=files.conflicts(text),
            )  # fmt: skip
    if answers:
        text = with_answers(text, answers, plan_file.PATH, read_values(generated, plan_file.PATH))
    return Draft(fresh, _settled(fresh, generated, text), generated, text, tree, facts)


def _chosen_platform(given: Mapping[str, object]) -> Platform | None:
    """What the plan file says of a platform, and answers over it. What is no platform is left to the plan's own check."""
    written, prefix = given.get("platform"), "platform."
    answers = {key.removeprefix(prefix): value for key, value in given.items() if key.startswith(prefix)}
    with contextlib.suppress(ValidationError):
        return Platform.model_validate({**(written if isinstance(written, dict) else {}), **answers})
    return None


def draft_of_plan(path: Path) -> Draft:
    """A plan file and what an earlier run kept beside it; a plan written by hand alone has no decisions to explain."""
    if not path.is_file():
        raise BadInputError(f"no such plan: {path}", to_do="replatform plan SRC writes one")
    text = path.read_text(encoding="utf-8", errors="replace")
    generated = files.last_generated(path.parent).get(plan_file.PATH, text)
    decisions = path.parent / state.DECISIONS
    plan = read_plan(generated, plan_file.PATH)
    fresh = state.read_state(decisions.read_text(encoding="utf-8"), plan) if decisions.is_file() else Planned(plan)
    return Draft(fresh, _settled(fresh, generated, text), generated, text)


def _settled(fresh: Planned, generated: str, text: str) -> Planned:
    if text == generated:
        # What nobody edited is checked all the same, but need not be parsed, which takes longer than planning. A plan
        # that breaks the schema is read, for an error with its line.
        with contextlib.suppress(ValidationError):
            return settled(fresh, Plan.model_validate(fresh.plan.model_dump()), {})
    plan: Plan = read_plan(text, plan_file.PATH)
    written = edits(read_values(generated, plan_file.PATH), text, read_values(text, plan_file.PATH), plan_file.PATH)
    written |= dict.fromkeys(plan.answered, answered) if (answered := written.pop("answered", None)) else {}
    return settled(fresh, plan, written)


def artefacts(drafted: Draft, catalog: Catalog) -> tuple[Artefact, ...]:
    """Everything but the plan file itself, which people own."""
    return (*render(drafted.planned, catalog), *state.render_state(drafted.fresh))


def write(folder: Path, drafted: Draft, rendered: tuple[Artefact, ...], *, partly: bool = False) -> files.Written:
    return files.write(folder, _texts(drafted, rendered), edited={plan_file.PATH: drafted.text}, partly=partly)


def write_split(
    folder: Path,
    drafted: Draft,
    proposal: "Proposal",
    users: Mapping[str, DatabaseUser],
    *,
    own_images: bool = False,
) -> Path:
    """Puts a proposal's services into the plan file, and nothing else; with `own_images` also what the image of each leaves out, with
    `users` each one's user of the database, for which the services may be there already.
    Raises BadInputError for a plan that has them otherwise, and where no service can have an image of its own."""
    from toolkit.split.plan_edit import with_database_users, with_services

    leave_out = {name: one.paths for name, one in proposal.separations.items() if one.paths} if own_images else {}
    if own_images and not leave_out:
        raise BadInputError(
            "no service's image can leave out code of the others",
            to_do="replatform split --level c lists what prevents it; level b needs no separate code",
        )
    if drafted.planned.plan.release and drafted.planned.plan.release.image == proposal.image:
        leave_out.pop(proposal.rest, None)  # release steps run in the whole image, so a service has to have it
    there = users and {one.name for one in proposal.services} <= set(drafted.planned.plan.services)
    text = drafted.text if there else with_services(drafted.text, proposal.replaces, proposal.services, leave_out)
    text = with_database_users(text, users) if users else text
    _settled(drafted.fresh, drafted.generated_text, text)
    write(folder, replace(drafted, text=text), state.render_state(drafted.fresh), partly=True)
    return folder / plan_file.PATH


def write_data(folder: Path, plan: Plan, proposal: "Proposal") -> None:
    """A folder for each service with `grants.sql`, and `table-mappings.json` where tables are its own."""
    from toolkit.split.data import data_files

    files.write(folder, data_files(plan, proposal), partly=True)


def preview(folder: Path, source: Path | None, catalog: Catalog) -> tuple[files.Regeneration, dict[str, str]]:
    """What generating again would do to an output folder, and all texts as they would be; nothing is written. The plan
    counts as it stands there, or with `source` as it would be after reading the application again."""
    drafted = draft(source, folder, catalog) if source else draft_of_plan(folder / plan_file.PATH)
    texts = _texts(drafted, artefacts(drafted, catalog))
    regeneration = files.regenerate(folder, texts, edited={plan_file.PATH: drafted.text})
    return regeneration, texts | {plan_file.PATH: drafted.text} | regeneration.texts


def _texts(drafted: Draft, rendered: tuple[Artefact, ...]) -> dict[str, str]:
    return {artefact.path: artefact.text for artefact in rendered} | {plan_file.PATH: drafted.generated_text}
