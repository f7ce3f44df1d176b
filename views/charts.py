"""Charts: lines and areas with direct labels, bars; each shown with its finding, unit, source and table."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from views import exports
from views.kept import Kept
from views.language import _, current, turn
from views.palette import GROUPS, theme

P = ParamSpec("P")
CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


FIGURES_BYTES = 64_000_000
WEIGHT = 6  # a figure's objects weigh about so many times its JSON
_figures = Kept(FIGURES_BYTES, lambda figure: WEIGHT * len(figure.to_json(validate=False)))


def drawn(draw: Callable[P, go.Figure]) -> Callable[P, go.Figure]:
    """Keep a chart by what it shows, language and theme, at most FIGURES_BYTES of them; nobody changes it afterwards."""

    @wraps(draw)
    def run(*args: P.args, **kwargs: P.kwargs) -> go.Figure:
        parts = (draw.__module__, draw.__name__, current(), theme(), args, kwargs)
        figure: go.Figure = _figures.get(parts, lambda: turn(draw(*args, **kwargs)))
        return figure

    return run


def annotate(figure: go.Figure, notes: list[dict[str, Any]]) -> None:
    """Write notes on a chart, all at once: one by one each would have plotly check all those before it."""
    figure.update_layout(annotations=[*figure.layout.annotations, *notes])


def base(height: int, unit: str) -> go.Figure:
    """An empty chart with its unit above the axis."""
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        hovermode="x unified",
        showlegend=False,
        yaxis={"rangemode": "tozero", "automargin": True},
        xaxis={"automargin": True},
    )
    if unit:
        # Above the axis and level: long units stay readable on a phone.
        figure.add_annotation(
            text=wrap(unit, 60),
            x=0,
            y=1,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            align="left",
            font={"size": 12},
        )
    return figure


def wrap(label: str, width: int = 20) -> str:
    """Plain text, escaped, broken into lines."""
    return "<br>".join(textwrap.wrap(html.escape(label), width))


def _label_ends(figure: go.Figure, ends: list[tuple[str, float, str]], span: tuple[float, float]) -> None:
    """Name each line or band at its right end, moved apart where they would touch; lowest first.

    ends: (name, height in data units, colour); span: lowest and highest value the chart shows.
    """
    line = 0.052 * (span[1] - span[0])
    floor, notes = span[0], []
    for name, height, colour in sorted(ends, key=lambda end: end[1]):
        label = wrap(name)
        half = line * (label.count("<br>") + 1) / 2
        place = max(height, floor + half)
        floor = place + half + 0.15 * line
        # The mark carries the colour, the words keep the ink: pale colours would not be readable as text.
        notes.append(
            {
                "x": 1,
                "xref": "paper",
                "y": place,
                "text": f'<span style="color:{colour}">■</span> {label}',
                "xanchor": "left",
                "xshift": 4,
                "showarrow": False,
                "align": "left",
                "font": {"size": 12},
            }
        )
    annotate(figure, notes)
    figure.update_layout(margin={"r": 150})
    figure.update_yaxes(range=[span[0], max(span[1], floor)])


@drawn
def lines(
    table: pd.DataFrame,
    x: str,
    y: str,
    by: str,
    *,
    unit: str,
    stacked: bool = False,
    from_zero: bool = True,
    digits: int = 0,
    breaks: dict[object, str] | None = None,
    height: int = 400,
) -> go.Figure:
    """A line (or a stacked area) a group, named at its end.

    table: one row a group and time. breaks: times at which something happened or the series breaks, drawn and named.
    """
    figure = base(height, unit)
    numbers = table.assign(**{y: table[y].astype("float64")}).sort_values(x)
    wide = numbers.pivot(index=x, columns=by, values=y)
    order = list(wide.ffill().iloc[-1].sort_values(ascending=False).index)
    floor, ends = 0.0, []
    for place, group in enumerate(order):
        colour = GROUPS[place % len(GROUPS)]
        series = wide[group].dropna() if not stacked else wide[group].fillna(0)
        figure.add_scatter(
            x=series.index,
            y=series,
            name=str(group),
            mode="lines",
            connectgaps=False,
            line={"color": colour, "width": 1 if stacked else 2.5},
            stackgroup="all" if stacked else None,
            hovertemplate=f"%{{y:,.{digits}f}}",
        )
        last = float(series.iloc[-1])
        ends.append((str(group), floor + last / 2 if stacked else last, colour))
        floor += last if stacked else 0
    top = 1.04 * float(wide.sum(axis=1).max() if stacked else wide.max(axis=None))
    low = 0.0 if from_zero else 0.98 * float(wide.min(axis=None))
    figure.update_yaxes(range=[low, top])
    figure.update_xaxes(range=[wide.index.min(), wide.index.max()])
    if len(order) > 1:
        _label_ends(figure, ends, (low, top))
    for when, what in (breaks or {}).items():
        figure.add_vline(x=when, line_dash="dot", line_color="#8a8a8a")
        figure.add_annotation(
            x=when,
            y=0,
            yref="paper",
            yanchor="bottom",
            text=what,
            showarrow=False,
            xanchor="right",
            textangle=-90,
            font={"size": 11},
        )
    return figure


@drawn
def band(past: pd.DataFrame, future: pd.DataFrame, x: str, *, unit: str) -> go.Figure:
    """A series and its forecast, never without the 80 % and 95 % intervals.

    past: x, persons. future: x, mean, low_80, high_80, low_95, high_95.
    """
    figure = base(420, unit)
    start = past.iloc[[-1]]
    joined = pd.concat([start.assign(**{name: start["persons"] for name in future if name != x}), future])
    for level, alpha in ((95, 0.15), (80, 0.3)):
        for side, fill in (("high", None), ("low", "tonexty")):
            figure.add_scatter(
                x=joined[x],
                y=joined[f"{side}_{level}"].astype(float),
                mode="lines",
                fill=fill,
                line={"width": 0},
                fillcolor=f"rgba(230,159,0,{alpha})",
                name=_("{level} % interval, {side}", level=level, side=_(side)),
                hovertemplate="%{y:,.0f}",
            )
    figure.add_scatter(
        x=joined[x],
        y=joined["mean"].astype(float),
        mode="lines",
        name=_("forecast (estimate)"),
        line={"color": GROUPS[5], "dash": "dash", "width": 2},
        hovertemplate="%{y:,.0f}",
    )
    figure.add_scatter(
        x=past[x],
        y=past["persons"].astype(float),
        mode="lines",
        name="counted",
        line={"color": GROUPS[0], "width": 2.5},
        hovertemplate="%{y:,.0f}",
    )
    top = 1.05 * float(joined["high_95"].max())
    last = joined.iloc[-1]
    _label_ends(
        figure,
        [
            ("95 % interval", float(last["high_95"]), GROUPS[1]),
            (_("forecast (estimate)"), float(last["mean"]), GROUPS[5]),
        ],
        (0, top),
    )
    return figure


def sparkline(values: pd.Series, key: str, summary: str) -> None:
    """The path of one figure, without axes. values: indexed by time."""
    st.plotly_chart(_path(values), key=key, config={"displayModeBar": False}, alt=summary)


@drawn
def _path(values: pd.Series) -> go.Figure:
    figure = go.Figure()
    figure.add_scatter(x=values.index, y=values, mode="lines", line={"color": GROUPS[0], "width": 2.5})
    figure.update_layout(height=70, margin={"l": 0, "r": 0, "t": 4, "b": 4}, showlegend=False)
    figure.update_xaxes(visible=False, fixedrange=True)
    return figure.update_yaxes(visible=False, fixedrange=True)


@drawn
def bars(table: pd.DataFrame, label: str, value: str, *, unit: str, digits: int = 0, marked: str = "") -> go.Figure:
    """Horizontal bars, longest first, each with its number; one may be marked."""
    ordered = table.sort_values(value, ascending=True)
    figure = base(max(220, 32 * len(ordered) + 60), unit)
    colours = [GROUPS[5] if name == marked else GROUPS[0] for name in ordered[label]]
    numbers = ordered[value].astype("float64")
    figure.add_bar(
        x=numbers,
        y=[wrap(name, 26) for name in ordered[label]],
        orientation="h",
        marker_color=colours,
        texttemplate=f"%{{x:,.{digits}f}}",
        textposition="auto",
        textangle=0,
        hovertemplate=f"%{{y}}: %{{x:,.{digits}f}}<extra></extra>",
    )
    figure.update_layout(hovermode="closest")
    return figure


def show(
    figure: go.Figure, *, title: str, unit: str, source: str, table: pd.DataFrame, key: str, summary: str = ""
) -> None:
    """A chart under the sentence it proves, with unit, source, table and downloads."""
    st.subheader(title, anchor=False)
    st.plotly_chart(figure, key=key, config=CONFIG, alt=summary or f"{title}. {unit}.")
    st.caption(_("{unit} · Source: {source}", unit=unit, source=source))
    exports.downloads(table, title, source, key, figure, unit)


def live(figure: go.Figure, *, title: str, unit: str, source: str, key: str, summary: str) -> None:
    """A chart that is drawn again and again: finding, picture, unit and source, without the table that would be sent each time."""
    st.subheader(title, anchor=False)
    st.plotly_chart(turn(figure), key=key, config={"displayModeBar": False}, alt=f"{title}. {summary}.")
    st.caption(_("{unit} · Source: {source}", unit=unit, source=source))
