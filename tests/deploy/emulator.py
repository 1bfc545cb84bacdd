"""A small CloudFormation over HTTP, in the service's own query protocol, with the failures that a test orders."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

ACCOUNT = "111122223333"


@dataclass
class Cloud:
    """Stacks by name, and what to answer instead: `faults` maps an action to answers used up one by one.

    A fault is (HTTP status, code, message); `lost` after the action was done closes the connection without an answer.
    """

    stacks: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    change_sets: dict[str, dict[str, str]] = field(default_factory=dict)
    events: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    changes: str = ""
    failure: str = ""
    faults: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def answer(self, action: str, given: dict[str, str]) -> str:
        return str(getattr(self, "_" + action.lower())(given))

    def _getcalleridentity(self, given: dict[str, str]) -> str:
        return f"<Account>{ACCOUNT}</Account>"

    def _listexports(self, given: dict[str, str]) -> str:
        return "<Exports></Exports>"

    def _describestacks(self, given: dict[str, str]) -> str:
        name = given["StackName"]
        if name not in self.stacks:
            raise RefusalError(400, "ValidationError", f"Stack with id {name} does not exist")
        status = self.stacks[name]
        return (
            f"<Stacks><member><StackName>{name}</StackName><CreationTime>2026-11-21T00:00:00Z</CreationTime>"
            f"<StackStatus>{status}</StackStatus></member></Stacks>"
        )

    def _createchangeset(self, given: dict[str, str]) -> str:
        stack, name = given["StackName"], given["ChangeSetName"]
        arn = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:changeSet/{stack}/{name}"
        if arn in self.change_sets:
            raise RefusalError(400, "AlreadyExistsException", "it exists", "AlreadyExistsException")
        if self.stacks.get(stack) == "ROLLBACK_COMPLETE":
            raise RefusalError(
                400, "ValidationError", f"Stack:{stack} is in ROLLBACK_COMPLETE state and can not be updated."
            )
        if stack not in self.stacks:
            self.stacks[stack] = "REVIEW_IN_PROGRESS"
        self.change_sets[arn] = {"stack": stack, "body": given["TemplateBody"], "kind": given["ChangeSetType"]}
        return f"<Id>{arn}</Id><StackId>{stack}</StackId>"

    def _describechangeset(self, given: dict[str, str]) -> str:
        made = self.change_sets[given["ChangeSetName"]]
        if self.templates.get(made["stack"]) == made["body"]:
            return "<Status>FAILED</Status><StatusReason>The submitted information didn't contain changes.</StatusReason><Changes></Changes>"
        return f"<Status>CREATE_COMPLETE</Status><Changes>{self.changes}</Changes>"

    def _deletechangeset(self, given: dict[str, str]) -> str:
        for arn in [arn for arn in self.change_sets if given["ChangeSetName"] in arn]:
            del self.change_sets[arn]
        return ""

    def _executechangeset(self, given: dict[str, str]) -> str:
        made = self.change_sets.pop(given["ChangeSetName"])
        stack = made["stack"]
        if self.failure:
            self.stacks[stack] = "ROLLBACK_COMPLETE" if made["kind"] == "CREATE" else "UPDATE_ROLLBACK_COMPLETE"
            self.events.setdefault(stack, []).append(("It", "CREATE_FAILED", self.failure))
            self.events[stack].append(("Other", "CREATE_FAILED", "Resource creation cancelled"))
        else:
            self.stacks[stack] = f"{made['kind']}_COMPLETE"
            self.templates[stack] = made["body"]
            self.events.setdefault(stack, []).append(("It", "CREATE_COMPLETE", ""))
        return ""

    def _describestackevents(self, given: dict[str, str]) -> str:
        events = list(enumerate(self.events.get(given["StackName"], [])))
        members = (
            f"<member><EventId>{number}</EventId><StackId>s</StackId><StackName>s</StackName>"
            f"<Timestamp>2026-11-21T00:00:00Z</Timestamp><LogicalResourceId>{name}</LogicalResourceId>"
            f"<ResourceStatus>{status}</ResourceStatus><ResourceStatusReason>{escape(reason)}</ResourceStatusReason></member>"
            for number, (name, status, reason) in reversed(events)
        )
        return f"<StackEvents>{''.join(members)}</StackEvents>"

    def _deletestack(self, given: dict[str, str]) -> str:
        self.stacks.pop(given["StackName"], None)
        return ""


class RefusalError(Exception):
    def __init__(self, status: int, code: str, message: str, short: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, short or code, message


@contextmanager
def running(cloud: Cloud) -> Iterator[str]:
    """The URL of a server that answers for the cloud."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            action = given["Action"]
            cloud.calls.append(action)
            try:
                if (fault := (cloud.faults.get(action) or [None]).pop(0)) and fault[1] != "lost":
                    raise RefusalError(*fault)
                inner = cloud.answer(action, given)
                if fault:
                    self.close_connection = True
                    return
            except RefusalError as refusal:
                if fault and fault[1] == "lost":
                    self.close_connection = True
                    return
                error = f"<Error><Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error>"
                self._send(refusal.status, f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>")
                return
            self._send(200, f"<{action}Response><{action}Result>{inner}</{action}Result></{action}Response>")

        def _send(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
