"""The accessibility engine beside its peers on the same work: seconds, ratio and peak memory, each in its own process.

`make bench`. Peers: osmnx + networkx (walks over Berlin's streets), PySAL access (E2SFCA), plain
pandas (nearest by cross join). A result is checked against ours before its time is printed.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

import data
from analytics import access, network, transit

warnings.filterwarnings("ignore")
DENSITY = 100  # demand points a square kilometre times ten: the city grows, its texture stays
SPEED, CIRCUITY, LIMIT = 80.0, 1.36, 15.0


def made_city(points: int, sites: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, np.ndarray]:
    """Points and facilities at random in a square that grows with their number; people and places."""
    random = np.random.default_rng(1)
    side = 1000 * np.sqrt(points / (10 * DENSITY))
    homes = pd.DataFrame(random.uniform(0, side, (points, 2)), columns=["x", "y"])
    spots = pd.DataFrame(random.uniform(0, side, (sites, 2)), columns=["x", "y"])
    return homes, spots, random.integers(1, 50, points), random.integers(1, 100, sites).astype(float)


def nearest_ours(points: int, sites: int) -> Callable[[], np.ndarray]:
    """Nearest by k-d tree."""
    homes, spots, _, _ = made_city(points, sites)
    return lambda: access.nearest_minutes(homes, spots, SPEED, CIRCUITY)


def nearest_pandas(points: int, sites: int) -> Callable[[], np.ndarray]:
    """Nearest by a cross join, two thousand points at a time."""
    homes, spots, _, _ = made_city(points, sites)

    def run() -> np.ndarray:
        parts = []
        for start in range(0, points, 2000):  # all pairs at once would not fit into memory
            pairs = homes.iloc[start : start + 2000].reset_index().merge(spots, how="cross", suffixes=("", "_site"))
            pairs["metres"] = np.hypot(pairs["x"] - pairs["x_site"], pairs["y"] - pairs["y_site"])
            parts.append(pairs.groupby("index")["metres"].min())
        return pd.concat(parts).to_numpy() * CIRCUITY / SPEED

    return run


def e2sfca_ours(points: int, sites: int) -> Callable[[], np.ndarray]:
    """E2SFCA by sparse matrices, the search for pairs included."""
    homes, spots, people, places = made_city(points, sites)
    return lambda: access.e2sfca(access.travel_matrix(homes, spots, LIMIT, SPEED, CIRCUITY), people, places)


def e2sfca_pysal(points: int, sites: int) -> Callable[[], np.ndarray]:
    """E2SFCA by PySAL access, the search for pairs included (ours: it has none)."""
    from access import fca, weights

    homes, spots, people, places = made_city(points, sites)

    def run() -> np.ndarray:
        pairs = access.travel_matrix(
            homes, spots, LIMIT, SPEED, CIRCUITY
        ).minutes.tocoo()  # it needs a cost table: ours
        cost = pd.DataFrame({"origin": pairs.row, "dest": pairs.col, "cost": pairs.data})
        scores = fca.two_stage_fca(
            pd.DataFrame({"demand": people}).rename_axis("geoid"),
            pd.DataFrame({"supply": places}).rename_axis("geoid"),
            cost,
            LIMIT,
            weight_fn=weights.step_fn({5: 1.0, 10: 0.68, 15: 0.22}),
        )
        return scores.reindex(range(points)).fillna(0).to_numpy(float)

    return run


def streets(copies: int = 1) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Berlin's streets, side by side as often as asked and joined by one way, and the nodes nearest to libraries."""
    nodes, edges = (data.table(f"network_{name}", "berlin") for name in ("nodes", "edges"))
    facilities = data.table("facilities", "berlin").query("kind == 'library'")
    libraries = np.unique(network.snap(facilities, network.streets(nodes, edges))[0])
    size, width = len(nodes), nodes["x"].max() - nodes["x"].min() + 1000
    many = [nodes.assign(node=nodes["node"] + n * size, x=nodes["x"] + n * width) for n in range(copies)]
    ways = [edges.assign(origin=edges["origin"] + n * size, target=edges["target"] + n * size) for n in range(copies)]
    ways += [edges.head(1).assign(origin=n * size, target=(n + 1) * size, metres=width) for n in range(copies - 1)]
    spots = np.concatenate([libraries + n * size for n in range(copies)])
    return pd.concat(many, ignore_index=True), pd.concat(ways, ignore_index=True), spots


