"""UNHCR Refugee Population Statistics: stocks, flows, asylum, solutions, age and place; IDMC's and UNRWA's totals."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.connectors.raw import no_negatives, open_raw
from data.errors import SourceError

# UNHCR's column -> our category. IDPs are counted twice in the source, by UNHCR and by IDMC; both are kept, by name.
STOCKS = {
    "refugees": "refugees",
    "asylum_seekers": "asylum_seekers",
    "oip": "other_in_need",
    "idps": "idps_unhcr",
    "stateless": "stateless",
    "ooc": "others_of_concern",
    "hst": "host_community",
    "returned_refugees": "returned_refugees",
    "returned_idps": "returned_idps",
}
FLOWS = {
    "refugees": "refugees",
    "asylum_seekers": "asylum_seekers",
    "refugee_like": "refugee_like",
    "oip": "other_in_need",
}
SOLUTIONS = ["returned_refugees", "resettlement", "naturalisation", "returned_idps"]
POPULATION_TYPES = {
    "REF": "refugees",
    "ASY": "asylum_seekers",
    "OIP": "other_in_need",
    "IDP": "idps_unhcr",
    "STA": "stateless",
    "OOC": "others_of_concern",
    "HST": "host_community",
    "RET": "returned_refugees",
    "RDP": "returned_idps",
}
PLACES = {"U": "urban", "R": "rural", "V": "various"}
AGES = {"0_4": "0-4", "5_11": "5-11", "12_17": "12-17", "18_59": "18-59", "60": "60+", "other": "not stated"}
PAIR = ["year", "coo_iso", "coa_iso"]
# UNHCR's own codes that stand in its ISO columns, and the unknown code its country list spells differently.
CODES = {"STA": "XXA", "UKN": "UNK", "XXX": "UNK"}
NAMES = {"UNK": "Unknown", "XXA": "Stateless", "TIB": "Tibetan", "AB9": "Abyei Area"}


def _pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Rename the country pair to origin and asylum, with one code a country."""
    table = table.rename(columns={"coo_iso": "origin", "coa_iso": "asylum"})
    for side in ("origin", "asylum"):
        table[side] = table[side].replace(CODES)
    return table


def _long(path: Path, columns: dict[str, str], variable: str) -> pd.DataFrame:
    """One row a year, pair and `variable`; rows without people are left out (UNHCR prints 0 and none alike)."""
    raw = open_raw(path, [*PAIR, *columns])
    no_negatives(path, raw, columns)
    tidy = raw.melt(id_vars=PAIR, value_vars=list(columns), var_name=variable, value_name="persons").dropna()
    tidy = tidy[tidy["persons"] > 0]
    tidy[variable] = tidy[variable].map(columns)
    return _pairs(tidy)


def displaced(folder: Path) -> pd.DataFrame:
    """Stocks at year end by category: UNHCR 1951 on, IDMC's IDPs 1990 on, UNRWA's Palestine refugees 1952 on."""
    others = []
    for file, category in (("idmc", "idps_idmc"), ("unrwa", "palestine_refugees")):
        raw = open_raw(folder / f"{file}.parquet", [*PAIR, "total"])
        no_negatives(folder / f"{file}.parquet", raw, ["total"])
        raw = raw[raw["total"].notna() & (raw["total"] > 0)]
        others.append(_pairs(raw[[*PAIR, "total"]].rename(columns={"total": "persons"}).assign(category=category)))
    return pd.concat([_long(folder / "population.parquet", STOCKS, "category"), *others], ignore_index=True)


def displacement_flows(folder: Path) -> pd.DataFrame:
    """People newly displaced across a border in a year."""
    return _long(folder / "flows.parquet", FLOWS, "category")


def solutions(folder: Path) -> pd.DataFrame:
    """Returns, resettlement and naturalisation in a year."""
    return _long(folder / "solutions.parquet", {name: name for name in SOLUTIONS}, "solution")


