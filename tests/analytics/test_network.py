"""Ways over streets: made by hand, against plain Dijkstra, and walks in Berlin that one can look up."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from analytics import network


def places(*xy: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(xy, columns=["x", "y"], dtype=float)


def town() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two banks of a river, 100 m apart, each a street of 30 pieces of 100 m.

    One bridge at the eastern end, and steps down from the southern street to a terrace of 25 nodes that has no other
    way.
    """
    north = [(100.0 * n, 100.0) for n in range(31)]
    south = [(100.0 * n, 0.0) for n in range(31)]
    terrace = [(100.0 * n, -50.0) for n in range(25)]
    nodes = places(*north, *south, *terrace).assign(node=range(87))
    ways = [(n, n + 1, 100.0, "street", "") for n in (*range(30), *range(31, 61), *range(62, 86))]
    ways += [(30, 61, 100.0, "footway", "East Bridge"), (31, 62, 50.0, "steps", "")]
    return nodes, pd.DataFrame(ways, columns=["origin", "target", "metres", "kind", "bridge"])


def test_over_a_river_one_walks_by_the_bridge() -> None:
    nodes, edges = town()
    home, library = places((0, 110)), places((0, -10))
    # 10 m to the street, 30 pieces, the bridge, 30 pieces back, 10 m to the door; the straight line is 120 m.
    assert network.walk_metres(home, library, network.streets(nodes, edges)) == pytest.approx([6120])
    closed = network.streets(nodes, edges, closed=["East Bridge"])
    assert network.walk_metres(home, library, closed).tolist() == [np.inf]
    assert network.walk_metres(places((3000, 50)), library, closed).tolist() != [np.inf]


def test_a_cul_de_sac_is_walked_back_and_places_on_one_node_count_the_nearer_door() -> None:
    nodes = places((0, 0), (200, 0), (200, 200), (0, 200)).assign(node=range(4))
    edges = pd.DataFrame({"origin": [0, 1, 2], "target": [1, 2, 3], "metres": [200.0, 200.0, 200.0]})
    streets = network.streets(nodes, edges)
    assert network.walk_metres(places((0, 0)), places((0, 200), (0, 190)), streets) == pytest.approx([600])
    reached = network.reach_metres(places((0, 0)), places((0, 230), (0, 190)), streets, 620).toarray()
    assert reached == pytest.approx(np.array([[0, 610]]))  # one door is 30 m behind the last node, the other 10 m


def test_wheelchairs_take_no_steps_and_bicycles_are_slow_on_them() -> None:
    nodes, edges = town()
    home, library = places((0, -60)), places((0, 0))
    assert network.walk_metres(home, library, network.streets(nodes, edges)) == pytest.approx([60])
    assert network.walk_metres(home, library, network.streets(nodes, edges, "wheelchair")).tolist() == [np.inf]
    # 50 m of steps at 30 m a minute take as long as 50 / 30 * 250 m on a street.
    cycled = network.walk_metres(home, library, network.streets(nodes, edges, "bicycle"))
    assert cycled == pytest.approx([10 + 50 / 30 * 250])


def test_a_crumb_that_steps_leave_is_nobody_s_start_but_an_island_is() -> None:
    nodes, edges = town()
    landing = places((-30, 0)).assign(node=87)
    stairs = pd.DataFrame({"origin": [31], "target": [87], "metres": [30.0], "kind": ["steps"], "bridge": [""]})
    nodes, edges = pd.concat([nodes, landing]), pd.concat([edges, stairs])
    streets = network.streets(nodes, edges, "wheelchair")
    node, metres = network.snap(places((-30, 0), (0, -50)), streets)
    assert (node.tolist(), metres.tolist()) == ([31, 62], [30.0, 0.0])  # the terrace of 25 nodes stays an island


def test_streets_without_kinds_serve_everybody_alike() -> None:
    nodes, edges = town()
    plain = edges[["origin", "target", "metres"]]
    for travel in ("foot", "wheelchair", "bicycle"):
        streets = network.streets(nodes, plain, travel, ["East Bridge"])
        assert network.walk_metres(places((0, 100)), places((0, 0)), streets) == pytest.approx([6100])


