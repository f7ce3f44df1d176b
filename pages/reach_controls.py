"""What both pages on access ask: which service, on foot as whom, within how long, by which measure, when."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
import streamlit as st

from analytics import access
from pages import reach_results as results
from pages.common import city, last_current_or_stop, table
from views import controls

# measure -> its name, unit, digits, factor, whether low is bad
MEASURES = {
    "minutes": ("Minutes to the nearest", "minutes on foot (estimate)", 1, 1, False),
    "share_within": ("Share within the limit", "% of people served within the limit (estimate)", 0, 100, True),
    "places_per_100": (
        "Places in reach (E2SFCA)",
        "places in reach per 100 people served (E2SFCA, estimate)",
        1,
        1,
        True,
    ),
    "in_reach": ("Facilities within the limit", "facilities within the limit (estimate)", 1, 1, True),
}


class Question(NamedTuple):
    """The reader's question about access."""

    kind: str
    walker: str
    limit: int
    measure: str
    period: pd.Timestamp


def question(chosen: controls.Territory) -> Question:
    """Draw the controls and say how minutes come about; stops the page where no half-year fits today's areas."""
    here, period = city(), last_current_or_stop(chosen)
    kinds = table("facility_kinds").set_index("kind")["label"]
    columns = st.columns(4)
    kind = columns[0].selectbox("Service", list(kinds.index), format_func=kinds.get, key="service", bind="query-params")
    walker = columns[1].selectbox("On foot as", list(access.SPEEDS), key="walker", bind="query-params",
                                  format_func=str.capitalize)  # fmt: skip
    limit = columns[2].selectbox("Limit", [5, 10, 15, 20, 30], index=2, key="limit", bind="query-params",
                                 format_func=lambda m: f"{m} minutes")  # fmt: skip
    measure = columns[3].selectbox("Measure", list(MEASURES), format_func=lambda m: MEASURES[m][0], key="reach_measure",
                                   bind="query-params")  # fmt: skip
    if results.has_network():
        how = "Minutes over the city's own streets"
    else:
        fitted = results.circuity()
        how = (f"Minutes are an estimate: straight line × {fitted['factor']:.2f}, the middle ratio of walked to straight distance "
               f"in {here.walking_network_name} (80 % of pairs {fitted['low']:.2f} to {fitted['high']:.2f})")  # fmt: skip
    st.caption(f"{how}, at {access.SPEEDS[walker]:.0f} m a minute. {here.estimate_note}")
    return Question(kind, walker, limit, measure, period)
