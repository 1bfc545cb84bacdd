"""How long cfn-lint takes for all templates of one application, in one process: CPU time, as the wall clock knows of others.

    python tests/benchmarks/lint.py [TURNS]

Prints medians and minima of TURNS (5), in seconds, for samples/collections: start (import, rules), all templates, the slowest
of them. A turn is two processes: one that finds no results, and one that finds those of the first.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

RUN = """
import json, sys, time
from pathlib import Path
from toolkit.check import cfn_lint
folder, results = map(Path, sys.argv[1:])
texts = {path.name: path.read_text() for path in sorted(folder.glob("*.yaml"))}
began = time.process_time()
if not results.exists():
    list(cfn_lint.check({"": "Resources: {}"}))
times = {"start": time.process_time() - began}
marks = []
assert not list(cfn_lint.check(texts, results, lambda name: marks.append((name, time.process_time()))))
ends = [*(at for _, at in marks[1:]), time.process_time()]
times |= {name: end - at for (name, at), end in zip(marks, ends, strict=True)}
print(json.dumps(times))
"""


def main(turns: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        convert = [Path(sys.executable).with_name("replatform"), "convert", ROOT / "samples/collections", "--out", out]
        subprocess.run(convert, check=True, capture_output=True)

        def times(results: Path) -> dict[str, float]:
            command = [sys.executable, "-c", RUN, out / "cloudformation", results]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
            return {"total": sum(found.values()), **found}

        cold, warm = [], []
        for turn in range(turns):
            cold.append(times(Path(folder, str(turn))))
            warm.append(times(Path(folder, str(turn))))

    def line(name: str, seconds: list[float]) -> None:
        print(f"{name:<24}{statistics.median(seconds):8.2f} s{min(seconds):10.2f} s")

    files = cold[0].keys() - {"total", "start"}
    print(f"{'':24}{'median':>10}{'least':>12}")
    line("start", [turn["start"] for turn in cold])
    line(f"{len(files)} templates", [turn["total"] - turn["start"] for turn in cold])
    for name in sorted(files, key=lambda name: -statistics.median(turn[name] for turn in cold))[:3]:
        line(f"  {name}", [turn[name] for turn in cold])
    line("cold, all", [turn["total"] for turn in cold])
    line("results kept, all", [turn["total"] for turn in warm])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