def displaced_by_age_place(folder: Path) -> pd.DataFrame:
    """Age, sex and kind of place by country pair, named places folded together; parts add up to the pair's total."""
    path = folder / "demographics.parquet"
    cells = [f"{sex}_{age}" for sex in "fm" for age in AGES]
    raw = open_raw(path, [*PAIR, "pop_type", "loc_type", "total", *cells])
    no_negatives(path, raw, [*cells, "total"])
    raw = _pairs(raw).assign(category=raw["pop_type"].map(POPULATION_TYPES), place=raw["loc_type"].map(PLACES))
    for column, source in (("category", "pop_type"), ("place", "loc_type")):
        unknown = raw.index[raw[column].isna()]
        if len(unknown):
            code = raw[source][unknown[0]]
            raise SourceError(
                str(path),
                f"the code '{code}' is unknown",
                column=source,
                row=int(unknown[0]) + 1,
                hint="Add it to the connector with its meaning",
            )
    raw["not_stated"] = raw["total"] - raw[cells].sum(axis=1)
    if (raw["not_stated"] < 0).any():
        row = int(raw.index[raw["not_stated"] < 0][0]) + 1
        raise SourceError(str(path), "ages add up to more than the total", row=row, column="total")
    keys = ["year", "origin", "asylum", "category", "place"]
    tidy = raw.melt(id_vars=keys, value_vars=[*cells, "not_stated"], var_name="cell", value_name="persons")
    tidy["sex"] = tidy["cell"].str[:2].map({"f_": "female", "m_": "male"}).fillna("not stated")
    tidy["age"] = tidy["cell"].str[2:].map(AGES).fillna("not stated")
    tidy = tidy.groupby([*keys, "sex", "age"], as_index=False, observed=True)["persons"].sum()
    return tidy[tidy["persons"] > 0]


def asylum_applications(folder: Path) -> pd.DataFrame:
    """Applications lodged in a year; `counted` says persons or cases, which must never be added up."""
    path = folder / "asylum_applications.parquet"
    raw = _pairs(open_raw(path, [*PAIR, "procedure_type", "app_type", "dec_level", "app_pc", "applied"]))
    raw["counted"] = raw["app_pc"].map({"P": "persons", "C": "cases"})
    names = {"procedure_type": "procedure", "app_type": "application", "dec_level": "level"}
    keys = ["year", "origin", "asylum", *names.values(), "counted"]
    return raw.rename(columns=names)[[*keys, "applied"]].dropna(subset="applied")


def asylum_decisions(folder: Path) -> pd.DataFrame:
    """Decisions taken in a year: Convention status, complementary protection, rejected, otherwise closed."""
    path = folder / "asylum_decisions.parquet"
    counts = {
        "dec_recognized": "recognised",
        "dec_other": "complementary",
        "dec_rejected": "rejected",
        "dec_closed": "closed",
    }
    raw = _pairs(open_raw(path, [*PAIR, "procedure_type", "dec_level", "dec_pc", *counts]))
    raw["counted"] = raw["dec_pc"].map({"P": "persons", "C": "cases"})
    raw = raw.rename(columns={"procedure_type": "procedure", "dec_level": "level", **counts})
    raw[list(counts.values())] = raw[list(counts.values())].fillna(0)
    return raw[["year", "origin", "asylum", "procedure", "level", "counted", *counts.values()]]


def countries(folder: Path, shapes: pd.DataFrame) -> pd.DataFrame:
    """Every code that any UNHCR table uses, named; lon and lat are empty where no shape is known.

    Codes without a country (stateless, unknown, Tibetan, Abyei) are kept and named: they are people too.
    """
    listed = open_raw(folder / "countries.parquet", ["iso_code", "name", "unhcr_region"])
    listed = listed.dropna(subset="iso_code").assign(iso3=lambda t: t["iso_code"].replace(CODES))
    names = dict(zip(listed["iso3"], listed["name"], strict=True))
    for file in ("population", "flows", "idmc", "asylum_applications", "asylum_decisions"):
        raw = open_raw(folder / f"{file}.parquet", ["coo_iso", "coo_name", "coa_iso", "coa_name"])
        for side in ("coo", "coa"):
            pairs = raw[[f"{side}_iso", f"{side}_name"]].drop_duplicates()
            for code, name in pairs.itertuples(index=False):
                names.setdefault(CODES.get(code, code), name)
    table = pd.DataFrame({"iso3": list(names), "name": list(names.values())})
    table["name"] = table["iso3"].map(NAMES).fillna(table["name"])
    table["region"] = table["iso3"].map(listed.set_index("iso3")["unhcr_region"])
    points = shapes.set_index("iso3").geometry.representative_point()
    table["lon"] = table["iso3"].map(points.x).round(3)
    table["lat"] = table["iso3"].map(points.y).round(3)
    return table.sort_values("iso3", ignore_index=True)


def published_totals() -> pd.DataFrame:
    """UNHCR's headline totals of forcibly displaced people, and what it says of people under two mandates.

    Global Trends prints 117.3 and 123.2 million for the ends of 2023 and 2024; no total for 2025 was at hand. UNHCR's
    data summaries (unhcr.org/refugee-statistics/data-summaries) say that UNRWA estimates 70 % of the internally
    displaced people of the Gaza Strip at the end of 2023 to be Palestine refugees and that these are counted once; the
    same share is assumed for 2024.
    """
    rows = [(2023, 117_300_000, 0.7), (2024, 123_200_000, 0.7)]
    table = pd.DataFrame(rows, columns=["year", "published", "overlap_share"])
    return table.assign(overlap_place="PSE")[["year", "published", "overlap_place", "overlap_share"]]
