"""Facts to plan: the order in which decisions are made."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError

from toolkit.catalog.catalog import Catalog
from toolkit.catalog.load import line_of
from toolkit.errors import BadInputError, BlueprintError
from toolkit.facts.model import (
    Command,
    CronJob,
    EnvironmentVariable,
    Facts,
    Role,
    Route,
)
from toolkit.facts.routes.found import UNDECIDED
from toolkit.facts.secrets import MASK
from toolkit.findings import Evidence, Finding, Severity, in_all_places, in_order, together
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.doubts import doubts
from toolkit.plan.image_model import Image
from toolkit.plan.images.images import plan_images
from toolkit.plan.model import BaseImages, Decision, Plan, Planned
from toolkit.plan.names import valid_name
from toolkit.plan.overrides import value_at
from toolkit.plan.ranking import of_type
from toolkit.plan.reported import Reported
from toolkit.plan.routing.priorities import with_priorities
from toolkit.plan.routing.routing_findings import check_routing
from toolkit.plan.settings.config_files import unwritten
from toolkit.plan.settings.connections import of_another_engine
from toolkit.plan.settings.hosts import folders_in
from toolkit.plan.settings.settings import plan_settings
from toolkit.plan.settings.variables import PlannedVariables
from toolkit.plan.starts.planned_services import PlannedServices
from toolkit.plan.starts.services import plan_services

_ABSOLUTE = re.compile(r"(?<![\w.])/[\w.-]{1,64}(?:/[\w.-]{1,64}){1,10}")
_CODE = re.compile(r"\.(?:js|php|py|rb|wsgi)$")
_VIRTUAL_ENVIRONMENT = re.compile(r"(/[\w./-]+?)/\.?(?:virtual|v)?env[\w.-]*/bin/")


def plan_application(
    name: str, tree: SourceTree, facts: Facts, catalog: Catalog, engines: Mapping[str, str] | None = None
) -> Planned:
    """Every decision about one application, from what was read alone; `settled` lays over it what people wrote. Only the
    engines that they chose, by the datastore's role, are needed before: variables and profiles follow them.

    Raises BadInputError when nothing in the tree can be recognised as an application.
    """
    application = valid_name(name) or "application"
    home = application_home(tree, facts)
    images = plan_images(tree, facts, catalog.stacks, catalog.dependencies.native_libraries)
    if not images.images:
        raise BadInputError(
            "no application was recognised",
            where=name,
            to_do="name the folder that holds its README and manifests; blueprints/stacks lists what is known",
        )
    services = plan_services(tree, facts, images, catalog.servers, home, _timezone(facts))
    images.with_servers_of(services.services.values())
    settings = plan_settings(application, facts, images, services, catalog, engines or {}, home)
    listening, facts = settings.variables.listening, settings.facts
    planned_images = {key: _as_run(key, image, services, settings.variables) for key, image in settings.images.items()}
    told = Reported(decisions=[Decision("application", application, "the source folder's name", (), True)])
    for part in (images, services, settings):
        told.take(part)
    told.decisions += _listening(planned_images, listening, settings.variables.decisions)
    plan = Plan(
        application=application,
        base_images=_base_images(catalog),
        images=planned_images,
        services=services.services,
        environment=settings.variables.variables,
        datastores=settings.datastores,
        release=services.release,
        migration=settings.migration,
    )
    told.questions += doubts(told.decisions, plan, facts, tree)
    findings = [
        *tree.findings,
        *(finding for finding in facts.findings if finding.code != UNDECIDED),
        *together([finding for finding in facts.findings if finding.code == UNDECIDED]),
        *told.findings,
        *unwritten(tree, facts),
    ]
    return Planned(
        plan,
        tuple(told.decisions),
        tuple(sorted(told.questions, key=lambda q: (q.consequence, q.key))),
        in_order(in_all_places(findings)),
        tuple(of_type(facts, Route)),
    )


def _as_run(key: str, image: Image, services: PlannedServices, variables: PlannedVariables) -> Image:
    """The image with what its services and the variables make of it."""
    commands = (service.command for service in services.services.values() if service.image == key)
    in_commands = (folder for command in commands for folder in folders_in(command))
    return image.model_copy(
        update={
            "writable": tuple(dict.fromkeys((*image.writable, *variables.writable, *in_commands))),
            "environment": image.environment | variables.listening,
            "context_path": services.context_paths.get(key, image.context_path),
        }
    )


def _listening(
    images: Mapping[str, Image], listening: Mapping[str, str], decisions: Sequence[Decision]
) -> Iterator[Decision]:
    """Why images carry variables of where to listen: the places that decided the variables themselves."""
    for key in images:
        if listening:
            told = {f"environment.{name}" for name in listening}
            places = tuple(place for decision in decisions if decision.key in told for place in decision.evidence)
            text = ", ".join(f"{name}={value}" for name, value in listening.items())
            because = "without them, the server does not answer on the port that the image exposes"
            yield Decision(f"images.{key}.environment", text, because, places)


def _base_images(catalog: Catalog) -> BaseImages:
    """The blueprint's settings. Raises BlueprintError for what the plan could not hold."""
    told = catalog.base_images.model_dump(exclude={"sources", "reviewed"}, exclude_defaults=True)
    try:
        return BaseImages(**told)
    except ValidationError as error:
        first = error.errors()[0]
        path = catalog.folder.where("base-images.yaml")
        line = line_of(catalog.folder.text("base-images.yaml"), first["loc"])
        raise BlueprintError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", where=f"{path}:{line}") from None


