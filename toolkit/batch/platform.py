"""The platform of a batch: its folder beside those of the repositories, and what each of their plans says of it."""

from pathlib import Path
from typing import Any

from toolkit import files
from toolkit.artefacts.platform import render_fleet, render_platform
from toolkit.batch.manifest import Manifest, Repository
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError
from toolkit.plan.names import valid_name
from toolkit.plan.overrides import with_answers
from toolkit.plan.platforms import PATH, Fleet, read_fleet, with_bands


def write_platform(out: Path, manifest: Manifest, name: str, catalog: Catalog) -> Manifest:
    """Writes the folder of the platform, and gives the manifest with each repository's place on it among its answers.

    What a person wrote in `platform.yaml` stays, but for what the manifest says. Every shard writes the same. Raises
    BadInputError for a repository whose folder or application has a name that is taken.
    """
    folder = out / name
    applications = _applications(manifest.repositories, name)
    text = (folder / PATH).read_text(encoding="utf-8", errors="replace") if (folder / PATH).is_file() else ""
    written: dict[str, Any] = {"name": name}
    if manifest.platform:
        written |= manifest.platform.model_dump(mode="json", exclude_unset=True, exclude={"applications", "name"})
    fleet = with_bands(read_fleet(text, str(folder / PATH), written), applications.values())
    if text:
        bands = {f"applications.{one}.band": member.band for one, member in fleet.applications.items()}
        text = with_answers(text, {**written, **bands}, PATH)
    rendered = {artefact.path: artefact.text for artefact in render_platform(fleet, catalog)}
    first = render_fleet(fleet)
    files.write(folder, rendered | {PATH: first}, edited={PATH: text or first})
    return manifest.model_copy(
        update={
            "repositories": tuple(
                entry.model_copy(update={"answers": {**_answers(fleet, applications[entry.name]), **entry.answers}})
                for entry in manifest.repositories
            )
        }
    )


def _applications(repositories: tuple[Repository, ...], platform: str) -> dict[str, str]:
    """The name of each repository's application, as its plan will have it."""
    found: dict[str, str] = {}
    for entry in repositories:
        if entry.name == platform:
            raise BadInputError(
                f"a repository and the platform are both named {platform!r}", to_do="give one of them another name"
            )
        told = entry.answers.get("application")
        name = str(told) if told else valid_name(Path(entry.path).name if entry.path else entry.name) or "application"
        if name in found.values():
            raise BadInputError(
                f"two applications on the platform are named {name!r}",
                to_do="give one of the repositories `set: {application: NAME}`",
            )
        found[entry.name] = name
    return found


def _answers(fleet: Fleet, application: str) -> dict[str, Any]:
    """What the plan of an application says of its platform, and where its environments are."""
    section = fleet.section(application).model_dump(exclude_defaults=True)
    places = {
        f"environments.{name}.{key}": value
        for name, home in fleet.environments.items()
        for key, value in home.model_dump(exclude_defaults=True, exclude={"certificate"}).items()
    }
    return {f"platform.{key}": value for key, value in section.items()} | places
