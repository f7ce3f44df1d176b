"""Profile of one area: needs, services and strengths against its district, the city and the areas most like it."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analytics import profile
from pages import inclusion_results as results
from pages.common import area_names, cached, choices, city, credit, holder, last_current_or_stop, level_control
from pages.labels import cards, context, dimensions, level_names, level_plurals
from views import charts, comparisons, controls, exports, prints, text
from views.language import _
from views.palette import GROUPS

NAMES = {"people": context()["people"], **dimensions(), "environment": context()["environment"]}
LIKE_BY = ["children", "older", "displaced", "density", "transfer_receipt", "residence_over_five_years", "origin_mix"]
COLOURS = {"strength": GROUPS[2], "gap": GROUPS[5], "": GROUPS[6]}


@cached
def compared(period: pd.Timestamp, level: str, area: str) -> tuple[pd.DataFrame, list[str]]:
    """The area's value, standing, and the values of its district, the city and its most similar areas, by indicator."""
    values = results.measured(period, level)
    rows = profile.standing(values, area)
    like = list(profile.peers(values[LIKE_BY].dropna(axis=1, how="all"), area).index)
    above = results.measured(period, "district")
    rows["district"] = above.loc[holder(level)[area]] if level != "district" else float("nan")
    rows["city"] = results.measured(period, "city").iloc[0]
    rows["similar"] = values.loc[like].mean() if like else float("nan")
    rows.insert(0, "label", [one.label for one in cards().values()])
    rows.insert(1, "unit", [one.unit for one in cards().values()])
    rows.insert(2, "dimension", [one.dimension for one in cards().values()])
    return rows, like


def shown(key: str, value: object) -> str:
    """A value with as many digits as its card says, and its unit."""
    unit = cards()[key].unit
    return f"{text.number(value, cards()[key].digits)}{' %' if unit.startswith('%') and unit != '% points' else f' {unit}'}"


def sentence(key: str, row: pd.Series, plural: str) -> str:
    """What stands out, from the numbers."""
    side, share = (
        (_("better"), row["better_than"]) if row["kind"] == "strength" else (_("worse"), 100 - row["better_than"])
    )
    return _(
        "{label}: {key}, {side} than {share:.0f} % of {plural} (city: {city}).",
        label=row["label"],
        key=shown(key, row["value"]),
        side=side,
        share=share,
        plural=plural,
        city=text.number(row["city"], cards()[key].digits),
    )


def address(key: str, level: str, area: str) -> str:
    """The page with an indicator's figure, opened at this area."""
    return controls.link(cards()[key].shown_on, level=level, district=holder(level)[area])


def helpers(key: str) -> str:
    """A link to initiatives that address an indicator's dimension."""
    return " · [{}]({})".format(_("Initiatives"), controls.link("initiatives", topic=cards()[key].dimension))


def cells(rows: pd.DataFrame, level: str) -> tuple[list[str], list[list[str]]]:
    """A dimension's table for paper: head and rows of text."""
    beside = ["value", *(["district"] if level != "district" else []), "city", "similar"]
    head = [
        "",
        _("Area"),
        *([_("District")] if level != "district" else []),
        _("City"),
        _("Similar areas"),
        _("Better than"),
    ]
    body = [
        [
            f"{row['label']} ({row['unit']})",
            *(text.number(row[name], cards()[key].digits) for name in beside),
            ""
            if not cards()[str(key)].good
            else _(text.GAP)
            if text.is_gap(row["better_than"])
            else f"{row['better_than']:.0f} %",
        ]
        for key, row in rows.iterrows()
    ]
    return head, body


chosen = choices()
here = city()
left, right = st.columns(2)
with left:
    level = level_control("planning_area" if chosen.area else "district")
names = area_names(level)
within = [area for area in names if not chosen.district or holder(level)[area] == chosen.district] or list(names)
start = chosen.area if level == "planning_area" and chosen.area in within else within[0]
area = controls.linked(
    right.selectbox,
    _("Area"),
    within,
    index=within.index(start),
    format_func=lambda code: f"{names[code]} ({code})",
    key="profile_area",
)
st.title(names[area], anchor=False)
period = last_current_or_stop(chosen)
rows, like = compared(period, level, area)
plural = level_plurals()[level]
held = _("in {value}, ", value=area_names("district")[holder(level)[area]]) if level != "district" else ""
st.markdown(
    _(
        "{level_names}, {held}{loc} residents on {period}. Most like: {value}.",
        level_names=level_names()[level],
        held=held,
        loc=text.number(rows.loc["residents", "value"]),
        period=text.day(period),
        value=", ".join(names[code] for code in like) or _("not known"),
    )
)
found = {
    kind: [
        (key, sentence(str(key), row, plural))
        for key, row in rows[rows["kind"] == kind].sort_values("better_than", ascending=kind == "gap").iterrows()
    ]
    for kind in ("strength", "gap")
}
for column, (kind, heading, none) in zip(
    st.columns(2),
    [
        ("strength", _("Strengths"), _("Nothing stands out as a strength.")),
        ("gap", _("Gaps"), _("Nothing stands out as a gap.")),
    ],
    strict=True,
):
    column.subheader(heading, anchor=False)
    links = [
        f"- {line} [{_('Figure')}]({address(str(key), level, area)})" + (helpers(str(key)) if kind == "gap" else "")
        for key, line in found[kind]
    ]
    column.markdown("\n".join(links) or none)
credits = credit("residents", "social_monitoring", "facilities")
told = rows[[bool(cards()[str(key)].good) for key in rows.index]].dropna(subset="better_than")
charts.show(
    comparisons.strip(
        told, "label", "better_than", "kind", COLOURS, unit="", ends=(profile.STANDS_OUT, 100 - profile.STANDS_OUT)
    ),
    title=_(
        "Strengths: {strength}, gaps: {gap}, of {told} measures",
        strength=len(found["strength"]),
        gap=len(found["gap"]),
        told=len(told),
    ),
    unit=_(
        "% of {plural} that do worse; beyond the dotted lines a measure stands out; {period}",
        plural=plural,
        period=text.day(period),
    ),
    source=credits,
    key="strip",
    table=rows.reset_index(names="indicator"),
)
tables = {NAMES[name]: cells(rows[rows["dimension"] == name], level) for name in NAMES}
for name, (head, body) in tables.items():
    st.markdown(f"**{name}**")
    st.dataframe(
        pd.DataFrame(body, columns=[_("Measure"), *head[1:]]),
        hide_index=True,
        alt=_("{name}: area beside district, city and similar areas", name=name),
    )
st.caption(
    _(
        "Residents of {period}; social monitoring of 31 December 2020; walks are estimates · Source: {credits}",
        period=text.day(period),
        credits=credits,
    )
)
draw = partial(
    prints.pdf,
    _("{names}: profile", names=names[area]),
    _(
        "{level_names}, {name}, {period}. Minutes are estimates.",
        level_names=level_names()[level],
        name=here.name,
        period=text.day(period),
    ),
    {"Strengths": [line for _key, line in found["strength"]], "Gaps": [line for _key, line in found["gap"]]},
    tables,
    credits,
)
st.download_button(
    _("Two pages for print (PDF)"),
    draw,
    f"{exports.file_stem(names[area])}.pdf",
    "application/pdf",
    key="profile-pdf",
    on_click="ignore",
)
