"""The whole attack on every half-year, and guesses; `make attack` prints what was learnt."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from data import suppression
from tests.data.attacker import (
    CELL,
    MINIMUM,
    WIDTH,
    age_readings,
    background_bounds,
    differences,
    hidden_cells,
    joint_bounds,
    share_intervals,
    table,
    truth,
)

MOST_COMMON = 400  # larger counts are taken to be as rare as this one
LARGE_HIDDEN = 0.2  # of counts from the threshold on, those taken to be hidden; from 0.03 to 0.5 guesses are as good


def guesses(day: str) -> pd.DataFrame:
    """Hidden origins with their true persons and guesses of several people; a guess within 2 counts as right.

    margin: the likeliest five counts in a row, given the pool's published sum, its size, how frequent counts are in the
    source, that all below the threshold are hidden and of others a few (LARGE_HIDDEN), and that a pool holds one below
    the threshold: what the table and its legend say. even: the sum over the cells.
    five: always 5. informed: as margin, and knowing the algorithm (how likely it is that just these of the siblings are
    hidden): for pools of two, where this is exact. neighbour: the same cell's published count half a year off, less
    one, where there is one.
    """
    cells, counts = hidden_cells(day), truth("residents_by_origin")
    real = counts[counts["period"] == pd.Timestamp(day)].set_index(CELL)["persons"]
    cells = cells.assign(persons=real.reindex(pd.MultiIndex.from_frame(cells[CELL])).to_numpy())
    margin, informed = {}, {}
    for origin, rows in cells.drop_duplicates("pool").groupby("origin"):
        counted = _frequency(counts.loc[counts["origin"] == origin, "persons"])
        weight = counted.copy()
        weight[WIDTH:] *= LARGE_HIDDEN
        sums = {1: weight}
        for size in range(2, rows["size"].max() + 1):
            sums[size] = np.convolve(sums[size - 1], weight)[: rows["remainder"].max() + 1]
        for row in rows.itertuples():
            values = np.arange(MINIMUM, min(row.most, MOST_COMMON) + 1)
            others, rest = row.remainder - values, sums[row.size - 1]
            fits = np.where(others < len(rest), rest[np.minimum(others, len(rest) - 1)], 1e-12)
            if row.size == 2:
                fits = np.where((values < WIDTH) | (others < WIDTH), fits, 0)
                prior = counted[values] * counted[np.minimum(others, MOST_COMMON)]
                informed[row.pool] = _best(values, prior * _chance(values, others, row.siblings))
            margin[row.pool] = _best(values, weight[values] * fits)
    cells = cells.assign(even=cells["remainder"] / cells["size"], five=5.0, margin=cells["pool"].map(margin))
    cells["informed"] = cells["pool"].map(informed)
    return cells.assign(neighbour=_neighbours(day, cells).fillna(cells["margin"]))


def _frequency(persons: pd.Series) -> np.ndarray:
    """How frequent each count above zero is, a little of all that the source can have."""
    frequency = np.bincount(persons.clip(upper=MOST_COMMON), minlength=MOST_COMMON + 1) / len(persons) + 1e-6
    frequency[:MINIMUM] = 0
    return frequency


def _chance(values: np.ndarray, others: np.ndarray, siblings: list[int]) -> np.ndarray:
    """How likely the algorithm is to add just the other count where one is small and the sum does not suffice alone."""
    small, large = np.minimum(values, others), np.maximum(values, others)
    needed, published = WIDTH + 2 * MINIMUM - small, np.array(siblings, dtype=int)[:, None]
    rivals = ((published >= needed) & (published <= suppression.LARGE)).sum(axis=0)
    smaller = ((published >= needed) & (published < large)).sum(axis=0)
    own = np.where(large <= suppression.LARGE, 1 / (1 + rivals), np.where(smaller > 0, 0.001, 1.0))
    chance = np.where(large >= WIDTH, np.where(large >= needed, own, 0.01), 1.0)
    return np.where(small < WIDTH, chance, suppression.BY_LOT)


def _best(values: np.ndarray, weights: np.ndarray) -> float:
    """The guess within 2 of which most weight lies."""
    mass = [weights[np.abs(values - guess) <= 2].sum() for guess in values]
    return float(values[int(np.argmax(mass))])


def _neighbours(day: str, cells: pd.DataFrame) -> pd.Series:
    """The published count of the same area and origin half a year off, less one; empty if there is none."""
    rows = table("residents_by_origin").query("level == 'planning_area'")
    version = rows.loc[rows["period"] == pd.Timestamp(day), "boundary_version"].iloc[0]
    rows = rows[rows["boundary_version"] == version]
    days = sorted(rows["period"].unique())
    here = days.index(pd.Timestamp(day))
    index, guess = pd.MultiIndex.from_frame(cells[CELL]), pd.Series(np.nan, index=cells.index)
    for other in [number for number in (here - 1, here + 1) if 0 <= number < len(days)]:
        near = rows[rows["period"] == days[other]].set_index(CELL)["persons"].reindex(index)
        guess = guess.fillna(pd.Series(near.astype(float).to_numpy(), index=cells.index) - 1)
    return guess


def right(rows: pd.DataFrame, guess: str) -> float:
    """The share of guesses within 2."""
    return float(_is_right(rows, guess).mean())


def gain(rows: pd.DataFrame) -> tuple[float, float]:
    """How much more often the informed guess is right than that from the margin, and the error of this; by pool."""
    more = _is_right(rows, "informed").astype(float) - _is_right(rows, "margin")
    return float(more.mean()), float(np.sqrt((more.groupby([rows["day"], rows["pool"]]).sum() ** 2).sum()) / len(rows))


def _is_right(rows: pd.DataFrame, guess: str) -> pd.Series:
    return (rows[guess] - rows["persons"]).abs() <= 2


def main() -> int:
    """Attack every half-year and print what was learnt; returns 1 if it is more than is promised."""
    days = [f"{day:%Y-%m-%d}" for day in sorted(table("residents_by_origin")["period"].unique())]
    worst, exact, narrow, all_guesses = np.inf, 0, 0, []
    for day in days:
        single, joint, outer = hidden_cells(day), joint_bounds(day, 1.0), background_bounds(day)
        widths = pd.concat([part["most"] - part["least"] for part in (single, joint, outer)])
        small = differences(day)["persons"].between(1, WIDTH - 1).sum()
        exact, narrow = exact + int((widths < 1).sum() + small), narrow + int((widths < WIDTH - 1e-6).sum())
        worst = min(worst, float(widths.min()))
        all_guesses.append(guesses(day).assign(day=day))
        print(
            f"{day}: {len(single)} hidden origins, {len(joint)} also by linear programming over all tables, "
            f"{len(outer)} hidden totals; narrowest {widths.min():.0f}; {small} small differences",
            flush=True,
        )
    print(f"recovered exactly: {exact}; narrower than {WIDTH}: {narrow}; narrowest: {worst:.0f}")
    for name, rows in (("all pools", pd.concat(all_guesses)), ("pools of two", pd.concat(all_guesses).dropna())):
        names = ["margin", "even", "five", "neighbour"] + ["informed"] * (name == "pools of two")
        print(f"within 2, {name}:", {guess: round(right(rows, guess), 3) for guess in names}, "of", len(rows))
    print("knowing the algorithm adds {:.4f}, error {:.4f}".format(*gain(pd.concat(all_guesses).dropna())))
    ages, shares = age_readings(), share_intervals()
    print(f"ages: {len(ages)} published as none or rounded, {int((ages['width'] < WIDTH).sum())} narrower than {WIDTH}")
    print(f"shares: {len(shares)}, {int((shares['width'] < WIDTH).sum())} numerators narrower than {WIDTH}")
    narrow += int((ages["width"] < WIDTH).sum() + (shares["width"] < WIDTH).sum())
    return int(exact + narrow > 0)


if __name__ == "__main__":
    sys.exit(main())
