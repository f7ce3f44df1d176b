"""Displacement from where to where: the largest pairs, who came anew, and which origins a change is made of."""

from __future__ import annotations

import pandas as pd

from analytics import displacement, diversity
from analytics.findings import MIN_START
from data import engine
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure, Layer, Legend, Map
from data.translation import N_
from services.cache import cached, cached_numbers
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.findings import ends
from services.stocks import Place, counted_once, nobody, origin_names, overlap_note, pair_names, parts, stock, years_of
from services.tables import world_source, world_table

PAIRS = 20  # drawn by name
WIDEST = 16  # pixels of the widest arc
COLUMNS = by_name(
    Column("origin", N_("Origin"), kind="text"),
    Column("asylum", N_("Asylum"), kind="text"),
    Column("movement", N_("Movement"), kind="text"),
    Column("persons", N_("People")),
    Column("change", N_("Change in people")),
    Column("percent", N_("Share of the change"), "%", digits=1),
)


@cached_numbers
def _pairs(ctx: CityContext, year: int, country: str | None) -> pd.DataFrame:
    counted = engine.run(displacement.pairs(engine.table("displaced"), year, country))
    return displacement.corridors(counted, PAIRS, asylum=country) if len(counted) else counted


def largest_pairs(ctx: CityContext, territory: Territory, place: Place) -> pd.DataFrame:
    """Largest origin-asylum pairs of the newest chosen year and the rest: origin, asylum (codes), persons, name, shown.

    Raises NothingToShow where nobody crossed a border.
    """
    _, names, pairs = ctx.language, pair_names(ctx), _pairs(ctx, territory.last_year, place.code)
    if pairs.empty:
        raise NothingToShow(
            _("UNHCR counts nobody in {place} who crossed a border, in these years.", place=place.within),
            _("Widen the years in the sidebar."),
        )
    texts = _.each(
        "{persons} people, {year}", persons=map(_.number, pairs["persons"]), year=[territory.last_year] * len(pairs)
    )
    return pairs.assign(name=pairs["origin"].map(names) + " → " + pairs["asylum"].map(names), shown=texts)


def _left_out(ctx: CityContext, year: int, place: Place) -> str:
    """Who is displaced and in no pair of two countries."""
    _, others = ctx.language, parts(ctx, place.code, year, leave_out="across")
    return _("not among them: {parts}", parts=others) if others else ""


def _named(ctx: CityContext, pairs: pd.DataFrame) -> pd.DataFrame:
    names = pair_names(ctx)
    return pairs[["origin", "asylum", "persons"]].assign(
        origin=pairs["origin"].map(names), asylum=pairs["asylum"].map(names)
    )


def arcs_figure(ctx: CityContext, territory: Territory, place: Place) -> Figure:
    """From where to where as arcs, as wide as people are many."""
    _, pairs, places = ctx.language, largest_pairs(ctx, territory, place), world_table("countries").set_index("iso3")
    largest, names = pairs[pairs["origin"] != "REST"], pair_names(ctx)
    top = largest["persons"].max()
    ids = largest.set_index("name")[["origin", "asylum"]].to_dict("index")
    finding = ends(
        ctx,
        largest,
        "persons",
        lambda name, persons: _(
            "At the end of {last_year} the largest group across borders is {persons} people from {names} in {names_2}",
            last_year=territory.last_year,
            persons=persons,
            names=names[ids[name]["origin"]],
            names_2=names[ids[name]["asylum"]],
        ),
        _.compact,
        largest=True,
        subject=_("People across borders at the end of {year}", year=str(territory.last_year)),
        what=_("pairs of countries"),
    ).text
    for side in ("origin", "asylum"):
        pairs[f"{side}_lon"], pairs[f"{side}_lat"] = (pairs[side].map(places[axis]) for axis in ("lon", "lat"))
    drawn = pairs.assign(width=WIDEST * pairs["persons"] / top).dropna(subset=["origin_lon", "asylum_lon"])
    marks = sorted({float(f"{part * top:.1g}") for part in (0.1, 0.3, 1)})
    widths = [(WIDEST * mark / top, _.compact(mark)) for mark in marks]
    drawing_note = _(
        "{drawn} largest pairs with a place on the map; orange is the origin, blue the asylum", drawn=len(drawn)
    )
    note = " · ".join(filter(None, [drawing_note, _left_out(ctx, territory.last_year, place)]))
    caption = Caption(
        finding,
        _("persons, at year end"),
        str(territory.last_year),
        world_source("displaced"),
        note,
        _("Map: {title}.", title=finding),
    )
    legend = Legend(_("The wider a line, the more people"), [], [], widths=widths)
    drawing = Map(
        [Layer("arcs", {"pairs": drawn})], lon=15, lat=25, zoom=0.9 if place.code else 0.7, legend=legend, height=420
    )
    return figure(ctx, "arcs", caption, _named(ctx, drawn), drawing, COLUMNS)


