"""Vector tiles of OpenMapTiles: water, green, streets and names of a city, joined from the pieces of its tiles."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from data.errors import SourceError

CRS = 3857  # that tiles are cut in


def layers(archive: Path, names: Sequence[str]) -> dict[str, gpd.GeoDataFrame]:
    """Layers by name from a .tar.gz of tiles at tiles/zoom/x/y.pbf: class, name and geometry (EPSG:3857).

    Polygons reach over the edges of their tiles; lines and points are cut there. Raises SourceError.
    """
    if not archive.exists():
        raise SourceError(str(archive), "the file is missing", hint="Point --sources at the folder that holds it")
    pieces: dict[str, list[gpd.GeoDataFrame]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        for tile in sorted(path for path in Path(folder).rglob("*.pbf") if path.stat().st_size):
            for name in set(pyogrio.list_layers(tile)[:, 0]) & pieces.keys():
                pieces[name].append(_layer(tile, name))
    return {
        name: gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=CRS)
        for name, parts in pieces.items()
        if parts
    }


def _layer(tile: Path, name: str) -> gpd.GeoDataFrame:
    """One layer of a tile. What GDAL cuts of polygons that cross themselves would end in an error."""
    rows = pyogrio.read_dataframe(tile, layer=name, CLIP="NO")
    if (shapely.get_dimensions(rows.geometry) < 2).all():
        rows = pyogrio.read_dataframe(tile, layer=name)
    rows = rows.rename(columns={"name:latin": "name"})
    return rows.reindex(columns=["class", "name", "brunnel", "geometry"])
