"""How fast a fleet is converted: `replatform batch` over the samples, repeated and mutated, with linting off.

    python tests/benchmarks/batch.py [REPOSITORIES] [FOLDER...]

REPOSITORIES is 1000. Each FOLDER has applications, one per child, that are mixed with the samples. The fleet is built in a
temporary folder and is the same each time. Prints repositories per second, CPU seconds per repository, and the memory of
the run with its workers as the hundredth repository ends and at the end.
"""

import contextlib
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024


def applications(folders: list[Path]) -> list[Path]:
    samples = [ROOT / "samples/collections", *(ROOT / "samples/legaltech").iterdir()]
    return sorted(
        path for path in (*samples, *(child for folder in folders for child in folder.iterdir())) if path.is_dir()
    )


def build_fleet(target: Path, count: int, folders: list[Path]) -> None:
    """Repositories of which no two are the same."""
    sources = applications(folders)
    for number in range(count):
        source = sources[number % len(sources)]
        copy = target / f"{source.name}-{number:04}"
        shutil.copytree(source, copy)
        if number >= len(sources):
            for readme in copy.glob("[Rr][Ee][Aa][Dd][Mm][Ee]*"):
                readme.write_text(
                    mutated(readme.read_text(encoding="utf-8", errors="replace"), random.Random(number)),
                    encoding="utf-8",
                )


def mutated(text: str, chance: random.Random) -> str:
    """A README with other ports and names of variables, without one of its paragraphs and with one that stands twice."""
    text = re.sub(r"\b(?:80|30|50)\d\d\b", lambda _: str(chance.randrange(8000, 9000)), text)
    text = re.sub(
        r"\b([A-Z]{2,})_([A-Z_]{2,})\b",
        lambda match: match[0] if chance.random() < 0.9 else f"{match[1]}_X_{match[2]}",
        text,
    )
    paragraphs = text.split("\n\n")
    del paragraphs[chance.randrange(len(paragraphs))]
    paragraphs.insert(chance.randrange(len(paragraphs) + 1), chance.choice(paragraphs or [""]))
    return "\n\n".join(paragraphs)


def memory_mib(process: int) -> float:
    """Resident memory of a process and its children, in MiB; pages that they share count once for each."""
    family = [process, *(int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split())]
    return sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in family) * PAGE_KIB / 1024


def watched(process: subprocess.Popen[bytes], results: Path) -> Iterator[tuple[int, float]]:
    """Ended repositories and the memory, four times a second until the run ends."""
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            yield results.read_bytes().count(b"\n"), memory_mib(process.pid)
        time.sleep(0.25)


def main(count: int, folders: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        fleet, out = Path(scratch, "fleet"), Path(scratch, "out")
        build_fleet(fleet, count, folders)
        begin = time.perf_counter()
        command = [sys.executable, "-c", "from toolkit.cli.main import run; run()", "batch", fleet, "--out", out]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen = list(watched(process, out / "results.jsonl"))
        seconds = time.perf_counter() - begin
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime
        converted = (out / "summary.md").read_text(encoding="utf-8")
        print(
            f"{count} repositories in {seconds:.0f} s on {os.cpu_count()} cores: {count / seconds:.1f}/s, {cpu / count:.3f} CPU seconds each"
        )
        at_hundred = max((memory for ended, memory in seen if 100 <= ended <= 150), default=0.0)
        print(
            f"memory: {at_hundred:.0f} MiB after the first hundred, {max(m for n, m in seen if n >= 0.9 * count):.0f} MiB near the end"
        )
        print(
            *(
                line
                for line in converted.splitlines()
                if re.match(r"\| (converted|failed|timeout|out of memory|crashed) ", line)
            ),
            sep="\n",
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, [Path(folder) for folder in sys.argv[2:]])
