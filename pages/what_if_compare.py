"""Scenarios: named, saved, copied, compared side by side, shared by link and file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import scenario
from analytics.scenario import Scenario
from data import limits, rights, store
from data.errors import DataError
from pages import scenario_results as results
from pages.common import choices, city, last_current_or_stop
from views import controls, exports, text
from views.language import _

MOST = 4


def outcome(one: Scenario) -> dict[str, str]:
    """A scenario's results in words, rerun from its inputs."""
    found = results.headline(one)
    groups = found["groups"]
    return {
        "People who arrive": _(
            "{people:,} to {people_2:,} in {months} months, {rule}",
            people=one.arrivals.people[0],
            people_2=one.arrivals.people[2],
            months=one.arrivals.months,
            rule=one.arrivals.rule,
        ),
        "Day care short of (estimate)": _(
            "{short_low:,.0f} to {short_high:,.0f} places", short_low=found["short_low"], short_high=found["short_high"]
        ),
        "Language courses (estimate)": _(
            "{language_low:,.0f} to {language_high:,.0f} teaching hours",
            language_low=found["language_low"],
            language_high=found["language_high"],
        ),
        "New sites": _(
            "{sites} × {value}, {model}, within {limit} minutes",
            sites=len(found["sites"].sites),
            value=one.sites.kind.replace("_", " "),
            model=one.sites.model,
            limit=one.sites.limit,
        ),
        "Newly within reach (estimate)": _(
            "{iloc:,.0f} people", iloc=groups["after"].iloc[0] - groups["before"].iloc[0]
        ),
        "Share served after (estimate)": text.percent(groups["share_after"].iloc[0], 1),
        "Cost": f"{one.sites.cost * len(found['sites'].sites):,} EUR",
        "Shock": _(
            "{value}: {districts} districts closed, {budget} of the budget lost",
            value=one.shock.kind.replace("_", " "),
            districts=len(one.shock.districts),
            budget=text.percent(one.shock.budget),
        ),
        "People who lose it (estimate)": text.number(found["shock"]["lost"]),
        "Resilience: redundancy, robustness, absorption": ", ".join(
            f"{found['shock']['resilience'][part]:.2f}" for part in ("redundancy", "robustness", "absorption")
        ),
        "Seed": str(one.seed),
    }


def keep_section(made: Scenario) -> None:
    """Save, take away and bring in."""
    st.subheader(_("The scenario you are working on"), anchor=False)
    columns = st.columns([3, 1])
    name = columns[0].text_input(_("Name"), made.name, key=results.key("name"), max_chars=80)
    seed = int(columns[1].number_input(_("Seed"), 0, 2**31, made.seed, key=results.key("seed")))
    made = made.replace(name=name, seed=seed)
    st.session_state["draft"] = made
    with st.container(horizontal=True):
        if rights.has_role("editor") and st.button(_("Save"), type="primary", key="save-scenario"):
            number = store.add_scenario(city().key, made.name, scenario.dump(made))
            st.toast(_("Saved as number {number}", number=number))
        st.download_button(
            _("Scenario file (TOML)"),
            scenario.dump(made),
            f"{exports.file_stem(made.name)}.toml",
            "application/toml",
            key="toml",
            on_click="ignore",
        )
    given = st.file_uploader(_("Open a scenario file"), type="toml", key="upload")
    if given is not None and st.session_state.get("uploaded") != given.file_id:
        st.session_state["uploaded"] = given.file_id
        try:
            limits.check_size(given.getvalue(), given.name, 200_000)
            results.open_scenario(scenario.load(given.getvalue().decode("utf-8", "replace")))
        except (DataError, ValueError) as fault:
            st.error(text.escaped(f"{given.name}: {fault}"))
        else:
            st.rerun()


def saved_section(rows: pd.DataFrame) -> None:
    """Every saved scenario: open, copy, remove."""
    st.subheader(_("Saved scenarios"), anchor=False)
    for row in rows.itertuples():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{row.id}** {row.name}")
            if st.button(_("Open"), key=f"open-{row.id}"):
                results.open_scenario(scenario.load(row.text))
                st.rerun()
            if rights.has_role("editor") and st.button(_("Copy"), key=f"copy-{row.id}"):
                copied = scenario.load(row.text)
                copied = copied.replace(name=f"{copied.name[:73]} (copy)")
                store.add_scenario(city().key, copied.name, scenario.dump(copied))
                st.rerun()
            if rights.has_role("editor") and st.button(_("Remove"), key=f"drop-{row.id}"):
                store.remove_scenario(int(row.id))
                st.rerun()


chosen = choices()
st.title(_("Scenarios"), anchor=False)
period = last_current_or_stop(chosen)
keep_section(results.draft(period))
rows = store.scenarios(city().key)
if rows.empty:
    controls.empty(_("No scenario is saved yet."), _("Set one up on the three what-if pages, then save it here."))
    st.stop()
saved_section(rows)
st.header(_("Side by side"), anchor=False, divider="gray")
names = {int(row.id): f"{row.id}: {row.name}" for row in rows.itertuples()}
picked = controls.linked_many(
    st.multiselect,
    _("Compare"),
    list(names),
    default=list(names)[:2],
    format_func=names.__getitem__,
    max_selections=MOST,
    key="compare",
)
if picked:
    texts = rows.set_index("id")["text"]
    with st.spinner(_("Rerunning the scenarios …")):
        table = pd.DataFrame({names[one]: outcome(scenario.load(texts[one])) for one in picked})
    st.dataframe(
        table.rename_axis("result").reset_index(), hide_index=True, alt=_("Scenarios side by side"), height=430
    )
    st.caption(
        _(
            "Each scenario is rerun from its saved inputs and seed, so the numbers are the same whenever and by "
            "whomever it is opened. The address bar keeps the choice: copy it to share the comparison on this "
            "server; the file carries a scenario anywhere."
        )
    )
    exports.downloads(
        table.rename_axis("result").reset_index(),
        _("Scenarios"),
        _("own estimates of Zone of Social Creativity"),
        "scenarios",
    )
