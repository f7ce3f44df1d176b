"""Hexagons (H3) in the engine: a level of detail by integer arithmetic, so that any engine does it with a group-by.

An H3 index is 64 bits: four say the resolution (bits 52 to 55), three a step name the child taken at each resolution
from 1 to 15, coarse first; steps beyond the resolution are all ones (h3geo.org, 'H3 index bit layout'). A parent is the
same number with its resolution lowered and its further steps filled with ones.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis

_LEVEL_BITS = 0xF << 52


def parent(cell: ibis.expr.types.IntegerColumn, resolution: int) -> ibis.expr.types.IntegerValue:
    """The cell of a coarser resolution that holds a cell.

    cell: H3 index as int64, of at least `resolution`. Raises ValueError for a resolution outside 0 to 15.
    """
    if not 0 <= resolution <= 15:
        raise ValueError(f"H3 has resolutions 0 to 15, not {resolution}.")
    filled = reduce(or_, (0b111 << (3 * step) for step in range(15 - resolution)), 0)
    return (cell & ~_LEVEL_BITS) | ((resolution << 52) | filled)


def coarser(rows: ibis.Table, resolution: int, weight: str, means: list[str]) -> ibis.Table:
    """Cells joined to those of a coarser resolution: the weight's sum, and each mean weighted by it.

    rows: cell (int64), weight, means.
    """
    parents = rows.mutate(cell=parent(rows["cell"], resolution))
    sums = {weight: parents[weight].sum()} | {
        name: (parents[name] * parents[weight]).sum() / parents[weight].sum() for name in means
    }
    return parents.group_by("cell").aggregate(**sums).order_by("cell")


def level_of_detail(cells: int, resolution: int, most: int) -> int:
    """The finest resolution at which so many cells become about `most` or fewer: each step up joins seven."""
    while cells > most and resolution > 0:
        cells, resolution = -(-cells // 7), resolution - 1
    return resolution
