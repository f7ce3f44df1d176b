"""The one registry of indicators: what each is, how it is made, which way is good; and their values by area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analytics import access, coverage, diversity

DIMENSIONS = {
    "housing": "Housing",
    "learning": "Education and lifelong learning",
    "work": "Work and income",
    "health": "Health and care",
    "participation": "Participation and culture",
    "diversity": "Diversity without segregation",
}
CONTEXT = {"people": "People", "environment": "Environment and mobility"}


@dataclass(frozen=True)
class Inputs:
    """What indicators are made from, all of one half-year and of today's cut.

    residents: area_id, age, persons. origins, background: level, area_id, origin or background, persons (empty:
    suppressed). social: area_id, indicator, percent. facilities: kind, area_id, places. cells: area_id, share. minutes: by
    kind, minutes on foot from every cell. km2: by planning area. groups: the area to report for each planning area.
    level: its name. displaced: origins that stand for forced displacement.
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

    @cached_property
    def everyone(self) -> pd.Series:
        """Residents of any age by planning area."""
        return coverage.of_age(self.residents, None, None).set_index("area_id")["persons"]

    @cached_property
    def people_of_cells(self) -> np.ndarray:
        """Residents of every cell."""
        return access.people_in_cells(self.cells, self.everyone.reset_index())

    @cached_property
    def cell_groups(self) -> pd.Series:
        """The area to report for each cell."""
        return self.cells["area_id"].map(self.groups)


@dataclass(frozen=True)
class Indicator:
    """One indicator's card. good: 'high', 'low', or '' where neither is; shown_on: the page and choice with its figure."""

    key: str
    label: str
    dimension: str
    unit: str
    good: str
    definition: str
    formula: str
    tables: tuple[str, ...]
    period: str
    caveats: str
    make: Callable[[Inputs], pd.Series]
    shown_on: str
    digits: int = 1

    @property
    def code(self) -> str:
        """Where the arithmetic is."""
        return f"analytics/indicators.py, {self.make.__qualname__.split('.')[0]}"


def _people(given: Inputs, low: int | None = None, high: int | None = None) -> pd.Series:
    rows = coverage.of_age(given.residents, low, high).set_index("area_id")["persons"]
    return rows.groupby(given.groups.reindex(rows.index)).sum(min_count=1)


def share_of_age(low: int, high: int | None) -> Callable[[Inputs], pd.Series]:
    """Residents of an age as % of all."""
    return lambda given: 100 * _people(given, low, high) / _people(given)


def percent(name: str) -> Callable[[Inputs], pd.Series]:
    """A percentage of the social monitoring; above planning areas its mean, weighted with residents."""

    def make(given: Inputs) -> pd.Series:
        value = given.social[given.social["indicator"] == name].set_index("area_id")["percent"].dropna().astype(float)
        people = given.everyone.reindex(value.index).fillna(0)
        return access.weighted_mean(value.to_numpy(), people.to_numpy(), given.groups.reindex(value.index))

    return make


def walk(*kinds: str) -> Callable[[Inputs], pd.Series]:
    """Mean minutes on foot to the nearest facility of any of the kinds, over all residents (an estimate)."""

    def make(given: Inputs) -> pd.Series:
        nearest = np.minimum.reduce([given.minutes[kind] for kind in kinds])
        return access.weighted_mean(nearest, given.people_of_cells, given.cell_groups)

    return make


def places(kind: str, low: int, high: int) -> Callable[[Inputs], pd.Series]:
    """Stated places of a kind per 100 residents of an age."""

    def make(given: Inputs) -> pd.Series:
        sites = given.facilities[given.facilities["kind"] == kind]
        people = _people(given, low, high)
        if sites["places"].notna().sum() == 0:  # no facility states its places: they are not known, not none
            return pd.Series(np.nan, index=people.index)
        stated = sites.groupby(sites["area_id"].map(given.groups))["places"].sum().astype(float)
        return 100 * stated.reindex(people.index).fillna(0) / people.where(people > 0)

    return make


def density(given: Inputs) -> pd.Series:
    """Residents per km2."""
    return _people(given) / given.km2.groupby(given.groups.reindex(given.km2.index)).sum()


