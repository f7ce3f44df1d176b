"""What if we build: where the next sites of a service should go, who gains, and what it costs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import siting
from analytics.scenario import SITING, Sites
from pages import background
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
    table,
)
from views import charts, comparisons, controls, text
from views.controls import Territory

WHY = {"maximal covering": "most people newly within the limit", "p-median": "shortest walks in total", "p-centre": "the farthest is nearest",
       "set covering": "fewest sites for all who can be reached", "fairest": "the worst-off group is served best"}  # fmt: skip


def ask(given: Sites) -> Sites:
    """The inputs, starting from the draft."""
    kinds = table("facility_kinds").set_index("kind")["label"]
    able = [kind for kind in kinds.index if kind not in ("public_art", "tram_stop", "metro_station", "rail_station")]
    columns = st.columns(3)
    kind = columns[0].selectbox(
        "Service", able, index=able.index(given.kind), format_func=kinds.get, key=results.key("site_kind")
    )
    model = columns[1].selectbox(
        "Aim",
        SITING,
        index=SITING.index(given.model),
        format_func=lambda name: f"{WHY[name]} ({name})",
        key=results.key("model"),
    )
    count = int(columns[2].number_input("New sites", 1, 25, given.count, key=results.key("count")))
    columns = st.columns(3)
    limit = int(columns[0].number_input("Minutes on foot", 5, 45, given.limit, 5, key=results.key("site_limit")))
    cost = int(
        columns[1].number_input("Cost of a site, EUR", 0, 100_000_000, given.cost, 100_000, key=results.key("cost"))
    )
    room = int(
        columns[2].number_input(
            "Room for people, 0 is any number", 0, 1_000_000, given.room, 500, key=results.key("room")
        )
    )
    there = results.facilities(str(kind)).drop_duplicates("source_id").set_index("source_id")["name"]
    closed = st.multiselect("Close first", list(there.index), default=[one for one in given.closed if one in there.index], key=results.key(f"close-{kind}"),
                            format_func=lambda code: there[code] or f"unnamed ({code})", placeholder="Sites there are that close")  # fmt: skip
    return Sites(str(kind), str(model), count, limit, cost, room, tuple(closed))


@st.fragment(run_every=1.0)
def watch(task: background.Task, asked: Sites) -> None:
    """Progress of the proof, with a button that ends it."""
    if task.done:
        st.rerun()
    st.progress(min(task.seconds / 60, 1.0), text=f"Proving the optimum: {task.seconds:.0f} s (at most about a minute)")
    if st.button("Cancel", key="cancel-proof"):
        task.cancel()
        del st.session_state["proof"]
        st.rerun()


def answer(asked: Sites, period: pd.Timestamp) -> tuple[siting.Solution, bool]:
    """The best answer at hand: greedy at once, the proven one once it is there."""
    found: dict[Sites, siting.Solution] = st.session_state.setdefault("proven", {})
    work = st.session_state.get("proof")
    if work and work[1] == asked and work[0].done:
        try:
            found[asked] = work[0].result()
        except RuntimeError as fault:
            st.warning(f"No optimum was found. {fault}")
        del st.session_state["proof"]
        work = None
    if asked in found:
        return found[asked], True
    if work and work[1] == asked:
        watch(work[0], asked)
    elif st.button("Find and prove the optimum", type="primary", key="prove"):
        if work:
            work[0].cancel()
        st.session_state["proof"] = (background.start(siting.solve, **results.problem(asked, period)), asked)
        st.rerun()
    return results.quick(asked, period), False


def before_after(
    chosen: Territory, asked: Sites, solution: siting.Solution, proven: bool, period: pd.Timestamp, level: str
) -> None:
    """The map after, who gains, and the cost of a resident newly covered."""
    sites = results.candidates(asked.kind, asked.limit).iloc[solution.sites]
    areas, groups = results.effect(asked, solution.sites, period, level)
    label = table("facility_kinds").set_index("kind")["plural"][asked.kind]
    gained = float(groups["after"].iloc[0] - groups["before"].iloc[0])
    if proven and asked.room and asked.model == "maximal covering":
        gained = solution.value  # within reach and with room; shares below count reach alone
    rows = areas.assign(value=areas["gained"], shown=[f"{100 * a:.0f} % before, {100 * b:.0f} % after (estimate)"
                                                      for a, b in zip(areas["share_before"], areas["share_after"], strict=True)])  # fmt: skip
    quick = f"greedy; the optimum reaches at most {text.number(solution.bound)}"
    if asked.model != "maximal covering":
        quick = "a quick answer by coverage, not yet for this aim"
    state = f"proven to {100 * solution.gap:.1f} %" if proven else quick
    per = asked.cost * len(sites) / gained if gained else None
    tiles = st.columns(3)
    tiles[0].metric("Newly within reach (estimate)", text.number(gained), border=True)
    tiles[1].metric("Share served (estimate)", text.percent(groups["share_after"].iloc[0], 1),
                    f"{100 * (groups['share_after'].iloc[0] - groups['share_before'].iloc[0]):+.1f} points", border=True)  # fmt: skip
    tiles[2].metric("EUR a resident newly reached", text.number(per), border=True)
    area_map(in_district(rows, chosen.district, level), level=level, key="sites-map", chosen=chosen, credit=facilities_credit(),
             title=f"{len(sites)} new {label}: {text.number(gained)} more people within {asked.limit} minutes ({state})",
             unit=f"people newly within {asked.limit} minutes on foot (estimate), {text.day(period)}",
             points=in_district(sites, chosen.district).assign(shown="new site in an existing public building"))  # fmt: skip
    gain = groups.assign(points=100 * (groups["share_after"] - groups["share_before"]))
    most = gain.loc[gain["points"].idxmax()]
    charts.show(charts.bars(gain, "group", "points", unit="", digits=1),
                title=f"Who gains: {most['group']} most, {most['points']:+.1f} points to {text.percent(most['share_after'], 1)}",
                unit=f"% points more within {asked.limit} minutes (estimate), {text.day(period)}", source=facilities_credit(), key="gain",
                table=groups)  # fmt: skip
    st.dataframe(
        sites[["name", "kind", "area_id"]].assign(district=sites["area_id"].str[:2].map(area_names("district"))),
        hide_index=True,
        alt="New sites",
    )
    st.header("In plain words", anchor=False, divider="gray")
    cost = (
        ""
        if per is None
        else f" At {asked.cost:,} EUR a site that is {per:,.0f} EUR for each resident newly within reach."
    )
    st.markdown(f"With {len(sites)} new {label} chosen so that *{WHY[asked.model]}*, {text.percent(groups['share_after'].iloc[0], 1)} of those served would live within "
                f"{asked.limit} minutes, up from {text.percent(groups['share_before'].iloc[0], 1)}.{cost} The answer is {state}. **Assumptions** New sites go into "
                f"{results.CANDIDATES} existing public buildings with most residents near; people walk at an adult's pace along straight lines lengthened by "
                "the fitted circuity; residents are spread over built-up cells; whether a building has room is not known."
                + (f" A new site takes {asked.room:,} people; shares by area and group count reach alone." if asked.room else ""))  # fmt: skip


def frontier_section(asked: Sites, period: pd.Timestamp) -> None:
    """What each further site brings."""
    rows = results.frontier(asked.kind, asked.limit, period)
    last = rows["added"].iloc[-1]
    charts.show(comparisons.scatter(rows.assign(name=rows["sites"].astype(str)), "sites", "gained", "name", x_unit="new sites", y_unit="people newly within reach",
                                    digits=0, labelled=[], marked=str(asked.count)),
                title=f"The first site brings {rows['added'].iloc[0]:,.0f} people, the {rows['sites'].iloc[-1]}th {last:,.0f}",
                unit=f"people newly within {asked.limit} minutes (estimate), proven optimum for each number of sites, {text.day(period)}", source=facilities_credit(),
                key="frontier", table=rows)  # fmt: skip


chosen = choices()
st.title(f"What if we build in {city().name}?", anchor=False)
period = last_current_or_stop(chosen)
asked = ask(results.draft(period).sites)
results.change("sites", asked)
level = level_control("district_region")
solution, proven = answer(asked, period)
if not solution.sites:
    controls.empty("Everyone who could be reached already is.", "Choose a shorter walk or another service.")
    st.stop()
before_after(chosen, asked, solution, proven, period, level)
st.header("How many sites?", anchor=False, divider="gray")
frontier_section(asked, period)
