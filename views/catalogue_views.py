"""How a catalogue of tables looks: where from, how fresh, what columns, which versions; what a new version says
otherwise.
"""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from views import exports, text
from views.language import _


def overview(entries: list[Any]) -> None:
    """All tables at a glance."""
    rows = pd.DataFrame(
        [
            {
                _("Table"): one.title,
                _("Place"): one.place,
                _("Publisher"): one.publisher,
                _("Licence"): one.licence,
                _("Period"): one.period,
                _("Rows"): one.rows,
                _("Version"): one.version_word,
            }
            for one in entries
        ]
    )
    st.dataframe(rows, hide_index=True, height=320, alt=_("All tables with publisher, licence, period and version"))


def about(entry: Any) -> str:
    """Where a table is from, in words."""
    parts = {
        _("Publisher"): entry.publisher,
        _("Licence"): entry.licence,
        _("Credit"): entry.attribution,
        _("Period"): entry.period,
        _("Unit"): entry.unit,
        _("Geography"): entry.geography,
        _("Rows"): text.number(entry.rows, 0),
        _("Version"): f"{entry.version or entry.built_on} · {entry.checksum[:12]}",
        _("Note"): entry.note,
    }
    return " · ".join(f"**{name}** {text.escaped(str(value))}" for name, value in parts.items() if value)


def contract(schema: Any, rows: pd.DataFrame) -> pd.DataFrame:
    """What each column promises, how much of it is filled, and its span."""
    known = []
    for name, column in schema.columns.items():
        if name not in rows:
            continue
        values = rows[name].dropna()
        spread = (
            name != "geometry"
            and len(values)
            and not pd.api.types.is_object_dtype(values)
            and not pd.api.types.is_string_dtype(values)
        )
        span = f"{text.plain(values.min())} – {text.plain(values.max())}" if spread else ""
        known.append(
            {
                _("Column"): name,
                _("Type"): str(column.dtype),
                _("Key"): "●" if name in (schema.unique or []) else "",
                _("Filled"): text.percent(len(values) / max(1, len(rows)), 1),
                _("Span"): span,
            }
        )
    return pd.DataFrame(known)


def versions(kept: list[Any]) -> pd.DataFrame:
    """Versions of a table, newest first."""
    state = {"used": _("in use"), "kept": _("kept"), "offered": _("waits")}
    return pd.DataFrame(
        [
            {
                _("Version"): text.moment(one.version) or _("shipped"),
                _("State"): state[one.state],
                _("Period"): one.period,
                _("Rows"): one.rows,
            }
            for one in kept
        ]
    )


def headline(rows: pd.DataFrame) -> str:
    """The largest differences in words: 'Germany, 2024, refugees: 2.49 million → 2.51 million'."""
    lines = []
    for row in rows.head(5).to_dict("records"):
        what = ", ".join(
            text.plain(value) for key, value in row.items() if key not in ("before", "after", "change", "what")
        )
        lines.append(f"- {what}: {_number(row['before'])} → {_number(row['after'])}")
    counts = rows["what"].value_counts()
    summary = _(
        "{changed:,} figures changed, {new:,} are new, {gone:,} are gone.",
        changed=int(counts.get("changed", 0)),
        new=int(counts.get("new", 0)),
        gone=int(counts.get("gone", 0)),
    )
    return f"{summary}\n\n" + "\n".join(lines)


def _number(value: float) -> str:
    return _(text.GAP) if text.is_gap(value) else text.compact(value)


def downloads(rows: pd.DataFrame, entry: Any) -> None:
    """A preview of the rows and the whole table to take away."""
    plain = pd.DataFrame(rows.drop(columns="geometry")) if "geometry" in rows else rows
    exports.downloads(
        plain.head(1000), entry.title, entry.source_line, f"data-{entry.place}-{entry.name}", unit=entry.unit
    )
    if len(rows) > 1000:
        st.caption(_("The table above shows the first 1,000 of {rows:,} rows; these files hold all.", rows=len(rows)))
    stem = f"{entry.place}-{entry.name}"
    with st.container(horizontal=True):
        for label, mime, end, make in (
            (_("Whole table, CSV"), "text/csv", "csv", partial(exports.csv_bytes, plain)),
            (
                _("Whole table, Parquet"),
                "application/vnd.apache.parquet",
                "parquet",
                partial(exports.parquet_bytes, rows),
            ),
            (
                _("Whole table, Excel"),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "xlsx",
                partial(excel, plain),
            ),
        ):
            if end == "xlsx" and len(rows) > 1_000_000:
                continue
            st.download_button(label, make, f"{stem}.{end}", mime, key=f"whole-{end}", on_click="ignore")
        if "geometry" in rows:
            st.download_button(
                _("Whole table, GeoJSON"),
                lambda: rows.to_crs(4326).to_json().encode(),
                f"{stem}.geojson",
                "application/geo+json",
                key="whole-geojson",
                on_click="ignore",
            )


def excel(rows: pd.DataFrame) -> bytes:
    """The table as a workbook; text is written as text, so that none of it runs as a formula."""
    out = io.BytesIO()
    with pd.ExcelWriter(
        out, engine="xlsxwriter", engine_kwargs={"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    ) as book:
        rows.to_excel(book, index=False, sheet_name="data")
    return out.getvalue()
