"""Disclosure control: small cases by hand, trees against linear programming and inversion, the tables under attack.

The attacker of `tests/data/attacker.py` knows the code, the source's habits and every table: here on a sample, whole
by `make attack`. Planted faults show that each part of the defence is needed and that the attack would notice.
"""

from __future__ import annotations

import io
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

import data
import web
from data import definitions, disclosure, suppression
from data.definitions._common import Definition, Entry
from data.disclosure import DisclosureError, Rule, Surroundings, merge_small_groups, protect
from data.errors import DataError
from data.figures import Column, Figure
from data.suppression import THRESHOLD, AreaTree
from tests.data import attack, attacker
from views import exports

DAYS = ("2015-06-30", "2018-12-31", "2021-06-30", "2024-12-31")
needs_sources = pytest.mark.skipif(not attacker.SOURCES.exists(), reason="the raw sources are not on this machine")


class NoLots:
    """Hides nothing by lot and takes the first complement that will do."""

    def random(self, shape: Any) -> np.ndarray:
        return np.ones(shape)


def hidden_without_lots(parents: list[int], leaf_counts: dict[int, int]) -> list[bool]:
    tree = AreaTree(np.array(parents))
    counts = np.zeros(len(parents), dtype=np.int64)
    counts[list(leaf_counts)] = list(leaf_counts.values())
    low = np.where(tree.is_leaf, 3.0, 0.0)
    lots: Any = (NoLots(), NoLots())
    return tree.suppress(tree.sums(counts), lots, low, np.full(len(parents), np.inf)).tolist()


def test_a_lone_small_count_takes_one_sufficient_neighbour_with_it() -> None:
    #       city 0; leaves 1..4 with 5, 12, 40, 300
    assert hidden_without_lots([-1, 0, 0, 0, 0], {1: 5, 2: 12, 3: 40, 4: 300}) == [False, True, True, False, False]


def test_two_small_counts_that_add_up_to_enough_need_no_third() -> None:
    # Each can be 3 (the source has no fewer) to 13.
    assert hidden_without_lots([-1, 0, 0, 0], {1: 7, 2: 9, 3: 50}) == [False, True, True, False]


def test_two_small_counts_that_add_up_to_too_little_take_a_third() -> None:
    # Of 4 and 6 each could only be 3 to 7.
    assert hidden_without_lots([-1, 0, 0, 0], {1: 4, 2: 6, 3: 50}) == [False, True, True, True]


def test_zero_is_not_a_small_count() -> None:
    assert not any(hidden_without_lots([-1, 0, 0], {1: 0, 2: 50}))


def test_a_small_district_is_not_given_away_by_its_areas() -> None:
    # city 0; districts 1, 2; areas 3, 4 of district 1 and 5, 6 of district 2
    hidden = hidden_without_lots([-1, 0, 0, 1, 1, 2, 2], {3: 8, 4: 0, 5: 30, 6: 40})
    assert hidden[1]
    assert hidden[3]
    assert hidden == [False, True, True, True, False, True, False]


def test_where_a_whole_city_counts_too_few_nothing_of_it_is_published() -> None:
    assert hidden_without_lots([-1, 0, 0], {1: 4, 2: 8}) == [True, True, True]


@given(
    st.lists(st.lists(st.integers(0, 25).filter(lambda n: n not in (1, 2)), min_size=1, max_size=5), max_size=4),
    st.integers(0, 2**31),
)
@settings(max_examples=120)
def test_no_tree_lets_anyone_narrow_a_count_or_rule_a_reading_out(districts: list[list[int]], seed: int) -> None:
    assert attacker.readings_ruled_out(suppression, *tree(districts), seed) == []


def tree(districts: list[list[int]]) -> tuple[list[int], dict[int, int]]:
    """Parents and counts of leaves of a city with districts of so many people by area."""
    parents, leaf_counts = [-1] + [0] * len(districts), {}
    for number, areas in enumerate(districts, 1):
        for count in areas:
            leaf_counts[len(parents)] = count
            parents.append(number)
    return parents, leaf_counts


