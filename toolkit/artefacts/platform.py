"""The folder of a platform: what its applications share, as stacks that are deployed once, before theirs."""

from collections.abc import Iterable, Iterator

from toolkit.artefacts.cloudformation import copied, database_parameters, stack, stacks_file
from toolkit.artefacts.markdown import code, table
from toolkit.artefacts.text import Artefact, lines
from toolkit.artefacts.yaml import Value, render
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError
from toolkit.plan.model import ENVIRONMENTS, Datastore, EnvironmentName
from toolkit.plan.platforms import PATH, Fleet
from toolkit.plan.routing.listener_rules import priorities_in

GUIDE = "PLATFORM.md"
SHARED = ("network", "cluster", "database")  # the templates whose exports an application's `platform` stack passes on
# An Oracle instance has one database, whose users share its name.
_SEVERAL_DATABASES = ("postgres", "mysql", "mariadb", "sqlserver")


def render_fleet(fleet: Fleet) -> str:
    """`platform.yaml` as it is first written; from then on people edit it."""
    values: Value = fleet.model_dump(mode="json", exclude_defaults=True)
    head = (
        f"# What the applications of {fleet.name} share. Edit it, then run replatform batch again; {GUIDE} says more.\n"
    )
    return head + "".join(line.text + "\n" for line in render(values))


def render_platform(fleet: Fleet, catalog: Catalog) -> tuple[Artefact, ...]:
    """Templates, parameters of each environment and the guide. Raises BadInputError for a server that cannot be shared."""
    store = fleet.database
    if store and (store.engine not in _SEVERAL_DATABASES or store.engine not in catalog.datastores):
        raise BadInputError(
            f"database.engine: {store.engine} is no server of several applications' databases",
            where=PATH,
            to_do=f"name one of {', '.join(_SEVERAL_DATABASES)}, or leave database out",
        )
    shared = [name for name in SHARED if store or name != "database"]
    return (
        *(copied(name, catalog.templates) for name in (*shared, "dashboard")),
        *(_environment(fleet, environment, shared, catalog) for environment in ENVIRONMENTS),
        Artefact(GUIDE, lines("\n".join(_guide(fleet))), "toolkit/artefacts/platform.py"),
    )


def _environment(fleet: Fleet, environment: EnvironmentName, shared: Iterable[str], catalog: Catalog) -> Artefact:
    given = fleet.environments.get(environment)
    parameters = {"cluster": {"CertificateArn": given.certificate if given else ""}}
    if fleet.database:
        parameters["database"] = database_parameters(_server(fleet, catalog), environment, catalog.datastores)
    profile = catalog.profiles[environment]
    return stacks_file(
        environment,
        {
            name: stack(fleet.name, environment, name, name, catalog.templates[name], profile, parameters.get(name, {}))
            for name in (*shared, *(("dashboard",) if environment == "production" else ()))
        },
    )


def _server(fleet: Fleet, catalog: Catalog) -> Datastore:
    """The server, with a database of the platform's name that no application uses: RDS wants one to begin with."""
    assert fleet.database
    version = fleet.database.version or catalog.datastores[fleet.database.engine].default_version
    name = fleet.database.database or fleet.name.replace("-", "_")
    return fleet.database.model_copy(update={"version": version, "database": name})


def _guide(fleet: Fleet) -> Iterator[str]:
    yield f"# The platform {fleet.name}"
    yield ""
    yield "Network, cluster, load balancer with its listener and firewall"
    yield f"{'and a database server ' if fleet.database else ''}that these applications share. In folders beside this one, each has"
    yield "its own image repositories, services, security group, secrets, log groups and pipelines."
    yield ""
    rows = []
    for name, member in fleet.applications.items():
        own, host = priorities_in(member.band), f"{name}.{fleet.section(name).domain_in('production')}"
        rows.append((code(name), code(host), f"{own[0]} to {own[-1]}"))
    yield from table(("Application", "Host name in production", "Listener rule priorities"), rows)
    yield ""
    yield "1. **Name the certificate** for these host names, `environments.<environment>.certificate` in `platform.yaml`, and"
    yield "   `domain`, then run `replatform batch` again. Without one, only development can be deployed, by plain HTTP."
    yield "2. **Deploy the platform first**: `replatform deploy development .` here, then the same in each application's folder,"
    yield "   whose stack `platform` takes over what this one exports."
    yield "3. **Point the host names** to the export `LoadBalancerDnsName`, one wildcard record for all of them."
    yield "4. **Check them together**: `replatform check .` here finds priorities, host names and databases that collide."
    yield ""
    yield "A load balancer takes 100 listener rules by default: ask AWS for more before the applications need more. What shares a"
    yield "cluster shares its fate in quotas, upgrades of the platform and, where they share it, the load of the database server."
