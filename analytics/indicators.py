"""The one registry of indicators: what each is, how it is made, which way is good; and their values by area.

Their keys stand in addresses and in stored targets, so a key stays when a name changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics import measures
from analytics.measures import Inputs
from analytics.names import N_

DIMENSIONS = {
    "housing": N_("Housing"),
    "learning": N_("Education and lifelong learning"),
    "work": N_("Work and income"),
    "health": N_("Health and care"),
    "participation": N_("Participation and culture"),
    "diversity": N_("Diversity without segregation"),
}
CONTEXT = {"people": N_("People"), "environment": N_("Environment and mobility")}


@dataclass(frozen=True)
class Indicator:
    """One indicator's card. good: 'high', 'low', or '' where neither is. shown_on: page and choice with its figure."""

    key: str
    label: str
    dimension: str
    unit: str
    good: str
    definition: str
    formula: str
    tables: tuple[str, ...]
    make: Callable[[Inputs], pd.Series]
    period: str = N_("chosen day")
    caveats: str = ""
    shown_on: str = "displacement_city"
    digits: int = 1

    @property
    def code(self) -> str:
        """Where the arithmetic is."""
        return f"analytics/measures.py, {self.make.__qualname__.split('.')[0]}"


_STRAIGHT = N_(
    "Minutes come from straight lines and a fitted circuity unless the city has a street network; residents are spread "
    "over the homes of an area where these are known."
)
_SINGLE_DAYS = N_("Published for single days; areas with few residents are suppressed.")
_NEWEST = N_("residents: chosen day; facilities: newest record")
_MINUTES = N_("sum over cells of residents x minutes to the nearest / sum of residents")


def _social(key: str, dimension: str, good: str, caveats: str = _SINGLE_DAYS) -> Indicator:
    label, definition = _WORDS[key]
    formula = N_(
        "as published; above planning areas the mean weighted with residents of its own ages, counted within a year "
        "of it"
    )
    period = N_("newest published day up to the chosen day")
    page = f"creative_inclusion?beside={key}" if key in ("unemployment", "child_poverty") else "inclusion"
    tables, make = ("social_monitoring",), measures.percent(key)
    return Indicator(key, label, dimension, "%", good, definition, formula, tables, make, period, caveats, page)


WALKS: dict[str, tuple[str, ...]] = {}  # kinds of facility that each walk is to, the nearest of any


def _walk(key: str, dimension: str, *kinds: str) -> Indicator:
    WALKS[key], (label, definition) = kinds, _WORDS[key]
    unit, tables, make = N_("minutes on foot, estimate"), ("cells", "facilities", "residents"), measures.walk(*kinds)
    page = f"reach?service={kinds[0]}"
    return Indicator(key, label, dimension, unit, "low", definition, _MINUTES, tables, make, _NEWEST, _STRAIGHT, page)


