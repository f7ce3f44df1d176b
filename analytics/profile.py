"""One area among all: where it stands in each indicator, what stands out, and which areas are most like it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.indicators import REGISTRY

STANDS_OUT_PERCENT = 20  # of areas, at either end


def peers(features: pd.DataFrame, area: str, count: int = 5) -> pd.DataFrame:
    """The areas most like an area: smallest Euclidean distance over standardised features.

    features: one row an area (index), numeric columns; rows with a gap cannot be compared. Returns the `count` nearest
    with distance (standard deviations), nearest first; none if the area itself has a gap.
    """
    known = features.dropna()
    if area not in known.index:
        return pd.DataFrame(columns=["distance"])
    scaled = (known - known.mean()) / known.std(ddof=0).replace(0, 1)
    distance = np.sqrt(((scaled - scaled.loc[area]) ** 2).sum(axis=1)).drop(area)
    return distance.nsmallest(count).rename("distance").to_frame()


def standing(values: pd.DataFrame, area: str) -> pd.DataFrame:
    """Where one area stands among all in each indicator of the registry.

    values: areas x indicators, as measured. Returns, by indicator (key): value, better_than (per cent of the other
    areas with a worse value; for indicators without a good side, with a lower one), kind: 'strength' where it is better
    than four fifths, 'gap' where it is worse than four fifths, '' otherwise, where there is no good side or too few
    areas (under five) to say.
    """
    rows = {}
    for card in REGISTRY:
        known = values[card.key].dropna()
        if area not in known.index:
            rows[card.key] = (np.nan, np.nan, "")
            continue
        others, value = known.drop(area), known[area]
        worse = (others > value) if card.good == "low" else (others < value)
        better = 100 * (worse.sum() + 0.5 * (others == value).sum()) / len(others) if len(others) else np.nan
        judged = card.good and len(known) >= 5
        kind = (
            "strength"
            if judged and better >= 100 - STANDS_OUT_PERCENT
            else "gap"
            if judged and better <= STANDS_OUT_PERCENT
            else ""
        )
        rows[card.key] = (value, better, kind)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "better_than", "kind"])
