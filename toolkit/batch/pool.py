"""Worker processes, each task under a limit of time and memory; what one task does to its process harms no other."""

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

# A worker is replaced after this many tasks, so that no cache and no library's leak makes it grow without end.
TASKS_OF_A_WORKER = 100
Task = TypeVar("Task")
Result = TypeVar("Result")


class Failure(StrEnum):
    """How a task ended that gave no result."""

    TIMEOUT = "timeout"
    MEMORY = "out of memory"
    CRASHED = "crashed"


@dataclass
class _Worker(Generic[Task]):
    process: Any
    pipe: Connection
    task: Task | None = None
    deadline: float = 0.0
    ended: int = 0


def run(
    work: Callable[[Task], Result], tasks: Iterable[Task], *, processes: int, timeout_seconds: float, memory_mib: int
) -> Iterator[tuple[Task, Result | Failure]]:
    """Every task with its result, in the order in which they end. `work` raises nothing but MemoryError.

    `timeout_seconds` is wall-clock time of one task, `memory_mib` the address space of one process.
    """
    # A forked worker shares the blueprints that were read before, so that a new one costs nothing.
    context = multiprocessing.get_context("fork")
    workers: list[_Worker[Task]] = []
    pending = iter(tasks)

    def start() -> _Worker[Task]:
        here, there = context.Pipe()
        ours = [here, *(worker.pipe for worker in workers)]
        process = context.Process(target=_serve, args=(work, there, ours, memory_mib << 20), daemon=True)
        process.start()
        there.close()
        return _Worker(process, here)

    def give(worker: _Worker[Task]) -> bool:
        worker.task = next(pending, None)
        if worker.task is not None:
            worker.pipe.send(worker.task)
            worker.deadline = time.monotonic() + timeout_seconds
        return worker.task is not None

    try:
        for _ in range(processes):
            workers.append(start())
            if not give(workers[-1]):
                break
        while busy := [worker for worker in workers if worker.task is not None]:
            ready = wait([worker.pipe for worker in busy], max(0.0, min(w.deadline for w in busy) - time.monotonic()))
            for worker in busy:
                outcome: Result | Failure
                if worker.pipe in ready:
                    try:
                        outcome = worker.pipe.recv()
                    except EOFError:
                        outcome = Failure.CRASHED
                elif time.monotonic() >= worker.deadline:
                    outcome = Failure.TIMEOUT
                else:
                    continue
                task = worker.task
                assert task is not None
                worker.ended += 1
                if isinstance(outcome, Failure) or worker.ended == TASKS_OF_A_WORKER:
                    _end(worker)
                    workers[workers.index(worker)] = worker = start()
                give(worker)
                yield task, outcome
    finally:
        for worker in workers:
            _end(worker)


def _end(worker: _Worker[Any]) -> None:
    """Ends a worker with all that it started."""
    try:
        os.killpg(worker.process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        worker.process.kill()
    worker.process.join()
    worker.pipe.close()


def _serve(work: Callable[[Task], Result], pipe: Connection, ours: list[Connection], memory_bytes: int) -> None:
    """Until the pipe ends. `ours` are the other ends, which a forked worker must not hold: where all are closed because
    their process was killed, the workers end as well."""
    for connection in ours:
        connection.close()
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            result: Result | Failure = work(task)
        except MemoryError:
            result = Failure.MEMORY
        try:
            pipe.send(result)
        except OSError:
            return
