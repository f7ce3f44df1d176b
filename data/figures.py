"""A figure: what a page shows, and the one thing that screen, pictures, tables and reports are made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

from data import ground
from data.translation import GAP, Language, is_gap

Kind = Literal["name", "text", "id", "number", "day", "flag", "key"]

ONE_LINE = 95  # letters of a title
SECOND, BRACKET = re.compile(r"[;؛] "), re.compile(r" \(([^()]{20,})\)")  # what a title can leave to the subtitle
ENTRY_END = re.compile(r"(?<= · v)(\S+)[;؛] ")  # a table's entry in a line of sources ends with its version
LICENCE = re.compile(r"(CC |CC0|ODbL|dl-de)")  # where a line of sources goes on with another licence


@dataclass(frozen=True)
class Column:
    """A column as people read it.

    label and unit: in the reader's language; digits: after the point; missing: said for a gap.

    An 'id' stays text in every format, whatever its signs. A 'key' is for programs: no reader sees it.
    """

    name: str
    label: str
    unit: str = ""
    kind: Kind = "number"
    digits: int = 0
    missing: str = GAP

    @property
    def heading(self) -> str:
        """Label with its unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def text(self, value: object, language: Language) -> str:
        """A cell in words: digits and signs of the locale, a gap said and never shown as zero."""
        if is_gap(value):
            return language(self.missing)
        if self.kind == "number" and not isinstance(value, str):
            return language.number(value, self.digits)
        return str(value) if self.kind == "id" else language.plain(value)


@dataclass(frozen=True)
class Chart:
    """A chart: the drawing function of views.charts, what it draws (rows, or a path by time) and its options."""

    kind: str
    rows: pd.DataFrame | pd.Series
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """A layer of a map: the drawing function of views.maps and its options. areas: shapes by area id, in EPSG:4326."""

    kind: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Legend:
    """What colours and widths mean: title with unit, label and count of areas for each class, those without a figure.

    points, highlighted: what dots are, and those in another colour. widths: of lines, in pixels, with what each stands
    for. people: residents of the areas of each class, in words, where these are known.
    """

    title: str
    labels: Sequence[str]
    counts: Sequence[int]
    missing: int = 0
    missing_label: str = ""
    points: str = ""
    highlighted: str = ""
    widths: Sequence[tuple[float, str]] = ()
    people: Sequence[str] = ()


@dataclass(frozen=True)
class Days:
    """The areas of a map on several days: what each is called, and by day the class and the words of every area."""

    labels: Sequence[str]
    numbers: Sequence[Sequence[int]]
    shown: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Board:
    """What stands around a map to work with.

    ranking: the areas as a list: id, name, place and rank (as a number and in words; empty where not ranked), value,
    shown, range (in words, '' if none), small (whether few people stand behind it). beside: a second map to swipe to:
    what this one is called, what the other is, and its layers.
    """

    title: str
    ranking: pd.DataFrame
    note: str = ""
    days: Days | None = None
    beside: tuple[str, str, Sequence[Layer]] | None = None


@dataclass(frozen=True)
class Map:
    """A map: layers from the ground up, where it looks, its legend.

    picks: the choices (by name) that a click on an area makes. board: what stands around it.
    """

    layers: Sequence[Layer]
    lon: float
    lat: float
    zoom: float
    legend: Legend | None = None
    picks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    height: int = 520
    board: Board | None = None
    fits: bool = True  # whether a smaller frame looks from farther away, so that all stays in it

    @property
    def ground(self) -> str:
        """The city whose base map lies under it, '' where the world is shown or no city has one."""
        return ground.at(self.lon, self.lat) if self.zoom >= ground.FIRST_ZOOM else ""


def publishers(source: str) -> str:
    """A line of sources ('publisher · period · licence · version; ...') without periods, licences and versions."""
    names = (part.split(" · ")[0] for part in re.split("[;؛] ", source))
    return "; ".join(dict.fromkeys(name for name in names if not LICENCE.match(name)))


@dataclass(frozen=True)
class Figure:
    """What a page shows: finding, unit, period, source, rows with their columns, and how it is drawn.

    drawing: None for a table. key: its name on the page, for files and tests. geometry: for each row a shape or point
    as GeoJSON, where rows are places; None where a row has none. note: a caveat said beside unit and source. summary:
    for those who do not see it.
    """

    key: str
    finding: str
    unit: str
    period: str
    source: str
    rows: pd.DataFrame
    columns: tuple[Column, ...]
    drawing: Chart | Map | None = None
    note: str = ""
    summary: str = ""
    geometry: Callable[[], Sequence[dict[str, Any] | None]] | None = None

    @property
    def publishers(self) -> str:
        """Whose figures it rests on, in short."""
        return publishers(self.source)

    @property
    def headline(self) -> tuple[str, str]:
        """The finding as a title, and what a long one leaves to the line below: its second part, its brackets."""
        title, aside = self.finding, list[str]()
        if len(title) > ONE_LINE:
            title, *second = SECOND.split(title, maxsplit=1)
            aside += second
        if len(title) > ONE_LINE:
            aside = [*BRACKET.findall(title), *aside]
            title = BRACKET.sub("", title)
        return title, "; ".join(aside)

    @property
    def sources(self) -> list[str]:
        """Each table that it rests on: publisher, period, licence, version."""
        return ENTRY_END.sub(r"\1\n", self.source).split("\n")

    @property
    def measured(self) -> str:
        """Unit and period in one line."""
        return ", ".join(part for part in (self.unit, self.period) if part)

    @property
    def subtitle(self) -> str:
        """Unit, period and caveat in one line."""
        return " · ".join(part for part in (self.measured, self.note) if part)

    def ranked(self, last: int) -> Figure:
        """The rows of ranks 1 to `last` as a table with their shapes.

        Ties may make them more, unranked rows are not among them. The figure needs a column rank.
        """
        chosen = (self.rows["rank"].astype("Float64") <= last).fillna(False).to_numpy(dtype=bool)
        shapes = self.geometry
        some = None if shapes is None else lambda: [shape for shape, on in zip(shapes(), chosen, strict=True) if on]
        return replace(self, rows=self.rows[chosen].reset_index(drop=True), geometry=some, drawing=None)

    def headings(self) -> list[str]:
        """What each column is called, with its unit."""
        return [column.heading for column in self.columns]

    def texts(self, language: Language, rows: int | None = None) -> list[list[str]]:
        """Cells in words, row by row; the first so many rows, or all."""
        table = self.rows if rows is None else self.rows.head(rows)
        columns = [[column.text(value, language) for value in table[column.name].tolist()] for column in self.columns]
        return [list(row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class KeyFigure:
    """One number of a page with its label, change, period and source.

    values: its path by time, for a line beside it.
    """

    label: str
    value: str
    delta: str = ""
    note: str = ""
    values: pd.Series | None = None
    help: str = ""
    link: str = ""
