"""Zone of Social Creativity: page set-up and navigation."""

import streamlit as st

from services import surroundings
from views import language, shell
from views.language import _

st.set_page_config(page_title="Zone of Social Creativity", page_icon="static/icon.png", layout="wide")
language.control()
# Sections on top leave the sidebar to territory and period. On phones streamlit moves them into the sidebar, where it
# puts headings among the list items (axe: list); on wide screens nothing is amiss.
SECTIONS = {
    "": [
        st.Page("pages/overview.py", title=_("Overview"), icon=":material/dashboard:", default=True),
        st.Page("pages/map.py", title=_("Map"), icon=":material/map:"),
    ],
    _("Inclusion"): [
        st.Page("pages/profile.py", title=_("Profile of an area"), icon=":material/badge:"),
        st.Page("pages/inclusion.py", title=_("Inclusion index"), icon=":material/diversity_1:"),
        st.Page("pages/diversity.py", title=_("Diverse and divided"), icon=":material/groups:"),
        st.Page("pages/economic_health.py", title=_("Inclusion and economic health"), icon=":material/monitoring:"),
        st.Page("pages/goals.py", title=_("Goals"), icon=":material/flag:"),
        st.Page("pages/cities.py", title=_("Cities side by side"), icon=":material/compare_arrows:"),
        st.Page("pages/indicator_cards.py", title=_("Indicators"), icon=":material/menu_book:"),
    ],
    _("Displacement"): [
        st.Page("pages/displacement.py", title=_("Displacement trends"), icon=":material/travel_explore:"),
        st.Page("pages/displacement_flows.py", title=_("Displacement flows"), icon=":material/swap_calls:"),
        st.Page("pages/displacement_city.py", title=_("Displacement in the city"), icon=":material/location_city:"),
        st.Page("pages/outlook.py", title=_("Outlook and signals"), icon=":material/query_stats:"),
    ],
    _("Services"): [
        st.Page("pages/coverage.py", title=_("Service coverage"), icon=":material/location_on:"),
        st.Page("pages/fit.py", title=_("Does it fit?"), icon=":material/fit_screen:"),
        st.Page("pages/reach.py", title=_("Who is served"), icon=":material/directions_walk:"),
        st.Page("pages/access_equity.py", title=_("Equity of access"), icon=":material/balance:"),
    ],
    _("Creative"): [
        st.Page("pages/creative.py", title=_("Creative economy in Europe"), icon=":material/palette:"),
        st.Page("pages/creative_region.py", title=_("Creative economy of a region"), icon=":material/leaderboard:"),
        st.Page("pages/creative_city.py", title=_("Creative economy in the city"), icon=":material/theater_comedy:"),
        st.Page("pages/creative_firms.py", title=_("Creative firms"), icon=":material/storefront:"),
        st.Page("pages/creative_inclusion.py", title=_("Culture beside inclusion"), icon=":material/diversity_3:"),
    ],
    _("What if"): [
        st.Page("pages/what_if_arrivals.py", title=_("People arrive"), icon=":material/group_add:"),
        st.Page("pages/what_if_sites.py", title=_("We build"), icon=":material/add_location:"),
        st.Page("pages/what_if_shock.py", title=_("Something breaks"), icon=":material/warning:"),
        st.Page("pages/what_if_compare.py", title=_("Scenarios"), icon=":material/compare:"),
    ],
    _("Innovation"): [
        st.Page("pages/initiatives.py", title=_("Initiatives"), icon=":material/lightbulb:"),
        st.Page("pages/partnerships.py", title=_("Partnerships"), icon=":material/hub:"),
        st.Page("pages/readiness.py", title=_("Policy framework"), icon=":material/policy:"),
        st.Page("pages/impact.py", title=_("Impact"), icon=":material/trending_up:"),
    ],
    _("Data"): [
        st.Page("pages/data_tables.py", title=_("Data"), icon=":material/database:"),
        st.Page("pages/data_city.py", title=_("Your city"), icon=":material/add_home_work:"),
    ],
    _("Workshop"): [
        st.Page("pages/workshop.py", title=_("Room"), icon=":material/forum:"),
        st.Page("pages/story.py", title=_("Story"), icon=":material/auto_stories:"),
        st.Page("pages/workshop_screen.py", title=_("Projector"), visibility="hidden"),
        st.Page("pages/workshop_minutes.py", title=_("Minutes"), visibility="hidden"),
    ],
}
story = shell.presented_story(surroundings)
st.session_state["_pages"] = {page.url_path or "overview": page.title for pages in SECTIONS.values() for page in pages}
page = st.navigation(SECTIONS, position="hidden" if story or shell.is_framed() else "top")
shell.run(page, story, surroundings)
