"""The page as a plain Streamlit script: `streamlit run`."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))
from bench.peers import figures

st.set_page_config(layout="wide")
st.title("Displacement")
origin = st.selectbox("Only from", figures.origins(), key="origin")
for number, chart in enumerate(figures.charts(origin)):
    st.plotly_chart(chart, key=f"chart-{number}")
st.dataframe(figures.stock(origin))
