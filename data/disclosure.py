"""The one gate for tables with people in them: each passes `protect` by the rule of its definition before it is stored.

What is promised, against whom, and what an attacker who knows this code was able to learn: docs/privacy.md.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from data.errors import DataError
from data.settings import settings
from data.share_bands import round_shares
from data.suppression import THRESHOLD, AreaTree

LEAST_TOTAL = 2 * THRESHOLD  # residents: with fewer in all, an area's total is rounded to none or to this
FEWEST_FIRMS = 3  # with fewer in a cell, a sum over them would be the figure of one
KEYS = ["boundary_version", "period"]


class DisclosureError(DataError):
    """A table with people in it would say more of them than its rule allows; nothing is stored."""


@dataclass(frozen=True)
class Rule:
    """How a table is protected, and what an attacker is taken to know beside the published tables and this code.

    method: 'areas' (counts in a tree of areas, suppressed), 'nested' (the same for parts of all residents), 'ages'
    (rows that add up to a total, rounded by lot), 'shares' (percentages of few people, rounded), 'firms' (sums over few
    firms, hidden) or 'open' (nothing is done; `reason` says why). minimum: no smaller count above zero is in the
    source; 3 is safe where it has 1 and 2. beside: tables of the same city that bound this one's counts. bases: of a
    share, the ages it is of (from, to under) and how many residents of these ages stand for one of its base.
    """

    method: Literal["areas", "nested", "ages", "shares", "firms", "open"]
    minimum: int = 3
    beside: tuple[str, ...] = ()
    bases: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    reason: str = ""

    @property
    def by_lot(self) -> bool:
        """Whether what is hidden depends on the secret, so that two builds must not be mixed."""
        return self.method in ("areas", "nested", "ages")


@dataclass(frozen=True)
class Surroundings:
    """What the gate needs beside a table: the city's areas and the protected tables that are published with it.

    areas: boundary_version, level, area_id, parent_id; parents before children, smallest areas last. sums: stated sums
    of the table's groups over larger areas, for those of which not all parts are known: period, level, area_id, the
    group's column, persons.
    """

    areas: pd.DataFrame
    published: Mapping[str, pd.DataFrame]
    secret: bytes
    sums: pd.DataFrame | None = None

    def generator(self, *labels: object) -> np.random.Generator:
        """Random numbers that only who has the secret can draw again."""
        text = "|".join(map(str, labels)).encode()
        return np.random.default_rng(int.from_bytes(hmac.digest(self.secret, text, hashlib.sha256)))

    def nodes(self, version: object, present: pd.Series) -> pd.DataFrame:
        """The areas of a boundary version, without smallest areas that are not present (not yet founded)."""
        nodes = self.areas.loc[self.areas["boundary_version"] == version, ["level", "area_id", "parent_id"]]
        smallest = nodes["level"] == nodes["level"].iloc[-1]
        return nodes[~smallest | nodes["area_id"].isin(present)].reset_index(drop=True)

    def stated(self, by: str, value: object, period: object, nodes: pd.DataFrame) -> np.ndarray:
        """The stated sum of a group at each node, not a number where none is stated."""
        if self.sums is None or by not in self.sums:
            return np.full(len(nodes), np.nan)
        rows = self.sums[(self.sums[by] == value) & (self.sums["period"] == period)]
        persons = rows.set_index(["level", "area_id"])["persons"]
        return persons.reindex(pd.MultiIndex.from_frame(nodes[["level", "area_id"]])).to_numpy(dtype=float)


def secret() -> bytes:
    """The secret by which lots are drawn: made once on a machine, kept outside the repository (ZONE_SECRET).

    Counts of one day that are protected anew with another secret hide other complements: what is published in either
    version is then known. So a machine keeps its secret.
    """
    path = settings().secret or settings().local / "disclosure.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(32))
    except FileExistsError:
        pass
    return path.read_bytes()


def protect(rule: Rule | None, table: pd.DataFrame, around: Surroundings) -> pd.DataFrame:
    """The table as it may be published. Raises DisclosureError if what would be left is not safe."""
    if rule is None or rule.method == "open":
        return table
    methods: dict[str, Callable[[], pd.DataFrame]] = {
        "areas": lambda: _areas(table, around, rule.minimum),
        "nested": lambda: _nested(table, around, rule.minimum),
        "ages": lambda: _ages(table, around),
        "shares": lambda: round_shares(table, around.areas, around.published["residents"], rule.bases),
        "firms": lambda: hide_few_firms(table),
    }
    return methods[rule.method]()


def _half_years(table: pd.DataFrame, around: Surroundings) -> Iterator[tuple[Any, Any, pd.DataFrame, pd.DataFrame]]:
    """Boundary version, period, rows and nodes of each half-year."""
    for (version, period), rows in table.groupby(KEYS):
        yield version, period, rows, around.nodes(version, rows["area_id"])


@dataclass
class _Counts:
    """One group's counts at one date, summed up a tree of areas; what is not known is hidden.

    It counts as none, or as what a stated sum over it leaves for it.
    """

    tree: AreaTree
    nodes: pd.DataFrame
    sums: np.ndarray
    unknown: np.ndarray
    low: np.ndarray
    high: np.ndarray
    hidden: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    @classmethod
    def of(cls, persons: pd.Series, nodes: pd.DataFrame, minimum: int, stated: np.ndarray) -> _Counts:
        tree = AreaTree.of_nodes(nodes)
        leaves = nodes["area_id"].map(persons).where(tree.is_leaf).astype("float64").to_numpy()
        missing = np.isnan(leaves) & tree.is_leaf
        sums, unknown = tree.sums_with_stated(np.nan_to_num(leaves).round().astype(np.int64), missing, stated)
        low = np.where(tree.is_leaf & ~missing, minimum, 0).astype(float)
        return cls(tree, nodes, sums, unknown, low, np.full(len(nodes), np.inf))

    def suppress(self, around: Surroundings, labels: tuple[object, ...], also_hide: np.ndarray | None = None) -> None:
        """Hide what must be. labels: what these counts are, the date last."""
        lots = around.generator(*labels[:-1]), around.generator(*labels)
        forced = self.unknown if also_hide is None else self.unknown | also_hide
        self.hidden = self.tree.suppress(self.sums, lots, self.low, self.high, forced) | self.unknown

    def refuse_if_narrow(self, what: str) -> None:
        """Raises DisclosureError where somebody could narrow a hidden count below the threshold."""
        least, most = self.tree.intervals(self.sums, self.hidden, self.low, self.high)
        narrow = self.hidden & ~self.unknown & (most - least < THRESHOLD)
        small = ~self.hidden & (self.sums > 0) & (self.sums < THRESHOLD)
        if (narrow | small).any():
            area = self.nodes["area_id"][narrow | small].iloc[0]
            raise DisclosureError(f"{what}: the count of area {area} could be told from what would be published.")

    def rows(self) -> pd.DataFrame:
        """level, area_id, persons (empty where hidden), suppressed."""
        persons = pd.Series(self.sums, dtype="Int64").mask(self.hidden)
        return self.nodes[["level", "area_id"]].assign(persons=persons, suppressed=self.hidden)


def _areas(table: pd.DataFrame, around: Surroundings, minimum: int) -> pd.DataFrame:
    """Counts of smallest areas by one more column, at every level, suppressed.

    table: period, boundary_version, area_id, that column, persons (empty: not known). Returns also level, suppressed.
    """
    by = next(name for name in table if name not in (*KEYS, "area_id", "persons"))
    parts = []
    for version, period, rows, nodes in _half_years(table, around):
        for value, group in rows.groupby(by):
            stated = around.stated(by, value, period, nodes)
            counts = _Counts.of(group.set_index("area_id")["persons"], nodes, minimum, stated)
            counts.suppress(around, (by, value, version, period))
            counts.refuse_if_narrow(f"{value} on {period:%Y-%m-%d}")
            parts.append(counts.rows().assign(boundary_version=version, period=period, **{by: value}))
    return pd.concat(parts, ignore_index=True)


def _nested(table: pd.DataFrame, around: Surroundings, minimum: int) -> pd.DataFrame:
    """Foreign nationals within residents with a migration background within all residents, at every level, suppressed.

    Beside the tree of each, a hidden part is at least what is published within it and at most what it is within; a
    part that leaves one to nine people of another over, or hidden origins too little room, is hidden as well.
    """
    origins = around.published.get("residents_by_origin")
    named = None if origins is None else _named(origins, minimum)
    residents = around.published["residents"].groupby([*KEYS, "area_id"])["persons"].sum(min_count=1)
    parts = []
    for version, period, rows, nodes in _half_years(table, around):
        counts = {
            value: _Counts.of(
                group.set_index("area_id")["persons"], nodes, minimum, around.stated("background", value, period, nodes)
            )
            for value, group in rows.groupby("background")
        }
        chain = {value: counts[value] for value in ("foreign_nationals", "migration_background") if value in counts}
        inside = pd.DataFrame(0.0, index=nodes["area_id"], columns=["named", "least"])
        if named is not None and (version, period) in named.index.droplevel("area_id"):
            inside = named.loc[version, period].reindex(nodes["area_id"]).fillna(0)
        total = residents.reindex([(version, period, area) for area in nodes["area_id"]]).astype(float).to_numpy()
        _hide_nested(chain, total, inside, partial(_suppress_part, around, version, period))
        for value, part in chain.items():
            part.refuse_if_narrow(f"{value} on {period:%Y-%m-%d}")
            parts.append(part.rows().assign(boundary_version=version, period=period, background=value))
    return pd.concat(parts, ignore_index=True)


def _suppress_part(around: Surroundings, version: object, period: object, value: str, part: _Counts, also: Any) -> None:
    part.suppress(around, ("background", value, version, period), also)


def _named(origins: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """By smallest area: residents of published origins, and the least that hidden origins add to them."""
    smallest = origins[origins["level"] == origins["level"].iloc[-1]]
    result = smallest.groupby([*KEYS, "area_id"]).agg(named=("persons", "sum"), least=("suppressed", "sum"))
    return result.assign(least=minimum * result["least"]).astype(float)


def _few(persons: np.ndarray) -> np.ndarray:
    return (persons > 0) & (persons < THRESHOLD)


def _hide_nested(
    chain: dict[str, _Counts],
    total: np.ndarray,
    inside: pd.DataFrame,
    suppress: Callable[[str, _Counts, np.ndarray], None],
) -> None:
    """Suppress the groups of one half-year, inner one first, until none tells of another or of a hidden origin.

    total: residents of each node's area; inside: what is published of origins there (`_named`).
    """
    names, parts = list(chain), list(chain.values())
    inner, outer = parts[0], parts[-1]
    leaf = outer.tree.is_leaf
    with_roots = "migration_background" in chain  # those of an origin are a part of them, not of foreign nationals
    # A total that was rounded by lot says no more than that it was small.
    most = np.where(np.isnan(total), np.inf, np.where(total <= LEAST_TOTAL, LEAST_TOTAL - 1, total))
    room = outer.sums - inside["named"].to_numpy()
    forced = [leaf & (part.sums > 0) & ((total <= LEAST_TOTAL) | _few(most - part.sums)) for part in parts]
    if with_roots:
        tight = (inside["least"] > 0) & (room < inside["least"] + 2 * THRESHOLD)
        forced[-1] |= leaf & (outer.sums > 0) & (_few(room) | tight.to_numpy())
    if inner is not outer:
        forced[-1] |= leaf & (outer.sums > 0) & _few(outer.sums - inner.sums)
        forced[-1] |= leaf & _few(inner.sums) & (outer.sums - inner.low < THRESHOLD)
    least = np.where(leaf & with_roots, (inside["named"] + inside["least"]).to_numpy(), 0.0)
    floor, outer.high = np.maximum(outer.low, least), np.where(leaf, most, np.inf)
    while True:
        if inner is not outer:
            inner.high = np.where(leaf & ~forced[-1] & ~outer.unknown, np.minimum(outer.sums, most), outer.high)
            suppress(names[0], inner, forced[0])
            known = np.where(leaf & ~inner.hidden, np.maximum(floor, inner.sums), floor)
            # Hidden parts add up to what is published of them, and so bound what they are within: as if they were told.
            outer.low = np.where(leaf, np.maximum(known, inner.sums), known)
            suppress(names[-1], outer, forced[-1])
            outer.low = known
        else:
            outer.low = floor
            suppress(names[-1], outer, forced[-1])
        stuck = leaf & outer.hidden & (outer.high - outer.low < THRESHOLD) & (inner.sums > 0) & ~inner.hidden
        if not stuck.any():
            return
        forced[0] |= stuck


def _ages(table: pd.DataFrame, around: Surroundings) -> pd.DataFrame:
    """Residents by age, rounded by lot so that every sum over ages and over areas stays (nearly) what it was.

    First totals: an area with fewer than LEAST_TOTAL residents gives them to a neighbour of the same parent, or takes
    as many as it lacks (so that it has on average what it has). Then ages: one with fewer than eleven people gives them
    to another age of its area, or takes as many as it lacks. A published none can so be anything up to ten, and a
    larger figure may be off by as many. The lots of an area and age are the same at every date, so that the mean of
    several dates says no more than one. table: period, boundary_version, area_id, age, persons (empty: not known).
    """
    table = table.assign(persons=table["persons"].astype("float64").round().astype("Int64"))
    parts = []
    for version, period, rows, nodes in _half_years(table, around):
        wide = rows.pivot(index="area_id", columns="age", values="persons").astype("Int64")
        values, known = wide.fillna(0).to_numpy(np.int64, copy=True), wide.notna()
        parent = nodes[nodes["level"] == nodes["level"].iloc[-1]].set_index("area_id")["parent_id"]
        _round_totals(
            values, parent.reindex(wide.index), known.all(axis=1), partial(around.generator, "total", version)
        )
        for number, area in enumerate(wide.index):
            _round_ages(values[number], around.generator("ages", version, area))
        wide = pd.DataFrame(values, wide.index, wide.columns).astype("Int64")
        small = (wide > 0) & (wide < THRESHOLD)  # nobody was there to take them
        long = wide.where(known).mask(small.any(axis=1)).stack(future_stack=True).rename("persons").reset_index()
        parts.append(long.assign(boundary_version=version, period=period))
    result = pd.concat(parts, ignore_index=True).merge(table[[*KEYS, "area_id", "age"]])
    return result.sort_values(["period", "area_id", "age"], ignore_index=True)


def _round_totals(
    values: np.ndarray, parent: pd.Series, complete: pd.Series, generator: Callable[[str], np.random.Generator]
) -> None:
    """Give small areas' residents to a neighbour, or let them take some. values: persons by area and age; changed.

    complete: areas whose ages are all known. Where no neighbour has enough people, an area of the whole city stands in;
    where none has, the area stays as it is (and is hidden).
    """
    for number in np.flatnonzero((values.sum(axis=1) > 0) & (values.sum(axis=1) < LEAST_TOTAL)):
        lots = generator(str(parent.index[number]))
        large = (values.max(axis=1) >= 2 * LEAST_TOTAL) & complete.to_numpy()
        near = large & (parent == parent.iloc[number]).to_numpy()
        choice = np.flatnonzero(near if near.any() else large)
        upward, order = lots.random() < values[number].sum() / LEAST_TOTAL, lots.random(len(values))
        if not len(choice):
            continue
        other = choice[np.argmin(order[choice])]
        if upward:
            missing, age = LEAST_TOTAL - values[number].sum(), values[other].argmax()
            values[number, values[number].argmax()] += missing
            values[other, age] -= missing
        else:
            values[other] += values[number]
            values[number] = 0


def _round_ages(persons: np.ndarray, lots: np.random.Generator) -> None:
    """Round the small ages of one area in place; their total stays."""
    (upward, turn), order = lots.random((2, len(persons))), lots.gumbel(size=len(persons))
    least = THRESHOLD + 1
    while (few := np.flatnonzero((persons > 0) & (persons < least))).size and (persons > 0).sum() > 1:
        age = few[np.argmin(turn[few])]
        missing = least - persons[age]
        givers = np.flatnonzero(persons >= least + missing)
        if upward[age] < persons[age] / least and len(givers):
            persons[givers[np.argmax(np.log(persons[givers]) + order[givers])]] -= missing
            persons[age] = least
        else:
            takers = np.flatnonzero((persons > 0) & (np.arange(len(persons)) != age))
            persons[takers[np.argmax(np.log(persons[takers]) + order[takers])]] += persons[age]
            persons[age] = 0


def hide_few_firms(table: pd.DataFrame) -> pd.DataFrame:
    """Sums over fewer than three firms are empty; the number of firms in an open register is no secret."""
    few = table["firms"] < FEWEST_FIRMS
    sums = ["employees_low", "employees_high"]
    return table.assign(**{name: table[name].astype("Int64").mask(few) for name in sums}, suppressed=few)


def merge_small_groups(groups: pd.Series, fewest: int) -> pd.Series:
    """Each person's group, blank where the group is too small to be shown or what is left over would show one that is.

    Who is in no shown group can be told by subtraction from all: so the smallest shown groups go blank as well until
    the blank are nobody, or as many as may be shown.
    """
    sizes = groups[groups != ""].value_counts().sort_values(kind="stable")
    shown = list(sizes.index[sizes >= fewest])
    while shown and 0 < (~groups.isin(shown)).sum() < fewest:
        shown.pop(0)
    return groups.where(groups.isin(shown), "")
