"""Where should the next sites go? Covering, median and centre problems: a greedy answer at once, then the proven optimum.

Covering problems are solved by HiGHS through scipy's milp, which takes sparse matrices as they are; the p-median by Lagrangian relaxation,
for PySAL spopt builds 600,000 variables for 2,000 x 300 in 17 s and had no solution after a minute. spopt is the oracle in the tests.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp


class Solution(NamedTuple):
    """sites: positions of all open sites, kept ones first. value: the objective. bound: no solution can be better than this.
    gap: |value - bound| / |value|; 0 is proven. seconds: how long it took.
    """

    sites: list[int]
    value: float
    bound: float
    gap: float
    seconds: float


def greedy_cover(covers: sparse.csr_matrix, weight: np.ndarray, count: int, keep: list[int] | None = None) -> Solution:
    """Open the site that adds most, count times: at least 63 % of the optimum (Nemhauser, Wolsey & Fisher 1978).

    covers: sites x points, 1 where a site serves a point. weight: people by point. keep: sites open already. Stops early where
    nothing is left to gain. The bound is the lower of value / (1 - 1/e), counted from what the kept sites serve, and value plus the
    `count` largest further gains, since gains only shrink as sites open.
    """
    start, open_sites = time.perf_counter(), list(keep or [])
    served = (
        np.asarray(covers[open_sites].sum(axis=0)).ravel() > 0 if open_sites else np.zeros(covers.shape[1], dtype=bool)
    )
    base = float(weight[served].sum())
    for _ in range(count):
        gain = covers @ np.where(served, 0.0, weight)
        gain[open_sites] = -1
        best = int(gain.argmax())
        if gain[best] <= 0:
            break
        open_sites.append(best)
        served |= covers[best].toarray().ravel() > 0
    value = float(weight[served].sum())
    further = np.sort(covers @ np.where(served, 0.0, weight))[::-1][:count].sum()
    bound = min(float(weight.sum()), base + (value - base) / (1 - 1 / np.e), value + float(further))
    return Solution(open_sites, value, bound, (bound - value) / value if value else 0.0, time.perf_counter() - start)


def _solve(
    cost: np.ndarray,
    rows: list[tuple[sparse.spmatrix, np.ndarray, np.ndarray]],
    integer: np.ndarray,
    upper: np.ndarray,
    lower: np.ndarray,
    sites: int,
    gap: float,
    limit_s: float,
) -> Solution:
    """Minimise; the first `sites` variables are the sites. Raises ValueError where nothing satisfies every condition."""
    start = time.perf_counter()
    found = milp(
        cost,
        constraints=[LinearConstraint(a.tocsr(), low, high) for a, low, high in rows],
        integrality=integer,
        bounds=Bounds(lower, upper),
        options={"mip_rel_gap": gap, "time_limit": limit_s},
    )
    if found.x is None:
        raise ValueError("No choice of sites satisfies every condition within the time allowed; relax one of them.")
    opened = [int(place) for place in np.flatnonzero(found.x[:sites] > 0.5)]
    bound = float(found.mip_dual_bound if found.mip_dual_bound is not None else found.fun)
    away = abs(found.fun - bound) / abs(found.fun) if found.fun else 0.0
    return Solution(opened, float(found.fun), bound, away, time.perf_counter() - start)


def _site_bounds(sites: int, keep: list[int] | None, closed: list[int] | None) -> tuple[np.ndarray, np.ndarray]:
    lower, upper = np.zeros(sites), np.ones(sites)
    lower[keep or []] = 1
    upper[closed or []] = 0
    return lower, upper


def max_cover(
    covers: sparse.csr_matrix,
    weight: np.ndarray,
    count: int | None = None,
    *,
    keep: list[int] | None = None,
    closed: list[int] | None = None,
    cost: np.ndarray | None = None,
    budget: float | None = None,
    gap: float = 0.01,
    limit_s: float = 60,
) -> Solution:
    """Maximal covering location (Church & ReVelle 1974): most people served by `count` new sites, or by those a budget buys.

    covers: sites x points; keep: sites that stay, free of charge and beside count; closed: sites that may not open.
    """
    sites, points = covers.shape
    lower, upper = _site_bounds(sites, keep, closed)
    people = sparse.identity(points, format="csr")
    rows = [(sparse.hstack([-covers.T, people]), np.full(points, -np.inf), np.zeros(points))]
    fresh = np.ones(sites)
    fresh[keep or []] = 0
    if count is not None:
        rows.append(
            (
                sparse.csr_matrix(np.concatenate([fresh, np.zeros(points)])),
                np.array([-np.inf]),
                np.array([float(count)]),
            )
        )
    if budget is not None and cost is not None:
        rows.append(
            (
                sparse.csr_matrix(np.concatenate([fresh * cost, np.zeros(points)])),
                np.array([-np.inf]),
                np.array([budget]),
            )
        )
    found = _solve(
        np.concatenate([np.zeros(sites), -weight]),
        rows,
        np.concatenate([np.ones(sites), np.zeros(points)]),
        np.concatenate([upper, np.ones(points)]),
        np.concatenate([lower, np.zeros(points)]),
        sites,
        gap,
        limit_s,
    )
    return found._replace(value=-found.value, bound=-found.bound)


def capacitated_cover(
    covers: sparse.csr_matrix,
    weight: np.ndarray,
    capacity: np.ndarray,
    count: int,
    *,
    keep: list[int] | None = None,
    gap: float = 0.01,
    limit_s: float = 60,
) -> Solution:
    """Maximal covering where a site serves no more people than it has room for (Current & Storbeck 1988).

    capacity: people by site. People of a point may be shared among sites.
    """
    sites, points = covers.shape
    pairs = covers.tocoo()
    ways = pairs.nnz
    each = sparse.csr_matrix((np.ones(ways), (pairs.col, np.arange(ways))), shape=(points, ways))
    at = sparse.csr_matrix((np.ones(ways), (pairs.row, np.arange(ways))), shape=(sites, ways))
    fresh = np.ones(sites)
    fresh[keep or []] = 0
    lower, upper = _site_bounds(sites, keep, None)
    rows = [
        (sparse.hstack([sparse.csr_matrix((points, sites)), each]), np.zeros(points), weight.astype(float)),
        (sparse.hstack([-sparse.diags(capacity.astype(float)), at]), np.full(sites, -np.inf), np.zeros(sites)),
        (sparse.csr_matrix(np.concatenate([fresh, np.zeros(ways)])), np.array([-np.inf]), np.array([float(count)])),
    ]
    found = _solve(
        np.concatenate([np.zeros(sites), -np.ones(ways)]),
        rows,
        np.concatenate([np.ones(sites), np.zeros(ways)]),
        np.concatenate([upper, np.full(ways, np.inf)]),
        np.concatenate([lower, np.zeros(ways)]),
        sites,
        gap,
        limit_s,
    )
    return found._replace(value=-found.value, bound=-found.bound)


def set_cover(
    covers: sparse.csr_matrix,
    *,
    keep: list[int] | None = None,
    cost: np.ndarray | None = None,
    gap: float = 0.0,
    limit_s: float = 60,
) -> Solution:
    """Location set covering (Toregas et al. 1971): fewest (or cheapest) sites that serve every point that can be served."""
    sites = covers.shape[0]
    able = np.asarray(covers.sum(axis=0)).ravel() > 0
    lower, upper = _site_bounds(sites, keep, None)
    rows = [(covers.T.tocsr()[able], np.ones(int(able.sum())), np.full(int(able.sum()), np.inf))]
    return _solve(
        np.ones(sites) if cost is None else cost.astype(float), rows, np.ones(sites), upper, lower, sites, gap, limit_s
    )


def max_min_cover(
    covers: sparse.csr_matrix,
    groups: np.ndarray,
    count: int,
    *,
    keep: list[int] | None = None,
    gap: float = 0.01,
    limit_s: float = 60,
) -> Solution:
    """Sites for which the worst-served group is served best: maximise the lowest share served (Rawlsian covering).

    groups: groups x points, people; a person may be in several. value: the worst-off group's share, 0 to 1. Ties are broken by the total.
    """
    sites, points = covers.shape
    sizes = groups.sum(axis=1)
    shares = groups[sizes > 0] / sizes[sizes > 0, None]
    lower, upper = _site_bounds(sites, keep, None)
    fresh = np.ones(sites)
    fresh[keep or []] = 0
    many = len(shares)
    rows = [
        (
            sparse.hstack([-covers.T, sparse.identity(points), sparse.csr_matrix((points, 1))]),
            np.full(points, -np.inf),
            np.zeros(points),
        ),
        (
            sparse.hstack([sparse.csr_matrix((many, sites)), sparse.csr_matrix(shares), -np.ones((many, 1))]),
            np.zeros(many),
            np.full(many, np.inf),
        ),
        (
            sparse.csr_matrix(np.concatenate([fresh, np.zeros(points + 1)])),
            np.array([-np.inf]),
            np.array([float(count)]),
        ),
    ]
    total = groups.sum(axis=0) / groups.sum()
    objective = np.concatenate([np.zeros(sites), -1e-4 * total, [-1.0]])
    found = _solve(
        objective,
        rows,
        np.concatenate([np.ones(sites), np.zeros(points + 1)]),
        np.concatenate([upper, np.ones(points + 1)]),
        np.concatenate([lower, np.zeros(points + 1)]),
        sites,
        gap,
        limit_s,
    )
    served = np.asarray(covers[found.sites].sum(axis=0)).ravel() > 0
    return found._replace(value=float((shares @ served).min()), bound=min(-found.bound, 1.0))


def p_center(distance: np.ndarray, count: int, *, keep: list[int] | None = None, limit_s: float = 60) -> Solution:
    """The sites for which the farthest point is nearest (Hakimi 1964): bisection over distances, a set covering each (Minieka 1970).

    distance: points x sites; keep: sites that stay, beside count. value: the farthest point's distance.
    """
    start, allowed = time.perf_counter(), count + len(keep or [])
    steps = np.unique(distance)
    low, high, best = int(np.searchsorted(steps, distance.min(axis=1).max())), len(steps) - 1, list[int]()
    while low <= high:
        middle = (low + high) // 2
        covers = sparse.csr_matrix((steps[middle] >= distance.T).astype(float))
        quick = greedy_cover(covers, np.ones(len(distance)), count, keep)
        chosen = quick.sites if quick.value == len(distance) else set_cover(covers, keep=keep, limit_s=limit_s).sites
        if len(chosen) <= allowed:
            best, high = chosen, middle - 1
        else:
            low = middle + 1
    value = float(distance[:, best].min(axis=1).max())
    return Solution(best, value, value, 0.0, time.perf_counter() - start)


def _interchange(distance: np.ndarray, weight: np.ndarray, sites: list[int], fixed: int) -> tuple[list[int], float]:
    """Swap one open site for a closed one while that helps (Teitz & Bart 1968). The first `fixed` sites stay."""
    chosen = list(sites)
    while True:
        near = distance[:, chosen]
        order = np.argsort(near, axis=1)[:, :2]
        first = near[np.arange(len(near)), order[:, 0]]
        second = near[np.arange(len(near)), order[:, 1]] if near.shape[1] > 1 else np.full(len(near), np.inf)
        gain = weight @ np.minimum(distance - first[:, None], 0)
        best = (-1e-9 * max(1.0, weight @ first), -1, -1)
        for place in range(fixed, len(chosen)):
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


def p_median_steps(
    distance: np.ndarray,
    weight: np.ndarray,
    count: int,
    *,
    keep: list[int] | None = None,
    gap: float = 0.01,
    rounds: int = 3000,
) -> Iterator[Solution]:
    """p-median by Lagrangian relaxation (Narula, Ogbu & Samuelsson 1977; Beasley 1993), better step by step.

    distance: points x sites. weight: by point. count: new sites, beside those kept. Yields whenever sites or bound improve by much;
    the last one is within gap of the optimum or the best after so many rounds.
    """
    start, fixed = time.perf_counter(), list(keep or [])
    total = count + len(fixed)
    costs = distance * weight[:, None]
    prices = np.partition(costs, 1, axis=1)[:, 1] if costs.shape[1] > 1 else costs[:, 0].copy()
    sites, value = _interchange(
        distance, weight, fixed + [s for s in np.argsort(costs.sum(axis=0)) if s not in fixed][:count], len(fixed)
    )
    lower, step, idle = -np.inf, 2.0, 0
    for turn in range(rounds):
        reduced = np.minimum(costs - prices[:, None], 0)
        worth = reduced.sum(axis=0)
        worth[fixed] -= 1e18  # kept sites come first whatever they are worth
        picked = np.argpartition(worth, total - 1)[:total]
        worth[fixed] += 1e18
        bound = float(prices.sum() + worth[picked].sum())
        improved = bound > lower + 1e-9 * abs(value)
        idle, lower = (0, bound) if improved else (idle + 1, lower)
        if turn % 25 == 0 or (improved and turn % 5 == 0):
            trial = float(weight @ distance[:, picked].min(axis=1))
            if trial < 1.05 * value:
                order = fixed + [int(one) for one in picked if one not in fixed]
                better, cost = _interchange(distance, weight, order[:total], len(fixed))
                if cost < value - 1e-9:
                    sites, value = better, cost
            yield Solution(sites, value, lower, (value - lower) / value if value else 0.0, time.perf_counter() - start)
        if value - lower <= gap * value:
            break
        if idle >= 20:
            step, idle = step / 2, 0
        slope = 1 - (reduced[:, picked] < 0).sum(axis=1)
        size = float(slope @ slope)
        if size == 0 or step < 1e-6:
            break
        prices = prices + step * (1.02 * value - bound) / size * slope
    yield Solution(sites, value, lower, max(value - lower, 0.0) / value if value else 0.0, time.perf_counter() - start)


def p_median(
    distance: np.ndarray, weight: np.ndarray, count: int, *, keep: list[int] | None = None, gap: float = 0.01
) -> Solution:
    """The last answer of p_median_steps: the shortest total way, weighted with people."""
    *_, last = p_median_steps(distance, weight, count, keep=keep, gap=gap)
    return last


def solve(
    model: str,
    minutes: np.ndarray,
    weight: np.ndarray,
    groups: np.ndarray,
    before: np.ndarray,
    count: int,
    limit: float,
    room: int = 0,
    gap: float = 0.01,
    limit_s: float = 60,
) -> Solution:
    """One of the named models for new sites beside those there are.

    minutes: points x candidates; before: minutes to the nearest site there is, by point. groups: groups x points. limit: minutes
    within which a point is served. room: people a new site takes, 0 for any number (covering only). Existing sites need not be among the candidates: what they serve is taken as served.
    value: people newly served (covering), person-minutes (p-median), the farthest point's minutes (p-centre), number of sites (set
    covering) or the worst-off group's share (fairest). Raises ValueError for an unknown model.
    """
    covers = sparse.csr_matrix((limit >= minutes.T).astype(float))
    open_points = before > limit
    if model == "maximal covering":
        missed = np.where(open_points, weight, 0.0)
        if room:
            return capacitated_cover(
                covers, missed, np.full(covers.shape[0], float(room)), count, gap=gap, limit_s=limit_s
            )
        return max_cover(covers, missed, count, gap=gap, limit_s=limit_s)
    lived = weight > 0
    nearer = np.minimum(minutes, np.where(np.isfinite(before), before, minutes.max())[:, None])[lived]
    if model == "p-median":
        return p_median(nearer, weight[lived], count, gap=gap)
    if model == "p-centre":
        return p_center(nearer, count, limit_s=limit_s)
    if model == "set covering":
        return set_cover(covers[:, open_points & lived], gap=gap, limit_s=limit_s)
    if model == "fairest":
        there = sparse.vstack([covers, sparse.csr_matrix((~open_points).astype(float))]).tocsr()
        found = max_min_cover(there, groups, count, keep=[covers.shape[0]], gap=gap, limit_s=limit_s)
        return found._replace(sites=[site for site in found.sites if site < covers.shape[0]])
    raise ValueError(f"There is no model '{model}'.")
