"""Someone who wants to know hidden counts: has every shipped table and this code, and knows the source's habits.

What can be told for certain; guesses are in `tests/data/attack.py`, which also tries everything. Truth, to check the
attacker, is read from the raw sources.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import coo_matrix

import data
from data import definitions, disclosure, suppression

WIDTH = 10  # promised: no interval is less wide. Not read from the code under attack
MINIMUM = 3  # the source counts nobody, or three or more
LATTICE = 3  # and mostly in multiples of it
ROUNDED_TOTAL = 20  # totals up to here are rounded
SOURCES = Path(__file__).parents[3] / "shared" / "sources"
CELL = ["area_id", "origin"]


@cache
def table(name: str) -> pd.DataFrame:
    """A shipped table of Berlin."""
    rows = data.table(name, "berlin")
    return rows.drop(columns="geometry") if "geometry" in rows else rows


def on(name: str, day: str) -> pd.DataFrame:
    """Its rows of one date."""
    return table(name)[table(name)["period"] == pd.Timestamp(day)]


@cache
def truth(name: str) -> pd.DataFrame:
    """The same before it was protected."""
    make = definitions.definition(name).make
    assert make is not None
    none: Any = {}  # these are made of sources only
    return make(SOURCES, none)


# ---- trees of areas: subtraction, linear programming, inversion of the algorithm ----------------------------------


@dataclass(frozen=True)
class Pool:
    """Hidden smallest areas of which only the sum is published; siblings: published ones with the same parent."""

    leaves: list[int]
    remainder: int
    siblings: list[int]


def pools(parents: np.ndarray, published: np.ndarray) -> Iterator[Pool]:
    """Every pool of one tree, found by walking up from each hidden leaf to the first published node above.

    published: counts by node, -1 where hidden.
    """
    leaves = np.setdiff1d(np.arange(len(parents)), parents)
    holder: dict[int, list[int]] = {}
    accounted = np.zeros(len(parents), dtype=np.int64)  # by top: the published nodes whose next published one it is
    for node in range(1, len(parents)):
        if published[node] < 0 and node not in leaves:
            continue
        above = parents[node]
        while above >= 0 and published[above] < 0:
            above = parents[above]
        if above < 0:
            continue
        if published[node] < 0:
            holder.setdefault(int(above), []).append(node)
        else:
            accounted[above] += published[node]
    for top, hidden in holder.items():
        near = [leaf for leaf in leaves if published[leaf] > 0 and parents[leaf] == parents[hidden[0]]]
        yield Pool(hidden, int(published[top] - accounted[top]), [int(published[leaf]) for leaf in near])


def tree_of(version: str, present: set[str]) -> pd.DataFrame:
    """Nodes of a boundary version, parents first: level, area_id, parent (its place, -1 for the city)."""
    nodes = table("areas").query("boundary_version == @version")
    smallest = nodes["level"] == "planning_area"
    nodes = nodes[~smallest | nodes["area_id"].isin(present)].reset_index(drop=True)
    levels = list(dict.fromkeys(nodes["level"]))
    place = {
        (level, area): number for number, (level, area) in enumerate(zip(nodes["level"], nodes["area_id"], strict=True))
    }
    above = dict(zip(levels[1:], levels, strict=False))
    nodes["parent"] = [place.get((above.get(row.level), row.parent_id), -1) for row in nodes.itertuples()]
    return nodes[["level", "area_id", "parent"]]


def hidden_cells(day: str) -> pd.DataFrame:
    """Every hidden origin of a smallest area: area_id, origin, pool, size and remainder of its pool, siblings."""
    rows = on("residents_by_origin", day)
    nodes = tree_of(rows["boundary_version"].iloc[0], set(rows["area_id"]))
    found = []
    for origin, group in rows.groupby("origin"):
        counts = nodes.merge(group, how="left", on=["level", "area_id"])["persons"].fillna(-1).to_numpy(np.int64)
        for number, pool in enumerate(pools(nodes["parent"].to_numpy(), counts)):
            for leaf in pool.leaves:
                area = nodes["area_id"][leaf]
                found.append((area, origin, f"{origin}{number}", len(pool.leaves), pool.remainder, pool.siblings))
    cells = pd.DataFrame(found, columns=[*CELL, "pool", "size", "remainder", "siblings"])
    cells["least"], cells["most"] = MINIMUM, cells["remainder"] - MINIMUM * (cells["size"] - 1)
    return cells


def joint_bounds(day: str, share: float, *, integer: bool = False) -> pd.DataFrame:
    """Bounds of hidden origins from all tables together: origins, background, foreign nationals, residents by age.

    share: of the cells whose bound by an area's total could bind, those tried (drawn evenly). integer: by integer
    programming, on the lattice where a pool allows it. Returns the cells tried with least and most.
    """
    cells = hidden_cells(day)
    total, background = _totals(day), _background(day)
    named = on("residents_by_origin", day).query("level == 'planning_area'")
    room = background.fillna(total) - named.groupby("area_id")["persons"].sum()
    sums = cells.groupby("area_id")["most"].sum()
    squeezed = sums > room.reindex(sums.index)
    binding = set(squeezed.index[squeezed])
    tried = np.flatnonzero(cells["area_id"].isin(binding))
    tried = tried[:: max(1, round(1 / share))]
    groups, right = [*cells.groupby("pool").groups.values()], cells.groupby("pool")["remainder"].first().to_numpy(float)
    limits = [indices for area, indices in cells.groupby("area_id").groups.items() if area in binding]
    most = np.array([room[cells["area_id"][indices[0]]] for indices in limits], dtype=float)
    exact, upper = _incidence(groups, len(cells)), _incidence(limits, len(cells))
    ends = []
    for cell in tried:
        aim = np.eye(1, len(cells), int(cell))[0]
        if integer:
            rules = [LinearConstraint(exact, right, right), LinearConstraint(upper, -np.inf, most)]
            answers = [
                milp(sign * aim, constraints=rules, integrality=1, bounds=_at_least(MINIMUM)) for sign in (1, -1)
            ]
        else:
            rule: dict[str, Any] = {"A_eq": exact, "b_eq": right, "A_ub": upper, "b_ub": most}
            answers = [linprog(sign * aim, **rule, bounds=(MINIMUM, None)) for sign in (1, -1)]
        assert all(answer.success for answer in answers), answers
        ends.append((answers[0].fun, -answers[1].fun))
    return cells.iloc[tried].assign(least=[low for low, _ in ends], most=[high for _, high in ends])


def _at_least(low: float) -> Any:
    from scipy.optimize import Bounds

    return Bounds(low, np.inf)


def _incidence(groups: list[Any], size: int) -> Any:
    rows = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    columns = np.concatenate([np.asarray(group) for group in groups]) if groups else np.zeros(0, int)
    return coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(groups), size)).tocsr()


def _totals(day: str) -> pd.Series:
    """The most residents an area can have: as published, or what is rounded to what is."""
    total = on("residents", day).groupby("area_id")["persons"].sum(min_count=1).astype(float)
    return total.where(total > ROUNDED_TOTAL, ROUNDED_TOTAL - 1)


def _background(day: str, group: str = "migration_background") -> pd.Series:
    rows = on("residents_by_background", day).query("level == 'planning_area' and background == @group")
    return rows.set_index("area_id")["persons"].astype(float)


def background_bounds(day: str) -> pd.DataFrame:
    """Bounds of hidden totals by background: at least what is published inside, at most what is published around."""
    origins = on("residents_by_origin", day).query("level == 'planning_area'")
    inside = origins.groupby("area_id").agg(named=("persons", "sum"), hidden=("suppressed", "sum")).astype(float)
    total, foreign = _totals(day), _background(day, "foreign_nationals")
    outer = _background(day)
    low = {
        "foreign_nationals": pd.Series(float(MINIMUM), index=total.index),
        "migration_background": np.maximum(
            inside["named"] + MINIMUM * inside["hidden"], foreign.fillna(MINIMUM).reindex(total.index)
        ),
    }
    high = {"foreign_nationals": outer.fillna(total), "migration_background": total}
    parts = []
    for group, rows in on("residents_by_background", day).groupby("background"):
        nodes = tree_of(rows["boundary_version"].iloc[0], set(rows["area_id"]))
        counts = nodes.merge(rows, how="left", on=["level", "area_id"])["persons"].fillna(-1).to_numpy(np.int64)
        for pool in pools(nodes["parent"].to_numpy(), counts):
            areas = nodes["area_id"][pool.leaves]
            least, most = low[group].reindex(areas).to_numpy(), high[group].reindex(areas).to_numpy()
            lowest = np.maximum(least, pool.remainder - (most.sum() - most))
            highest = np.minimum(most, pool.remainder - (least.sum() - least))
            parts.append(pd.DataFrame({"area_id": areas, "background": group, "least": lowest, "most": highest}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["area_id", "least", "most"])


def differences(day: str) -> pd.DataFrame:
    """Counts that follow by subtracting one published figure from another, at every level: what, area_id, persons."""
    areas = table("areas")
    version = on("residents_by_origin", day)["boundary_version"].iloc[0]
    nodes = areas[areas["boundary_version"] == version]
    wide = on("residents_by_background", day)
    wide = wide.pivot(index=["level", "area_id"], columns="background", values="persons").astype(float)
    origins = on("residents_by_origin", day).groupby(["level", "area_id"])
    wide["named"] = origins["persons"].sum().astype(float).where(origins["suppressed"].sum() == 0)
    above, total = nodes.set_index(["level", "area_id"])["parent_id"], dict[tuple[str, str], float]()
    level_total = on("residents", day).groupby("area_id")["persons"].sum().astype(float)
    levels = list(dict.fromkeys(nodes["level"]))
    for level in reversed(levels):
        total |= {(level, area): persons for area, persons in level_total.items()}
        level_total = level_total.groupby(above[level].reindex(level_total.index)).sum() if level != "city" else None
    wide["all"] = pd.Series(total).reindex(wide.index)
    small = wide.index.get_level_values("level") == "planning_area"
    wide.loc[small & (wide["all"] <= ROUNDED_TOTAL), "all"] = np.nan
    pairs = [
        ("all", "migration_background"),
        ("all", "foreign_nationals"),
        ("migration_background", "foreign_nationals"),
        ("migration_background", "named"),
    ]
    parts = [(wide[a] - wide[b]).rename("persons").reset_index().assign(what=f"{a} less {b}") for a, b in pairs]
    return pd.concat(parts, ignore_index=True).dropna(subset="persons")


class ChosenLots:
    """Lots that hide just what one wants: how somebody finds out whether a reading could have been published so."""

    def __init__(self, leaves: np.ndarray, inner: np.ndarray) -> None:
        self.leaves, self.inner = leaves, inner

    def random(self, shape: Any) -> np.ndarray:
        if isinstance(shape, int):
            return np.zeros(shape)
        return np.where(np.vstack([self.leaves, self.inner]), 0.0, 1.0)


def readings_ruled_out(module: types.ModuleType, parents: list[int], leaves: dict[int, int], seed: int) -> list[str]:
    """What someone learns of one small tree who knows the algorithm: intervals too narrow, readings it rules out.

    Hides counts with the module's algorithm; then bounds every hidden node by linear programming, knowing the source's
    minimum; then asks for both ends of every hidden leaf whether the algorithm could have hidden just this set.
    """
    tree = module.AreaTree(np.array(parents))
    counts = np.zeros(len(parents), dtype=np.int64)
    counts[list(leaves)] = list(leaves.values())
    counts = tree.sums(counts)
    low, high = np.where(tree.is_leaf, MINIMUM, 0).astype(float), np.full(len(parents), np.inf)
    hidden = tree.suppress(counts, (np.random.default_rng(seed), np.random.default_rng(-seed - 1 + 2**32)), low, high)
    faults = [f"{counts[node]} is published" for node in np.flatnonzero(~hidden & (counts > 0) & (counts < WIDTH))]
    published = np.where(hidden, -1, counts)
    if hidden[0]:
        return faults
    inside = np.zeros((len(parents), len(parents)))
    for leaf in np.flatnonzero(tree.is_leaf):
        node = int(leaf)
        while node >= 0:
            inside[node, leaf] = 1
            node = parents[node]
    free = np.flatnonzero(hidden & tree.is_leaf)
    right = (counts - inside @ np.where(~hidden & tree.is_leaf, counts, 0))[~hidden]
    for node in map(int, np.flatnonzero(hidden)):
        aim = inside[node, free]
        rule: dict[str, Any] = {"A_eq": inside[~hidden][:, free], "b_eq": right, "bounds": (MINIMUM, None)}
        if not len(free):
            faults.append(f"node {node} is the sum of what is published")
            continue
        ends = [linprog(sign * aim, **rule) for sign in (1, -1)]
        if -ends[1].fun - ends[0].fun < WIDTH - 1e-6:
            faults.append(f"node {node} is {ends[0].fun:.0f} to {-ends[1].fun:.0f}")
            continue
        for end in ends if tree.is_leaf[node] else []:
            fill = np.where(tree.is_leaf & ~hidden, counts, 0)
            fill[free] = np.round(end.x).astype(np.int64)
            reading = tree.sums(fill)
            chosen = ChosenLots(hidden & tree.is_leaf, hidden & ~tree.is_leaf)
            again = tree.suppress(reading, (chosen, chosen), low, high)
            if (again != hidden).any() or (reading[~hidden] != published[~hidden]).any():
                faults.append(f"the algorithm rules out that leaf {node} is {fill[node]}")
    return faults


def changed_module(old: str, new: str) -> types.ModuleType:
    """The module that suppresses, with a fault planted in its text."""
    text = Path(str(suppression.__file__)).read_text(encoding="utf-8")
    assert not old or text.count(old) == 1, old
    module = types.ModuleType("planted")
    exec(compile(text.replace(old, new) if old else text, "planted", "exec"), module.__dict__)
    return module


# ---- ages and shares ----------------------------------------------------------------------------------------------


def age_readings(every: int = 1) -> pd.DataFrame:
    """Ages that may have been rounded (none, or 11), each with how far apart two readings are that end as published.

    The readings are searched with the algorithm itself under many secrets: persons who are moved between the age and
    another one of the area. every: of the areas, those tried.
    """
    rows = table("residents").dropna(subset="persons")
    wide = rows.pivot(index=["period", "area_id"], columns="age", values="persons").astype(np.int64)
    wide = wide[((wide == 0) | (wide == WIDTH + 1)).any(axis=1) & (wide.sum(axis=1) > 0)]
    parts = []
    for place, row in list(zip(wide.index, wide.to_numpy(), strict=True))[::every]:
        for age in np.flatnonzero((row == 0) | (row == WIDTH + 1)):
            ends = (
                [persons for persons in (0, 10) if _leads_to(row, int(age), persons)]
                if row[age] == 0
                else [persons for persons in (1, 11) if _leads_to(row, int(age), persons)]
            )
            parts.append((*place, int(age), max(ends, default=0) - min(ends, default=0)))
    return pd.DataFrame(parts, columns=["period", "area_id", "age", "width"])


def _leads_to(published: np.ndarray, age: int, persons: int) -> bool:
    """Whether an area where so many had been of this age could have been published so.

    The difference is taken from, or given to, one to three other ages, drawn; likewise the algorithm's lots.
    """
    for seed in range(6000):
        lots, reading = np.random.default_rng(seed), published.copy()
        others = lots.permutation([other for other in range(len(published)) if other != age])[: 1 + seed % 3]
        parts = lots.multinomial(abs(published[age] - persons), np.ones(len(others)) / len(others))
        reading[others] += np.sign(published[age] - persons) * parts
        reading[age] = persons
        if (reading >= 0).all():
            disclosure._round_ages(reading, lots)
            if (reading == published).all():
                return True
    return False


def share_intervals() -> pd.DataFrame:
    """Published social shares above zero with the width, in persons, of what they can stand for.

    A share times its base (ages as published half a year later) is a number of people; the interval is that of all
    shares that are rounded to the same figure.
    """
    shares, people = table("social_monitoring"), table("residents")
    people = people[people["period"] == "2021-06-30"].pivot(index="area_id", columns="age", values="persons")
    people = people.astype(float)
    children = people[["0-5", "6-14"]].sum(axis=1)
    base = {
        "unemployment": people[["15-17", "18-26", "27-44", "45-54", "55-64"]].sum(axis=1),
        "transfer_receipt": people.sum(axis=1),
        "child_poverty": children,
        "youth_unemployment": people["15-17"] + people["18-26"] * 7 / 9,
        "single_parent_households": (children + people["15-17"]) / 3,
        "old_age_poverty": people["65+"],
        "residence_over_five_years": people.sum(axis=1),
    }
    raw, parts = truth("social_monitoring"), []
    both = shares.merge(raw, on=["period", "area_id", "indicator"], suffixes=("", "_raw")).dropna(subset="percent")
    for indicator, rows in both[both["percent"] > 0].groupby("indicator"):
        of = base[indicator].reindex(rows["area_id"]).to_numpy()
        parts.append(rows.assign(width=_widths(rows, of)))
    return pd.concat(parts)


def _widths(rows: pd.DataFrame, of: np.ndarray) -> np.ndarray:
    """Persons that each published share can stand for, 0 where it is none of its band or too far from the raw one."""
    off = 2 * (rows["percent"] - rows["percent_raw"]).abs().to_numpy() * of / 100  # a band is at least this wide
    bands = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
    half = rows["percent"].to_numpy()[:, None] / bands - 0.5
    fits = np.abs(half - np.round(half)) < 1e-3
    band = np.where(fits & (bands * of[:, None] / 100 >= WIDTH), bands, np.inf).min(axis=1)
    width = np.where(off > band * of / 100 + 1e-6, 0.0, band * of / 100)
    return np.where(np.isfinite(band), width, 0.0)


def children_intervals() -> pd.DataFrame:
    """Published shares of children with a migration background, with the width, in children, of what they can be."""
    shares, raw = table("children_by_background"), truth("children_by_background")
    both = shares.merge(raw, on=["period", "level", "area_id", "age"], suffixes=("", "_raw"))
    people = table("residents").assign(area_id=lambda rows: rows["area_id"].str[:4])
    base = people.groupby(["period", "area_id", "age"])["persons"].sum()
    keys = pd.MultiIndex.from_frame(both[["period", "area_id", "age"]])
    return both.assign(width=_widths(both, base.reindex(keys).to_numpy(float)))
