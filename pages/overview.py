"""Overview: where to begin, and displacement, services and creative work in the chosen territory, six figures."""

import streamlit as st

from services import areas, overview
from views import controls, figures, shell
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
place = areas.place_name(ctx, territory)
shell.title(_("{place}: who arrives, who is served, who creates", place=place), ctx, territory, follows="district")
st.markdown(
    _(
        "Displacement, services and creative work, {first_year} to {last_year}.",
        first_year=territory.first_year,
        last_year=territory.last_year,
    )
)
for column, (purpose, questions) in zip(st.columns(3), overview.ROADS.items(), strict=True):
    with column.container(border=True, height="stretch", gap="xxsmall"):
        st.markdown(f"**{_(purpose)}**")
        for number, (page, question) in enumerate(questions.items(), 1):
            st.page_link(f"pages/{page}.py", label=_(question), icon=f":material/counter_{number}:")
for tiles in overview.TILES:
    for column, tile in zip(st.columns(3), tiles, strict=True):
        with column, shell.section():
            figures.tile(*tile(ctx, territory))
with shell.section():
    overview.require_residents(ctx, territory)
