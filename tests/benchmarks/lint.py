"""How long cfn-lint takes for all templates of one application, in one process: CPU time, as the wall clock knows of others.

    python tests/benchmarks/lint.py [RUNS]

Prints the median of RUNS (3) fresh processes in seconds for samples/collections: start (import, rules), all templates, the
slowest of them, and a process that finds the results of the one before.
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


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        convert = [Path(sys.executable).with_name("replatform"), "convert", ROOT / "samples/collections", "--out", out]
        subprocess.run(convert, check=True, capture_output=True)

        def times(results: Path) -> dict[str, float]:
            command = [sys.executable, "-c", RUN, out / "cloudformation", results]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
            return {"total": sum(found.values()), **found}

        cold = [times(Path(folder, str(number))) for number in range(runs)]
        warm = [times(Path(folder, "0")) for _ in range(runs)]
    medians = {name: statistics.median(one[name] for one in cold) for name in cold[0]}
    files = {name: seconds for name, seconds in medians.items() if name not in ("total", "start")}
    print(f"start                {medians['start']:6.2f} s")
    print(f"{len(files)} templates         {sum(files.values()):6.2f} s")
    for name in sorted(files, key=files.__getitem__, reverse=True)[:3]:
        print(f"  {name:<19}{files[name]:6.2f} s")
    print(f"cold, all            {medians['total']:6.2f} s")
    print(f"results kept, all    {statistics.median(one['total'] for one in warm):6.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
