"""Results that are asked for over HTTP, made as the pages make them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.indicators import REGISTRY
from pages import inclusion_results
from pages.common import area_names, city, credit, half_years, known, shown_city, source


def periods(key: str) -> list[pd.Timestamp]:
    """Half-years of a city that fit today's areas, oldest first."""
    with shown_city(key):
        return [day for day in half_years(1900, 2100) if day >= pd.Timestamp(city().boundary_since)]


def indicators(key: str, level: str, period: pd.Timestamp) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Every indicator of every area of a level, and what is to be said about them."""
    with shown_city(key):
        rows = inclusion_results.measured(period, level)
        named = rows.reset_index().assign(name=lambda t: t["area_id"].map(area_names(level)))
        about = {
            "title": "Indicators by area",
            "city": key,
            "level": level,
            "period": f"{period:%Y-%m-%d}",
            "source": credit("residents", "social_monitoring", "facilities"),
            "indicators": {
                one.key: {
                    "label": one.label,
                    "unit": one.unit,
                    "period": one.period,
                    "definition": one.definition,
                    "source": "; ".join(source(name, key) for name in one.tables if known(name)),
                    "caveats": one.caveats,
                }
                for one in REGISTRY
            },
        }
    return named[["area_id", "name", *rows.columns]], about
