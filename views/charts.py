"""Charts: lines and areas with direct labels, bars. Each drawing function takes a Style, its rows and its options."""

from __future__ import annotations

import html
import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from data.translation import N_
from views.palette import GROUPS, Style


def annotate(figure: go.Figure, notes: list[dict[str, Any]]) -> None:
    """Write notes on a chart, all at once: one by one each would have plotly check all those before it."""
    figure.update_layout(annotations=[*figure.layout.annotations, *notes])


def blank(height: int, unit: str) -> go.Figure:
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
            text=wrap(unit, 44),
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


def lines(
    style: Style,
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

    table: one row a group and time; a group without any value is not drawn. breaks: times at which something happened
    or the series breaks, drawn and named.
    """
    figure = blank(height, unit)
    numbers = table.assign(**{y: table[y].astype("float64")}).sort_values(x)
    wide = numbers.pivot(index=x, columns=by, values=y).dropna(axis="columns", how="all")
    order = list(wide.ffill().iloc[-1].sort_values(ascending=False).index)
    floor, ends = 0.0, []
    for place, group in enumerate(order):
        colour = GROUPS[place % len(GROUPS)]
        series = wide[group].dropna() if not stacked else wide[group].fillna(0)
        figure.add_scatter(
            x=series.index,
            y=series,
            name=str(group),
            mode="lines" if len(series) > 1 else "markers",  # one value alone would be invisible
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
    if len(wide) > 1:
        figure.update_xaxes(range=[wide.index.min(), wide.index.max()])
    if len(order) > 1:
        _label_ends(figure, ends, (low, top))
    _mark_breaks(figure, style, breaks or {}, wide.index)
    return figure


def _mark_breaks(figure: go.Figure, style: Style, breaks: dict[Any, str], times: pd.Index) -> None:
    """Draw and name breaks of a series, one name below the other, each on the side of its line that has room."""
    middle = times.min() + (times.max() - times.min()) / 2
    notes = []
    for place, (when, name) in enumerate(sorted(breaks.items())):
        figure.add_vline(x=when, line_dash="dot", line_color="#8a8a8a")
        side = "left" if when < middle else "right"
        notes.append(
            {
                "x": when,
                "y": 1 - 0.1 * place,
                "yref": "paper",
                "yanchor": "top",
                "text": wrap(name, 18),
                "align": side,
                "showarrow": False,
                "xanchor": side,
                "xshift": 4 if side == "left" else -4,
                "bgcolor": "rgba(255,255,255,.75)" if style.theme == "light" else "rgba(0,0,0,.6)",
                "font": {"size": 12},
            }
        )
    annotate(figure, notes)


def band(style: Style, past: pd.DataFrame, future: pd.DataFrame, x: str, *, unit: str) -> go.Figure:
    """A series and its forecast, never without the 80 % and 95 % intervals.

    past: x, persons. future: x, mean, low_80, high_80, low_95, high_95.
    """
    figure = blank(420, unit)
    start = past.iloc[[-1]]
    joined = pd.concat([start.assign(**{name: start["persons"] for name in future if name != x}), future])
    for level, alpha in ((95, 0.15), (80, 0.3)):
        for side, fill in ((N_("high"), None), (N_("low"), "tonexty")):
            figure.add_scatter(
                x=joined[x],
                y=joined[f"{side}_{level}"].astype(float),
                mode="lines",
                fill=fill,
                line={"width": 0},
                fillcolor=f"rgba(230,159,0,{alpha})",
                name=style.language("{level} % interval, {side}", level=level, side=style.language(side)),
                hovertemplate="%{y:,.0f}",
            )
    figure.add_scatter(
        x=joined[x],
        y=joined["mean"].astype(float),
        mode="lines",
        name=style.language("forecast (estimate)"),
        line={"color": GROUPS[5], "dash": "dash", "width": 2},
        hovertemplate="%{y:,.0f}",
    )
    figure.add_scatter(
        x=past[x],
        y=past["persons"].astype(float),
        mode="lines",
        name=style.language("counted"),
        line={"color": GROUPS[0], "width": 2.5},
        hovertemplate="%{y:,.0f}",
    )
    top = 1.05 * float(joined["high_95"].max())
    last = joined.iloc[-1]
    _label_ends(
        figure,
        [
            (style.language("95 % interval"), float(last["high_95"]), GROUPS[1]),
            (style.language("80 % interval"), float(last["high_80"]), GROUPS[1]),
            (style.language("forecast (estimate)"), float(last["mean"]), GROUPS[5]),
        ],
        (0, top),
    )
    return figure


def spread(style: Style, table: pd.DataFrame, x: str, low: str, middle: str, high: str, *, unit: str) -> go.Figure:
    """A quantity over time with its 80 % band: the middle as a line, the band as an area around it."""
    figure = blank(400, unit)
    names = {low: N_("80 % band, low"), high: N_("80 % band, high"), middle: N_("middle")}
    for column, fill, width in ((low, None, 0), (high, "tonexty", 0), (middle, None, 2.5)):
        figure.add_scatter(
            x=table[x],
            y=table[column].astype(float),
            mode="lines" if len(table) > 1 else "markers",
            fill=fill,
            fillcolor="rgba(0,114,178,.2)",
            line={"color": GROUPS[0], "width": width},
            name=style.language(names[column]),
            hovertemplate="%{y:,.0f}",
        )
    ends = [(style.language(name), float(table[column].iloc[-1]), GROUPS[0]) for column, name in names.items()]
    _label_ends(figure, ends, (0, 1.04 * max(float(table[high].max()), 1)))
    return figure


def sparkline(style: Style, values: pd.Series) -> go.Figure:
    """The path of one figure, without axes. values: indexed by time."""
    figure = go.Figure()
    figure.add_scatter(x=values.index, y=values, mode="lines", line={"color": GROUPS[0], "width": 2.5})
    figure.update_layout(height=70, margin={"l": 0, "r": 0, "t": 4, "b": 4}, showlegend=False)
    figure.update_xaxes(visible=False, fixedrange=True)
    return figure.update_yaxes(visible=False, fixedrange=True)


def bars(
    style: Style, table: pd.DataFrame, label: str, value: str, *, unit: str, digits: int = 0, marked: str = ""
) -> go.Figure:
    """Horizontal bars, longest first, each with its number; one may be marked."""
    ordered = table.sort_values(value, ascending=True)
    figure = blank(max(220, 32 * len(ordered) + 60), unit)
    colours = [GROUPS[5] if name == marked else GROUPS[0] for name in ordered[label]]
    numbers, names = ordered[value].astype("float64"), [wrap(name, 26) for name in ordered[label]]
    shown = f"%{{x:,.{digits}f}}"
    # The number of a short bar below zero would lie over the names: it stands on the other side of zero.
    across = ((numbers < 0) & (-numbers < numbers.max())).to_numpy()
    figure.add_bar(
        x=numbers,
        y=names,
        orientation="h",
        marker_color=colours,
        texttemplate=["" if crosses else shown for crosses in across],
        textposition="auto",
        textangle=0,
        hovertemplate=f"%{{y}}: %{{x:,.{digits}f}}<extra></extra>",
    )
    if across.any():
        figure.add_scatter(
            x=[0] * int(across.sum()),
            y=[name for name, crosses in zip(names, across, strict=True) if crosses],
            mode="text",
            texttemplate="%{customdata:,." + str(digits) + "f}",
            customdata=numbers[across],
            textposition="middle right",
            hoverinfo="skip",
            showlegend=False,
        )
    figure.update_layout(hovermode="closest")
    return figure


def panels(
    style: Style, table: pd.DataFrame, panel: str, name: str, value: str, *, unit: str, digits: str, solid: str
) -> go.Figure:
    """A small chart a panel, two in a row, each with its own scale: points with their intervals, a row a name.

    table: besides the columns named, low and high (gaps: no interval). unit, digits: columns; the same in a panel.
    solid: a column of flags; other points are hollow.
    """
    parts, names = [part for _key, part in table.groupby(panel, sort=False)], list(table[name].unique())
    lines, tall = -(-len(parts) // 2), 34 * (len(names) + 2) + 30
    figure, titles = make_subplots(lines, 2, vertical_spacing=30 / (tall * lines), horizontal_spacing=0.06), []
    for place, part in enumerate(parts):
        middle, shown = part[value].astype(float), f"%{{x:,.{part[digits].iloc[0]}f}}"
        colours = [GROUPS[names.index(label)] for label in part[name]]
        figure.add_scatter(
            x=middle,
            y=[names.index(label) for label in part[name]],
            mode="markers+text",
            texttemplate=shown,
            textposition="top center",
            cliponaxis=False,
            customdata=part[name],
            marker={"color": colours, "size": 10, "symbol": ["circle" if on else "circle-open" for on in part[solid]]},
            error_x={
                "symmetric": False,
                "array": (part["high"].astype(float) - middle).fillna(0),
                "arrayminus": (middle - part["low"].astype(float)).fillna(0),
                "thickness": 1.5,
                "color": GROUPS[6],
            },
            hovertemplate=f"%{{customdata}}: {shown}<extra></extra>",
            row=place // 2 + 1,
            col=place % 2 + 1,
        )
        axis = str(place + 1) if place else ""
        title = f"{wrap(part[panel].iloc[0], 28)}<br><sub>{wrap(part[unit].iloc[0], 44)}</sub>"
        titles.append({"text": title, "xref": f"x{axis} domain", "yref": f"y{axis} domain"})
    shared = {"x": 0, "y": 1, "xanchor": "left", "yanchor": "top", "align": "left", "showarrow": False}
    annotate(figure, [shared | title for title in titles])
    figure.update_layout(height=tall * lines, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    figure.update_layout(hovermode="closest", showlegend=False)
    figure.update_xaxes(rangemode="tozero", automargin=True, nticks=3, tickangle=0)  # millions beside each other
    ticks = {"tickvals": list(range(len(names))), "ticktext": [wrap(label) for label in names]}
    figure.update_yaxes(showticklabels=False, col=2)  # rows are the same on both sides
    return figure.update_yaxes(automargin=True, range=[len(names) - 0.5, -2.2], showgrid=False, zeroline=False, **ticks)


def dumbbell(
    style: Style, table: pd.DataFrame, label: str, values: dict[str, str], *, unit: str, digits: int = 0
) -> go.Figure:
    """Two values of each row on one scale from 0 to 100, tied by a line; in the table's order from the top.

    values: the two columns, with what each is called.
    """
    rows, colours, symbols = table.iloc[::-1], (GROUPS[5], GROUPS[0]), ("diamond", "circle")
    figure, names = blank(28 * len(rows) + 120, unit), [wrap(text, 40) for text in rows[label]]
    for name, pair in zip(names, rows[list(values)].astype(float).to_numpy(), strict=True):
        line = {"color": GROUPS[6], "width": 2}
        figure.add_scatter(x=pair, y=[name, name], mode="lines", line=line, hoverinfo="skip", showlegend=False)
    for (column, called), colour, symbol in zip(values.items(), colours, symbols, strict=True):
        figure.add_scatter(
            x=rows[column].astype(float),
            y=names,
            mode="markers",
            name=html.escape(called),
            marker={"color": colour, "symbol": symbol, "size": 11},
            hovertemplate=f"%{{y}}: %{{x:,.{digits}f}}<extra>{html.escape(called)}</extra>",
        )
    figure.update_layout(
        hovermode="closest",
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={"range": [-2, 102]},
        yaxis={"automargin": True, "rangemode": "normal"},
    )
    return figure


def radar(style: Style, table: pd.DataFrame, label: str, value: str, by: str) -> go.Figure:
    """Parts around a circle, 0 to 100, one outline a group; gaps leave the outline open."""
    figure = blank(460, "")
    for place, (group, part) in enumerate(table.groupby(by, sort=False)):
        closed = pd.concat([part, part.iloc[:1]])
        figure.add_scatterpolar(
            r=closed[value],
            theta=closed[label],
            name=str(group),
            mode="lines+markers",
            connectgaps=False,
            line={"color": GROUPS[place % len(GROUPS)], "dash": "solid" if place == 0 else "dot"},
        )
    figure.update_layout(
        showlegend=True,
        hovermode="closest",
        polar={
            "bgcolor": "rgba(0,0,0,0)",  # the page's own ground, light or dark
            "radialaxis": {"range": [0, 100], "tickvals": [0, 50, 100], "tickfont": {"color": "#8a8a8a"}},
        },
        legend={"orientation": "h"},
        margin={"l": 110, "r": 110},  # words stand left and right of the circle, on a phone too
    )
    return figure
