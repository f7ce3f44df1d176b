"""Creative firms in the city: from a chamber's register that this machine has imported."""

import streamlit as st

from services import areas, creative, firms, names
from views import controls, figure_parts, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
place = areas.place_name(ctx, territory)
shell.title(_("Creative firms in {place}", place=place), ctx, territory, follows="district")
firms.require_register(ctx)
scopes = creative.scopes(ctx)
query = state.read(
    firms.Query,
    {"scope": list(scopes), "level": list(ctx.levels), "submarket": lambda values: firms.submarkets(values["scope"])},
    {"level": ctx.middle_level},
)
left, right = st.columns([3, 1])
controls.choice(left.radio, _("Scope"), "scope", scopes, horizontal=True)
controls.choice(right.selectbox, _("Areas"), "level", names.level_names(ctx))
figures.key_figures(firms.key_figures(ctx, territory, query))
st.markdown(firms.employees_sentence(ctx, query))
figure_parts.about(firms.about(ctx, query))
figures.show(firms.map_figure(ctx, territory, query))
st.markdown(firms.hot_spots_sentence(ctx, query))
st.header(_("Submarkets"), anchor=False, divider="gray")
figures.show(firms.submarkets_figure(ctx, territory, query))
controls.choice(st.selectbox, _("Specialised in"), "submarket")
figures.show(firms.quotients_figure(ctx, territory, query))
