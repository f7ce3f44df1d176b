"""Profile of one area: needs, services and strengths against its district, the city and the areas most like it."""

from __future__ import annotations

from functools import partial
from urllib.parse import parse_qsl, urlencode

import pandas as pd
import streamlit as st

from analytics import profile
from analytics.indicators import BY_KEY, CONTEXT, DIMENSIONS, REGISTRY
from pages import inclusion_results as results
from pages.common import (
    area_names,
    cached,
    choices,
    city,
    holder,
    last_current_or_stop,
    level_control,
    source,
    table,
)
from views import charts, comparisons, exports, prints, text
from views.palette import GROUPS

NAMES = {"people": CONTEXT["people"], **DIMENSIONS, "environment": CONTEXT["environment"]}
LIKE_BY = ["children", "older", "displaced", "density", "transfer_receipt", "residence_over_five_years", "origin_mix"]
COLOURS = {"strength": GROUPS[2], "gap": GROUPS[5], "": GROUPS[6]}


@cached
def compared(period: pd.Timestamp, level: str, area: str) -> tuple[pd.DataFrame, list[str]]:
    """The area's value, standing, and the values of its district, the city and its most similar areas, by indicator."""
    values = results.measured(period, level)
    rows = profile.standing(values, area)
    like = list(profile.peers(values[LIKE_BY], area).index)
    above = results.measured(period, "district")
    rows["district"] = above.loc[holder(level)[area]] if level != "district" else float("nan")
    rows["city"] = results.measured(period, "city").iloc[0]
    rows["similar"] = values.loc[like].mean() if like else float("nan")
    rows.insert(0, "label", [one.label for one in REGISTRY])
    rows.insert(1, "unit", [one.unit for one in REGISTRY])
    rows.insert(2, "dimension", [one.dimension for one in REGISTRY])
    return rows, like


def shown(key: str, value: object) -> str:
    """A value with as many digits as its card says, and its unit."""
    unit = BY_KEY[key].unit
    return (
        f"{text.number(value, BY_KEY[key].digits)}{' %' if unit.startswith('%') and unit != '% points' else f' {unit}'}"
    )


def sentence(key: str, row: pd.Series, plural: str) -> str:
    """What stands out, from the numbers."""
    side, share = ("better", row["better_than"]) if row["kind"] == "strength" else ("worse", 100 - row["better_than"])
    return f"{row['label']}: {shown(key, row['value'])}, {side} than {share:.0f} % of {plural} (city: {text.number(row['city'], BY_KEY[key].digits)})."


def address(key: str, level: str, area: str) -> str:
    """The page with an indicator's figure, opened at this area; controls keep their labels in the address."""
    page, _, asked = BY_KEY[key].shown_on.partition("?")
    names = table("facility_kinds").set_index("kind")["label"]
    wanted = {"level": city().level_names[level], "district": holder(level)[area]}
    wanted |= {name: names.get(value, value.replace("_", " ")) for name, value in parse_qsl(asked)}
    return f"{page}?{urlencode(wanted)}"


def helpers(key: str) -> str:
    """A link to initiatives that address an indicator's dimension."""
    return f" · [Initiatives](initiatives?{urlencode({'topic': NAMES[BY_KEY[key].dimension]})})"


def cells(rows: pd.DataFrame, level: str) -> tuple[list[str], list[list[str]]]:
    """A dimension's table for paper: head and rows of text."""
    beside = ["value", *(["district"] if level != "district" else []), "city", "similar"]
    head = ["", "Area", *(["District"] if level != "district" else []), "City", "Similar areas", "Better than"]
    body = [[f"{row['label']} ({row['unit']})", *(text.number(row[name], BY_KEY[key].digits) for name in beside),
             "" if not BY_KEY[str(key)].good else text.GAP if text.is_gap(row["better_than"]) else f"{row['better_than']:.0f} %"]
            for key, row in rows.iterrows()]  # fmt: skip
    return head, body


chosen = choices()
here = city()
left, right = st.columns(2)
with left:
    level = level_control("planning_area" if chosen.area else "district")
names = area_names(level)
inside = [area for area in names if not chosen.district or holder(level)[area] == chosen.district] or list(names)
start = chosen.area if level == "planning_area" and chosen.area in inside else inside[0]
area = right.selectbox("Area", inside, index=inside.index(start), format_func=lambda code: f"{names[code]} ({code})", key="profile_area",
                       bind="query-params")  # fmt: skip
st.title(names[area], anchor=False)
period = last_current_or_stop(chosen)
rows, like = compared(period, level, area)
plural = f"{here.level_names[level].lower()}s"
held = f"in {area_names('district')[holder(level)[area]]}, " if level != "district" else ""
st.markdown(f"{here.level_names[level]}, {held}{text.number(rows.loc['residents', 'value'])} residents on {text.day(period)}. "
            f"Most like: {', '.join(names[code] for code in like) or 'not known'}.")  # fmt: skip
found = {kind: [(key, sentence(str(key), row, plural)) for key, row in
                rows[rows["kind"] == kind].sort_values("better_than", ascending=kind == "gap").iterrows()] for kind in ("strength", "gap")}  # fmt: skip
for column, (kind, heading, none) in zip(st.columns(2), [("strength", "Strengths", "Nothing stands out as a strength."),
                                                         ("gap", "Gaps", "Nothing stands out as a gap.")], strict=True):  # fmt: skip
    column.subheader(heading, anchor=False)
    links = [
        f"- {line} [Figure]({address(str(key), level, area)})" + (helpers(str(key)) if kind == "gap" else "")
        for key, line in found[kind]
    ]
    column.markdown("\n".join(links) or none)
credits = "; ".join(source(name, here.key) for name in ("residents", "social_monitoring", "facilities"))
told = rows[[bool(BY_KEY[str(key)].good) for key in rows.index]].dropna(subset="better_than")
charts.show(comparisons.strip(told, "label", "better_than", "kind", COLOURS, unit="", ends=(profile.STANDS_OUT, 100 - profile.STANDS_OUT)),
            title=f"Strengths: {len(found['strength'])}, gaps: {len(found['gap'])}, of {len(told)} measures",
            unit=f"% of {plural} that do worse; beyond the dotted lines a measure stands out; {text.day(period)}", source=credits, key="strip",
            table=rows.reset_index(names="indicator"))  # fmt: skip
tables = {NAMES[name]: cells(rows[rows["dimension"] == name], level) for name in NAMES}
for name, (head, body) in tables.items():
    st.markdown(f"**{name}**")
    st.dataframe(
        pd.DataFrame(body, columns=["Measure", *head[1:]]),
        hide_index=True,
        alt=f"{name}: area beside district, city and similar areas",
    )
st.caption(
    f"Residents of {text.day(period)}; social monitoring of 31 December 2020; walks are estimates · Source: {credits}"
)
draw = partial(prints.pdf, f"{names[area]}: profile", f"{here.level_names[level]}, {here.name}, {text.day(period)}. Minutes are estimates.",
               {"Strengths": [line for _, line in found["strength"]], "Gaps": [line for _, line in found["gap"]]}, tables, credits)  # fmt: skip
st.download_button(
    "Two pages for print (PDF)",
    draw,
    f"{exports.file_stem(names[area])}.pdf",
    "application/pdf",
    key="profile-pdf",
    on_click="ignore",
)
