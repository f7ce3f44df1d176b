"""How a room's answers look: votes, points with their spread, groups side by side, words; and the code to join."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from views import controls, state
from views.charts import blank, wrap
from views.language import _, current, localise_chart
from views.palette import GROUPS, Style, style
from views.text import escaped


def entrance(code: str, closed: bool, purged: bool, keep_days: int) -> None:
    """Where phones join: the code as picture and as text, large enough for the last row; or that the room is closed.

    The address is ZONE_ADDRESS where the presenter's own is not the room's.
    """
    import qrcode

    if closed:
        st.info(
            _("This room is closed. Its answers are deleted; results stay.")
            if purged
            else _("This room is closed; its answers are deleted after {days} days.", days=keep_days)
        )
        return
    address = f"{state.base()}/join/{code}"
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


def waiting(labels: Mapping[str, str], key: str, least: int) -> None:
    """The options without answers: the browser has loaded what draws them by the time the first answers come.

    least: people from whom on answers are shown.
    """
    table = pd.DataFrame({"label": list(labels.values()), "votes": 0.0, "share": 0.0})
    figure = votes(style(), table, unit="").update_traces(text="").update_xaxes(range=[0, 5], showticklabels=False)
    alt = _("No answers yet: {labels}", labels=", ".join(labels.values()))
    st.plotly_chart(localise_chart(figure, current()), key=key, config={"displayModeBar": False}, alt=alt)
    what = _("Answers are shown from {least} people on.", least=least)
    controls.empty(what, _("So nobody's own answer can be read off."))


def opening_form() -> tuple[str, list[str], int] | None:
    """Title, groups and days of a new room, once they are sent."""
    with st.form("open_room", clear_on_submit=True):
        title = st.text_input(_("Title of the room"), max_chars=200)
        label = _("Groups to compare, separated by commas (may stay empty)")
        groups = st.text_input(label, placeholder=_("residents, administration, business"))
        days = st.number_input(_("Days until the answers of a closed room are deleted"), 0, 365, 30)
        return (title, groups.split(","), int(days)) if st.form_submit_button(_("Open room"), type="primary") else None


def question_form(kind: str, usual: str) -> tuple[str, str] | None:
    """The words of a new question and, of a poll, its answers one a line, once they are sent."""
    with st.form("ask", clear_on_submit=True):
        prompt = st.text_input(_("Question"), usual, max_chars=300, key=f"ask_prompt_{kind}")
        lines = st.text_area(_("Options, one a line"), key="ask_options") if kind == "poll" else ""
        return (prompt, lines) if st.form_submit_button(_("Ask"), type="primary") else None


def moderation(texts: pd.DataFrame, approve: Callable[[int, bool], None], delete: Callable[[int], None]) -> None:
    """Let words through, or delete them. texts: id, value, approved."""
    for row in texts.itertuples():
        number = int(row.id)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(escaped(str(row.value)))
            label = _("Take back") if row.approved else _("Let through")
            st.button(label, key=f"let-{number}", on_click=approve, args=(number, not row.approved))
            st.button(_("Delete"), key=f"drop-{number}", on_click=delete, args=(number,))


def listing(rooms: list[Any]) -> None:
    """Rooms with their codes, a link to each. rooms: with title, code, closed."""
    for room in rooms:
        link = f"[{escaped(room.title)}]({state.link('workshop', room=room.code)})"
        st.markdown(f"- {link} · {room.code} · {_('closed') if room.closed else _('open')}")
