"""Which datastores of a plan become containers in a rehearsal, and what tasks are not told of the others."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from toolkit.artefacts.values import settings
from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.engine.compose_file import PATH, ComposeFile, read_compose
from toolkit.plan.model import Plan

Blueprints = Mapping[str, DatastoreBlueprint]


def datastore_images(
    folder: Path, plan: Plan, blueprints: Blueprints, engines: Collection[str], stand_ins: Mapping[str, str]
) -> dict[str, str]:
    """Engine, as AWS names it, to the image that compose.yaml has for it, or the one that stands in for that."""
    compose = read_compose((folder / PATH).read_text(encoding="utf-8"), lambda name, default: default or name, (), ())
    found = {}
    for name in plan.datastores:
        engine = _engine(plan, name, blueprints)
        if engine in engines and name in compose.services:
            image = compose.services[name].image
            found[engine] = stand_ins.get(image, image)
    return found


def with_stand_ins(compose: ComposeFile, stand_ins: Mapping[str, str]) -> ComposeFile:
    """The compose file with other images where some stand in for its own."""
    services = {
        name: one.model_copy(update={"image": stand_ins.get(one.image, one.image)})
        for name, one in compose.services.items()
    }
    return compose.model_copy(update={"services": services})


def recorded_databases(plan: Plan, blueprints: Blueprints, engines: Collection[str]) -> tuple[str, ...]:
    """Datastores that a template makes and neither a container nor, as it does queues, the emulator itself plays."""
    return tuple(
        name
        for name, one in plan.datastores.items()
        if blueprints[one.engine].template
        and name not in plan.queues
        and _engine(plan, name, blueprints) not in engines
    )


def unset_variables(plan: Plan, datastores: Iterable[str]) -> set[str]:
    """Variables of any service that are built from one of these datastores."""
    gone = set(datastores)
    return {
        setting.name
        for service in plan.services
        for setting in settings(plan, service)
        if any(place.datastore in gone for place in setting.placeholders)
    }


def _engine(plan: Plan, name: str, blueprints: Blueprints) -> str:
    return blueprints[plan.datastores[name].engine].engine_for(plan.datastores[name].edition)
