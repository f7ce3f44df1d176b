"""Shock tests: what closed services or doubled demand do, how redundant a service is, how fast it recovers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrivals import stream


class Resilience(NamedTuple):
    """score: geometric mean of its parts, 0 to 1; never to be shown without them.

    redundancy: share of those served who have a second site in reach. robustness: share of them still served after
    losing a tenth of the sites at random (mean of many draws). absorption: share of them still served after losing the
    one worst site. draws_low, draws_high: 10th and 90th percentile of robustness.
    """

    score: float
    redundancy: float
    robustness: float
    absorption: float
    draws_low: float
    draws_high: float


def sites_in_reach(covers: sparse.csr_matrix, opened: np.ndarray) -> np.ndarray:
    """How many open sites each point has in reach. covers: sites x points; opened: by site."""
    return covers.T @ opened.astype(float)


def resilience(
    covers: sparse.csr_matrix, people: np.ndarray, lose: float = 0.1, draws: int = 200, seed: int = 0
) -> Resilience:
    """Redundancy, robustness and absorption of one service. Raises ValueError if it serves nobody.

    After Bruneau et al. (2003), who name robustness and redundancy among the properties of resilience; the score's form
    is ours.
    """
    sites = covers.shape[0]
    count = sites_in_reach(covers, np.ones(sites))
    base = people[count > 0].sum()
    if base <= 0:
        raise ValueError("Nobody is served, so nothing can be lost.")
    generator = stream(seed, "sites lost")
    still_served = []
    for _ in range(draws):
        opened = np.ones(sites)
        opened[generator.choice(sites, max(1, round(lose * sites)), replace=False)] = 0
        still_served.append(people[sites_in_reach(covers, opened) > 0].sum() / base)
    redundancy, robustness = float(people[count > 1].sum() / base), float(np.mean(still_served))
    absorption = float(1 - (covers @ np.where(count == 1, people, 0.0)).max() / base)
    score = (redundancy * robustness * absorption) ** (1 / 3)
    low, high = (float(end) for end in np.percentile(still_served, [10, 90]))
    return Resilience(score, redundancy, robustness, absorption, low, high)


def share_served(covers: sparse.csr_matrix, people: np.ndarray, areas: np.ndarray, opened: np.ndarray) -> pd.Series:
    """Share of each area's people with an open site in reach; empty where nobody lives."""
    near = people * (sites_in_reach(covers, opened) > 0)
    table = pd.DataFrame({"area": areas, "people": people, "near": near}).groupby("area").sum()
    return (table["near"] / table["people"].where(table["people"] > 0)).rename("share")


def recovery(covers: sparse.csr_matrix, people: np.ndarray, opened: np.ndarray, a_year: int) -> pd.DataFrame:
    """How coverage comes back when closed sites reopen, the most useful first.

    opened: after the shock. a_year: sites reopened a year. Returns year, served (people), share of those served before
    the shock.
    """
    before = people[sites_in_reach(covers, np.ones(covers.shape[0])) > 0].sum()
    state, rows, year = opened.astype(bool).copy(), [], 0
    while True:
        near = sites_in_reach(covers, state) > 0
        rows.append((year, float(people[near].sum()), float(people[near].sum() / before) if before else np.nan))
        if state.all():
            return pd.DataFrame(rows, columns=["year", "served", "share"])
        for _ in range(min(a_year, int((~state).sum()))):
            gain = covers @ np.where(sites_in_reach(covers, state) > 0, 0.0, people)
            gain[state] = -1
            state[int(gain.argmax())] = True
        year += 1


def close_least_used(covers: sparse.csr_matrix, people: np.ndarray, share: float) -> np.ndarray:
    """Which sites stay open when a share of the budget goes.

    Sites cost alike and are closed one after another, each time the one whose people lose least.
    """
    opened = np.ones(covers.shape[0], dtype=bool)
    for _ in range(round(share * len(opened))):
        count = sites_in_reach(covers, opened)
        loss = covers @ np.where(count == 1, people, 0.0) + 1e-9 * (covers @ people)
        loss[~opened] = np.inf
        opened[int(loss.argmin())] = False
    return opened
