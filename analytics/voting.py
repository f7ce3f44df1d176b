"""What a room of people said: votes, shared-out points, priorities; how far they agree, and how groups differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


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


def by_group(answers: pd.DataFrame, options: Sequence[str]) -> pd.DataFrame:
    """Each named group's mean points or share of votes: group, option, value, people; answers as for `poll` or
    `budget`.

    Rows without a group are left out (the store blanks groups too small to show).
    """
    parts = [pd.DataFrame(columns=["group", "option", "value", "people"])]
    for group, part in answers[answers["group"] != ""].groupby("group"):
        value = part[list(options)].mean() if "choice" not in part else poll(part, options).set_index("option")["share"]
        value = value.reindex(list(options)).rename_axis("option").rename("value").astype(float).reset_index()
        parts.append(value.assign(group=group, people=len(part))[list(parts[0])])
    return pd.concat(parts[1:] or parts, ignore_index=True)
