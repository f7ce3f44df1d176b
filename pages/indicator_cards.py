"""Indicator cards: definition, formula, source, direction, coverage, caveats and code of each indicator."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import inclusion_results as results
from pages.common import choices, city, credit, last_current
from pages.labels import cards, context, dimensions
from views import controls, exports, text
from views.language import _

chosen = choices()
st.title(_("Indicators"), anchor=False)
st.markdown(
    _(
        "One registry holds every indicator; the profile, the index, the tests and `docs/indicators.md` are "
        "made from it."
    )
)
period = last_current(chosen.first_year, chosen.last_year)
if period is None:
    controls.empty(
        _("No half-year of these years fits today's areas, so coverage is not counted."),
        _("Choose years from 2021 on."),
    )
counted = results.measured(period, "planning_area").notna().sum() if period is not None else pd.Series(dtype=int)
for dimension, heading in (dimensions() | context()).items():
    st.subheader(heading, anchor=False)
    for one in (card for card in cards().values() if card.dimension == dimension):
        with st.expander(f"{one.label} ({one.unit})"):
            side = {"high": _("high is good"), "low": _("low is good"), "": _("neither high nor low is good")}[one.good]
            known = _("{counted} planning areas", counted=counted[one.key]) if len(counted) else _(text.GAP)
            st.markdown(
                _(
                    "\n**Definition** {definition}\n\n**Formula** {formula} · **Direction** {side} · **Period** {period} · "
                    "**Coverage** {known}\n\n**Caveats** {value}\n\n**Source** {value_2}\n\n**Code** `{code}` · "
                    "[Figure]({shown_on})\n",
                    definition=one.definition,
                    formula=one.formula,
                    side=side,
                    period=one.period,
                    known=known,
                    value=one.caveats or _("none known"),
                    value_2=credit(*one.tables) or _("{name} has no table for it", name=city().name),
                    code=one.code,
                    shown_on=controls.link(one.shown_on),
                )
            )
cards = pd.DataFrame(
    [
        {
            "key": one.key,
            "label": one.label,
            "dimension": one.dimension,
            "unit": one.unit,
            "good": one.good,
            "definition": one.definition,
            "formula": one.formula,
            "period": one.period,
            "caveats": one.caveats,
            "code": one.code,
        }
        for one in cards().values()
    ]
)
exports.downloads(cards, _("Indicators"), _("Zone of Social Creativity · 2026 · CC0 1.0"), "cards")
