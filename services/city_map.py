"""The page *Map*: areas coloured by an indicator, circles by another, facilities, and the list of areas beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import shapely
from pydantic import Field

from analytics import classes
from analytics.findings import MIN_BASE
from analytics.indicators import WALKS, Indicator
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Board, Column, Days, Figure, Layer, Map
from data.translation import N_
from services import inclusion
from services.areas import area_names, area_shapes, bounds, current_half_years, in_district, require_period
from services.cache import cached, cached_numbers
from services.columns import by_name
from services.coverage import facility_points
from services.figures import Caption, Shading, area_layer, figure, legend, outline_layer, picks, point_layer, ranges
from services.findings import ends, left_out
from services.indicator_days import social_day
from services.names import cards, facility_kinds, level_plurals
from services.served import known_first
from services.sites import WITHOUT_DOORS
from services.tables import missing_table, require_tables, source
from services.walks import range_text, spread

if TYPE_CHECKING:  # which draws the reader's points, for whom the map's indicators are
    from services.web_layers import WebLayer

EARLIER = "earlier"  # beside the map: the same indicator on the first day of today's areas
LARGEST_CIRCLE, MANY = 22, 60  # radius in pixels, less where over so many areas have one
COLUMNS = by_name(
    Column("name", N_("Area"), kind="name"),
    Column("rank", N_("Rank"), missing=N_("not ranked")),
    Column("persons", N_("Residents")),
)


class Query(ViewState):
    """What the map shows. beside: what is swiped to. lon, lat, zoom: where it looks (zoom 0: the whole territory).

    site: a place that is put to the test for a new facility of site_kind. outline: drawn; lon, lat, lon, lat, ...
    """

    colour: str = ""
    circles: str = ""
    dots: str = ""
    level: str = ""
    opacity: Literal[40, 55, 70, 85, 100] = 70
    beside: str = ""
    over_time: bool = False
    lon: float = Field(0.0, ge=-180, le=180)
    lat: float = Field(0.0, ge=-90, le=90)
    zoom: float = Field(0.0, ge=0, le=22)
    site_lon: float = Field(0.0, ge=-180, le=180)
    site_lat: float = Field(0.0, ge=-90, le=90)
    site_kind: str = ""
    outline: tuple[float, ...] = ()

    @property
    def has_site(self) -> bool:
        """Whether a place is put to the test."""
        return bool(self.site_lon or self.site_lat)


class Values(NamedTuple):
    """An indicator by area on a day. rows: area_id, name, value, persons."""

    card: Indicator
    day: pd.Timestamp
    rows: pd.DataFrame


@cached
def indicators(ctx: CityContext) -> dict[str, str]:
    """Every indicator that the city has: label by key. Raises NothingToShow where there is none."""
    require_tables(ctx, "areas", "residents")
    days = current_half_years(ctx)
    if not days:
        raise missing_table(ctx.language, ctx.key, "residents")
    known = inclusion.measured(ctx, days[-1], ctx.levels[-1]).notna().any()
    return {key: card.label for key, card in cards(ctx.language).items() if known.get(key, False)}


def options(ctx: CityContext) -> dict[str, Any]:
    """What each choice may be."""
    keys, kinds = list(indicators(ctx)), list(facility_kinds(ctx).index)
    return {
        "colour": keys,
        "circles": ["", *keys],
        "dots": ["", *kinds],
        "level": list(ctx.levels),
        "site_kind": [kind for kind in known_first(ctx, kinds) if kind not in WITHOUT_DOORS],
        "beside": lambda values: ["", *([EARLIER] if len(_days(ctx, values["colour"])) > 1 else []), *keys],
    }


def labels(ctx: CityContext) -> dict[str, dict[str, str]]:
    """What the options of each choice are called."""
    _, names, kinds = ctx.language, indicators(ctx), facility_kinds(ctx)["plural"].to_dict()
    none = {"": _("none")}
    return {
        "colour": names,
        "circles": none | names,
        "dots": none | {kind: plural[:1].upper() + plural[1:] for kind, plural in kinds.items()},
        "site_kind": facility_kinds(ctx)["label"].to_dict(),
        "beside": none | {EARLIER: _("The same, earlier")} | names,
    }


def _days(ctx: CityContext, indicator: str) -> dict[pd.Timestamp, pd.Timestamp]:
    """By the day that an indicator is of, the half-year that asks for it; oldest first."""
    is_social = "social_monitoring" in cards(ctx.language)[indicator].tables
    days: dict[pd.Timestamp, pd.Timestamp] = {}
    for period in current_half_years(ctx):
        day = social_day(ctx, period, indicator) if is_social else period
        if day is not None:
            days.setdefault(day, period)
    return dict(sorted(days.items()))


def by_area(ctx: CityContext, indicator: str, period: pd.Timestamp, level: str) -> Values:
    """An indicator by area of a level on a day."""
    table, names = inclusion.measured(ctx, period, level), area_names(ctx, level)
    rows = pd.DataFrame({"area_id": list(names), "name": list(names.values())})
    rows["value"] = rows["area_id"].map(table[indicator]).replace([np.inf, -np.inf], np.nan)
    rows["persons"] = rows["area_id"].map(table["residents"])
    card = cards(ctx.language)[indicator]
    day = social_day(ctx, period, indicator) if "social_monitoring" in card.tables else period
    return Values(card, day if day is not None else period, rows)


def _words(ctx: CityContext, card: Indicator, value: float) -> str:
    """A value with its unit; a walk from straight lines as a range."""
    return f"{_range(ctx, card, value) or ctx.language.number(value, card.digits)} {card.unit}".strip()


def _range(ctx: CityContext, card: Indicator, value: float) -> str:
    """From where to where a walk may be, '' for what was counted."""
    low, high = spread(ctx) if card.key in WALKS else (1.0, 1.0)
    return range_text(ctx, value * low, value * high, card.digits) if low < high and np.isfinite(value) else ""


@cached_numbers
def _centres(ctx: CityContext, level: str) -> pd.DataFrame:
    """A point inside each area of a level: lon, lat by area_id."""
    points = {
        area: shapely.geometry.shape(shape).representative_point() for area, shape in area_shapes(ctx, level).items()
    }
    return pd.DataFrame({area: {"lon": point.x, "lat": point.y} for area, point in points.items()}).T


def _circles(ctx: CityContext, territory: Territory, query: Query, values: Values) -> tuple[Layer, str]:
    """Circles whose surface grows with the value, and what the largest stands for. Only values above zero have one."""
    rows = in_district(ctx, values.rows, territory.district, query.level)
    rows = rows[rows["value"] > 0].join(_centres(ctx, query.level), on="area_id")
    most = rows["value"].max() if len(rows) else np.nan
    shown = [_words(ctx, values.card, value) for value in rows["value"]]
    largest = LARGEST_CIRCLE * min(1.0, np.sqrt(MANY / max(len(rows), 1)))
    radius = (largest * np.sqrt(rows["value"] / most)).round(1)
    points = rows.assign(id=rows["area_id"], shown=shown, radius=radius)
    return Layer("circles", {"points": points}), _circles_words(ctx, values, most)


def _circles_words(ctx: CityContext, values: Values, most: float) -> str:
    say = ctx.language
    return say(
        "circles: {label}, {day}; the largest is {value}",
        label=say.inside(values.card.label),
        day=say.day(values.day),
        value=_words(ctx, values.card, most),
    )


def _coloured(
    ctx: CityContext, territory: Territory, query: Query, values: Values, grouped: classes.Classes | None = None
) -> tuple[pd.DataFrame, classes.Classes, list[Layer]]:
    """Areas by class of a value, with the borders of larger ones."""
    rows = in_district(ctx, values.rows, territory.district, query.level).reset_index(drop=True)
    grouped = grouped or classes.classify(rows["value"])
    say, day = ctx.language, ctx.language.day(values.day)
    rows["shown"] = [
        f"{values.card.label}: {_words(ctx, values.card, value)}, {day}" if np.isfinite(value) else say("no figure")
        for value in rows["value"]
    ]
    areas = area_layer(ctx, territory, area_shapes(ctx, query.level), rows, grouped, query.level)
    return rows, grouped, [areas, outline_layer(ctx, territory)]


def _ranked(rows: pd.DataFrame, card: Indicator) -> pd.DataFrame:
    """The areas with their rank, the worst first, or the largest where neither end is good; ties share a rank.

    Not ranked (empty): areas without a value, and those where fewer than MIN_BASE people stand behind one.
    """
    up = card.good == "high"
    enough = rows["value"].where(~(rows["persons"] < MIN_BASE))
    rank = enough.round(card.digits).rank(method="min", ascending=up)
    return rows.assign(rank=rank.astype("Int64")).sort_values(["rank", "name"], na_position="last", ignore_index=True)


def _ranking(ctx: CityContext, values: Values, rows: pd.DataFrame) -> Board:
    say, card = ctx.language, values.card
    ranked = _ranked(rows, card)
    table = pd.DataFrame(
        {
            "id": ranked["area_id"],
            "name": ranked["name"],
            "place": ranked["rank"],
            "rank": [say.number(rank) if pd.notna(rank) else "–" for rank in ranked["rank"]],
            "value": ranked["value"],
            "shown": [say.number(value, card.digits) if np.isfinite(value) else "–" for value in ranked["value"]],
            "range": [_range(ctx, card, value) for value in ranked["value"]],
            "small": (ranked["persons"] < MIN_BASE).fillna(False),
        }
    )
    order = {"high": N_("lowest first"), "low": N_("highest first"), "": N_("highest first")}[card.good]
    title = say(
        "{label} ({unit}), {day}: {order}", label=card.label, unit=card.unit, day=say.day(values.day), order=say(order)
    )
    notes = []
    if table["small"].any():
        notes.append(say("In italics: fewer than {least} residents, not ranked.", least=MIN_BASE))
    if table["range"].str.len().gt(0).any():
        notes.append(say("Ranks of areas whose ranges overlap may change places."))
    return Board(title, table, " ".join(notes))


def _over_time(
    ctx: CityContext, territory: Territory, query: Query, card: Indicator
) -> tuple[Days, classes.Classes] | None:
    """The areas on every day that has the indicator, in classes of all days together; None where there is only one."""
    days = _days(ctx, query.colour)
    if len(days) < 2:
        return None
    every = [by_area(ctx, query.colour, period, query.level) for period in days.values()]
    tables = [in_district(ctx, values.rows, territory.district, query.level) for values in every]
    grouped = classes.classify(pd.concat([rows["value"] for rows in tables], ignore_index=True))
    size, say = len(tables[0]), ctx.language
    parts = [classes.part(grouped, slice(place * size, (place + 1) * size)) for place in range(len(tables))]
    shown = [
        [
            _words(ctx, card, value) + f", {say.day(values.day)}" if np.isfinite(value) else say("no figure")
            for value in rows["value"]
        ]
        for values, rows in zip(every, tables, strict=True)
    ]
    labels = [say.day(values.day) for values in every]
    return Days(labels, [part.number.tolist() for part in parts], shown), parts[-1]


def _beside(
    ctx: CityContext, territory: Territory, query: Query, values: Values
) -> tuple[tuple[str, str, list[Layer]], classes.Classes | None] | None:
    """The second map: what both are called and its layers; and the classes of the first where they share them."""
    say = ctx.language
    if query.beside == EARLIER:
        day, period = next(iter(_days(ctx, query.colour).items()))
        first = by_area(ctx, query.colour, period, query.level)
        both = [in_district(ctx, table.rows, territory.district, query.level)["value"] for table in (values, first)]
        grouped = classes.classify(pd.concat(both, ignore_index=True))
        here, there = (classes.part(grouped, part) for part in (slice(len(both[0])), slice(len(both[0]), None)))
        _rows, _classes, layers = _coloured(ctx, territory, query, first, there)
        return (say.day(values.day), say.day(day), layers), here
    if query.beside:
        other = by_area(ctx, query.beside, require_period(ctx, territory), query.level)
        _rows, grouped, layers = _coloured(ctx, territory, query, other)
        words = ", ".join(ranges(grouped, Shading(other.card.digits), say))
        return (values.card.label, f"{other.card.label} ({other.card.unit}): {words}", layers), None
    return None


def _marks(ctx: CityContext, territory: Territory, query: Query, period: pd.Timestamp) -> tuple[list[Layer], str, str]:
    """What lies on the coloured areas, from large to small: layers, what circles are, what dots are."""
    say, layers, circles, dots = ctx.language, list[Layer](), "", ""
    if query.circles:
        layer, circles = _circles(ctx, territory, query, by_area(ctx, query.circles, period, query.level))
        layers.append(layer)
    if query.dots:
        points, plural = facility_points(ctx, query.dots), facility_kinds(ctx).loc[query.dots, "plural"]
        points = in_district(ctx, points, territory.district)
        layers.append(point_layer(ctx, points, query.level))
        dots = say("{points:,} {kind}", points=len(points), kind=say.inside(plural))
    if len(query.outline) >= 6:
        ring = [list(corner) for corner in zip(query.outline[::2], query.outline[1::2], strict=False)]
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        layers.append(Layer("outline", {"shapes": {"drawn": shape}}))
    if query.has_site:
        place = {"lon": query.site_lon, "lat": query.site_lat, "name": say("The tested place"), "shown": ""}
        layers.append(Layer("points", {"points": pd.DataFrame([place]), "highlighted": True}))
    return layers, circles, dots


def _finding(ctx: CityContext, query: Query, card: Indicator, rows: pd.DataFrame) -> str:
    """Which area is at the bad end, or at the upper one where neither is bad."""
    say, largest = ctx.language, card.good != "high"
    said = N_("{label}: most in {name}, {shown}") if largest else N_("{label}: least in {name}, {shown}")
    return ends(
        ctx,
        rows,
        "value",
        lambda name, shown: say(said, label=card.label, name=name, shown=shown),
        lambda value: _words(ctx, card, value),
        subject=card.label,
        what=level_plurals(ctx)[query.level],
        largest=largest,
        digits=card.digits,
        base="persons",
    ).text


def city_map(ctx: CityContext, territory: Territory, query: Query, overlay: WebLayer | None = None) -> Figure:
    """The map with its list. overlay: a layer of another server. Raises NothingToShow where no area has a value."""
    say, period = ctx.language, require_period(ctx, territory)
    values = by_area(ctx, query.colour, period, query.level)
    card = values.card
    beside = _beside(ctx, territory, query, values)
    over_time = _over_time(ctx, territory, query, card) if query.over_time and not beside else None
    shared = beside[1] if beside else over_time[1] if over_time else None
    rows, grouped, layers = _coloured(ctx, territory, query, values, shared)
    if not rows["value"].notna().any():
        raise NothingToShow(say("No area has a figure."), say("Choose another indicator."))
    marks, circles, dots = _marks(ctx, territory, query, period)
    title = f"{card.label} ({card.unit}), {say.day(values.day)}"
    key = legend(ctx, title, grouped, ranges(grouped, Shading(card.digits), say), points=dots)
    people = rows["persons"].groupby(grouped.number.to_numpy()).sum()
    key = replace(key, people=[say.number(people.get(place, 0)) for place in range(len(grouped.lows))])
    board = replace(
        _ranking(ctx, values, rows), days=over_time[0] if over_time else None, beside=beside[0] if beside else None
    )
    place = (query.lon, query.lat, query.zoom) if query.zoom else bounds(ctx, territory.district)
    over = [overlay.layer] if overlay else []
    drawing = Map([*layers, *over, *marks], *place, key, picks(ctx, query.level), 640, board, fits=not query.zoom)
    notes = left_out(ctx, rows.dropna(subset="value"), "value", "persons"), circles
    caption = Caption(
        _finding(ctx, query, card, rows),
        card.unit,
        say.day(values.day),
        "; ".join([source(ctx, *card.tables), *([overlay.credit] if overlay else [])]),
        " · ".join(filter(None, notes)),
    )
    table = _ranked(rows, card)[["area_id", "name", "rank", "value", "persons"]]
    columns = {**COLUMNS, "value": Column("value", card.label, card.unit, digits=card.digits)}
    return figure(ctx, "city-map", caption, table, drawing, columns, area_shapes(ctx, query.level))
