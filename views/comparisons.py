"""Charts that set many things side by side: scatter, slope, bump, treemap, waterfall."""

from __future__ import annotations

import html
import textwrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from scipy.optimize import isotonic_regression

from views.charts import annotate, blank, wrap
from views.label_places import free_places, room
from views.palette import GROUPS, INK, Style

GREY = "#8a8a8a"
DARK = {GROUPS[0], GROUPS[7]}  # colours on which black is hard to read


def scatter(
    style: Style,
    table: pd.DataFrame,
    x: str,
    y: str,
    name: str,
    *,
    x_unit: str,
    y_unit: str,
    digits: int = 1,
    marked: str = "",
    labelled: list[str] | None = None,
    across: tuple[float, float] | None = None,
) -> go.Figure:
    """Points with the named ones labelled, the rest told by hovering.

    across: x and y of two reference lines, such as the medians. marked: the name drawn in the colour of choice.
    """
    figure = blank(460, y_unit)
    shown = set(labelled or []) | {marked}
    labels = [wrap(label, 22) if label in shown else "" for label in table[name]]
    texts, places = free_places(table[x], table[y], labels, wrap(marked, 22))
    figure.add_scatter(
        x=table[x].astype(float),
        y=table[y].astype(float),
        mode="markers+text",
        text=texts,
        textposition=places,
        customdata=table[name],
        hovertemplate=f"%{{customdata}}: %{{x:,.{digits}f}} · %{{y:,.{digits}f}}<extra></extra>",
        marker={
            "size": [12 if label == marked else 8 for label in table[name]],
            "color": [GROUPS[5] if label == marked else GROUPS[0] for label in table[name]],
            "opacity": 0.85,
        },
    )
    if across is not None:
        figure.add_vline(x=across[0], line_dash="dot", line_color=GREY)
        figure.add_hline(y=across[1], line_dash="dot", line_color=GREY)
    figure.update_layout(hovermode="closest", xaxis={"title": x_unit}, yaxis={"rangemode": "normal"})
    return figure


def stacked(
    style: Style, table: pd.DataFrame, label: str, part: str, value: str, *, unit: str, digits: int = 0
) -> go.Figure:
    """Parts of wholes: a level bar a label, its parts side by side in the order of the table, each with its number."""
    labels, parts = list(dict.fromkeys(table[label])), list(dict.fromkeys(table[part]))
    figure = blank(max(220, 46 * len(labels) + 110), unit)
    for number, name in enumerate(parts):
        values = table[table[part] == name].set_index(label)[value].reindex(labels).astype(float)
        colour = GROUPS[number]
        figure.add_bar(
            x=values,
            y=[wrap(text, 26) for text in labels],
            orientation="h",
            name=wrap(name, 40),
            marker_color=colour,
            texttemplate=f"%{{x:,.{digits}f}}",
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            insidetextfont={"color": "white" if colour in DARK else "black"},
            hovertemplate=f"%{{y}}, {html.escape(name)}: %{{x:,.{digits}f}}<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        hovermode="closest",
        showlegend=True,
        legend={"orientation": "h", "yanchor": "top", "y": -0.12, "x": 0, "traceorder": "normal"},
        yaxis={"autorange": "reversed"},
    )
    return figure


def slope(
    style: Style,
    table: pd.DataFrame,
    name: str,
    first: str,
    last: str,
    *,
    heads: tuple[str, str],
    labelled: list[str],
    marked: str = "",
) -> go.Figure:
    """A line from each name's first to its last value; those labelled in colour (rising solid, falling dotted)."""
    figure = blank(max(420, 24 * len(labelled) + 120), "")
    named = {*labelled, marked}
    for row in table.to_dict("records"):
        rises, shown, chosen = row[last] >= row[first], row[name] in named, row[name] == marked
        colour = GROUPS[5] if chosen else GREY if not shown else GROUPS[0] if rises else GROUPS[1]
        figure.add_scatter(
            x=[0, 1],
            y=[row[first], row[last]],
            mode="lines+markers",
            name=row[name],
            opacity=1 if shown else 0.35,
            line={"color": colour, "width": 4 if chosen else 2 if shown else 1, "dash": "solid" if rises else "dot"},
            hovertemplate=f"{row[name]}: %{{y:,.1f}}<extra></extra>",
        )
    shown_rows = table[table[name].isin(named)]
    step = (table[[first, last]].max(axis=None) - table[[first, last]].min(axis=None)) / max(len(shown_rows) * 1.2, 14)
    for side, column, anchor, away in ((0, first, "right", -0.08), (1, last, "left", 0.08)):
        annotate(figure, _side_labels(shown_rows, name, column, step, (side, side + away, anchor)))
    figure.update_layout(
        hovermode="closest",
        xaxis={"range": [-1.2, 2.2], "tickvals": [0, 1], "ticktext": list(heads)},
        yaxis={"visible": False, "rangemode": "normal"},
    )
    return figure