def settled(planned: Planned, plan: Plan, written: Mapping[str, Evidence]) -> Planned:
    """The same decisions with what people wrote in `replatform.yaml` laid over: `plan` is that file's, `written` the
    dotted keys that differ from what was planned and where they stand. What is answered is no longer asked; a question
    that has no default and no answer becomes a finding.
    """
    decisions = [decision for decision in planned.decisions if not _covered(written, decision.key)]
    values = plan.model_dump(mode="json")
    for key, place in sorted(written.items()):
        value = value_at(values, key)
        decisions.append(Decision(key, "(removed)" if value is None else str(value), "a person wrote it", (place,)))
    questions = tuple(question for question in planned.questions if not _covered(written, question.key))
    open_questions = [
        Finding("RP010", Severity.ERROR if question.consequence == 1 else Severity.WARNING, f"open question: {question.text}", question.evidence,
                f"set {question.key} in replatform.yaml")
        for question in questions if question.default is None
    ]  # fmt: skip
    plan = with_priorities(plan)
    routing = check_routing(plan, planned.routes, written)
    findings = in_order(
        [*planned.findings, *open_questions, *routing, *_masked_commands(plan, decisions), *of_another_engine(plan)]
    )
    return Planned(plan, tuple(decisions), questions, findings, planned.routes)


def _masked_commands(plan: Plan, decisions: Sequence[Decision]) -> Iterator[Finding]:
    """RP056: a command in which a secret stood does not run with the mask in its place."""
    commands = {f"services.{name}.command": service.argv for name, service in plan.services.items()}
    if plan.release:
        commands["release.commands"] = tuple(word for argv in plan.release.commands for word in argv)
    for key, argv in commands.items():
        if any(MASK in word for word in argv):
            yield Finding(
                "RP056",
                Severity.ERROR,
                f"{key} contains a secret: it is masked, and the command does not work as it stands",
                next((decision.evidence for decision in decisions if decision.key == key), ()),
                f"let the program read it from a secret environment variable, and set {key} in replatform.yaml without it",
            )


def _covered(written: Mapping[str, Evidence], key: str) -> bool:
    return any(key == own or key.startswith(own + ".") for own in written)


def application_home(tree: SourceTree, facts: Facts) -> str:
    """The folder on the host where the application lay: where its start commands ran, where its virtual environment was,
    or what stands before a path of the tree in a command, /srv/shop in /srv/shop/bin/mail.php; else before that of code which
    a variable names, FLASK_APP=/srv/shop/run.py."""
    places: Counter[str] = Counter()
    for command in of_type(facts, Command):
        if command.role is Role.START:
            if match := _VIRTUAL_ENVIRONMENT.match(command.text.strip()):
                places[match[1]] += 2
            if command.directory.startswith("/"):
                places[command.directory.rstrip("/")] += 1
        if command.role in (Role.START, Role.RELEASE):
            places.update(_before_files(command.text, tree))
    for job in of_type(facts, CronJob):
        places.update(_before_files(job.command, tree))
    for variable in of_type(facts, EnvironmentVariable) if not places else ():
        if variable.example and _CODE.search(variable.example):
            places.update(_before_files(variable.example, tree))
    return max(places, key=lambda place: (places[place], -len(place), place), default="")


def _before_files(text: str, tree: SourceTree) -> Iterator[str]:
    for path in _ABSOLUTE.findall(text):
        parts = path.strip("/").split("/")
        for place in range(1, len(parts)):
            if "/".join(parts[place:]) in tree:
                yield "/" + "/".join(parts[:place])
                break


def _timezone(facts: Facts) -> str:
    """The operators' time zone for schedules: TZ or CRON_TZ where it names one."""
    for variable in of_type(facts, EnvironmentVariable):
        if (
            variable.name in ("TZ", "CRON_TZ", "TIME_ZONE")
            and variable.example
            and re.fullmatch(r"[A-Za-z]+(?:/[A-Za-z_+-]+){0,2}", variable.example)
        ):
            return variable.example
    return "UTC"
