"""Publishers' newest figures -> versions on this machine, where it is online: `python -m data.refresh`.

A version is offered first, with what it says otherwise; it is used once someone accepts it (or with --accept, for a schedule).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import httpx
import pandas as pd
from pandera.errors import SchemaError, SchemaErrors

import data
from data import firms, local
from data.catalogue import Entry, local_entry, shipped
from data.connectors import chamber_register, eurostat_api, http_cache, overpass, unhcr, unhcr_api
from data.errors import DataError, SourceError
from data.placing import assign_areas

_WHOLE = {"unit": "THS_PER", "freq": "A"}
_SPLITS = {
    "sex": ("cult_emp_sex", "sex"),
    "age": ("cult_emp_age", "age"),
    "education": ("cult_emp_edu", "isced11"),
    "activity": ("cult_emp_n2", "nace_r2"),
}


def _cells(dataset: str, client: httpx.Client | None, **filters: Any) -> pd.DataFrame:
    cells = eurostat_api.fetch(dataset, client, **filters)
    return cells.assign(year=cells["time"].astype(int), flag=cells["flag"].str.replace(":", "", regex=False))


def cultural_employment(client: httpx.Client | None = None) -> pd.DataFrame:
    """cult_emp_reg: thousand persons by NUTS 2, in the contract's columns. Flagged cells without a value are absent."""
    cells = _cells("cult_emp_reg", client, **_WHOLE).dropna(subset="value")
    cells = cells[cells["geo"].str.len() == 4].rename(columns={"geo": "nuts_id", "value": "thousand_persons"})
    return cells[cells["thousand_persons"] > 0][["year", "nuts_id", "thousand_persons", "flag"]]


def employment(client: httpx.Client | None = None) -> pd.DataFrame:
    """lfst_r_lfe2emp: everyone employed, aged 15 and over, thousand persons."""
    cells = _cells("lfst_r_lfe2emp", client, sex="T", age="Y_GE15", **_WHOLE).dropna(subset="value")
    return cells.rename(columns={"value": "thousand_persons"})[["year", "geo", "thousand_persons", "flag"]]


def parts(client: httpx.Client | None = None) -> pd.DataFrame:
    """cult_emp_sex, _age, _edu, _n2: thousand persons by part; a flagged gap stays a gap with its flag."""
    found = []
    for split, (dataset, dimension) in _SPLITS.items():
        cells = _cells(dataset, client, unit="THS_PER", freq="A")
        others = [name for name in ("sex", "age", "isced11") if name in cells and name != dimension]
        for name in others:
            cells = cells[cells[name].isin(["T", "TOTAL", "Y_GE15"])]
        found.append(cells.rename(columns={dimension: "part", "value": "thousand_persons"}).assign(split=split))
    return pd.concat(found)[["year", "geo", "split", "part", "thousand_persons", "flag"]]


def regional_gdp(client: httpx.Client | None = None) -> pd.DataFrame:
    """nama_10r_2gdp: million purchasing power standards."""
    cells = _cells("nama_10r_2gdp", client, unit="MIO_PPS_EU27_2020", freq="A").dropna(subset="value")
    return cells.rename(columns={"value": "million_pps"})[["year", "geo", "million_pps", "flag"]]


def _unhcr(make: Callable[[Path], pd.DataFrame], *files: str) -> Callable[[httpx.Client | None], pd.DataFrame]:
    """A table of the UNHCR connector from the API's items."""

    def fetched(client: httpx.Client | None) -> pd.DataFrame:
        with TemporaryDirectory(prefix="zone-unhcr-") as place:
            for file in files:
                unhcr_api.download(file, Path(place), client)
            return make(Path(place))

    return fetched


def facilities(key: str, client: httpx.Client | None = None) -> pd.DataFrame:
    """A city's facilities with OpenStreetMap's own of today; kinds that a register counts stay as they are."""
    here, known = data.cities()[key], data.table("facilities", key)
    relation, _tags, _shape, _got = overpass.boundary(here.name, here.country, client)
    found, got = overpass.services(relation, client)
    if got.stale:
        raise SourceError(
            "OpenStreetMap", f"the server could not be reached; what is cached was {got.age}", hint="Try again later"
        )
    exact = gpd.GeoDataFrame(data.table("areas_exact", key)).query("boundary_version == @here.boundary_version")
    official = known[~known["source"].str.contains("OpenStreetMap")]
    fresh = assign_areas(found[~found["kind"].isin(official["kind"])].rename(columns={"id": "source_id"}), exact)
    fresh = fresh.assign(places=pd.array([pd.NA] * len(fresh), dtype="Int64"), source="OpenStreetMap")[
        list(known.columns)
    ]
    return pd.concat([official, fresh], ignore_index=True).sort_values(["kind", "source_id"], ignore_index=True)


