"""Partnerships: who works with whom across sectors, who brokers, what is missing."""

import streamlit as st

from services import areas, examples, partnerships
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Partnerships"), ctx, territory, follows="world")
shell.examples(examples.count(), examples.remove_all)
names = partnerships.needs(ctx)
query = state.read(partnerships.Query, {"needs": list(names)})
controls.choice(st.multiselect, _("Needs"), "needs", names, placeholder=_("All"))
rows = partnerships.initiatives(ctx, query)
figures.key_figures(partnerships.key_figures(ctx, rows))
st.caption(partnerships.about(ctx, rows))
figures.show(partnerships.network_figure(ctx, rows))
figures.show(partnerships.missing_figure(ctx, rows))
