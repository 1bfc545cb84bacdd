"""Following a stack until it stands still: its events as they come, and the first failure with its reason."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from toolkit.aws.clients import Clients, explained
from toolkit.deploy.change_sets import Sleep, is_missing
from toolkit.errors import TemporaryError

POLL_SECONDS = 5.0
# Hours are usual for a large database; after that someone should look.
TIMEOUT_SECONDS = 6 * 3600.0
_CONSEQUENCES = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")


@dataclass(frozen=True)
class Event:
    """One event of a stack, oldest first when followed."""

    id: str
    logical_id: str
    type: str
    status: str
    reason: str = ""
    physical_id: str = ""

    @property
    def failed(self) -> bool:
        """A failure of its own, not one that follows from another."""
        return self.status.endswith("_FAILED") and not self.reason.startswith(_CONSEQUENCES)


@dataclass(frozen=True)
class Outcome:
    """How it ended: the stack's last status (DELETED when it is gone) and the first failure, if any."""

    status: str
    failure: Event | None = None

    @property
    def ok(self) -> bool:
        return self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETED", "IMPORT_COMPLETE")


def status_of(clients: Clients, name: str) -> str:
    """The stack's status; empty when there is no such stack."""
    from botocore.exceptions import ClientError

    with explained(f"looking at stack {name}"):
        try:
            return str(clients("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        except ClientError as error:
            if is_missing(error):
                return ""
            raise


def last_event(clients: Clients, name: str) -> str:
    """Id of the newest event, empty for none: take it before a change, and follow from there."""
    return next((event.id for event in _newest_first(clients, name)), "")


def follow(
    clients: Clients,
    name: str,
    after: str = "",
    on_event: Callable[[Event], None] = lambda event: None,
    on_look: Callable[[], None] = lambda: None,
    sleep: Sleep = time.sleep,
) -> Outcome:
    """Follows a stack (name or ARN) until no operation is under way, giving each event after `after` once.

    `on_look` is called at each look, for progress of other things. Raises TemporaryError when the connection is lost
    for longer than the SDK's own attempts, or after TIMEOUT_SECONDS: the stack goes on without us.
    """
    failure: Event | None = None
    waited = 0.0
    while True:
        status = status_of(clients, name)  # before the events, so that none of a finished operation is missed
        fresh: list[Event] = []
        for event in _newest_first(clients, name):
            if event.id == after:
                break
            fresh.append(event)
        for event in reversed(fresh):
            on_event(event)
            after = event.id
            if failure is None and event.failed:
                failure = event
        on_look()
        if not status or status == "DELETE_COMPLETE":
            return Outcome("DELETED", failure)
        if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
            return Outcome(status, failure)
        if waited >= TIMEOUT_SECONDS:
            raise TemporaryError(
                f"stack {name} is still {status}", to_do="run the same command again to follow it further"
            )
        sleep(POLL_SECONDS)
        waited += POLL_SECONDS


def _newest_first(clients: Clients, name: str) -> Iterator[Event]:
    from botocore.exceptions import ClientError

    token: dict[str, Any] = {}
    while True:
        with explained(f"reading the events of {name}"):
            try:
                page = clients("cloudformation").describe_stack_events(StackName=name, **token)
            except ClientError as error:
                if is_missing(error):
                    return
                raise
        for item in page["StackEvents"]:
            yield Event(
                item["EventId"],
                item.get("LogicalResourceId", ""),
                item.get("ResourceType", ""),
                item.get("ResourceStatus", ""),
                item.get("ResourceStatusReason", ""),
                item.get("PhysicalResourceId", ""),
            )
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
