"""Scenarios: named, saved, copied, compared side by side, shared by link and file."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics import scenario
from analytics.scenario import Scenario
from data import store
from pages import scenario_results as results
from pages.common import choices, city, last_current_or_stop
from views import controls, exports, text

MOST = 4


def outcome(one: Scenario) -> dict[str, str]:
    """A scenario's results in words, rerun from its inputs."""
    found = results.headline(one)
    groups = found["groups"]
    return {
        "People who arrive": f"{one.arrivals.people[0]:,} to {one.arrivals.people[2]:,} in {one.arrivals.months} months, {one.arrivals.rule}",
        "Day care short of (estimate)": f"{found['short_low']:,.0f} to {found['short_high']:,.0f} places",
        "Language courses (estimate)": f"{found['language_low']:,.0f} to {found['language_high']:,.0f} teaching hours",
        "New sites": f"{len(found['sites'].sites)} × {one.sites.kind.replace('_', ' ')}, {one.sites.model}, within {one.sites.limit} minutes",
        "Newly within reach (estimate)": f"{groups['after'].iloc[0] - groups['before'].iloc[0]:,.0f} people",
        "Share served after (estimate)": text.percent(groups["share_after"].iloc[0], 1),
        "Cost": f"{one.sites.cost * len(found['sites'].sites):,} EUR",
        "Shock": f"{one.shock.kind.replace('_', ' ')}: {len(one.shock.districts)} districts closed, {text.percent(one.shock.budget)} of the budget lost",
        "People who lose it (estimate)": text.number(found["shock"]["lost"]),
        "Resilience: redundancy, robustness, absorption": ", ".join(
            f"{found['shock']['resilience'][part]:.2f}" for part in ("redundancy", "robustness", "absorption")
        ),
        "Seed": str(one.seed),
    }


def keep_section(made: Scenario) -> None:
    """Save, take away and bring in."""
    st.subheader("The scenario you are working on", anchor=False)
    columns = st.columns([3, 1])
    name = columns[0].text_input("Name", made.name, key=results.key("name"), max_chars=80)
    seed = int(columns[1].number_input("Seed", 0, 2**31, made.seed, key=results.key("seed")))
    made = replace(made, name=name, seed=seed)
    st.session_state["draft"] = made
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key="save-scenario"):
            number = store.add_scenario(city().key, made.name, scenario.dump(made))
            st.toast(f"Saved as number {number}")
        st.download_button(
            "Scenario file (TOML)",
            scenario.dump(made),
            f"{exports.file_stem(made.name)}.toml",
            "application/toml",
            key="toml",
            on_click="ignore",
        )
    given = st.file_uploader("Open a scenario file", type="toml", key="upload")
    if given is not None and st.session_state.get("uploaded") != given.file_id:
        st.session_state["uploaded"] = given.file_id
        try:
            results.open_scenario(scenario.load(given.getvalue().decode("utf-8", "replace")))
        except ValueError as fault:
            st.error(f"{given.name}: {fault}")
        else:
            st.rerun()


def saved_section(rows: pd.DataFrame) -> None:
    """Every saved scenario: open, copy, remove."""
    st.subheader("Saved scenarios", anchor=False)
    for row in rows.itertuples():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{row.id}** {row.name}")
            if st.button("Open", key=f"open-{row.id}"):
                results.open_scenario(scenario.load(row.text))
                st.rerun()
            if st.button("Copy", key=f"copy-{row.id}"):
                copied = scenario.load(row.text)
                store.add_scenario(
                    city().key, f"{copied.name} (copy)", scenario.dump(replace(copied, name=f"{copied.name} (copy)"))
                )
                st.rerun()
            if st.button("Remove", key=f"drop-{row.id}"):
                store.remove_scenario(int(row.id))
                st.rerun()


chosen = choices()
st.title("Scenarios", anchor=False)
period = last_current_or_stop(chosen)
keep_section(results.draft(period))
rows = store.scenarios(city().key)
if rows.empty:
    controls.empty("No scenario is saved yet.", "Set one up on the three what-if pages, then save it here.")
    st.stop()
saved_section(rows)
st.header("Side by side", anchor=False, divider="gray")
names = {int(row.id): f"{row.id}: {row.name}" for row in rows.itertuples()}
picked = st.multiselect(
    "Compare",
    list(names),
    default=list(names)[:2],
    format_func=names.__getitem__,
    max_selections=MOST,
    key="compare",
    bind="query-params",
)
if picked:
    texts = rows.set_index("id")["text"]
    with st.spinner("Rerunning the scenarios …"):
        table = pd.DataFrame({names[one]: outcome(scenario.load(texts[one])) for one in picked})
    st.dataframe(table.rename_axis("result").reset_index(), hide_index=True, alt="Scenarios side by side", height=430)
    st.caption("Each scenario is rerun from its saved inputs and seed, so the numbers are the same whenever and by whomever it is opened. The address bar keeps the "
               "choice: copy it to share the comparison on this server; the file carries a scenario anywhere.")  # fmt: skip
    exports.downloads(
        table.rename_axis("result").reset_index(),
        "Scenarios",
        "own estimates of Zone of Social Creativity",
        "scenarios",
    )
