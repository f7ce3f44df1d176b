"""Hot spots, quotients, growth and associations of culture: how often chance alone is called a finding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analytics import association, creative, findings, hotspots, specialisation
from services import creative_city
from services.areas import exact_areas
from tests.calibration.conftest import bounds
from tests.services.test_creative_results import context

Runs = Callable[[int, int], int]
Record = Callable[[str, str, float, int], None]
SHARES = np.array([0.14, 0.06, 0.29, 0.23, 0.28])  # of the shipped city's kinds of venue
SIZES = np.array([151, 93, 93, 68, 52, 40, 38, 37, 21, 14, 12, 7, 10])  # venues of an area, few in some
COUNTRIES = np.repeat(np.arange(24), [38, 21, 18, 12, 11, 9, 9, 8, 8, 8, 6, 6, 5, 4, 4, 4, 3, 3, 2, 2, 1, 1, 1, 1])


def rate_of(events: list[bool]) -> float:
    return float(np.mean(events))


def near_on_grid(side: int) -> np.ndarray:
    place = np.arange(side * side)
    row, column = place // side, place % side
    near = (abs(row[:, None] - row) <= 1) & (abs(column[:, None] - column) <= 1)
    return near & ~np.eye(len(place), dtype=bool)


def test_shuffled_maps_have_no_hot_spots(runs: Runs, rng: np.random.Generator, record: Record) -> None:
    """Counts that are zero in two of three areas, as venues are, put anywhere: a map with a hot spot is a false one."""
    from scipy.stats import false_discovery_control

    count, near, false = runs(40, 1000), near_on_grid(15), []
    for seed in range(count):
        x = rng.negative_binomial(0.25, 0.2, len(near)).astype(float)
        _z, p = hotspots.gi_star(x, near, seed, draws=19_999)
        false.append(bool((false_discovery_control(p) <= 0.05).any()))
    record("hot spots: shuffled maps with any", "<= 0.05", rate_of(false), count)
    assert rate_of(false) <= bounds(0.05, count)[1]


def test_the_city_shuffled_has_no_hot_spots(runs: Runs, rng: np.random.Generator, record: Record) -> None:
    """The shipped venues dealt out anew over the planning areas."""
    ctx = context()
    shapes, kinds = exact_areas(ctx), creative_city.usual_kinds(ctx)
    venues = creative_city._venues(ctx, kinds).groupby("area_id").size().reindex(shapes["area_id"], fill_value=0)
    assert (venues == 0).sum() == 354
    count, false = runs(2, 60), []
    for seed in range(count):
        shuffled = pd.Series(rng.permutation(venues.to_numpy(float)), index=venues.index)
        false.append(bool((hotspots.getis_ord(shuffled, shapes, "area_id", seed=seed)["kind"] != "").any()))
    record("hot spots: the city's venues shuffled, maps with any", "<= 0.05", rate_of(false), count)
    assert rate_of(false) <= bounds(0.05, count)[1] or (count < 20 and sum(false) <= 1)


def test_hot_spots_are_those_of_esda(request: pytest.FixtureRequest, rng: np.random.Generator) -> None:
    """Long runs only: esda compiles its loops, which takes a minute. Values without ties, as esda counts ties apart."""
    if not request.config.getoption("--long"):
        pytest.skip("compiles for a minute: make calibrate")
    from esda.getisord import G_Local
    from libpysal.graph import Graph

    near, values = near_on_grid(15), rng.gamma(0.3, 5, 225)
    first, second = np.nonzero(near)
    graph = Graph.from_arrays(first, second, np.ones(len(first)))
    peer = G_Local(values, graph, transform="B", permutations=9999, star=True, seed=1)
    z, p = hotspots.gi_star(values, near)
    assert z == pytest.approx(peer.Zs)
    assert np.minimum(1, 2 * peer.p_sim) == pytest.approx(p, abs=0.05)
    assert np.corrcoef(p, peer.p_sim)[0, 1] > 0.99


def test_quotients_of_one_mix_are_not_called_over_represented(
    runs: Runs, rng: np.random.Generator, record: Record
) -> None:
    count, false, covered, apart = runs(40, 1000), [], [], []
    for _run in range(count):
        drawn = np.array([rng.multinomial(size, SHARES) for size in SIZES])
        table = pd.DataFrame(drawn).rename_axis("area").reset_index().melt("area", var_name="kind", value_name="count")
        rows = specialisation.location_quotient(table)
        false += (rows.groupby("kind")["adjusted"].min() <= 0.05).tolist()
        covered.append(float(rows["low"].le(1).mul(rows["high"] >= 1).mean()))
        if len(apart) < runs(15, 300):
            apart.append(bool((specialisation.krugman(table)["adjusted"] <= 0.05).any()))
    record("quotients: figures with a false over- or under-representation", "<= 0.05", rate_of(false), len(false))
    record("quotients: 95 % intervals that hold 1", ">= 0.95", float(np.mean(covered)), count)
    record("Krugman index: tables with an area falsely apart", "<= 0.05", rate_of(apart), len(apart))
    assert rate_of(false) <= bounds(0.05, len(false))[1]
    assert np.mean(covered) >= 0.95
    assert rate_of(apart) <= bounds(0.05, len(apart))[1]


def series(rng: np.random.Generator, persistence: float, rows: int) -> np.ndarray:
    """Logs of nine years: noise that dies out at once (0) to noise that adds up (1), no growth."""
    noise = rng.normal(size=(rows, 9))
    for year in range(1, 9):
        noise[:, year] += persistence * noise[:, year - 1]
    return noise


def test_growth_is_said_of_few_series_without_any(runs: Runs, rng: np.random.Generator, record: Record) -> None:
    count, years = runs(300, 5000), np.arange(2014, 2023)
    for persistence in (0.0, 0.5, 1.0):
        verdicts = []
        for row in 0.06 * series(rng, persistence, count):
            path = pd.Series(np.exp(row), index=years)
            verdicts.append(creative.faster_than(path, path * 0 + 1, 2021)["verdict"] != "cannot tell")
        record(f"growth: said of none, errors persist {persistence:.1f}", "<= 0.05", rate_of(verdicts), count)
        assert rate_of(verdicts) <= bounds(0.05, count)[1], persistence


def test_no_region_grows_fastest_where_all_grow_alike(runs: Runs, rng: np.random.Generator, record: Record) -> None:
    """As many regions as shipped, some far noisier than others."""
    count, years, said = runs(9, 300), np.arange(2014, 2023), []
    for run in range(count):
        noise = series(rng, float(run % 3) / 2, 196) * rng.uniform(0.02, 0.2, 196)[:, None]
        trends = pd.DataFrame([creative.trend(pd.Series(np.exp(row), years), 2021) for row in noise])
        end = findings.extreme(trends.assign(name=trends.index), "growth", largest=True, digits=3, error="error")
        assert end is not None
        said.append(end.alone)
    record("growth: a fastest region where all are alike", "<= 0.05", rate_of(said), count)
    assert rate_of(said) <= bounds(0.05, count)[1]


def test_countries_make_no_association_of_regions(runs: Runs, rng: np.random.Generator, record: Record) -> None:
    """Two measures of regions that share nothing but that each has a level of its country."""
    count, said, plain = runs(80, 2000), [], []
    groups = pd.Series(COUNTRIES)
    for _run in range(count):
        levels, own = rng.normal(size=(24, 3)), rng.standard_t(4, size=(len(groups), 3))
        table = pd.DataFrame(0.6**0.5 * own + 0.4**0.5 * levels[COUNTRIES], columns=["x", "y", "size"])
        result = association.rank_correlation(table, "x", "y", ["size"], groups, within=True)
        said.append(result.significant)
        plain.append(result.plain_low > 0 or result.plain_high < 0)
    record("association of regions within countries: said of none", "<= 0.05", rate_of(said), count)
    record("association of regions, pooled, by country: said of none", "<= 0.05", rate_of(plain), count)
    assert rate_of(said) <= bounds(0.05, count)[1]
    assert rate_of(plain) <= bounds(0.05, count)[1]
