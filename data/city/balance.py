"""What each file of a pack holds beside what the city has of it, and whom and what the city leaves out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from scipy.spatial import cKDTree

from data.city.findings import Finding, Sum
from data.city.ground import Ground
from data.city.section_reader import MAX_ROWS_NAMED, ValidationResult
from data.translation import N_, chain

NEAR_M = 200  # of the streets: from farther away a walk would begin with a long straight line
LEAST_NEAR = 0.95  # of the residents, and of the streets' nodes in their largest part
LEAST_IN_AREAS = 0.995  # of the people of a grid
UNITS = {
    "background": N_("persons"),
    "origins": N_("persons"),
    "employment": N_("firms"),
    "social": N_("figures"),
    "targets": N_("goals"),
    "totals": N_("sums"),
    "services": N_("services"),
    "stops": N_("stops"),
}
TABLES = {
    "background": "residents_by_background",
    "origins": "residents_by_origin",
    "employment": "firms",
    "social": "social_monitoring",
}
OF_AREAS = ("residents", "background", "origins", "social", "employment")
OF_PERSONS = ("persons", "firms")


def weigh(result: ValidationResult) -> None:
    """Findings for what the files hold and the city has not, and notes of what it has. result: without errors."""
    _unknown_areas(result)
    for section in ("services", "stops"):
        if section in result.tables:
            _places_left_out(section, result)
    if result.ground is not None and result.ground.squares is not None:
        _people_left_out(result)
    if result.ground is not None and result.ground.network is not None:
        _streets(result)
    if not result.errors:
        result.notes += [Finding("note", line.file, line.sentence, "") for line in sums(result)]


def sums(result: ValidationResult, published: Mapping[str, pd.DataFrame] | None = None) -> list[Sum]:
    """Each file's sum beside the city's: of its newest day, as it was read; as it is stored where that is given."""
    assert result.pack is not None
    assert result.ground is not None
    stored = {} if published is None else published
    lines = []
    for section in [name for name in result.pack.parts if name in result.tables]:
        table, file = result.tables[section], result.pack.parts[section].file
        if section == "areas":
            lines.append(Sum(file, N_("areas"), result.rows[section], len(result.ground.smallest)))
        elif section in ("services", "stops"):
            lines.append(_places_sum(result, section, file))
        elif section == "grid":
            lines.append(_grid_sum(result, file, stored.get("residents")))
        elif section == "residents":
            people = stored.get("residents", result.ground.people)
            lines.append(_by_day(file, "persons", table, people))
        else:
            of = stored.get(TABLES.get(section, ""), table)
            of = of[of["level"] == of["level"].iloc[-1]] if of is not table and "level" in of else of
            lines.append(_by_day(file, UNITS[section], table, of))
    return lines


def _places_sum(result: ValidationResult, section: str, file: str) -> Sum:
    assert result.ground is not None
    read, rows = len(result.tables[section]), result.rows.get(section, 0)
    count = int((result.ground.places["section"] == section).sum())
    why = []
    if rows > read:
        why.append(N_("{n:,} are of kinds that are left out", n=rows - read))
    if read > count:
        why.append(N_("{n:,} lie in no area", n=read - count))
    return Sum(file, UNITS[section], max(rows, read), count, chain(why, ", ") if why else "")


def _by_day(file: str, unit: str, read: pd.DataFrame, city: pd.DataFrame) -> Sum:
    """Sums of the newest day; of figures that do not add up, how many there are."""
    newest = read["period"].max() if "period" in read else None
    before, after = (rows if newest is None else rows[rows["period"] == newest] for rows in (read, city))
    day = "" if newest is None or pd.isna(newest) else f"{newest:%Y-%m-%d}"
    if unit in OF_PERSONS:
        held, shown = (_total(rows[unit]) for rows in (before, after))
        return Sum(file, unit, held, shown, N_("small counts are suppressed"), day, int(before[unit].isna().sum()))
    held, shown = (rows["percent"].notna().sum() if "percent" in rows else len(rows) for rows in (before, after))
    return Sum(file, unit, held, shown, N_("of too few people"), day)


def _total(counts: pd.Series) -> float:
    """The sum of what is known, not a number where nothing is."""
    return float(counts.astype("float64").sum(min_count=1))


def _grid_sum(result: ValidationResult, file: str, stored: pd.DataFrame | None) -> Sum:
    """People of a grid in the areas; as residents are stored, where they are its own."""
    assert result.ground is not None
    table, ground = result.tables["grid"], result.ground
    whole, day = float(table["persons"].sum()), f"{table['period'].max():%Y-%m-%d}"
    outside = N_("others live outside the areas")
    if stored is None or "residents" in result.tables:
        return Sum(file, "persons", whole, ground.counted, outside, day)
    why = outside if ground.counted < round(whole) else N_("small counts are suppressed")
    return Sum(file, "persons", whole, _total(stored["persons"]), why, day)


def _add(result: ValidationResult, level: str, section: str, what: str, hint: str, row: int | None = None) -> None:
    assert result.pack is not None
    result.findings.append(Finding(level, result.pack.parts[section].file, what, hint, row))


def _unknown_areas(result: ValidationResult) -> None:
    """Rows of areas that a pack does not draw: hexagons of a grid are the only ones then."""
    assert result.ground is not None
    for section in OF_AREAS:
        table = result.tables.get(section)
        unknown = None if table is None else table[~table["area_id"].isin(result.ground.smallest["area_id"])]
        if unknown is not None and len(unknown):
            count, first = unknown["area_id"].nunique(), unknown["area_id"].iloc[0]
            what = N_(
                "{count:,} areas are named that the pack does not draw (first: {first})", count=count, first=first
            )
            _add(result, "error", section, what, N_("Add [areas] with their outlines"))


def _places_left_out(section: str, result: ValidationResult) -> None:
    """Services and stops that stand in no area of the city, however near."""
    assert result.ground is not None
    table, keys = result.tables[section], ["source_id", "kind"]
    inside = pd.MultiIndex.from_frame(result.ground.places[keys])
    outside = table[~pd.MultiIndex.from_frame(table[keys]).isin(inside)]
    if outside.empty:
        return
    if len(outside) == len(table) and section == "services":
        _add(
            result,
            "error",
            section,
            N_("no place lies in the city"),
            N_("Check coordinates and crs under [{section}]", section=section),
        )
        return
    if len(outside) == len(table):  # the feed's own finding says so, and where it is
        return
    first = outside.head(MAX_ROWS_NAMED)
    names = ", ".join(f"'{name or number}'" for name, number in zip(first["name"], first["source_id"], strict=True))
    more = ", ..." if len(outside) > len(first) else ""
    what = N_(
        "{n:,} of {all:,} places lie in no area of the city and are left out ({names}{more})",
        n=len(outside),
        all=len(table),
        names=names,
        more=more,
    )
    row = int(first["row"].iloc[0]) if "row" in first else None
    _add(result, "warning", section, what, N_("Check their coordinates and whether the areas have holes"), row)


def _people_left_out(result: ValidationResult) -> None:
    """People of a grid who live in none of the areas, and a grid that knows another city than the register."""
    assert result.ground is not None
    whole, counted = float(result.tables["grid"]["persons"].sum()), result.ground.counted
    if counted == 0:
        _add(
            result,
            "error",
            "grid",
            N_("no cell of the grid lies in the city"),
            N_("Check the grid's coordinate system"),
        )
        return
    if counted < LEAST_IN_AREAS * whole:
        out = whole - counted
        what = N_(
            "{out:,.0f} of the grid's {whole:,.0f} people ({share:.1%}) live outside the areas and are left out",
            out=out,
            whole=whole,
            share=out / whole,
        )
        _add(result, "warning", "grid", what, N_("Check that the areas cover the whole city"))
    people, smallest = result.ground.people, result.ground.smallest
    beyond = smallest.loc[~smallest["area_id"].isin(people["area_id"]), "area_id"]
    if "residents" not in result.tables and len(beyond):
        what = N_(
            "{count:,} areas lie beyond the grid (first: {first}); who lives there is not known",
            count=len(beyond),
            first=beyond.iloc[0],
        )
        _add(result, "warning", "grid", what, N_("Give a grid that covers the whole city"))
    registered = float(people.loc[people["period"] == people["period"].max(), "persons"].sum())
    if not 0.5 < counted / max(registered, 1.0) < 2:
        what = N_(
            "the grid counts {counted:,.0f} people in the city, the residents' file {registered:,.0f}",
            counted=counted,
            registered=registered,
        )
        _add(result, "warning", "grid", what, N_("Check that both speak of the same day and city"))


def _streets(result: ValidationResult) -> None:
    """How many live near the streets of the extract; from elsewhere a walk would begin with a straight line."""
    assert result.ground is not None
    network, hint = result.ground.network, N_("Take an extract that holds the whole city")
    assert network is not None
    if not len(network.edges):
        if network.elsewhere:
            _add(result, "error", "network", N_("the extract's streets are not those of the city"), hint)
        else:
            what = N_("the extract has no ways to walk on; distances will be straight lines")
            _add(result, "warning", "network", what, hint)
        return
    near, residents = residents_near(result.ground, network.nodes)
    if not residents:
        return
    share = near / residents
    parts = (
        N_("the largest of {n} parts, {share:.1%} of their nodes", n=network.parts, share=network.share)
        if network.parts > 1
        else ""
    )
    said = N_(
        "{near:,.0f} of {residents:,.0f} residents ({share:.1%}) live within {near_m} m of the streets",
        near=near,
        residents=residents,
        share=share,
        near_m=NEAR_M,
    )
    if share < LEAST_NEAR or network.share < LEAST_NEAR:
        islands = N_("; used is {parts}", parts=parts) if parts else ""
        ferries = N_("; {n} ferry lines are not walked on", n=network.ferries) if network.ferries else ""
        what = N_(
            "{said}{islands}{ferries}; walks of the others begin with a straight line, even over water",
            said=said,
            islands=islands,
            ferries=ferries,
        )
        _add(
            result,
            "warning",
            "network",
            what,
            N_("Take an extract that holds the whole city, and mend gaps between its streets"),
        )
    else:
        text = N_("{said} ({parts}).", said=said, parts=parts) if parts else N_("{said}.", said=said)
        result.notes.append(Finding("note", "", text, ""))


def residents_near(city: Ground, nodes: pd.DataFrame) -> tuple[float, float]:
    """How many residents of the newest day live in a hexagon within NEAR_M of a node, and how many live in any."""
    people = city.people[city.people["period"] == city.people["period"].max()]
    persons = city.cells["area_id"].map(people.groupby("area_id")["persons"].sum()).fillna(0) * city.cells["share"]
    distance_m, _ = cKDTree(nodes[["x", "y"]].to_numpy()).query(city.cells[["x", "y"]].to_numpy())
    return float(persons[distance_m <= NEAR_M].sum()), float(persons.sum())
