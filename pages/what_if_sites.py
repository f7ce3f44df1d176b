"""What if we build: where the next sites of a service should go, who gains, and what it costs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import siting
from analytics.scenario import SITING, Sites
from services import background
from pages import scenario_results as results
from pages.common import (
    area_map,
    area_names,
    choices,
    city,
    facilities_credit,
    in_district,
    last_current_or_stop,
    level_control,
)
from pages.labels import facility_kinds
from views import charts, comparisons, controls, progress, text
from views.controls import Territory
from views.language import _, current

WHY = {
    "maximal covering": _("most people newly within the limit"),
    "p-median": _("shortest walks in total"),
    "p-centre": _("the farthest is nearest"),
    "set covering": _("fewest sites for all who can be reached"),
    "fairest": _("the worst-off group is served best"),
}


def ask(given: Sites) -> Sites:
    """The inputs, starting from the draft."""
    kinds = facility_kinds()["label"]
    able = [kind for kind in kinds.index if kind not in results.WITHOUT_DOORS]
    columns = st.columns(3)
    kind = columns[0].selectbox(
        _("Service"), able, index=able.index(given.kind), format_func=kinds.get, key=results.key("site_kind")
    )
    model = columns[1].selectbox(
        _("Aim"),
        SITING,
        index=SITING.index(given.model),
        format_func=lambda name: f"{WHY[name]} ({_(name)})",
        key=results.key("model"),
    )
    count = int(columns[2].number_input(_("New sites"), 1, 25, given.count, key=results.key("count")))
    columns = st.columns(3)
    limit = int(columns[0].number_input(_("Minutes on foot"), 5, 45, given.limit, 5, key=results.key("site_limit")))
    cost = int(
        columns[1].number_input(_("Cost of a site, EUR"), 0, 100_000_000, given.cost, 100_000, key=results.key("cost"))
    )
    room = int(
        columns[2].number_input(
            _("Room for people, 0 is any number"), 0, 1_000_000, given.room, 500, key=results.key("room")
        )
    )
    there = results.facilities(str(kind)).drop_duplicates("source_id").set_index("source_id")["name"]
    closed = st.multiselect(
        _("Close first"),
        list(there.index),
        default=[one for one in given.closed if one in there.index],
        key=results.key(f"close-{kind}"),
        format_func=lambda code: there[code] or _("unnamed ({code})", code=code),
        placeholder=_("Sites there are that close"),
    )
    return Sites(kind=str(kind), model=str(model), count=count, limit=limit, cost=cost, room=room, closed=tuple(closed))


def proving(task: background.Task) -> tuple[float, str]:
    """How far the proof is."""
    return task.seconds / 60, _("Proving the optimum: {seconds:.0f} s (at most about a minute)", seconds=task.seconds)


def answer(asked: Sites, period: pd.Timestamp) -> tuple[siting.Solution, bool]:
    """The best answer at hand: greedy at once, the proven one once it is there."""
    found: dict[Sites, siting.Solution] = st.session_state.setdefault("proven", {})
    work: background.Task | None = st.session_state.get("proof")
    mine = work if work and st.session_state.get("proof_of") == asked else None
    if mine and mine.done:
        try:
            found[asked] = mine.result()
        except RuntimeError as fault:
            st.warning(_("No optimum was found. {fault}", fault=fault))
        del st.session_state["proof"]
        mine = work = None
    if asked in found:
        return found[asked], True
    if mine:
        progress.watch("proof", mine, proving)
    elif st.button(_("Find and prove the optimum"), type="primary", key="prove"):
        if work:
            work.cancel()
        st.session_state["proof"], st.session_state["proof_of"] = (
            background.start(current(), siting.solve, results.problem(asked, period)),
            asked,
        )
        st.rerun()
    return results.quick(asked, period), False


def before_after(
    chosen: Territory, asked: Sites, solution: siting.Solution, proven: bool, period: pd.Timestamp, level: str
) -> None:
    """The map after, who gains, and the cost of a resident newly covered."""
    sites = results.candidates(asked.kind, asked.limit).iloc[solution.sites]
    areas, groups = results.effect(asked, solution.sites, period, level)
    label = facility_kinds()["plural"][asked.kind]
    gained = float(groups["after"].iloc[0] - groups["before"].iloc[0])
    if proven and asked.room and asked.model == "maximal covering":
        gained = solution.value  # within reach and with room; shares below count reach alone
    rows = areas.assign(
        value=areas["gained"],
        shown=[
            _("{a:.0f} % before, {b:.0f} % after (estimate)", a=100 * a, b=100 * b)
            for a, b in zip(areas["share_before"], areas["share_after"], strict=True)
        ],
    )
    quick = _("greedy; the optimum reaches at most {bound}", bound=text.number(solution.bound))
    if asked.model != "maximal covering":
        quick = _("a quick answer by coverage, not yet for this aim")
    state = _("proven to {gap:.1f} %", gap=100 * solution.gap) if proven else quick
    per = asked.cost * len(sites) / gained if gained else None
    tiles = st.columns(3)
    tiles[0].metric(_("Newly within reach (estimate)"), text.number(gained), border=True)
    tiles[1].metric(
        _("Share served (estimate)"),
        text.percent(groups["share_after"].iloc[0], 1),
        _("{iloc:+.1f} points", iloc=100 * (groups["share_after"].iloc[0] - groups["share_before"].iloc[0])),
        border=True,
    )
    tiles[2].metric(_("EUR a resident newly reached"), text.number(per), border=True)
    area_map(
        in_district(rows, chosen.district, level),
        level=level,
        key="sites-map",
        chosen=chosen,
        credit=facilities_credit(),
        title=_(
            "{sites} new {label}: {gained} more people within {limit} minutes ({state})",
            sites=len(sites),
            label=label,
            gained=text.number(gained),
            limit=asked.limit,
            state=state,
        ),
        unit=_(
            "people newly within {limit} minutes on foot (estimate), {period}",
            limit=asked.limit,
            period=text.day(period),
        ),
        points=in_district(sites, chosen.district).assign(shown=_("new site in an existing public building")),
    )
    gain = groups.assign(points=100 * (groups["share_after"] - groups["share_before"]))
    most = gain.loc[gain["points"].idxmax()]
    charts.show(
        charts.bars(gain, "group", "points", unit="", digits=1),
        title=_(
            "Who gains: {group} most, {points:+.1f} points to {share_after}",
            group=most["group"],
            points=most["points"],
            share_after=text.percent(most["share_after"], 1),
        ),
        unit=_("% points more within {limit} minutes (estimate), {period}", limit=asked.limit, period=text.day(period)),
        source=facilities_credit(),
        key="gain",
        table=groups,
    )
    st.dataframe(
        sites[["name", "kind", "area_id"]].assign(district=sites["area_id"].str[:2].map(area_names("district"))),
        hide_index=True,
        alt=_("New sites"),
    )
    st.header(_("In plain words"), anchor=False, divider="gray")
    cost = (
        ""
        if per is None
        else _(
            " At {cost:,} EUR a site that is {per:,.0f} EUR for each resident newly within reach.",
            cost=asked.cost,
            per=per,
        )
    )
    st.markdown(
        _(
            "With {sites} new {label} chosen so that *{why}*, {iloc} of those served would live within {limit} "
            "minutes, up from {iloc_2}.{cost} The answer is {state}. **Assumptions** New sites go into "
            "{candidates} existing public buildings with most residents near; people walk at an adult's pace "
            "along straight lines lengthened by the fitted circuity; residents are spread over built-up cells; "
            "whether a building has room is not known.",
            sites=len(sites),
            label=label,
            why=WHY[asked.model],
            iloc=text.percent(groups["share_after"].iloc[0], 1),
            limit=asked.limit,
            iloc_2=text.percent(groups["share_before"].iloc[0], 1),
            cost=cost,
            state=state,
            candidates=results.CANDIDATES,
        )
        + (
            _(" A new site takes {room:,} people; shares by area and group count reach alone.", room=asked.room)
            if asked.room
            else ""
        )
    )


def frontier_section(asked: Sites, period: pd.Timestamp) -> None:
    """What each further site brings."""
    rows = results.frontier(asked.kind, asked.limit, period)
    last = rows["added"].iloc[-1]
    charts.show(
        comparisons.scatter(
            rows.assign(name=rows["sites"].astype(str)),
            "sites",
            "gained",
            "name",
            x_unit=_("new sites"),
            y_unit=_("people newly within reach"),
            digits=0,
            labelled=[],
            marked=str(asked.count),
        ),
        title=_(
            "The first site brings {iloc:,.0f} people, the {iloc_2}th {last:,.0f}",
            iloc=rows["added"].iloc[0],
            iloc_2=rows["sites"].iloc[-1],
            last=last,
        ),
        unit=_(
            "people newly within {limit} minutes (estimate), proven optimum for each number of sites, {period}",
            limit=asked.limit,
            period=text.day(period),
        ),
        source=facilities_credit(),
        key="frontier",
        table=rows,
    )


chosen = choices()
st.title(_("What if we build in {name}?", name=city().name), anchor=False)
period = last_current_or_stop(chosen)
asked = ask(results.draft(period).sites)
results.change("sites", asked)
level = level_control()
solution, proven = answer(asked, period)
if not solution.sites:
    controls.empty(_("Everyone who could be reached already is."), _("Choose a shorter walk or another service."))
    st.stop()
before_after(chosen, asked, solution, proven, period, level)
st.header(_("How many sites?"), anchor=False, divider="gray")
frontier_section(asked, period)
