"""Where the next sites should go: covering, median and centre problems; a greedy answer first, then the proven optimum.

Covering problems are solved by HiGHS through scipy's milp, which takes sparse matrices as they are; the p-median by
Lagrangian relaxation, for PySAL spopt builds 600,000 variables for 2,000 x 300 in 17 s and had no solution after a
minute. spopt is the oracle in the tests.

covers: sites x points, 1 where a site serves a point. weight: people by point. gap: how near the optimum is near
enough, relative; limit_s: seconds after which the best so far is taken.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp


class Solution(NamedTuple):
    """sites: positions of the sites to open. value: the objective. bound: no solution can be better than this.

    gap: |value - bound| / |value|; 0 is proven. seconds: how long it took.
    """

    sites: list[int]
    value: float
    bound: float
    gap: float
    seconds: float


NOTHING = Solution([], 0.0, 0.0, 0.0, 0.0)  # where no site would serve anybody


@dataclass(frozen=True)
class SitingProblem:
    """New sites beside those there are, which need not be among the candidates: what they serve is taken as served.

    model: one of analytics.scenario.SITING. minutes: points x candidates. weight: people by point. groups: groups x
    points. before: minutes to the nearest site there is, by point. limit: minutes within which a point is served.
    room: people a new site takes, 0 for any number (maximal covering only).
    """

    model: str
    minutes: np.ndarray
    weight: np.ndarray
    groups: np.ndarray
    before: np.ndarray
    count: int
    limit: float
    room: int = 0

    def gained(self, sites: list[int], factor: float = 1.0) -> float:
        """People newly within the limit of some candidates where every walk takes `factor` times as long."""
        missed, reached = factor * self.before > self.limit, factor * self.minutes[:, sites].min(axis=1) <= self.limit
        return float(self.weight @ (missed & reached))


def greedy_cover(covers: sparse.csr_matrix, weight: np.ndarray, count: int) -> Solution:
    """Open the site that adds most, count times: at least 63 % of the optimum (Nemhauser, Wolsey & Fisher 1978).

    Stops early where nothing is left to gain. The bound is the lower of value / (1 - 1/e) and value plus the `count`
    largest further gains, since gains only shrink as sites open.
    """
    start, sites, served = time.perf_counter(), list[int](), np.zeros(covers.shape[1], dtype=bool)
    for _ in range(count):
        gain = covers @ np.where(served, 0.0, weight)
        gain[sites] = -1
        best = int(gain.argmax())
        if gain[best] <= 0:
            break
        sites.append(best)
        served |= covers[best].toarray().ravel() > 0
    value = float(weight[served].sum())
    further = np.sort(covers @ np.where(served, 0.0, weight))[::-1][:count].sum()
    bound = min(float(weight.sum()), value / (1 - 1 / np.e), value + float(further))
    return Solution(sites, value, bound, (bound - value) / value if value else 0.0, time.perf_counter() - start)


def serve_with_room(covers: sparse.csr_matrix, weight: np.ndarray, sites: list[int], room: float) -> float:
    """People whom these sites serve where each has room for so many and fills up one after another."""
    left, served = weight.astype(float), 0.0
    for site in sites:
        near = left * (covers[site].toarray().ravel() > 0)
        taken = min(float(near.sum()), room)
        left, served = left - near * (taken / max(float(near.sum()), 1e-9)), served + taken
    return served


def _solve(
    cost: np.ndarray,
    rows: list[LinearConstraint],
    sites: int,
    gap: float,
    limit_s: float,
    whole: bool = True,
    nodes: int | None = None,
) -> Solution:
    """Minimise over variables from 0 to 1, of which the first `sites`, whole numbers if `whole`, are the sites.

    Raises ValueError where nothing satisfies every condition.
    """
    start = time.perf_counter()
    solved = milp(
        cost,
        constraints=rows,
        integrality=whole & (np.arange(len(cost)) < sites),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": gap, "time_limit": limit_s, "node_limit": nodes},
    )
    if solved.x is None:
        raise ValueError("No choice of sites satisfies every condition within the time allowed; relax one of them.")
    opened = np.flatnonzero(solved.x[:sites] > 0.5).tolist()
    bound = float(solved.mip_dual_bound if solved.mip_dual_bound is not None else solved.fun)
    away = abs(solved.fun - bound) / abs(solved.fun) if solved.fun else 0.0
    return Solution(opened, float(solved.fun), bound, away, time.perf_counter() - start)


def _at_most(count: int, sites: int, others: int) -> LinearConstraint:
    """No more than count of the sites, whatever the other variables are."""
    return LinearConstraint(sparse.csr_matrix(np.repeat([1.0, 0.0], [sites, others])), -np.inf, count)


def _useful(covers: sparse.csr_matrix, weight: np.ndarray) -> tuple[np.ndarray, sparse.csr_matrix, np.ndarray]:
    """Positions of sites that serve anybody, whom they cover, and how many people each point with people has."""
    live = np.flatnonzero(covers @ weight)
    peopled = (weight > 0) & (np.asarray(covers[live].sum(axis=0)).ravel() > 0)
    return live, covers[live][:, peopled], weight[peopled]


def _covering(solved: Solution, live: np.ndarray) -> Solution:
    """A least negative number of people as the most people, its sites at their own positions."""
    return solved._replace(sites=live[solved.sites].tolist(), value=-solved.value, bound=-solved.bound)


def max_cover(
    covers: sparse.csr_matrix,
    weight: np.ndarray,
    count: int,
    *,
    gap: float = 0.01,
    limit_s: float = 60,
    whole: bool = True,
    nodes: int | None = None,
) -> Solution:
    """Maximal covering location (Church & ReVelle 1974): most people served by `count` sites.

    Sites and points that could add nothing are left out first. whole: if not, sites may open in part (linear
    relaxation): no choice of sites has a higher value. nodes: at most so many of the search tree, whatever time they
    take: the same answer on every machine.
    """
    live, covers, weight = _useful(covers, weight)
    sites, points = covers.shape
    if not sites and count >= 0:
        return NOTHING
    served = LinearConstraint(sparse.hstack([-covers.T, sparse.identity(points)]).tocsr(), -np.inf, 0)
    cost = np.concatenate([np.zeros(sites), -weight])
    solved = _solve(cost, [served, _at_most(count, sites, points)], sites, gap, limit_s, whole, nodes)
    return _covering(solved, live)


def capacitated_cover(
    covers: sparse.csr_matrix,
    weight: np.ndarray,
    capacity: np.ndarray,
    count: int,
    *,
    gap: float = 0.01,
    limit_s: float = 60,
    whole: bool = True,
    nodes: int | None = None,
) -> Solution:
    """Maximal covering where a site serves no more people than it has room for (Current & Storbeck 1988).

    capacity: people by site. People of a point may be shared among sites. whole: as in max_cover.
    """
    live, covers, weight = _useful(covers, weight)
    (sites, points), capacity = covers.shape, capacity[live]
    if not sites and count >= 0:
        return NOTHING
    pairs = covers.tocoo()
    people, pair = weight[pairs.col], np.arange(pairs.nnz)  # a variable a pair: the share of the point's people
    shares = sparse.csr_matrix((np.ones(pairs.nnz), (pairs.col, pair)), shape=(points, pairs.nnz))
    taken = sparse.csr_matrix((people, (pairs.row, pair)), shape=(sites, pairs.nnz))
    rows = [
        LinearConstraint(sparse.hstack([sparse.csr_matrix((points, sites)), shares]).tocsr(), 0, 1),
        LinearConstraint(sparse.hstack([-sparse.diags(capacity.astype(float)), taken]).tocsr(), -np.inf, 0),
        _at_most(count, sites, pairs.nnz),
    ]
    solved = _solve(np.concatenate([np.zeros(sites), -people]), rows, sites, gap, limit_s, whole, nodes)
    return _covering(solved, live)


def set_cover(covers: sparse.csr_matrix, *, gap: float = 0.0, limit_s: float = 60) -> Solution:
    """Location set covering (Toregas et al. 1971): fewest sites that serve every point that can be served."""
    able = np.asarray(covers.sum(axis=0)).ravel() > 0
    rows = [LinearConstraint(covers.T.tocsr()[able], 1, np.inf)]
    return _solve(np.ones(covers.shape[0]), rows, covers.shape[0], gap, limit_s)


def max_min_cover(
    covers: sparse.csr_matrix,
    groups: np.ndarray,
    count: int,
    served: np.ndarray,
    *,
    gap: float = 0.01,
    limit_s: float = 60,
) -> Solution:
    """Sites for which the worst-served group is served best: maximise the lowest share served (Rawlsian covering).

    groups: groups x points, people; a person may be in several. served: points that are served already.
    value: the worst-off group's share, 0 to 1. Ties are broken by the total.
    """
    sites, points = covers.shape
    sizes = groups.sum(axis=1)
    shares = groups[sizes > 0] / sizes[sizes > 0, None]
    reach = sparse.hstack([-covers.T, sparse.identity(points), sparse.csr_matrix((points, 1))]).tocsr()[~served]
    lowest = sparse.hstack([sparse.csr_matrix((len(shares), sites)), shares, -np.ones((len(shares), 1))]).tocsr()
    rows = [LinearConstraint(lowest, 0, np.inf), _at_most(count, sites, points + 1)]
    if reach.shape[0]:
        rows.append(LinearConstraint(reach, -np.inf, 0))
    cost = np.concatenate([np.zeros(sites), -1e-4 * groups.sum(axis=0) / groups.sum(), [-1.0]])
    solved = _solve(cost, rows, sites, gap, limit_s)
    after = served | (np.asarray(covers[solved.sites].sum(axis=0)).ravel() > 0)
    return solved._replace(value=float((shares @ after).min()), bound=min(-solved.bound, 1.0))


def p_center(distance: np.ndarray, count: int, *, limit_s: float = 60) -> Solution:
    """The sites for which the farthest point is nearest (Hakimi 1964).

    distance: points x sites. value: the farthest point's distance. Bisection over distances, a set covering at each
    (Minieka 1970).
    """
    start, steps = time.perf_counter(), np.unique(distance)
    low, high, best = int(np.searchsorted(steps, distance.min(axis=1).max())), len(steps) - 1, list[int]()
    while low <= high:
        middle = (low + high) // 2
        open_ = distance[distance.max(axis=1) > steps[middle]]  # the others are near whichever sites open
        covers = sparse.csr_matrix((steps[middle] >= open_.T).astype(float))
        quick = greedy_cover(covers, np.ones(len(open_)), count)
        chosen = quick.sites if quick.value == len(open_) else set_cover(covers, limit_s=limit_s).sites
        if len(chosen) <= count:
            best, high = chosen, middle - 1
        else:
            low = middle + 1
    value = float(distance[:, best].min(axis=1).max())
    return Solution(best, value, value, 0.0, time.perf_counter() - start)


def _interchange(distance: np.ndarray, weight: np.ndarray, sites: list[int]) -> tuple[list[int], float]:
    """Swap one open site for a closed one while that helps (Teitz & Bart 1968)."""
    chosen = list(sites)
    while True:
        near = distance[:, chosen]
        order = np.argsort(near, axis=1)[:, :2]
        first = near[np.arange(len(near)), order[:, 0]]
        second = near[np.arange(len(near)), order[:, 1]] if near.shape[1] > 1 else np.full(len(near), np.inf)
        gain = weight @ np.minimum(distance - first[:, None], 0)
        best = (-1e-9 * max(1.0, weight @ first), -1, -1)
        for place in range(len(chosen)):
            own = order[:, 0] == place
            without = np.minimum(distance[own], second[own, None]) - first[own, None]
            change = gain + weight[own] @ (without - np.minimum(distance[own] - first[own, None], 0))
            change[chosen] = np.inf
            into = int(change.argmin())
            if change[into] < best[0]:
                best = (float(change[into]), place, into)
        if best[1] < 0:
            return chosen, float(weight @ first)
        chosen[best[1]] = best[2]


def p_median(
    distance: np.ndarray, weight: np.ndarray, count: int, *, gap: float = 0.01, rounds: int = 3000
) -> Solution:
    """p-median (Hakimi 1964): the shortest total way, weighted with people, within gap or the best after `rounds`.

    distance: points x sites. Lagrangian relaxation (Narula, Ogbu & Samuelsson 1977; Beasley 1993), whose choices are
    bettered by interchange.
    """
    start = time.perf_counter()
    costs = distance * weight[:, None]
    prices = np.partition(costs, 1, axis=1)[:, 1] if costs.shape[1] > 1 else costs[:, 0].copy()
    sites, value = _interchange(distance, weight, np.argsort(costs.sum(axis=0))[:count].tolist())
    lower, step, idle = -np.inf, 2.0, 0
    for turn in range(rounds):
        reduced = np.minimum(costs - prices[:, None], 0)
        worth = reduced.sum(axis=0)
        picked = np.argpartition(worth, count - 1)[:count]
        bound = float(prices.sum() + worth[picked].sum())
        improved = bound > lower + 1e-9 * abs(value)
        idle, lower = (0, bound) if improved else (idle + 1, lower)
        if turn % 25 == 0 or (improved and turn % 5 == 0):
            trial = float(weight @ distance[:, picked].min(axis=1))
            if trial < 1.05 * value:
                better, cost = _interchange(distance, weight, picked.tolist())
                if cost < value - 1e-9:
                    sites, value = better, cost
        if value - lower <= gap * value:
            break
        if idle >= 20:
            step, idle = step / 2, 0
        slope = 1 - (reduced[:, picked] < 0).sum(axis=1)
        size = float(slope @ slope)
        if size == 0 or step < 1e-6:
            break
        prices = prices + step * (1.02 * value - bound) / size * slope
    return Solution(sites, value, lower, max(value - lower, 0.0) / value if value else 0.0, time.perf_counter() - start)


def solve(
    problem: SitingProblem, gap: float = 0.01, limit_s: float = 60, whole: bool = True, nodes: int | None = None
) -> Solution:
    """The problem's answer by its model. Raises ValueError for an unknown model. whole, nodes: as in max_cover.

    value: people newly served (maximal covering), person-minutes (p-median), the farthest point's minutes (p-centre),
    number of sites (set covering) or the worst-off group's share (fairest).
    """
    model, minutes, before, weight = problem.model, problem.minutes, problem.before, problem.weight
    covers = sparse.csr_matrix((problem.limit >= minutes.T).astype(float))
    unserved, inhabited = before > problem.limit, weight > 0
    missed = np.where(unserved, weight, 0.0)
    if model == "maximal covering":
        capacity = np.full(covers.shape[0], float(problem.room))
        cover = partial(max_cover, covers, missed)
        if problem.room:
            cover = partial(capacitated_cover, covers, missed, capacity)
        return cover(problem.count, gap=gap, limit_s=limit_s, whole=whole, nodes=nodes)
    if model == "set covering":
        return set_cover(covers[:, unserved & inhabited], gap=gap, limit_s=limit_s)
    if model == "fairest":
        return max_min_cover(covers, problem.groups, problem.count, ~unserved, gap=gap, limit_s=limit_s)
    nearer = np.minimum(minutes, np.where(np.isfinite(before), before, minutes.max())[:, None])[inhabited]
    if model == "p-median":
        return p_median(nearer, weight[inhabited], problem.count, gap=gap)
    if model == "p-centre":
        return p_center(nearer, problem.count, limit_s=limit_s)
    raise ValueError(f"There is no model '{model}'.")
