"""How a room's answers look: votes, points with their spread, groups side by side, words; and the code to join."""

from __future__ import annotations

import io

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from views.charts import blank, wrap
from views.language import _, current, localise_chart
from views.palette import GROUPS, Style, style


def join(address: str, code: str) -> None:
    """The code as picture and as text, large enough for the last row."""
    import qrcode

    out = io.BytesIO()
    qrcode.make(address, box_size=12, border=2).save(out)
    st.image(out.getvalue(), width=260, alt=_("QR code of {address}", address=address))
    st.markdown(_("Or open **{address}** · code", address=address.rsplit("/", 1)[0]))
    st.html(f'<p style="font-size:3rem;font-weight:700;letter-spacing:.12em;margin:0" dir="ltr">{code}</p>')


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


def points(style: Style, table: pd.DataFrame, *, unit: str) -> go.Figure:
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
        width=0.5,
        name=style.language("middle half of the room"),
        customdata=table[["q25", "q75"]],
        hovertemplate="%{y}: %{customdata[0]:.0f}–%{customdata[1]:.0f}<extra></extra>",
    )
    figure.add_scatter(
        x=table["mean"],
        y=labels,
        mode="markers+text",
        marker={"color": GROUPS[5], "size": 14, "symbol": "diamond"},
        text=[f"{mean:.0f}" for mean in table["mean"]],
        textposition="top center",
        textfont={"size": 15},
        name=style.language("mean"),
        hovertemplate="%{y}: %{x:.1f}<extra></extra>",
    )
    figure.update_layout(
        hovermode="closest",
        showlegend=True,
        legend={"orientation": "h", "y": -0.12},
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


def waiting(labels: list[str], key: str) -> None:
    """The options without answers: the browser has loaded what draws them by the time the first answers come."""
    table = pd.DataFrame({"label": labels, "votes": 0.0, "share": 0.0})
    figure = votes(style(), table, unit="").update_traces(text="").update_xaxes(range=[0, 5], showticklabels=False)
    alt = _("No answers yet: {labels}", labels=", ".join(labels))
    st.plotly_chart(localise_chart(figure, current()), key=key, config={"displayModeBar": False}, alt=alt)
