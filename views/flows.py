"""Pictures of movement and of people: flows from origin to asylum, a pyramid, a year that plays."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from views.charts import blank, wrap
from views.palette import GROUPS, INK, Style


def sankey(style: Style, pairs: pd.DataFrame, names: dict[str, str]) -> go.Figure:
    """Origins on the left, countries of asylum on the right, as wide as people. pairs: origin, asylum, persons."""
    origins, asylums = list(dict.fromkeys(pairs["origin"])), list(dict.fromkeys(pairs["asylum"]))
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={
                "label": [names[code] for code in origins] + [names[code] for code in asylums],
                "pad": 12,
                "thickness": 14,
                "color": [GROUPS[5]] * len(origins) + [GROUPS[0]] * len(asylums),
            },
            link={
                "source": [origins.index(code) for code in pairs["origin"]],
                "target": [len(origins) + asylums.index(code) for code in pairs["asylum"]],
                "value": pairs["persons"],
                "color": "rgba(130,130,130,.35)",
                "hovertemplate": "%{source.label} → %{target.label}: %{value:,.0f}<extra></extra>",
            },
        )
    )
    figure.update_traces(textfont={"color": INK[style.theme], "size": 12, "shadow": "none"})
    figure.update_layout(height=max(360, 24 * max(len(origins), len(asylums)) + 80), margin={"t": 10, "b": 10})
    return figure


def pyramid(style: Style, table: pd.DataFrame, ages: list[str]) -> go.Figure:
    """Women to the left, men to the right, youngest at the bottom.

    table: sex, age, percent (of all whose age is known).
    """
    figure = blank(360, style.language("percent of those whose age and sex are stated; bands differ in width"))
    for sex, side, colour in (("female", -1, GROUPS[3]), ("male", 1, GROUPS[0])):
        part = table[table["sex"] == sex].set_index("age")["percent"].reindex(ages).fillna(0)
        figure.add_bar(
            y=ages,
            x=side * part,
            orientation="h",
            marker_color=colour,
            customdata=part,
            name=style.language(sex),
            texttemplate="%{customdata:.1f}",
            textposition="auto",
            textangle=0,
            hovertemplate=f"{style.language(sex)}, %{{y}}: %{{customdata:.1f}} %<extra></extra>",
        )
        figure.add_annotation(
            x=side * part.max() / 2,
            y=1,
            yref="paper",
            yanchor="top",
            showarrow=False,
            text=wrap(style.language("Women and girls") if side < 0 else style.language("Men and boys")),
        )
    figure.update_layout(
        barmode="relative",
        hovermode="closest",
        xaxis={"showticklabels": False},
        yaxis={"title": {"text": style.language("age")}, "rangemode": "normal"},
    )
    return figure


def small_multiples(
    style: Style, table: pd.DataFrame, x: str, y: str, panel: str, by: str, *, unit: str, columns: int = 3
) -> go.Figure:
    """One small chart a panel, all on one scale. table: x, y, panel, by."""
    panels, groups = sorted(table[panel].unique()), sorted(table[by].unique())
    rows = -(-len(panels) // columns)
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=[wrap(name, 16) for name in panels],
        shared_xaxes=True,
        shared_yaxes="all",
        vertical_spacing=0.12,
    )
    for place, name in enumerate(panels):
        for number, group in enumerate(groups):
            part = table[(table[panel] == name) & (table[by] == group)].sort_values(x)
            figure.add_scatter(
                x=part[x],
                y=part[y].astype("float64"),
                mode="lines",
                name=group,
                legendgroup=group,
                showlegend=place == 0,
                line={"color": GROUPS[number % len(GROUPS)], "width": 2},
                row=place // columns + 1,
                col=place % columns + 1,
                hovertemplate="%{y:,.0f}",
            )
    figure.update_annotations(font_size=11)
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(
        height=170 * rows + 60,
        margin={"t": 80, "b": 10, "l": 10, "r": 10},
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top"},
        yaxis={"title": {"text": unit}},
    )
    return figure


def playing_bars(style: Style, table: pd.DataFrame, label: str, value: str, frame: str, *, unit: str) -> go.Figure:
    """Bars of each year in turn, with a play button and a slider; steps do not glide. table: frame, label, value."""
    frames = sorted(table[frame].unique())

    def bar(when: object) -> go.Bar:
        part = table[table[frame] == when].sort_values(value)
        words = {"texttemplate": "%{x:,.3s}", "hovertemplate": "%{y}: %{x:,.0f}<extra></extra>", "textangle": 0}
        return go.Bar(x=part[value], y=part[label], orientation="h", marker_color=GROUPS[0], **words)

    figure = blank(440, unit)
    figure.add_trace(bar(frames[-1]))
    figure.frames = [go.Frame(data=[bar(when)], name=str(when)) for when in frames]
    span = [0, 1.1 * float(table[value].max())]
    controls = _play_controls([str(when) for when in frames], style)
    return figure.update_layout(hovermode="closest", margin={"b": 90}, xaxis={"range": span}, **controls)


def _play_controls(frames: list[str], style: Style) -> dict[str, Any]:
    """Play, stop and a slider over frames by their names, the last one shown first."""
    still = {"mode": "immediate", "transition": {"duration": 0}, "frame": {"duration": 900, "redraw": True}}
    play = {"method": "animate", "args": [None, {**still, "fromcurrent": False}]}
    stop = {"method": "animate", "args": [[None], still]}
    words = style.language("Play"), style.language("Stop")
    buttons = [{"label": f"▶ {words[0]}", **play}, {"label": f"■ {words[1]}", **stop}]
    menu = {"type": "buttons", "direction": "left", "x": 0, "y": -0.12, "yanchor": "top", "buttons": buttons}
    steps = [{"label": name, "method": "animate", "args": [[name], still]} for name in frames]
    slider = {"active": len(frames) - 1, "x": 0.25, "len": 0.75, "y": -0.05, "steps": steps}
    return {
        "updatemenus": [{**menu, "showactive": False, "bgcolor": "rgba(128,128,128,.25)"}],
        "sliders": [{**slider, "currentvalue": {"prefix": style.language("Year ")}}],
    }
