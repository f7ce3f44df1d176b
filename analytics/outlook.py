"""Outlook: forecasts with intervals, chosen by backtest, and honest when nothing beats standing still."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analytics.names import N_

LEVELS = (0.8, 0.95)
LEAST_POINTS = 10
WIDEST = 3  # times a model's own interval
Path = tuple[np.ndarray, np.ndarray]  # mean and standard error of the logarithm at horizons 1..h


@dataclass(frozen=True)
class Outlook:
    """A forecast and what speaks for it.

    model: the one shown; beats_naive: whether its backtest error is below the naive one's. forecast: horizon, mean,
    low_80, high_80, low_95, high_95, calibrated (see `calibrate`). backtest: model, mase, coverage_80, coverage_95 (of
    the model's own intervals), forecasts; best first. held: share of past outcomes that calibrated 80 % intervals held,
    each made from what was known before it; NaN where none could be tested. tested: how many.
    """

    model: str
    beats_naive: bool
    forecast: pd.DataFrame
    backtest: pd.DataFrame
    held: float
    tested: int


def step_months(days: Iterable[pd.Timestamp]) -> int:
    """Months from each of some days to the next; 0 where they are not evenly apart, or fewer than two."""
    months = {12 * (after.year - before.year) + after.month - before.month for before, after in pairwise(days)}
    return months.pop() if len(months) == 1 else 0


def _naive(log: np.ndarray, h: int) -> Path:
    """Tomorrow as today; standard error after Hyndman & Athanasopoulos (2021), sec. 5.5."""
    return np.full(h, log[-1]), np.sqrt((np.diff(log) ** 2).mean() * np.arange(1, h + 1))


def _drift(log: np.ndarray, h: int) -> Path:
    """Random walk with drift; standard error after Hyndman & Athanasopoulos (2021), sec. 5.5."""
    steps, moves = np.arange(1, h + 1), np.diff(log)
    return log[-1] + steps * moves.mean(), moves.std(ddof=1) * np.sqrt(steps * (1 + steps / len(moves)))


def _damped(log: np.ndarray, h: int) -> Path:
    """Exponential smoothing with a damped trend (Gardner & McKenzie 1985), statsmodels' ETS(A,Ad,N)."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fitted = ETSModel(pd.Series(log), error="add", trend="add", damped_trend=True).fit(disp=False)
    table = fitted.get_prediction(start=len(log), end=len(log) + h - 1).summary_frame(alpha=0.05)
    return table["mean"].to_numpy(), ((table["pi_upper"] - table["pi_lower"]) / (2 * ndtri(0.975))).to_numpy()


def _arima(log: np.ndarray, h: int) -> Path:
    """ARIMA(1,1,0), statsmodels: a change carries over in part to the next one."""
    from statsmodels.tsa.arima.model import ARIMA

    forecast = ARIMA(log, order=(1, 1, 0)).fit().get_forecast(h)
    return np.asarray(forecast.predicted_mean), np.asarray(forecast.se_mean)


MODELS: dict[str, Callable[[np.ndarray, int], Path]] = {
    N_("naive"): _naive,
    N_("drift"): _drift,
    N_("damped trend"): _damped,
    "ARIMA(1,1,0)": _arima,
}


def _run(model: str, log: np.ndarray, h: int) -> Path | None:
    """A model's path, or None where it cannot be fitted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            mean, error = MODELS[model](log, h)
        except (ValueError, np.linalg.LinAlgError):
            return None
    return (mean, error) if np.isfinite(mean).all() and np.isfinite(error).all() else None


def errors(model: str, values: np.ndarray, horizon: int, least: int = LEAST_POINTS - 2) -> pd.DataFrame | None:
    """Past forecasts of a model by rolling origin (Tashman 2000): from `least` points on, forecast, compare, move on.

    Returns end (points known), horizon, scaled (absolute error over the mean absolute one-step change so far) and
    z (absolute error of the logarithm over the model's standard error); None where the model cannot be fitted at some
    origin.
    """
    log, rows = np.log(values), []
    for end in range(least, len(values)):
        h = min(horizon, len(values) - end)
        path = _run(model, log[:end], h)
        if path is None:
            return None
        scaled = np.abs(np.exp(path[0]) - values[end : end + h]) / np.abs(np.diff(values[:end])).mean()
        off = np.abs(log[end : end + h] - path[0])
        z = np.divide(off, path[1], out=np.where(off > 0, np.inf, 0.0), where=path[1] > 0)
        rows.append(pd.DataFrame({"end": end, "horizon": range(1, h + 1), "scaled": scaled, "z": z}))
    return pd.concat(rows, ignore_index=True)


def backtest(values: np.ndarray, horizon: int) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Every model on the past, best first, and its errors (see `errors`).

    values: positive, evenly spaced, oldest first. MASE: mean absolute error over the in-sample mean absolute one-step
    change (Hyndman & Koehler 2006), over all origins and horizons. Coverage: share of actual values inside the model's
    own interval. A model that cannot be fitted at some origin is left out, so that all are compared on the same
    forecasts.
    """
    past = {model: rows for model in MODELS if (rows := errors(model, values, horizon)) is not None}
    table = [
        (model, rows["scaled"].mean(), *((rows["z"] <= ndtri(0.5 + level / 2)).mean() for level in LEVELS), len(rows))
        for model, rows in past.items()
    ]
    columns = ["model", "mase", "coverage_80", "coverage_95", "forecasts"]
    return pd.DataFrame(table, columns=columns).sort_values("mase", kind="stable", ignore_index=True), past


def calibrate(past: pd.DataFrame, level: float) -> float:
    """How many standard errors hold a share `level` of forecasts, by split conformal prediction on past errors.

    The quantile at (1 + 1/n) level (Vovk, Gammerman & Shafer 2005; Lei et al. 2018) of the past errors' z, where n
    counts forecasts that overlap once: those of one horizon. Never less than the model's own, never more than WIDEST
    times that: after a break in the series no width that past errors ask for tells anything (`held_out` says so).
    """
    independent = len(past) / past["horizon"].max()
    share = min((1 + 1 / independent) * level, 1.0)
    own = float(ndtri(0.5 + level / 2))
    return float(np.clip(past["z"].quantile(share, interpolation="higher"), own, WIDEST * own))


def held_out(past: pd.DataFrame, level: float, least: int = 10) -> tuple[float, int]:
    """Share of past outcomes inside calibrated intervals made only of errors known before; and how many were tested."""
    known = past["end"] + past["horizon"]  # points there are once an outcome is in
    inside = []
    for end, rows in past.groupby("end"):
        before = past[known <= end]
        if len(before) >= least:
            inside.extend(rows["z"] <= calibrate(before, level))
    return (float(np.mean(inside)) if inside else np.nan), len(inside)


def outlook(values: pd.Series, horizon: int) -> Outlook:
    """Forecast the next `horizon` points by the model with the least backtest error; naive where none beats it.

    values: positive, evenly spaced, oldest first, at least ten. Models work on logarithms, so intervals cannot fall
    below zero; intervals are as wide as the model's past errors ask for. Raises ValueError for fewer points, gaps or
    values that are not positive.
    """
    numbers = values.astype("float64").to_numpy()
    if len(numbers) < LEAST_POINTS:
        raise ValueError(f"A forecast needs {LEAST_POINTS} points or more; there are {len(numbers)}.")
    if not np.isfinite(numbers).all() or (numbers <= 0).any():
        raise ValueError("A forecast needs positive numbers without gaps.")
    tested, past = backtest(numbers, horizon)
    best = str(tested["model"].iloc[0])
    path = _run(best, np.log(numbers), horizon)
    if path is None:
        best, path = "naive", _naive(np.log(numbers), horizon)
    forecast = pd.DataFrame({"horizon": range(1, horizon + 1), "mean": np.exp(path[0])})
    for level in LEVELS:
        reach, name = calibrate(past[best], level) * path[1], int(100 * level)
        forecast[f"low_{name}"], forecast[f"high_{name}"] = np.exp(path[0] - reach), np.exp(path[0] + reach)
    return Outlook(best, best != "naive", forecast, tested, *held_out(past[best], LEVELS[0]))
