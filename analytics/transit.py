"""Public transport door to door: walk, wait, ride, change, walk, from everywhere to the nearest of some places.

A profile connection scan (Dibbelt, Pajor, Strasser & Wagner 2013, "Intriguingly Simple and Fast Transit Routing",
section 4: all departures to one target, connections from the last to the first); any number of places are the target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

BIN = 30  # seconds: a change is not made sooner than at the next full half minute
CHANGE = 60  # seconds from one vehicle to another at one stop, at least; our assumption
LONGEST = 7200  # seconds that a way may take: longer ones are none


@dataclass(frozen=True)
class Connections:
    """Rides from one stop to the next, the last departure first, in batches that no run is twice in.

    departure, arrival: seconds after midnight. origin, target: stops. run: number of the run. batches: first and past
    the last ride of each batch, which depart in one BIN. first: seconds of the first BIN. bins, stops, runs: how many.
    """

    departure: np.ndarray
    arrival: np.ndarray
    origin: np.ndarray
    target: np.ndarray
    run: np.ndarray
    batches: np.ndarray
    first: int
    bins: int
    stops: int
    runs: int


def connections(stops: int, patterns: pd.DataFrame, trips: pd.DataFrame, first: int, last: int) -> Connections:
    """The rides that a traveller who sets out from `first` to `last` (seconds after midnight) may take.

    patterns: pattern, position, stop, arrival, departure (seconds after a trip's start). trips: pattern, start, run.
    """
    order = patterns.sort_values(["pattern", "position"], kind="stable")
    legs = order.assign(
        target=order["stop"].shift(-1), reached=order["arrival"].shift(-1), same=order["pattern"].shift(-1)
    )
    legs = legs[legs["same"] == legs["pattern"]]
    rides = trips[["pattern", "start", "run"]].merge(
        legs[["pattern", "position", "stop", "departure", "target", "reached"]], on="pattern"
    )
    departure = (rides["start"] + rides["departure"]).to_numpy(np.int64)
    arrival = np.maximum((rides["start"] + rides["reached"]).to_numpy(np.int64), departure)
    use = (departure >= first) & (arrival <= last + LONGEST)
    bins = (last + LONGEST - first) // BIN + 2
    number, runs = pd.factorize(rides["run"].to_numpy()[use])
    table = pd.DataFrame(
        {
            "bin": (departure[use] - first) // BIN,
            "departure": departure[use],
            "arrival": arrival[use],
            "position": rides["position"].to_numpy()[use],
            "origin": rides["stop"].to_numpy(np.int64)[use],
            "target": rides["target"].to_numpy(np.int64)[use],
            "run": number,
        }
    ).sort_values(["bin", "departure", "arrival", "position"], ascending=False, kind="stable")
    # A run with several rides in one bin has the later before the earlier, each in a batch of its own.
    table["turn"] = table.groupby(["bin", "run"], sort=False).cumcount()
    table = table.sort_values(["bin", "turn"], ascending=[False, True], kind="stable")
    change = (table[["bin", "turn"]].diff().fillna(1) != 0).any(axis=1).to_numpy()
    batches = np.append(np.flatnonzero(change), len(table))
    columns = {name: table[name].to_numpy() for name in ("departure", "arrival", "origin", "target", "run")}
    return Connections(**columns, batches=batches, first=first, bins=int(bins), stops=stops, runs=len(runs))


def arrivals(rides: Connections, to_place: np.ndarray, between: csr_matrix) -> np.ndarray:
    """Earliest arrival at a place by the next ride from every stop, for whoever is ready at the stop in each BIN.

    to_place: seconds of walking from each stop to the nearest place (infinite: none near). between: seconds of walking
    from stop to stop where that is near; at least CHANGE, as at the same stop. Returns stops × bins, seconds after
    midnight; infinite where none is reached within LONGEST of the last setting out.
    """
    best = np.full((rides.bins + 1, rides.stops), np.inf)
    seated = np.full(rides.runs, np.inf)
    filled = rides.bins  # rows from here on are known
    for start, end in zip(rides.batches[:-1], rides.batches[1:], strict=True):
        batch = slice(start, end)
        row = int((rides.departure[start] - rides.first) // BIN)
        best[row:filled] = best[filled]
        filled = row
        target, arrival = rides.target[batch], rides.arrival[batch]
        value = np.minimum(arrival + to_place[target], _changed(best, between, target, arrival - rides.first))
        value = np.minimum(value, seated[rides.run[batch]])
        seated[rides.run[batch]] = value
        np.minimum.at(best[row], rides.origin[batch], value)
    best[:filled] = best[filled]
    return best[: rides.bins].T


def _changed(best: np.ndarray, between: csr_matrix, stop: np.ndarray, ready: np.ndarray) -> np.ndarray:
    """Earliest arrival by a ride from a stop near each, or from it, for who gets off at `ready` seconds after first."""
    counts = np.diff(between.indptr)[stop]
    starts = np.concatenate([[0], np.cumsum(counts)])
    which = np.arange(starts[-1]) - np.repeat(starts[:-1], counts) + np.repeat(between.indptr[stop], counts)
    row = np.ceil((np.repeat(ready, counts) + between.data[which]) / BIN).astype(np.int64)
    values = best[np.minimum(row, len(best) - 1), between.indices[which]]
    result = np.full(len(stop), np.inf)
    some = counts > 0
    result[some] = np.minimum.reduceat(values, starts[:-1][some]) if some.any() else result[some]
    return result


def door_to_door(
    best: np.ndarray, rides: Connections, to_stops: csr_matrix, walked: np.ndarray, departures: np.ndarray
) -> np.ndarray:
    """Seconds from points to the nearest place at every departure: by a ride, or all on foot where that is less.

    best: of arrivals. to_stops: points × stops, seconds of walking where that is near. walked: seconds on foot to the
    nearest place, by point. departures: seconds after midnight. Returns points × departures (infinite: longer than
    LONGEST).
    """
    result = np.repeat(np.asarray(walked, dtype=np.float32)[:, None], len(departures), axis=1)
    some = np.flatnonzero(np.diff(to_stops.indptr) > 0)
    starts = to_stops.indptr[some]
    for column, departure in enumerate(departures):
        row = np.ceil((departure - rides.first + to_stops.data) / BIN).astype(np.int64)
        seconds = best[to_stops.indices, np.minimum(row, rides.bins - 1)] - departure
        if len(some):
            result[some, column] = np.minimum(result[some, column], np.minimum.reduceat(seconds, starts))
    result[result > LONGEST] = np.inf
    return result


def typical(seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median and 85th percentile over departures, minutes. seconds: points × departures."""
    count = seconds.shape[1]
    ordered = np.sort(seconds, axis=1)
    middle = (ordered[:, (count - 1) // 2] + ordered[:, count // 2]) / 2
    return middle / 60, ordered[:, int(np.ceil(0.85 * count)) - 1] / 60
