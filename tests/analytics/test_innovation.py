"""Social innovation: matching, partnerships, readiness and impact, each by hand."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from analytics import impact, matching, partnerships, readiness


def who(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "sector": sector, "role": ""} for name, sector in pairs]


ROWS = pd.DataFrame(
    [
        {
            "name": "A",
            "city": "Town",
            "topic": "housing",
            "stage": "applied",
            "outcomes": [{"indicator": "homes"}],
            "budget_eur": 100,
            "reached": 10,
            "about": "shared homes for refugees",
            "target_group": "refugees",
            "partners": who(("Town", "public"), ("Help", "non-profit"), ("Build", "private")),
        },
        {
            "name": "B",
            "city": "Town",
            "topic": "work",
            "stage": "scaled",
            "outcomes": [],
            "budget_eur": None,
            "reached": None,
            "about": "job coaching",
            "target_group": "youth",
            "partners": who(("Town", "public"), ("Coach", "non-profit")),
        },
        {
            "name": "C",
            "city": "Else",
            "topic": "housing",
            "stage": "detected",
            "outcomes": [],
            "budget_eur": None,
            "reached": 5,
            "about": "homes shared by refugees and students",
            "target_group": "students",
            "partners": [],
        },
    ]
).astype({"budget_eur": "Int64", "reached": "Int64"})


def test_a_match_is_of_the_topic_and_says_why() -> None:
    found = matching.match(ROWS, "housing", "Town")
    assert found["name"].tolist() == ["A", "C"]
    assert found["score"].tolist() == [1 + 1 + 1 + 1 + 0.5, 1]
    assert found["why"].iloc[0] == "same topic, in this city, applied, outcomes on record, budget known"


def test_words_bring_in_other_topics_only_when_asked() -> None:
    words = "homes shared by refugees and students"
    assert matching.match(ROWS, "work", "", words)["name"].tolist() == ["B"]
    found = matching.match(ROWS, "work", "", words, by_words=True)
    assert set(found["name"]) >= {"B", "C"}


def test_ties_and_brokers_by_hand() -> None:
    graph = partnerships.network(ROWS)
    ties = {frozenset(tie) for tie in graph.edges}
    assert ties == {
        frozenset(tie) for tie in (("Build", "Help"), ("Build", "Town"), ("Help", "Town"), ("Coach", "Town"))
    }
    people = partnerships.actors(graph).set_index("name")
    assert people["brokerage"].idxmax() == "Town"
    assert people.loc["Town", "brokerage"] == pytest.approx(nx.betweenness_centrality(graph)["Town"])
    assert people.loc["Town", "brokerage"] == pytest.approx(
        2 / 3
    )  # between Coach and each of the two others, of three pairs
    assert people.loc["Town", "sectors_bridged"] == 2


def test_shared_twice_is_a_heavier_tie() -> None:
    twice = pd.concat([ROWS.iloc[[1]], ROWS.iloc[[1]].assign(name="D")])
    assert partnerships.network(twice).edges["Coach", "Town"]["weight"] == 2


def test_tri_sector_counts_only_what_is_known() -> None:
    found = partnerships.tri_sector(ROWS)
    assert (found["known"], found["of"], found["tri_sector"], found["private"]) == (2, 3, 0.5, 0.5)
    missing = partnerships.missing_sectors(ROWS).set_index(["topic", "sector"])["share"]
    assert missing["work", "private"] == 0
    assert np.isnan(partnerships.tri_sector(ROWS.iloc[[2]])["tri_sector"])


def test_everyone_has_a_place_of_their_own() -> None:
    places = partnerships.layout(partnerships.network(ROWS))
    assert len(places) == 4
    assert not places[["x", "y"]].round(6).duplicated().any()


def test_readiness_leaves_the_unanswered_out() -> None:
    answers = {
        "crisis_plan": {"level": 3, "evidence": "plan 2024"},
        "crisis_exercise": {"level": 0, "evidence": ""},
        "data_open": {"level": None, "evidence": ""},
    }
    found = readiness.score(answers).set_index("part")
    assert found.loc["crisis", "score"] == 50
    assert (found.loc["crisis", "answered"], found.loc["crisis", "with_evidence"]) == (2, 1)
    assert np.isnan(found.loc["data", "score"])
    listed = readiness.gaps(answers)
    assert "not answered" in set(listed["what"])
    assert readiness.QUESTIONS["crisis_plan"][1] not in set(listed["question"])
    with pytest.raises(ValueError, match="level from 0 to 3"):
        readiness.score({"crisis_plan": {"level": 7}})


def test_every_question_belongs_to_a_part() -> None:
    assert {part for part, _ in readiness.QUESTIONS.values()} == set(readiness.PARTS)


GIVEN = impact.Assumptions(
    people=10, value_eur=100, deadweight=0.5, others=0, years=2, drop_off=0.5, discount=0, cost_eur=250
)


def test_social_return_by_hand() -> None:
    # 10 people x 100 EUR, half would have happened anyway: 500 in the first year, 250 in the second, for 250.
    assert impact.social_return(GIVEN) == pytest.approx(3)
    with pytest.raises(ValueError, match="lies between 0 and 1"):
        impact.social_return(impact.Assumptions(1, 1, deadweight=2))


def test_tornado_is_widest_first_and_moves_one_thing_at_a_time() -> None:
    rows = impact.tornado(GIVEN).set_index("assumption")
    assert rows["swing"].is_monotonic_decreasing
    assert rows.loc["people", "at_low"] == pytest.approx(0.7 * 3)
    assert rows.loc["others", "swing"] == 0
    assert rows.loc["cost_eur", "at_low"] == pytest.approx(3 / 0.7)


def test_cost_per_person_needs_both() -> None:
    assert impact.cost_per_person(ROWS)[["name", "per_person"]].to_numpy().tolist() == [["A", 10]]