def _side_labels(
    rows: pd.DataFrame, name: str, column: str, step: float, place: tuple[float, float, str]
) -> list[dict[str, Any]]:
    """Labels beside points, moved apart and tied to them by a thin line. place: x of points, x of labels, anchor."""
    shared = {"x": place[0], "ax": place[1], "xanchor": place[2], "axref": "x", "ayref": "y", "font": {"size": 11}}
    line = {"arrowhead": 0, "arrowwidth": 1, "arrowcolor": GREY, "standoff": 5}
    names = [html.escape(textwrap.shorten(label, 16, placeholder="…")) for label in rows[name]]  # room on a phone
    return [
        {**shared, **line, "y": value, "ay": height, "text": f"{name} {value:,.1f}"}
        for name, value, height in zip(names, rows[column], _apart(rows[column], step), strict=True)
    ]


def _apart(values: pd.Series, step: float) -> list[float]:
    """Heights for labels, a step apart and together as near to their values as that allows."""
    order = values.to_numpy(float).argsort()
    steps = step * np.arange(len(order))
    places = np.empty(len(order))
    places[order] = isotonic_regression(values.to_numpy(float)[order] - steps).x + steps
    return list(places)


def bump(style: Style, ranks: pd.DataFrame, x: str, rank: str, by: str, *, unit: str, marked: str = "") -> go.Figure:
    """Places over time, first on top; one line a group in a colour of its own, named at its end."""
    wide = ranks.pivot(index=x, columns=by, values=rank)
    figure = blank(max(320, 30 * len(wide.columns) + 100), unit)
    others = [colour for colour in GROUPS if colour not in (GROUPS[5], GREY.upper())]
    ends: dict[tuple[Any, Any], list[str]] = {}
    for number, group in enumerate(wide.ffill().iloc[-1].sort_values().index):  # neighbours differ in colour
        series = wide[group].dropna()
        colour = GROUPS[5] if group == marked else others[number % len(others)]
        figure.add_scatter(
            x=series.index,
            y=series,
            mode="lines+markers",
            name=str(group),
            connectgaps=False,
            line={"color": colour, "width": 4 if group == marked else 2},
            hovertemplate=f"{group}: {style.language('place')} %{{y}}<extra></extra>",
        )
        ends.setdefault((series.index[-1], series.iloc[-1]), []).append(
            f'<span style="color:{colour}">■</span> {wrap(str(group), 24)}'
        )
    for (last, place), names in ends.items():  # groups that share a place are named under each other
        figure.add_annotation(
            x=last,
            y=place,
            text="<br>".join(names),
            showarrow=False,
            align="left",
            xanchor="left",
            xshift=10,
            font={"size": 11},
        )
    figure.update_layout(
        hovermode="closest",
        margin={"r": 150},
        # Names at the ends would widen a range of plotly's own.
        xaxis={"tickformat": "d", "nticks": 8, "range": [wide.index.min() - 0.3, wide.index.max() + 0.3]},
        yaxis={"autorange": "reversed", "dtick": 1, "rangemode": "normal", "title": style.language("place")},
    )
    return figure


