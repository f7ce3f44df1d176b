"""What a room answered: summed up from its answers while they are kept, from the kept result afterwards; live while people vote."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics import voting
from data.store import rooms
from views import charts, controls, exports, text
from views import rooms as look
from views.language import _

EVERY_S = 0.3


def summary(asked: rooms.QuestionView) -> dict[str, Any]:
    """The result of a question as it is kept: people, rows, groups, and how far they agree."""
    answers = rooms.answers(asked)
    people = rooms.count(asked.id)
    if asked.kind == "text":
        return {
            "people": people,
            "rows": [{"value": value} for value in answers[answers["approved"]]["value"]],
            "groups": [],
            "apart": None,
        }
    if answers.empty:
        return {"people": people, "rows": [], "groups": [], "apart": None}
    budget = asked.kind == "budget"
    rows = voting.budget(answers, asked.keys) if budget else voting.poll(answers, asked.keys)
    apart = voting.disagreement(answers, asked.keys) if budget else 1 - voting.consensus(list(rows["votes"]))
    return {
        "people": people,
        "rows": rows.to_dict("records"),
        "groups": voting.by_group(answers, asked.keys).to_dict("records"),
        "apart": apart,
    }


def kept(asked: rooms.QuestionView) -> dict[str, Any]:
    """The kept result of a closed room's question, else what the answers say now."""
    return asked.result if asked.result is not None else summary(asked)


def live(room: rooms.RoomView, asked: rooms.QuestionView) -> None:
    """The picture, drawn anew as answers come; once answers are held its table can be taken away."""
    is_live = asked.open and not room.closed
    st.fragment(_drawn, run_every=EVERY_S if is_live else None)(asked.id, is_live)


def _drawn(number: int, is_live: bool) -> None:
    asked = rooms.question(number)
    if asked is None:
        return
    found = kept(asked)
    people = int(found["people"])
    st.subheader(text.escaped(asked.prompt), anchor=False)
    st.markdown(_("**{people}** have answered.", people=people))
    if asked.kind == "text":
        for row in found["rows"]:
            st.markdown(f"> {text.escaped(row['value'])}")
        return
    labels = {key: _(label) for key, label in asked.options}
    if not found["rows"]:
        # An empty chart: the browser has loaded what draws it by the time the first answers come.
        look.waiting(list(labels.values()), f"room-{number}")
        controls.empty(
            _("Answers are shown from {least} people on.", least=rooms.MIN_PEOPLE),
            _("So nobody's own answer can be read off."),
        )
        return
    rows = pd.DataFrame(found["rows"]).assign(label=lambda table: table["option"].map(labels))
    source = _("this room, {people} people, {day}; no sample of the city", people=people, day=text.day(date.today()))
    budget = asked.kind == "budget"
    unit = _("points of {total}", total=rooms.BUDGET_POINTS) if budget else _("people")
    figure = look.points(rows, unit) if budget else look.votes(rows, unit)
    _figure(figure, rows, unit, source, _finding(rows, budget), f"room-{number}", is_live)
    if found["apart"] is not None:
        words = (
            _(
                "Two people of the room placed {apart} of their points differently on average.",
                apart=text.percent(found["apart"]),
            )
            if budget
            else _(
                "Spread of the votes: {apart} (0 % all on one option, 100 % evenly spread).",
                apart=text.percent(found["apart"]),
            )
        )
        st.markdown(f"**{_('Disagreement')}** {words}")
    groups = pd.DataFrame(found["groups"])
    if len(groups) and groups["group"].nunique() > 1:
        groups = groups.assign(label=groups["option"].map(labels), value=groups["value"] * (1 if budget else 100))
        unit = _("mean points of {total}", total=rooms.BUDGET_POINTS) if budget else _("% of the group")
        wide = groups.pivot(index="label", columns="group", values="value")
        gap = wide.max(axis=1) - wide.min(axis=1)
        title = _(
            "Groups differ most on {label}: {low} to {high}",
            label=gap.idxmax(),
            low=text.number(wide.loc[gap.idxmax()].min()),
            high=text.number(wide.loc[gap.idxmax()].max()),
        )
        _figure(look.groups(groups, unit), groups, unit, source, title, f"room-{number}-groups", is_live)


def _finding(rows: pd.DataFrame, budget: bool) -> str:
    first = rows.loc[rows["mean" if budget else "votes"].idxmax()]
    if budget:
        return _(
            "{label} gets most: {mean} points on average, half the room between {low} and {high}",
            label=first["label"],
            mean=text.number(first["mean"]),
            low=text.number(first["q25"]),
            high=text.number(first["q75"]),
        )
    return _("{label} leads with {share}", label=first["label"], share=text.percent(first["share"]))


def _figure(figure: Any, table: pd.DataFrame, unit: str, source: str, title: str, key: str, is_live: bool) -> None:
    """A figure that may be drawn many times a second: without its table while it is live, and once in the page's report."""
    others = [one for one in exports.shown() if one.table.columns.tolist() != table.columns.tolist()]
    st.session_state["shown"] = others
    if not is_live:
        charts.show(figure, title=title, unit=unit, source=source, table=table, key=key)
        return
    st.session_state["shown"] = [*others, exports.Shown(title, unit, source, table, figure)]
    charts.live(figure, title=title, unit=unit, source=source, key=key, summary=_spoken(table))


def _spoken(table: pd.DataFrame) -> str:
    """The figure's values for those who cannot see it."""
    measure = next(name for name in ("mean", "votes", "value") if name in table)
    group = table["group"] + ", " if "group" in table else ""
    return "; ".join(group + table["label"] + ": " + table[measure].map(text.number))
