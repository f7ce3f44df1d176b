"""Senate departments of Berlin: schools, day care, youth centres, care homes and social monitoring."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.connectors.raw import open_raw
from data.errors import SourceError

# School type as published -> our kinds. A comprehensive school teaches both age groups and counts as both.
SCHOOLS = {
    "Grundschule": ["school_primary"],
    "Integrierte Sekundarschule": ["school_secondary"],
    "Gymnasium": ["school_secondary"],
    "Gemeinschaftsschule": ["school_primary", "school_secondary"],
    "Freie Waldorfschule": ["school_primary", "school_secondary"],
    "Kombinierte allgemein bildende Schule": ["school_primary", "school_secondary"],
    "Kombinierte allg./berufl. Schule": ["school_secondary", "school_vocational"],
    "Kombinierte berufliche Schule": ["school_vocational"],
    "Oberstufenzentrum": ["school_vocational"],
    "Fachschule": ["school_vocational"],
    "Berufsfachschule": ["school_vocational"],
    "Berufsschule": ["school_vocational"],
    "Berufsschule mit sonderpäd. Aufgaben": ["school_vocational"],
}
# Columns of the atlas; each is standardised over the areas, higher is better off.
ATLAS = {"GESIx_2022": "health_and_social", "DIII_2022": "health"}
MONITORING = {
    "S1": "unemployment",
    "S3": "transfer_receipt",
    "S4": "child_poverty",
    "KI_01": "youth_unemployment",
    "KI_02": "single_parent_households",
    "KI_03": "old_age_poverty",
    "KI_10": "residence_over_five_years",
}


def _places(path: Path, raw: pd.DataFrame, column: str) -> pd.Series:
    """Places as whole numbers; the publisher's 0 means 'not stated' and becomes a gap, never a zero."""
    number = pd.to_numeric(raw[column], errors="coerce")
    wrong = raw.index[number.isna() & raw[column].notna()]
    if len(wrong):
        raise SourceError(
            str(path),
            f"'{raw[column][wrong[0]]}' is not a number of places",
            column=column,
            row=int(wrong[0]) + 1,
            hint="Write the places as a whole number",
        )
    return number.astype("Int64").mask(number == 0)


def _schools(folder: Path) -> gpd.GeoDataFrame:
    path = folder / "official_schools.parquet"
    raw = open_raw(path, ["bsn", "name", "schulart", "traeger"], geometry=True)
    special = raw["schulart"].str.startswith(("Förderschwerp", "Übrige Förder"))
    kinds = raw["schulart"].map(SCHOOLS).where(~special, raw["schulart"].map(lambda _: ["school_special"]))
    if kinds.isna().any():
        row = int(raw.index[kinds.isna()][0])
        raise SourceError(
            str(path),
            f"the school type '{raw['schulart'][row]}' is unknown",
            column="schulart",
            row=row + 1,
            hint="Add it to SCHOOLS in the connector",
        )
    operator = raw["traeger"].map({"öffentlich": "public", "privat": "independent"})
    table = raw.assign(kind=kinds, source_id=raw["bsn"], operator=operator, places=pd.NA)
    return table.explode("kind")


def _register(folder: Path, file: str, columns: dict[str, str], kind: str) -> gpd.GeoDataFrame:
    """One register of facilities with places: columns maps our source_id, name, places, operator to theirs."""
    path = folder / file
    raw = open_raw(path, list(columns.values()), geometry=True)
    table = raw.assign(**{name: raw[column] for name, column in columns.items() if name != "places"}, kind=kind)
    table["places"] = _places(path, raw, columns["places"])
    words = "öffentlich|kommunal|komm\\.|Eigenbetrieb|Bezirksamt"
    public = table["operator"].str.contains(words, case=False, na=False)
    table["operator"] = public.map({True: "public", False: "independent"})
    return table


def facilities(folder: Path) -> gpd.GeoDataFrame:
    """Every facility of the official registers: source_id, kind, name, places, operator, geometry (EPSG:25833)."""
    own = {"source_id": "e_nr", "name": "e_name", "places": "e_platz", "operator": "t_art"}
    care = {
        "source_id": "ik_nummer",
        "name": "einrichtung_name",
        "places": "platzzahl",
        "operator": "traegerverbandkurz",
    }
    parts = [
        _schools(folder),
        _register(folder, "official_daycare.parquet", own, "daycare"),
        _register(folder, "official_youth_centres.parquet", own, "youth_centre"),
        _register(folder, "official_care_facilities.parquet", care, "care_home"),
    ]
    keep = ["source_id", "kind", "name", "places", "operator", "geometry"]
    table = pd.concat([part[keep] for part in parts], ignore_index=True)
    return gpd.GeoDataFrame(table.assign(source="city register"), crs=25833)


def social_monitoring(folder: Path) -> pd.DataFrame:
    """Social monitoring of 2021 (state of 2020-12-31), percent by planning area; unpublished cells stay empty."""
    path = folder / "social_monitoring_2021.csv"
    raw = open_raw(path, ["PLR_ID", *MONITORING], dtype={"PLR_ID": str})
    table = raw.melt("PLR_ID", list(MONITORING), var_name="indicator", value_name="percent")
    table["indicator"] = table["indicator"].map(MONITORING)
    table = table.rename(columns={"PLR_ID": "area_id"}).assign(period=pd.Timestamp("2020-12-31"))
    return table[["period", "area_id", "indicator", "percent"]].sort_values(["indicator", "area_id"], ignore_index=True)


def health_atlas(folder: Path) -> pd.DataFrame:
    """Indices of the health and social atlas of 2022 by planning area of the cut before 2021; gaps stay out."""
    path = folder / "health_social_atlas_2022_planning_areas.csv"
    raw = open_raw(path, ["plrID", *ATLAS], dtype={"plrID": str}).rename(columns={"plrID": "area_id", **ATLAS})
    table = raw.melt("area_id", list(ATLAS.values()), var_name="indicator", value_name="value").dropna(subset="value")
    return table.sort_values(["indicator", "area_id"], ignore_index=True)


def residents_new_boundaries(folder: Path) -> pd.DataFrame:
    """Residents on 2020-12-31 in the areas in force from the next day, the one half-year known within both.

    Not yet protected.
    """
    raw = open_raw(folder / "social_monitoring_2021.csv", ["PLR_ID", "EW"], dtype={"PLR_ID": str})
    table = raw.rename(columns={"PLR_ID": "area_id"}).assign(period=pd.Timestamp("2020-12-31"))
    table = table.assign(boundary_version="2021", age="0+", persons=table["EW"].astype("Int64"))
    return table[["period", "boundary_version", "area_id", "age", "persons"]].sort_values("area_id", ignore_index=True)


def daycare_registers(folder: Path) -> pd.DataFrame:
    """Day-care centres of October 2025 and July 2026: recorded, area_id (planning area), places.

    Groups for curative education stand in these registers but not in that of 2023: they are left out.
    """
    parts = []
    for recorded in ("2025-10", "2026-07"):
        path = folder / f"daycare_{recorded}.parquet"
        raw = open_raw(path, ["type", "places", "geojson_feature_id"])
        raw = raw[raw["type"] != "Heilpädagogische Gruppe"].reset_index(drop=True)
        places = _places(path, raw, "places")
        parts.append(pd.DataFrame({"recorded": recorded, "area_id": raw["geojson_feature_id"], "places": places}))
    return pd.concat(parts, ignore_index=True)
