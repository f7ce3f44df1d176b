"""The one place where results, tables and shapes are kept between requests, for all readers, in bounded bytes.

Results that took long are kept on disk as well, for the same tables and the same code: a restart begins with them.
"""

from __future__ import annotations

import hashlib
import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import orjson
import pandas as pd

from data.cache import ByteCache, ResultFolder
from data.context import CityContext
from data.errors import NothingToShow
from data.settings import settings
from data.translation import Language

P = ParamSpec("P")
R = TypeVar("R")


def _table_bytes(rows: pd.DataFrame) -> int:
    size = int(rows.memory_usage(deep=True).sum())
    if "geometry" in rows:
        import shapely  # with geopandas, which only tables with shapes need

        size += 16 * int(shapely.get_num_coordinates(rows["geometry"].to_numpy()).sum())
    return size


@cache
def _code() -> str:
    """One word that changes whenever anything does that results are computed with."""
    root = Path(__file__).parents[1]
    files = sorted(file for room in ("analytics", "data", "services") for file in (root / room).rglob("*.py"))
    files += sorted((root / "data" / "messages").glob("*.po"))
    content = [str(file.relative_to(root)).encode() + file.read_bytes() for file in [*files, root / "requirements.txt"]]
    return hashlib.blake2b(b"".join(content), digest_size=8).hexdigest()


def _folder() -> Path | None:
    return settings().local / "results" / _code() if settings().results_mb else None


# Only deploy/warm.py writes: what readers ask for (a place, weights of their own, a scenario) is theirs.
on_disk = ResultFolder(_folder, lambda: 1_000_000 * settings().results_mb, writable=False)
# What one process of several computes, for the others and as long as the server runs; as in memory, of anybody.
among_processes = ResultFolder(lambda: _shared[-1] if _shared else None, lambda: SHARED_BYTES)
FOLDERS = among_processes, on_disk
SHARED_BYTES = 300_000_000
_shared: list[Path] = []
results = ByteCache(150_000_000, len)
tables = ByteCache(300_000_000, _table_bytes)
# Numbers in Python take about four times their JSON.
shapes = ByteCache(100_000_000, lambda geometry: 4 * len(orjson.dumps(geometry)))


_of_numbers: set[Any] = set()  # services whose results are the same for all readers
# Told of each result that was computed: the service's name and its seconds. web/watching.py adds what counts them.
watchers: list[Callable[[str, float], None]] = []


def _computed(function: Callable[..., Any], *args: Any, **kwargs: Any) -> bytes:
    start = time.perf_counter()
    result = pickle.dumps(function(*args, **kwargs), protocol=5)
    for watch in watchers:
        watch(f"{function.__module__}.{function.__qualname__}", time.perf_counter() - start)
    return result


def cached(function: Callable[Concatenate[CityContext, P], R]) -> Callable[Concatenate[CityContext, P], R]:
    """Keep a service's results by its name, its context and its arguments; every caller gets a copy (kept as bytes).

    The function must depend on its arguments alone: no session, no environment, no module state.
    """

    @wraps(function)
    def run(ctx: CityContext, /, *args: P.args, **kwargs: P.kwargs) -> R:
        def compute() -> bytes:
            return _computed(function, ctx, *args, **kwargs)

        result: R = pickle.loads(results.get(_parts(function, ctx, args, kwargs), compute, FOLDERS))
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
    ctx = _anyone(ctx) if function in _of_numbers else ctx
    results.put(_parts(function, ctx, args, kwargs), pickle.dumps(result, protocol=5), FOLDERS)


def cached_numbers(function: Callable[Concatenate[CityContext, P], R]) -> Callable[Concatenate[CityContext, P], R]:
    """The same for results without a word of the reader's language: kept once for all languages and roles.

    The function is given a context in English and of a viewer, so that it cannot depend on who asks; where it has
    nothing to show it is asked again for its reason in the reader's language.
    """
    shared = cached(function)

    @wraps(function)
    def run(ctx: CityContext, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return shared(_anyone(ctx), *args, **kwargs)
        except NothingToShow:
            if ctx.language.code != Language().code:
                function(ctx, *args, **kwargs)
            raise

    _of_numbers.add(run)
    return run


def _anyone(ctx: CityContext) -> CityContext:
    return replace(ctx, language=Language(), role="viewer")


def cached_by_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """The same for arithmetic on values: kept by its arguments alone, once for all cities and versions of tables."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        parts = f"{function.__module__}.{function.__qualname__}", args, kwargs

        def compute() -> bytes:
            return _computed(function, *args, **kwargs)

        result: R = pickle.loads(results.get(parts, compute, FOLDERS))
        return result

    return run


def share(folder: Path) -> None:
    """Keep results for several processes, in a folder that ends with the server; each then keeps fewer by itself."""
    _shared[:] = [folder / "results"]
    results.limit(30_000_000)


def clear() -> None:
    """Forget everything in memory, for tests and benchmarks."""
    for store in (results, tables, shapes):
        store.clear()


def shared_table(parts: tuple[Any, ...], compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """A table that all readers share; never write to it."""
    table: pd.DataFrame = tables.get(parts, compute)
    return table
