"""Taking a figure home: its table as CSV or Parquet, its picture as PNG or SVG."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from views.language import _

Picture: TypeAlias = "go.Figure | Callable[[], go.Figure]"  # drawn only when it is asked for
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def file_stem(title: str) -> str:
    """A file name from a title: lower case, words joined by dashes."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "figure"


def csv_bytes(table: pd.DataFrame) -> bytes:
    """CSV for spreadsheets (UTF-8 with BOM); text that a spreadsheet would run as a formula is disarmed."""
    safe = table.copy()
    for column in safe.select_dtypes(include=["object", "string"]).columns:
        text = safe[column].astype("string")
        safe[column] = text.mask(text.str.startswith(FORMULA_STARTS, na=False), "'" + text)
    return safe.to_csv(index=False).encode("utf-8-sig")


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """The table as Parquet."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def can_draw() -> bool:
    """Whether this machine can make picture files (kaleido needs a Chromium or Chrome)."""
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "chrome"))


def picture_bytes(figure: Picture, kind: str, title: str, source: str) -> bytes:
    """The chart or map as 'png' or 'svg', on white, with its title and its source in the picture."""
    import kaleido

    drawn = go.Figure(figure() if callable(figure) else figure)
    drawn.update_layout(
        template="plotly_white",
        width=1100,
        height=620,
        paper_bgcolor="white",
        title={"text": title, "x": 0.02},
        margin={"t": 70, "b": 90, "l": 70, "r": 160},
    )
    drawn.add_annotation(
        text=source, xref="paper", yref="paper", x=0, y=-0.16, showarrow=False, font={"size": 11}, xanchor="left"
    )
    options = {"format": kind, "scale": 2 if kind == "png" else 1}
    return kaleido.calc_fig_sync(drawn.to_plotly_json(), opts=options, kopts={"mathjax": False})


@dataclass(frozen=True)
class Shown:
    """A figure as a page shows it: finding, unit, source, table, picture (None: a table only)."""

    title: str
    unit: str
    source: str
    table: pd.DataFrame
    picture: Picture | None


def begin() -> None:
    """Forget what was shown before; each run of a page starts with this."""
    st.session_state["shown"] = []


def shown() -> list[Shown]:
    """The figures that the page has shown so far, in their order."""
    return list(st.session_state.get("shown", []))


def downloads(
    table: pd.DataFrame, title: str, source: str, key: str, figure: Picture | None = None, unit: str = ""
) -> None:
    """The table behind a figure, and buttons to take table and picture away; the figure goes into the page's report."""
    st.session_state.setdefault("shown", []).append(Shown(title, unit, source, table, figure))
    stem = file_stem(title)
    with st.expander(_("Table and downloads")):
        st.dataframe(
            table, hide_index=True, height=min(38 + 35 * max(len(table), 1), 320), alt=_("Table: {title}", title=title)
        )
        with st.container(horizontal=True):
            st.download_button(
                "CSV",
                partial(csv_bytes, table),
                f"{stem}.csv",
                "text/csv",
                key=f"{key}-csv",
                on_click="ignore",
                help=_("Table of: {title}", title=title),
            )
            st.download_button(
                _("Parquet"),
                partial(parquet_bytes, table),
                f"{stem}.parquet",
                "application/vnd.apache.parquet",
                key=f"{key}-parquet",
                on_click="ignore",
            )
            if figure is None:
                return
            if not can_draw():
                st.caption(_("PNG: camera button of the chart. SVG needs Chromium on the server."))
                return
            for kind, mime in (("png", "image/png"), ("svg", "image/svg+xml")):
                draw = partial(picture_bytes, figure, kind, title, source)
                st.download_button(kind.upper(), draw, f"{stem}.{kind}", mime, key=f"{key}-{kind}", on_click="ignore")
