"""Zone of Social Creativity: page set-up and navigation."""

import streamlit as st

st.set_page_config(page_title="Zone of Social Creativity", page_icon="static/icon.png", layout="wide")
st.navigation(
    [
        st.Page("pages/overview.py", title="Overview", icon=":material/dashboard:", default=True),
        st.Page("pages/displacement.py", title="Displacement trends", icon=":material/travel_explore:"),
        st.Page("pages/coverage.py", title="Service coverage", icon=":material/location_on:"),
        st.Page("pages/creative.py", title="Creative economy", icon=":material/palette:"),
    ]
).run()
