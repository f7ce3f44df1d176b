"""Where the words of a chart's points find room: no two over each other and none outside, on a phone too."""

from __future__ import annotations

import pandas as pd

NARROW, LOW = 270, 330  # pixels of a plot on a phone: words that find a place there find one everywhere
MARGIN = 0.06  # of an axis, at each of its ends
PLACES = {
    "top center": (-0.5, -1.0),
    "bottom center": (-0.5, 0.0),
    "middle right": (0.0, -0.5),
    "middle left": (-1.0, -0.5),
}


def free_places(
    x: pd.Series, y: pd.Series, labels: list[str], first: str = "", *, low: int = LOW, below: int = 0
) -> tuple[list[str], list[str]]:
    """Text and place of each point's label so that no two lie over each other or leave the plot, even on a phone.

    A label without a free place is left out, for the tooltip to say.

    labels: '' for points without one, those that matter most first. first: the label that is placed before all others.
    low: height of the plot in pixels. below: so many labels at the beginning stand below their points, or nowhere.
    """
    across, down = (NARROW * _spread(x).to_numpy(), low * (1 - _spread(y).to_numpy()))
    texts, places, taken = [""] * len(labels), ["top center"] * len(labels), list[tuple[float, float, float, float]]()
    for number in sorted(range(len(labels)), key=lambda number: labels[number] != first):
        lines = labels[number].split("<br>")
        wide, high = 6.4 * max(map(len, lines)) + 4, 15.0 * len(lines) + 2
        for place, (left, top) in PLACES.items() if labels[number] else ():
            if number < below and place != "bottom center":
                continue
            aside = 6 * (2 * left + 1) if place.startswith("middle") else 0
            west, north = (
                across[number] + left * wide + aside,
                down[number] + top * high + (8 * (2 * top + 1) if not aside else 0),
            )
            box = (west, north, west + wide, north + high)
            if west < 0 or box[2] > NARROW or any(_overlap(box, other) for other in taken):
                continue
            texts[number], places[number] = labels[number], place
            taken.append(box)
            break
    return texts, places


def _spread(values: pd.Series) -> pd.Series:
    """Values from 0 to 1 along an axis with the room that plotly leaves at its ends."""
    numbers = values.astype(float)
    low, high = numbers.min(), numbers.max()
    return MARGIN + (1 - 2 * MARGIN) * (numbers - low) / ((high - low) or 1)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def room(values: pd.Series) -> list[float]:
    """An axis's range with the room at its ends that free_places reckons with."""
    low, high = float(values.min()), float(values.max())
    more = MARGIN / (1 - 2 * MARGIN) * ((high - low) or 1)
    return [low - more, high + more]
