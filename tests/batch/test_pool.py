"""Worker processes end with the process that they work for, even when that is killed."""

import subprocess
import sys
import time
from pathlib import Path

PROGRAM = """
import os, sys, time
from toolkit.batch import pool

def work(task):
    open(os.path.join(sys.argv[1], str(os.getpid())), "w").close()
    time.sleep(0.2)
    return task

for _ in pool.run(work, range(10_000), processes=3, timeout_seconds=60, memory_mib=4096):
    pass
"""


def test_workers_of_a_killed_run_end(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)]) as process:
        deadline = time.monotonic() + 30
        while len(list(tmp_path.iterdir())) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    workers = [Path("/proc") / path.name for path in tmp_path.iterdir()]
    assert len(workers) >= 3
    while any(worker.exists() for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [worker for worker in workers if worker.exists()]