def walk_ours(copies: int = 1) -> Callable[[], np.ndarray]:
    """Nearest library by scipy, one search from all libraries at once."""
    nodes, edges, libraries = streets(copies)
    graph, spots = network.streets(nodes, edges), nodes.loc[libraries, ["x", "y"]]
    return lambda: network.metres_to_nearest(graph, spots)


def walk_networkx() -> Callable[[], np.ndarray]:
    """As osmnx does: its graph is networkx's, facilities are snapped by osmnx, distances are networkx's."""
    import networkx as nx
    import osmnx as ox

    nodes, edges, libraries = streets()
    graph = nx.MultiDiGraph(crs="EPSG:25833")
    graph.add_nodes_from((row.node, {"x": row.x, "y": row.y}) for row in nodes.itertuples())
    for row in edges.itertuples():
        graph.add_edge(row.origin, row.target, length=row.metres)
        graph.add_edge(row.target, row.origin, length=row.metres)
    spots = nodes.set_index("node").loc[libraries]

    def run() -> np.ndarray:
        snapped = ox.distance.nearest_nodes(graph, spots["x"], spots["y"])
        metres = nx.multi_source_dijkstra_path_length(graph, set(snapped), weight="length")
        return np.array([metres[node] for node in nodes["node"]])

    return run


def timetable() -> tuple[transit.Connections, np.ndarray, csr_matrix]:
    """The rides of 7 to 9 h, and seconds on foot from every stop to the nearest library and from stop to stop."""
    stops, patterns, trips = (data.table(f"timetable_{name}", "berlin") for name in ("stops", "patterns", "trips"))
    rides = transit.connections(len(stops), patterns, trips, 7 * 3600, 9 * 3600)
    libraries = data.table("facilities", "berlin").query("kind == 'library'")
    near = cKDTree(libraries[["x", "y"]].to_numpy()).query(stops[["x", "y"]].to_numpy())[0] / SPEED * 60
    tree = cKDTree(stops[["x", "y"]].to_numpy(float))
    between = csr_matrix(tree.sparse_distance_matrix(tree, 400) / SPEED * 60).tolil()
    between.setdiag(transit.CHANGE)
    return rides, np.where(near <= LIMIT * 60, near, np.inf), csr_matrix(between)


def ride_ours() -> Callable[[], np.ndarray]:
    """From every stop to the nearest library at every half minute of two hours, by the timetable."""
    rides, to_place, between = timetable()

    def run() -> np.ndarray:
        best = transit.arrivals(rides, to_place, between)
        return np.where(np.isfinite(best), best, 0.0)

    return run


