"""Creative firms in the city: a chamber's register that this machine has imported, else places on the open map."""

import streamlit as st

from services import areas, creative, creative_places, firms, names
from views import controls, figure_parts, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
place = areas.place_name(ctx, territory)
shell.title(_("Creative firms in {place}", place=place), ctx, territory, follows="district")
registered = firms.has_register(ctx)
if not registered:
    st.info(firms.without_register(ctx))
    creative_places.require_places(ctx)
scopes = creative.scopes(ctx)
markets = firms.submarkets if registered else lambda scope: creative_places.submarkets(ctx, scope)
query = state.read(
    firms.Query,
    {"scope": list(scopes), "level": list(ctx.levels), "submarket": lambda values: markets(values["scope"])},
    {"level": ctx.middle_level},
)
left, right = st.columns([3, 1])
controls.choice(left.radio, _("Scope"), "scope", scopes, horizontal=True)
controls.choice(right.selectbox, _("Areas"), "level", names.level_names(ctx))
if registered:
    figures.key_figures(firms.key_figures(ctx, territory, query))
    st.markdown(firms.employees_sentence(ctx, query))
    figure_parts.about(firms.about(ctx, query))
    figures.show(firms.map_figure(ctx, territory, query))
    st.markdown(firms.hot_spots_sentence(ctx, query))
else:
    with shell.section():
        figures.show(creative_places.map_figure(ctx, territory, query))
st.header(_("Submarkets"), anchor=False, divider="gray")
services = firms if registered else creative_places
with shell.section():
    figures.show(services.submarkets_figure(ctx, territory, query))
    controls.choice(st.selectbox, _("Specialised in"), "submarket", _)
    figures.show(services.quotients_figure(ctx, territory, query))
