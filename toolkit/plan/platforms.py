"""Applications that share a platform: whose priorities are whose, and the host names that tell them apart.

Nearly every application answers `/*`. Behind one load balancer its rules therefore ask for its own host name too, and have
priorities from a band of its own, so that no deployment of one application can collide with another's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field, ValidationError

from toolkit.catalog.load import line_of
from toolkit.errors import BadInputError
from toolkit.plan.field_types import DomainName, Name, Section
from toolkit.plan.model import BANDS, Datastore, Decision, Environment, EnvironmentName, Planned, Platform
from toolkit.plan.plan_file import read_values
from toolkit.plan.routing.listener_rules import band_of, rules
from toolkit.plan.routing.priorities import with_priorities

PATH = "platform.yaml"


class Member(Section):
    """An application of a platform."""

    band: int = Field(ge=0, lt=BANDS, description="Which hundredth of the listener's priorities is its own.")


class Fleet(Section):
    """`platform.yaml`: what applications share, and what each of them has of it for itself."""

    name: Name
    domain: DomainName = Field("", description="Of the host names in production; `<platform>.internal` when empty.")
    database: Datastore | None = Field(None, description="The server for the databases of this engine.")
    environments: dict[EnvironmentName, Environment] = Field(
        {}, description="Accounts, regions, certificates, domains."
    )
    applications: dict[str, Member] = Field({}, description="One that left keeps its band until its line is removed.")

    def section(self, application: str) -> Platform:
        """What the plan of an application says of the platform."""
        engine = self.database.engine if self.database else ""
        return Platform(name=self.name, domain=self.domain, band=self.applications[application].band, database=engine)


def read_fleet(text: str, where: str, told: Mapping[str, Any] | None = None) -> Fleet:
    """The platform of a file, empty for one that is not there yet, with `told` over it. Raises BadInputError with file and
    line."""
    try:
        return Fleet.model_validate({**(read_values(text, where) if text else {}), **(told or {})})
    except ValidationError as error:
        first = error.errors()[0]
        place = f"{where}:{line_of(text, first['loc'])}" if text else where
        raise BadInputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", where=place) from None


def with_bands(fleet: Fleet, applications: Iterable[str]) -> Fleet:
    """The fleet with a band for each application: the one that it has, or one that follows from its name, so that one
    that comes or goes moves no other. Only where two names meet does the later one, by name, move on."""
    members = dict(fleet.applications)
    for name in sorted(set(applications) - set(members)):
        band, taken = band_of(name), {member.band for member in members.values()}
        while band in taken and len(taken) < BANDS:
            band = (band + 1) % BANDS
        members[name] = Member(band=band)
    return fleet.model_copy(update={"applications": dict(sorted(members.items()))})


def with_platform(planned: Planned, platform: Platform, application: str) -> Planned:
    """What was planned, with host names and priorities for a platform, on which the application has this name. That it is
    there stays a person's choice: the plan gets no `platform` from here."""
    plan = planned.plan.model_copy(update={"platform": platform, "application": application})
    routed = {rule.service for rule in rules(plan)}
    host = f"{application}.{{domain}}"
    services = {
        name: service.model_copy(update={"hosts": (host,), "priority": None}) if name in routed else service
        for name, service in plan.services.items()
    }
    plan = with_priorities(plan.model_copy(update={"services": services}))
    decisions = [one for one in planned.decisions if one.key not in {f"services.{name}.priority" for name in routed}]
    for name in sorted(routed):
        why = f"its own among the applications of {platform.name}"
        decisions.append(Decision(f"services.{name}.hosts", host, why, guessed=True))
        decisions.append(Decision(f"services.{name}.priority", str(plan.services[name].priority), why, guessed=True))
    return replace(
        planned, plan=planned.plan.model_copy(update={"services": plan.services}), decisions=tuple(decisions)
    )
