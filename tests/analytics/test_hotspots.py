"""Hot spots: Gi* against its equation worked out in numpy; DBSCAN on crowds one can see."""

from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from analytics import hotspots


def grid(side: int) -> gpd.GeoDataFrame:
    cells = [(f"{i}-{j}", box(i, j, i + 1, j + 1)) for i in range(side) for j in range(side)]
    return gpd.GeoDataFrame(cells, columns=["area_id", "geometry"], geometry="geometry")


def test_gi_star_is_equation_5_of_ord_and_getis_1995() -> None:
    shapes, values = grid(6), np.random.default_rng(3).poisson(4, 36).astype(float)
    found = hotspots.getis_ord(pd.Series(values, index=shapes["area_id"]), shapes, "area_id").set_index("area")["z"]
    mean, spread, n = values.mean(), values.std(ddof=0), len(values)
    for place, (name, shape) in enumerate(zip(shapes["area_id"], shapes.geometry, strict=True)):
        w = shapes.geometry.intersects(shape).to_numpy(float)  # queen neighbours and the area itself
        assert w[place] == 1
        expected = (w @ values - mean * w.sum()) / (spread * np.sqrt((n * (w**2).sum() - w.sum() ** 2) / (n - 1)))
        assert abs(found[name] - expected) < 1e-6, name


def test_a_crowded_corner_is_hot_and_chance_is_not() -> None:
    shapes = grid(10)
    values = pd.Series(1.0, index=shapes["area_id"]) + np.random.default_rng(1).normal(0, 0.1, 100)
    corner = ["0-0", "0-1", "1-0", "1-1"]
    values[corner] += 5
    found = hotspots.getis_ord(values, shapes, "area_id").set_index("area")
    assert set(corner) <= set(found.index[found["kind"] == "hot"])
    noise = pd.Series(np.random.default_rng(2).normal(size=100), index=shapes["area_id"])
    assert (hotspots.getis_ord(noise, shapes, "area_id")["kind"] != "").sum() <= 3


def test_p_is_the_share_of_all_shuffles_that_hold_as_much() -> None:
    x = np.array([0, 0, 1, 3, 0, 7.0])
    near = np.zeros((6, 6), dtype=bool)
    for first, second in ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (3, 5)):
        near[first, second] = near[second, first] = True
    _z, p = hotspots.gi_star(x, near)
    for place in range(6):
        sums = np.array([sum(order[: near[place].sum()]) for order in permutations(np.delete(x, place))])
        held = x[near[place]].sum()
        assert p[place] == pytest.approx(min(1, 2 * min((sums >= held).mean(), (sums <= held).mean())), abs=0.01)


def test_an_area_alone_or_beside_all_others_is_no_hot_spot() -> None:
    for count in (1, 2, 3):
        assert (
            hotspots.gi_star(np.arange(count, dtype=float), np.ones((count, count), dtype=bool))[1].tolist()
            == [1] * count
        )
    assert (hotspots.getis_ord(pd.Series(2.0, index=grid(4)["area_id"]), grid(4), "area_id")["kind"] == "").all()


def test_crowds_are_numbered_by_size() -> None:
    rng = np.random.default_rng(0)
    many, few, lonely = rng.normal(0, 10, (30, 2)), rng.normal(5000, 10, (12, 2)), [[9000.0, 0.0]]
    points = pd.DataFrame(np.vstack([few, many, lonely]), columns=["x", "y"])
    found = hotspots.dbscan(points, within_m=50, at_least=5)["crowd"]
    assert (found[:12] == 1).all()
    assert (found[12:42] == 0).all()
    assert found.iloc[42] == -1
