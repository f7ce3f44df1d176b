"""Errors of means that a sample of households gives, and which of several differences it can tell."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

FRACTION = 0.01  # of households: Germany's microcensus
DESIGN = 1.5  # variance over that of a simple sample: whole buildings are drawn, and neighbours are alike (assumed)


def standard_error(deviation: np.ndarray, households: np.ndarray) -> np.ndarray:
    """Standard error of means over the households of a sample of FRACTION (Kish 1965, section 8.2).

    deviation: of the households. households: how many there are in all.
    """
    return deviation * np.sqrt(DESIGN / np.maximum(FRACTION * households, 1.0))


def interval(mean: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of each mean."""
    half = -ndtri(0.025) * error
    return mean - half, mean + half


def sure_changes(before: np.ndarray, after: np.ndarray, errors: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """-1 or 1 where a mean fell or rose between two samples, 0 where these cannot tell.

    At most one time in twenty any of all is wrong where nothing changed (Bonferroni).
    """
    change = after - before
    limit = -ndtri(0.025 / max(len(change), 1)) * np.hypot(*errors)
    return np.where(np.abs(change) > limit, np.sign(change), 0).astype(int)
