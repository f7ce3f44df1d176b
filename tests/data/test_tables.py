"""The shipped tables: contracts, checksums, size, and the publishers' own totals."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest
import shapely

import data
from data import definitions
from data.definitions._common import LEVELS
from data.errors import UnknownTableError

ALL = sorted(data.catalogue())


def test_the_catalogue_holds_every_table_and_nothing_else() -> None:
    every = {name: definitions.definition(name) for name in definitions.names()}
    assert {(definition.entry.place, name) for name, definition in every.items() if definition.make} == set(ALL)
    for name, definition in every.items():
        assert definition.entry.name == name
        assert definition.make or definition.download, name
        assert set(definition.key) <= set(definition.columns), name


@pytest.mark.parametrize(("place", "name"), ALL)
def test_each_table_keeps_its_contract_and_its_checksum(place: str, name: str) -> None:
    entry = data.entry(name, place)
    table = data.table(name, place)
    definitions.check(name, table)
    assert len(table) == entry.rows
    assert hashlib.sha256(entry.path.read_bytes()).hexdigest() == entry.checksum
    for field in ("title", "publisher", "licence", "attribution", "period", "unit", "geography", "built_on"):
        assert getattr(entry, field), field


def test_all_tables_together_stay_under_20_megabytes() -> None:
    assert sum(data.entry(name, place).path.stat().st_size for place, name in ALL) < 20e6


def test_an_unknown_table_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownTableError, match=r"world/nosuch.*world/displaced"):
        data.table("nosuch")


def test_unhcr_published_totals_of_2025_by_category() -> None:
    displaced = data.table("displaced")
    sums = displaced[displaced["year"] == 2025].groupby("category")["persons"].sum()
    published = {
        "refugees": 28_461_306,
        "asylum_seekers": 8_998_097,
        "other_in_need": 7_177_473,
        "idps_idmc": 68_653_080,
        "idps_unhcr": 64_239_352,
        "palestine_refugees": 5_964_782,
        "stateless": 4_477_220,
    }
    assert {name: int(sums[name]) for name in published} == published


def test_age_and_place_add_up_to_the_stock_of_2025() -> None:
    parts = data.table("displaced_by_age_place").groupby("category")["persons"].sum()
    stock = data.table("displaced").query("year == 2025").groupby("category")["persons"].sum()
    for category in ("refugees", "idps_unhcr", "asylum_seekers"):
        assert parts[category] == stock[category]


def test_codes_without_a_country_are_kept_and_named() -> None:
    countries = data.table("countries").set_index("iso3")
    displaced = data.table("displaced")
    used = set(displaced["origin"]) | set(displaced["asylum"])
    assert used <= set(countries.index)
    assert countries["name"].notna().all()
    assert {"UNK": "Unknown", "XXA": "Stateless", "TIB": "Tibetan", "AB9": "Abyei Area"}.items() <= countries[
        "name"
    ].to_dict().items()
    assert displaced[displaced["origin"] == "UNK"]["persons"].sum() > 0


@pytest.mark.parametrize(
    ("period", "published"),
    [("2015-06-30", 3_576_190), ("2020-12-31", 3_769_962), ("2021-12-31", 3_775_480), ("2024-12-31", 3_897_145)],
)
def test_berlin_residents_equal_the_published_city_totals(period: str, published: int) -> None:
    residents = data.table("residents", "berlin")
    rows = residents[residents["period"] == period]
    # Areas with fewer than ten residents are suppressed: the difference is theirs, and smaller than that.
    hidden = rows[rows["persons"].isna()]["area_id"].nunique()
    assert 0 <= published - rows["persons"].sum() <= 9 * hidden
    assert hidden <= 1


def test_every_half_year_has_every_area_of_its_boundary_version() -> None:
    residents, areas = data.table("residents", "berlin"), data.table("areas", "berlin")
    for (period, version), rows in residents.groupby(["period", "boundary_version"]):
        listed = areas[(areas["boundary_version"] == version) & (areas["level"] == "planning_area")]["area_id"]
        missing = set(listed) - set(rows["area_id"])
        # Allende II was split off in 2019; before that it is counted with its neighbour.
        assert missing <= ({"09041403"} if period < pd.Timestamp("2019-01-01") else set())
        assert set(rows["area_id"]) <= set(listed)


def test_published_children_add_up_to_their_parents_at_every_level() -> None:
    """Where no child is suppressed, areas add up to the area that holds them; nowhere do they exceed it."""
    areas = (
        data.table("areas", "berlin").drop(columns="geometry").drop_duplicates(["boundary_version", "level", "area_id"])
    )
    levels = LEVELS
    for name, variable in (("residents_by_origin", "origin"), ("residents_by_background", "background")):
        rows = data.table(name, "berlin").merge(areas[["boundary_version", "level", "area_id", "parent_id"]])
        rows["above"] = rows.apply(
            lambda row: next(
                (
                    p
                    for p in reversed(levels[: levels.index(row["level"])])
                    if row["boundary_version"] == "2021" or p in ("city", "district")
                ),
                None,
            ),
            axis=1,
        )
        keys = ["boundary_version", "period", variable]
        children = rows.groupby([*keys, "above", "parent_id"]).agg(
            persons=("persons", "sum"), hidden=("suppressed", "any")
        )
        parents = rows.set_index([*keys, "level", "area_id"])["persons"]
        parents.index = parents.index.set_names(["boundary_version", "period", variable, "above", "parent_id"])
        both = children.join(parents.rename("parent"), how="inner").dropna(subset="parent")
        full = both[~both["hidden"]]
        assert len(full) > 1000
        assert (full["persons"] == full["parent"]).all()
        assert (both["persons"] <= both["parent"]).all()


def test_misheaded_columns_before_2020_are_mended_so_that_no_series_jumps() -> None:
    """Up to 2019-12-31 the raw table heads the United Kingdom's figures 'Poland' and so on through five columns."""
    rows = data.table("residents_by_origin", "berlin").query("level == 'city'")
    wide = rows.pivot(index="period", columns="origin", values="persons").astype(float)
    step = (wide.loc["2020-06-30"] / wide.loc["2019-12-31"] - 1).abs()
    assert step.max() < 0.05
    assert wide.loc["2019-12-31", "POL"] == 114_339
    assert wide.loc["2019-12-31", "GBR"] == 24_316