# Label and definition of what is measured alike.
_WORDS = {
    "residence_over_five_years": (
        N_("Five years at the address"),
        N_("Residents who have lived at their address for five years or more"),
    ),
    "primary_walk": (N_("Nearest primary school"), N_("Mean walk of residents to the nearest primary school")),
    "library_walk": (N_("Nearest library"), N_("Mean walk of residents to the nearest library")),
    "unemployment": (N_("Unemployment"), N_("Unemployed people as % of those aged 15 to 64")),
    "youth_unemployment": (N_("Youth unemployment"), N_("Unemployed people under 25 as % of those aged 15 to 24")),
    "transfer_receipt": (
        N_("Receipt of transfers"),
        N_("Recipients of basic income support who are not unemployed, as % of residents"),
    ),
    "child_poverty": (N_("Child poverty"), N_("Children under 15 in households on basic income support, %")),
    "old_age_poverty": (N_("Poverty in old age"), N_("Recipients of basic support aged 65 and over, %")),
    "doctor_walk": (N_("Nearest doctor"), N_("Mean walk of residents to the nearest doctor")),
    "pharmacy_walk": (N_("Nearest pharmacy"), N_("Mean walk of residents to the nearest pharmacy")),
    "community_walk": (
        N_("Nearest community or youth centre"),
        N_("Mean walk of residents to the nearest community or youth centre"),
    ),
    "culture_walk": (
        N_("Nearest museum, theatre or cinema"),
        N_("Mean walk of residents to the nearest museum, theatre or cinema"),
    ),
    "playground_walk": (N_("Nearest playground"), N_("Mean walk of residents to the nearest playground")),
    "stop_walk": (N_("Nearest stop or station"), N_("Mean walk of residents to the nearest stop or station")),
}
REGISTRY = [
    Indicator(
        "residents",
        N_("Residents"),
        "people",
        N_("persons"),
        "",
        N_("Residents of all ages"),
        N_("count"),
        ("residents",),
        measures.people,
        caveats=N_("Areas with fewer than twenty residents are rounded at random; sums stay."),
        digits=0,
    ),
    Indicator(
        "children",
        N_("Under 15"),
        "people",
        N_("% of residents"),
        "",
        N_("Residents under 15"),
        N_("residents aged 0 to 14 / residents"),
        ("residents",),
        measures.share_of_age(0, 15),
    ),
    Indicator(
        "older",
        N_("65 and over"),
        "people",
        N_("% of residents"),
        "",
        N_("Residents aged 65 and over"),
        N_("residents aged 65+ / residents"),
        ("residents",),
        measures.share_of_age(65, None),
    ),
    Indicator(
        "displaced",
        N_("Displaced origin"),
        "people",
        N_("% of residents"),
        "",
        N_("Residents with a background in countries that people flee from"),
        N_("residents of these origins / residents"),
        ("residents_by_origin", "residents"),
        measures.displaced_share,
        caveats=N_("Not everyone of such an origin was displaced; suppressed counts make it a lower bound."),
    ),
    Indicator(
        "density",
        N_("Residents per km²"),
        "people",
        N_("per km²"),
        "",
        N_("Residents over the whole area"),
        N_("residents / km²"),
        ("residents", "areas"),
        measures.density,
        caveats=N_("Includes water and woods."),
        digits=0,
    ),
    _social(
        "residence_over_five_years",
        "housing",
        "high",
        N_(
            "Published for single days; areas with few residents are suppressed. Stays can be long for want of a "
            "choice. Rents, overcrowding and social housing are not published by area."
        ),
    ),
    Indicator(
        "daycare_places",
        N_("Day-care places"),
        "learning",
        N_("per 100 children under 6"),
        "high",
        N_("Approved places of day-care centres in the area"),
        N_("places / residents aged 0 to 5 x 100"),
        ("facilities", "residents"),
        measures.places("daycare", 0, 6),
        period=_NEWEST,
        caveats=N_("Children may attend outside their area."),
        shown_on="coverage?service=daycare",
    ),
    _walk("primary_walk", "learning", "school_primary"),
    _walk("library_walk", "learning", "library"),
    _social("unemployment", "work", "low"),
    _social("youth_unemployment", "work", "low"),
    _social("transfer_receipt", "work", "low"),
    _social("child_poverty", "work", "low"),
    _social("old_age_poverty", "work", "low"),
    _walk("doctor_walk", "health", "doctor"),
    _walk("pharmacy_walk", "health", "pharmacy"),
    _walk("community_walk", "participation", "community_centre", "youth_centre"),
    _walk("culture_walk", "participation", "museum", "theatre", "cinema"),
    Indicator(
        "origin_mix",
        N_("Mix of origins"),
        "diversity",
        N_("effective number of origins"),
        "high",
        N_("How many equally large origins would be as mixed"),
        N_("exp(-sum p ln p) over published origins"),
        ("residents_by_origin",),
        measures.origin_mix,
        caveats=N_("Only residents with a migration background have an origin; suppressed origins are left out."),
    ),
    Indicator(
        "apart",
        N_("Apart from the city"),
        "diversity",
        N_("% points"),
        "low",
        N_("How far who lives here differs from who lives in the city"),
        N_(
            "mean over planning areas of |share with a migration background - the city's share|, "
            "weighted with residents"
        ),
        ("residents_by_background", "residents"),
        measures.deviation_from_city,
        caveats=N_(
            "High both where very many and very few have a migration background. Areas whose count is suppressed are "
            "left out."
        ),
        shown_on="diversity",
    ),
    _walk("playground_walk", "environment", "playground"),
    _walk("stop_walk", "environment", "tram_stop", "metro_station", "rail_station", "bus_stop", "ferry_landing"),
]
IN_INDEX = [indicator for indicator in REGISTRY if indicator.dimension in DIMENSIONS]


def measure(inputs: Inputs) -> pd.DataFrame:
    """Every indicator of every area of the level: areas x indicators, as they are (not oriented, not normalised)."""
    areas = sorted(inputs.groups.unique())
    values = {card.key: card.make(inputs).reindex(areas).astype(float) for card in REGISTRY}
    return pd.DataFrame(values, index=pd.Index(areas, name="area_id")).replace([np.inf, -np.inf], np.nan)


def oriented(table: pd.DataFrame) -> pd.DataFrame:
    """The indicators of the index that are known anywhere, each oriented so that high is good."""
    rows = pd.DataFrame({card.key: table[card.key] if card.good == "high" else -table[card.key] for card in IN_INDEX})
    return rows.dropna(axis=1, how="all")


def dimension_of() -> pd.Series:
    """The dimension of each indicator of the index, in the registry's order."""
    return pd.Series({card.key: card.dimension for card in IN_INDEX})
