"""What if people arrive: where they would live, what they would need month by month, and what would fall short."""

from __future__ import annotations

import streamlit as st

from analytics import arrivals
from analytics.scenario import Arrivals
from pages import scenario_results as results
from pages.common import area_map, area_names, choices, city, in_district, last_current_or_stop, level_control, source
from views import charts, controls, text
from views.language import _, inside

EXACT = _("areas are counted whole: the people placed add up to the people who arrive")


def ask(given: Arrivals, level: str) -> Arrivals:
    """The inputs, starting from the draft."""
    columns = st.columns(4)
    people = [
        int(column.number_input(label, 0, 500_000, value, 500, key=results.key(f"people_{label}")))
        for column, label, value in zip(
            columns, (_("At least"), _("Most likely"), _("At most")), given.people, strict=False
        )
    ]
    months = int(columns[3].number_input(_("Within months"), 1, 36, given.months, key=results.key("months")))
    rule = st.radio(
        _("Where they live"),
        results.rules(),
        index=results.rules().index(given.rule)
        if given.rule in results.rules()
        else results.rules().index("by residents"),
        format_func=_,
        horizontal=True,
        key=results.key("rule"),
    )
    with st.expander(_("Ages and free places")):
        ages = [
            column.number_input(f"{label}, %", 0, 100, round(100 * value), key=results.key(f"age_{label}"))
            for column, label, value in zip(
                st.columns(4), (_("Under 6"), _("6 to 17"), _("18 to 64"), _("65 and over")), given.ages, strict=True
            )
        ]
        free = [
            column.number_input(
                _("Day-care places free, {label}, %", label=label),
                0.0,
                100.0,
                100 * value,
                0.5,
                key=results.key(f"free_{label}"),
            )
            / 100
            for column, label, value in zip(
                st.columns(3), (_("at least"), _("most likely"), _("at most")), given.vacancy, strict=True
            )
        ]
    own = given.own
    if rule == "own table":
        names = area_names(level)
        start = results.weights(rule, level, results.last(), given.own)
        edited = st.data_editor(
            {"area": [names[one] for one in start.index], "weight": start.tolist()},
            disabled=["area"],
            key=results.key("own"),
            hide_index=True,
        )
        own = tuple(max(float(value or 0), 0.0) for value in edited["weight"])
    shares = tuple(age / sum(ages) for age in ages) if sum(ages) else given.ages
    if people != sorted(people) or free != sorted(free):
        controls.empty(_("A range must rise from 'at least' to 'at most'."), _("Correct the numbers above."))
        st.stop()
    return given.replace(people=tuple(people), months=months, ages=shares, rule=rule, vacancy=tuple(free), own=own)


def assumption(one: arrivals.Need) -> str:
    """A need's assumptions in words."""
    ages = (
        _("all ages")
        if one.ages == (0, 120)
        else _("ages {ages} to {ages_2}", ages=one.ages[0], ages_2=one.ages[1] - 1)
    )
    use = (
        ""
        if one.use.low == one.use.high == 1
        else _(", {low:.0f} to {high:.0f} % of them", low=100 * one.use.low, high=100 * one.use.high)
    )
    if one.per_user.high < 1:
        each = _("one for {high:,.3g} to {low:,.3g} people", high=1 / one.per_user.high, low=1 / one.per_user.low)
    else:
        each = (
            _("{low:g} to {high:g} {unit} each", low=one.per_user.low, high=one.per_user.high, unit=one.unit)
            if one.per_user.low < one.per_user.high
            else _("{low:g} each", low=one.per_user.low)
        )
    return f"{inside(_(one.label))}: {ages}{use}, {each}"


