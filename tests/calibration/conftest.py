"""Each claim with an error rate is simulated.

A few runs with every commit, many by `make calibrate`, which writes the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

TABLE = Path(__file__).parents[2] / "docs" / "calibration.md"
_rows: list[tuple[str, str, str, int]] = []


@pytest.fixture
def runs(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """How many simulations: few for a commit, many with --long."""
    return lambda few, many: many if request.config.getoption("--long") else few


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator of the test's own, the same at every commit."""
    return np.random.default_rng(np.random.SeedSequence(list(request.node.name.encode())))


@pytest.fixture
def record() -> Callable[[str, str, float, int], None]:
    """Write down a claim, what it promises, what was measured and in how many runs."""
    return lambda claim, promised, measured, count: _rows.append((claim, promised, f"{measured:.3f}", count))


@pytest.fixture(scope="session", autouse=True)
def table(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a long run the measured rates go into docs/calibration.md."""
    yield
    if request.config.getoption("--long") and _rows:
        lines = ["# Error rates, simulated", "", "Made by `make calibrate`.", ""]
        lines += ["| claim | promised | measured | runs |"]
        lines += ["|---|---|---|---|", *(f"| {' | '.join(map(str, row))} |" for row in sorted(_rows))]
        TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def bounds(rate: float, count: int, sigmas: float = 3.0) -> tuple[float, float]:
    """Within what a measured rate may lie after so many runs.

    It is so many standard errors of simulation around the true one.
    """
    spread = sigmas * (rate * (1 - rate) / count) ** 0.5
    return rate - spread, rate + spread
