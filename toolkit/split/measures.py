"""The measures by which the literature compares partitions of classes.

As defined in the papers and computed by the replication package of Mono2Micro (Kalia et al., ESEC/FSE 2021,
https://arxiv.org/abs/2107.09698, https://github.com/kaliaanup/Mono2Micro-FSE-2021, `metrics/metrics_util.py`):

- SM, structural modularity (Jin et al., FoSCI, IEEE TSE 2019): mean cohesion minus mean coupling. Cohesion of a partition
  of m classes is its pairs of classes that call each other over m²; coupling of two partitions is their pairs over m·n.
- ICP, inter-partition call percentage: the share of calls between classes that cross partitions, n calls of one pair
  weighing 1 + ln n.
- IFN, interface number: pairs of classes that call each other across partitions, over the number of partitions.
- NED, non-extreme distribution (Wu et al., ICSM 2005): 1 minus the share of classes in partitions of 5 to 20.

Of SM more is better, of the others less. Classes in no partition take no part.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

LEAST, MOST = 5, 20  # classes of a partition that is not extreme


@dataclass(frozen=True, slots=True)
class Measures:
    """Shares and means, each rounded to three digits as the papers print them; `partitions` and `units` are counts."""

    partitions: int
    units: int
    sm: float
    icp: float
    ifn: float
    ned: float


def measure(partition: Mapping[str, str], calls: Mapping[tuple[str, str], int]) -> Measures:
    """`partition` gives each class its partition, `calls` how often a class calls another."""
    sizes = Counter(partition.values())
    inner: Counter[str] = Counter()
    across: Counter[frozenset[str]] = Counter()
    for pair in {frozenset(pair) for pair in calls if pair[0] != pair[1]}:
        if not pair <= partition.keys():
            continue
        places = frozenset(partition[one] for one in pair)
        if len(places) == 1:
            inner[next(iter(places))] += 1
        else:
            across[places] += 1
    count = len(sizes)
    cohesion = sum(inner[name] / size**2 for name, size in sizes.items()) / count if count else 0.0
    pairs = list(combinations(sorted(sizes), 2))
    coupling = sum(across[frozenset(pair)] / (sizes[pair[0]] * sizes[pair[1]]) for pair in pairs)
    crossing = total = 0.0
    for (source, target), calls_of_pair in sorted(calls.items()):
        if source != target and source in partition and target in partition:
            weight = 1 + math.log(calls_of_pair)
            total += weight
            crossing += weight if partition[source] != partition[target] else 0.0
    usual = sum(size for size in sizes.values() if LEAST <= size <= MOST)
    return Measures(
        count,
        len(partition),
        round(cohesion - (coupling / len(pairs) if pairs else 0.0), 3),
        round(crossing / total, 3) if total else 0.0,
        round(across.total() / count, 3) if count else 0.0,
        round(1 - usual / len(partition), 3) if partition else 1.0,
    )
