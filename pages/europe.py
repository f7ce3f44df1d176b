"""Shared by the pages on the creative economy: its scope, the break in the survey, a map of Europe."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analytics import classes
from views import exports, maps
from views.language import N_, _

SCOPE = N_("Eurostat culture statistics")
EUROPE = (11.0, 52.5, 2.7)
LFS_BREAK = 2021


def breaks(first: int, last: int) -> dict[object, str] | None:
    return {LFS_BREAK: _("break in series")} if first <= LFS_BREAK <= last else None


def map_of_europe(
    shapes: dict[str, object],
    key: str,
    rows: pd.DataFrame,
    *,
    title: str,
    unit: str,
    credit: str,
    name: str,
    note: str = "",
    digits: int = 1,
    selected: str = "",
) -> None:
    """A figure with a map of Europe: finding, legend, areas by class, source, table."""
    st.subheader(title, anchor=False)
    grouped = classes.classify(rows["value"])
    ranges = maps.ranges(grouped, digits, "", 1)
    maps.legend(unit, grouped, ranges)
    lon, lat, zoom = EUROPE
    maps.show(
        [maps.area_layer(shapes, rows, grouped, key=key, selected=selected)],
        lon=lon,
        lat=lat,
        zoom=zoom,
        key=name,
        summary=_("Map: {title}. {unit}.", title=title, unit=unit),
    )
    st.caption(" · ".join(part for part in (unit, note, _("Source: {credit}", credit=credit)) if part))
    exports.downloads(
        rows.drop(columns=["value", "shown"]),
        title,
        credit,
        name,
        partial(maps.picture, shapes, rows, grouped, key, ranges),
    )
