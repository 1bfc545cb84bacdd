"""Parts a weighted graph by greedy modularity (Clauset, Newman, Moore 2004, https://arxiv.org/abs/cond-mat/0408187), with
nodes that belong together and communities that must stay apart.

Ties are broken by names, so that the same graph gives the same parts.
"""

import heapq
from collections.abc import Iterable, Mapping

Weights = Mapping[tuple[str, str], float]


def communities(
    nodes: Iterable[str], weights: Weights, seeds: Mapping[str, str], wanted: int = 0, *, apart: bool = True
) -> list[set[str]]:
    """Disjoint sets of nodes, the largest first. Nodes of the same seed are one community from the start; those of two
    seeds are never joined as long as they stay `apart`. Joining goes on while modularity grows, and with `wanted` until so few are left."""
    return _Merging(sorted(set(nodes)), weights, seeds, apart).run(wanted)


class _Merging:
    def __init__(self, nodes: list[str], weights: Weights, seeds: Mapping[str, str], apart: bool) -> None:
        self.apart = apart
        first: dict[str, str] = {}
        for node in nodes:
            if node in seeds:
                first.setdefault(seeds[node], node)
        home = {node: first.get(seeds.get(node, ""), node) for node in nodes}
        self.members: dict[str, set[str]] = {}
        self.seed: dict[str, str] = {}
        for node, name in home.items():
            self.members.setdefault(name, set()).add(node)
            if node in seeds:
                self.seed[name] = seeds[node]
        self.degree = dict.fromkeys(self.members, 0.0)
        self.links: dict[str, dict[str, float]] = {name: {} for name in self.members}
        self.total = sum(weights.values()) or 1.0
        for (one, other), weight in sorted(weights.items()):
            a, b = home[one], home[other]
            self.degree[a] += weight
            self.degree[b] += weight
            if a != b:
                self.links[a][b] = self.links[a].get(b, 0.0) + weight
                self.links[b][a] = self.links[b].get(a, 0.0) + weight
        self.queue: list[tuple[float, str, str]] = []
        for a in sorted(self.links):
            for b in sorted(self.links[a]):
                if a < b:
                    self._offer(a, b)

    def _gain(self, a: str, b: str) -> float:
        """What joining two communities adds to modularity."""
        return self.links[a].get(b, 0.0) / self.total - self.degree[a] * self.degree[b] / (2 * self.total**2)

    def _offer(self, a: str, b: str) -> None:
        if self.apart and a in self.seed and b in self.seed:
            return
        heapq.heappush(self.queue, (-round(self._gain(a, b), 12), min(a, b), max(a, b)))

    def run(self, wanted: int) -> list[set[str]]:
        while self.queue and (not wanted or len(self.members) > wanted):
            loss, a, b = heapq.heappop(self.queue)
            if a not in self.members or b not in self.members or -loss != round(self._gain(a, b), 12):
                continue  # joined since
            if loss >= 0 and not wanted:
                break
            self._join(a, b)
        return sorted(self.members.values(), key=lambda one: (-len(one), min(one)))

    def _join(self, a: str, b: str) -> None:
        """Puts b into a."""
        self.members[a] |= self.members.pop(b)
        self.degree[a] += self.degree.pop(b)
        if b in self.seed:
            self.seed[a] = self.seed.pop(b)
        for other, weight in self.links.pop(b).items():
            del self.links[other][b]
            if other != a:
                self.links[a][other] = self.links[other][a] = self.links[a].get(other, 0.0) + weight
        for other in sorted(self.links[a]):
            self._offer(a, other)
