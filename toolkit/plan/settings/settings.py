"""What the running application is told: where its datastores are, and every other variable of its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from toolkit.catalog.catalog import Catalog
from toolkit.catalog.variables import VariableNames
from toolkit.facts import model as facts_model
from toolkit.facts.model import Dependency, EntryPoint, Facts
from toolkit.plan.builds.build_variables import with_build_variables
from toolkit.plan.image_model import Image
from toolkit.plan.images.images import PlannedImages
from toolkit.plan.model import Datastore, Migration
from toolkit.plan.ranking import of_type
from toolkit.plan.reported import Reported
from toolkit.plan.settings import present_database
from toolkit.plan.settings.connections import unconnected, with_framework_variables, with_profile
from toolkit.plan.settings.datastores import PlannedDatastores, plan_datastores
from toolkit.plan.settings.encryption import plan_encryption
from toolkit.plan.settings.engines_without_driver import engines_without_driver
from toolkit.plan.settings.queues import plan_queues
from toolkit.plan.settings.variables import PlannedVariables, plan_variables
from toolkit.plan.starts.planned_services import PlannedServices
from toolkit.plan.starts.processes import serves_files


@dataclass
class Settings(Reported):
    """`facts` are those that are left for the running containers, `images` have what their builds are told; `datastores` are
    the queues as well."""

    facts: Facts
    images: dict[str, Image]
    datastores: dict[str, Datastore]
    migration: Migration | None
    variables: PlannedVariables


def plan_settings(
    application: str,
    facts: Facts,
    images: PlannedImages,
    services: PlannedServices,
    catalog: Catalog,
    engines: Mapping[str, str],
    home: str,
) -> Settings:
    """Datastores first, since variables and profiles follow them. `engines` are what people chose, by the datastore's role;
    `home` is where the application lay on the host."""
    if all(serves_files(s, catalog.servers) and s.operating_system == "LINUX" for s in images.stacks.values()):
        # Pages have nothing that could connect: their README tells about the back end, or their tools bring a driver.
        facts = replace(facts, facts=tuple(f for f in facts.facts if not isinstance(f, facts_model.Datastore)))
    stores = _datastores(application, facts, images, catalog, engines)
    queues = plan_queues(facts, services.services)
    facts = with_profile(facts, stores.datastores)
    names = _names(facts, images, stores, catalog)
    facts = with_framework_variables(facts, stores.datastores, images.stacks, names)
    building = with_build_variables(facts, images.images, images.stacks, names, catalog.servers)
    facts = building.facts
    variables = _variables(facts, names, images, services, stores.datastores | queues.queues, catalog, home)
    encryption = plan_encryption(facts, stores.datastores, images.images.values(), catalog.dependencies)
    datastores = encryption.datastores
    if variables.database_name and "database" in datastores:
        datastores["database"] = datastores["database"].model_copy(update={"database": variables.database_name})
    migration = stores.migration
    if migration:
        options = catalog.datastores[migration.source_engine].host_options
        if host := variables.database_host or present_database.host_in_commands(facts, options):
            migration = present_database.located(migration, host)
    planned = Settings(facts, building.images, datastores | queues.queues, migration, variables)
    for part in (stores, queues, encryption, building, variables):
        planned.take(part)
    planned.questions += present_database.open_questions(migration) if migration else []
    planned.findings += unconnected(stores.datastores, variables.variables, facts, catalog.datastores)
    return planned


def _datastores(
    application: str, facts: Facts, images: PlannedImages, catalog: Catalog, engines: Mapping[str, str]
) -> PlannedDatastores:
    lists = {f"{i.directory}/{path}".strip("/") for i in images.images.values() for path in (i.manifest, *i.copy_first)}
    languages = {stack.language for stack in images.stacks.values()}
    without_driver = engines_without_driver(facts, languages, catalog.dependencies.engines)
    return plan_datastores(application, facts, catalog.datastores, engines, lists, without_driver)


def _names(facts: Facts, images: PlannedImages, stores: PlannedDatastores, catalog: Catalog) -> VariableNames:
    """What variables mean to the stacks, the libraries and the code of the application."""
    database = stores.datastores.get("database")
    engine = database.engine if database else ""
    libraries = {fact.name for fact in of_type(facts, Dependency)}
    pieces = {p.value: p.detail for p in of_type(facts, EntryPoint) if p.kind == "database_variable"}
    return catalog.variables.of_stacks(images.stacks.values(), engine).of_libraries(libraries, engine).of_code(pieces)


def _variables(
    facts: Facts,
    names: VariableNames,
    images: PlannedImages,
    services: PlannedServices,
    datastores: Mapping[str, Datastore],
    catalog: Catalog,
    home: str,
) -> PlannedVariables:
    """The variables of the environment; what an image carries itself is said there."""
    own = {name: value for image in images.images.values() for name, value in image.environment.items()}
    names = names.model_copy(update={"fixed": names.fixed | {n: v for n, v in own.items() if n in names.fixed}})
    stack = next(iter(images.stacks.values()))
    environment = {name: value for name, value in stack.environment.items() if name not in own}
    port = next((service.port for service in services.services.values() if service.port), None)
    return plan_variables(facts, names, datastores, catalog.datastores, port, environment, home)
