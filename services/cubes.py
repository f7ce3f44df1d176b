"""Tables as statistical cubes: dimensions that name a cell, the figure in it, and why there is none; as JSON-stat 2.0.

Dimensions are the columns of a table's key and `metric`, which says what is counted; the rest says something of a cell.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import data
from data import definitions
from data.catalogue import Entry
from data.context import CityContext
from data.errors import DataError
from services.areas import country_names
from services.columns import SHARED
from services.tables import place_table

if TYPE_CHECKING:
    from data.definitions._common import Definition

METRIC = "metric"  # the dimension of what is counted; no table has a column of this name
TIMES = ("year", "period", "recorded")  # columns of time; no table has two in its key
PLACES = ("area_id", "district", "iso3", "country", "nuts_id", "geo", "asylum", "origin")
NO_MEASURE = ("x", "y", "lon", "lat", "stop", "age_from", "age_to")  # numbers that are no figures
MAX_DECIMALS = 6
MAX_CELLS = 5_000_000  # of a JSON-stat cube, empty ones included: its readers lay all of them out
# SDMX's list of codes CL_OBS_STATUS, as far as it is used, and the flags of Eurostat that mean the same.
NORMAL, MISSING, SUPPRESSED = "A", "O", "Q"
STATUSES = {
    NORMAL: "Normal value",
    "B": "Break in the time series",
    "D": "Definition differs",
    "E": "Estimated value",
    "P": "Provisional value",
    "U": "Low reliability",
    MISSING: "Missing value",
    SUPPRESSED: "Missing value; suppressed",
}


@dataclass(frozen=True)
class Cube:
    """A table of figures as a cube.

    rows: a cell each: the dimensions and attributes as text, value (empty where there is none), status (a key of
    STATUSES). dimensions: METRIC last.
    """

    entry: Entry
    rows: pd.DataFrame
    dimensions: tuple[str, ...]
    attributes: tuple[str, ...]

    @property
    def time(self) -> str:
        """The dimension of time, '' where there is none."""
        return next((name for name in self.dimensions if name in TIMES), "")


def measures(name: str) -> list[str]:
    """The columns of a table that hold figures."""
    key = definitions.definition(name).key
    kinds = definitions.types(name).items()
    numbers = [column for column, kind in kinds if kind.lower().startswith(("int", "float"))]
    return [column for column in numbers if column not in (*key, *NO_MEASURE)]


def cube(entry: Entry, rows: pd.DataFrame) -> Cube:
    """A table, or some of its rows and columns, as a cube. Raises DataError where it has no figures, rows or key."""
    contract = definitions.definition(entry.name)
    plain = pd.DataFrame(rows.drop(columns="geometry", errors="ignore"))
    if missing := [name for name in contract.key if name not in plain]:
        raise DataError(f"A cube needs the columns that name its cells: {', '.join(missing)}. Leave them in.")
    numbers = [name for name in measures(entry.name) if name in plain]
    if not numbers:
        raise DataError(f"The table '{entry.name}' has no figures to make a cube of. Ask for json, csv or parquet.")
    if plain.empty:
        raise DataError("No row is left to make a cube of.")
    attributes = [name for name in plain if name not in (*contract.key, *numbers, *NO_MEASURE, "suppressed")]
    parts = []
    for name in numbers:
        part = plain[[*contract.key, *attributes]].apply(_text)
        part[METRIC], part["value"] = name, plain[name].astype(object)
        part["status"] = _statuses(plain, name, contract)
        parts.append(part)
    return Cube(entry, pd.concat(parts, ignore_index=True), (*contract.key, METRIC), tuple(attributes))


def _text(column: pd.Series) -> pd.Series:
    """A column of codes or words as text; days without a clock."""
    is_day = pd.api.types.is_datetime64_any_dtype(column)
    return column.dt.strftime("%Y-%m-%d") if is_day else column.astype("str")


def _statuses(rows: pd.DataFrame, name: str, contract: Definition) -> np.ndarray:
    """Why there is a figure or none, cell by cell."""
    gap = rows[name].isna().to_numpy()
    status = np.where(gap, MISSING, NORMAL)
    if "flag" in rows:
        flags = rows["flag"].str.slice(0, 1).str.upper().to_numpy()
        status = np.where(~gap & np.isin(flags, list(STATUSES)), flags, status)
    if "suppressed" in rows:
        return np.where(gap & rows["suppressed"].to_numpy(dtype=bool), SUPPRESSED, status)
    is_protected = contract.rule is not None and contract.rule.method in ("areas", "ages")
    return np.where(gap & is_protected & (name == "persons"), SUPPRESSED, status)


def jsonstat(item: Cube) -> bytes:
    """A cube as a JSON-stat 2.0 dataset. Raises DataError where it would have more than MAX_CELLS cells.

    A cell without a row in the table has neither value nor status; one whose figure is missing has null and its status.
    """
    codes = {name: pd.Index(sorted(item.rows[name].unique())) for name in item.dimensions}
    size = [len(values) for values in codes.values()]
    if (cells := int(np.prod(size, dtype=object))) > MAX_CELLS:
        largest = max(codes, key=lambda name: len(codes[name]))
        raise DataError(
            f"The cube would have {cells:,} cells; at most {MAX_CELLS:,} are laid out. "
            f"Keep fewer rows, for example of one '{largest}'."
        )
    at = np.ravel_multi_index([codes[name].get_indexer(item.rows[name]) for name in item.dimensions], size)
    unusual = item.rows["status"] != NORMAL
    known = item.rows["value"].notna()
    entry = item.entry
    document = {
        "version": "2.0",
        "class": "dataset",
        "label": entry.title,
        "source": entry.source_line,
        "updated": entry.version_word,
        "note": [note for note in (entry.note, f"{entry.period}; {entry.geography}") if note],
        "id": list(item.dimensions),
        "size": size,
        "role": _roles(item),
        "dimension": {name: _dimension(item, name, list(values)) for name, values in codes.items()},
        "value": {str(cell): value for cell, value in zip(at[known], item.rows["value"][known], strict=True)},
        "status": {str(cell): word for cell, word in zip(at[unusual], item.rows["status"][unusual], strict=True)},
        "extension": {
            "licence": entry.licence,
            "attribution": entry.attribution,
            "status": {"label": STATUSES},
            "attributes": list(item.attributes),  # of the table, which a cube of this form cannot hold
        },
    }
    return json.dumps(document, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> Any:
    return value.item()  # a number of numpy


def _roles(item: Cube) -> dict[str, list[str]]:
    roles = {"time": [item.time] if item.time else [], "metric": [METRIC]}
    roles["geo"] = [name for name in item.dimensions if name in PLACES]
    return {role: names for role, names in roles.items() if names}


def label(name: str) -> str:
    """What a column is called, in English."""
    return SHARED[name].label if name in SHARED else name.replace("_", " ")


def _dimension(item: Cube, name: str, codes: list[str]) -> dict[str, Any]:
    category: dict[str, Any] = {"index": codes}
    if name == METRIC:
        category["label"] = {code: label(code) for code in codes}
        category["unit"] = {code: {"label": item.entry.unit, "decimals": _decimals(item, code)} for code in codes}
    elif names := _names(item.entry.place, name):
        category["label"] = {code: names.get(code, code) for code in codes}
    return {"label": label(name), "category": category}


def _decimals(item: Cube, metric: str) -> int:
    """How many decimals the figures of a metric have; MAX_DECIMALS where they have more."""
    values = item.rows.loc[item.rows[METRIC] == metric, "value"].dropna().to_numpy(float)
    fitting = (digits for digits in range(MAX_DECIMALS) if np.array_equal(values, values.round(digits)))
    return next(fitting, MAX_DECIMALS)


def _names(place: str, name: str) -> dict[str, str]:
    """What the codes of a dimension are called: areas whose id is one area's, and countries."""
    if name in ("area_id", "district") and data.has("areas", place):
        rows = place_table("areas", place)[["area_id", "name"]].drop_duplicates()
        return dict(rows[~rows["area_id"].duplicated(keep=False)].itertuples(index=False, name=None))
    if name in ("origin", "asylum", "iso3"):
        city = next(iter(data.cities().values()))
        return country_names(CityContext(city, data.version(city.key)))
    return {}
