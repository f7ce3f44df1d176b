"""What indicators are made from, and the arithmetic of each: from Inputs to values by area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analytics import access, coverage, diversity


@dataclass(frozen=True)
class Inputs:
    """What indicators are made from, all of one half-year and of today's boundary version.

    residents: area_id, age, persons. origins, background: level, area_id, origin or background, persons (empty:
    suppressed). social: area_id, indicator, percent. facilities: kind, area_id, places. cells: area_id, share.
    minutes: by kind, minutes on foot from every cell. km2: by planning area. groups: the area to report for each
    planning area. level: its name. displaced: origins that stand for forced displacement. of_social: by social
    indicator residents within a year of its day (empty: none were counted), the bases of these shares.
    """

    residents: pd.DataFrame
    origins: pd.DataFrame
    background: pd.DataFrame
    social: pd.DataFrame
    facilities: pd.DataFrame
    cells: pd.DataFrame
    minutes: dict[str, np.ndarray]
    km2: pd.Series
    groups: pd.Series
    level: str
    displaced: list[str]
    of_social: dict[str, pd.DataFrame]

    @cached_property
    def everyone(self) -> pd.Series:
        """Residents of any age by planning area."""
        return coverage.of_age(self.residents, None, None).set_index("area_id")["persons"]

    @cached_property
    def residents_of_cells(self) -> np.ndarray:
        """Residents of every cell."""
        return access.people_in_cells(self.cells, self.everyone.reset_index())

    @cached_property
    def cell_groups(self) -> pd.Series:
        """The area to report for each cell."""
        return self.cells["area_id"].map(self.groups)


def people(
    inputs: Inputs, low: int | None = None, high: int | None = None, longest: int = coverage.LONGEST_CUT
) -> pd.Series:
    """Residents aged low to under high, of any age where none are given; not known where bands of ages do not tell.

    longest: years of a band that a bound may cut (coverage.knows_age).
    """
    if not coverage.knows_age(inputs.residents["age"].unique(), low, high, longest):
        return pd.Series(dtype=float)
    rows = coverage.of_age(inputs.residents, low, high).set_index("area_id")["persons"]
    return rows.groupby(inputs.groups.reindex(rows.index)).sum(min_count=1)


def share_of_age(low: int, high: int | None) -> Callable[[Inputs], pd.Series]:
    """Residents of an age as % of all; not known where a band of ages reaches over its bounds."""
    return lambda inputs: 100 * people(inputs, low, high, longest=0) / people(inputs)


# Ages that a share of the social monitoring is of, from and to under, where it is not of all residents.
BASES = {
    "unemployment": (15, 65),
    "youth_unemployment": (15, 25),
    "child_poverty": (0, 15),
    "old_age_poverty": (65, None),
}


# Whom each share of people is of: the ages above, or residents of any age.
SHARES: dict[str, tuple[int | None, int | None]] = {
    **dict.fromkeys(("children", "older", "displaced", "transfer_receipt", "residence_over_five_years"), (None, None)),
    **BASES,
}


def base(residents: pd.DataFrame, name: str, groups: pd.Series) -> pd.Series:
    """How many people a share is of, by area; empty where their ages were not counted. residents: of its day."""
    low, high = SHARES[name]
    if residents.empty or not coverage.knows_age(residents["age"].unique(), low, high, 0):
        return pd.Series(dtype=float)
    people = coverage.of_age(residents, low, high).set_index("area_id")["persons"]
    return people.groupby(groups.reindex(people.index)).sum(min_count=1)


def percent(name: str) -> Callable[[Inputs], pd.Series]:
    """A percentage of the social monitoring."""
    return lambda inputs: social_share(name, inputs.social, inputs.of_social.get(name, pd.DataFrame()), inputs.groups)


def social_share(name: str, social: pd.DataFrame, base: pd.DataFrame, groups: pd.Series) -> pd.Series:
    """A published share in % by area; above planning areas its mean, weighted with residents of its own ages.

    social: area_id, indicator, percent. base: residents by area_id and age within a year of it; above planning areas
    the share is not known where no ages were counted then. groups: the area to report for each planning area.
    """
    published = social[social["indicator"] == name].set_index("area_id")["percent"].dropna().astype(float)
    groups, ages = groups.reindex(published.index), BASES.get(name)
    if (groups == groups.index).all():
        return published
    if base.empty or (ages and base["age"].nunique() < 2):
        return pd.Series(dtype=float)
    people = coverage.of_age(base, *(ages or (None, None))).set_index("area_id")["persons"]
    weights = people.reindex(published.index).fillna(0)
    return access.weighted_mean(published.to_numpy(), weights.to_numpy(), groups)


def walk(*kinds: str) -> Callable[[Inputs], pd.Series]:
    """Mean minutes on foot to the nearest facility of any of the kinds, over all residents (an estimate)."""

    def value(inputs: Inputs) -> pd.Series:
        nearest = np.minimum.reduce([inputs.minutes[kind] for kind in kinds])
        return access.weighted_mean(nearest, inputs.residents_of_cells, inputs.cell_groups)

    return value


def places(kind: str, low: int, high: int) -> Callable[[Inputs], pd.Series]:
    """Stated places of a kind per 100 residents of an age."""

    def value(inputs: Inputs) -> pd.Series:
        sites = inputs.facilities[inputs.facilities["kind"] == kind]
        persons = people(inputs, low, high)
        if sites["places"].notna().sum() == 0:  # no facility states its places: they are not known, not none
            return pd.Series(np.nan, index=persons.index)
        stated = sites.groupby(sites["area_id"].map(inputs.groups))["places"].sum(min_count=1).astype(float)
        stated = stated.reindex(stated.index.union(persons.index), fill_value=0)  # no facility, no place
        return 100 * stated.reindex(persons.index) / persons.where(persons > 0)

    return value


def density(inputs: Inputs) -> pd.Series:
    """Residents per km2."""
    return people(inputs) / inputs.km2.groupby(inputs.groups.reindex(inputs.km2.index)).sum()


def displaced_share(inputs: Inputs) -> pd.Series:
    """Residents of origins that stand for displacement as % of all; a lower bound where an origin is suppressed."""
    rows = inputs.origins[(inputs.origins["level"] == inputs.level) & inputs.origins["origin"].isin(inputs.displaced)]
    return 100 * rows.groupby("area_id")["persons"].sum(min_count=1).astype(float) / people(inputs)


def origin_mix(inputs: Inputs) -> pd.Series:
    """Effective number of origins among residents whose origin is published (exp of Shannon's entropy)."""
    rows = inputs.origins[inputs.origins["level"] == inputs.level]
    published = rows.groupby("area_id")["persons"].count()
    return np.exp(diversity.shannon_by(rows["persons"], rows["area_id"])).where(published >= 3)


def deviation_from_city(inputs: Inputs) -> pd.Series:
    """How far an area's planning areas differ from the city in who lives there, % points (mean, by residents).

    |share with a migration background - the city's share|, which summed over areas is what dissimilarity is made of.
    """
    rows = inputs.background[
        (inputs.background["level"] == "planning_area") & (inputs.background["background"] == "migration_background")
    ]
    group = rows.set_index("area_id")["persons"].astype(float)
    total = inputs.everyone.reindex(group.index)
    known = group.notna() & (total > 0)
    if not known.any():
        return pd.Series(dtype=float)
    whole = group[known].sum() / total[known].sum()
    distance = 100 * (group[known] / total[known] - whole).abs()
    return access.weighted_mean(distance.to_numpy(), total[known].to_numpy(), inputs.groups.reindex(distance.index))
