"""Variables that a build tool writes into the pages: the container's environment comes too late for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from toolkit.catalog.servers import Servers
from toolkit.catalog.stacks import Stack
from toolkit.catalog.variables import VariableNames
from toolkit.facts.model import EnvironmentVariable, Facts, Origin
from toolkit.findings import Finding, Severity
from toolkit.inventory.paths import inside, joined
from toolkit.plan.image_model import Image
from toolkit.plan.model import Decision
from toolkit.plan.ranking import evidence_of
from toolkit.plan.reported import Reported
from toolkit.plan.settings.hosts import hosts_in

# What build tools read by themselves. https://vite.dev/guide/env-and-mode, https://create-react-app.dev/docs/adding-custom-environment-variables/
_READ_BY_THE_TOOL = (".env", ".env.production")
_GIVEN_TO_A_CONTAINER = ":variable:given"
_THIS_HOST = ("localhost", "127.0.0.1")


@dataclass
class BuildVariables(Reported):
    """`facts` are those that are left for the running container, `images` have the values that their build gets."""

    facts: Facts
    images: dict[str, Image]


def with_build_variables(
    facts: Facts, images: Mapping[str, Image], stacks: Mapping[str, Stack], names: VariableNames, servers: Servers
) -> BuildVariables:
    """Variables of the pages become variables of the build, where operators tell a value that holds outside their machine;
    finding RP047 names them all. Where nothing but files is served, no variable is left for the running container."""
    building = {key: image for key, image in images.items() if stacks[key].language == "node" and image.build}
    pages_alone = all(stack.start[:1] and stack.start[0] in servers.host_programs for stack in stacks.values())
    baked = [
        fact
        for fact in facts.facts
        if isinstance(fact, EnvironmentVariable) and _is_baked_in(fact, names, pages_alone=pages_alone)
    ]
    if pages_alone:
        left = [fact for fact in facts.facts if not isinstance(fact, EnvironmentVariable)]
    elif building:
        taken = set(map(id, baked))
        left = [fact for fact in facts.facts if id(fact) not in taken]
    else:
        return BuildVariables(facts, dict(images))
    planned = BuildVariables(replace(facts, facts=tuple(left)), dict(images))
    for key, image in building.items():
        own = [fact for fact in baked if _belongs(fact, image, building)]
        values = _values(own)
        if values:
            planned.images[key] = image.model_copy(update={"build_environment": values | image.build_environment})
            text = ", ".join(f"{name}={value}" for name, value in values.items())
            because = "the build writes their values into the pages"
            told = evidence_of(fact for fact in own if fact.name in values)
            planned.decisions.append(Decision(f"images.{key}.build_environment", text, because, told))
        if own:
            planned.findings.append(_finding(key, own))
    return planned


def _is_baked_in(fact: EnvironmentVariable, names: VariableNames, *, pages_alone: bool) -> bool:
    """By its name; or because operators tell it, and nothing but the build is there to read it. What a container of another
    image is given is no such thing."""
    told = fact.origin is Origin.README and not fact.evidence.rule.endswith(_GIVEN_TO_A_CONTAINER)
    if pages_alone and told and fact.name not in names.fixed:
        return True
    return any(fnmatchcase(fact.name, pattern) for pattern in names.baked_in)


def _belongs(fact: EnvironmentVariable, image: Image, building: Mapping[str, Image]) -> bool:
    folder = fact.evidence.directory
    homes = {joined(one.directory, one.member) for one in building.values()}
    home = joined(image.directory, image.member)
    around = [other for other in homes if inside(folder, other)]
    return home == max(around, key=len) if around else True


def _values(own: Sequence[EnvironmentVariable]) -> dict[str, str]:
    found: dict[str, str] = {}
    for fact in own:
        value = fact.example or ""
        read_anyway = fact.evidence.file_name in _READ_BY_THE_TOOL
        if value and not fact.secret and not read_anyway and value.isprintable() and not _names_this_host(value):
            found.setdefault(fact.name, value)
    return dict(sorted(found.items()))


def _names_this_host(value: str) -> bool:
    return any(host in _THIS_HOST for host in hosts_in(value))


def _finding(key: str, own: Sequence[EnvironmentVariable]) -> Finding:
    named = ", ".join(dict.fromkeys(fact.name for fact in own))
    return Finding(
        "RP047",
        Severity.WARNING,
        f"{named[:300]}: the build writes their values into the pages; setting them in the container's environment has no effect",
        evidence_of(own),
        f"set those that need another value under images.{key}.build_environment in replatform.yaml; an image then fits one environment",
    )
