"""The driver of a database that only an extra of the application lists: the image installs it where the database is used."""

from toolkit.facts.model import Datastore, Dependency, EntryPoint
from toolkit.plan.images.added_library import AddedLibrary
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import ranked

_SERVERS = frozenset({"mariadb", "mysql", "postgres", "sqlserver", "oracle"})


def plan_driver(image: ImageInputs) -> AddedLibrary | None:
    """The driver; None where none is left to an extra, or another one is there."""
    stores = [f for f in image.about if isinstance(f, Datastore) and not f.alternative and f.engine in _SERVERS]
    listed = {dependency.evidence for dependency in image.dependencies}
    drivers = [point for point in image.folder.of_type(EntryPoint) if point.kind == "extra_driver"]
    if not drivers or any(store.evidence in listed for store in stores):
        return None
    for store in ranked(stores):
        point = next((point for point in drivers if point.detail == store.engine), None)
        libraries = image.folder.of_type(Dependency) if point else []
        for extra in (d for d in libraries if point and (d.name, d.evidence) == (point.value, point.evidence)):
            asked = f"{extra.name}=={extra.version}" if extra.version else f"{extra.name}{extra.constraint}"
            because = f"the application is told of {store.engine}, and only an extra of it lists a driver"
            decision = Decision(f"{image.key}.driver", asked, because, (store.evidence, extra.evidence), True)
            return AddedLibrary(("pip", "install", "--no-cache-dir", asked), decision, extra)
    return None