def register(client: httpx.Client | None = None) -> pd.DataFrame:
    """The chamber's open register of its newest month, counted by area and activity."""
    got = http_cache.get(
        chamber_register.ADDRESS, kinds=("text/csv", "text/plain", "application/octet-stream"), client=client
    )
    return firms.count_firms(got.path, pd.Timestamp(got.fetched.date().replace(day=1)))[0]


@dataclass(frozen=True)
class Source:
    """A table that can be refreshed: how it is made, and how its period reads."""

    make: Callable[[httpx.Client | None], pd.DataFrame]
    period: str = "{first}–{last}, yearly average"


def sources() -> dict[str, Source]:
    """What can be refreshed, by place/name."""
    stock, flow = "{first}–{last}, at year end", "{first}–{last}, during the year"
    world = {
        "displaced": Source(_unhcr(unhcr.displaced, "population", "idmc", "unrwa"), period=stock),
        "solutions": Source(_unhcr(unhcr.solutions, "solutions"), period=flow),
        "asylum_applications": Source(_unhcr(unhcr.asylum_applications, "asylum_applications"), period=flow),
        "asylum_decisions": Source(_unhcr(unhcr.asylum_decisions, "asylum_decisions"), period=flow),
        "cultural_employment": Source(cultural_employment),
        "employment": Source(employment),
        "cultural_employment_parts": Source(parts),
        "regional_gdp": Source(regional_gdp, period="{first}–{last}"),
    }
    found = {f"world/{name}": source for name, source in world.items()}
    for key in data.cities():
        if data.has("facilities", key):
            found[f"{key}/facilities"] = Source(partial(facilities, key), "registers as before, OpenStreetMap {today}")
    firms_of = local_entry("firms").place
    return found | {f"{firms_of}/firms": Source(register, "{today}")}


def offer(what: str, client: httpx.Client | None = None) -> Entry | None:
    """Fetch one of sources() and offer it; None where it says the same as the table in use. Raises DataError; then nothing has changed.

    A table with less than half the rows of the one in use is refused: a publisher's half-finished answer is no news.
    """
    source, (place, _, name) = sources()[what], what.partition("/")
    table = source.make(client)
    if data.has(name, place) and 2 * len(table) < data.entry(name, place).rows:
        raise SourceError(
            what,
            f"the publisher's answer has {len(table):,} rows, the table in use {data.entry(name, place).rows:,}",
            hint="Try again later",
        )
    years = (table["year"].min(), table["year"].max()) if "year" in table else ("", "")
    period = source.period.format(first=years[0], last=years[1], today=f"{pd.Timestamp.today():%Y-%m}")
    known = data.entry(name, place) if data.has(name, place) else local_entry(name)
    entry = replace(
        shipped().get((place, name), known), period=period, folder="", version="", state="used", checksum=""
    )
    try:
        return local.offer(entry, table)
    except (SchemaError, SchemaErrors) as fault:
        raise SourceError(
            what,
            f"the publisher's answer breaks the table's contract ({str(fault).splitlines()[0][:160]})",
            hint="The table in use stays; mend the connector",
        ) from fault


def main(words: list[str] | None = None) -> int:
    """Command line; returns the exit code. A table that cannot be had leaves the stored one as it is."""
    parser = argparse.ArgumentParser(prog="python -m data.refresh", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="place/name", help="left out: all of them")
    parser.add_argument("--accept", action="store_true", help="use what is new at once, for a schedule")
    parser.add_argument("--back", metavar="place/name", help="use the version before the one in use")
    asked = parser.parse_args(words)
    if asked.back:
        return _back(asked.back)
    known, failed = sources(), 0
    for step, what in enumerate(asked.tables or known, 1):
        start = f"[{step}/{len(asked.tables or known)}] {what}"
        try:
            if what not in known:
                raise DataError(f"It cannot be refreshed. Known: {', '.join(known)}.")
            entry = offer(what)
            if entry is None:
                print(f"{start} has nothing new")
                continue
            if asked.accept:
                local.use(entry.place, entry.name, entry.version)
            print(
                f"{start}: {entry.rows:,} rows, {entry.period}; "
                + ("in use" if asked.accept else "offered: see the page Data")
            )
        except DataError as fault:
            failed += 1
            print(f"{start} stays as it was. {fault}", file=sys.stderr)
    return 1 if failed else 0


def _back(what: str) -> int:
    place, _, name = what.partition("/")
    try:
        print(f"{what} is the version {local.go_back(place, name) or 'shipped with the app'} again.")
    except DataError as fault:
        print(str(fault), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
