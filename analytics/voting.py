"""What a room said: votes, rankings, points, guesses, words, pins; how far people agree, and what moved them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd

SIGNS = ".,;:!?،؛؟«»\"'"  # around a word that people typed


def poll(answers: pd.DataFrame, options: Sequence[str]) -> pd.DataFrame:
    """Votes by option, in the order of the options: option, votes, share.

    answers: group, choice (a list of options; one where one may be chosen). share: of the people who answered, 0 to 1.
    """
    chosen = answers["choice"].explode().value_counts().reindex(list(options)).fillna(0).astype(int)
    people = len(answers)
    shares = chosen / people if people else chosen * np.nan
    return pd.DataFrame({"option": list(options), "votes": chosen.to_numpy(), "share": shares.to_numpy(float)})


def consensus(votes: Sequence[int]) -> float:
    """How far votes lie on one option: 1 all on one, 0 spread evenly (1 - Shannon's entropy over its largest value)."""
    counts = np.asarray(votes, float)
    if len(counts) < 2 or counts.sum() == 0:
        return float("nan")
    shares = counts[counts > 0] / counts.sum()
    return float(1 + (shares * np.log(shares)).sum() / np.log(len(counts)))


def budget(answers: pd.DataFrame, options: Sequence[str]) -> pd.DataFrame:
    """Points by option: option, mean, median, q25, q75, low, high, in the order of the options.

    answers: group and one column an option, each row adding up to the same total.
    """
    names = {"mean": "mean", "50%": "median", "25%": "q25", "75%": "q75", "min": "low", "max": "high"}
    summary = answers[list(options)].astype(float).describe().T[list(names)].rename(columns=names)
    return summary.rename_axis("option").reset_index()


def disagreement(answers: pd.DataFrame, options: Sequence[str]) -> float:
    """Mean share of points that two people drawn from the room placed differently, 0 (all alike) to 1.

    The total variation distance (half the sum of absolute differences over the total), over all pairs; nan below two
    people.
    """
    points = answers[list(options)].to_numpy(float)
    people = len(points)
    if people < 2:
        return float("nan")
    # The sum of |a - b| over pairs of a sorted column is a weighted sum: the k-th smallest enters 2k - n + 1 times.
    weight = 2 * np.arange(people) - people + 1
    differences = (np.sort(points, axis=0) * weight[:, None]).sum()
    return float(differences / (people * (people - 1) / 2) / (2 * points[0].sum()))


def ranking(answers: pd.DataFrame, options: Sequence[str]) -> pd.DataFrame:
    """Where people rank each option: option, mean, median, q25, q75, low, high, first, best mean rank first.

    answers: choice (every option once, the best first). first: people who rank it first.
    """
    places = ranks(answers, options)
    summary = budget(places, options).assign(first=(places == 1).sum().to_numpy())
    return summary.sort_values("mean", kind="stable", ignore_index=True)


def ranks(answers: pd.DataFrame, options: Sequence[str]) -> pd.DataFrame:
    """Each person's rank of each option, from 1; a column an option."""
    places = [{option: place for place, option in enumerate(choice, 1)} for choice in answers["choice"]]
    return pd.DataFrame(places, columns=list(options), index=answers.index)


def concordance(answers: pd.DataFrame, options: Sequence[str]) -> float:
    """Kendall's W of rankings, 0 (no agreement) to 1 (all rank alike); nan below two people or options.

    Without ties, W = 12 S / (m^2 (n^3 - n)) for m people and n options (Kendall and Babington Smith 1939).
    """
    people, count = len(answers), len(options)
    if people < 2 or count < 2:
        return float("nan")
    sums = ranks(answers, options).sum()
    return float(12 * ((sums - sums.mean()) ** 2).sum() / (people**2 * (count**3 - count)))


def scale(answers: pd.DataFrame, options: Sequence[str], steps: int) -> pd.DataFrame:
    """People by option and step of an ordered scale: option, step, votes, share (of those who rated it), median.

    answers: a column an option with its step from 1, empty where a person gave none.
    """
    rated = answers[list(options)].astype(float)
    votes = rated.apply(lambda column: column.value_counts().reindex(range(1, steps + 1))).fillna(0).astype(int)
    rows = votes.rename_axis("step").reset_index().melt("step", var_name="option", value_name="votes")
    people = rows.groupby("option")["votes"].transform("sum")
    rows["share"] = (rows["votes"] / people).where(people > 0)
    rows["median"] = rows["option"].map(rated.median())
    return rows[["option", "step", "votes", "share", "median"]]


def distance(values: pd.Series) -> float:
    """Mean absolute difference of two people drawn from the room (Gini's mean difference); nan below two."""
    known = np.sort(values.dropna().to_numpy(float))
    people = len(known)
    if people < 2:
        return float("nan")
    weight = 2 * np.arange(people) - people + 1  # as in `disagreement`
    return float((known * weight).sum() / (people * (people - 1) / 2))


def guesses(values: pd.Series, bins: int = 12) -> pd.DataFrame:
    """A histogram of numbers that people guessed: low, high, votes; ends are round (of 1, 2 or 5 times ten).

    No bin is cut for a single guess far out: numbers beyond three quartile ranges are in the first or last bin.
    """
    known = values.dropna().astype(float)
    if known.empty:
        return pd.DataFrame({"low": [], "high": [], "votes": []})
    q25, q75 = known.quantile([0.25, 0.75])
    far = 3 * (q75 - q25) or max(abs(q75), 1.0)
    low, high = max(known.min(), q25 - far), min(known.max(), q75 + far)
    rough = (high - low) / bins or max(abs(high), 1.0) / bins
    tens = 10.0 ** np.floor(np.log10(rough))
    width = next(width for step in (1, 2, 5, 10) if (width := step * tens) >= rough)
    start = np.floor(low / width)
    count = int(np.floor(high / width) - start) + 1
    edges = (start + np.arange(count + 1)) * width
    place = np.clip(np.floor(known / width) - start, 0, count - 1).astype(int)
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "votes": np.bincount(place, minlength=count)})


