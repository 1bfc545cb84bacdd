"""The emulator as a process of this rehearsal alone: started, asked, and taken down with all that it made."""

import ipaddress
import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import BadInputError, TemporaryError

if TYPE_CHECKING:
    from docker import DockerClient

LABEL = "replatform.rehearsal"
_START_SECONDS = 60
_STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Emulator:
    """Where it listens, and the account and region that it plays. `label` is on every container that it starts."""

    host: str
    port: int
    account: str
    region: str
    label: str
    folder: Path

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def recorded(self) -> set[tuple[str, str]]:
        """Stack and logical ID of each resource that is a record only."""
        with suppress(FileNotFoundError):
            lines = (self.folder / "recorded").read_text(encoding="utf-8").splitlines()
            return {(stack, logical_id) for stack, _, logical_id in (line.partition(" ") for line in lines)}
        return set()


def new_account() -> str:
    """An account number of our own: what two rehearsals make on one engine has different names."""
    return "".join(secrets.choice("123456789") for _ in range(12))


@contextmanager
def emulator(
    client: "DockerClient", python: Path, account: str, region: str, told: dict[str, Any]
) -> Iterator[Emulator]:
    """A running emulator; at the end it and all of its containers are gone, whatever happened.

    `told` is what `mended` reads, without the label and the file for records. Raises BadInputError when this
    machine is not the engine's, TemporaryError when the emulator does not start.
    """
    host = bridge_address(client)
    remove_orphans(client)
    name = f"{os.getpid()}-{secrets.token_hex(6)}"
    with tempfile.TemporaryDirectory(prefix="replatform-rehearsal-") as place:
        folder = Path(place)
        one = Emulator(host, _free_port(host), account, region, f"{LABEL}={name}", folder)
        process = _start(python, one, told)
        try:
            _wait(process, one)
            yield one
        finally:
            _take_down(client, process, one)


def remove_orphans(client: "DockerClient") -> None:
    """Containers of rehearsals that were killed: their labels name a process that is no more."""
    import docker

    for container in client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True):
        owner = str(container.labels.get(LABEL, "")).partition("-")[0]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists():
            with suppress(docker.errors.NotFound):
                container.remove(force=True, v=True)


def bridge_address(client: "DockerClient") -> str:
    """This machine's address on the engine's default bridge: the one that tasks and we reach alike."""
    pool = (client.networks.get("bridge").attrs["IPAM"]["Config"] or [{}])[0]
    address = str(pool.get("Gateway") or _first_of(str(pool.get("Subnet") or "")))
    try:
        if not address:
            raise OSError
        _free_port(address)
    except OSError:
        raise BadInputError(
            "the Docker engine does not run on this machine",
            where=f"its bridge's address {address or '(none)'} is not ours",
            to_do="rehearse on a Linux machine with an engine of its own",
        ) from None
    return address


def _first_of(subnet: str) -> str:
    """What the engine gives itself where it tells no gateway, as one that made its bridge at this start does not."""
    try:
        return str(next(ipaddress.ip_network(subnet, strict=False).hosts()))
    except (StopIteration, ValueError):
        return ""


def _free_port(host: str) -> int:
    with socket.socket() as one:
        one.bind((host, 0))
        return int(one.getsockname()[1])


def _start(python: Path, one: Emulator, told: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = one.folder / "settings.json"
    settings.write_text(
        json.dumps(told | {"label": one.label, "recorded": str(one.folder / "recorded")}), encoding="utf-8"
    )
    # Nothing of our environment beside the way to the engine: no credentials, no proxy, no settings of another emulator.
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST", "TMPDIR") if name in os.environ}
    environment = inherited | {
        "GATEWAY_PORT": str(one.port),
        "BIND_HOST": one.host,
        "MINISTACK_HOST": one.host,
        # Databases answer on addresses and ports of their own, as on AWS: programs that are told no port know their engine's.
        "DOCKER_NETWORK": "bridge",
        "MINISTACK_ACCOUNT_ID": one.account,
        "MINISTACK_REGION": one.region,
        "RDS_BASE_PORT": str(_free_port("0.0.0.0")),
        "ELASTICACHE_BASE_PORT": str(_free_port("0.0.0.0")),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    environment["PYTHONPATH"] = str(Path(__file__).parent)  # where the package `mended` is
    with (one.folder / "log").open("wb") as log:
        return subprocess.Popen(
            [str(python), "-m", "mended", str(settings)], env=environment, cwd=one.folder, stdin=subprocess.PIPE,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip


def _wait(process: subprocess.Popen[bytes], one: Emulator) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while _ask(one, "GET", "/_ministack/health", seconds=2) != 200:
        if process.poll() is not None or time.monotonic() > deadline:
            lines = (one.folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()
            raise TemporaryError("the emulator does not start", where="\n".join(lines[-5:]))
        time.sleep(0.05)


def _ask(one: Emulator, method: str, path: str, seconds: float) -> int:
    connection = HTTPConnection(one.host, one.port, timeout=seconds)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def _take_down(client: "DockerClient", process: subprocess.Popen[bytes], one: Emulator) -> None:
    """Once begun it is carried through: a second Ctrl-C would leave containers behind."""
    import docker

    before = [(each, signal.signal(each, signal.SIG_IGN)) for each in (signal.SIGINT, signal.SIGTERM)]
    try:
        if process.poll() is None:
            # Without it the scheduler would start replacements while the process ends.
            _ask(one, "POST", "/_ministack/reset", seconds=_STOP_SECONDS)
            process.terminate()
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for container in client.containers.list(all=True, filters={"label": one.label}, ignore_removed=True):
            with suppress(docker.errors.NotFound):
                container.remove(force=True, v=True)
    finally:
        for each, handler in before:
            signal.signal(each, handler)
