"""What if people arrive: who lives where, what they need month by month, and what falls short; ranges, not points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.access import largest_remainder
from analytics.names import N_

RULES = (N_("where compatriots live"), N_("free places"), N_("even spread"), N_("by residents"), N_("own table"))


class Triangular(NamedTuple):
    """A triangular distribution: lowest, most likely, highest."""

    low: float
    likely: float
    high: float

    def draw(self, generator: np.random.Generator, size: int) -> np.ndarray:
        """Random values, one from each of `size` equal strata (McKay, Beckman & Conover 1979), in random order.

        A point where low equals high. Raises ValueError unless low <= likely <= high.
        """
        if not self.low <= self.likely <= self.high:
            raise ValueError(f"A range must rise: {self.low}, {self.likely}, {self.high}.")
        if self.low == self.high:
            return np.full(size, self.likely)
        ranks, width = (generator.permutation(size) + generator.random(size)) / size, self.high - self.low
        # The quantile function (Kotz & van Dorp 2004, ch. 1), as scipy.stats takes half a second to load.
        rising = self.low + np.sqrt(ranks * width * (self.likely - self.low))
        falling = self.high - np.sqrt((1 - ranks) * width * (self.high - self.likely))
        return np.where(ranks < (self.likely - self.low) / width, rising, falling)


def stream(seed: int, variable: str) -> np.random.Generator:
    """Random numbers of one variable, which those of no other change: a spawned stream (numpy.random.SeedSequence)."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(variable.encode())))


class Need(NamedTuple):
    """A service that arrivals need: ages served (from, to under), share of them that use it, units a user, its unit."""

    label: str
    ages: tuple[int, int]
    use: Triangular
    per_user: Triangular
    unit: str


# What a user may change; the spans are assumptions, stated beside every result.
NEEDS = {
    "daycare": Need(N_("Day care"), (0, 6), Triangular(0.5, 0.65, 0.8), Triangular(1, 1, 1), N_("places")),
    "school": Need(N_("School"), (6, 18), Triangular(0.97, 0.99, 1.0), Triangular(1, 1, 1), N_("places")),
    "language": Need(
        N_("Language courses"), (18, 65), Triangular(0.5, 0.7, 0.9), Triangular(600, 700, 900), N_("learner hours")
    ),
    "housing": Need(
        N_("Housing"), (0, 120), Triangular(1, 1, 1), Triangular(1 / 3.2, 1 / 2.6, 1 / 2.0), N_("dwellings")
    ),
    "doctor": Need(
        N_("General practitioners"),
        (0, 120),
        Triangular(1, 1, 1),
        Triangular(1 / 1900, 1 / 1700, 1 / 1500),
        N_("doctors"),
    ),
}
AGES = ((0, 6), (6, 18), (18, 65), (65, 120))


def allocate(people: int, weights: pd.Series) -> pd.Series:
    """Whole people to areas in proportion to weights, none lost and none made up (largest remainder, Hamilton).

    weights: by area, not negative; where all are zero every area counts alike. Ties go to the area that comes first.
    Raises ValueError for a negative weight or no area.
    """
    if weights.empty or (weights < 0).any():
        raise ValueError("Allocation needs at least one area and no negative weight.")
    share = weights.fillna(0).to_numpy(float)
    share = share if share.any() else np.ones(len(share))
    return pd.Series(largest_remainder(np.array([people]), share, np.zeros(len(share), int)), index=weights.index)


def free_places(capacity: pd.Series, vacant: Triangular, draws: int, seed: int) -> np.ndarray:
    """Free places by area under an assumed vacancy: draws x areas. capacity: stated places by area, gaps hold none."""
    return vacant.draw(stream(seed, "free places"), draws)[:, None] * capacity.fillna(0).to_numpy(float)[None, :]


def demand(
    allocated: pd.Series,
    months: int,
    ages: dict[tuple[int, int], float],
    needs: dict[str, Need],
    total: Triangular,
    free: dict[str, np.ndarray],
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Demand and shortfall by area, month and service, as 80 % bands.

    allocated: people by area at the likely total; other totals spread in the same proportions. ages: share of arrivals
    by age group (AGES). total: how many people arrive. free: places free at the start, draws x areas, for services
    where they are known. Returns area, month, service, low, likely, high (10th, 50th, 90th percentile of demand),
    short_low, short, short_high, and chance (share of draws with a shortfall); shortfalls are empty where free places
    are not known. The same seed gives the same table.
    """
    scale = total.draw(stream(seed, "people"), draws) / max(total.likely, 1)
    people, arrived = allocated.to_numpy(float), np.arange(1, months + 1) / months
    index = pd.MultiIndex.from_product([allocated.index, range(1, months + 1)], names=["area", "month"])
    rows = []
    for name, need in needs.items():
        use = need.use.draw(stream(seed, f"{name}: use"), draws)
        per_user = need.per_user.draw(stream(seed, f"{name}: per user"), draws)
        served = sum(share * _overlap(group, need.ages) for group, share in ages.items())
        per_person = scale * use * per_user * served
        bands = np.percentile(per_person, [10, 50, 90])[:, None, None] * people[:, None] * arrived
        short = np.full((4, *bands.shape[1:]), np.nan)
        for month, part in enumerate(arrived if name in free else ()):
            missing = np.maximum(per_person[:, None] * people * part - free[name], 0)
            short[:3, :, month] = np.percentile(missing, [10, 50, 90], axis=0)
            short[3, :, month] = (missing > 0).mean(axis=0)
        columns = ("low", "likely", "high", "short_low", "short", "short_high", "chance")
        values = np.concatenate([bands, short]).reshape(len(columns), -1)
        table = pd.DataFrame(dict(zip(columns, values, strict=True)), index=index).reset_index()
        table.insert(2, "service", name)
        rows.append(table)
    return pd.concat(rows, ignore_index=True)


def _overlap(group: tuple[int, int], ages: tuple[int, int]) -> float:
    """Share of an age group that a service is for, ages spread evenly within the group."""
    return max(0, min(group[1], ages[1]) - max(group[0], ages[0])) / (group[1] - group[0])


def first_shortfall(table: pd.DataFrame, service: str, chance: float = 0.5) -> pd.DataFrame:
    """First month in which a service more likely than not falls short: area, month; areas without one are left out."""
    rows = table[(table["service"] == service) & (table["chance"] >= chance)]
    return rows.groupby("area", as_index=False)["month"].min()
