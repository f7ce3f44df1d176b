"""Shift-share: a place's change taken apart into what the whole, its mix and the place itself contributed."""

from __future__ import annotations

import numpy as np
import pandas as pd


def _totals(table: pd.DataFrame) -> pd.DataFrame:
    sums = table.groupby(["area", "sector"])[["first", "last"]].sum()
    if (sums["first"] < 0).any() or (sums["last"] < 0).any():
        raise ValueError("Counts must not be negative.")
    return sums


def dunn(table: pd.DataFrame) -> pd.DataFrame:
    """Classical shift-share of every area and sector.

    table: area, sector, first, last (counts of two years; all areas together are the reference). Returns area, sector,
    change, national (growth of the whole), mix (the sector's growth beyond it), local (the area's growth beyond the
    sector's); the three add up to the change exactly. Sectors with nothing at first anywhere have no rate: their change
    is local. Source: Dunn (1960), "A statistical and analytical technique for regional analysis".
    """
    sums = _totals(table)
    whole = sums[["first", "last"]].sum()
    sectors = sums.groupby("sector")[["first", "last"]].sum()
    growth = whole["last"] / whole["first"] - 1
    rate = (sectors["last"] / sectors["first"].replace(0, np.nan) - 1).fillna(growth)
    by_sector = rate.reindex(sums.index.get_level_values("sector")).to_numpy()
    change = sums["last"] - sums["first"]
    parts = pd.DataFrame(
        {"change": change, "national": sums["first"] * growth, "mix": sums["first"] * (by_sector - growth)}
    )
    parts["local"] = parts["change"] - parts["national"] - parts["mix"]
    return parts.reset_index()


def esteban_marquillas(table: pd.DataFrame) -> pd.DataFrame:
    """Shift-share whose local part is free of the area's own specialisation.

    As dunn, with local split into competitive (at the count the area would have with the whole's mix) and allocation
    (its specialisation times its advantage). national, mix, competitive and allocation add up to the change exactly.
    Source: Esteban-Marquillas (1972), "A reinterpretation of shift-share analysis", Regional and Urban Economics 2.
    """
    parts, sums = dunn(table).set_index(["area", "sector"]), _totals(table)
    areas, sectors = sums.groupby("area")["first"].sum(), sums.groupby("sector")["first"].sum()
    expected = (
        areas.reindex(sums.index.get_level_values("area")).to_numpy()
        * sectors.reindex(sums.index.get_level_values("sector")).to_numpy()
        / sectors.sum()
    )
    advantage = parts["local"] / sums["first"].replace(0, np.nan)
    parts["competitive"] = (expected * advantage).fillna(parts["local"])
    parts["allocation"] = parts["local"] - parts["competitive"]
    return parts.drop(columns="local").reset_index()


def nested(first: float, last: float, *wholes: tuple[str, float, float]) -> pd.DataFrame:
    """One sector's change in an area, taken apart along the wholes that hold it, largest first.

    wholes: name, first, last of each whole (Europe, the country). Returns part, change: the growth of the largest
    whole, what each smaller one adds, and what is the area's own; the parts add up to last - first exactly. With one
    sector there is no mix; this is Dunn's national and local part at more than one level.
    """
    rows, above = [], 0.0
    for name, start, end in wholes:
        rate = end / start - 1
        rows.append((name, first * (rate - above)))
        above = rate
    rows.append(("own", (last - first) - first * above))
    return pd.DataFrame(rows, columns=["part", "change"])
