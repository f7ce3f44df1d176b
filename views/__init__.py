"""How things look: charts, maps, controls, exports. Knows Streamlit, does no arithmetic."""