def pairs_figure(ctx: CityContext, territory: Territory, place: Place) -> Figure:
    """From where to where as a Sankey chart; the rest is in the table."""
    _, year, pairs = ctx.language, territory.last_year, largest_pairs(ctx, territory, place)
    is_rest = pairs["origin"] == "REST"
    others, drawn = pairs.loc[is_rest, "persons"].sum(), int((~is_rest).sum())
    rest = _("all other pairs, {rest} people, are in the table only", rest=_.compact(others)) if others else ""
    finding = _("From where to where, {last_year}: the {drawn} largest pairs", last_year=year, drawn=drawn)
    if not others:
        finding = _("From where to where, {last_year}: every pair ({drawn})", last_year=year, drawn=drawn)
    caption = Caption(
        finding,
        _("persons, at year end"),
        str(year),
        world_source("displaced"),
        " · ".join(filter(None, [rest, _left_out(ctx, year, place)])),
    )
    drawing = chart("sankey", pairs[~is_rest], names=pair_names(ctx))
    return figure(ctx, "pairs", caption, _named(ctx, pairs), drawing, COLUMNS)


@cached
def matrix(ctx: CityContext, year: int) -> pd.DataFrame:
    """Origin-asylum matrix of the eight largest of each: origin, and a column for each country of asylum (codes)."""
    grid = displacement.matrix(engine.run(displacement.pairs(engine.table("displaced"), year)), 8)
    return grid.rename(index=pair_names(ctx)).rename_axis("origin").reset_index()


def matrix_figure(ctx: CityContext, territory: Territory) -> Figure:
    """Origin by asylum as a table whose rows and columns add up."""
    _, names, rows = ctx.language, pair_names(ctx), matrix(ctx, territory.last_year)
    note = _left_out(ctx, territory.last_year, Place(None, "", ""))
    finding = _("Origin by asylum, {last_year}: rows and columns add up", last_year=territory.last_year)
    caption = Caption(finding, _("persons, at year end"), str(territory.last_year), world_source("displaced"), note)
    countries = {code: Column(code, names[code]) for code in rows.columns[1:]}
    return figure(ctx, "matrix", caption, rows, columns=COLUMNS | countries)


@cached_numbers
def movements(ctx: CityContext, country: str | None, first: int, last: int) -> pd.DataFrame:
    """New displacement and lasting solutions: year, movement (code), persons."""
    flows, solutions = engine.table("displacement_flows"), engine.table("solutions")
    return engine.run(displacement.movements(flows, solutions, country, (first, last)))


