"""How a room's answers are drawn: votes, points and ranks with their spread, steps, guesses, words, groups."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from views.charts import blank, wrap
from views.palette import GROUPS, Style

STEPS = ("#8c510a", "#d8b365", "#c7c7c7", "#5ab4ac", "#01665e")  # ColorBrewer BrBG, grey in the middle
WIDE = 1_000  # units across a cloud of words, which stand for pixels


def votes(style: Style, table: pd.DataFrame, *, unit: str) -> go.Figure:
    """Bars in the order of the options, so that they do not jump while people vote. table: label, votes, share."""
    figure = blank(max(260, 54 * len(table) + 60), unit)
    labels = [wrap(label, 30) for label in table["label"]]
    figure.add_bar(
        x=table["votes"],
        y=labels,
        orientation="h",
        marker_color=GROUPS[0],
        textangle=0,
        textfont={"size": 16},
        text=[f"{votes} · {share:.0%}" for votes, share in zip(table["votes"], table["share"], strict=True)],
        hovertemplate="%{y}: %{x}<extra></extra>",
    )
    figure.update_layout(
        hovermode="closest", yaxis={"autorange": "reversed", "tickfont": {"size": 15}, "rangemode": "normal"}
    )
    return figure


def points(style: Style, table: pd.DataFrame, *, unit: str, digits: int = 0) -> go.Figure:
    """The middle half of the room as a bar from quarter to quarter, the mean as a mark, the ends as a thin line.

    table: label, mean, q25, q75, low, high.
    """
    figure = blank(max(280, 54 * len(table) + 60), unit)
    labels = [wrap(label, 30) for label in table["label"]]
    figure.add_scatter(
        x=[value for row in table.itertuples() for value in (row.low, row.high, None)],
        y=[value for label in labels for value in (label, label, None)],
        mode="lines",
        line={"color": "#8a8a8a", "width": 1.5},
        name=style.language("lowest to highest"),
        hoverinfo="skip",
    )
    figure.add_bar(
        x=table["q75"] - table["q25"],
        base=table["q25"],
        y=labels,
        orientation="h",
        marker_color=GROUPS[4],
        width=0.22,  # the mean is written above it
        name=style.language("middle half of the room"),
        customdata=table[["q25", "q75"]],
        hovertemplate="%{y}: %{customdata[0]:.0f}–%{customdata[1]:.0f}<extra></extra>",
    )
    figure.add_scatter(
        x=table["mean"],
        y=labels,
        mode="markers+text",
        marker={"color": GROUPS[5], "size": 14, "symbol": "diamond"},
        text=[style.language.number(mean, digits) for mean in table["mean"]],
        textposition="top center",
        cliponaxis=False,
        textfont={"size": 15},
        name=style.language("mean"),
        hovertemplate="%{y}: %{x:.1f}<extra></extra>",
    )
    figure.update_layout(
        hovermode="closest",
        showlegend=True,
        legend={"orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom"},
        margin={"b": 80},  # for the axis and, on a phone, a legend of two lines
        xaxis={"rangemode": "tozero"},
        yaxis={"autorange": "reversed", "tickfont": {"size": 15}, "rangemode": "normal"},
    )
    return figure


def groups(style: Style, table: pd.DataFrame, *, unit: str) -> go.Figure:
    """A mark a group and option. table: label, group, value."""
    figure = blank(max(260, 48 * table["label"].nunique() + 80), unit)
    shapes = ("circle", "square", "diamond", "cross", "triangle-up", "star")
    for place, (group, part) in enumerate(table.groupby("group", sort=True)):
        figure.add_scatter(
            x=part["value"],
            y=[wrap(label, 30) for label in part["label"]],
            mode="markers",
            name=str(group),
            marker={"color": GROUPS[place % len(GROUPS)], "size": 13, "symbol": shapes[place % len(shapes)]},
            hovertemplate=f"{wrap(str(group))}, %{{y}}: %{{x:.1f}}<extra></extra>",
        )
    figure.update_layout(
        hovermode="closest",
        showlegend=True,
        legend={"orientation": "h", "y": -0.15},
        xaxis={"rangemode": "tozero"},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )
    return figure


def steps(style: Style, table: pd.DataFrame, *, unit: str) -> go.Figure:
    """A bar a statement, cut by the steps of the scale. table: label, step, votes, share."""
    figure = blank(max(200, 64 * table["label"].nunique() + 90), unit)
    for step, part in table.groupby("step"):
        figure.add_bar(
            x=100 * part["share"],
            y=[wrap(label, 30) for label in part["label"]],
            orientation="h",
            name=str(step),
            marker_color=STEPS[(int(str(step)) - 1) % len(STEPS)],
            customdata=part[["votes"]],
            text=[f"{100 * share:.0f}" if share >= 0.08 else "" for share in part["share"].fillna(0)],
            textposition="inside",
            textangle=0,
            hovertemplate=f"%{{y}}, {step}: %{{customdata[0]}} (%{{x:.0f}} %)<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        hovermode="closest",
        showlegend=True,
        legend={"orientation": "h", "y": -0.15, "traceorder": "normal"},
        xaxis={"range": [0, 100]},
        yaxis={"autorange": "reversed", "tickfont": {"size": 15}, "rangemode": "normal"},
    )
    return figure


def guesses(
    style: Style, table: pd.DataFrame, *, unit: str, median: float, truth: float | None, digits: int
) -> go.Figure:
    """People by what they guessed, the middle guess and, once it is revealed, the true figure as lines.

    table: low, high, votes.
    """
    figure = blank(380, unit)
    figure.add_bar(
        x=(table["low"] + table["high"]) / 2,
        y=table["votes"],
        width=table["high"] - table["low"],
        marker={"color": GROUPS[0], "line": {"color": "white", "width": 1}},
        customdata=table[["range"]],
        hovertemplate="%{customdata[0]}: %{y}<extra></extra>",
        showlegend=False,
    )
    lines = [(style.language("middle guess"), median, GROUPS[4], "dash")]
    if truth is not None:
        lines.append((style.language("true figure"), truth, GROUPS[5], "solid"))
    top = float(table["votes"].max())
    for name, value, colour, dash in lines:
        figure.add_scatter(
            x=[value, value],
            y=[0, top * 1.08],
            mode="lines",
            line={"color": colour, "width": 4, "dash": dash},
            name=f"{name}: {style.language.number(value, digits)}",
            hoverinfo="skip",
        )
    figure.update_layout(
        hovermode="closest",
        bargap=0,
        showlegend=True,
        legend={"orientation": "h", "y": -0.18},
        yaxis={"rangemode": "tozero", "title": style.language("people")},
    )
    return figure


def cloud(style: Style, table: pd.DataFrame, *, unit: str) -> go.Figure:
    """Words in lines, larger where more people wrote them, the most frequent in the middle. table: label, votes."""
    sizes = 16 + 40 * np.sqrt(table["votes"] / table["votes"].max())
    widths = [0.62 * size * len(label) + 24 for label, size in zip(table["label"], sizes, strict=True)]
    rows: list[list[int]] = [[]]
    for word, width in enumerate(widths):
        if rows[-1] and sum(widths[other] for other in rows[-1]) + width > WIDE:
            rows.append([])
        rows[-1].append(word)
    rows = rows[1::2][::-1] + rows[::2]  # the first line in the middle
    x, y = np.zeros(len(table)), np.zeros(len(table))
    top = 0.0
    for row in rows:
        high = 1.5 * max(sizes[word] for word in row)
        left = (WIDE - sum(widths[word] for word in row)) / 2
        for word in row:
            x[word], y[word] = left + widths[word] / 2, top + high / 2
            left += widths[word]
        top += high
    figure = blank(int(max(220, top + 60)), unit)
    figure.add_scatter(
        x=x,
        y=y,
        mode="text",
        text=[html.escape(label) for label in table["label"]],
        textfont={"size": sizes, "color": [GROUPS[word % len(GROUPS)] for word in range(len(table))]},
        customdata=table[["votes"]],
        hovertemplate="%{text}: %{customdata[0]}<extra></extra>",
    )
    figure.update_layout(
        hovermode="closest",
        xaxis={"visible": False, "range": [0, WIDE]},
        yaxis={"visible": False, "range": [top + 10, -10]},
    )
    return figure
