"""Fit: whether day care, schools, homes and care suit the people who live here, now and in five years."""

import streamlit as st

from services import areas, fit, homes, names
from views import controls, figures, shell, state
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
with shell.section():
    figures.show(fit.summary_figure(ctx, territory, query))
st.header(_("Day care"), anchor=False, divider="gray")
controls.choice(st.selectbox, _("Areas"), "level", names.level_names(ctx))
with shell.section():
    figures.show(fit.daycare_figure(ctx, territory, query, query.level))
with shell.section():
    figures.show(fit.trend_figure(ctx, territory))
st.header(_("Primary schools"), anchor=False, divider="gray")
with shell.section():
    figures.show(fit.schools_figure(ctx, territory, query))
st.header(_("Homes"), anchor=False, divider="gray")
with shell.section():
    figures.show(homes.map_figure(ctx, territory))
with shell.section():
    figures.show(homes.building_figure(ctx, building))
reach, arrive = state.link("reach"), state.link("what_if_arrivals")
st.markdown(f"[{_('Who reaches them')}]({reach}) · [{_('What if more people arrive')}]({arrive})")
