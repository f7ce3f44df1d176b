"""Creative economy in the city: venues per resident, specialisation, hot spots, the walk to culture."""

import streamlit as st

from services import areas, creative_city, names
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
place = areas.place_name(ctx, territory)
shell.title(_("Creative economy in {district}", district=place), ctx, territory, follows="district")
kinds = creative_city.culture_kinds(ctx)
query = state.read(
    creative_city.Query,
    {"venues": list(kinds), "level": list(ctx.levels), "specialised": lambda values: sorted(values["venues"])},
    {"venues": creative_city.usual_kinds(ctx), "level": ctx.middle_level},
)
left, right = st.columns([3, 1])
controls.choice(left.multiselect, _("Kinds of venue"), "venues", kinds)
controls.choice(right.selectbox, _("Areas"), "level", names.level_names(ctx))
creative_city.require_kinds(ctx, query.venues)
with shell.section():
    figures.show(creative_city.density_figure(ctx, territory, query))
st.header(_("Structure and specialisation"), anchor=False, divider="gray")
with shell.section():
    figures.show(creative_city.kinds_figure(ctx, territory, query))
    if len(query.venues) > 1:
        controls.choice(st.selectbox, _("Specialised in"), "specialised", kinds)
        figures.show(creative_city.quotients_figure(ctx, territory, query))
st.header(_("Hot spots"), anchor=False, divider="gray")
with shell.section():
    for figure in creative_city.hot_spots_figures(ctx, territory, query):
        figures.show(figure)
st.header(_("The walk to culture"), anchor=False, divider="gray")
with shell.section():
    figures.show(creative_city.walk_figure(ctx, territory, query))
