"""The one place where results, tables and shapes are kept between requests, for all readers, in bounded bytes."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import orjson
import pandas as pd

from data.cache import ByteCache
from data.context import CityContext
from data.translation import Language

P = ParamSpec("P")
R = TypeVar("R")


def _table_bytes(rows: pd.DataFrame) -> int:
    size = int(rows.memory_usage(deep=True).sum())
    if "geometry" in rows:
        import shapely  # with geopandas, which only tables with shapes need

        size += 16 * int(shapely.get_num_coordinates(rows["geometry"].to_numpy()).sum())
    return size


results = ByteCache(150_000_000, len)
tables = ByteCache(300_000_000, _table_bytes)
# Numbers in Python take about four times their JSON.
shapes = ByteCache(100_000_000, lambda geometry: 4 * len(orjson.dumps(geometry)))


def cached(function: Callable[Concatenate[CityContext, P], R]) -> Callable[Concatenate[CityContext, P], R]:
    """Keep a service's results by its name, its context and its arguments; every caller gets a copy (kept as bytes).

    The function must depend on its arguments alone: no session, no environment, no module state.
    """

    @wraps(function)
    def run(ctx: CityContext, /, *args: P.args, **kwargs: P.kwargs) -> R:
        def compute() -> bytes:
            return pickle.dumps(function(ctx, *args, **kwargs), protocol=5)

        result: R = pickle.loads(results.get(_parts(function, ctx, args, kwargs), compute))
        return result

    return run


def _parts(function: Callable[..., Any], ctx: CityContext, args: Any, kwargs: Any) -> tuple[Any, ...]:
    """What a result is kept by."""
    return f"{function.__module__}.{function.__qualname__}", ctx.identity, args, kwargs


def keep(
    function: Callable[Concatenate[CityContext, P], R],
    result: R,
    ctx: CityContext,
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Keep the result of a cached service that was computed elsewhere (in a process of its own)."""
    results.get(_parts(function, ctx, args, kwargs), lambda: pickle.dumps(result, protocol=5))


def cached_numbers(function: Callable[Concatenate[CityContext, P], R]) -> Callable[Concatenate[CityContext, P], R]:
    """The same for results without a word of the reader's language: kept once for all languages and roles.

    The function is given a context in English and of a viewer, so that it cannot depend on who asks.
    """
    shared = cached(function)

    @wraps(function)
    def run(ctx: CityContext, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return shared(replace(ctx, language=Language(), role="viewer"), *args, **kwargs)

    return run


def cached_by_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """The same for arithmetic on values: kept by its arguments alone, once for all cities and versions of tables."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        parts = f"{function.__module__}.{function.__qualname__}", args, kwargs
        result: R = pickle.loads(results.get(parts, lambda: pickle.dumps(function(*args, **kwargs), protocol=5)))
        return result

    return run


def clear() -> None:
    """Forget everything, for tests and benchmarks."""
    for cache in (results, tables, shapes):
        cache.clear()


def shared_table(parts: tuple[Any, ...], compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """A table that all readers share; never write to it."""
    table: pd.DataFrame = tables.get(parts, compute)
    return table