def movements_figure(ctx: CityContext, territory: Territory, place: Place) -> Figure:
    """Flows beside the stock: who came anew, whose displacement ended. Raises NothingToShow below two years."""
    _, rows = ctx.language, movements(ctx, place.code, territory.first_year, territory.last_year)
    if rows["year"].nunique() < 2:
        raise NothingToShow(
            _("UNHCR lists no yearly movements for {place} in these years.", place=place.within), _("Widen the years.")
        )
    newest, unit = rows["year"].max(), _("persons, during the year")
    finding = f"{place.name}, {newest}: {_movements_words(ctx, rows[rows['year'] == newest], place)}"
    rows["movement"] = rows["movement"].map({key: _(label) for key, label in displacement.MOVEMENTS.items()})
    note = _("UNHCR lists resettlement under the country that takes people in, not under the one that they leave")
    caption = Caption(
        finding,
        unit,
        years_of(rows["year"]),
        world_source("displacement_flows", "solutions"),
        note if place.code else "",
    )
    drawing = chart("lines", rows, x="year", y="persons", by="movement", unit=unit)
    return figure(ctx, "movements", caption, rows, drawing, COLUMNS)


# Movement -> what is said of it in a sentence; all new ones are one.
REPORTED = {
    "new_refugees": N_("{persons} newly displaced across a border"),
    "resettled_here": N_("{persons} arrived by resettlement"),
    "returned_refugees": N_("{persons} returned"),
    "resettlement": N_("{persons} resettled"),
    "naturalisation": N_("{persons} naturalised"),
}


def _movements_words(ctx: CityContext, rows: pd.DataFrame, place: Place) -> str:
    """Movements of a year in words; what has no row is not reported, not none. rows: movement, persons."""
    _, movement = ctx.language, rows["movement"].mask(rows["movement"].str.startswith("new_"), "new_refugees")
    counts = rows.groupby(movement)["persons"].sum()
    keys = [key for key in REPORTED if key != ("resettlement" if place.code else "resettled_here")]
    listed = [_(REPORTED[key], persons=_.compact(counts[key])) for key in keys if key in counts]
    gaps = [_.inside(_(displacement.MOVEMENTS[key])) for key in keys if key not in counts]
    return ", ".join([*listed, *([_("not reported: {names}", names=_.listed(gaps))] if gaps else [])])


def change_figure(ctx: CityContext, territory: Territory, place: Place) -> Figure:
    """Which origins a change is made of, in the categories counted alike at both ends.

    All categories, without shares, where none is counted alike. Raises NothingToShow where there is no change to take
    apart.
    """
    _, first, last = ctx.language, territory.first_year, territory.last_year
    categories = stock(ctx, "category", place.code, first, last)
    counted = set(categories["category"])
    alike = displacement.comparable(categories, first, last, by_country=bool(place.code))
    counts = stock(ctx, "origin", place.code, first, last, categories=alike or counted)
    if first == last or not {first, last} <= set(counts["year"]):
        raise NothingToShow(
            _("UNHCR counts nobody in {place} at the start and at the end of these years.", place=place.within),
            _("Widen the years."),
        )
    if "idps_idmc" in (alike or counted):
        counts = counted_once(counts, "origin", place.code)
    rows = displacement.change_by(counts, "origin", first, last)
    rows["origin"] = rows["origin"].map(origin_names(ctx, place.code))
    total, share = rows["change"].sum(), rows.pop("share")
    rows["percent"] = 100 * share if alike and abs(total) >= MIN_START else float("nan")
    finding = _change_finding(ctx, rows, place)
    other = sorted(counted - set(alike))
    notes = [
        _(
            "without {labels}: not counted alike in both years",
            labels=_.listed(_(displacement.LABELS[c]) for c in other),
        )
        if alike and other
        else "",
        "" if alike else _("no category is counted alike in both years, so no shares are given"),
        overlap_note(ctx, place.code, last),
    ]
    label, unit = (
        _.inside(_("Change in people")),
        _("persons, change {first_year}–{last_year}", first_year=first, last_year=last),
    )
    caption = Caption(
        finding, label, years_of([first, last]), world_source("displaced"), " · ".join(filter(None, notes))
    )
    years = {name: Column(name, str(year), _("persons")) for name, year in (("first", first), ("last", last))}
    drawing = chart("bars", rows.head(12), label="origin", value="change", unit=unit)
    return figure(ctx, "change", caption, rows, drawing, COLUMNS | years)


