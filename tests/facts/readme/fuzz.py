"""Mutated READMEs: `python -m tests.facts.readme.fuzz 100000 [seed]` reads so many, and stops at what raises.

Seeds are the documents of the case files and, where they are beside the repository, the labelled READMEs.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.corpus import corpus
from tests.facts.cases import read_cases
from toolkit import documents
from toolkit.catalog.load import BlueprintFolder
from toolkit.catalog.readme_rules import ReadmeRules, load
from toolkit.facts import readme
from toolkit.facts.report import facts_object
from toolkit.facts.text import table
from toolkit.inventory.source_tree import SourceFile

NAMES = ("README.md", "README.rst", "README.adoc", "README.txt", "README")
PIECES = (
    "`", "```", "```sh\n", "[", "](", "|", "|-|-|\n", "\n\n", "    ", "\t", "- ", "1. ", "> ", "# ", "$ ", "::\n\n", "----\n", ".. note:: ",
    "<", ">", "<!--", "-->", "&amp;", "\\", "'", '"', "$(", "${", "<<EOF\n", "EOF\n", "&&", "sudo ", "PORT=80", "http://", ":8080", "\x00", "\x7f",
    "\ue000", "\u2028", "é", "中", "🚀", "\ud7ff", "* * * * * x", "A_B=", "python 3", "version ", "|===\n", "[source,sh]\n", "====\n", "====  ====\n",
)  # fmt: skip


def seeds() -> list[str]:
    """Documents to begin with."""
    cases = sorted((Path(__file__).parent / "cases").glob("*.txt"))
    texts = [text for file in cases for case in read_cases(file) for text in case.files.values()]
    if corpus.PRESENT:
        texts += [path.read_text(encoding="utf-8", errors="replace") for path in corpus.documents()]
    return texts


def mutated(texts: list[str], chance: random.Random) -> str:
    """A document with a few pieces put in, taken out, doubled or swapped with another document's."""
    text = chance.choice(texts)
    start = chance.randrange(len(text) + 1)
    text = text[start : start + chance.choice((300, 1_000, 3_000))]
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(text) + 1)
        to = min(len(text), at + chance.randrange(1, 60))
        match chance.randrange(5):
            case 0:
                text = text[:at] + chance.choice(PIECES) * chance.choice((1, 1, 2, 20)) + text[at:]
            case 1:
                text = text[:at] + text[to:]
            case 2:
                text = text[:to] + text[at:to] + text[to:]
            case 3:
                other = chance.choice(texts)
                cut = chance.randrange(len(other) + 1)
                text = text[:at] + other[cut : cut + 200] + text[at:]
            case _:
                text = text[:at] + chr(chance.randrange(0x3000)) + text[at:]
    return text


def read_mutations(number: int, seed: int, rules: ReadmeRules) -> Iterator[tuple[SourceFile, dict[str, object]]]:
    """Mutated documents, read to the end."""
    texts, chance = seeds(), random.Random(seed)
    for _ in range(number):
        file = SourceFile(chance.choice(NAMES), mutated(texts, chance))
        facts = readme.read_document(documents.parse(file, rules.little_words), rules)
        table(facts)
        yield file, facts_object(facts)


def main(arguments: list[str]) -> int:
    number, seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1
    rules = load(BlueprintFolder())
    for done, _ in enumerate(read_mutations(number, seed, rules), start=1):
        if done % 10_000 == 0:
            print(f"{done} documents", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
