"""The tables that there are: whose, how fresh, what is in them, which versions, what a new version says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import data
from analytics import differences
from data import definitions, local, refresh
from data.catalogue import Entry
from data.context import CityContext, ViewState
from data.errors import DataError
from data.figures import Column, Figure
from data.translation import GAP, N_, is_gap
from services.areas import country_names
from services.columns import by_name
from services.figures import Caption, figure
from services.tables import city_table, place_table

# What a reader wants to hear of a new version: added up over these columns.
HEADLINES = {
    "displaced": ["asylum", "year", "category"],
    "asylum_applications": ["asylum", "year"],
    "asylum_decisions": ["asylum", "year"],
    "solutions": ["asylum", "year", "solution"],
    "facilities": ["kind"],
    "firms": ["activity"],
}
COMPARED = {"persons", "applied", "recognised", "thousand_persons", "million_pps", "firms"}
TYPES = {
    "str": N_("text"),
    "int": N_("whole number"),
    "Int": N_("whole number"),
    "float": N_("number"),
    "datetime": N_("date"),
    "bool": N_("yes or no"),
    "geometry": N_("shape"),
}
KINDS: dict[str, Any] = {"str": "id", "datetime": "day", "bool": "flag"}
STATES = {"used": N_("in use"), "kept": N_("kept"), "offered": N_("waits")}
SIDES = ("before", "after", "change", "what")
CHANGES = {"changed": N_("changed"), "new": N_("new"), "gone": N_("gone")}
MAX_SHAPED = 20_000  # rows of a table whose areas' shapes go along: about a kilobyte each
CATALOGUE = N_("catalogue of this server")
COLUMNS = by_name(
    Column("table", N_("Table"), kind="name"),
    Column("place", N_("Place"), kind="text"),
    Column("publisher", N_("Publisher"), kind="text"),
    Column("licence", N_("Licence"), kind="text"),
    Column("covers", N_("Period"), kind="text"),
    Column("rows", N_("Rows")),
    Column("version", N_("Version"), kind="text"),
    Column("column", N_("Column"), kind="name"),
    Column("type", N_("Type"), kind="text"),
    Column("key", N_("Key"), kind="flag"),
    Column("filled", N_("Filled"), "%", digits=1),
    Column("span", N_("Span"), kind="text", missing=""),
    Column("state", N_("State"), kind="text"),
    Column("before", N_("Before"), digits=2),
    Column("after", N_("After"), digits=2),
    Column("change", N_("Change"), digits=2),
    Column("what", N_("What"), kind="text"),
)


class Query(ViewState):
    """The table looked at, the day of it ('': all), and those that publishers are asked for (none chosen: all)."""

    table: str = ""
    day: str = ""
    sources: tuple[str, ...] = ()


def entries(ctx: CityContext) -> dict[str, Entry]:
    """Every table in use by place/name, those of the city first, of them its areas, which every city has."""

    def order(item: tuple[tuple[str, str], Entry]) -> tuple[bool, bool, tuple[str, str]]:
        place, name = item[0]
        return place != ctx.key, name != "areas", item[0]

    return {f"{place}/{name}": entry for (place, name), entry in sorted(data.catalogue().items(), key=order)}


def sources() -> list[str]:
    """Tables that publishers can be asked for."""
    return list(refresh.sources())


def overview_figure(ctx: CityContext) -> Figure:
    """All tables at a glance."""
    _ = ctx.language
    rows = pd.DataFrame(
        [
            (_(entry.title), entry.place, entry.publisher, entry.licence, entry.period, entry.rows, entry.version_word)
            for entry in entries(ctx).values()
        ],
        columns=["table", "place", "publisher", "licence", "covers", "rows", "version"],
    )
    caption = Caption(_("All tables with publisher, licence, period and version"), "", "", _(CATALOGUE))
    return figure(ctx, "tables", caption, rows, None, COLUMNS)


def about(ctx: CityContext, entry: Entry) -> dict[str, str]:
    """Where a table is from, by what each word is."""
    _ = ctx.language
    parts = {
        _("Publisher"): entry.publisher,
        _("Licence"): entry.licence,
        _("Credit"): entry.attribution,
        _("Period"): entry.period,
        _("Unit"): entry.unit,
        _("Geography"): entry.geography,
        _("Rows"): _.number(entry.rows),
        _("Version"): f"{entry.version or entry.built_on} · {entry.checksum[:12]}",
        _("Note"): entry.note,
    }
    return {label: text for label, text in parts.items() if text}


def _word(dtype: str) -> str:
    """What kind of column a type is: a key of TYPES."""
    return next(word for word in TYPES if dtype.startswith(word))


def contract_figure(ctx: CityContext, entry: Entry) -> Figure:
    """What each column of a table promises, how much of it is filled, and its span."""
    _, table, contract = ctx.language, place_table(entry.name, entry.place), definitions.contract(entry.name)
    rows = []
    for name, dtype in definitions.types(entry.name).items():
        if name in table:
            values, word = table[name].dropna(), _word(dtype)
            spread = word not in ("str", "geometry", "bool") and len(values)
            span = f"{_.plain(values.min())} – {_.plain(values.max())}" if spread else None
            filled = 100 * len(values) / max(1, len(table))
            rows.append((name, _(TYPES[word]), name in (contract.unique or []), filled, span))
    columns = ["column", "type", "key", "filled", "span"]
    caption = Caption(_("Columns of: {title}", title=_(entry.title)), "", entry.period, entry.source_line)
    return figure(ctx, "contract", caption, pd.DataFrame(rows, columns=columns), None, COLUMNS)


def _column(name: str, values: pd.Series) -> Column:
    """A column as the table has it: under its own name, with its digits, a gap left empty."""
    word = _word(str(values.dtype))
    digits = 6 if word == "float" and (values.dropna() % 1 != 0).any() else 0
    return Column(name, name, kind=KINDS.get(word, "number"), digits=digits, missing="")


def days(key: str) -> list[str]:
    """The days that a table has rows of, newest first; none where it has one or no day. key: place/name."""
    place, _slash, name = key.partition("/")
    if not data.has(name, place) or "period" not in definitions.types(name):
        return []
    rows = place_table(name, place)["period"].dropna().drop_duplicates().sort_values(ascending=False)
    return [f"{day:%Y-%m-%d}" for day in rows] if len(rows) > 1 else []


def table_figure(ctx: CityContext, entry: Entry, day: str = "") -> Figure:
    """A table as it is stored, in the order and under the names of its contract; shapes go along in files.

    day: its rows of one day; all of them where none is chosen.
    """
    _, table = ctx.language, place_table(entry.name, entry.place)
    if day:
        table = table[table["period"] == pd.Timestamp(day)].reset_index(drop=True)
    plain = pd.DataFrame(table.drop(columns="geometry")) if "geometry" in table else table
    geometry = _shapes(ctx, entry, table)
    note = ""
    if geometry is None and "area_id" in table and len(table) > MAX_SHAPED and days(f"{entry.place}/{entry.name}"):
        note = _("choose a day above for files with the shapes of areas")
    return Figure(
        f"{entry.place}-{entry.name}",
        _(entry.title),
        _(entry.unit),
        f"{pd.Timestamp(day):%Y-%m-%d}" if day else entry.period,
        entry.source_line,
        plain,
        tuple(_column(name, plain[name]) for name in plain),
        note=note,
        geometry=geometry,
    )


def _shapes(ctx: CityContext, entry: Entry, table: pd.DataFrame) -> Callable[[], list[dict[str, Any] | None]] | None:
    """What gives each row its shape or point: its own, or that of its area; None where rows are no places.

    Shapes of areas are left out of tables with more than MAX_SHAPED rows, which would repeat each a hundred times.
    """
    if "geometry" in table:
        return lambda: _drawn(gpd.GeoDataFrame(table).geometry)
    city = data.cities().get(entry.place)
    if {"lon", "lat"} <= set(table):
        return lambda: _drawn(gpd.GeoSeries.from_xy(table["lon"], table["lat"], crs=4326))
    if city is not None and {"x", "y"} <= set(table):
        return lambda: _drawn(gpd.GeoSeries.from_xy(table["x"], table["y"], crs=city.crs))
    if city is not None and entry.name == "network_edges":
        return lambda: _drawn(_streets(entry.place, table).set_crs(city.crs))
    if city is None or "area_id" not in table or len(table) > MAX_SHAPED:
        return None
    return lambda: _shapes_of_areas(replace(ctx, city=city), table)


def _drawn(shapes: gpd.GeoSeries) -> list[dict[str, Any] | None]:
    return [shape and shape.__geo_interface__ for shape in shapes.to_crs(4326)]


def _streets(place: str, edges: pd.DataFrame) -> gpd.GeoSeries:
    """A straight line for each edge of a network, from node to node."""
    at = place_table("network_nodes", place).set_index("node")[["x", "y"]]
    ends = np.stack([at.loc[edges[end]].to_numpy() for end in ("origin", "target")], axis=1)
    return gpd.GeoSeries(shapely.linestrings(ends))


def _shapes_of_areas(ctx: CityContext, table: pd.DataFrame) -> list[dict[str, Any] | None]:
    """The shape of each row's area: of its own level and boundary version, else of today's smallest areas."""
    keys = ["boundary_version", "level", "area_id"]
    areas = city_table(ctx, "areas")
    shapes = dict(zip(areas[keys].itertuples(index=False, name=None), _drawn(areas["geometry"]), strict=True))
    usual = {"boundary_version": ctx.boundary_version, "level": ctx.levels[-1]}
    rows = table.assign(**{name: value for name, value in usual.items() if name not in table})
    return [shapes.get(place) for place in rows[keys].itertuples(index=False, name=None)]


def versions_figure(ctx: CityContext, entry: Entry) -> Figure | None:
    """Versions of a table, newest first; None where there is only one."""
    _, rows = ctx.language, local.versions(entry.place, entry.name)
    if len(rows) < 2:
        return None
    table = pd.DataFrame(
        [(_.moment(row.version) or _("shipped"), _(STATES[row.state]), row.period, row.rows) for row in rows],
        columns=["version", "state", "covers", "rows"],
    )
    caption = Caption(_("Versions of: {title}", title=_(entry.title)), "", "", _(CATALOGUE))
    return figure(ctx, "versions", caption, table, None, COLUMNS)


def go_back(entry: Entry) -> None:
    """Use the version of a table before the one in use. Raises DataError."""
    local.go_back(entry.place, entry.name)


def offers() -> list[Entry]:
    """New versions that wait."""
    return local.offers()


def accept(offer: Entry) -> None:
    """Use a new version."""
    local.use(offer.place, offer.name, offer.version)


def reject(offer: Entry) -> None:
    """Take a new version away."""
    local.reject(offer.place, offer.name)


def compared(ctx: CityContext, offer: Entry) -> pd.DataFrame | None:
    """What a new version says otherwise than the one in use, countries by name; None where there is none in use."""
    if not data.has(offer.name, offer.place):
        return None
    keys = HEADLINES.get(offer.name, [key for key in definitions.definition(offer.name).key if key != "flag"])
    columns = definitions.types(offer.name)
    value = next((name for name in columns if name in COMPARED - set(keys)), "") if offer.name != "facilities" else ""
    before = data.opened(data.entry(offer.name, offer.place))
    rows = differences.compare(before, data.opened(offer), keys, value)
    names = country_names(ctx)
    for column in {"asylum", "origin"} & set(rows):
        rows[column] = rows[column].map(names).fillna(rows[column])
    return rows


def headline(ctx: CityContext, offer: Entry, rows: pd.DataFrame | None) -> str:
    """A new version in words; the largest differences: 'Germany, 2024, refugees: 2.49 million → 2.51 million'."""
    _ = ctx.language
    if rows is None:
        return _("{rows:,} rows, {period}. There was no such table before.", rows=offer.rows, period=offer.period)
    counts = rows["what"].value_counts()
    summary = _(
        "{changed:,} figures changed, {new:,} are new, {gone:,} are gone.",
        **{name: int(counts.get(name, 0)) for name in CHANGES},
    )
    lines = []
    for row in rows.head(5).to_dict("records"):
        subject = ", ".join(_.plain(value) for name, value in row.items() if name not in SIDES)
        before, after = (_(GAP) if is_gap(row[side]) else _.compact(row[side]) for side in ("before", "after"))
        lines.append(f"- {subject}: {before} → {after}")
    return "\n".join([f"{summary}\n", *lines])


def differences_figure(ctx: CityContext, offer: Entry, rows: pd.DataFrame) -> Figure:
    """Every figure that a new version says otherwise."""
    _ = ctx.language
    own = {name: _column(name, rows[name]) for name in rows if name not in SIDES}
    table = rows.assign(what=rows["what"].map(CHANGES).map(_))
    caption = Caption(_("Differences: {title}", title=_(offer.title)), _(offer.unit), offer.period, offer.source_line)
    return figure(ctx, f"diff-{offer.place}-{offer.name}", caption, table, None, COLUMNS | own)


def ask(ctx: CityContext, source: str) -> str:
    """Ask a publisher for a table; what is new is offered. Returns what came of it, in a sentence."""
    _ = ctx.language
    try:
        offer = refresh.offer(source)
    except DataError as fault:
        return _("{what} stays as it was. {fault}", what=source, fault=_(fault.sentence))
    return _("{what}: nothing new", what=source) if offer is None else _("{what}: a new version waits", what=source)