def kreuzberg() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Berlin's streets within 1.5 km of Kottbusser Tor, the largest connected part."""
    nodes, edges = (data.table(name, "berlin") for name in ("network_nodes", "network_edges"))
    near = np.hypot(nodes["x"] - 392_700, nodes["y"] - 5_817_600) <= 1500
    edges = edges[near.to_numpy()[edges["origin"]] & near.to_numpy()[edges["target"]]]
    largest = max(nx.connected_components(nx.from_pandas_edgelist(edges, "origin", "target")), key=len)
    nodes = nodes[nodes["node"].isin(largest)].reset_index(drop=True)
    number = pd.Series(range(len(nodes)), index=nodes["node"])
    edges = edges[edges["origin"].isin(largest)]
    edges = edges.assign(origin=edges["origin"].map(number), target=edges["target"].map(number))
    return nodes.assign(node=range(len(nodes))), edges.reset_index(drop=True)


@pytest.fixture(scope="module")
def district() -> tuple[pd.DataFrame, pd.DataFrame]:
    return kreuzberg()


def test_nearest_and_all_within_a_limit_equal_plain_dijkstra(district: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    nodes, edges = district
    streets, random = network.streets(nodes, edges), np.random.default_rng(3)
    low, high = nodes[["x", "y"]].min(), nodes[["x", "y"]].max()
    points, sites = (places(*random.uniform(low, high, (count, 2))) for count in (40, 150))
    start, to_network = network.snap(points, streets)
    end, from_network = network.snap(sites, streets)
    plain = nx.Graph()
    plain.add_weighted_edges_from(edges[["origin", "target", "metres"]].itertuples(index=False))
    every = np.full((40, 150), np.inf)
    for row, node in enumerate(start):
        metres = nx.single_source_dijkstra_path_length(plain, node)
        every[row] = [metres[target] for target in end]
    every += to_network[:, None] + from_network[None, :]
    assert network.walk_metres(points, sites, streets) == pytest.approx(every.min(axis=1), abs=1e-3)
    within = network.reach_metres(points, sites, streets, 900).toarray()
    assert within == pytest.approx(np.where(every <= 900, every, 0), abs=1e-3)
    assert (within > 0).sum() > 500  # several squares of sites and many pairs: the pieces were put together rightly


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_a_walk_is_never_shorter_than_the_straight_line(seed: int) -> None:
    nodes, edges = (data.table(name, "berlin") for name in ("network_nodes", "network_edges"))
    start = int(np.random.default_rng(seed).integers(len(nodes)))
    streets = network.streets(nodes, edges)
    walked = network.metres_to_nearest(streets, nodes.loc[[start], ["x", "y"]])
    straight = np.hypot(*(streets.xy - streets.xy[start]).T)
    # Coordinates are rounded to the decimetre, ways measured on the ellipsoid, and the source rounds theirs.
    assert (walked >= straight * 0.99 - 2).all()


WALKS = [  # from, to (EPSG:25833), metres as route planners give them
    ("Alexanderplatz to Brandenburger Tor", (392_340, 5_820_271), (389_918, 5_819_702), 2600),
    ("Hermannplatz to Kottbusser Tor", (393_035, 5_816_361), (392_610, 5_817_728), 1560),
]


@pytest.mark.parametrize(("start", "end", "metres"), [walk[1:] for walk in WALKS], ids=[walk[0] for walk in WALKS])
def test_known_walks_of_berlin(start: tuple[float, float], end: tuple[float, float], metres: float) -> None:
    nodes, edges = (data.table(name, "berlin") for name in ("network_nodes", "network_edges"))
    walked = network.walk_metres(places(start), places(end), network.streets(nodes, edges))
    assert walked[0] == pytest.approx(metres, rel=0.05)


def test_detours_in_berlin_are_a_fifth_to_a_quarter() -> None:
    """Pairs 0.5 to 2.5 km apart: about 1.2 to 1.25 times the straight line."""
    nodes, edges = (data.table(name, "berlin") for name in ("network_nodes", "network_edges"))
    streets, random = network.streets(nodes, edges), np.random.default_rng(5)
    ratios = []
    for start in random.choice(len(nodes), 15, replace=False):
        walked = network.metres_to_nearest(streets, nodes.loc[[start], ["x", "y"]])
        straight = np.hypot(*(streets.xy - streets.xy[start]).T)
        pairs = (straight > 500) & (straight < 2500)
        ratios.append(np.median(walked[pairs] / straight[pairs]))
    assert 1.15 < np.median(ratios) < 1.3
