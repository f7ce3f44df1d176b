"""Siting beside PySAL spopt: the same random points, the same models, each proven or to the same gap.

`make bench`. spopt builds its model with PuLP and solves it with CBC, its usual solver; ours builds it sparse and
solves it with HiGHS.
"""

from __future__ import annotations

import multiprocessing
import time
import warnings
from typing import Any

import numpy as np
from scipy import sparse
from scipy.spatial.distance import cdist

from analytics import siting

POINTS, SITES, COUNT, LIMIT, WITHIN_S = 500, 80, 8, 1_500.0, 60.0


def town() -> tuple[np.ndarray, np.ndarray]:
    """Metres from points to sites, and people of each point."""
    draw = np.random.default_rng(7)
    points, sites = draw.uniform(0, 10_000, (POINTS, 2)), draw.uniform(0, 10_000, (SITES, 2))
    return cdist(points, sites), draw.integers(1, 500, POINTS).astype(float)


def ours(model: str) -> float:
    """People covered, or people times metres, by our models."""
    metres, people = town()
    if model == "maximal covering":
        covers = sparse.csr_matrix((metres.T <= LIMIT).astype(float))
        return float(siting.max_cover(covers, people, COUNT, gap=0.0).value)
    return float(siting.p_median(metres, people, COUNT, gap=0.01).value)


def spopts(model: str) -> float:
    """The same by spopt."""
    import pulp
    from spopt.locate import MCLP, PMedian

    metres, people = town()
    solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=WITHIN_S, gapRel=0.0 if model == "maximal covering" else 0.01)
    if model == "maximal covering":
        solved: Any = MCLP.from_cost_matrix(metres, people, service_radius=LIMIT, p_facilities=COUNT).solve(solver)
        return float(solved.problem.objective.value())
    solved = PMedian.from_cost_matrix(metres, people, p_facilities=COUNT).solve(solver)
    return float(solved.problem.objective.value())


def timed(who: str, model: str, answer: multiprocessing.SimpleQueue[tuple[float, float]]) -> None:
    """Seconds and objective, in a process of its own."""
    warnings.simplefilter("ignore")
    start = time.perf_counter()
    value = (ours if who == "ours" else spopts)(model)
    answer.put((time.perf_counter() - start, value))


def main() -> None:
    """Print the table."""
    print(
        f"{POINTS:,} points × {SITES} candidates, {COUNT} sites\n\n"
        "| model | who | seconds | ratio to ours | value |\n|---|---|---|---|---|"
    )
    context = multiprocessing.get_context("spawn")
    for model in ("maximal covering", "p-median"):
        first = 0.0
        for who in ("ours", "PySAL spopt"):
            answer = context.SimpleQueue()
            process = context.Process(target=timed, args=(who, model, answer))
            process.start()
            process.join(3 * WITHIN_S)
            if process.is_alive() or process.exitcode:
                process.kill()
                print(f"| {model} | {who} | no proven answer within {WITHIN_S:.0f} s | | |")
                continue
            seconds, value = answer.get()
            first = first or seconds
            print(f"| {model} | {who} | {seconds:.2f} | {seconds / first:.1f} | {value:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
