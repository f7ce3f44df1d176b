"""Overview: where to begin, and displacement, services and creative work in the chosen territory, six figures."""

import streamlit as st

from data.translation import N_
from services import areas, overview
from views import controls, figures, shell
from views.language import _

# who asks -> the questions in their order, each with the page that answers it
ROADS = {
    N_("To plan"): {
        "map": N_("Where is what? Which areas stand out?"),
        "fit": N_("What is short for those who live here?"),
        "reach": N_("Who lives too far from it?"),
        "what_if_sites": N_("Where does a new site reach most?"),
    },
    N_("To decide"): {
        "profile": N_("How does my district stand?"),
        "inclusion": N_("Who is ahead, whatever one weighs?"),
        "goals": N_("Are our goals on track?"),
        "what_if_arrivals": N_("What if more people arrive?"),
    },
    N_("To talk about it"): {
        "workshop": N_("What does the room think?"),
        "what_if_compare": N_("Which of our plans does more?"),
        "partnerships": N_("Who works with whom?"),
        "story": N_("How do I show it?"),
    },
}
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
for column, (purpose, questions) in zip(st.columns(3), ROADS.items(), strict=True):
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
