"""Zone of Social Creativity: page set-up and navigation."""

import streamlit as st

st.set_page_config(page_title="Zone of Social Creativity", page_icon="static/icon.png", layout="wide")
# Sections on top leave the sidebar to territory and period. On phones streamlit moves them into the sidebar, where it puts headings
# among the list items (axe: list); on wide screens nothing is amiss.
st.navigation(
    {
        "": [
            st.Page("pages/overview.py", title="Overview", icon=":material/dashboard:", default=True),
        ],
        "Inclusion": [
            st.Page("pages/profile.py", title="Profile of an area", icon=":material/badge:"),
            st.Page("pages/inclusion.py", title="Inclusion index", icon=":material/diversity_1:"),
            st.Page("pages/diversity.py", title="Diverse and divided", icon=":material/groups:"),
            st.Page("pages/economic_health.py", title="Inclusion and economic health", icon=":material/monitoring:"),
            st.Page("pages/goals.py", title="Goals", icon=":material/flag:"),
            st.Page("pages/indicator_cards.py", title="Indicators", icon=":material/menu_book:"),
        ],
        "Displacement": [
            st.Page("pages/displacement.py", title="Displacement trends", icon=":material/travel_explore:"),
            st.Page("pages/displacement_flows.py", title="Displacement flows", icon=":material/swap_calls:"),
            st.Page("pages/displacement_city.py", title="Displacement in the city", icon=":material/location_city:"),
            st.Page("pages/outlook.py", title="Outlook and signals", icon=":material/query_stats:"),
        ],
        "Services": [
            st.Page("pages/coverage.py", title="Service coverage", icon=":material/location_on:"),
            st.Page("pages/reach.py", title="Who is served", icon=":material/directions_walk:"),
            st.Page("pages/access_equity.py", title="Equity of access", icon=":material/balance:"),
        ],
        "Creative": [
            st.Page("pages/creative.py", title="Creative economy in Europe", icon=":material/palette:"),
            st.Page("pages/creative_region.py", title="Creative economy of a region", icon=":material/leaderboard:"),
            st.Page("pages/creative_city.py", title="Creative economy in the city", icon=":material/theater_comedy:"),
            st.Page("pages/creative_firms.py", title="Creative firms", icon=":material/storefront:"),
            st.Page("pages/creative_inclusion.py", title="Culture beside inclusion", icon=":material/diversity_3:"),
        ],
        "What if": [
            st.Page("pages/what_if_arrivals.py", title="People arrive", icon=":material/group_add:"),
            st.Page("pages/what_if_sites.py", title="We build", icon=":material/add_location:"),
            st.Page("pages/what_if_shock.py", title="Something breaks", icon=":material/warning:"),
            st.Page("pages/what_if_compare.py", title="Scenarios", icon=":material/compare:"),
        ],
        "Innovation": [
            st.Page("pages/initiatives.py", title="Initiatives", icon=":material/lightbulb:"),
            st.Page("pages/partnerships.py", title="Partnerships", icon=":material/hub:"),
            st.Page("pages/readiness.py", title="Policy framework", icon=":material/policy:"),
            st.Page("pages/impact.py", title="Impact", icon=":material/trending_up:"),
        ],
    },
    position="top",
).run()
