"""The load balancer's path routing for one machine: ALB path patterns as locations of an nginx server.

plan/listener_rules.py says how an ALB matches.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.artefacts.text import Line, joined, lines
from toolkit.plan.listener_rules import rules
from toolkit.plan.model import Plan

# Characters of a path that mean nothing to nginx's configuration grammar nor to a regular expression.
_HARMLESS = re.compile(r"[A-Za-z0-9_/~@:&-]")


@dataclass(frozen=True, slots=True)
class Route:
    """One path pattern of a listener rule."""

    pattern: str
    service: str
    port: int
    priority: int | None
    key: str


def routes(plan: Plan) -> tuple[Route, ...]:
    """Every path pattern in the order in which the load balancer asks; rules without a priority come last."""
    return tuple(
        Route(pattern, rule.service, rule.port, rule.priority, f"services.{rule.service}.paths")
        for rule in rules(plan)
        for pattern in rule.patterns
    )


def path_regex(pattern: str) -> str:
    """An ALB path pattern as a regular expression (PCRE) that matches the whole path, and nothing but."""
    return "(?s)^" + "".join(_regex(character) for character in pattern) + r"\z"


def _regex(character: str) -> str:
    if character == "*":
        return ".*"
    if character == "?":
        return "."
    if _HARMLESS.fullmatch(character):
        return character
    # By its code where nginx would take it for a quote.
    return "\\" + character if character in ".$+" else "".join(f"\\x{byte:02x}" for byte in character.encode())


def nginx_server(found: tuple[Route, ...], hosts: Mapping[str, str], port: int) -> tuple[Line, ...]:
    """The server: a location for each route, 404 for the rest. `hosts` are the services' names on the local network.

    It forwards what an ALB forwards: the Host header as it came, X-Forwarded-For with the client appended, -Proto and
    -Port of the listener, web sockets, bodies of any size.
    """
    return joined(
        lines(_HEAD.replace("PORT", str(port))), *map(_location, found, (hosts[r.service] for r in found)), lines(_TAIL)
    )


def _location(route: Route, host: str) -> tuple[Line, ...]:
    rule = f"rule {route.priority}" if route.priority else "rule without a priority"
    return (
        Line(f"    # {rule}: {route.pattern}", route.key),
        # A variable makes nginx look the name up when it is asked, so that it starts without the service.
        Line(f'    location ~ "{path_regex(route.pattern)}" {{', route.key),
        Line(f"        set $service {host};", route.key),
        Line(f"        proxy_pass http://$service:{route.port};", f"services.{route.service}.port"),
        Line("    }", route.key),
    )


_HEAD = """\
map $http_upgrade $connection_header {
    default upgrade;
    "" "";
}
server {
    listen PORT;
    server_tokens off;
    # Docker's own name server.
    resolver 127.0.0.11 valid=5s;
    client_max_body_size 0;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_header;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Port $server_port;"""

_TAIL = """\
    location / {
        default_type text/plain;
        return 404 "Not found";
    }
}"""
