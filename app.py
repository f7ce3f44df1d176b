"""Zone of Social Creativity: page set-up and navigation."""

import streamlit as st

st.set_page_config(page_title="Zone of Social Creativity", page_icon="static/icon.png", layout="wide")
st.navigation(
    {
        "": [st.Page("pages/overview.py", title="Overview", icon=":material/dashboard:", default=True)],
        "Displacement": [
            st.Page("pages/displacement.py", title="World and country", icon=":material/travel_explore:"),
            st.Page("pages/displacement_city.py", title="In the city", icon=":material/location_city:"),
            st.Page("pages/outlook.py", title="Outlook and signals", icon=":material/query_stats:"),
        ],
        "City": [
            st.Page("pages/coverage.py", title="Service coverage", icon=":material/location_on:"),
            st.Page("pages/creative.py", title="Creative economy", icon=":material/palette:"),
        ],
    }
).run()
