"""Inclusion and economic health: a question put to data, with neighbours, intervals and influence; no claim of what makes what."""

from __future__ import annotations

import streamlit as st

from analytics.spatial import SpatialModel
from pages import inclusion_results as results
from pages.common import area_names, choices, city, last_current, missing, source, table
from pages.europe import SCOPE
from pages.labels import cards
from views import charts, comparisons, controls, text
from views.language import _, inside

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
    "culture": _("growth of cultural work"),
    "first_income": _("income of {first}", first=FIRST),
    "size": _("number in cultural work"),
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
    title = (
        _("With {outcome} goes together: {value}", outcome=outcome, value=", ".join(map(inside, sure["label"].head(3))))
        if len(sure)
        else _("Nothing here goes together with {outcome} beyond chance", outcome=outcome)
    )
    charts.show(
        comparisons.intervals(rows, "label", "coefficient", "low", "high", unit="", digits=2, reference=0),
        title=title,
        unit=_(
            "standard deviations of {outcome} per standard deviation of each term, the others held still; 95 % "
            "bootstrap interval; {unit}",
            outcome=outcome,
            unit=unit,
        ),
        source=credit,
        key=key,
        table=rows.drop(columns="term"),
    )
    top = sure.iloc[0] if len(sure) else rows.loc[rows["coefficient"].abs().idxmax()]
    direction = _("higher") if top["coefficient"] > 0 else _("lower")
    kind = (
        _("share what is left out (spatial error)")
        if model.kind == "error"
        else _("go with each other's values (spatial lag)")
    )
    st.markdown(
        _(
            "\n**What it shows** Over {n} {what}, those with a higher value of *{label}* have a {direction} "
            "{outcome}, {coefficient:+.2f}\n({low:+.2f} to {high:+.2f}), with the other terms held still. The "
            "model accounts for {r2} of the differences. Leaving out\n*{area}* moves this number most, by "
            "{moved_by:+.3f}.\n\n**Neighbours** Residuals without space are alike among neighbours (Moran's I "
            "{moran:.2f}, {moran_p}), so neighbours are taken to {kind},\n{dependence:.2f}; leaving that out "
            "would give {ols:+.2f}.\n\n**What it does not show** That one brings about the other, or that changing "
            "it would change {outcome}. Who lives where, rents and commuting are not in the\nmodel; one day is a "
            "snapshot; what holds among areas need not hold for people in them.\n",
            n=model.n,
            what=what,
            label=inside(top["label"]),
            direction=direction,
            outcome=outcome,
            coefficient=top["coefficient"],
            low=top["low"],
            high=top["high"],
            r2=text.percent(model.r2),
            area=top["area"],
            moved_by=top["moved_by"],
            moran=model.moran,
            moran_p=text.p_value(model.moran_p),
            kind=kind,
            dependence=model.dependence,
            ols=top["ols"],
        )
    )


chosen = choices()
here = city()
st.title(_("Inclusion and economic health"), anchor=False)
period = last_current(chosen.first_year, chosen.last_year)
st.header(_("Planning areas of {name}", name=here.name), anchor=False, divider="gray")
if period is None:
    controls.empty(
        _("No count of residents fits today's areas in these years."), _("Choose years from 2021 on in the sidebar.")
    )
elif not missing("social_monitoring"):
    outcome = controls.linked(
        st.selectbox, _("Economic health as"), OUTCOMES, format_func=lambda key: cards()[key].label, key="outcome"
    )
    counted = results.measured(period, "planning_area")
    possible = [one for one in TERMS if counted[one].notna().any()]
    terms = controls.linked_many(
        st.multiselect, _("Beside"), possible, default=possible, format_func=lambda key: cards()[key].label, key="terms"
    )
    if terms:
        with st.spinner(_("Fitting with neighbours …")):
            model = results.economic_health(period, outcome, tuple(terms))
        shown(
            model,
            {key: cards()[key].label for key in TERMS},
            area_names("planning_area"),
            outcome=inside(cards()[outcome].label),
            what=_("planning areas"),
            unit=_("residents of {period}, social monitoring of 31 December 2020", period=text.day(period)),
            key="areas-model",
            credit="; ".join(source(name, here.key) for name in ("social_monitoring", "residents", "facilities")),
        )
    else:
        controls.empty(_("Nothing is chosen to set beside it."), _("Choose one or more measures above."))
st.header(_("Regions of Europe"), anchor=False, divider="gray")
names = dict(zip(table("regions")["nuts_id"], table("regions")["name"], strict=True))
shown(
    results.regional_health(FIRST, LAST),
    REGIONAL,
    names,
    outcome=_("growth of household income"),
    what="regions",
    unit=_("{first}–{last}, NUTS 2 (scope: {scope})", first=FIRST, last=LAST, scope=_(SCOPE)),
    key="regions-model",
    credit=f"{source('household_income')}; {source('cultural_employment')}",
)
