"""What a room answered: summed up from its answers while they are kept, from the kept result afterwards."""

from __future__ import annotations

import math
from datetime import date
from functools import partial
from typing import Any

import h3
import pandas as pd

from analytics import voting
from data.context import CityContext
from data.store import rooms as store
from data.store import texts
from data.store.ballots import MOST_TEXTS, SCALE
from data.store.rooms import QuestionView, RoomView
from services.areas import exact_areas, hierarchy

MOST_WORDS = 60
CELL = 8  # H3 resolution of places on the map, some 900 m across


def summarise(ctx: CityContext, question: QuestionView, answers: pd.DataFrame, people: int) -> dict[str, Any]:
    """The result of a question as it is kept: people, rows, groups, how far they disagree (0 to 1), who moved.

    moved: how many answered twice and how many of them changed, None where these are too few to say.
    """
    day = date.today().isoformat()
    result: dict[str, Any] = {"people": people, "day": day, "rows": [], "groups": [], "apart": None, "moved": None}
    if question.kind in MOST_TEXTS:
        return result | {"rows": _texts(question.kind, answers)}
    if answers.empty:
        return result
    rows, apart = _SUMMARIES[question.kind](ctx, question, answers)
    said = result | {
        "rows": rows.to_dict("records"),
        "groups": _groups(question, answers),
        "apart": apart,
        "moved": _moved(question, answers),
        "concentration": voting.concentration(answers, question.keys) if question.kind == "budget" else None,
        "comments": _reasons(answers) if question.kind == "pin" else [],
    }
    plain: dict[str, Any] = _finite(said)
    return plain


def _finite(value: Any) -> Any:
    """A result as JSON can hold it: what is no number is None."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _reasons(answers: pd.DataFrame) -> list[dict[str, Any]]:
    """Reasons of pins that a moderator let through."""
    through = answers[answers["approved"].astype(bool) & (answers["reason"] != "")]
    return [{"value": reason, "people": 1} for reason in through["reason"]]


Summary = tuple[pd.DataFrame, float | None]


def _poll(_ctx: CityContext, question: QuestionView, answers: pd.DataFrame) -> Summary:
    rows = voting.poll(answers, question.keys)
    return rows, 1 - voting.consensus(list(rows["votes"]))


def _ranking(_ctx: CityContext, question: QuestionView, answers: pd.DataFrame) -> Summary:
    return voting.ranking(answers, question.keys), 1 - voting.concordance(answers, question.keys)


def _scale(_ctx: CityContext, question: QuestionView, answers: pd.DataFrame) -> Summary:
    """Statements that too few rated are left out: a phone may leave some."""
    rated = [key for key in question.keys if answers[key].notna().sum() >= store.MIN_PEOPLE]
    apart = [voting.distance(answers[key]) / (SCALE - 1) for key in rated]
    return voting.scale(answers, rated, SCALE), float(pd.Series(apart, dtype=float).mean())


def _budget(_ctx: CityContext, question: QuestionView, answers: pd.DataFrame) -> Summary:
    return voting.budget(answers, question.keys), voting.disagreement(answers, question.keys)


def _estimate(_ctx: CityContext, _question: QuestionView, answers: pd.DataFrame) -> Summary:
    values = answers["value"].astype(float)
    q25, median, q75 = (float(values.quantile(share)) for share in (0.25, 0.5, 0.75))
    return voting.guesses(values).assign(q25=q25, median=median, q75=q75), None


def _pins(ctx: CityContext, _question: QuestionView, answers: pd.DataFrame) -> Summary:
    """Where five people or more mean one place, and the areas of the others; none outside the city."""
    import geopandas as gpd

    from data.placing import assign_areas

    spots = gpd.GeoDataFrame(
        {"source_id": range(len(answers)), "kind": "pin"},
        geometry=gpd.points_from_xy(answers["lon"], answers["lat"]),
        crs=4326,
    )
    inside = assign_areas(spots, exact_areas(ctx))
    above = hierarchy(ctx).reindex(inside["area_id"])
    levels = [level for level in reversed(ctx.levels) if level in above]
    pins = pd.DataFrame({level: above[level].to_numpy() for level in levels})
    pins.insert(
        0, "cell", [h3.latlng_to_cell(lat, lon, CELL) for lat, lon in zip(inside["lat"], inside["lon"], strict=True)]
    )
    rows = voting.snap(pins, ["cell", *levels], store.MIN_PEOPLE)
    return rows.rename(columns={"place": "level", "key": "option"}), None


_SUMMARIES = {
    "poll": _poll,
    "several": _poll,
    "priorities": _poll,
    "ranking": _ranking,
    "scale": _scale,
    "budget": _budget,
    "estimate": _estimate,
    "pin": _pins,
}


def _texts(kind: str, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Texts that a moderator let through: most people first; of a cloud as often as each was written."""
    rows = rows[rows["approved"]]
    if kind == "cloud":
        return voting.words(list(rows["value"])).head(MOST_WORDS).to_dict("records")
    return rows.sort_values("people", ascending=False, kind="stable")[["value", "people"]].to_dict("records")


def _groups(question: QuestionView, answers: pd.DataFrame) -> list[dict[str, Any]]:
    if question.kind in ("pin", "estimate"):
        return []
    if question.kind == "ranking":
        answers = answers[["group"]].join(voting.ranks(answers, question.keys))
    rows = voting.by_group(answers, question.keys)
    return rows[rows["people"] >= store.MIN_PEOPLE].to_dict("records")


def _moved(question: QuestionView, answers: pd.DataFrame) -> list[int] | None:
    if not question.repeats or question.kind == "pin":
        return None
    columns: str | list[str] = question.keys if question.kind in ("budget", "scale") else "choice"
    if question.kind == "estimate":
        columns = "value"
    people, changed = voting.moved(answers, columns, is_ordered=question.kind == "ranking")
    fewest = min(changed, people - changed)
    return [people, changed] if people >= store.MIN_PEOPLE and not 0 < fewest < store.MIN_PEOPLE else None


def result(ctx: CityContext, question: QuestionView) -> dict[str, Any]:
    """The kept result of a closed room's question, else what may be seen of the answers so far."""
    if question.result is not None:
        return question.result
    if question.kind in MOST_TEXTS:  # the moderator lets these through one by one
        return summarise(ctx, question, texts.texts(question.id), store.count(question.id))
    answer = store.batch(question, partial(summarise, ctx)) or summarise(ctx, question, pd.DataFrame(), 0)
    if question.kind == "pin" and answer["rows"]:
        rows = texts.texts(question.id)
        return answer | {"comments": rows.loc[rows["approved"], ["value", "people"]].to_dict("records")}
    return answer


def close(ctx: CityContext, room: RoomView) -> None:
    """Close a room for good and keep its results."""
    store.close(room.code, partial(summarise, ctx))
