"""Settings of a city pack's manifest, checked: of the city, and of each file; what is expected of a wrong one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pyproj
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from data.city import countries
from data.translation import N_


def _epsg(code: int) -> int:
    """A code that pyproj knows. Raises ValueError."""
    try:
        return pyproj.CRS.from_epsg(code).to_epsg() or code
    except pyproj.exceptions.CRSError as fault:
        raise ValueError(str(fault)) from fault


def _metric(code: int) -> int:
    if {axis.unit_name for axis in pyproj.CRS.from_epsg(code).axis_info} != {"metre"}:
        raise ValueError("not in metres")
    return code


def _iso3(code: str) -> str:
    if code not in countries.codes():
        raise ValueError("no country")
    return code


def _file_name(name: str) -> str:
    if "\0" in name or not 0 < len(name.encode()) <= 255:
        raise ValueError("no file name")
    return name


def _encoding(name: str) -> str:
    """Raises ValueError where no text has this encoding."""
    try:
        b"a".decode(name or "utf-8")
    except LookupError as fault:
        raise ValueError(str(fault)) from fault
    return name


Epsg = Annotated[int, AfterValidator(_epsg)]
Country = Annotated[str, AfterValidator(_iso3)]
Words = Annotated[str, BeforeValidator(str)]  # a year or a day may stand without quotation marks


def _field(default: Any, noun: str, hint: str, **limits: Any) -> Any:
    """A setting; a wrong value of it becomes the finding "[section] key is 'value', no NOUN. HINT"."""
    return Field(default, title=noun, description=hint, **limits)


class CitySettings(BaseModel, extra="forbid", strict=True, validate_default=True):
    """[city] of a manifest. crs: a metric system; 0 or left out: the UTM zone."""

    name: str = _field("", N_("text"), N_('Write name = "..."'), min_length=1)
    key: str = _field("", N_("text"), N_('Write key = "..."'))
    country: Country = _field("", N_("three-letter code of a country"), N_("Write the ISO code, such as FIN"))
    region: str = _field(
        "", N_("NUTS 2 code"), N_("Write four signs such as FI1B, or leave it out"), pattern="^([A-Z]{2}[A-Z0-9]{2})?$"
    )
    region_name: str = _field("", N_("text"), N_('Write region_name = "..."'))
    crs: Literal[0] | Annotated[Epsg, AfterValidator(_metric)] = _field(
        0, N_("EPSG number of a metric system"), N_("Write a metric system such as 3067, or leave it out")
    )
    level_names: dict[Literal["city", "district", "planning_area"], str] = _field(
        {},
        N_("table of city, district, planning_area"),
        N_('Write level_names = { district = "Borough", planning_area = "Quarter" }'),
    )
    displaced_origins: list[Country] = _field(
        [], N_("list of countries"), N_('Write ISO codes: displaced_origins = ["UKR", "SYR"]')
    )
    displaced_origins_why: str = _field("", N_("text"), N_('Write displaced_origins_why = "..."'))


class Part(BaseModel, extra="forbid", strict=True):
    """One section of a manifest: its file, which of the file's columns is which of ours, and whom to credit."""

    file: Annotated[str, AfterValidator(_file_name)] = _field(
        ..., N_("name that a file can have"), N_("Name the file that holds it, in at most 255 letters")
    )
    crs: Literal[0] | Epsg = _field(0, N_("EPSG number"), N_("Write a number such as 4326"))
    publisher: Words = ""
    licence: Words = ""
    attribution: Words = ""
    period: Words = ""
    columns: dict[str, str] = _field({}, N_("table of words"), N_('Write columns = { id = "code" }'))
    kinds: dict[str, str] = _field({}, N_("table of words"), N_('Write kinds = { "theirs" = "ours" }'))
    kind: Words = ""  # of all rows
    areas: dict[str, str] = _field({}, N_("table of words"), N_('Write areas = { "theirs" = "ours" }'))
    wide: dict[str, Words] = _field({}, N_("table of words"), N_('Write wide = { "their column" = "0-17" }'))
    rest: Words = ""  # the age of all whom the ages in `wide` leave of the total
    sum_over: list[str] = _field([], N_("list of columns"), N_('Write sum_over = ["sex"]'))
    unknown: list[str] = _field([], N_("list of marks"), N_('Write unknown = ["-99"]'))
    zero: Words = ""  # the mark that means none
    decimal: Literal["", ",", "."] = _field("", N_("mark of decimals"), N_('Write decimal = "," or decimal = "."'))
    dates: Literal["", "day first", "month first"] = _field(
        "", N_("order of dates"), N_('Write dates = "day first" or dates = "month first"')
    )
    year_ends: str = _field(
        "", N_("last day of a financial year"), N_('Write year_ends = "03-31"'), pattern=r"^(\d\d-\d\d)?$"
    )
    header: int = _field(
        0, N_("number of a row"), N_("Write the row of the columns' names as an editor counts: header = 3"), ge=0
    )
    sheet: Words = ""
    layer: Words = ""
    encoding: Annotated[str, AfterValidator(_encoding)] = _field("", N_("encoding"), N_('Write encoding = "cp1251"'))
