"""The load balancer's routing for one machine: the conditions of ALB rules as regular expressions of an nginx server.

plan/listener_rules.py says how an ALB matches.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.artefacts.text import Line, joined, lines
from toolkit.plan.model import Plan
from toolkit.plan.routing.listener_rules import at_any_host, rules

# Characters of a path that mean nothing to nginx's configuration grammar nor to a regular expression.
_HARMLESS = re.compile(r"[A-Za-z0-9_/~@:&-]")


@dataclass(frozen=True, slots=True)
class Route:
    """One path pattern of a listener rule, with the host names and methods of the rule, the path that it redirects to, and the prefix
    that it takes off."""

    pattern: str
    service: str
    port: int
    priority: int | None
    key: str
    hosts: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    redirect: str = ""
    strip: str = ""


def routes(plan: Plan) -> tuple[Route, ...]:
    """Every path pattern in the order in which the load balancer asks; rules without a priority come last."""
    return tuple(
        Route(
            pattern,
            rule.service,
            rule.port,
            rule.priority,
            f"services.{rule.service}.{'root_redirect' if rule.redirect else 'paths'}",
            rule.hosts,
            rule.methods,
            rule.redirect,
            rule.strip,
        )
        for rule in at_any_host(rules(plan))
        for pattern in rule.patterns
    )


def request_regex(route: Route) -> str:
    """What matches `<method> <host> <path>` of the requests that a rule takes by this pattern, and nothing but (PCRE). The host
    is in small letters."""
    methods = f"(?:{'|'.join(route.methods)})" if route.methods else "[^ ]*"
    hosts = "|".join("".join(_regex(c, "[^ ]") for c in host.lower()) for host in route.hosts)
    return f"(?s)^{methods} {f'(?:{hosts})' if hosts else '[^ ]*'} {path_regex(route.pattern)}\\z"


def path_regex(pattern: str) -> str:
    """An ALB path pattern as a regular expression (PCRE)."""
    return "".join(_regex(character, ".") for character in pattern)


def _regex(character: str, any_: str) -> str:
    if character == "*":
        return f"{any_}*"
    if character == "?":
        return any_
    if _HARMLESS.fullmatch(character):
        return character
    # By its code where nginx would take it for a quote.
    return "\\" + character if character in ".$+" else "".join(f"\\x{byte:02x}" for byte in character.encode())


def nginx_server(found: tuple[Route, ...], hosts: Mapping[str, str], port: int) -> tuple[Line, ...]:
    """The server: the first expression that matches a request says which service gets it, or where it is redirected to; 404
    for the rest. `hosts` are the services' names on the local network.

    It forwards what an ALB forwards: the Host header as it came, X-Forwarded-For with the client appended, -Proto and
    -Port of the listener, web sockets, bodies of any size.
    """
    redirects = _REDIRECT if any(route.redirect for route in found) else ""
    rewritten = dict.fromkeys((f"{hosts[route.service]}:{route.port}", route.strip) for route in found if route.strip)
    server = _SERVER.replace("PORT", str(port)).replace("    REDIRECT\n", redirects)
    return joined(
        lines(_MAP),
        *(_target(route, hosts[route.service]) for route in found),
        lines("}"),
        lines(_REWRITE.replace("    RULES", "\n".join(map(_rewrite, rewritten))) if rewritten else ""),
        lines(server.replace("http://$service", "http://$service$forwarded") if rewritten else server),
    )


def _rewrite(one: tuple[str, str]) -> str:
    """The line that takes the prefix off what goes to a service, as the rewrite of cloudformation/service.yaml does."""
    return f'    "~^{rewrite_regex(*one)}" /$rest;'


def rewrite_regex(target: str, prefix: str) -> str:
    """What matches `<host>:<port><path and query>` of requests to a service from which a prefix is taken off (PCRE)."""
    return f"{re.escape(target)}{prefix}/?(?<rest>.*)"


def _target(route: Route, host: str) -> tuple[Line, ...]:
    rule = f"rule {route.priority}" if route.priority else "rule without a priority"
    target = route.redirect or f"{host}:{route.port}"
    return (
        Line(f"    # {rule}: {' '.join((*route.methods, *route.hosts, route.pattern))}", route.key),
        Line(f'    "~{request_regex(route)}" {target};', route.key),
    )


# The expressions are asked in this order: https://nginx.org/en/docs/http/ngx_http_map_module.html (reviewed 2026-11-21)
_MAP = """\
map "$request_method $host $uri" $service {
    default "";"""

# As the load balancer redirects: to the same host and port, with the query.
_REDIRECT = """\
        if ($service ~ "^/") {
            return 302 $scheme://$http_host$service$is_args$args;
        }
"""

# The conditions above look at the path as it was asked for; what is forwarded is its raw text, with the query.
_REWRITE = """\
map "$service$request_uri" $forwarded {
    default $request_uri;
    RULES
}"""

_SERVER = """\
map $http_upgrade $connection_header {
    default upgrade;
    "" "";
}
server {
    listen PORT;
    server_tokens off;
    # Docker's own name server. A variable makes nginx ask it for each request, so that it starts without the services.
    resolver 127.0.0.11 valid=5s;
    client_max_body_size 0;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_header;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Port $server_port;
    location / {
        default_type text/plain;
        if ($service = "") {
            return 404 "Not found";
        }
    REDIRECT
        proxy_pass http://$service;
    }
}"""
