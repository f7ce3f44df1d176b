"""Indicator cards: definition, formula, source, direction, coverage, caveats and code of each indicator."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.indicators import CONTEXT, DIMENSIONS, REGISTRY
from pages import inclusion_results as results
from pages.common import choices, city, last_current, source
from views import controls, exports, text

chosen = choices()
st.title("Indicators", anchor=False)
st.markdown(
    "One registry holds every indicator; the profile, the index, the tests and `docs/indicators.md` are made from it."
)
period = last_current(chosen.first_year, chosen.last_year)
if period is None:
    controls.empty(
        "No half-year of these years fits today's areas, so coverage is not counted.", "Choose years from 2021 on."
    )
counted = results.measured(period, "planning_area").notna().sum() if period is not None else pd.Series(dtype=int)
for dimension, heading in (DIMENSIONS | CONTEXT).items():
    st.subheader(heading, anchor=False)
    for one in (card for card in REGISTRY if card.dimension == dimension):
        with st.expander(f"{one.label} ({one.unit})"):
            side = {"high": "high is good", "low": "low is good", "": "neither high nor low is good"}[one.good]
            known = f"{counted[one.key]} planning areas" if len(counted) else text.GAP
            st.markdown(f"""
**Definition** {one.definition}

**Formula** {one.formula} · **Direction** {side} · **Period** {one.period} · **Coverage** {known}

**Caveats** {one.caveats or "none known"}

**Source** {"; ".join(source(name, city().key) for name in one.tables)}

**Code** `{one.code}` · [Figure]({one.shown_on})
""")
cards = pd.DataFrame([{"key": one.key, "label": one.label, "dimension": one.dimension, "unit": one.unit, "good": one.good, "definition": one.definition,
                       "formula": one.formula, "period": one.period, "caveats": one.caveats, "code": one.code} for one in REGISTRY])  # fmt: skip
exports.downloads(cards, "Indicators", "Zone of Social Creativity · 2026 · CC0 1.0", "cards")