PLANTED = {
    "a threshold of 9": ("THRESHOLD = 10", "THRESHOLD = 9"),
    "complements left out": ("if narrow < 0:", "if True:"),
    "the sum of a pool is not looked at": ("if most - least < (", "if len(leaves) < 2 and most - least < ("),
    "areas above the smallest are not looked at": (
        "sets, remainder = self._sets(leaves, inner)",
        "sets, remainder = self._sets(leaves, [])",
    ),
    "nothing is hidden by lot": ("BY_LOT = 0.002", "BY_LOT = 0.0"),
    "no sum is hidden by lot": ("{True: 0.0005, False: 0.01}", "{True: 0.0, False: 0.0}"),
    "the source's minimum is not known": ("low[others].sum())", "0 * low[others].sum())"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_noticed(fault: str) -> None:
    """On 150 drawn cities of up to four districts, where the unchanged module has no fault on any of them.

    Sums are hidden by lot more often here, so that what follows from it is tried.
    """
    unchanged, changed = attacker.changed_module("", ""), attacker.changed_module(*PLANTED[fault])
    if "by lot" not in fault:
        for module in (unchanged, changed):
            vars(module)["PARENT_BY_LOT"] = {True: 0.3, False: 0.3}
    lots, faults = np.random.default_rng(18), []
    for seed in range(150):
        districts = [lots.choice([0, 3, 4, 6, 9, 12, 25], lots.integers(1, 6)).tolist() for _ in range(1 + seed % 4)]
        assert attacker.readings_ruled_out(unchanged, *tree(districts), seed) == []
        faults += attacker.readings_ruled_out(changed, *tree(districts), seed)
        if faults:
            break
    assert faults, f"{fault}: nobody noticed"


@pytest.mark.parametrize("fault", ["a threshold of 9", "complements left out"])
def test_the_gate_itself_refuses_a_table_that_was_not_protected(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    rows = counts(4, 40, 50, 60) if fault == "complements left out" else counts(9, 40, 50, 60)
    monkeypatch.setattr(disclosure, "AreaTree", attacker.changed_module(*PLANTED[fault]).AreaTree)
    with pytest.raises(DisclosureError, match="could be told"):
        protect(Rule("areas"), rows, around())


def around(districts: str = "aabb") -> Surroundings:
    """Four areas, each in its district."""
    nodes = [("city", "0", ""), *(("district", name, "0") for name in sorted(set(districts)))]
    nodes += [("planning_area", str(number), name) for number, name in enumerate(districts)]
    areas = pd.DataFrame(nodes, columns=["level", "area_id", "parent_id"]).assign(boundary_version="v")
    return Surroundings(areas, {}, b"secret of a test")


def counts(*persons: int, **columns: str) -> pd.DataFrame:
    day = pd.Timestamp("2024-12-31")
    rows = {"period": day, "boundary_version": "v", "area_id": list("0123"), **(columns or {"origin": "AAA"})}
    return pd.DataFrame(rows).assign(persons=persons)


def test_who_has_the_secret_can_draw_again_and_others_draw_otherwise() -> None:
    rows = pd.concat([counts(4, 40, 50, 60, origin=f"{letter}AA") for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
    here = around("aaaa")
    once, again = protect(Rule("areas"), rows, here), protect(Rule("areas"), rows, here)
    other = protect(Rule("areas"), rows, Surroundings(here.areas, {}, b"another secret"))
    pd.testing.assert_frame_equal(once, again)
    assert (once["suppressed"] != other["suppressed"]).any()


def test_the_secret_is_made_once_and_is_not_in_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    monkeypatch.delenv("ZONE_SECRET")
    first = disclosure.secret()
    assert len(first) == 32
    assert disclosure.secret() == first
    assert (tmp_path / "local" / "disclosure.key").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("ZONE_SECRET", str(tmp_path / "elsewhere.key"))
    assert disclosure.secret() != first
    root = Path(str(data.__file__)).parents[1]
    assert "data/local/" in (root / ".gitignore").read_text()


def test_a_table_that_counts_people_without_a_rule_stops_the_build() -> None:
    fields: dict[str, Any] = dict.fromkeys(("publisher", "licence", "attribution", "period", "geography"), "x")
    with pytest.raises(DisclosureError, match="'visitors' counts people and has no rule"):
        Definition(Entry("visitors", "berlin", "Visitors", **fields, unit="persons"), columns={}, key=[])
    for name in definitions.names():
        definition = definitions.definition(name)
        assert definition.rule is None or definition.rule.method != "open" or definition.rule.reason, name
        if "persons" in definition.columns and definition.entry.place == "berlin":
            assert definition.rule is not None, name
            assert definition.rule.method != "open", name


# ---- the shipped tables --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_no_hidden_origin_can_be_narrowed_by_subtraction(day: str) -> None:
    cells = attacker.hidden_cells(day)
    hidden = attacker.on("residents_by_origin", day).query("level == 'planning_area' and suppressed")
    assert len(cells) == len(hidden) > 1000
    assert (cells["most"] - cells["least"]).min() >= attacker.WIDTH


@pytest.mark.parametrize(("day", "share", "integer"), [("2024-12-31", 0.5, False), ("2015-06-30", 0.05, True)])
def test_no_hidden_origin_can_be_narrowed_by_all_tables_together(day: str, share: float, integer: bool) -> None:
    cells = attacker.joint_bounds(day, share, integer=integer)
    assert len(cells) > 20
    assert (cells["most"] - cells["least"]).min() >= attacker.WIDTH - 1e-6


@pytest.mark.parametrize("day", DAYS)
def test_no_total_can_be_narrowed_and_no_difference_tells_of_few(day: str) -> None:
    totals = attacker.background_bounds(day)
    assert (totals["most"] - totals["least"]).min() >= attacker.WIDTH
    differences = attacker.differences(day)
    assert len(differences) > 1400
    assert not differences["persons"].between(1, attacker.WIDTH - 1).any()


@needs_sources
def test_a_rule_that_is_switched_off_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Totals by background suppressed as if nothing else were published beside them."""
    rows = attacker.truth("residents_by_background")
    rows = rows[rows["period"] == pd.Timestamp("2015-06-30")]
    nodes = Surroundings(attacker.table("areas"), {}, b"secret of a test")
    plain = protect(Rule("areas"), rows, nodes)
    kept = attacker.table
    monkeypatch.setattr(attacker, "table", lambda name: plain if name == "residents_by_background" else kept(name))
    assert attacker.differences("2015-06-30")["persons"].between(1, attacker.WIDTH - 1).any()


@needs_sources
def test_knowing_the_algorithm_and_other_half_years_helps_no_guess() -> None:
    """A guess within 2, against what the pool's margin, the table's legend and the source's habits say.

    What the exact weights of the algorithm gain over that is not told from none (twice the error of the difference,
    pool by pool).
    """
    rows = pd.concat([attack.guesses(day).assign(day=day) for day in ("2021-06-30", "2024-12-31")])
    for guess in ("even", "five", "neighbour"):
        assert attack.right(rows, guess) <= attack.right(rows, "margin") + 0.02, guess
    pairs = rows.dropna()
    assert len(pairs) > 1000
    more, error = attack.gain(pairs)
    assert error < 0.005
    assert more <= 2 * error


def test_ages_that_were_rounded_can_have_been_anything_up_to_ten() -> None:
    ages = attacker.age_readings(every=3)
    assert len(ages) > 100
    assert ages["width"].min() >= attacker.WIDTH


@needs_sources
def test_residents_stay_what_they_were_in_sum() -> None:
    shipped, raw = attacker.table("residents"), attacker.truth("residents")
    city, true = (rows.groupby("period")["persons"].sum() for rows in (shipped, raw))
    assert (city == true).all()
    both = shipped.merge(raw, on=["period", "area_id", "age"], suffixes=("", "_raw"))
    off = (both["persons"] - both["persons_raw"]).abs()
    assert (off > 0).mean() < 0.02
    assert off.max() <= 2 * attacker.ROUNDED_TOTAL
    by_age = both.groupby(["period", "age"])[["persons", "persons_raw"]].sum()
    assert ((by_age["persons"] - by_age["persons_raw"]).abs() < 150).all()


@needs_sources
def test_no_social_share_tells_how_few_people_it_stands_for() -> None:
    shares = attacker.share_intervals()
    assert len(shares) > 3000
    assert shares["width"].min() >= attacker.WIDTH
    means = shares.groupby("indicator")[["percent", "percent_raw"]].mean()
    assert (means["percent"] - means["percent_raw"]).abs().max() < 0.35, "the city's shares stay as they were"


@needs_sources
def test_no_share_of_children_tells_how_few_children_it_stands_for() -> None:
    shares = attacker.children_intervals()
    assert len(shares) == 8 * 58 * 3
    assert shares["width"].min() >= attacker.WIDTH
    assert (shares["percent"] - shares["percent_raw"]).abs().max() < 2.5


def test_shares_of_two_levels_would_bound_one_another_and_are_refused() -> None:
    areas = attacker.table("areas")
    rows = pd.DataFrame({"period": pd.Timestamp("2024-12-31"), "age": "0-5", "percent": 50.0}, index=range(2))
    rows = rows.assign(level=["forecast_area", "district"], area_id=["0110", "01"])
    with pytest.raises(DataError, match="several levels"):
        protect(Rule("shares"), rows, Surroundings(areas, {"residents": attacker.table("residents")}, b""))


def test_nothing_published_is_between_one_and_nine() -> None:
    for name in ("residents_by_origin", "residents_by_background", "residents", "residents_new_boundaries"):
        table = data.table(name, "berlin")
        assert not table["persons"].between(1, 9).any(), name
        assert pd.api.types.is_integer_dtype(table["persons"])
    for name in ("residents_by_origin", "residents_by_background"):
        table = data.table(name, "berlin")
        assert (table["persons"].isna() == table["suppressed"]).all()
        assert table["suppressed"].any()


# ---- small groups --------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["", "a", "b", "c", "d"]), max_size=60))
@settings(max_examples=300)
def test_no_group_of_people_can_be_subtracted_from_all(groups: list[str]) -> None:
    shown = merge_small_groups(pd.Series(groups, dtype=str), 5)
    sizes = shown.value_counts()
    assert (sizes[sizes.index != ""] >= 5).all()
    assert sizes.get("", 0) == 0 or sizes[""] >= 5 or len(groups) < 5
    assert all(after in ("", before) for before, after in zip(groups, shown, strict=True))


def test_one_background_alone_is_suppressed_by_itself() -> None:
    beside = counts(400, 500, 600, 700, age="0+")
    where = Surroundings(around("aaaa").areas, {"residents": beside}, b"secret of a test")
    table = protect(Rule("nested"), counts(60, 5, 70, 80, background="foreign_nationals"), where)
    smallest = table[table["level"] == "planning_area"].set_index("area_id")["persons"]
    assert pd.isna(smallest["1"])
    assert smallest.isna().sum() >= 2  # with a complement, as the sum is published
    assert smallest.dropna().isin([60, 70, 80]).all()
    assert table.loc[table["level"] == "city", "persons"].tolist() == [215]


def test_ages_of_a_single_area_stay_in_sum() -> None:
    areas = around("a").areas
    rows = pd.concat([counts(1, 1, 1, 1, age=age).iloc[:1].assign(persons=n) for age, n in (("0-5", 40), ("6+", 90))])
    table = protect(Rule("ages"), rows, Surroundings(areas, {}, b"secret of a test"))
    assert table["persons"].tolist() == [40, 90]


def test_sums_over_few_firms_are_hidden() -> None:
    rows = pd.DataFrame({"firms": [1, 2, 3], "employees_low": [5, 6, 7], "employees_high": [9, 10, 11]})
    hidden = protect(Rule("firms"), rows, around())
    assert hidden["suppressed"].tolist() == [True, True, False]
    assert hidden[["employees_low", "employees_high"]].isna().all(axis=1).tolist() == [True, True, False]
    assert hidden["firms"].tolist() == [1, 2, 3]


def test_a_small_area_gives_its_people_to_a_neighbour_or_takes_some() -> None:
    rows = pd.concat(
        [counts(*persons, age=age) for age, persons in {"0-5": (2, 40, 50, 60), "6+": (4, 90, 90, 9)}.items()]
    )
    table = protect(Rule("ages"), rows, around()).pivot(index="area_id", columns="age", values="persons")
    assert table.to_numpy().sum() == rows["persons"].sum()
    assert table.loc["0"].sum() in (0, 20)
    assert (table.loc["2"] == [50, 90]).all(), "areas of another parent stay"
    assert table.loc["3"].sum() == 69
    assert not table.isin(range(1, 10)).any(axis=None)


def test_no_combination_of_exports_and_api_says_more_than_the_published_cells() -> None:
    """The attack above runs on the published cells; what the API or a download gives is those cells or sums of them."""
    server = TestClient(Starlette(routes=web.ROUTES))
    table = data.table("residents_by_origin", "berlin")
    table = table[table["period"] == "2024-12-31"]
    address = "/api/tables/berlin/residents_by_origin?period=2024-12-31"
    described = tuple(Column(name, name, kind="number" if name == "persons" else "text") for name in table)
    figure = Figure("table", "", "", "", "", table, described)
    answers = {
        "csv": pd.read_csv(io.BytesIO(server.get(f"{address}&format=csv").content), dtype={"area_id": str}),
        "parquet": pd.read_parquet(io.BytesIO(server.get(f"{address}&format=parquet").content)),
        "json": pd.DataFrame(server.get(f"{address}&limit=100000").json()["rows"]),
        "export": pd.read_csv(io.BytesIO(exports.csv_bytes(figure)), dtype={"area_id": str}, na_values="not known"),
    }
    for kind, rows in answers.items():
        persons = pd.to_numeric(rows["persons"]).to_numpy(float)
        assert np.array_equal(persons, table["persons"].to_numpy(float, na_value=np.nan), equal_nan=True), kind
    columns = ["area_id", "origin", "level", "boundary_version"]
    for size in range(len(columns) + 1):
        for by in combinations(columns, size):
            levels = ["city", "district", "planning_area"] if "level" not in by else [""]
            for level in levels:
                keep = f"&level={level}" if level else ""
                question = f"by={','.join(by)}&period=2024-12-31&boundary_version=2021{keep}"
                rows = pd.DataFrame(server.get(f"/api/sums/berlin/residents_by_origin?{question}").json()["rows"])
                part = table[(table["boundary_version"] == "2021") & (table["level"].eq(level) | (level == ""))]
                seen = (
                    part.groupby(list(by))["persons"].sum(min_count=1)
                    if by
                    else pd.Series([part["persons"].sum(min_count=1)])
                )
                assert pd.to_numeric(rows["persons"]).sum() == seen.sum(), (by, level)
                assert pd.to_numeric(rows["persons"]).isna().sum() == seen.isna().sum(), (by, level)
                assert not pd.to_numeric(rows["persons"]).between(1, THRESHOLD - 1).any(), (by, level)
