"""A page with half a million hexagons, for `bench/maps.py`: by level of detail as in the app, or all of them."""

from __future__ import annotations

import os
from pathlib import Path

import ibis
import pydeck as pdk
import streamlit as st

from analytics import cells, classes
from data.figures import Layer, Map
from views import maps
from views.palette import style

MOST = 12_000
folder, who, part = Path(os.environ["ZONE_BENCH"]), st.query_params["who"], st.query_params.get("part", "")


@st.cache_resource
def engine() -> ibis.BaseBackend:
    """One connection with the generated cells."""
    connection = ibis.duckdb.connect()
    connection.read_parquet(str(folder / "cells.parquet"), table_name="cells")
    return connection


st.set_page_config(layout="wide")
st.title("Hexagons")
table = engine().table("cells")
if who == "ours":
    shown = table.filter(table["district"] == int(part)) if part else table
    count = int(engine().to_pandas(shown.count()))
    resolution = cells.level_of_detail(count, 10, MOST)
    rows = engine().to_pandas(cells.coarser(shown, resolution, "persons", ["value"]))
    rows["cell"] = [f"{cell:x}" for cell in rows["cell"]]
    st.caption(f"{count:,} cells as {len(rows):,} of resolution {resolution}")
    layer = Layer("hexagons", {"cells": rows, "classes": classes.classify(rows["value"]), "digits": 1})
    maps.show(Map([layer], 10.0, 50.0, 10.0 if part else 7.6), style(), "map", "Hexagons", lambda _picked: None)
else:
    rows = engine().to_pandas(table.limit(int(st.query_params["most"])))
    rows["cell"] = [f"{cell:x}" for cell in rows["cell"]]
    all_cells = pdk.Layer(
        "H3HexagonLayer",
        rows[["cell", "persons", "value"]],
        get_hexagon="cell",
        get_fill_color="[value * 2, 90, 160]",
        pickable=True,
        extruded=False,
    )
    st.pydeck_chart(
        pdk.Deck(
            layers=[all_cells],
            initial_view_state=pdk.ViewState(longitude=10.0, latitude=50.0, zoom=7.6),
            map_style=maps.ground(style()),
        )
    )
