"""Which tables run with a method, and to whom a table belongs."""

from collections.abc import Iterable, Mapping

from toolkit.split.code import Access, Code, Node, Reach


class Tables:
    def __init__(self, code: Code, reach: Reach) -> None:
        self.code = code
        self.reach = reach
        self._by_node: dict[Node, list[Access]] = {}
        for access in code.accesses:
            self._by_node.setdefault(access.node, []).append(access)

    def accesses(self, starts: Iterable[Node]) -> list[Access]:
        """What the methods that may run read and write, by place."""
        nodes = self.reach.nodes(starts)
        found = [access for node in nodes for access in self._by_node.get(node, ())]
        return sorted(found, key=lambda one: (one.table, not one.write, one.evidence.path, one.evidence.first_line))

    def used(self, starts: Iterable[Node]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Tables that are read, written ones included, and tables that are written."""
        found = self.accesses(starts)
        tables = dict.fromkeys(access.table for access in found)
        return tuple(tables), tuple(dict.fromkeys(access.table for access in found if access.write))

    def owner(self, table: str, partition: Mapping[str, str]) -> str:
        """The part whose unit declares the table, else whose units write it most, else read it most; empty if none, and for a view."""
        if table in self.code.views:
            return ""
        declared = partition.get(self.code.owners.get(table, ""), "")
        if declared:
            return declared
        counts: dict[str, tuple[int, int]] = {}
        for access in self.code.accesses:
            part = partition.get(access.node[0], "")
            if access.table == table and part:
                writes, reads = counts.get(part, (0, 0))
                counts[part] = (writes + access.write, reads + 1)
        return min(counts, key=lambda part: (tuple(-count for count in counts[part]), part), default="")

    def shared(self, used: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
        """Tables that several services use, with their names."""
        found: dict[str, list[str]] = {}
        for name in sorted(used):
            for table in used[name]:
                found.setdefault(table, []).append(name)
        return {table: tuple(names) for table, names in sorted(found.items()) if len(names) > 1}
