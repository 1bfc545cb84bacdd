"""One environment, stack by stack: what would change, and making it so. A second run goes on where a first stopped."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from toolkit.artefacts.ecs_service_config import FROM_THE_BUILD
from toolkit.aws.clients import Clients, FailedError, explained
from toolkit.deploy import change_sets
from toolkit.deploy.change_sets import ChangeSet, Sleep
from toolkit.deploy.follow import POLL_SECONDS, Event, Outcome, follow, last_event, status_of
from toolkit.deploy.services import progress, service_arns, why_stopped
from toolkit.errors import BadInputError, TemporaryError
from toolkit.stacks.environment import Stack

# A first creation that failed leaves a stack that holds nothing and can only be deleted.
_EMPTY_SHELLS = frozenset({"ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"})
# States in which CloudFormation takes no change; somebody must look.
_STUCK = {
    "CREATE_FAILED": "look at it in the console, then delete the stack",
    "DELETE_FAILED": "look at what could not be deleted, then delete the stack",
    "ROLLBACK_FAILED": "look at it in the console, then delete the stack",
    "UPDATE_ROLLBACK_FAILED": "mend what its events name, then: aws cloudformation continue-update-rollback",
}
_STEADY_TIMEOUT_SECONDS = 1800.0
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Deployment:
    """What a deployment needs on its way: AWS, where large templates go, and whom to tell."""

    clients: Clients
    bucket: str = ""
    tell: Tell = lambda line: None
    sleep: Sleep = time.sleep


def account_of(clients: Clients, wanted: str = "") -> str:
    """The account that the credentials belong to. Raises BadInputError where another is wanted."""
    with explained("asking whose credentials these are"):
        owner = str(clients("sts").get_caller_identity()["Account"])
    if wanted and owner != wanted:
        raise BadInputError(f"the credentials are of account {owner}, not {wanted}", to_do="choose another AWS_PROFILE")
    return owner


def template_bucket(clients: Clients, stacks: Iterable[Stack]) -> str:
    """The environment's template bucket, once pipeline-foundation exports it; else empty."""
    wanted = {name for stack in stacks for name in stack.exports if name.endswith("-TemplateBucketName")}
    return next((value for name, value in _exports(clients) if name in wanted), "")


