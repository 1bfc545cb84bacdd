"""Requests through the emulated load balancer: each rule once, and a steady stream while a release rolls out."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from toolkit.engine.exchange import Browser
from toolkit.engine.probe import Answer, Probe, ask

_PAUSE_SECONDS = 0.05
NOBODY = "/replatform-rehearsal-asks-for-nothing"


@dataclass(frozen=True, slots=True)
class LoadBalancer:
    """The emulator serves every load balancer on its own port: by its host name, and by any other below a path with its name.
    Listeners it tells apart by the port in the Host header."""

    host: str
    port: int
    name: str
    host_name: str
    listener: int

    def ask(self, probe: Probe) -> Answer:
        folder = self._folder if probe.host else ""
        sent = replace(probe, path=folder + probe.path, host=f"{probe.host or self.host_name}:{self.listener}")
        return replace(ask(self.host, self.port, sent), probe=probe)

    def browser(self) -> Browser:
        return Browser(self.host, self.port, self._folder, self.listener)

    @property
    def _folder(self) -> str:
        return f"/_alb/{self.name}"


@dataclass
class Stream:
    """What a steady stream of requests was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    failed: int = 0

    def __str__(self) -> str:
        return f"{self.failed} of {sum(self.statuses.values())} requests failed"


@contextmanager
def stream(balancer: LoadBalancer, probe: Probe | None) -> Iterator[Stream]:
    """Asks from beginning to end; a service without a route gets no requests."""
    found = Stream()
    ended = threading.Event()

    def run(one: Probe) -> None:
        while not ended.is_set():
            answer = balancer.ask(one)
            found.statuses[answer.status] += 1
            found.failed += not answer.ok
            time.sleep(_PAUSE_SECONDS)

    thread = threading.Thread(target=run, args=(probe,), daemon=True) if probe else None
    if thread:
        thread.start()
    try:
        yield found
    finally:
        ended.set()
        if thread:
            thread.join()
