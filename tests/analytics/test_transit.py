"""Public transport: journeys by hand, networkx on a time-expanded graph, and Berlin's day replayed ride by ride."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

import data
from analytics import transit

EIGHT = 8 * 3600
FAR = np.inf
Trip = tuple[int, list[tuple[int, int]]]  # run; (stop, minutes after eight) at each halt


def timetable(stops: int, trips: list[Trip], window: tuple[int, int] = (EIGHT, EIGHT + 3600)) -> transit.Connections:
    """Trips that halt at stops at so many minutes after eight, arriving and leaving at once."""
    halts = [
        {"pattern": trip, "position": place, "stop": stop, "arrival": 60 * (minute - times[0][1])}
        for trip, (_run, times) in enumerate(trips)
        for place, (stop, minute) in enumerate(times)
    ]
    patterns = pd.DataFrame(halts).assign(departure=lambda rows: rows["arrival"])
    starts = [{"pattern": n, "start": EIGHT + 60 * times[0][1], "run": run} for n, (run, times) in enumerate(trips)]
    return transit.connections(stops, patterns, pd.DataFrame(starts), *window)


def walks(stops: int, *pairs: tuple[int, int, int]) -> csr_matrix:
    """Seconds on foot between stops: pairs (a, b, seconds) both ways, and CHANGE at each."""
    matrix = np.zeros((stops, stops))
    np.fill_diagonal(matrix, transit.CHANGE)
    for a, b, seconds in pairs:
        matrix[a, b] = matrix[b, a] = seconds
    return csr_matrix(matrix)


def minutes(rides: transit.Connections, to_place: list[float], between: csr_matrix, stop: int, minute: float) -> float:
    """Minutes to the place for who is ready at a stop so many minutes after eight."""
    best = transit.arrivals(rides, np.array(to_place), between)
    row = int(np.ceil((EIGHT + 60 * minute - rides.first) / transit.BIN))
    return float(best[stop, row] - EIGHT) / 60 - minute


def test_one_waits_rides_changes_and_walks() -> None:
    # Run 0 from stop 0 at 8:05 reaches stop 1 at 8:12; run 1 leaves stop 1 at 8:13 and reaches stop 2 at 8:20.
    rides = timetable(3, [(0, [(0, 5), (1, 12)]), (1, [(1, 13), (2, 20)]), (2, [(1, 25), (2, 32)])])
    place = [FAR, FAR, 90.0]
    assert minutes(rides, place, walks(3), 0, 0) == 21.5  # 5 waiting, 7 riding, 1 changing, 7 riding, 1.5 walking
    assert minutes(rides, place, walks(3), 0, 5) == 16.5
    assert minutes(rides, place, walks(3), 0, 5.5) == np.inf


def test_a_change_that_is_missed_by_a_minute_waits_for_the_next() -> None:
    trips: list[Trip] = [(0, [(0, 5), (1, 12)]), (1, [(1, 12), (2, 19)]), (2, [(1, 25), (2, 32)])]
    assert minutes(timetable(3, trips), [FAR, FAR, 0.0], walks(3), 0, 0) == 32


def test_who_stays_seated_needs_no_change() -> None:
    """A ring that is cut into two trips of one run; and a loop that passes its first stop twice."""
    ring: list[Trip] = [(0, [(0, 5), (1, 12)]), (0, [(1, 12), (2, 19)])]
    assert minutes(timetable(3, ring), [FAR, FAR, 0.0], walks(3), 0, 0) == 19
    loop: list[Trip] = [(0, [(0, 0), (1, 5), (2, 10), (0, 15), (3, 20)])]
    assert minutes(timetable(4, loop), [FAR, FAR, FAR, 0.0], walks(4), 0, 0) == 20
    assert minutes(timetable(4, loop), [FAR, FAR, FAR, 0.0], walks(4), 0, 1) == 19


def test_twin_stops_are_changed_between_on_foot() -> None:
    trips: list[Trip] = [(0, [(0, 5), (1, 12)]), (1, [(2, 15), (3, 22)])]
    assert minutes(timetable(4, trips), [FAR, FAR, FAR, 0.0], walks(4), 0, 0) == np.inf
    assert minutes(timetable(4, trips), [FAR, FAR, FAR, 0.0], walks(4, (1, 2, 180)), 0, 0) == 22
    assert minutes(timetable(4, trips), [FAR, FAR, FAR, 0.0], walks(4, (1, 2, 181)), 0, 0) == np.inf


def test_a_night_bus_runs_over_midnight() -> None:
    rides = timetable(2, [(0, [(0, 0), (1, 45)])], (23 * 3600, 24 * 3600))
    assert len(rides.departure) == 0
    patterns = pd.DataFrame({"pattern": 0, "position": [0, 1], "stop": [0, 1], "arrival": [0, 1800]})
    trips = pd.DataFrame({"pattern": [0], "start": [23 * 3600 + 3000], "run": [0]})
    rides = transit.connections(2, patterns.assign(departure=patterns["arrival"]), trips, 23 * 3600, 24 * 3600)
    best = transit.arrivals(rides, np.array([np.inf, 0.0]), walks(2))
    assert best[0, 0] == 24 * 3600 + 1200


def test_on_foot_all_the_way_where_that_is_less_and_by_every_departure() -> None:
    rides = timetable(2, [(0, [(0, 10), (1, 14)]), (1, [(0, 40), (1, 44)])])
    best = transit.arrivals(rides, np.array([FAR, 0.0]), walks(2))
    to_stops = csr_matrix(np.array([[120.0, 0.0], [0.0, 0.0], [120.0, 0.0]]))
    departures = EIGHT + 60 * np.array([0, 8, 9, 30, 45])
    seconds = transit.door_to_door(best, rides, to_stops, np.array([np.inf, 700.0, 1200.0]), departures)
    assert (seconds[0] / 60).tolist() == [14, 6, 35, 14, np.inf]
    assert (seconds[1]).tolist() == [700] * 5
    assert (seconds[2] / 60).tolist() == [14, 6, 20, 14, 20]
    middle, late = transit.typical(seconds[[2]])
    assert (middle.tolist(), late.tolist()) == ([14], [20])


STOPS = 5
HALTS = st.lists(st.tuples(st.integers(0, STOPS - 1), st.integers(1, 6)), min_size=2, max_size=5)
TRIPS = st.lists(st.tuples(st.integers(0, 30), HALTS), min_size=1, max_size=12)
FOOT = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 8)), max_size=4)


def plain(trips: list[Trip], place: list[float], between: csr_matrix, stop: int, minute: float) -> float:
    """The same by networkx: rides are nodes, an edge leads to each ride that can be taken after another."""
    rides = [
        (run, a, EIGHT + 60 * leaves, b, EIGHT + 60 * arrives)
        for run, times in trips
        for (a, leaves), (b, arrives) in pairwise(times)
    ]
    start, graph = EIGHT + 60 * minute, nx.DiGraph()
    graph.add_nodes_from(["start", "place"])
    seconds = between.toarray()
    for n, (run, a, leaves, b, arrives) in enumerate(rides):
        if a == stop and leaves >= start:
            graph.add_edge("start", n, weight=arrives - start)
        if np.isfinite(place[b]):
            graph.add_edge(n, "place", weight=place[b])
        for m, (other, c, departs, _d, reaches) in enumerate(rides):
            seated = other == run and c == b and departs >= arrives and m > n
            changed = seconds[b, c] > 0 and departs >= arrives + seconds[b, c]
            if seated or changed:
                graph.add_edge(n, m, weight=reaches - arrives)
    try:
        return float(nx.shortest_path_length(graph, "start", "place", weight="weight")) / 60
    except nx.NetworkXNoPath:
        return np.inf


@settings(max_examples=150)
@given(drawn=TRIPS, foot=FOOT, targets=st.lists(st.integers(0, STOPS - 1), min_size=1, max_size=2))
def test_random_timetables_equal_a_time_expanded_graph(
    drawn: list[tuple[int, list[tuple[int, int]]]], foot: list[tuple[int, int, int]], targets: list[int]
) -> None:
    trips: list[Trip] = []
    for run, (start, halts) in enumerate(drawn):
        times = np.cumsum([start] + [gap for _stop, gap in halts[1:]]).tolist()
        trips.append((run, list(zip((stop for stop, _gap in halts), times, strict=True))))
    between = walks(STOPS, *((a, b, 60 * gap) for a, b, gap in foot if a != b))
    place = [60.0 if stop in targets else FAR for stop in range(STOPS)]
    rides = timetable(STOPS, trips)
    for stop in range(STOPS):
        for minute in (0, 7, 15.5, 29):
            assert minutes(rides, place, between, stop, minute) == pytest.approx(
                plain(trips, place, between, stop, minute)
            )


@pytest.fixture(scope="module")
def berlin() -> tuple[pd.DataFrame, transit.Connections, csr_matrix]:
    """Berlin's stops, the rides of 7 to 9 h, and walks of up to 400 m along straight lines between stops."""
    stops, patterns, trips = (data.table(f"timetable_{name}", "berlin") for name in ("stops", "patterns", "trips"))
    from scipy.spatial import cKDTree

    tree = cKDTree(stops[["x", "y"]].to_numpy(float))
    near = csr_matrix(tree.sparse_distance_matrix(tree, 400) / 1.38).tolil()
    near.setdiag(transit.CHANGE)
    rides = transit.connections(len(stops), patterns, trips, 7 * 3600, 9 * 3600)
    return stops, rides, csr_matrix(near)


