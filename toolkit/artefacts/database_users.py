"""Users of the database for one service each: what `blueprints/datastores/users/` is told, on AWS and on one machine."""

from collections.abc import Mapping

from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.errors import BadInputError
from toolkit.plan.field_types import TableName
from toolkit.plan.model import Plan
from toolkit.plan.names import database_username

DATASTORE = "database"


def script(plan: Plan, datastores: Mapping[str, DatastoreBlueprint]) -> str:
    """What gives the users their rights, run by `sh -euc` in an image with the engine's client. Raises BadInputError where the
    plan has no database, or one of an engine for which there is none."""
    store = plan.datastores.get(DATASTORE)
    if store is None or not datastores[store.engine].users:
        name = next(iter(plan.database_users))
        what = f"there is no way to make one for {store.engine}" if store else "the plan has no database"
        raise BadInputError(
            f"services.{name}.database_user: {what}",
            where="replatform.yaml",
            to_do="leave it out: the service then connects as the application's user",
        )
    return datastores[store.engine].users


def told(plan: Plan) -> dict[str, tuple[str, str]]:
    """Variables of the script, but for passwords and for where the database is, with the plan keys that they come from."""
    found = {"DATABASE_USERS": (" ".join(map(_name, plan.database_users)), "services")}
    for service, user in plan.database_users.items():
        key = f"services.{service}.database_user"
        found[f"USER_{_name(service)}_NAME"] = (database_username(plan.application, service), key)
        for what in ("reads", "writes"):
            if listed := _listed(getattr(user, what)):
                found[f"USER_{_name(service)}_{what.upper()}"] = (listed, f"{key}.{what}")
    return found


def password_variable(service: str) -> str:
    return f"USER_{_name(service)}_PASSWORD"


def _name(service: str) -> str:
    return service.upper().replace("-", "_")


def _listed(tables: tuple[TableName, ...]) -> str:
    """In small letters: the script finds tables by their names however the engine spells them."""
    return "*" if "*" in tables else ",".join(dict.fromkeys(table.lower() for table in tables))
