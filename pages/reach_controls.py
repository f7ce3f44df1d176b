"""What both pages on access ask: which service, on foot as whom, within how long, by which measure, when."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
import streamlit as st

from analytics import access
from pages import reach_results as results
from pages.common import city, last_current_or_stop
from pages.labels import facility_kinds
from views import controls
from views.language import N_, _

# measure -> its name, unit, digits, factor, whether low is bad
MEASURES = {
    "minutes": (N_("Minutes to the nearest"), N_("minutes on foot (estimate)"), 1, 1, False),
    "share_within": (N_("Share within the limit"), N_("% of people served within the limit (estimate)"), 0, 100, True),
    "places_per_100": (
        N_("Places in reach (E2SFCA)"),
        N_("places in reach per 100 people served (E2SFCA, estimate)"),
        1,
        1,
        True,
    ),
    "in_reach": (N_("Facilities within the limit"), N_("facilities within the limit (estimate)"), 1, 1, True),
}


def named(measure: str) -> tuple[str, str, int, int, bool]:
    """A measure's row with its name and unit in the reader's language."""
    label, unit, *rest = MEASURES[measure]
    return _(label), _(unit), *rest  # type: ignore[return-value]


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
    kinds = facility_kinds()["label"]
    columns = st.columns(4)
    kind = controls.linked(columns[0].selectbox, _("Service"), list(kinds.index), format_func=kinds.get, key="service")
    walker = controls.linked(
        columns[1].selectbox,
        _("On foot as"),
        list(access.SPEEDS),
        key="walker",
        format_func=lambda one: _(one.capitalize()),
    )
    limit = controls.linked(
        columns[2].selectbox,
        _("Limit"),
        [5, 10, 15, 20, 30],
        index=2,
        key="limit",
        format_func=lambda m: _("{m} minutes", m=m),
    )
    measure = controls.linked(
        columns[3].selectbox, _("Measure"), list(MEASURES), format_func=lambda m: _(MEASURES[m][0]), key="reach_measure"
    )
    if results.has_network():
        how = _("Minutes over the city's own streets")
    else:
        fitted = results.circuity()
        how = _(
            "Minutes are an estimate: straight line × {factor:.2f}, the middle ratio of walked to straight "
            "distance in {walking_network_name} (80 % of pairs {low:.2f} to {high:.2f})",
            factor=fitted["factor"],
            walking_network_name=here.walking_network_name,
            low=fitted["low"],
            high=fitted["high"],
        )
    st.caption(
        _(
            "{how}, at {speeds:.0f} m a minute. {estimate_note}",
            how=how,
            speeds=access.SPEEDS[walker],
            estimate_note=_(here.estimate_note),
        )
    )
    return Question(kind, walker, limit, measure, period)
