"""What things mean: pure functions from tables to tables. No Streamlit, no files, no network."""
