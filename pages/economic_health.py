"""Inclusion and economic health: a question put to data, with neighbours, intervals and influence; no claim of what makes what."""

from __future__ import annotations

import streamlit as st

from analytics.indicators import BY_KEY
from analytics.spatial import SpatialModel
from pages import inclusion_results as results
from pages.common import area_names, choices, city, last_current, source, table
from pages.europe import SCOPE
from views import charts, comparisons, controls, text

OUTCOMES = ("unemployment", "transfer_receipt", "child_poverty")
TERMS = (
    "residence_over_five_years",
    "daycare_places",
    "library_walk",
    "community_walk",
    "culture_walk",
    "origin_mix",
    "apart",
    "density",
)
FIRST, LAST = 2014, 2019  # before the pandemic and the break of the labour force survey
REGIONAL = {
    "culture": "growth of cultural work",
    "first_income": f"income of {FIRST}",
    "size": "number in cultural work",
}


def shown(
    model: SpatialModel,
    labels: dict[str, str],
    names: dict[str, str],
    *,
    outcome: str,
    what: str,
    unit: str,
    credit: str,
    key: str,
) -> None:
    """Coefficients with intervals, and in plain words what they show and what they do not."""
    rows = model.terms.assign(
        label=[labels[term] for term in model.terms["term"]],
        area=[names.get(code, str(code)) for code in model.terms["moved_most"]],
    )
    sure = rows[(rows["low"] > 0) | (rows["high"] < 0)].sort_values("coefficient", key=abs, ascending=False)
    title = (f"With {outcome} goes together: {', '.join(sure['label'].head(3)).lower()}" if len(sure)
             else f"Nothing here goes together with {outcome} beyond chance")  # fmt: skip
    charts.show(comparisons.intervals(rows, "label", "coefficient", "low", "high", unit="", digits=2, reference=0), title=title,
                unit=f"standard deviations of {outcome} per standard deviation of each term, the others held still; 95 % bootstrap interval; {unit}",
                source=credit, key=key, table=rows.drop(columns="term"))  # fmt: skip
    top = sure.iloc[0] if len(sure) else rows.loc[rows["coefficient"].abs().idxmax()]
    direction = "higher" if top["coefficient"] > 0 else "lower"
    kind = (
        "share what is left out (spatial error)"
        if model.kind == "error"
        else "go with each other's values (spatial lag)"
    )
    st.markdown(f"""
**What it shows** Over {model.n} {what}, those with a higher value of *{top["label"].lower()}* have a {direction} {outcome}, {top["coefficient"]:+.2f}
({top["low"]:+.2f} to {top["high"]:+.2f}), with the other terms held still. The model accounts for {text.percent(model.r2)} of the differences. Leaving out
*{top["area"]}* moves this number most, by {top["moved_by"]:+.3f}.

**Neighbours** Residuals without space are alike among neighbours (Moran's I {model.moran:.2f}, {text.p_value(model.moran_p)}), so neighbours are taken to {kind},
{model.dependence:.2f}; leaving that out would give {top["ols"]:+.2f}.

**What it does not show** That one brings about the other, or that changing it would change {outcome}. Who lives where, rents and commuting are not in the
model; one day is a snapshot; what holds among areas need not hold for people in them.
""")  # fmt: skip


chosen = choices()
here = city()
st.title("Inclusion and economic health", anchor=False)
period = last_current(chosen.first_year, chosen.last_year)
st.header(f"Planning areas of {here.name}", anchor=False, divider="gray")
if period is None:
    controls.empty(
        "No count of residents fits today's areas in these years.", "Choose years from 2021 on in the sidebar."
    )
else:
    outcome = st.selectbox(
        "Economic health as", OUTCOMES, format_func=lambda key: BY_KEY[key].label, key="outcome", bind="query-params"
    )
    terms = st.multiselect(
        "Beside",
        TERMS,
        default=list(TERMS),
        format_func=lambda key: BY_KEY[key].label,
        key="terms",
        bind="query-params",
    )
    if terms:
        with st.spinner("Fitting with neighbours …"):
            model = results.economic_health(period, outcome, tuple(terms))
        shown(model, {key: BY_KEY[key].label for key in TERMS}, area_names("planning_area"), outcome=BY_KEY[outcome].label.lower(), what="planning areas",
              unit=f"residents of {text.day(period)}, social monitoring of 31 December 2020", key="areas-model",
              credit="; ".join(source(name, here.key) for name in ("social_monitoring", "residents", "facilities")))  # fmt: skip
    else:
        controls.empty("Nothing is chosen to set beside it.", "Choose one or more measures above.")
st.header("Regions of Europe", anchor=False, divider="gray")
names = dict(zip(table("regions")["nuts_id"], table("regions")["name"], strict=True))
shown(results.regional_health(FIRST, LAST), REGIONAL, names, outcome="growth of household income", what="regions",
      unit=f"{FIRST}–{LAST}, NUTS 2 (scope: {SCOPE})", key="regions-model",
      credit=f"{source('household_income')}; {source('cultural_employment')}")  # fmt: skip