def _change_finding(ctx: CityContext, rows: pd.DataFrame, place: Place) -> str:
    """The origin with the largest change; its share where shares of this change mean something.

    rows: origin, change, percent.
    """
    _, total, by_name = ctx.language, rows["change"].sum(), rows.set_index("origin")

    if len(rows) == 1:
        return _(
            "{place}: all of the change of {total} is of one origin, {name}",
            place=place.name,
            name=by_name.index[0],
            total=_.compact(total),
        )

    def statement(name: str, _size: str) -> str:
        change, percent = by_name.loc[name, ["change", "percent"]]
        if pd.notna(percent) and 0 < percent <= 100:
            return _(
                "{place}: {name} makes {share} of the change of {total}",
                place=place.name,
                name=name,
                share=_.percent(percent / 100),
                total=_.compact(total),
            )
        return _(
            "{place}: {name} changed most, by {change}, all origins together by {total}",
            place=place.name,
            name=name,
            change=_.compact(change),
            total=_.compact(total),
        )

    sizes = rows.assign(name=rows["origin"], size=rows["change"].abs())
    subject, what = _("{place}: size of the change", place=place.name), _("origins")
    return ends(ctx, sizes, "size", statement, _.compact, largest=True, subject=subject, what=what).text


def diversity_figures(ctx: CityContext, territory: Territory, place: Place) -> list[KeyFigure]:
    """How concentrated the origins of the newest chosen year are. Raises NothingToShow where nobody is counted then."""
    _, last = ctx.language, territory.last_year
    persons = stock(ctx, "origin", place.code, last, last)["persons"]
    if not persons.sum():
        raise nobody(ctx, place)
    herfindahl, shannon = _.number(diversity.herfindahl(persons), 3), _.number(diversity.shannon(persons), 2)
    help_simpson = _("Simpson: the chance that two people drawn at random come from different origins.")
    return [
        KeyFigure(_("Herfindahl index of origins"), herfindahl, help=_("Sum of squared shares: 1 is one origin only.")),
        KeyFigure(_("Shannon diversity"), shannon, help=_("Nats.")),
        KeyFigure(_("Chance that two differ"), _.percent(diversity.simpson(persons), 1), help=help_simpson),
    ]


def about_diversity(ctx: CityContext, territory: Territory, place: Place) -> str:
    """Whose origins these numbers are about, when, and from what."""
    about = ctx.language(
        "Origins of displaced people in {place}, {last_year} · Source: {value}",
        place=place.within,
        last_year=territory.last_year,
        value=world_source("displaced"),
    )
    return " · ".join(filter(None, [about, overlap_note(ctx, place.code, territory.last_year)]))


def origins_figure(ctx: CityContext, territory: Territory, place: Place) -> Figure:
    """The ten largest origins of every year, each year's bars its own, as a chart that plays."""
    _, names, unit = ctx.language, origin_names(ctx, place.code), ctx.language("persons, at year end")
    first, last = territory.first_year, territory.last_year
    rows = stock(ctx, "origin", place.code, first, last).sort_values("persons", ascending=False)
    rows = rows.groupby("year").head(10).sort_values(["year", "persons"])
    rows = rows.assign(origin=rows["origin"].map(names))
    caption = Caption(
        _("Origins year by year, {first_year} to {last_year}", first_year=first, last_year=last),
        unit,
        years_of(rows["year"]),
        world_source("displaced"),
        overlap_note(ctx, place.code, last),
    )
    drawing = chart("playing_bars", rows, label="origin", value="persons", frame="year", unit=unit)
    return figure(ctx, "origins", caption, rows, drawing, COLUMNS)
