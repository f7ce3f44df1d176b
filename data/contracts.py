"""What each table promises: columns, types, keys and ranges, enforced by the build and by the tests."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

CATEGORIES = [
    "refugees",
    "asylum_seekers",
    "other_in_need",
    "idps_unhcr",
    "idps_idmc",
    "palestine_refugees",
    "stateless",
    "others_of_concern",
    "host_community",
    "returned_refugees",
    "returned_idps",
]
LEVELS = ["city", "district", "forecast_area", "district_region", "planning_area"]


def _year(first: int, last: int) -> pa.Column:
    return pa.Column(int, pa.Check.in_range(first, last))


def _one_of(values: list[str]) -> pa.Column:
    return pa.Column(str, pa.Check.isin(values))


def _code(pattern: str = "[A-Z0-9]{3}") -> pa.Column:
    return pa.Column(str, pa.Check.str_matches(f"^{pattern}$"))


_people = pa.Column(int, pa.Check.gt(0))
_count = pa.Column(int, pa.Check.ge(0))
_text = pa.Column(str)
_some = pa.Column(float, pa.Check.gt(0))
_period = pa.Column("datetime64[us]")
_geometry = pa.Column("geometry")
_pair = {"origin": _code(), "asylum": _code()}
_area = _code(r"[\w.:-]{1,60}")  # as the city writes its ids
# Suppressed counts are empty; published ones are zero or at least ten.
_guarded = pa.Column("Int64", pa.Check(lambda persons: (persons == 0) | (persons >= 10)), nullable=True)


def _schema(columns: dict[str, pa.Column], key: list[str]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=key, strict=True, ordered=True)


CONTRACTS = {
    "displaced": _schema(
        {"year": _year(1951, 2100), **_pair, "category": _one_of(CATEGORIES), "persons": _people},
        ["year", "origin", "asylum", "category"],
    ),
    "displacement_flows": _schema(
        {
            "year": _year(1951, 2100),
            **_pair,
            "category": _one_of(["refugees", "asylum_seekers", "refugee_like", "other_in_need"]),
            "persons": _people,
        },
        ["year", "origin", "asylum", "category"],
    ),
    "solutions": _schema(
        {
            "year": _year(1951, 2100),
            **_pair,
            "solution": _one_of(["returned_refugees", "resettlement", "naturalisation", "returned_idps"]),
            "persons": _people,
        },
        ["year", "origin", "asylum", "solution"],
    ),
    "displaced_by_age_place": _schema(
        {
            "year": _year(2001, 2100),
            **_pair,
            "category": _one_of(CATEGORIES),
            "place": _one_of(["urban", "rural", "various"]),
            "sex": _one_of(["female", "male", "not stated"]),
            "age": _one_of(["0-4", "5-11", "12-17", "18-59", "60+", "not stated"]),
            "persons": _people,
        },
        ["year", "origin", "asylum", "category", "place", "sex", "age"],
    ),
    "asylum_applications": _schema(
        {
            "year": _year(2000, 2100),
            **_pair,
            "procedure": _text,
            "application": _text,
            "level": _text,
            "counted": _one_of(["persons", "cases"]),
            "applied": _count,
        },
        ["year", "origin", "asylum", "procedure", "application", "level", "counted"],
    ),
    "asylum_decisions": _schema(
        {
            "year": _year(2000, 2100),
            **_pair,
            "procedure": _text,
            "level": _text,
            "counted": _one_of(["persons", "cases"]),
            "recognised": _count,
            "complementary": _count,
            "rejected": _count,
            "closed": _count,
        },
        ["year", "origin", "asylum", "procedure", "level", "counted"],
    ),
    "countries": _schema(
        {
            "iso3": _code(),
            "name": _text,
            "region": pa.Column(str, nullable=True),
            "lon": pa.Column(float, pa.Check.in_range(-180, 180), nullable=True),
            "lat": pa.Column(float, pa.Check.in_range(-90, 90), nullable=True),
        },
        ["iso3"],
    ),
    "country_population": _schema({"iso3": _code(), "year": _year(2019, 2100), "persons": _people}, ["iso3", "year"]),
    "country_shapes": _schema({"iso3": _code(), "name": _text, "geometry": _geometry}, ["iso3"]),
    "regions": _schema(
        {"nuts_id": _code("[A-Z]{2}[A-Z0-9]{2}"), "name": _text, "country": _text, "geometry": _geometry}, ["nuts_id"]
    ),
    "cultural_employment": _schema(
        {
            "year": _year(2008, 2100),
            "nuts_id": _code("[A-Z]{2}[A-Z0-9]{2}"),
            "thousand_persons": _some,
            "flag": _code("[a-z]{0,3}"),
        },
        ["year", "nuts_id"],
    ),
    "cultural_employment_by_country": _schema(
        {
            "year": _year(2011, 2100),
            "country": _code("[A-Z]{2}"),
            "iso3": _code("([A-Z]{3})?"),
            "name": _text,
            "thousand_persons": _some,
            "percent": pa.Column(float, pa.Check.in_range(0, 100)),
        },
        ["year", "country"],
    ),
    "cultural_employment_union": _schema(
        {"year": _year(2011, 2100), "split": _one_of(["activity", "sex"]), "part": _text, "thousand_persons": _some},
        ["year", "split", "part"],
    ),
    "cultural_employment_parts": _schema(
        {
            "year": _year(2011, 2100),
            "geo": _code("[A-Z0-9_]{2,9}"),
            "split": _one_of(["sex", "age", "education", "activity"]),
            "part": _text,
            "thousand_persons": pa.Column(float, pa.Check.ge(0), nullable=True),
            "flag": _text,
        },
        ["year", "geo", "split", "part"],
    ),
    "employment": _schema(
        {"year": _year(1999, 2100), "geo": _code("[A-Z0-9_]{2,9}"), "thousand_persons": _some, "flag": _text},
        ["year", "geo"],
    ),
    "regional_gdp": _schema(
        {"year": _year(1999, 2100), "geo": _code("[A-Z0-9_]{2,9}"), "million_pps": _some, "flag": _text},
        ["year", "geo"],
    ),
    "firms": _schema(
        {
            "period": _period,
            "area_id": _area,
            "activity": _code(r"\d{2,5}"),
            "firms": _people,
            "employees_low": pa.Column("Int64", pa.Check.ge(0), nullable=True),
            "employees_high": pa.Column("Int64", pa.Check.ge(0), nullable=True),
            "open_ended": _count,
            "suppressed": pa.Column(bool),
        },
        ["period", "area_id", "activity"],
    ),
    "creative_scopes": _schema({"scope": _text, "label": _text, "defined_by": _text}, ["scope"]),
    "creative_codes": _schema(
        {
            "scope": _text,
            "submarket": _text,
            "code": _code(r"\d{2}\.\d{2}(\.\d)?"),
            "label": _text,
            "weight": pa.Column(float, pa.Check.in_range(0, 1, include_min=False)),
        },
        ["scope", "submarket", "code"],
    ),
    "nace_bridge": _schema(
        {"nace_2": _code(r"\d{2}\.\d{2}"), "nace_2_1": _code(r"\d{2}\.\d{2}")}, ["nace_2", "nace_2_1"]
    ),
    "household_income": _schema(
        {"year": _year(2000, 2100), "nuts_id": _code("[A-Z]{2}[A-Z0-9]{2}"), "pps_per_inhabitant": _some},
        ["year", "nuts_id"],
    ),
    "areas": _schema(
        {
            "boundary_version": _text,
            "level": _one_of(LEVELS),
            "area_id": _area,
            "name": _text,
            "parent_id": _text,
            "area_km2": pa.Column(float, pa.Check.gt(0)),
            "geometry": _geometry,
        },
        ["boundary_version", "level", "area_id"],
    ),
    "areas_exact": _schema(
        {"boundary_version": _text, "area_id": _area, "geometry": _geometry}, ["boundary_version", "area_id"]
    ),
    "residents": _schema(
        {
            "period": _period,
            "boundary_version": _text,
            "area_id": _area,
            "age": _code(r"\d{1,3}(-\d{1,3}|\+)"),
            "persons": pa.Column("Int64", pa.Check.ge(0), nullable=True),
        },
        ["period", "area_id", "age"],
    ),
    "residents_by_background": _schema(
        {
            "period": _period,
            "boundary_version": _text,
            "level": _one_of(LEVELS),
            "area_id": _area,
            "background": _one_of(["migration_background", "foreign_nationals"]),
            "persons": _guarded,
            "suppressed": pa.Column(bool),
        },
        ["period", "level", "area_id", "background"],
    ),
    "residents_by_origin": _schema(
        {
            "period": _period,
            "boundary_version": _text,
            "level": _one_of(LEVELS),
            "area_id": _area,
            "origin": _code("[A-Z]{3}"),
            "persons": _guarded,
            "suppressed": pa.Column(bool),
        },
        ["period", "level", "area_id", "origin"],
    ),
    "network_nodes": _schema(
        {"node": pa.Column(int, pa.Check.ge(0)), "x": pa.Column(float), "y": pa.Column(float)}, ["node"]
    ),
    "network_edges": _schema(
        {"origin": pa.Column(int), "target": pa.Column(int), "metres": pa.Column(float, pa.Check.gt(0))},
        ["origin", "target"],
    ),
    "network_facilities": _schema(
        {
            "source_id": _text,
            "kind": _text,
            "name": _text,
            "x": pa.Column(float),
            "y": pa.Column(float),
            "node": pa.Column(int, pa.Check.ge(0)),
        },
        ["source_id", "kind"],
    ),
    "published_totals": _schema(
        {
            "year": _year(1951, 2100),
            "published": _people,
            "overlap_place": _code(),
            "overlap_share": pa.Column(float, pa.Check.in_range(0, 1)),
        },
        ["year"],
    ),
    "bridge": _schema(
        {"old_id": _area, "new_id": _area, "share": pa.Column(float, pa.Check.in_range(0, 1.0000001))},
        ["old_id", "new_id"],
    ),
    "residents_new_boundaries": _schema(
        {"period": _period, "area_id": _area, "persons": pa.Column("Int64", pa.Check.ge(0), nullable=True)}, ["area_id"]
    ),
    "cells": _schema(
        {
            "cell": _code("[0-9a-f]{15}"),
            "area_id": _area,
            "x": pa.Column("int32"),
            "y": pa.Column("int32"),
            "share": pa.Column(float, pa.Check.in_range(0, 1)),
        },
        ["cell", "area_id"],
    ),
    "facilities": _schema(
        {
            "source_id": _text,
            "kind": _text,
            "name": _text,
            "places": pa.Column("Int64", pa.Check.gt(0), nullable=True),
            "operator": _one_of(["public", "independent", ""]),
            "source": _text,
            "area_id": _area,
            "lon": pa.Column(float),
            "lat": pa.Column(float),
            "x": pa.Column(float),
            "y": pa.Column(float),
        },
        ["source_id", "kind"],
    ),
    "facility_kinds": _schema(
        {
            "kind": _text,
            "label": _text,
            "plural": _text,
            "grouping": _text,
            "age_from": pa.Column("Int64", nullable=True),
            "age_to": pa.Column("Int64", nullable=True),
        },
        ["kind"],
    ),
    "social_monitoring": _schema(
        {
            "period": _period,
            "area_id": _area,
            "indicator": _text,
            "percent": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
        },
        ["period", "area_id", "indicator"],
    ),
}


def check(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table in its contract's column order, or pandera's SchemaError with the first offending case."""
    contract = CONTRACTS[name]
    return contract.validate(table[list(contract.columns)].reset_index(drop=True))