def without_images(clients: Clients, stacks: Iterable[Stack]) -> tuple[tuple[Stack, ...], tuple[str, ...]]:
    """Stacks that can be deployed, and the parts that wait for the first image of their service."""
    ready, waiting = [], []
    for stack in stacks:
        waits = FROM_THE_BUILD & set(stack.missing)
        if waits and status_of(clients, stack.name) in ("", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"):
            waiting.append(stack.part)
        else:
            ready.append(stack)
    return tuple(ready), tuple(waiting)


def plan(deployment: Deployment, stacks: Iterable[Stack]) -> Iterator[ChangeSet]:
    """The change set of each stack in order; predicted from the template where it cannot be computed yet.

    Waits for operations that an earlier run started. Changes nothing, but for change sets and, with the first, stacks
    in review. Raises FailedError for a stack that takes no change, BadInputError for a parameter without a value and for a
    platform that is not there.
    """
    present = {name for name, _ in _exports(deployment.clients)}
    for stack in stacks:
        status = _settled(deployment, stack)
        if status in _STUCK:
            raise FailedError(f"stack {stack.name} is {status} and takes no change", to_do=_STUCK[status])
        exists = bool(status) and status not in _EMPTY_SHELLS and status != "DELETED"
        if not exists and stack.missing:
            raise BadInputError(
                f"{stack.part}: no value for {', '.join(stack.missing)}",
                where=stack.template.path,
                to_do=f"--set {stack.part}.{stack.missing[0]}=VALUE, or --without {stack.part}",
            )
        shared = {name for name in stack.imports if name.startswith(f"{stack.parameters.get('Platform')}-")}
        if absent := sorted(shared - present):
            raise BadInputError(
                f"{stack.part}: the platform {stack.parameters['Platform']} does not export {absent[0]} here",
                where=stack.template.path,
                to_do="deploy the platform first: the same command, in the folder that has its PLATFORM.md",
            )
        expected = {name for name in stack.imports if name.startswith(f"{stack.name.removesuffix(stack.part)}")}
        if status == "ROLLBACK_COMPLETE" or (not exists and not expected <= present):
            yield change_sets.predict(stack)
        else:
            yield change_sets.create(
                deployment.clients, stack, exists=exists, bucket=deployment.bucket, sleep=deployment.sleep
            )


def refuse(planned: Iterable[ChangeSet], asked_for: frozenset[str]) -> None:
    """Raises FailedError when a database, replication instance or task would go, and was not named (`part.LogicalId`)."""
    names = [f"{one.stack.part}.{change.logical_id}" for one in planned for change in one.changes if change.protected]
    if refused := [name for name in names if name not in asked_for]:
        raise FailedError(
            f"refused: this would replace or remove {', '.join(refused)}",
            to_do=f"undo the change, or, if it is meant: --replace {refused[0]}",
        )


def apply(deployment: Deployment, planned: ChangeSet, asked_for: frozenset[str]) -> str:
    """Makes one stack what was planned, and its services steady; gives the stack's last status, or `unchanged`.

    Raises FailedError with the first failure, its reason and a failed task's last log lines.
    """
    clients, stack = deployment.clients, planned.stack
    if planned.kind == "none":
        _steady(deployment, stack)
        return "unchanged"
    if planned.predicted:
        if status_of(clients, stack.name) == "ROLLBACK_COMPLETE":
            _delete_shell(deployment, stack)
        planned = change_sets.create(clients, stack, exists=False, bucket=deployment.bucket, sleep=deployment.sleep)
        refuse([planned], asked_for)
    after = last_event(clients, stack.name)
    if stack.policy and planned.kind == "update":
        with explained(f"setting the stack policy of {stack.name}"):
            clients("cloudformation").set_stack_policy(StackName=stack.name, StackPolicyBody=stack.policy)
    change_sets.execute(clients, planned)
    outcome = _followed(deployment, stack, after)
    if not outcome.ok:
        raise _failure(stack, outcome)
    if stack.policy and planned.kind == "create":
        with explained(f"setting the stack policy of {stack.name}"):
            clients("cloudformation").set_stack_policy(StackName=stack.name, StackPolicyBody=stack.policy)
    _steady(deployment, stack)
    return outcome.status


def _exports(clients: Clients) -> Iterator[tuple[str, str]]:
    with explained("reading the exports of the stacks"):
        for page in clients("cloudformation").get_paginator("list_exports").paginate():
            yield from ((item["Name"], item["Value"]) for item in page["Exports"])


def _settled(deployment: Deployment, stack: Stack) -> str:
    """The stack's status, once what an earlier run started has ended."""
    status = status_of(deployment.clients, stack.name)
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        deployment.tell(f"{stack.part}: {status} from an earlier run; following it")
        after = last_event(deployment.clients, stack.name)
        return follow(deployment.clients, stack.name, after, sleep=deployment.sleep).status
    return status


def _delete_shell(deployment: Deployment, stack: Stack) -> None:
    deployment.tell(f"{stack.part}: deleting what a failed first creation left")
    after = last_event(deployment.clients, stack.name)
    with explained(f"deleting the failed stack {stack.name}"):
        deployment.clients("cloudformation").delete_stack(StackName=stack.name)
    outcome = _followed(deployment, stack, after)
    if not outcome.ok:
        raise _failure(stack, outcome)


def _followed(deployment: Deployment, stack: Stack, after: str) -> Outcome:
    told: set[str] = set()
    failed: list[str] = []

    def on_event(event: Event) -> None:
        reason = f" ({event.reason})" if event.reason else ""
        deployment.tell(f"{stack.part}: {event.status} {event.logical_id}{reason}")
        if event.failed and event.type == "AWS::ECS::Service" and "/" in event.physical_id and not failed:
            # Now: the rollback takes the service away, and with it the way to its tasks.
            failed.extend(why_stopped(deployment.clients, event.physical_id))

    def on_look() -> None:
        if any(body.get("Type") == "AWS::ECS::Service" for body in stack.template.resources.values()):
            _tell_progress(deployment, stack, told)

    outcome = follow(deployment.clients, stack.name, after, on_event, on_look, deployment.sleep)
    if outcome.failure and failed:
        return replace(outcome, failure=replace(outcome.failure, reason="\n  ".join([outcome.failure.reason, *failed])))
    return outcome


def _tell_progress(deployment: Deployment, stack: Stack, told: set[str]) -> None:
    if not status_of(deployment.clients, stack.name):
        return
    for one in progress(deployment.clients, service_arns(deployment.clients, stack.name)):
        line = f"{stack.part}: {one.running} of {one.desired} tasks run"
        if line not in told:
            told.add(line)
            deployment.tell(line)


def _steady(deployment: Deployment, stack: Stack) -> None:
    """Waits until the stack's services run what they should; the stack's own status does not prove it."""
    if not any(body.get("Type") == "AWS::ECS::Service" for body in stack.template.resources.values()):
        return
    arns = service_arns(deployment.clients, stack.name)
    waited = 0.0
    while True:
        states = tuple(progress(deployment.clients, arns))
        for arn, state in zip(arns, states, strict=False):
            if state.rollout == "FAILED":
                failed = f"the deployment of service {state.service} failed"
                raise FailedError("\n  ".join([failed, *why_stopped(deployment.clients, arn)]))
        if all(state.steady for state in states):
            return
        if waited >= _STEADY_TIMEOUT_SECONDS:
            raise TemporaryError(f"the services of {stack.name} are not steady yet", to_do="run the same command again")
        deployment.sleep(POLL_SECONDS)
        waited += POLL_SECONDS


def _failure(stack: Stack, outcome: Outcome) -> FailedError:
    failure = outcome.failure
    reason = f"{failure.logical_id}: {failure.reason or failure.status}" if failure else "its events give no reason"
    return FailedError(
        f"stack {stack.name} is {outcome.status}; first failure: {reason}",
        where=stack.template.path,
        to_do="mend it, then run the same command again",
    )
