"""Measures of the partitions that `replatform split` proposes: `python tests/benchmarks/partitions.py FOLDER... [--calls FILE...]`.

FOLDER is an application's source. With --calls, one FILE for each folder, the same partitions are measured on calls that
somebody recorded at run time: `runtime_call_volume.json` of Mono2Micro's replication package, a JSON object of
`Class--Class` to the number of calls. Published figures: toolkit/split/README.md.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--calls", nargs="*", type=Path, default=[])
    given = parser.parse_args(arguments)
    print("| application | calls | classes | partitions | SM | ICP | IFN | NED | CPU ms |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for number, folder in enumerate(given.folders):
        partition, static, milliseconds = _partition(folder)
        _print(folder.name, "in the source", partition, static, milliseconds)
        if number < len(given.calls):
            recorded, known = _recorded(given.calls[number], partition)
            _print(folder.name, f"recorded, {len(known)} classes", known, recorded, milliseconds)
    return 0


def _partition(folder: Path) -> tuple[dict[str, str], dict[tuple[str, str], int], float]:
    """The parts of the classes, their calls, and the median CPU time of reading and partitioning in ms, of three runs."""
    from toolkit.catalog.catalog import Catalog
    from toolkit.facts import manifests, routes
    from toolkit.facts.model import Route
    from toolkit.facts.source.project import Project
    from toolkit.inventory.source_tree import SourceTree
    from toolkit.split.features import features
    from toolkit.split.proposal import partition_of
    from toolkit.split.reading import read

    catalog = Catalog()
    words, tables = catalog.split_words, catalog.dependencies
    times = []
    for _ in range(3):
        tree = SourceTree.open(folder, {})
        declared = manifests.read(tree, tables)
        begin = time.process_time()
        found = [fact for fact in routes.read(tree, declared, tables).facts if isinstance(fact, Route)]
        code = read(Project(tree, declared, tables))
        partition, _ = partition_of(code, features(found, code, words, "web"), words.layers, "web")
        times.append((time.process_time() - begin) * 1000)
    return partition, code.calls_of_units(), statistics.median(times)


def _recorded(path: Path, partition: dict[str, str]) -> tuple[dict[tuple[str, str], int], dict[str, str]]:
    """Calls recorded between classes by their simple names, and the parts of those that are in the source."""
    by_name: dict[str, str] = {}
    for name, part in sorted(partition.items()):
        by_name.setdefault(name.rpartition(".")[2], part)
    calls = {}
    for pair, count in json.loads(path.read_text(encoding="utf-8")).items():
        source, target = (name.partition("::")[0] for name in pair.split("--"))
        calls[source, target] = calls.get((source, target), 0) + count
    known = {name: by_name[name] for pair in calls for name in pair if name in by_name}
    return calls, known


def _print(
    name: str, calls: str, partition: dict[str, str], counts: dict[tuple[str, str], int], milliseconds: float
) -> None:
    from toolkit.split.measures import measure

    found = measure(partition, counts)
    figures = f"{found.sm} | {found.icp} | {found.ifn} | {found.ned}"
    print(f"| {name} | {calls} | {found.units} | {found.partitions} | {figures} | {milliseconds:.0f} |")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
