"""Displacement in the city: how many reached it, which districts, how mixed and how apart they live."""

import streamlit as st

from services import areas, boundary_change, names, origin_map, origins, own_tables, reception
from views import controls, figures, shell, state
from views import own_tables as tables
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Displacement in {place}", place=origins.place(ctx, territory)), ctx, territory)
countries = origins.origins(ctx, territory)
why = _(ctx.city.displaced_origins_why)
st.markdown(
    _(
        "City statistics count where people have roots, not why they came. {displaced_origins_why}",
        displaced_origins_why=why,
    )
)
query = state.read(
    origins.Query,
    {
        "origins": list(countries),
        "origin": lambda values: values["origins"],
        "level": list(ctx.levels),
        "since": lambda values: origins.growth_starts(ctx, territory, values["level"]),
    },
    {"origins": origins.usual_origins(ctx, countries), "level": ctx.levels[-1]},
)
controls.choice(st.multiselect, _("Origins"), "origins", countries)
origins.require_origins(ctx, query)
trends = {name: _(measure[0]) for name, measure in origins.TRENDS.items()}
controls.choice(st.radio, _("Measure"), "city_measure", trends, horizontal=True)
with shell.section():
    figures.show(origins.trend_figure(ctx, territory, query))
st.header(_("Which areas"), anchor=False, divider="gray")
with shell.section():
    left, middle, right = st.columns(3)
    measures = {name: _(measure[0]) for name, measure in origins.MEASURES.items()}
    controls.choice(left.selectbox, _("On the map"), "map_measure", measures)
    if query.map_measure != "diversity":
        controls.choice(middle.selectbox, _("Origin"), "origin", countries)
    controls.choice(right.selectbox, _("Areas"), "level", names.level_names(ctx))
    if query.map_measure == "growth":
        controls.choice(st.selectbox, _("Growth since"), "since", lambda day: origins.start_name(ctx, day))
    figures.show(origin_map.map_figure(ctx, territory, query))
st.subheader(_("With and without reception centres"), anchor=False)
with shell.section():
    tables.section(ctx, "reception", own_tables)
    figures.show(reception.comparison_figure(ctx, territory))
if ctx.has_districts:
    figures.show(origins.districts_figure(ctx, territory, query))
st.header(_("Together or apart"), anchor=False, divider="gray")
with shell.section():
    figures.show(origins.evenness_figure(ctx, territory))
if year := boundary_change.change_year(ctx):
    st.header(_("Across the change of areas in {year}", year=year), anchor=False, divider="gray")
    with shell.section():
        figures.show(boundary_change.across_change_figure(ctx, territory, query))