def ride_dijkstra() -> Callable[[], np.ndarray]:
    """The same by scipy's Dijkstra, backwards over a graph of every stop at every half minute and of every ride."""
    rides, to_place, between = timetable()
    waits, n = rides.stops * rides.bins, len(rides.origin)
    at_stop = np.arange(waits).reshape(rides.bins, rides.stops)
    ride, sink, time = waits + np.arange(n), waits + n, transit.BIN * np.arange(rides.bins)
    boarded = (rides.departure - rides.first) // transit.BIN
    ready = rides.arrival - rides.first
    edges = [(at_stop[:-1].ravel(), at_stop[1:].ravel(), np.full(waits - rides.stops, transit.BIN))]
    edges.append((at_stop[boarded, rides.origin], ride, ready - time[boarded]))
    order = np.lexsort([-ride, rides.run])  # rides are the last first
    on = rides.run[order][1:] == rides.run[order][:-1]
    before, after = order[:-1][on], order[1:][on]
    edges.append((ride[before], ride[after], ready[after] - ready[before]))
    changes = between[rides.target].tocoo()
    row = np.ceil((ready[changes.row] + changes.data) / transit.BIN).astype(int)
    use = row < rides.bins
    reached = at_stop[row[use], changes.col[use]]
    edges.append((ride[changes.row[use]], reached, time[row[use]] - ready[changes.row[use]]))
    last = np.isfinite(to_place[rides.target])
    edges.append((ride[last], np.full(last.sum(), sink), to_place[rides.target[last]]))
    origin, target, seconds = (np.concatenate(part) for part in zip(*edges, strict=True))
    # Backwards; a weight of nothing would be no edge.
    graph = csr_matrix((np.maximum(seconds, 1e-9), (target, origin)), shape=(sink + 1, sink + 1))

    def run() -> np.ndarray:
        seconds = dijkstra(graph, indices=sink)[:waits].reshape(rides.bins, rides.stops)
        best = (seconds + time[:, None] + rides.first).T
        return np.where(np.isfinite(best), best, 0.0)

    return run


def _child(make: Callable[..., Callable[[], np.ndarray]], args: tuple[int, ...], answer: Any) -> None:
    run, taken, result = make(*args), [], np.array([])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        start = time.perf_counter()
        result = run()
        taken.append(time.perf_counter() - start)
        if sum(taken) > 5:
            break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.put((min(taken), (peak - before) / 1024, peak / 1024, float(np.nansum(result))))


def measure(make: Callable[..., Callable[[], np.ndarray]], *args: int) -> tuple[float, float, float, float]:
    """Best of three in a fresh process: seconds, memory added, peak memory (MiB), checksum.

    Of fewer than three where they take over five seconds.
    """
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=_child, args=(make, args, answer))
    process.start()
    measured = answer.get(timeout=540)
    process.join()
    return measured


def row(
    work: str, who: str, measured: tuple[float, float, float, float], base: tuple[float, float, float, float]
) -> None:
    """One line of the table; refuses to compare different results."""
    if not np.isclose(measured[3], base[3], rtol=1e-6):
        raise SystemExit(f"{work}, {who}: result {measured[3]} is not ours, {base[3]}")
    print(
        f"| {work} | {who} | {measured[0]:.4f} | {measured[0] / base[0]:.1f} | {measured[1]:.0f} | {measured[2]:.0f} |",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    print(f"Machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| work | who | seconds | ratio to ours | memory added, MiB | peak, MiB |")
    print("|---|---|---|---|---|---|")
    for work, ours, peers in (
        ("library walk, Berlin, 315,127 nodes", walk_ours, {"osmnx + networkx": walk_networkx}),
        ("rides of 7 to 9 h to the nearest library from 4,552 stops", ride_ours, {"scipy's Dijkstra": ride_dijkstra}),
    ):
        base = measure(ours)
        row(work, "ours (scipy)", base, base)
        for who, make in peers.items():
            row(work, who, measure(make), base)
    one, three = measure(walk_ours, 1), measure(walk_ours, 3)
    growth = three[0] / one[0]
    print(f"| library walk, three Berlins joined, ratio to one | ours | {three[0]:.4f} | {growth:.1f} | | |")
    for size, with_pandas, with_pysal in ((10_000, True, True), (100_000, True, True), (1_000_000, False, True)):
        sites = size // 100
        for name, ours, peer, who, use in (
            ("nearest", nearest_ours, nearest_pandas, "pandas", with_pandas),
            ("E2SFCA", e2sfca_ours, e2sfca_pysal, "PySAL access", with_pysal),
        ):
            work = f"{name}, {size:,} points × {sites:,} facilities"
            base = measure(ours, size, sites)
            row(work, "ours", base, base)
            if use:
                row(work, who, measure(peer, size, sites), base)


if __name__ == "__main__":
    main()