def displaced_share(given: Inputs) -> pd.Series:
    """Residents of origins that stand for displacement as % of all; a lower bound where an origin is suppressed."""
    rows = given.origins[(given.origins["level"] == given.level) & given.origins["origin"].isin(given.displaced)]
    return 100 * rows.groupby("area_id")["persons"].sum(min_count=1).astype(float) / _people(given)


def origin_mix(given: Inputs) -> pd.Series:
    """Effective number of origins among residents whose origin is published (exp of Shannon's entropy)."""
    rows = given.origins[given.origins["level"] == given.level]
    return np.exp(rows.groupby("area_id")["persons"].agg(diversity.shannon)).where(
        rows.groupby("area_id")["persons"].count() >= 3
    )


def deviation_from_city(given: Inputs) -> pd.Series:
    """How far an area's planning areas differ from the city in who lives there, % points (mean, by residents).

    |share with a migration background - the city's share|, which summed over areas is what dissimilarity is made of.
    """
    rows = given.background[
        (given.background["level"] == "planning_area") & (given.background["background"] == "migration_background")
    ]
    group = rows.set_index("area_id")["persons"].astype(float)
    people = given.everyone.reindex(group.index)
    known = group.notna() & (people > 0)
    if not known.any():
        return pd.Series(dtype=float)
    whole = group[known].sum() / people[known].sum()
    distance = 100 * (group[known] / people[known] - whole).abs()
    return access.weighted_mean(distance.to_numpy(), people[known].to_numpy(), given.groups.reindex(distance.index))


_SOCIAL = ("social_monitoring",)
_WALK = ("cells", "facilities", "residents")
_STRAIGHT = "Minutes come from straight lines and a fitted circuity unless the city has a street network; residents are spread over the built-up cells of an area."
_ONE_DAY = "Published once, for one day; areas with few residents are suppressed."
_MINUTES = "sum over cells of residents x minutes to the nearest / sum of residents"


def _social(key: str, label: str, dimension: str, good: str, definition: str, caveats: str = _ONE_DAY) -> Indicator:
    return Indicator(
        key,
        label,
        dimension,
        "%",
        good,
        definition,
        "as published; above planning areas the mean weighted with residents",
        _SOCIAL,
        "2020-12-31",
        caveats,
        percent(key),
        f"creative_inclusion?beside={key}" if key in ("unemployment", "child_poverty") else "inclusion",
    )


def _walk(key: str, label: str, dimension: str, kinds: tuple[str, ...], good: str = "low") -> Indicator:
    return Indicator(
        key,
        label,
        dimension,
        "minutes on foot, estimate",
        good,
        f"Mean walk of residents to the {label.lower()}",
        _MINUTES,
        _WALK,
        "residents: chosen half-year; facilities 2023 to 2025",
        _STRAIGHT,
        walk(*kinds),
        f"reach?service={kinds[0]}",
    )


