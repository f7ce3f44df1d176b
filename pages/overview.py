"""Overview: the city's front page. Its map and six figures, what changed since the count before, where to begin."""

import streamlit as st

from services import areas, changes, city_map, overview
from views import controls, figures, shell, state, tour
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
place = areas.place_name(ctx, territory)
shell.title(_("{place}: who arrives, who is served, who creates", place=place), ctx, territory, follows="district")
left, right = st.columns([11, 9], gap="medium")
with right:
    for tiles in overview.TILES:
        for column, tile in zip(st.columns(2), tiles, strict=True):
            with column, shell.section():
                figures.tile(*tile(ctx, territory))
with left, shell.section():
    indicators = city_map.indicators(ctx)
    query = state.read(overview.Query, {"colour": list(indicators)}, {"colour": "displaced"})
    controls.choice(st.selectbox, _("On the map"), "colour", indicators)
    figures.show(overview.map_figure(ctx, territory, query))
st.header(_("Where to begin"), anchor=False, divider="gray")
tour.offer()
for column, (purpose, questions) in zip(st.columns(3), overview.ROADS.items(), strict=True):
    with column.container(border=True, height="stretch", gap="xxsmall"):
        st.markdown(f"**{_(purpose)}**")
        for number, (page, question) in enumerate(questions.items(), 1):
            st.page_link(f"pages/{page}.py", label=_(question), icon=f":material/counter_{number}:")
st.header(_("What changed"), anchor=False, divider="gray")
with shell.section():
    figures.show(changes.figure_of_changes(ctx, territory))
st.page_link("pages/outlook.py", label=_("Outlook and signals"), icon=":material/arrow_forward:")
with shell.section():
    overview.require_residents(ctx, territory)