def station(stops: pd.DataFrame, name: str) -> int:
    return int(stops.loc[stops["name"] == name, "stop"].iloc[0])


def test_from_alexanderplatz_to_zoo_at_eight(berlin: tuple[pd.DataFrame, transit.Connections, csr_matrix]) -> None:
    """The S-Bahn rides 12.6 minutes, and one leaves every few minutes."""
    stops, rides, between = berlin
    place = np.full(len(stops), np.inf)
    place[station(stops, "S+U Zoologischer Garten Bhf (Berlin)")] = 0
    best = transit.arrivals(rides, place, between)
    row = (EIGHT - rides.first) // transit.BIN
    taken = (best[station(stops, "S+U Alexanderplatz Bhf (Berlin)"), row] - EIGHT) / 60
    assert 11 <= taken <= 16


def replay(rides: transit.Connections, place: np.ndarray, between: csr_matrix, stop: int, start: int) -> float:
    """Earliest arrival by going through the day's rides from the first to the last, one by one."""
    ready, aboard, best = np.full(rides.stops, np.inf), set[int](), np.inf
    ready[stop] = start
    for n in np.argsort(rides.departure, kind="stable"):
        run, leaves = int(rides.run[n]), rides.departure[n]
        if run not in aboard and ready[rides.origin[n]] > leaves:
            continue
        aboard.add(run)
        target, arrives = int(rides.target[n]), rides.arrival[n]
        best = min(best, arrives + place[target])
        for at in range(between.indptr[target], between.indptr[target + 1]):
            there = rides.first + transit.BIN * np.ceil((arrives - rides.first + between.data[at]) / transit.BIN)
            ready[between.indices[at]] = min(ready[between.indices[at]], there)
    return float(best)


def test_answers_for_berlin_are_those_of_a_plain_replay(
    berlin: tuple[pd.DataFrame, transit.Connections, csr_matrix],
) -> None:
    stops, rides, between = berlin
    generator = np.random.default_rng(7)
    place = np.full(len(stops), np.inf)
    place[generator.choice(len(stops), 5, replace=False)] = 300.0
    best = transit.arrivals(rides, place, between)
    served = np.unique(rides.origin)
    for stop in generator.choice(served, 4, replace=False):
        start = int(rides.first + transit.BIN * generator.integers(0, 120))
        row = (start - rides.first) // transit.BIN
        assert best[stop, row] == pytest.approx(replay(rides, place, between, int(stop), start))
