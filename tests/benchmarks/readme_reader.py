"""How long READMEs take: `python tests/benchmarks/readme_reader.py [number]`, 1,000 without a number.

Reads the labelled READMEs beside the repository, or those of the samples, over and over with a line changed each time.
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))


def main(arguments: list[str]) -> int:
    number = int(arguments[0]) if arguments else 1_000
    start = time.perf_counter()
    from tests.corpus import corpus
    from toolkit import documents
    from toolkit.catalog.load import BlueprintFolder
    from toolkit.catalog.readme_rules import load
    from toolkit.facts import readme
    from toolkit.inventory.source_tree import SourceFile

    imported = time.perf_counter()
    rules = load(BlueprintFolder())
    loaded = time.perf_counter()
    paths = list(corpus.documents()) if corpus.PRESENT else sorted((ROOT / "samples").rglob("README*"))
    texts = [(path.name, path.read_text(encoding="utf-8", errors="replace")) for path in paths]
    stages = {"documents": 0.0, "facts": 0.0}
    read = 0
    for turn in range(number):
        name, text = texts[turn % len(texts)]
        file = SourceFile(name, f"{text}\n\nChange {turn}.\n")
        read += len(file.text)
        begin = time.process_time()
        document = documents.parse(file, rules.little_words)
        middle = time.process_time()
        readme.read_document(document, rules)
        stages["documents"] += middle - begin
        stages["facts"] += time.process_time() - middle
    print(f"imports {imported - start:.3f} s, rules {loaded - imported:.3f} s")
    total = sum(stages.values())
    print(f"{number} READMEs, {read / 1e6:.1f} MB: {total:.2f} s of one core, {total / number * 1000:.1f} ms each")
    for stage, seconds in stages.items():
        print(f"  {stage:<10} {seconds:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
