"""AWS over HTTP as far as this program talks to it: boto3's own clients speak their services' protocols with it.

Answers are checked against botocore's description of the service, so that no test rests on a field that AWS does not send.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import botocore.session
from botocore import xform_name
from botocore.validate import validate_parameters

from tests.aws.cloudformation import CloudFormation
from tests.aws.containers import Containers
from tests.aws.dms import Dms
from tests.aws.refusal import RefusalError

ACCOUNT = "111122223333"
_SERVICES = {"AmazonEC2ContainerServiceV20141113": "ecs", "Logs_20140328": "logs", "AmazonDMSv20160101": "dms"}
# What happens to a connection in place of a refusal: closed before anything was done, closed after it was done,
# closed in the middle of the answer.
UNDONE, DONE, CUT = "undone", "done", "cut"
Fault = RefusalError | str


@dataclass
class Aws:
    """One account. `faults`: for an operation, what goes wrong at its next calls; `calls`: all that was asked for."""

    faults: dict[str, list[Fault]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    containers: Containers = field(default_factory=Containers)
    dms: Dms = field(default_factory=Dms)

    def __post_init__(self) -> None:
        self.cloudformation = CloudFormation(self.objects)

    def fail(self, operation: str, *faults: Fault) -> None:
        self.faults[operation] = list(faults)

    def get_caller_identity(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"Account": ACCOUNT}

    def home(self, service: str) -> object:
        homes = {
            "ecs": self.containers,
            "logs": self.containers,
            "dms": self.dms,
            "cloudformation": self.cloudformation,
        }
        return homes.get(service, self)


@cache
def _described(service: str, operation: str) -> Any:
    return botocore.session.get_session().get_service_model(service).operation_model(operation)


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(inner)}</member>" for inner in value)
    return escape(str(value))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two would wait for each other's acknowledgement
    aws: Aws

    def handle_expect_100(self) -> bool:
        return super().handle_expect_100() and not self.wfile.flush()

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))

        def put() -> str:
            self.aws.objects[self.path.partition("?")[0]] = body
            return ""

        self._serve("PutObject", put, "<Error><Code>{code}</Code><Message>{message}</Message></Error>")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "X-Amz-Target" in self.headers:
            prefix, _, operation = self.headers["X-Amz-Target"].partition(".")
            service, given = _SERVICES[prefix], json.loads(body)
            refused = '{{"__type": "{code}", "message": "{message}"}}'
        else:
            given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            operation = given["Action"]
            service = "sts" if operation == "GetCallerIdentity" else "cloudformation"
            refused = "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"

        def answer() -> str:
            found = getattr(self.aws.home(service), xform_name(operation))(given)
            if shape := _described(service, operation).output_shape:
                validate_parameters(found, shape)
            if service in _SERVICES.values():
                return json.dumps(found)
            return f"<{operation}Response><{operation}Result>{_xml(found)}</{operation}Result></{operation}Response>"

        self._serve(operation, answer, refused)

    def _serve(self, operation: str, answer: Any, refused: str) -> None:
        self.aws.calls.append(operation)
        fault = (self.aws.faults.get(operation) or [""]).pop(0)
        self.close_connection = fault in (UNDONE, DONE, CUT)
        if fault == UNDONE:
            return
        status = 200
        try:
            if isinstance(fault, RefusalError):
                raise fault
            text = answer()
        except RefusalError as refusal:
            status, text = refusal.status, refused.format(code=refusal.code, message=refusal.message)
        if fault == DONE:
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode()[: len(text) // 2 if fault == CUT else None])

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def running(aws: Aws) -> Iterator[str]:
    """The URL at which the account answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"aws": aws}))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
