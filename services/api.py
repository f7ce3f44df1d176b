"""Results that are asked for over HTTP, as the pages have them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import cube
from analytics.indicators import REGISTRY
from data import definitions, engine
from data.context import CityContext
from data.errors import DataError
from services import inclusion
from services.areas import area_names
from services.indicator_days import social_days
from services.tables import source

SAID = ("label", "unit", "period", "definition", "caveats", "dimension", "good")  # of an indicator


def indicators(ctx: CityContext, level: str, period: pd.Timestamp) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Every indicator of every area of a level (or of the 'city'), and what is to be said about them."""
    rows, days = inclusion.measured(ctx, period, level).reset_index(), social_days(ctx, period)
    rows.insert(1, "name", rows["area_id"].map(area_names(ctx, level)))
    about = {
        "title": "Indicators by area",
        "city": ctx.key,
        "level": level,
        "period": f"{period:%Y-%m-%d}",
        "source": source(ctx, *inclusion.TABLES),
        "indicators": {
            card.key: {name: getattr(card, name) for name in SAID}
            | {"source": source(ctx, *card.tables), "day": f"{days.get(card.key, period):%Y-%m-%d}"}
            for card in REGISTRY
        },
    }
    return rows, about


def sums(
    place: str, name: str, by: list[str], value: str, keep: dict[str, list[str]], limit_s: float, max_rows: int
) -> pd.DataFrame:
    """Sums of a column of a table by others, made in the engine. Raises DataError where a sum makes no sense.

    limit_s: seconds that it may take. max_rows: what is larger is refused, since a part of it would mislead.
    """
    columns = [column for column in definitions.contract(name).columns if column != "geometry"]
    if problem := cube.validate_query(columns, by, value, keep):
        raise DataError(problem)
    rows = engine.run(cube.regroup(engine.table(name, place), by, value, keep).limit(max_rows + 1), limit_s)
    if len(rows) > max_rows:
        raise DataError(f"The answer has more than {max_rows:,} rows. Group by less, or keep fewer rows.")
    return rows
