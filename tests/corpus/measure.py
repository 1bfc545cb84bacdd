"""How well READMEs are read: `python -m tests.corpus.measure` prints the score, `--fields a,b` what was missed or wrong,
`--calibrate` how often each rule is right, `--write` the same into blueprints/readme/confidence.yaml. Folders of other
READMEs with labels may follow; each README is counted once, and a rule that was not seen keeps its figure."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.corpus.corpus import Reading, readings, scorer
from toolkit.catalog.load import BlueprintFolder
from toolkit.catalog.readme_rules import load

CONFIDENCE = Path(__file__).parents[2] / "blueprints" / "readme" / "confidence.yaml"
# What is believed of a rule before it has been seen at work, as this many facts of which this share was right.
PRIOR_FACTS, PRIOR_SHARE = 2, 0.75
SURE = 0.9
SUREST = 0.98  # no rule for language is surer than that, however few faults were seen


def judged(reading: Reading) -> Iterator[tuple[str, bool]]:
    """The rule of each fact that the labels judge, and whether the fact is right. Neutral ones are left out."""
    score = scorer()
    accept = reading.labels.get("accept", {})
    aliases = {score.plain(key): names for key, names in reading.labels.get("aliases", {}).items()}
    for name in score.FIELDS:
        rule = score.rule_for(name, aliases)
        accepted = accept.get(name, []) + (accept.get("any_command", []) if name in score.COMMAND_FIELDS else [])
        wanted, given = score.unique(reading.labels.get(name, []), rule), score.unique(reading.found[name], rule)
        right = set(score.match(wanted, given, rule).values())
        for number, item in enumerate(given):
            if number not in right and score.neutral(item, accepted, rule):
                continue
            place = reading.found["evidence"][name][reading.found[name].index(item)]
            yield place["rule"].removeprefix("readme:"), number in right


def confidences(items: Iterable[tuple[str, bool]]) -> dict[str, float]:
    """Per rule, the share that is right, drawn towards the prior where few facts were seen."""
    seen: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for rule, is_right in items:
        seen[rule] += 1
        right[rule] += is_right
    return {
        rule: min(SUREST, round((right[rule] + PRIOR_FACTS * PRIOR_SHARE) / (count + PRIOR_FACTS), 2))
        for rule, count in sorted(seen.items())
    }


def share_right_when_sure(table: dict[str, float], items: Iterable[tuple[str, bool]]) -> tuple[float, int]:
    """Of the facts that a table calls surer than SURE: the share that is right, and their number."""
    sure = [is_right for rule, is_right in items if table.get(rule, 0) > SURE]
    return (sum(sure) / len(sure) if sure else 1.0), len(sure)


def main(arguments: list[str]) -> int:
    score = scorer()
    rules = load(BlueprintFolder())
    folders = [Path(argument) for argument in arguments if Path(argument).is_dir()]
    every = [*readings(rules), *(reading for folder in folders for reading in readings(rules, folder))]
    read = list({json.dumps(reading.found, sort_keys=True): reading for reading in reversed(every)}.values())[::-1]
    if "--fields" in arguments:
        for reading in read:
            for name in arguments[arguments.index("--fields") + 1].split(","):
                count = reading.counts[name]
                for sign, items in (("-", count.missing), ("+", count.extra)):
                    for item in items:
                        print(reading.name, name, sign, json.dumps(item, ensure_ascii=False))
        return 0
    print(score.as_table({reading.name: reading.counts for reading in read}))
    items = [list(judged(reading)) for reading in read]
    everything = [item for some in items for item in some]
    table = confidences(everything)
    halves = [[item for some in items[start::2] for item in some] for start in (0, 1)]
    crossed = [share_right_when_sure(confidences(halves[1 - number]), halves[number]) for number in (0, 1)]
    share = sum(part * count for part, count in crossed) / max(1, sum(count for _, count in crossed))
    number = sum(count for _, count in crossed)
    print(
        f"\nfacts surer than {SURE}, calibrated on the other half: {share:.3f} right of {number} of {len(everything)}"
    )
    if "--calibrate" in arguments:
        for rule, confidence in table.items():
            seen = [is_right for name, is_right in everything if name == rule]
            print(f"{confidence:5.2f}  {sum(seen):4d} of {len(seen):4d}  {rule}")
    if "--write" in arguments:
        head = CONFIDENCE.read_text(encoding="utf-8").split("rules:")[0]
        written = sorted({**rules.confidence.rules, **table}.items())
        body = "".join(f'  "{rule}": {confidence}\n' for rule, confidence in written)
        CONFIDENCE.write_text(f"{head}rules:\n{body}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