def treemap(style: Style, table: pd.DataFrame, group: str, value: str, *, unit: str, part: str = "") -> go.Figure:
    """Rectangles as large as their value, one colour a group; with part, what each group consists of inside it."""
    groups = table.groupby(group)[value].sum()
    colours = {name: GROUPS[place % len(GROUPS)] for place, name in enumerate(groups.index)}
    inside = table if part else table.iloc[:0]
    owners = [*groups.index, *inside[group]]
    figure = blank(460, "")
    figure.add_treemap(
        labels=[*groups.index, *(map(wrap, inside[part]) if part else [])],
        parents=[""] * len(groups) + list(inside[group]),
        ids=[*groups.index, *(f"{owner}/{place}" for place, owner in enumerate(inside[group]))],
        values=[*groups, *inside[value]],
        branchvalues="total",
        marker={"colors": [colours[owner] for owner in owners]},
        texttemplate="%{label}<br>%{value:,.0f}",
        textfont={"color": ["#ffffff" if colours[owner] in DARK else "#000000" for owner in owners]},
        tiling={"pad": 2},
        hovertemplate=f"%{{label}}: %{{value:,.0f}} {unit}<extra></extra>",
    )
    # Words that do not fit their rectangle are told by hovering instead of shrinking until nobody can read them.
    figure.update_layout(margin={"t": 10}, uniformtext={"minsize": 10, "mode": "hide"})
    return figure


def waterfall(
    style: Style, table: pd.DataFrame, part: str, change: str, *, unit: str, total: str, digits: int = 1
) -> go.Figure:
    """Parts that add up to a change, one step each, and their sum."""
    figure = blank(400, unit)
    figure.add_waterfall(
        x=[wrap(name, 11) for name in [*table[part], total]],
        y=[*table[change].astype(float), 0.0],
        measure=["relative"] * len(table) + ["total"],
        text=[f"{value:+,.{digits}f}" for value in [*table[change], table[change].sum()]],
        textposition="outside",
        increasing={"marker": {"color": GROUPS[0]}},
        decreasing={"marker": {"color": GROUPS[1]}},
        totals={"marker": {"color": INK[style.theme]}},
        connector={"line": {"color": GREY, "width": 1}},
        hovertemplate="%{x}: %{text}<extra></extra>",
    )
    figure.update_layout(hovermode="closest", yaxis={"rangemode": "normal"})
    return figure


def intervals(
    style: Style,
    table: pd.DataFrame,
    name: str,
    value: str,
    low: str,
    high: str,
    *,
    unit: str,
    digits: int = 1,
    marked: str = "",
    reference: float | None = None,
    first_is_best: bool = False,
) -> go.Figure:
    """A point with its interval for each name, highest on top; one may be marked; a reference is a dotted line.

    first_is_best: values are places, so 1 is on top and to the right.
    """
    ordered = table.sort_values(value, ascending=not first_is_best)
    figure = blank(max(240, 24 * len(ordered) + 80), unit)
    colours = [GROUPS[5] if label == marked else GROUPS[0] for label in ordered[name]]
    middle = ordered[value].astype(float)
    above, below = ordered[high].astype(float) - middle, middle - ordered[low].astype(float)
    rows = list(range(len(ordered)))  # by number: two areas may share a name
    figure.add_scatter(
        x=middle,
        y=rows,
        mode="markers",
        marker={"color": colours, "size": 9},
        error_x={"symmetric": False, "array": above, "arrayminus": below, "color": GREY, "thickness": 1.5},
        customdata=np.column_stack([ordered[[low, high]].astype(float), ordered[name].astype(object)]),
        hovertemplate=f"%{{customdata[2]}}: %{{x:,.{digits}f}} "
        f"(%{{customdata[0]:,.{digits}f}} – %{{customdata[1]:,.{digits}f}})<extra></extra>",
    )
    if reference is not None:
        figure.add_vline(x=reference, line_dash="dot", line_color=GREY)
    if first_is_best:
        figure.update_xaxes(autorange="reversed")
    ticks = {"tickvals": rows, "ticktext": [wrap(label, 34) for label in ordered[name]]}
    return figure.update_layout(hovermode="closest", yaxis={"automargin": True, "rangemode": "normal", **ticks})


def strip(
    style: Style, table: pd.DataFrame, name: str, better_than: str, kind: str, *, unit: str, ends: tuple[float, float]
) -> go.Figure:
    """Where one area stands among all, 0 to 100 per cent, one row a measure in the table's order.

    kind: a column with 'strength', 'gap' or ''. ends: beyond them a measure stands out.
    """
    colours = {"strength": GROUPS[2], "gap": GROUPS[5], "": GROUPS[6]}
    rows = table.iloc[::-1]
    figure = blank(24 * len(rows) + 90, unit)
    for end in ends:
        figure.add_vline(x=end, line_dash="dot", line_color=GREY)
    figure.add_scatter(
        x=rows[better_than],
        y=[wrap(label, 40) for label in rows[name]],
        mode="markers",
        cliponaxis=False,  # the best of all stands whole at the end, on a phone too
        marker={
            "size": 11,
            "color": rows[kind].map(colours).tolist(),
            "symbol": ["diamond" if stands_out else "circle" for stands_out in rows[kind]],
        },
        hovertemplate=f"%{{y}}: {style.language('better than')} %{{x:.0f}} %<extra></extra>",
    )
    figure.update_layout(
        hovermode="closest",
        xaxis={"range": [-2, 102], "ticksuffix": " %"},
        yaxis={"automargin": True, "rangemode": "normal"},
    )
    return figure