REGISTRY = [
    Indicator(
        "residents",
        "Residents",
        "people",
        "persons",
        "",
        "Residents of all ages",
        "count",
        ("residents",),
        "chosen half-year",
        "Areas with fewer than ten residents are suppressed.",
        _people,
        "displacement_city",
        0,
    ),
    Indicator(
        "children",
        "Under 15",
        "people",
        "% of residents",
        "",
        "Residents under 15",
        "residents aged 0 to 14 / residents",
        ("residents",),
        "chosen half-year",
        "",
        share_of_age(0, 15),
        "displacement_city",
    ),
    Indicator(
        "older",
        "65 and over",
        "people",
        "% of residents",
        "",
        "Residents aged 65 and over",
        "residents aged 65+ / residents",
        ("residents",),
        "chosen half-year",
        "",
        share_of_age(65, None),
        "displacement_city",
    ),
    Indicator(
        "displaced",
        "Displaced origin",
        "people",
        "% of residents",
        "",
        "Residents with a background in countries that people flee from",
        "residents of these origins / residents",
        ("residents_by_origin", "residents"),
        "chosen half-year",
        "Not everyone of such an origin was displaced; suppressed counts make it a lower bound.",
        displaced_share,
        "displacement_city",
    ),
    Indicator(
        "density",
        "Residents per km²",
        "people",
        "per km²",
        "",
        "Residents over the whole area",
        "residents / km²",
        ("residents", "areas"),
        "chosen half-year",
        "Includes water and woods.",
        density,
        "displacement_city",
        0,
    ),
    _social(
        "residence_over_five_years",
        "Five years at the address",
        "housing",
        "high",
        "Residents who have lived at their address for five years or more",
        _ONE_DAY
        + " Stays can be long for want of a choice. Rents, overcrowding and social housing are not published by area.",
    ),
    Indicator(
        "daycare_places",
        "Day-care places",
        "learning",
        "per 100 children under 6",
        "high",
        "Approved places of day-care centres in the area",
        "places / residents aged 0 to 5 x 100",
        ("facilities", "residents"),
        "places 2023; residents: chosen half-year",
        "Children may attend outside their area.",
        places("daycare", 0, 6),
        "coverage?service=daycare",
    ),
    _walk("primary_walk", "Nearest primary school", "learning", ("school_primary",)),
    _walk("library_walk", "Nearest library", "learning", ("library",)),
    _social("unemployment", "Unemployment", "work", "low", "Unemployed people as % of those aged 15 to 64"),
    _social(
        "youth_unemployment",
        "Youth unemployment",
        "work",
        "low",
        "Unemployed people under 25 as % of those aged 15 to 24",
    ),
    _social(
        "transfer_receipt",
        "Receipt of transfers",
        "work",
        "low",
        "Recipients of basic income support who are not unemployed, as % of residents",
    ),
    _social(
        "child_poverty", "Child poverty", "work", "low", "Children under 15 in households on basic income support, %"
    ),
    _social("old_age_poverty", "Poverty in old age", "work", "low", "Recipients of basic support aged 65 and over, %"),
    _walk("doctor_walk", "Nearest doctor", "health", ("doctor",)),
    _walk("pharmacy_walk", "Nearest pharmacy", "health", ("pharmacy",)),
    _walk("community_walk", "Nearest community or youth centre", "participation", ("community_centre", "youth_centre")),
    _walk("culture_walk", "Nearest museum, theatre or cinema", "participation", ("museum", "theatre", "cinema")),
    Indicator(
        "origin_mix",
        "Mix of origins",
        "diversity",
        "effective number of origins",
        "high",
        "How many equally large origins would be as mixed",
        "exp(-sum p ln p) over published origins",
        ("residents_by_origin",),
        "chosen half-year",
        "Only residents with a migration background have an origin; suppressed origins are left out.",
        origin_mix,
        "displacement_city",
    ),
    Indicator(
        "apart",
        "Apart from the city",
        "diversity",
        "% points",
        "low",
        "How far who lives here differs from who lives in the city",
        "mean over planning areas of |share with a migration background - the city's share|, weighted with residents",
        ("residents_by_background", "residents"),
        "chosen half-year",
        "High both where very many and very few have a migration background.",
        deviation_from_city,
        "diversity",
    ),
    _walk("playground_walk", "Nearest playground", "environment", ("playground",)),
    _walk("stop_walk", "Nearest stop or station", "environment", ("tram_stop", "metro_station", "rail_station")),
]
BY_KEY = {indicator.key: indicator for indicator in REGISTRY}
IN_INDEX = [indicator for indicator in REGISTRY if indicator.dimension in DIMENSIONS]


def measure(given: Inputs) -> pd.DataFrame:
    """Every indicator of every area of the level: areas x indicators, as they are (not oriented, not normalised)."""
    areas = sorted(given.groups.unique())
    made = {one.key: one.make(given).reindex(areas).astype(float) for one in REGISTRY}
    return pd.DataFrame(made, index=pd.Index(areas, name="area_id")).replace([np.inf, -np.inf], np.nan)


def oriented(table: pd.DataFrame) -> pd.DataFrame:
    """The indicators of the index that are known anywhere, each oriented so that high is good."""
    rows = pd.DataFrame({one.key: table[one.key] if one.good == "high" else -table[one.key] for one in IN_INDEX})
    return rows.dropna(axis=1, how="all")


def dimension_of() -> pd.Series:
    """The dimension of each indicator of the index, in the registry's order."""
    return pd.Series({one.key: one.dimension for one in IN_INDEX})
