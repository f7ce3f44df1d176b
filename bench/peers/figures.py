"""What the page of every peer shows, by pandas and plotly as their guides do it: read once, grouped at each change."""

from __future__ import annotations

from functools import cache

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

import data

ALL = "all"


@cache
def table(name: str) -> pd.DataFrame:
    """A shipped table, read once in a process."""
    return data.table(name)


def origins() -> list[str]:
    """What the page's one control offers: all, and each country that people left."""
    rows = table("displaced").groupby("origin")["persons"].sum().sort_values(ascending=False)
    return [ALL, *rows.index[:100]]


def _of(name: str, origin: str) -> pd.DataFrame:
    rows = table(name)
    return rows if origin == ALL else rows[rows["origin"] == origin]


def stock(origin: str) -> pd.DataFrame:
    """Displaced people by year and category."""
    return _of("displaced", origin).groupby(["year", "category"], as_index=False)["persons"].sum()


def charts(origin: str) -> list[go.Figure]:
    """The stock by category, the places with most, decisions on asylum, and the rows of the last year as bars."""
    rows, displaced = stock(origin), _of("displaced", origin)
    last = displaced[displaced["year"] == displaced["year"].max()]
    places = last.groupby("asylum", as_index=False)["persons"].sum().nlargest(15, "persons")
    decided = _of("asylum_decisions", origin).groupby("year", as_index=False).sum(numeric_only=True)
    return [
        px.area(rows, x="year", y="persons", color="category"),
        px.bar(places, x="persons", y="asylum", orientation="h"),
        px.line(decided.melt("year"), x="year", y="value", color="variable"),
        px.bar(last.groupby("category", as_index=False)["persons"].sum(), x="category", y="persons"),
    ]
