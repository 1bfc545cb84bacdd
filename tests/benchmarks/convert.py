"""How long a conversion takes: whole commands as a user runs them, then each stage in one process.

    python tests/benchmarks/convert.py [RUNS]

Prints medians in milliseconds over RUNS runs (11), on a warm file cache, with linting off.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples/collections"


def median_ms(runs: int, work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def command(*arguments: str) -> Callable[[], object]:
    program = Path(sys.executable).with_name("replatform")
    return lambda: subprocess.run([program, *arguments], check=True, capture_output=True)


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(f"replatform --help                       {median_ms(runs, command('--help')):8.0f} ms")
        print(
            f"replatform convert samples/collections  {median_ms(runs, command('convert', str(SAMPLE), '--out', folder)):8.0f} ms"
        )
    from toolkit.artefacts.render import render
    from toolkit.catalog.catalog import Catalog
    from toolkit.facts.gather import gather
    from toolkit.inventory.source_tree import SourceTree
    from toolkit.plan.planning import plan_application, settled

    def catalog() -> Catalog:
        made = Catalog()
        for part in (
            "stacks",
            "readme_rules",
            "dependencies",
            "servers",
            "variables",
            "profiles",
            "sizes",
            "datastores",
            "templates",
        ):
            getattr(made, part)
        return made

    loaded = catalog()
    tree = SourceTree.open(SAMPLE)
    facts = gather(tree, loaded)
    planned = plan_application("collections", tree, facts, loaded)
    stages: dict[str, Callable[[], object]] = {
        "catalog": catalog,
        "inventory": lambda: SourceTree.open(SAMPLE),
        "documents and facts": lambda: gather(SourceTree.open(SAMPLE), loaded),
        "plan": lambda: plan_application("collections", tree, facts, loaded),
        "artefacts": lambda: render(settled(planned, planned.plan, {}), loaded),
    }
    for name, work in stages.items():
        print(f"  {name:<38}{median_ms(runs, work):8.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
