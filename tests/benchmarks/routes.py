"""Routes read from source beside those that the framework lists at run time: `python tests/benchmarks/routes.py FOLDER LIST [FOLDER LIST...] [--show]`.

FOLDER is an application's source, LIST a file with one `METHOD /path` a line (`any` for every method), as the listers in
tests/facts/routes/listers print them when they are run in the application's own environment. With --show, every route that
is missed or invented, and what is said to be undecided. Ends with 1 when less than 95 % are found or any is invented.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
WANTED = 0.95


def main(arguments: list[str]) -> int:
    from tests.facts.routes.comparison import compare
    from toolkit.catalog.catalog import Catalog
    from toolkit.facts import manifests, routes
    from toolkit.facts.model import Route
    from toolkit.inventory.source_tree import SourceTree

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("given", nargs="+", type=Path, metavar="FOLDER LIST")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args(arguments)
    if len(given.given) % 2:
        parser.error("a list for each folder")
    tables = Catalog().dependencies
    good = True
    print(
        "| application | listed | found | below a library's address | missed | under a condition | invented | undecided | % |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for folder, listing in zip(given.given[::2], given.given[1::2], strict=True):
        tree = SourceTree.open(folder, {})
        facts = routes.read(tree, manifests.read(tree, tables), tables)
        read = [fact for fact in facts.facts if isinstance(fact, Route)]
        one = compare(read, listing.read_text(encoding="utf-8").splitlines())
        share = 1 - len(one.missed) / one.listed if one.listed else 0.0
        good = good and share >= WANTED and not one.invented
        counts = (one.listed, len(one.found), len(one.below), len(one.missed))
        counts += (len(one.conditional), len(one.invented), len(facts.findings))
        print(f"| {folder.name} | {' | '.join(map(str, counts))} | {share:.1%} |")
        if given.show:
            for word, which in (("missed", one.missed), ("invented", one.invented)):
                for method, path in sorted(which, key=lambda pair: pair[1]):
                    print(f"  {word} {method} {path}")
            for finding in facts.findings:
                print(f"  undecided {finding.evidence[0]}: {finding.message}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
