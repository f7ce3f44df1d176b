"""Counts in a tree of areas: which to hide so that nobody can narrow a small one, and how far one can narrow them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

THRESHOLD = 10  # persons: fewer are hidden, and nobody can narrow a hidden count to an interval less wide than this
LARGE = 100  # persons: a larger count is a complement only where no smaller one suffices
BY_LOT = 0.002  # chance that a count is hidden without need, so that no hidden set rules a reading out
PARENT_BY_LOT = {True: 0.0005, False: 0.01}  # the same of a sum over hidden counts: a child of the whole, any other

Bounds = NDArray[np.float64]


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

    def sums(self, leaves: NDArray[np.int64]) -> NDArray[np.int64]:
        """Counts of leaves (zero at inner nodes) summed up the tree."""
        sums = leaves.copy()
        for node in range(len(sums) - 1, 0, -1):
            sums[self.parents[node]] += sums[node]
        return sums

    def sums_with_stated(
        self, leaves: NDArray[np.int64], missing: NDArray[np.bool_], stated: Bounds
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Sums of each node, and which are not known: leaves that are missing, and sums over them that are not stated.

        What a stated sum leaves for the missing below it, stands at the first of them, which is hidden: the sum of what
        is hidden together is right. A stated sum that is less than its known parts is not used. stated: not a number
        where nothing is.
        """
        leaves, unknown, sums = leaves.copy(), missing.copy(), leaves.copy()
        for node in np.flatnonzero(~self.is_leaf)[::-1]:  # children come after their parents
            sums[node] = sums[self.children[node]].sum()
            unknown[node] = unknown[self.children[node]].any()
            rest = stated[node] - sums[node] if unknown[node] else np.nan
            if rest >= 0:
                first = node
                while not self.is_leaf[first]:
                    first = next(child for child in self.children[first] if unknown[child])
                leaves[first] += round(rest)
                sums[node] += round(rest)
                unknown[node] = False
        return self.sums(leaves), unknown

    def suppress(
        self,
        counts: NDArray[np.int64],
        lots: tuple[np.random.Generator, np.random.Generator],
        low: Bounds,
        high: Bounds,
        also_hide: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.bool_]:
        """Mark the counts to hide: those in 1..9 (primary), complements, and a few by lot.

        counts: persons a node, each inner node the sum of its children. lots: random numbers from the secret, first
        those that are the same at every date (a complement of one half-year is likely one of the next), then those of
        this date. low, high: what else is known of a hidden leaf (the source's minimum; a total it is part of).
        Complements are added until nobody can narrow a hidden node to less than THRESHOLD (`intervals`); which of those
        that suffice, is drawn, each up to LARGE as likely: to take small ones rather would tell of the counts. Since
        any count can also be hidden by lot, every set of hidden nodes could have come from every table that agrees with
        what is published: running the algorithm on all of them rules none out (the principle of simulatable auditing;
        Kenthapadi, Mishra & Nissim 2005; against it stands the minimality attack of Wong et al. 2007).
        """
        lasting, passing = lots
        order = lasting.random(len(counts)) + np.where(counts > LARGE, counts, 0)
        hidden = (counts > 0) & (counts < THRESHOLD)
        lot, parent_lot = passing.random((2, len(counts)))
        hidden |= (lot < BY_LOT) & self.is_leaf & (counts > 0)
        if also_hide is not None:
            hidden |= also_hide
        for node in range(len(counts) - 1, 0, -1):
            by_lot = parent_lot[node] < PARENT_BY_LOT[bool(self.parents[node] == 0)]
            hidden[node] |= by_lot and any(hidden[child] for child in self.children[node])
        changed = True
        while changed:
            changed = False
            for top in range(len(counts)):
                if hidden[top] or not any(hidden[child] for child in self.children[top]):
                    continue
                while not hidden[top] and (pick := self._complement(top, counts, hidden, order, low, high)) >= 0:
                    hidden[pick] = changed = True
        return hidden

    def intervals(
        self, published: NDArray[np.int64], hidden: NDArray[np.bool_], low: Bounds, high: Bounds
    ) -> tuple[Bounds, Bounds]:
        """The least and the most that each hidden node can be, from the published nodes and the leaves' own bounds.

        published: persons a node; what stands at hidden nodes is not looked at. A published node and the published
        nodes below it leave a *pool*: hidden leaves of which only the sum is known. On a tree these bounds are those of
        linear programming (Willenborg & de Waal 2001, ch. 4). Not a number where published; endless above where no sum
        is published.
        """
        least, most = np.full(len(published), np.nan), np.full(len(published), np.nan)
        least[hidden], most[hidden] = 0.0, np.inf
        for top in range(len(published)):
            if not hidden[top] and any(hidden[child] for child in self.children[top]):
                leaves, inner, rest = self._pool(top, hidden)
                remainder = int(published[top] - published[rest].sum())
                for node, within in self._sets(leaves, inner).items():
                    base = sum(int(published[below]) for below in rest if self._under(below, node))
                    ends = _ends(within, leaves, remainder, low, high)
                    least[node], most[node] = base + ends[0], base + ends[1]
        return least, most

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

    def _sets(self, leaves: list[int], inner: list[int]) -> dict[int, list[int]]:
        """The hidden leaves in each hidden node of a pool."""
        return {leaf: [leaf] for leaf in leaves} | {
            node: [leaf for leaf in leaves if self._under(leaf, node)] for node in inner
        }

    def _under(self, node: int, top: int) -> bool:
        while node >= 0 and node != top:
            node = int(self.parents[node])
        return node == top

    def _complement(
        self, top: int, counts: NDArray[np.int64], hidden: NDArray[np.bool_], order: Bounds, low: Bounds, high: Bounds
    ) -> int:
        """The node to hide next in the pool under `top` (itself where nothing else is left), -1 if the pool is safe."""
        leaves, inner, published = self._pool(top, hidden)
        sets, remainder = self._sets(leaves, inner), int(counts[leaves].sum())
        narrow = -1
        for node, within in sets.items():
            least, most = _ends(within, leaves, remainder, low, high)
            if most - least < (min(THRESHOLD, (high - low)[within].sum()) if within else THRESHOLD):
                narrow = node
        if narrow < 0:
            return -1
        candidates = [node for node in published if counts[node] > 0]
        if len(sets[narrow]) == len(leaves):  # another one in it would not help
            candidates = [node for node in candidates if not self._under(node, narrow)]
        candidates = [node for node in candidates if self.is_leaf[node]] or candidates
        missing = THRESHOLD - remainder + low[leaves].sum()
        enough = [node for node in candidates if counts[node] - low[node] >= missing]
        if enough:
            return min(enough, key=lambda node: (order[node], node))
        if candidates:
            return max(candidates, key=lambda node: (counts[node], -node))
        return top


def _ends(within: list[int], leaves: list[int], remainder: int, low: Bounds, high: Bounds) -> tuple[float, float]:
    """The least and the most that some leaves of a pool can add up to, its sum and each leaf's bounds being known."""
    others = [leaf for leaf in leaves if leaf not in within]
    least = max(low[within].sum(), remainder - high[others].sum())
    return least, min(high[within].sum(), remainder - low[others].sum())
