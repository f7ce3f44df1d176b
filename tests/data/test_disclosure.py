"""Suppression: small cases by hand, random trees against linear programming, and an attack on the shipped tables."""

from __future__ import annotations

import io
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_matrix
from starlette.applications import Starlette
from starlette.testclient import TestClient

import data
import web
from analytics.areas import ancestors
from data.disclosure import THRESHOLD, AreaTree
from views import exports


def tree_with_counts(parents: list[int], leaf_counts: dict[int, int]) -> tuple[AreaTree, np.ndarray]:
    counts = np.zeros(len(parents), dtype=np.int64)
    for leaf, count in leaf_counts.items():
        node = leaf
        while node >= 0:
            counts[node] += count
            node = parents[node]
    return AreaTree(np.array(parents)), counts


def bounds(parents: list[int], counts: np.ndarray, hidden: np.ndarray) -> list[tuple[float, float]]:
    """The narrowest interval an attacker can find for each hidden node, knowing every published node."""
    leaves = [node for node in range(len(parents)) if node not in parents]
    covers = np.zeros((len(parents), len(leaves)))
    for column, leaf in enumerate(leaves):
        node = leaf
        while node >= 0:
            covers[node, column] = 1
            node = parents[node]
    published = ~hidden
    intervals = []
    for node in np.flatnonzero(hidden):
        ends = []
        for sign in (1, -1):
            answer = linprog(sign * covers[node], A_eq=covers[published], b_eq=counts[published], bounds=(0, None))
            ends.append(np.inf if answer.status == 3 else sign * answer.fun)
        intervals.append((ends[0], ends[1]))
    return intervals


def test_a_lone_small_count_takes_the_smallest_sufficient_neighbour_with_it() -> None:
    #       city 0; leaves 1..4 with 5, 12, 40, 300
    tree, counts = tree_with_counts([-1, 0, 0, 0, 0], {1: 5, 2: 12, 3: 40, 4: 300})
    assert tree.suppress(counts).tolist() == [False, True, True, False, False]


def test_two_small_counts_that_add_up_to_enough_need_no_third() -> None:
    tree, counts = tree_with_counts([-1, 0, 0, 0], {1: 4, 2: 6, 3: 50})
    assert tree.suppress(counts).tolist() == [False, True, True, False]


def test_two_small_counts_that_add_up_to_too_little_take_a_third() -> None:
    tree, counts = tree_with_counts([-1, 0, 0, 0], {1: 3, 2: 3, 3: 50})
    assert tree.suppress(counts).tolist() == [False, True, True, True]


def test_zero_is_not_a_small_count() -> None:
    tree, counts = tree_with_counts([-1, 0, 0], {1: 0, 2: 50})
    assert not tree.suppress(counts).any()


def test_a_small_district_is_not_given_away_by_its_areas() -> None:
    # city 0; districts 1, 2; areas 3, 4 of district 1 and 5, 6 of district 2
    parents = [-1, 0, 0, 1, 1, 2, 2]
    tree, counts = tree_with_counts(parents, {3: 8, 4: 0, 5: 30, 6: 40})
    hidden = tree.suppress(counts)
    assert hidden[1]
    assert hidden[3]
    assert all(high - low >= THRESHOLD for low, high in bounds(parents, counts, hidden))


@given(
    st.integers(1, 4).flatmap(
        lambda districts: st.lists(
            st.lists(st.integers(0, 25), min_size=1, max_size=5), min_size=districts, max_size=districts
        )
    )
)
@settings(max_examples=150, deadline=None)
def test_no_tree_lets_linear_programming_narrow_a_hidden_count(districts: list[list[int]]) -> None:
    parents, leaf_counts = [-1] + [0] * len(districts), {}
    for number, areas in enumerate(districts, 1):
        for count in areas:
            leaf_counts[len(parents)] = count
            parents.append(number)
    tree, counts = tree_with_counts(parents, leaf_counts)
    hidden = tree.suppress(counts)
    assert hidden[(counts > 0) & (counts < THRESHOLD)].all()
    if counts[0] >= THRESHOLD and sum(1 for count in leaf_counts.values() if count) > 0 and len(leaf_counts) > 1:
        assert all(high - low >= THRESHOLD - 1e-6 for low, high in bounds(parents, counts, hidden))


def incidence(groups: list[np.ndarray], size: int) -> csr_matrix:
    """A row a group, with 1 in the columns of its cells."""
    rows = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return csr_matrix((np.ones(len(rows)), (rows, np.concatenate(groups))), shape=(len(groups), size))


