"""From one cut of areas to another: an estimate by shared area, and how wrong it is."""

from __future__ import annotations

import pandas as pd


def areal_weighting(persons: pd.Series, bridge: pd.DataFrame) -> pd.Series:
    """Counts by old area, moved to new areas in proportion to shared area (areal weighting; an estimate).

    persons: by old area id; empty where suppressed. bridge: old_id, new_id, share (of the old area; adds up to 1).
    Returns persons by new area; empty where any old area with a tenth or more of its area there is suppressed, so that
    no suppressed count is filled in.
    """
    parts = bridge.assign(persons=bridge["old_id"].map(persons).astype("Float64") * bridge["share"])
    unknown = parts[parts["persons"].isna() & (parts["share"] >= 0.1)]["new_id"].unique()
    moved = parts.groupby("new_id")["persons"].sum()
    return moved.mask(moved.index.isin(unknown))


def holders(bridge: pd.DataFrame, area_km2: pd.Series, least: float) -> pd.Series:
    """The old area that holds a share of at least `least` of each new one's ground; new areas without one are left out.

    bridge: as in `areal_weighting`. area_km2: by old area id. Returns the old id by new id. What is no count (an index)
    is moved so: never mixed of two areas.
    """
    ground = bridge.assign(km2=bridge["old_id"].map(area_km2) * bridge["share"])
    ground["part"] = ground["km2"] / ground.groupby("new_id")["km2"].transform("sum")
    return ground[ground["part"] >= least].set_index("new_id")["old_id"]


def weighting_error(estimated: pd.Series, known: pd.Series) -> dict[str, float]:
    """How far a bridged count is from a known one: median absolute percentage error, share within 10 %, areas."""
    both = pd.DataFrame({"estimated": estimated, "known": known}).dropna()
    both = both[both["known"] > 0].astype(float)
    off = (both["estimated"] / both["known"] - 1).abs()
    moved = (both["estimated"] - both["known"]).abs().sum() / (2 * both["known"].sum())
    return {
        "median_error": float(off.median()),
        "within_10_percent": float((off <= 0.1).mean()),
        "misplaced": float(moved),
        "areas": len(both),
    }