def words(values: Sequence[str]) -> pd.DataFrame:
    """How often words were written, in any case and spelling of letters: label (as most wrote it), votes."""
    rows = pd.DataFrame({"label": [" ".join(value.split()) for value in values]})
    rows["key"] = [unicodedata.normalize("NFKC", label).casefold().strip(SIGNS) for label in rows["label"]]
    rows = rows[rows["key"] != ""]
    spelled = rows.value_counts(["key", "label"]).rename("votes").reset_index()
    spelled = spelled.sort_values(["votes", "label"], ascending=[False, True])
    result = spelled.groupby("key", sort=False).agg(label=("label", "first"), votes=("votes", "sum"))
    return result.sort_values(["votes", "label"], ascending=[False, True], ignore_index=True)


def snap(pins: pd.DataFrame, places: Sequence[str], least: int) -> pd.DataFrame:
    """Pins added up where enough people mean the same place: place (a column's name), key, people.

    pins: a row a person, a column for each kind of place from the smallest to the largest. A pin counts once, in the
    smallest place that `least` of those not counted yet share; the largest takes all that are left.
    """
    left, parts = pins, []
    for place in places:
        people = left.groupby(place)[place].transform("size")
        here = left[people >= (least if place != places[-1] else 1)]
        parts.append(here.groupby(place).size().rename("people").rename_axis("key").reset_index().assign(place=place))
        left = left.drop(here.index)
    return pd.concat(parts, ignore_index=True)[["place", "key", "people"]]


def moved(answers: pd.DataFrame, value: str | Sequence[str], *, is_ordered: bool = False) -> tuple[int, int]:
    """Of the people who answered twice: how many, and how many of them changed their answer.

    answers: before (None where a person did not answer first), and the answer: the column `value`, or a column an
    option. is_ordered: whether the order of a list matters, as it does in a ranking.
    """
    both = answers[answers["before"].notna()]
    if isinstance(value, str):
        now = both[value].tolist()
    else:
        now = [
            {key: number for key, number in row.items() if not pd.isna(number)}
            for row in both[list(value)].to_dict("records")
        ]

    def plain(answer: object) -> object:
        return sorted(answer) if isinstance(answer, list) and not is_ordered else answer

    return len(both), sum(plain(first) != plain(second) for first, second in zip(both["before"], now, strict=True))


def concentration(answers: pd.DataFrame, options: Sequence[str]) -> float:
    """How alike people share out points: the sum of a Dirichlet distribution's parameters, by moments (Minka 2000).

    sum m (1 - m) / sum v - 1, with m the mean and v the variance of each option's share; large where people are alike.
    nan below two people or where all share alike; at least 0.1, which is as unlike as people can be.
    """
    points = answers[list(options)].to_numpy(float)
    if len(points) < 2:
        return float("nan")
    shares = points / points.sum(axis=1, keepdims=True)
    means, variance = shares.mean(axis=0), shares.var(axis=0, ddof=1).sum()
    return max(float((means * (1 - means)).sum() / variance - 1), 0.1) if variance > 0 else float("nan")


def by_group(answers: pd.DataFrame, options: Sequence[str]) -> pd.DataFrame:
    """Each named group's mean (points, ranks, steps) or share of votes: group, option, value, people.

    answers: as for `poll`, or a column an option. people: of the group who said something of the option. Rows without a
    group are left out (the store blanks groups too small to show).
    """
    parts = [pd.DataFrame(columns=["group", "option", "value", "people"])]
    for group, part in answers[answers["group"] != ""].groupby("group"):
        value = part[list(options)].mean() if "choice" not in part else poll(part, options).set_index("option")["share"]
        value = value.reindex(list(options)).rename_axis("option").rename("value").astype(float).reset_index()
        known = len(part) if "choice" in part else part[list(options)].notna().sum().to_numpy()
        parts.append(value.assign(group=group, people=known)[list(parts[0])])
    return pd.concat(parts[1:] or parts, ignore_index=True)