def attack(day: str, shift: int) -> tuple[int, float, str]:
    """Bound suppressed origins of one half-year from every published margin: how many, the narrowest interval, whose.

    Margins: the tree of areas of each origin, and in each planning area the residents with a migration background
    (or, where that is suppressed, all residents), which named origins cannot exceed. Every `shift`-th cell is tried.
    """
    when = pd.Timestamp(day)  # noqa: F841  (used in the queries)
    origins = data.table("residents_by_origin", "berlin").query("period == @when")
    areas = data.table("areas", "berlin").drop(columns="geometry")
    areas = areas[areas["boundary_version"] == origins["boundary_version"].iloc[0]]
    leaves = origins[origins["level"] == "planning_area"]
    unknown = leaves[leaves["suppressed"]].reset_index(drop=True)
    above = ancestors(areas)
    equal, right = [], []
    for level in [column for column in above.columns if column != "planning_area"]:
        holder = leaves["area_id"].map(above[level])
        sums = leaves["persons"].astype("Float64").fillna(0).groupby([holder, leaves["origin"]]).sum()
        parents = origins[(origins["level"] == level) & ~origins["suppressed"]]
        unknown_parents = unknown["area_id"].map(above[level])
        for row in parents.itertuples():
            cells = np.flatnonzero((unknown_parents == row.area_id) & (unknown["origin"] == row.origin))
            if len(cells):
                equal.append(cells)
                right.append(float(row.persons) - float(sums[row.area_id, row.origin]))
    total = data.table("residents_by_background", "berlin").query(
        "period == @when and level == 'planning_area' and background == 'migration_background'"
    )
    total = total.set_index("area_id")["persons"].astype("Float64")
    everyone = data.table("residents", "berlin").query("period == @when").groupby("area_id")["persons"]
    room = total.fillna(everyone.sum(min_count=1).astype("Float64"))
    named = leaves.groupby("area_id")["persons"].sum().astype("Float64")
    less, left = [], []
    for area, cells in unknown.groupby("area_id").groups.items():
        if pd.isna(room[area]):
            continue
        less.append(np.asarray(cells))
        left.append(float(room[area] - named[area]))

    exact, upper = incidence(equal, len(unknown)), incidence(less, len(unknown))
    problem = {"A_eq": exact, "b_eq": right, "A_ub": upper, "b_ub": left, "bounds": (0, None)}
    narrowest, whose, tried = np.inf, "", range(0, len(unknown), shift)
    for cell in tried:
        aim = np.eye(1, len(unknown), cell)[0]
        low, high = linprog(aim, **problem), linprog(-aim, **problem)
        assert low.success, low.message
        assert high.success, high.message
        if -high.fun - low.fun < narrowest:
            narrowest = -high.fun - low.fun
            whose = f"{unknown['origin'][cell]} in {unknown['area_id'][cell]}: {low.fun:.0f} to {-high.fun:.0f}"
    return len(tried), narrowest, whose


@pytest.mark.parametrize(("period", "shift"), [("2024-12-31", 12), ("2021-06-30", 18), ("2015-06-30", 18)])
def test_linear_programming_over_all_published_margins_finds_no_suppressed_count(period: str, shift: int) -> None:
    tried, narrowest, whose = attack(period, shift)
    assert tried > 50
    assert narrowest >= THRESHOLD - 1e-6, whose


def test_nothing_published_is_between_one_and_nine() -> None:
    for name in ("residents_by_origin", "residents_by_background"):
        table = data.table(name, "berlin")
        assert not table["persons"].between(1, 9).any()
        assert (table["persons"].isna() == table["suppressed"]).all()
        assert table["suppressed"].any()
    assert pd.api.types.is_integer_dtype(table["persons"])


def test_no_combination_of_exports_and_api_says_more_than_the_published_cells() -> None:
    """The attack above runs on the published cells; what the API or a download gives is those cells or sums of them."""
    server = TestClient(Starlette(routes=web.ROUTES))
    table = data.table("residents_by_origin", "berlin")
    table = table[table["period"] == "2024-12-31"]
    address = "/api/tables/berlin/residents_by_origin?period=2024-12-31"
    answers = {
        "csv": pd.read_csv(io.BytesIO(server.get(f"{address}&format=csv").content), dtype={"area_id": str}),
        "parquet": pd.read_parquet(io.BytesIO(server.get(f"{address}&format=parquet").content)),
        "json": pd.DataFrame(server.get(f"{address}&limit=100000").json()["rows"]),
        "export": pd.read_csv(io.BytesIO(exports.csv_bytes(table)), dtype={"area_id": str}),
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
                rows = pd.DataFrame(
                    server.get(
                        f"/api/sums/berlin/residents_by_origin?by={','.join(by)}&period=2024-12-31&boundary_version=2021{keep}"
                    ).json()["rows"]
                )
                part = table[(table["boundary_version"] == "2021") & (table["level"].eq(level) | (level == ""))]
                seen = (
                    part.groupby(list(by))["persons"].sum(min_count=1)
                    if by
                    else pd.Series([part["persons"].sum(min_count=1)])
                )
                assert pd.to_numeric(rows["persons"]).sum() == seen.sum(), (by, level)
                assert pd.to_numeric(rows["persons"]).isna().sum() == seen.isna().sum(), (by, level)
                assert not pd.to_numeric(rows["persons"]).between(1, THRESHOLD - 1).any(), (by, level)
