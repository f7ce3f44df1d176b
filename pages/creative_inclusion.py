"""Culture beside inclusion, by area of the city and by region of Europe: what goes together, how strongly, how sure."""

import streamlit as st

from services import areas, creative_city, creative_inclusion
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Culture beside inclusion"), ctx, territory, follows="district")
kinds, indicators = creative_city.culture_kinds(ctx), creative_inclusion.indicators(ctx)
query = state.read(
    creative_inclusion.Query,
    {
        "venues": list(kinds),
        "beside": list(indicators),
        "still": lambda values: creative_inclusion.confounders(ctx, values["beside"]),
    },
    {"venues": creative_city.usual_kinds(ctx)},
)
st.header(_("Areas of {district}", district=areas.place_name(ctx, territory)), anchor=False, divider="gray")
if kinds:
    controls.choice(st.multiselect, _("Kinds of venue"), "venues", kinds)
if indicators:
    left, right = st.columns(2)
    controls.choice(left.selectbox, _("Beside"), "beside", indicators)
    controls.choice(
        right.selectbox, _("Held still, with residents per km²"), "still", lambda key: indicators.get(key, _("none"))
    )
with shell.section():
    figure, sentence = creative_inclusion.areas_figure(ctx, territory, query)
    figures.show(figure)
    st.markdown(sentence)
st.header(_("Regions of Europe"), anchor=False, divider="gray")
with shell.section():
    figure, sentence = creative_inclusion.regions_figure(ctx)
    figures.show(figure)
    st.markdown(sentence)
