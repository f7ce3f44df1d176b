"""What may be said of figures: a statement with the condition that must hold, and what is said when it does not.

No superlative without its conditions: how many share the extreme value, whether the next is beyond the error, and
whether enough people stand behind it. Changes need both ends measured by one series, and shares of change a floor to
start from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MIN_BASE = 300  # people behind a rate that may be called an extreme
MIN_START = 1000  # people at the start of a change that may be told in per cent


@dataclass(frozen=True)
class Finding:
    """A statement, whether what it needs holds, and what is said when it does not; all in the reader's language."""

    statement: str
    holds: bool
    otherwise: str

    @property
    def text(self) -> str:
        """What may be said."""
        return self.statement if self.holds else self.otherwise


@dataclass(frozen=True)
class Extreme:
    """The end of a ranking.

    names: of all that share the value; value; behind: the next value (None: there is no other), next: who has it;
    ranked: how many rows count; left_out: how many have too small a base to; clear: whether a lone one is ahead of the
    next by more than the error of their difference.
    """

    names: tuple[str, ...]
    value: float
    behind: float | None
    left_out: int
    clear: bool
    next: tuple[str, ...] = ()
    ranked: int = 0

    @property
    def alone(self) -> bool:
        """Whether exactly one has the value and it is clearly ahead: only then it is 'the' most or least."""
        return len(self.names) == 1 and self.clear and self.behind is not None


def extreme(
    rows: pd.DataFrame,
    value: str,
    *,
    largest: bool,
    digits: int = 9,
    base: str = "",
    min_base: float = MIN_BASE,
    error: str = "",
) -> Extreme | None:
    """The largest or smallest value among named rows; None where no row has a value and enough people behind it.

    rows: name, `value` (gaps allowed), and perhaps `base` (people behind the value) and `error` (its standard error).
    Values are compared as they are shown: rounded to digits. Two values differ clearly where their difference is over
    1.96 times the root of the sum of their squared errors (independent errors).
    """
    valued = rows[pd.to_numeric(rows[value], errors="coerce").notna()]
    enough = valued[valued[base].astype(float) >= min_base] if base else valued
    if enough.empty:
        return None
    numbers = enough[value].astype(float).round(digits)
    end = numbers.max() if largest else numbers.min()
    at_end = numbers == end
    others = numbers[~at_end]
    behind = None if others.empty else float(others.max() if largest else others.min())
    clear = True
    if error and behind is not None:
        spread = np.hypot(
            enough.loc[at_end, error].astype(float).max(), enough.loc[numbers == behind, error].astype(float).max()
        )
        clear = bool(abs(end - behind) > 1.96 * spread)
    first, second = (tuple(map(str, enough.loc[rank, "name"])) for rank in (at_end, numbers == behind))
    return Extreme(first, float(end), behind, len(valued) - len(enough), clear, second, len(enough))


def relative_change(first: float | None, last: float | None, *, floor: float = MIN_START) -> float | None:
    """Change as a share of the first value; None where an end is not measured or the first is under the floor."""
    if first is None or last is None or not np.isfinite([first, last]).all() or first < floor:
        return None
    return float(last / first - 1)
