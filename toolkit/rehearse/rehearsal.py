"""The rehearsal: what an environment's first day and its first releases would be, step by step."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from toolkit.aws.clients import Clients, FailedError
from toolkit.deploy import change_sets
from toolkit.deploy import follow as events
from toolkit.engine.application import StartFailedError
from toolkit.engine.comparison import Compared, Recorded, compared
from toolkit.engine.probe import Answer, Probe
from toolkit.rehearse import tasks
from toolkit.rehearse.emulator import Emulator
from toolkit.rehearse.grades import Graded, evidence, graded
from toolkit.rehearse.images import Images
from toolkit.rehearse.tasks import Place, StepFailedError
from toolkit.rehearse.traffic import NOBODY, LoadBalancer, stream
from toolkit.stacks.environment import Stack

if TYPE_CHECKING:
    from docker import DockerClient

_BUCKET = "replatform-rehearsal-templates"
_LOOK_SECONDS = 0.1
# The first release, and the one after it.
FIRST, SECOND = "rehearsal-1", "rehearsal-2"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `note` says what was seen, or why it failed; `output` the last lines of what failed."""

    name: str
    ok: bool
    seconds: float
    note: str = ""
    output: tuple[str, ...] = ()


@dataclass
class Rehearsal:
    """One environment of an output folder in an emulator.

    `stand_ins`: parameter to value, for what people make outside of our stacks. `repositories`: service to the name of its
    image repository. `without_database`: it is a record, so that what needs it is not run. `record`: asks the application as one
    service, and takes it down again; without it nothing is compared.
    """

    client: "DockerClient"
    clients: Clients
    emulator: Emulator
    images: Images
    stacks: tuple[Stack, ...]
    probes: tuple[Probe, ...]
    stand_ins: Mapping[str, str]
    without_database: bool
    timeout_seconds: int
    report: Callable[[Step], None] = lambda _: None
    record: Callable[[], Recorded] | None = None
    steps: list[Step] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    resources: tuple[Graded, ...] = ()
    _deployed: dict[str, Stack] = field(default_factory=dict)
    _definitions: list[str] = field(default_factory=list)
    _balancer: LoadBalancer | None = None

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)

    def run(self) -> None:
        """All steps until one fails; then what the resources did."""
        with suppress(_StoppedError):
            self._run()
        seen = evidence(
            self.client, self.clients, self.emulator, self._definitions, self._answered(), self._redirected()
        )
        self.resources = graded(self.clients, self._deployed.values(), seen)

    def _run(self) -> None:
        recorded: Recorded = ()
        if self.record:
            with self._step("answers of one service") as note:
                recorded = self.record()
                note += [f"{len(recorded)} requests"]
        self.clients("s3").create_bucket(
            Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": self.emulator.region}
        )
        for stack in self.stacks:
            with self._step(f"deploy {stack.part}") as note:
                note += self._deploy(self._with_image(stack, FIRST))
            for suffix, what in (
                ("DatabaseSetupTaskDefinitionArn", "database setup"),
                ("ReleaseTaskDefinitionArn", "release task"),
                ("DatabaseUsersTaskDefinitionArn", "task that makes database users"),
            ):
                if name := next((one for one in stack.exports if one.endswith(f"-{suffix}")), ""):
                    with self._step(f"run the {what}") as note:
                        note += self._run_once(name)
        for stack in self._services():
            with self._step(f"{stack.part} steady") as note:
                note += self._steady(stack)
        for probe in self.probes:
            with self._step(f"{probe.pattern} to {probe.service}") as note:
                note += self._ask(probe)
        if self.probes and not any(probe.pattern == "/*" for probe in self.probes):
            with self._step("no service for other paths") as note:
                note += self._ask(Probe("", "", NOBODY, (range(404, 405),)))
        if recorded:
            self._compare_with(recorded)
        with self._step("second pass without changes") as note:
            note += self._second_pass()
        for stack in self._services():
            with self._step(f"{stack.part}: a new image") as note:
                note += self._roll_out(stack)
            with self._step(f"{stack.part}: a crashing image") as note:
                note += self._roll_back(stack)

    @contextmanager
    def _step(self, name: str) -> Iterator[list[str]]:
        began = time.monotonic()
        note: list[str] = []
        try:
            yield note
            step = Step(name, True, time.monotonic() - began, "; ".join(note))
        except StepFailedError as error:
            step = Step(name, False, time.monotonic() - began, error.why, error.output)
        except StartFailedError as error:
            step = Step(name, False, time.monotonic() - began, f"{error.service} {error.message}", error.output)
        except FailedError as error:
            step = Step(name, False, time.monotonic() - began, error.what)
        self.steps.append(step)
        self.report(step)
        if not step.ok:
            raise _StoppedError

    def _services(self) -> list[Stack]:
        """The stacks with a service, as they are deployed now."""
        kinds = {
            part: {one.get("Type") for one in stack.template.resources.values()}
            for part, stack in self._deployed.items()
        }
        return [stack for part, stack in self._deployed.items() if "AWS::ECS::Service" in kinds[part]]

    def _answered(self) -> Collection[str]:
        return {answer.probe.service for answer in self.answers if answer.ok and not answer.probe.redirect}

    def _redirected(self) -> Collection[str]:
        return {answer.probe.service for answer in self.answers if answer.ok and answer.probe.redirect}

    def _with_image(self, stack: Stack, version: str) -> Stack:
        if "ImageUri" not in stack.template.parameters:
            return stack
        service = stack.parameters["Service"]
        return _changed(stack, {"ImageUri": self.images.release(self._repository(stack), service, version)})

    def _repository(self, stack: Stack) -> str:
        """Where registry.yaml would have the images of the stack's service."""
        application, environment, service = (
            stack.parameters[name] for name in ("Application", "Environment", "Service")
        )
        return f"{application}-{environment}/{service}"

    def _deploy(self, stack: Stack) -> list[str]:
        """Deploys a stack by a change set; what it was given beyond the parameter files is in the note."""
        exists = stack.part in self._deployed
        notes = []
        try:
            change_set = self._change_set(stack, exists)
        except FailedError:
            # A rule of the template, or a parameter without a value, asks for what people make beforehand.
            wanted = {
                name: value
                for name, value in self.stand_ins.items()
                if name in stack.template.parameters and not stack.parameters.get(name)
            }
            if exists or not wanted:
                raise
            stack = _changed(stack, wanted)
            notes.append(f"stand-ins for {', '.join(wanted)}")
            change_set = self._change_set(stack, exists)
        if change_set.kind == "none":
            return ["no changes"]
        after = events.last_event(self.clients, stack.name)
        change_sets.execute(self.clients, change_set)
        outcome = events.follow(self.clients, stack.name, after, sleep=_briefly)
        if not outcome.ok:
            why = f"{outcome.failure.logical_id}: {outcome.failure.reason}" if outcome.failure else outcome.status
            raise StepFailedError(why)
        self._deployed[stack.part] = stack
        return [f"{len(change_set.changes)} changes", *notes]

    def _change_set(self, stack: Stack, exists: bool) -> change_sets.ChangeSet:
        return change_sets.create(self.clients, stack, exists=exists, bucket=_BUCKET, sleep=_briefly)

    def _run_once(self, export: str) -> list[str]:
        if self.without_database:
            return ["not run: the database is recorded only"]
        values = tasks.exports(self.clients)
        last = tasks.run_once(self.clients, self._place(values), values[export], self.timeout_seconds)
        self._definitions.append(values[export])
        return [last] if last else []

    def _place(self, values: Mapping[str, str]) -> Place:
        return Place(
            self._exported(values, "ClusterName"),
            tuple(self._exported(values, "PrivateSubnetIds").split(",")),
            (self._exported(values, "TasksSecurityGroupId"),),
        )

    def _exported(self, values: Mapping[str, str], suffix: str) -> str:
        first = self.stacks[0].parameters
        return values[f"{first['Application']}-{first['Environment']}-{suffix}"]

    def _steady(self, stack: Stack) -> list[str]:
        service = self._followed(stack)
        if reason := tasks.failed_deployment(service):
            raise StepFailedError(reason, self._last_words(stack))
        count = self._containers(stack.parameters["Service"])
        if not count and service["desiredCount"]:
            raise StepFailedError("the emulator says it runs, and there is no container")
        self._definitions.append(service["taskDefinition"])
        return [f"{count} of {service['desiredCount']} tasks"]

    def _followed(self, stack: Stack) -> dict[str, Any]:
        cluster = self._exported(tasks.exports(self.clients), "ClusterName")
        return tasks.follow(self.clients, cluster, stack.parameters["Service"], self.timeout_seconds)

    def _last_words(self, stack: Stack) -> tuple[str, ...]:
        cluster = self._exported(tasks.exports(self.clients), "ClusterName")
        return tasks.last_words(self.clients, cluster, stack.parameters["Service"])

    def _containers(self, service: str) -> int:
        wanted = {"label": [self.emulator.label, f"com.amazonaws.ecs.container-name={service}"]}
        return len(self.client.containers.list(filters=wanted, ignore_removed=True))

    def balancer(self) -> LoadBalancer:
        """The environment's load balancer, by the listener that the rules hang on."""
        if self._balancer is None:
            values, elbv2 = tasks.exports(self.clients), self.clients("elbv2")
            listener = elbv2.describe_listeners(ListenerArns=[self._exported(values, "ListenerArn")])["Listeners"][0]
            described = elbv2.describe_load_balancers(LoadBalancerArns=[listener["LoadBalancerArn"]])
            one = described["LoadBalancers"][0]
            self._balancer = LoadBalancer(
                self.emulator.host, self.emulator.port, one["LoadBalancerName"], one["DNSName"], listener["Port"]
            )
        return self._balancer

    def _ask(self, probe: Probe) -> list[str]:
        answer = self.balancer().ask(probe)
        self.answers.append(answer)
        told = f"{probe.method} {probe.path}: {answer.status or 'no answer'}"
        if not answer.ok:
            raise StepFailedError(f"{told}, not a redirect to {probe.redirect}" if probe.redirect else told)
        return [told, f"{answer.milliseconds} ms"]

    def _compare_with(self, recorded: Recorded) -> None:
        """What differs is told, and says nothing against the steps that follow."""
        with suppress(_StoppedError), self._step("the same answers") as note:
            self.compared = list(compared(recorded, self.balancer().browser()))
            different = sum(bool(one.differences) for one in self.compared)
            if different:
                raise StepFailedError(f"{different} of {len(self.compared)} requests are answered differently")
            note.append(f"{len(self.compared)} of {len(self.compared)} requests are answered alike")

    def _second_pass(self) -> list[str]:
        for stack in self._deployed.values():
            change_set = self._change_set(stack, exists=True)
            if change_set.kind != "none":
                changed = ", ".join(change.logical_id for change in change_set.changes)
                raise StepFailedError(f"{stack.part} would change again: {changed}")
        return [f"{len(self._deployed)} stacks"]

    def _probe_of(self, stack: Stack) -> Probe | None:
        own = (probe for probe in self.probes if probe.service == stack.parameters["Service"])
        return next((probe for probe in own if not probe.redirect), None)

    def _roll_out(self, stack: Stack) -> list[str]:
        before = self._followed(stack)["taskDefinition"]
        probe = self._probe_of(stack)
        with stream(self.balancer(), probe) as requests:
            self._deploy(self._with_image(stack, SECOND))
            service = self._followed(stack)
            if reason := tasks.failed_deployment(service):
                raise StepFailedError(reason, self._last_words(stack))
        if service["taskDefinition"] == before:
            raise StepFailedError("the service still runs the task definition of before")
        if requests.failed:
            raise StepFailedError(f"{requests} while it rolled out: {dict(requests.statuses)}")
        return [str(requests)] if probe else ["it has no route to ask"]

    def _roll_back(self, stack: Stack) -> list[str]:
        before = self._followed(stack)["taskDefinition"]
        service = stack.parameters["Service"]
        crashing = _changed(
            self._deployed[stack.part], {"ImageUri": self.images.crashing(self._repository(stack), service)}
        )
        with stream(self.balancer(), self._probe_of(stack)) as requests:
            self._deploy(crashing)
            after = self._followed(stack)
        reason = tasks.failed_deployment(after)
        if not reason:
            raise StepFailedError("the deployment of an image that crashes was not found to fail")
        if after["taskDefinition"] != before:
            raise StepFailedError(f"not rolled back: {reason}")
        if requests.failed:
            raise StepFailedError(f"{requests} while it rolled back: {dict(requests.statuses)}")
        return ["rolled back", str(requests)]


class _StoppedError(Exception):
    """A step failed, and those after it would say nothing."""


def _changed(stack: Stack, parameters: Mapping[str, str]) -> Stack:
    return replace(stack, parameters={**stack.parameters, **parameters})


def _briefly(_: float) -> None:
    """The emulator answers in milliseconds: AWS's own intervals would make a rehearsal take minutes."""
    time.sleep(_LOOK_SECONDS)
