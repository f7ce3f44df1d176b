"""Fit: whether day care, schools, homes and care suit the people who live here, now and in five years."""

from functools import partial

import streamlit as st

from services import (
    areas,
    arrivals,
    children,
    courses,
    fit,
    fit_summary,
    health,
    homes,
    names,
    own_tables,
    rents,
    shortages,
)
from views import controls, exports, figures, prints, shell, state
from views import own_tables as tables
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("People and places in {place}: does it fit?", place=areas.place_name(ctx, territory)), ctx, territory)
areas.require_period(ctx, territory)
query = state.read(fit.Query, {"level": list(ctx.levels)}, {"level": ctx.middle_level})
building = state.read(homes.Query)
columns = st.columns(4)
controls.number(_("Norm: places per 100 under 6"), "norm", 5, columns[0])
controls.number(_("Children in a class"), "class_size", 1, columns[1])
controls.number(_("Newcomers"), "newcomers", 1000, columns[2])
controls.number(_("Newcomers to a home"), "household", 0.5, columns[3], format="%g")
entered = own_tables.newest(ctx, "courses")
with shell.section():
    needs = fit_summary.needs(ctx, territory, query, entered)
    sentences = fit_summary.sentences(ctx, needs)
    summary = fit_summary.summary_figure(ctx, territory, query, needs, entered)
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
    figures.show(summary)
    draw = partial(prints.pdf, **fit_summary.page(ctx, territory, sentences, summary))
    name = f"{exports.file_stem(summary.finding)}.pdf"
    st.download_button(_("One page for print (PDF)"), draw, name, "application/pdf", key="fit-pdf", on_click="ignore")
st.header(_("Day care"), anchor=False, divider="gray")
left, middle, right = st.columns(3)
controls.choice(left.selectbox, _("Areas"), "level", names.level_names(ctx))
plans = shortages.scenario_names(ctx)
plan = state.read(shortages.Query, {"scenario": list(plans)})
controls.choice(middle.selectbox, _("Counted"), "after", lambda step: _(shortages.STEPS[step][0]))
controls.choice(right.selectbox, _("Scenario"), "scenario", plans)
with shell.section(), st.spinner(_("Measuring every count …")):
    figures.show(shortages.daycare_figure(ctx, territory, plan, query.level, query.norm, building.newcomers))
with shell.section():
    figures.show(fit.trend_figure(ctx, territory))
st.header(_("Primary schools"), anchor=False, divider="gray")
with shell.section():
    capacities = tables.section(ctx, "capacities", own_tables)
    figures.show(fit.schools_figure(ctx, territory, query, capacities))
with shell.section():
    figures.show(children.ahead_figure(ctx, territory, building.newcomers, query.class_size))
young = state.read(children.Query)
controls.choice(st.radio, _("Children of"), "age", partial(children.age_label, ctx.language), horizontal=True)
with shell.section():
    figures.show(children.background_figure(ctx, territory, young))
st.header(_("Lifelong learning"), anchor=False, divider="gray")
with shell.section():
    version = tables.section(ctx, "courses", own_tables)
    if version is not None:
        figures.show(courses.map_figure(ctx, territory, version))
        figures.show(courses.reach_figure(ctx, territory, version))
st.header(_("Homes"), anchor=False, divider="gray")
with shell.section():
    figures.show(homes.map_figure(ctx, territory))
with shell.section():
    figures.show(homes.building_figure(ctx, building))
costs = state.read(rents.Query)
controls.choice(st.radio, _("Rents"), "rents", lambda measure: _(rents.MEASURES[measure][0]), horizontal=True)
with shell.section():
    figures.show(rents.rents_figure(ctx, territory, costs))
st.header(_("Health and care"), anchor=False, divider="gray")
with shell.section():
    figures.show(health.care_figure(ctx, territory, query.level))
atlas = state.read(health.Query)
controls.choice(st.radio, _("Index"), "atlas", lambda index: _(health.INDICES[index]), horizontal=True)
with shell.section():
    figures.show(health.atlas_figure(ctx, territory, atlas))
goal = {"goal_indicator": "daycare_places", "goal_value": str(query.norm)}
if territory.district:
    goal |= {"level": "district", "goal_area": territory.district}
people = {name: str(building.newcomers) for name in arrivals.PEOPLE}
links = {
    _("Who reaches them"): state.link("reach"),
    _("What if so many newcomers arrive"): state.link("what_if_arrivals", **people, rule="by residents"),
    _("Make the norm a goal"): state.link("goals", **goal),
}
st.markdown(" · ".join(f"[{label}]({address})" for label, address in links.items()))
