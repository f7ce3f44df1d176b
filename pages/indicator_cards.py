"""Indicator cards: definition, formula, source, direction, coverage, caveats and code of each indicator."""

import streamlit as st

from services import areas, indicator_cards, names
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Indicators"), ctx, territory, follows="city")
st.markdown(_("One registry holds every indicator; the profile and the index are made from it."))
counted: dict[str, int] = {}
with shell.section():
    counted = indicator_cards.areas_counted(ctx, territory)
for dimension, heading in (names.dimensions(ctx.language) | names.context_groups(ctx.language)).items():
    st.subheader(heading, anchor=False)
    for card in names.cards(ctx.language).values():
        if card.dimension == dimension:
            with st.expander(f"{card.label} ({card.unit})"):
                link = state.link(card.shown_on)
                st.markdown(indicator_cards.card_text(ctx, territory, card, counted, link))
figures.show(indicator_cards.cards_figure(ctx, territory))
st.header(_("Glossary"), anchor=False, divider="gray")
st.caption(_("Terms of the figures in one sentence each; they are explained where they stand too."))
st.markdown("\n".join(f"- **{term}**: {meaning}" for term, meaning in names.glossary(ctx.language).items()))
