"""Statistical disclosure control: which counts of a tree of areas must not be shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

THRESHOLD = 10  # persons


class AreaTree:
    """Areas that add up to their parents, from the whole city down to its smallest areas.

    parents: for each node the index of its parent, -1 for the one root; parents stand before their children.
    """

    def __init__(self, parents: NDArray[np.int64]) -> None:
        self.parents = parents
        self.children: list[list[int]] = [[] for _ in parents]
        for node, parent in enumerate(parents):
            if parent >= 0:
                self.children[parent].append(node)
        self.is_leaf = np.array([not kids for kids in self.children])

    @classmethod
    def of_nodes(cls, nodes: pd.DataFrame) -> AreaTree:
        """The tree of areas: level, area_id, parent_id (ignored at the first level); parents before their children."""
        levels = list(dict.fromkeys(nodes["level"]))
        above = dict(zip(levels[1:], levels, strict=False))
        index = {(row.level, row.area_id): number for number, row in enumerate(nodes.itertuples())}
        parents = [index[above[row.level], row.parent_id] if row.level in above else -1 for row in nodes.itertuples()]
        return cls(np.array(parents))

    def suppress(self, counts: NDArray[np.int64], also_hide: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Mark the counts to hide: those in 1..9 (primary) and those that would give them away (complementary).

        counts: persons a node, each inner node the sum of its children. also_hide: further nodes to hide.
        A published node and the published nodes below it leave a *pool*: hidden leaves of which only the sum R
        is known. Every hidden leaf can then be anything in [0, R], every hidden inner node anything in an interval
        of width R, if (a) R >= 10, (b) the pool has two leaves or more, (c) no hidden inner node holds all of them
        and (d) each holds at least one. These are the exact bounds of linear programming on a tree, so complements
        are added, the smallest that will do first, until all four hold (Willenborg & de Waal 2001, ch. 4 and 6).
        """
        hidden = (counts > 0) & (counts < THRESHOLD)
        if also_hide is not None:
            hidden |= also_hide
        changed = True
        while changed:
            changed = False
            for node in range(len(counts)):
                if not hidden[node] and any(hidden[kid] for kid in self.children[node]):
                    changed |= self._protect_pool(node, counts, hidden)
        return hidden

    def _pool(self, top: int, hidden: NDArray[np.bool_]) -> tuple[list[int], list[int], list[int]]:
        """Hidden leaves, hidden inner nodes and published nodes directly under them, below a published node."""
        leaves, inner, published = [], [], []
        stack = list(self.children[top])
        while stack:
            node = stack.pop()
            if not hidden[node]:
                published.append(node)
            elif self.is_leaf[node]:
                leaves.append(node)
            else:
                inner.append(node)
                stack.extend(self.children[node])
        return leaves, inner, published

    def _under(self, node: int, top: int) -> bool:
        while node >= 0 and node != top:
            node = int(self.parents[node])
        return node == top

    def _protect_pool(self, top: int, counts: NDArray[np.int64], hidden: NDArray[np.bool_]) -> bool:
        """Hide one more node if the pool under `top` is unsafe; return whether one was hidden."""
        leaves, inner, published = self._pool(top, hidden)
        within = {node: [leaf for leaf in leaves if self._under(leaf, node)] for node in inner}
        hollow = [node for node in inner if not within[node]]
        full = [node for node in inner if leaves and len(within[node]) == len(leaves)]
        remainder = int(counts[leaves].sum())
        if hollow:
            candidates = [node for node in published if self._under(node, hollow[0])]
        elif full:
            candidates = [node for node in published if not self._under(node, full[0])]
        elif len(leaves) < 2 or remainder < THRESHOLD:
            candidates = published
        else:
            return False
        needed = max(THRESHOLD - remainder, 1)
        enough = [node for node in candidates if counts[node] >= needed]
        if enough:
            pick = min(enough, key=lambda node: (not self.is_leaf[node], counts[node], node))
        elif candidates:
            pick = max(candidates, key=lambda node: (counts[node], self.is_leaf[node], -node))
        elif self.parents[top] >= 0:
            pick = top
        else:
            return False
        hidden[pick] = True
        return True


def suppressed_sums(counts: pd.Series, nodes: pd.DataFrame) -> pd.DataFrame:
    """Counts of the smallest areas summed at every level, with those hidden that could single people out.

    counts: persons by id of the smallest areas; an area that is absent or empty is not known, and neither is any sum
    over it. nodes: level, area_id, parent_id, parents before their children; the last level holds the smallest areas.
    Returns level, area_id, persons (empty where hidden or not known), suppressed.
    """
    tree = AreaTree.of_nodes(nodes)
    smallest = nodes["level"] == nodes["level"].iloc[-1]
    leaf_counts = nodes["area_id"].map(counts).where(smallest).astype("float64").to_numpy()
    unknown = np.isnan(leaf_counts) & smallest.to_numpy()
    sums = np.nan_to_num(leaf_counts).astype(np.int64)
    for number in range(len(nodes) - 1, 0, -1):
        sums[tree.parents[number]] += sums[number]
        unknown[tree.parents[number]] |= unknown[number]
    hidden = tree.suppress(sums, also_hide=unknown) | unknown
    return nodes[["level", "area_id"]].assign(
        persons=pd.Series(sums, dtype="Int64", index=nodes.index).mask(hidden), suppressed=hidden
    )