def test_namesake_streets_keep_their_own_areas() -> None:
    """Two areas called Schloßstraße carry one id in the raw shapes; residents are counted under two."""
    areas = (
        data.table("areas", "berlin")
        .query("boundary_version == '2019' and level == 'planning_area'")
        .set_index("area_id")
    )
    assert areas.loc["04030417", "name"] == areas.loc["06010102", "name"] == "Schloßstraße"


def test_drawn_areas_leave_no_sliver_between_neighbours() -> None:
    areas = data.table("areas", "berlin")
    exact = data.table("areas_exact", "berlin")
    for version in ("2019", "2021"):
        true = exact[exact["boundary_version"] == version]
        parts = shapely.get_parts(true.union_all())
        holes = sum(shapely.get_num_interior_rings(part) for part in parts)
        assert true.area.sum() / 1e6 == pytest.approx(890.67, abs=0.01)
        for level in areas[areas["boundary_version"] == version]["level"].unique():
            shapes = areas[(areas["boundary_version"] == version) & (areas["level"] == level)].to_crs(25833)
            assert shapes.geometry.is_valid.all()
            # Neighbours share every border point: what they cover together is what they cover apart.
            assert shapes.union_all().area == pytest.approx(shapes.area.sum(), rel=1e-6)
            cover = shapely.get_parts(shapes.union_all())
            assert len(cover) <= len(parts)
            assert sum(shapely.get_num_interior_rings(part) for part in cover) <= holes


def test_cell_shares_add_up_to_one_in_every_area() -> None:
    cells, areas = (
        data.table("cells", "berlin"),
        data.table("areas_exact", "berlin").query("boundary_version == '2021'"),
    )
    assert set(cells["area_id"]) == set(areas["area_id"])
    assert cells.groupby("area_id")["share"].sum().round(12).eq(1).all()


def test_each_facility_stands_in_the_area_it_names_and_has_a_known_kind() -> None:
    facilities, kinds = data.table("facilities", "berlin"), data.table("facility_kinds")
    assert set(kinds["kind"]) - set(facilities["kind"]) == {"bus_stop", "ferry_landing", "cableway_station"}
    assert set(facilities["kind"]) < set(kinds["kind"])
    counts = facilities["kind"].value_counts()
    assert counts[["daycare", "library", "youth_centre", "care_home"]].tolist() == [2880, 105, 407, 274]
    assert facilities[facilities["kind"] == "daycare"]["places"].sum() == 194_979


def test_cultural_employment_of_berlin_as_published() -> None:
    work = data.table("cultural_employment").query("nuts_id == 'DE30'").set_index("year")
    assert work["thousand_persons"].to_dict() == {
        2014: 173.0,
        2015: 176.5,
        2016: 176.0,
        2017: 182.9,
        2018: 192.3,
        2019: 201.2,
        2020: 180.6,
        2021: 187.5,
        2022: 189.2,
    }
    assert work["flag"].to_dict()[2021] == "b"