def network(
    style: Style, places: pd.DataFrame, *, ties: list[tuple[str, str]], sectors: dict[str, str], labels: pd.DataFrame
) -> go.Figure:
    """Actors as points, coloured and shaped by sector, tied by lines; groups are named below.

    Those with most ties are named first; who finds no place for a name is named by hovering.

    places: name, x, y, place (of its group), sector (a code of sectors), ties (how many), brokerage, city. sectors:
    what each is called. labels: x, y, text. Long names are whole by hovering.
    """
    high = 200 * (int(places["place"].max()) // 3 + 1)
    figure = blank(high + 60, "")
    places = places.sort_values("ties", ascending=False, kind="stable")
    at = places.set_index("name")[["x", "y"]]
    x, y = ([value for tie in ties for value in (*at.loc[list(tie), axis], None)] for axis in ("x", "y"))
    figure.add_scatter(x=x, y=y, mode="lines", line={"color": GREY, "width": 0.7}, hoverinfo="skip", showlegend=False)
    groups = [wrap(text, 16) for text in labels["text"]]
    names = [html.escape(textwrap.shorten(name, 22, placeholder="…")) for name in places["name"]]
    x, y = (pd.concat([labels[axis], places[axis]], ignore_index=True) for axis in ("x", "y"))
    texts, sides = free_places(x, y, groups + names, low=high, below=len(groups))
    places = places.assign(side=sides[len(groups) :], label=texts[len(groups) :])
    looks = zip(sectors, (GROUPS[0], GROUPS[2], GROUPS[1]), ("circle", "square", "diamond"), strict=True)
    for sector, colour, symbol in looks:
        part = places[places["sector"] == sector]
        figure.add_scatter(
            x=part["x"],
            y=part["y"],
            mode="markers+text",
            text=part["label"],
            textposition=part["side"],
            textfont={"size": 10},
            name=sectors[sector],
            customdata=part[["name", "city", "ties"]].astype(str),
            marker={"color": colour, "symbol": symbol, "size": 8 + 1.5 * part["ties"].astype(float) ** 0.5},
            hovertemplate="%{customdata[0]}, %{customdata[1]}: %{customdata[2]} "
            f"{style.language('ties')}<extra></extra>",
        )
    figure.add_scatter(
        x=labels["x"],
        y=labels["y"],
        mode="text",
        text=texts[: len(groups)],
        textposition="bottom center",
        textfont={"size": 11},
        hovertext=labels["text"],
        hoverinfo="text",
        showlegend=False,
    )
    figure.update_layout(
        hovermode="closest",
        showlegend=True,
        legend={"orientation": "h", "y": 1, "yanchor": "top"},
        xaxis={"visible": False, "range": room(x)},
        yaxis={"visible": False, "range": room(y)},
    )
    return figure


def tornado(
    style: Style, table: pd.DataFrame, label: str, low: str, high: str, base_value: float, *, unit: str
) -> go.Figure:
    """How far each assumption alone moves a result, widest on top."""
    rows = table.iloc[::-1]
    figure = blank(max(260, 34 * len(rows) + 90), unit)
    for column, name, colour in (
        (low, style.language("assumption lower"), GROUPS[1]),
        (high, style.language("assumption higher"), GROUPS[0]),
    ):
        figure.add_bar(
            x=rows[column].astype(float) - base_value,
            base=base_value,
            y=[wrap(name_, 30) for name_ in rows[label]],
            orientation="h",
            name=name,
            marker_color=colour,
            customdata=rows[column],
            hovertemplate="%{y}: %{customdata:.2f}<extra></extra>",
        )
    figure.update_layout(barmode="overlay", showlegend=True, hovermode="closest", legend={"orientation": "h"})
    figure.add_vline(x=base_value, line_color=GREY)
    return figure