chosen = choices()
here = city()
st.title(_("What if people arrive in {name}?", name=here.name), anchor=False)
period = last_current_or_stop(chosen)
level = level_control("district")
made = results.draft(period)
given = ask(made.arrivals, level)
results.change("arrivals", given)
placed, rows = results.arriving(given, level, period, made.seed)
names = area_names(level)
end = rows[rows["month"] == given.months].assign(name=lambda t: t["area"].map(names))
service = controls.linked(
    st.selectbox, _("Service"), list(arrivals.NEEDS), format_func=lambda key: _(arrivals.NEEDS[key].label), key="need"
)
need = arrivals.NEEDS[service]
credit = _(
    "own estimate; {value}; {value_2}", value=source("residents", here.key), value_2=source("facilities", here.key)
)
now = end[end["service"] == service].rename(columns={"area": "area_id"})
known = now["short"].notna().any()
short = now["short"].max() > 0  # else the map shows demand, which is there in any case
now = now.assign(people=now["area_id"].map(placed), value=now["short"] if short else now["likely"])
now["shown"] = [
    _("{n:,} arrivals; {low:,.0f} to {high:,.0f} {unit} (estimate)", n=n, low=low, high=high, unit=_(need.unit))
    + (_(", short of {a:,.0f} to {b:,.0f}", a=a, b=b) if short else "")
    for n, low, high, a, b in now[["people", "low", "high", "short_low", "short_high"]].itertuples(index=False)
]
worst = now.loc[now["value"].idxmax()]
kind = _("shortfall") if short else _("demand")
area_map(
    in_district(now.drop(columns=["month", "service"]), chosen.district, level),
    level=level,
    key="arrivals-map",
    chosen=chosen,
    credit=credit,
    title=_(
        "Largest {kind} after {months} months: {name}, {value} {unit} (estimate)",
        kind=kind,
        months=given.months,
        name=worst["name"],
        value=text.number(worst["value"]),
        unit=_(need.unit),
    ),
    unit=_("{kind}, {unit}, middle of 500 draws, month {months}", kind=kind, unit=_(need.unit), months=given.months),
    note=""
    if short
    else _("no area is more likely than not to fall short")
    if known
    else _("free places are not known"),
)
sums = rows[rows["service"] == service].groupby("month")[["low", "likely", "high"]].sum().reset_index()
bands = sums.melt("month", var_name="band", value_name="amount").replace(
    {"low": _("80 % band, low"), "likely": _("middle"), "high": _("80 % band, high")}
)
charts.show(
    charts.lines(bands, "month", "amount", "band", unit=""),
    title=_(
        "{label}: {iloc:,.0f} to {iloc_2:,.0f} {unit} by month {months} (estimate)",
        label=_(need.label),
        iloc=sums["low"].iloc[-1],
        iloc_2=sums["high"].iloc[-1],
        unit=_(need.unit),
        months=given.months,
    ),
    unit=_("{unit}, all areas together, 80 % band", unit=_(need.unit)),
    source=credit,
    key="arrivals-band",
    table=sums,
)
first = arrivals.first_shortfall(rows, service)
st.header(_("In plain words"), anchor=False, divider="gray")
parts = [
    _(
        "If {people:,} people (between {people_2:,} and {people_3:,}) arrive within {months} months and live "
        "*{rule}*, most would live in {names} ({placed:,}) and fewest in {names_2} ({placed_2:,}).",
        people=given.people[1],
        people_2=given.people[0],
        people_3=given.people[2],
        months=given.months,
        rule=given.rule,
        names=names[placed.idxmax()],
        placed=placed.max(),
        names_2=names[placed.idxmin()],
        placed_2=placed.min(),
    )
]
for name, one in arrivals.NEEDS.items():
    part = end[end["service"] == name]
    parts.append(
        _(
            "{label}: {low:,.0f} to {high:,.0f} {unit}.",
            label=_(one.label),
            low=part["low"].sum(),
            high=part["high"].sum(),
            unit=one.unit,
        )
    )
if known:
    months = ", ".join(
        _("{names} (month {month})", names=names[area], month=month) for area, month in first.itertuples(index=False)
    ) or _("in no area")
    parts.append(_("{label} more likely than not falls short: {months}.", label=_(need.label), months=months))
st.markdown(" ".join(parts))
st.markdown(
    "**Assumptions** "
    + "; ".join(assumption(one) for one in arrivals.NEEDS.values())
    + _(
        ". Day-care places free: {vacancy:g} to {vacancy_2:g} % of those stated. People come evenly over the "
        "months; {exact}. Free school places, dwellings, courses and doctors' capacity are not published, so "
        "their shortfall is not known.",
        vacancy=100 * given.vacancy[0],
        vacancy_2=100 * given.vacancy[2],
        exact=EXACT,
    )
)
exporting = placed.rename_axis("area_id").rename("people").reset_index().assign(name=lambda t: t["area_id"].map(names))
st.dataframe(exporting, hide_index=True, alt=_("People placed by area"), height=220)
