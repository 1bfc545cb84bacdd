"""The proxy of the compose file, a real nginx, against the rules: random services with paths, hosts and methods."""

import http.client
import io
import random
import tarfile
import time
from collections.abc import Iterator

import docker
import pytest

from tests.engine.conftest import require
from tests.plan.rule_engine import METHODS, random_plan, random_url, rewritten
from toolkit.artefacts.routing import nginx_server, routes
from toolkit.plan.model import Plan
from toolkit.plan.routing.listener_rules import at_any_host, choose, host_of, path_of, rules

pytestmark = pytest.mark.engine

NAME = "replatform-test-proxy"
IMAGE = "nginx:stable"
PLANS, REQUESTS = 12, 60
QUERY = "?next=/ab/c"
# nginx decides by the address as it understands it; what it would normalise is left to the tests of the rules.
PLAIN = frozenset("abAB/_-$~'@:+&")


@pytest.fixture
def container(client: docker.DockerClient) -> Iterator[docker.models.containers.Container]:
    require(client, IMAGE)
    ports = {f"{9000 + number}/tcp": ("127.0.0.1", None) for number in range(PLANS)}
    container = client.containers.create(IMAGE, name=NAME, ports=ports)
    try:
        yield container
    finally:
        container.remove(force=True)


def with_ports(plan: Plan, first: int) -> Plan:
    """A port of its own for each service."""
    ports = {
        name: one.model_copy(update={"port": port})
        for port, (name, one) in enumerate(plan.services.items(), start=first)
    }
    return plan.model_copy(update={"services": ports})


def configuration(plans: list[Plan]) -> str:
    """A server for each plan; every service is a server that says its name, and what it was asked for."""
    text = []
    for number, plan in enumerate(plans):
        hosts = dict.fromkeys(plan.services, "127.0.0.1")
        server = "\n".join(line.text for line in nginx_server(routes(plan), hosts, 9000 + number))
        for name, service in plan.services.items():
            text.append(
                f'server {{ listen 127.0.0.1:{service.port}; location / {{ return 200 "{name} $request_uri"; }} }}'
            )
        # Variables of `map` are those of the whole nginx.
        for variable in ("$service", "$connection_header", "$forwarded"):
            server = server.replace(variable, f"{variable}{number}")
        text.append(server)
    return "\n".join(text)


def test_nginx_chooses_as_the_rules_do(container: docker.models.containers.Container) -> None:
    random_ = random.Random(20261121)
    plans = [with_ports(random_plan(random_), 10_000 + 10 * number) for number in range(PLANS)]
    data = configuration(plans).encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("default.conf")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    container.put_archive("/etc/nginx/conf.d", buffer.getvalue())
    container.start()
    deadline = time.monotonic() + 30
    while b"ready for start up" not in container.logs() and time.monotonic() < deadline:
        time.sleep(0.2)
    container.reload()
    assert container.status == "running", container.logs().decode()
    forwarded = redirected = stripped = asked = 0
    for number, plan in enumerate(plans):
        port = int(container.attrs["NetworkSettings"]["Ports"][f"{9000 + number}/tcp"][0]["HostPort"])
        for _ in range(REQUESTS):
            method, url = random_.choice(METHODS), random_url(random_, plan)
            path, host = path_of(url), host_of(url) or "nobody.example"
            if not set(path) <= PLAIN or "//" in path:
                continue
            chosen = choose(at_any_host(rules(plan)), path, method, host)
            expected = (404, "")
            if chosen and chosen[0].redirect:
                expected = (302, f"http://{host}{chosen[0].redirect}{QUERY}")
            elif chosen:
                # The answer to HEAD has no body to say who it is from.
                asked_for = rewritten(plan.services[chosen[0].service], f"{path}{QUERY}")
                expected = (200, f"{chosen[0].service} {asked_for}" if method != "HEAD" else "")
                stripped += asked_for != f"{path}{QUERY}"
            assert _ask(port, method, host, path) == expected, (method, url, plan.services)
            asked += 1
            forwarded += expected[0] == 200
            redirected += expected[0] == 302
    assert asked > 300
    assert 50 < forwarded < asked - redirected - 50
    assert redirected > 20
    assert stripped > 20


def _ask(port: int, method: str, host: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, f"{path}{QUERY}", headers={"Host": host})
        response = connection.getresponse()
        body = response.read().decode()
        return response.status, response.getheader("Location", body if response.status == 200 else "")
    finally:
        connection.close()
