"""Classing values for a map: few classes, each with its range and its count."""

from __future__ import annotations

from dataclasses import dataclass

import jenkspy
import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Classes:
    """number: class of each value (-1: no value). lows, highs: range of each class. counts: values in each."""

    number: pd.Series
    lows: list[float]
    highs: list[float]
    counts: list[int]
    missing: int


def classify(values: pd.Series, k: int = 5, scheme: str = "quantiles") -> Classes:
    """Class values by quantiles or natural breaks (Fisher-Jenks); fewer classes where values tie.

    values: numbers, gaps allowed. Raises ValueError for a scheme that is not 'quantiles' or 'jenks'.
    """
    if scheme not in ("quantiles", "jenks"):
        raise ValueError(f"Unknown scheme '{scheme}'; use 'quantiles' or 'jenks'.")
    numbers = pd.to_numeric(values, errors="coerce").astype("float64").replace([np.inf, -np.inf], np.nan)
    known = numbers.dropna()
    number = pd.Series(-1, index=values.index)
    if known.empty:
        return Classes(number, [], [], [], len(values))
    k = min(k, known.nunique())
    if k == 1:
        breaks = np.array([known.max()])
    elif scheme == "quantiles":
        breaks = np.unique(np.quantile(known.to_numpy(), np.arange(1, k + 1) / k))
    else:
        breaks = np.unique(jenkspy.jenks_breaks(known.to_numpy(), n_classes=k)[1:])
    bins = np.searchsorted(breaks, known.to_numpy(), side="left")
    # A break may hold no value (ties): number the classes that do.
    number.loc[known.index] = pd.factorize(bins, sort=True)[0]
    groups = known.groupby(number.loc[known.index])
    return Classes(
        number, groups.min().tolist(), groups.max().tolist(), groups.size().tolist(), int(numbers.isna().sum())
    )


def part(classes: Classes, rows: slice) -> Classes:
    """The same classes for a part of the values, so that two maps share one scale."""
    number = classes.number.iloc[rows].reset_index(drop=True)
    counts = [int((number == place).sum()) for place in range(len(classes.lows))]
    return Classes(number, classes.lows, classes.highs, counts, int((number < 0).sum()))
