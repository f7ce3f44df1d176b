"""Results the page on world and country shows, kept between runs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import displacement
from data import engine
from pages.common import cached, country_names, table
from views import controls, text
from views.language import _

AGES = ["0-4", "5-11", "12-17", "18-59", "60+"]
TOP = 7


def _categories(country: str | None) -> list[str]:
    return displacement.ACROSS_BORDERS if country else displacement.FORCIBLY_DISPLACED


@cached
def _stock_of_every_year(by: str, country: str | None, origin: str) -> pd.DataFrame:
    asked = displacement.stock(
        engine.table("displaced"), by, origin=origin, asylum=country, categories=_categories(country)
    )
    return engine.run(asked)


def _stock(by: str, country: str | None, first: int, last: int, origin: str = "") -> pd.DataFrame:
    """Asked of the engine for every year: a change of years only cuts it."""
    rows = _stock_of_every_year(by, country, origin)
    return rows[rows["year"].between(first, last)]


@cached
def by_group(by: str, country: str | None, first: int, last: int, origin: str = "") -> pd.DataFrame:
    """People, of one origin or of all, by year and the largest groups, named, with the rest."""
    names = {**{key: _(name) for key, name in displacement.LABELS.items()}, **country_names(), "REST": _("All others")}
    rows = displacement.top_with_rest(_stock(by, country, first, last, origin), by, TOP)
    return rows.assign(group=rows[by].map(names)) if len(rows) else rows.assign(group="")


@cached
def origins_of(country: str | None) -> list[str]:
    """Codes of every origin of displaced people in a country, or in the world, by name."""
    names = country_names()
    return sorted(_stock("origin", country, 0, 9999)["origin"].unique(), key=names.__getitem__)


@cached
def reconciled() -> pd.DataFrame:
    """Sum, published total and difference by year."""
    return displacement.reconciliation(table("displaced"), table("published_totals"))


@cached
def top_pairs(year: int, country: str | None) -> pd.DataFrame:
    """Largest origin-asylum pairs with their places on the map, the text they show and the width of their arc."""
    counted = engine.run(displacement.pairs(engine.table("displaced"), year, country))
    pairs = displacement.corridors(counted, 20, asylum=country)
    names, places = {**country_names(), "REST": _("All others")}, table("countries").set_index("iso3")
    for side in ("origin", "asylum"):
        pairs[f"{side}_lon"] = pairs[side].map(places["lon"])
        pairs[f"{side}_lat"] = pairs[side].map(places["lat"])
    pairs["name"] = pairs["origin"].map(names) + " → " + pairs["asylum"].map(names)
    pairs["shown"] = [
        _("{persons} people, {year}", persons=text.number(persons), year=year) for persons in pairs["persons"]
    ]
    pairs["width"] = 1 + 9 * pairs["persons"] / pairs["persons"].max()
    return pairs


@cached
def crossings(year: int) -> pd.DataFrame:
    """Origin-asylum matrix of the eight largest of each, named."""
    names = {**country_names(), "REST": _("All others"), "TOTAL": _("Total")}
    grid = displacement.matrix(engine.run(displacement.pairs(engine.table("displaced"), year)), 8)
    return grid.rename(index=names, columns=names).rename_axis("origin").reset_index()


@cached
def comings_and_goings(country: str | None, first: int, last: int) -> pd.DataFrame:
    """New displacement and lasting solutions by year, named."""
    asked = displacement.movements(
        engine.table("displacement_flows"), engine.table("solutions"), country, (first, last)
    )
    rows = engine.run(asked)
    return rows.assign(group=rows["movement"].map(displacement.MOVEMENTS))


@cached
def changes(country: str | None, first: int, last: int) -> pd.DataFrame:
    """Change of the stock by origin."""
    return displacement.change_by(_stock("origin", country, first, last), "origin", first, last)


@cached
def playing_years(country: str | None, first: int, last: int) -> pd.DataFrame:
    """The ten largest origins of every year, so that each year's bars are its own."""
    names = country_names()
    rows = _stock("origin", country, first, last)
    top = rows.sort_values("persons", ascending=False).groupby("year").head(10)
    return top.assign(group=top["origin"].map(names)).sort_values(["year", "persons"])[["year", "group", "persons"]]


