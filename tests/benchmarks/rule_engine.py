"""Random rule sets, our engine beside an independent reference: `python tests/benchmarks/rule_engine.py [number]`, 100,000 without one."""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))


def main(arguments: list[str]) -> int:
    from tests.plan.rule_engine import compare

    number = int(arguments[0]) if arguments else 100_000
    begin = time.process_time()
    counts = compare(number)
    shown = ", ".join(f"{count} {what}" for what, count in counts.items())
    print(f"{number} random rule sets agree ({shown}) in {time.process_time() - begin:.1f} s of one core")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
