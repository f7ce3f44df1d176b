"""How much longer ways are than straight lines, by how densely people live."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa

from data.connectors import berlin_statistics, street_network
from data.definitions._common import COUNT, POSITIVE, STREETS, TEXT, Definition, Entry, Tables

DENSITIES = (0.0, 3_000.0, 10_000.0)  # residents per km2 from which neighbourhoods are of a kind
NODES = 300  # of each kind, from which ways are measured


def make(_sources: Path, tables: Tables) -> pd.DataFrame:
    """Berlin's planning areas by residents per km2 at the end of 2024; ways from NODES nodes in areas of each kind."""
    areas = tables["areas_exact"]
    areas = areas[areas["boundary_version"] == berlin_statistics.NEW]
    residents = tables["residents"]
    persons = residents[residents["period"] == residents["period"].max()].groupby("area_id")["persons"].sum()
    density = areas["area_id"].map(persons).astype(float) / (areas.area / 1e6)
    nodes = tables["network_nodes"]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(nodes["x"], nodes["y"]), crs=areas.crs)
    inside = gpd.sjoin(points, areas.assign(density=density)[["density", "geometry"]], predicate="within")
    kind = np.searchsorted(DENSITIES, inside["density"], side="right") - 1
    generator, rows = np.random.default_rng(2021), []
    for number, density_from in enumerate(DENSITIES):
        start = np.sort(generator.choice(inside.index[kind == number].to_numpy(), NODES, replace=False))
        rows.append(
            {"place": "Berlin", "density_from": density_from}
            | street_network.circuity(nodes, tables["network_edges"], start)
        )
    return pd.DataFrame(rows)


TABLE = Definition(
    Entry(
        "circuity",
        "world",
        "Ways over straight lines, by density",
        **STREETS,
        unit="ratio",
        note="Middle ratio, 10th and 90th percentile over pairs of places 200 to 1,000 m apart; density: of those who "
        "live there for each km2, at least. It stands in for cities without streets of their own.",
    ),
    columns={
        "place": TEXT,
        "density_from": pa.Column(float),
        "factor": POSITIVE,
        "low": POSITIVE,
        "high": POSITIVE,
        "pairs": COUNT,
    },
    key=["density_from"],
    make=make,
)
