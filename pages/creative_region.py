"""Creative economy of one region: its path, a tested statement, the fall of 2020, its peers, all regions on a map."""

import streamlit as st

from services import areas, creative, creative_region
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
regions = creative_region.regions(ctx)
query = state.read(
    creative_region.Query, {"region": list(regions)}, {"region": creative.usual_region(ctx, list(regions))}
)
shell.title(_("Creative economy: {names}", names=regions[query.region]), ctx, territory, follows="world")
controls.choice(st.selectbox, _("Region (NUTS 2, cut of 2016)"), "region", lambda code: f"{regions[code]} ({code})")
years = creative_region.years_of(ctx, territory, query)
figures.key_figures(creative_region.key_figures(ctx, query, years))
st.markdown(creative_region.statement(ctx, query, years))
figures.show(creative_region.path_figure(ctx, query, years))
with shell.section():
    figures.show(creative_region.peers_figure(ctx, query, years))
figures.show(creative_region.shift_share_figure(ctx, query, years))
st.header(_("All regions"), anchor=False, divider="gray")
for all_regions in (creative_region.growth_figure, creative_region.ranks_figure, creative_region.quotients_figure):
    with shell.section():
        figures.show(all_regions(ctx, query, years))
