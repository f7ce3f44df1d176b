"""The sections of a pack that have shapes: areas, a grid, services; with a finding for all that makes no sense."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from data import kinds
from data.city import outlines, reading
from data.city.section_reader import SectionReader, ValidationResult
from data.connectors import population_grid
from data.translation import N_

ID = r"[\w.: -]{1,60}"
SIGNS_OF_NAMES = r"[/(),'’ʼ&+\"„“”]"
ID_HINT = N_("Use letters, digits, spaces, . : - _")
DISTRICT_HINT = N_("Use letters, digits, spaces, . : - _ and name them in 'district_name'")


def areas(reader: SectionReader, result: ValidationResult) -> gpd.GeoDataFrame | None:
    """area_id, name, district and district_name if the file has districts, geometry (EPSG:4326)."""
    ids, name = _ids(reader, "id", ID_HINT), reader.text("name")
    reader.error(N_("the area has no id"), N_("Give it one"), "id", ids == "")
    reader.error(
        N_("the id '{value}' stands twice"), N_("Give each area its own id"), "id", ids.duplicated() & (ids != "")
    )
    geometry = outlines.polygons(reader)
    if geometry is None:
        return None
    outlines.check_country(reader, geometry, result)
    name = name.where(name != "", reader.text("id"))
    table = gpd.GeoDataFrame({"area_id": ids, "name": name}, geometry=geometry, crs=4326)
    if "district" in reader.columns:
        district, district_name = (_ids(reader, "district", DISTRICT_HINT), reader.text("district_name"))
        hint = N_("Give it one, or leave the column out for all")
        reader.error(N_("the area has no district"), hint, "district", district == "")
        district_name = district_name.where(district_name != "", reader.text("district"))
        table = table.assign(district=district, district_name=district_name)
    return table


def _ids(reader: SectionReader, column: str, hint: str) -> pd.Series:
    """A column of ids. Names often are ids: those of their signs that an id cannot have become spaces."""
    stated = reader.text(column)
    ids = stated.str.replace(SIGNS_OF_NAMES, " ", regex=True).str.replace(r"\s+", " ", regex=True).str.strip()
    changed = ids != stated
    if changed.any():
        what = N_(
            "{n:,} values of {column} have signs that an id cannot have; they are left out ('{before}' is '{after}')",
            n=changed.sum(),
            column=column,
            before=stated[changed].iloc[0],
            after=ids[changed].iloc[0],
        )
        reader.warning(what, N_("Other files may write them either way"), column)
    what = N_(
        "the {column} '{value}' has signs that an id cannot have, or more than 60", column=column, value="{value}"
    )
    reader.error(what, hint, column, (ids != "") & ~ids.str.fullmatch(ID))
    return ids


def grid(reader: SectionReader, result: ValidationResult) -> gpd.GeoDataFrame | None:
    """persons, period, geometry (EPSG:4326): squares, or points where the file has no more; of its newest day."""
    before = len(result.errors)
    persons = reader.number("persons", 0, 5_000_000, gaps="")
    if len(result.errors) == before and not (persons > 0).any():
        reader.error(N_("the grid counts no one"), N_("Name the column of residents"), "persons")
        return None
    geometry = _cells(reader)
    if geometry is None:
        return None
    table = gpd.GeoDataFrame({"persons": persons, "period": reader.days()}, geometry=geometry, crs=4326)
    if (table.geom_type != "Point").any():
        twice = pd.DataFrame({"shape": shapely.to_wkb(shapely.normalize(geometry.to_numpy())), "day": table["period"]})
        reader.error(
            N_("the cell stands twice, so people would count twice"), N_("Keep one of them"), "cell", twice.duplicated()
        )
    newest = table["period"].max()
    older = table["period"] < newest
    if older.any():
        what = N_(
            "the grid has several days; that of {day} is used, {n:,} older rows are left out",
            day=f"{newest:%Y-%m-%d}",
            n=older.sum(),
        )
        reader.warning(what, N_("Give the day that is meant alone"), "period")
    return table[~older]


def _cells(reader: SectionReader) -> gpd.GeoSeries | None:
    """Shapes of a grid's cells, EPSG:4326, by their codes or as they are drawn; None with findings."""
    if isinstance(reader.rows, gpd.GeoDataFrame) or not {"cell", "h3"} & {*reader.columns, *reader.rows}:
        return outlines.shapes(reader, points=True)
    if "cell" not in reader.columns:
        reader.columns["cell"] = "h3"
    codes = reader.text("cell")
    squares = reading.cell_square(codes).to_crs(4326)
    shapes = squares.where(squares.notna(), population_grid.outlines(codes))
    hint = N_("Use codes such as CRS3035RES1000mN3000000E4000000, 1kmN3000E4000, or H3")
    reader.error(N_("'{value}' is no cell code"), hint, "cell", shapes.isna())
    return None if shapes.isna().any() else shapes


def services(reader: SectionReader, result: ValidationResult) -> gpd.GeoDataFrame | None:
    """source_id, kind, name, places, operator, row (of the file), geometry (EPSG:4326)."""
    geometry = outlines.shapes(reader, points=True)
    if geometry is None:
        return None
    ours, theirs = set(kinds.facility_kinds()["kind"]), reader.text("kind", reader.part.kind)
    kind = theirs.map(lambda name: reader.part.kinds.get(name, name))
    left_out = (kind == "") & (theirs != "")
    hint = N_(
        'Map it under [services]: kinds = {{ "theirs" = "ours" }} ("" leaves it out); ours: {ours}',
        ours=", ".join(sorted(ours)),
    )
    reader.error(N_("the kind '{value}' is unknown"), hint, "kind", ~kind.isin(ours) & ~left_out)
    ids, operator = reader.text("id"), reader.text("operator")
    places = reader.number("places", 0, 1e6, whole=True, gaps="")
    table = gpd.GeoDataFrame(
        {
            "source_id": ids.where(ids != "", ("row " if "id" in reader.columns else "") + reader.row.astype(str)),
            "kind": kind,
            "name": reader.text("name"),
            "places": places.where(places > 0),
            "operator": operator.where(operator.isin(["public", "independent"]), ""),
            "row": reader.row,
        },
        geometry=geometry.representative_point(),
        crs=4326,
    )
    reader.check_unique(table[~left_out], ["source_id", "kind"], "id")
    return table[~left_out] if _lie_in_the_city(reader, table, result) else None


def _lie_in_the_city(reader: SectionReader, table: gpd.GeoDataFrame, result: ValidationResult) -> bool:
    """Whether services can be where the file says: not where longitude and latitude are exchanged."""
    if "areas" not in result.tables:
        return True
    west, south, east, north = result.tables["areas"].total_bounds
    x, y = table.geometry.x, table.geometry.y
    outside = ~(x.between(west, east) & y.between(south, north))
    swapped = x.between(south, north) & y.between(west, east)
    if (swapped & outside).sum() > len(table) / 2:
        hint = N_("Name the columns the other way round in city.toml")
        reader.error(N_("longitude and latitude are exchanged"), hint)
        return False
    return True