@cached
def everyone(country: str | None) -> tuple[pd.DataFrame, float]:
    """Age and sex in percent of those for whom both are stated, and the share for whom they are."""
    people = displacement.pyramid(table("displaced_by_age_place"), country)
    known = people[(people["sex"] != "not stated") & (people["age"] != "not stated")]
    total = people["persons"].sum()
    if not total or known.empty:
        return known.assign(percent=0.0), 0.0
    return known.assign(percent=100 * known["persons"] / known["persons"].sum()), known["persons"].sum() / total


@cached
def decisions(country: str | None) -> pd.DataFrame:
    """Recognition rate by year."""
    rows = table("asylum_decisions")
    return displacement.recognition_rate(rows[rows["asylum"] == country] if country else rows, ["year"]).dropna()


def answers(country: str | None, place: str, first: int, last: int) -> str:
    """The page's questions, answered in sentences made from the tables."""
    names = country_names()
    total = _stock("category", country, first, last).groupby("year")["persons"].sum()
    origins = _stock("origin", country, first, last)
    newest = origins[origins["year"] == total.index[-1]].nlargest(3, "persons")
    parts = [f"{names[code]} ({text.compact(n)})" for code, n in zip(newest["origin"], newest["persons"], strict=True)]
    people, stated = everyone(country)
    lines = [
        _(
            "**Who and from where:** {iloc} displaced people in {place} at the end of {index}, most from {parts}.",
            iloc=text.compact(total.iloc[-1]),
            place=in_text(place),
            index=total.index[-1],
            parts=", ".join(parts),
        )
    ]
    if len(total) > 1:
        peak = total.idxmax()
        lines.append(
            _(
                "**Since when:** {iloc} since {index}; the highest count in these years is {total}, {peak}.",
                iloc=text.signed_percent(displacement.change(total.iloc[0], total.iloc[-1]), 0),
                index=total.index[0],
                total=text.compact(total.max()),
                peak=peak,
            )
        )
    if stated:
        share, _known = displacement.school_age_share(people)
        lines.append(
            _(
                "**How young:** {share} are 5 to 17, among the {stated} whose age is stated (2025).",
                share=text.percent(share),
                stated=text.percent(stated),
            )
        )
    urban = displacement.urban_share(table("displaced_by_age_place"), country)
    if urban:
        lines.append(
            _(
                "**How urban:** between {urban} and {urban_2} live in towns; for the rest UNHCR states various "
                "places (2025).",
                urban=text.percent(urban[0]),
                urban_2=text.percent(urban[1]),
            )
        )
    return "\n\n".join(lines)


def in_text(place: str) -> str:
    """A place's name inside a sentence."""
    if place == _("The world"):
        return _("the world")
    return place[0].lower() + place[1:] if place.startswith("The ") else place


def scope(chosen: controls.Territory) -> tuple[str | None, str]:
    """Whether the page shows the world or the chosen country: its code (None: the world) and its name.

    Stops the page, saying what to do, where UNHCR counts nobody.
    """
    shown = controls.linked(
        st.radio,
        _("Show"),
        ["world", "country"],
        format_func={"world": _("World"), "country": _("Country of asylum")}.__getitem__,
        horizontal=True,
        key="scope",
    )
    country = chosen.country if shown != "world" else None
    place = country_names()[country] if country else _("The world")
    if by_group("category", country, chosen.first_year, chosen.last_year).empty:
        controls.empty(
            _("UNHCR counts nobody in {place} in these years.", place=in_text(place)),
            _("Widen the years in the sidebar."),
        )
        st.stop()
    return country, place
