"""The driver of a database that only an extra of the application or a list beside the installed one has, or that operators
install by hand: the image installs it where the database is used."""

from collections.abc import Sequence

from toolkit.facts.engines import SERVERS
from toolkit.facts.model import Datastore, Dependency, Origin
from toolkit.findings import Evidence
from toolkit.plan.images.added_library import AddedLibrary
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import ranked


def plan_driver(image: ImageInputs) -> AddedLibrary | None:
    """The driver; None where none is left to an extra, or another one is there."""
    stores = [f for f in image.about if isinstance(f, Datastore) and not f.alternative and f.engine in SERVERS]
    places = {store.evidence for store in stores}
    listed = {dependency.name for dependency in image.folder.of_type(Dependency) if dependency.evidence in places}
    drivers = image.folder.points("extra_driver")
    if any(dependency.name in listed for dependency in image.dependencies):
        return None  # whichever of its lists tells of the database
    if not drivers:
        return _of_list_beside(image, stores) or _usual(image, stores)
    for store in ranked(stores):
        point = next((point for point in drivers if point.detail == store.engine), None)
        libraries = image.folder.of_type(Dependency) if point else []
        for extra in (d for d in libraries if point and (d.name, d.evidence) == (point.value, point.evidence)):
            return _added(image, store, extra, "one of its optional extras")
    return None


def _of_list_beside(image: ImageInputs, stores: Sequence[Datastore]) -> AddedLibrary | None:
    """Of several lists, one for each database, `requirements/mariadb.txt`, what the one has for the database of the settings."""
    libraries = {d.evidence: d for d in image.folder.of_type(Dependency) if d.ecosystem == "pypi" and not d.development}
    configured = next(iter(ranked(stores)), None)
    if configured is None or configured.evidence in libraries or configured.origin is not Origin.RUNNING:
        return None
    beside = (s for s in stores if s.engine == configured.engine and s.evidence in libraries)
    driver = next((libraries[store.evidence] for store in beside), None)
    return _added(image, configured, driver, driver.evidence.path) if driver else None


def _added(image: ImageInputs, store: Datastore, driver: Dependency, place: str) -> AddedLibrary:
    asked = f"{driver.name}=={driver.version}" if driver.version else f"{driver.name}{driver.constraint}"
    because = f"the application is configured for {store.engine}, and only {place} lists a driver for it"
    decision = Decision(f"{image.key}.driver", asked, because, (store.evidence, driver.evidence), True)
    return AddedLibrary(("pip", "install", "--no-cache-dir", asked), decision, driver)


def _usual(image: ImageInputs, stores: Sequence[Datastore]) -> AddedLibrary | None:
    """The usual driver of the only server that settings or a sample of variables name, where no list has any."""
    usual = image.stack.usual_drivers
    told = [store for store in stores if store.origin is Origin.RUNNING]
    drivers = {usual.by_engine.get(store.engine) for store in told} if usual else set()
    driver = drivers.pop() if len(drivers) == 1 else None
    takes_it = usual is not None and not set(usual.libraries).isdisjoint(d.name for d in image.dependencies)
    if driver is None or not takes_it or not image.manager.manifest:
        return None
    name, versions = driver
    because = f"the settings use {told[0].engine}, and no manifest lists a driver for it"
    decision = Decision(f"{image.key}.driver", name, because, (told[0].evidence,), True)
    nowhere = Evidence("", rule="driver")
    library = Dependency(name=name, ecosystem="pypi", constraint=versions, evidence=nowhere, origin=Origin.DEFAULT)
    return AddedLibrary(("pip", "install", "--no-cache-dir", name + versions), decision, library)
