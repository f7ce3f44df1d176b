"""Diverse and divided: mix of origins against segregation, at several scales."""

import streamlit as st

from services import areas, diversity, names
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
place = areas.place_name(ctx, territory)
shell.title(_("Diverse and divided? {district}", district=place), ctx, territory, follows="district")
query = state.read(diversity.Query, {"level": list(ctx.levels)}, {"level": ctx.middle_level})
period = areas.require_period(ctx, territory)
controls.choice(st.selectbox, _("Areas"), "level", names.level_names(ctx))
with shell.section():
    figures.show(diversity.mix_figure(ctx, territory, period, query.level))
st.header(_("At which scale: {name}", name=ctx.name), anchor=False, divider="gray")
with shell.section():
    for figure in diversity.scales_figures(ctx, territory):
        figures.show(figure)
