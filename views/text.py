"""Numbers and words as people read them."""

from __future__ import annotations

import html
import math
import re
from datetime import datetime

import numpy as np
import pandas as pd

from views.language import N_, _, day, localised

__all__ = ["day"]

GAP = N_("not known")
SUPPRESSED = N_("suppressed (fewer than 10, or would reveal such a count)")


def is_gap(value: object) -> bool:
    """Whether there is no number to show."""
    return value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value))


def number(value: object, digits: int = 0) -> str:
    """1234567.8 -> '1,234,568'; a gap is said, never shown as zero."""
    return _(GAP) if is_gap(value) else localised(f"{float(value):,.{digits}f}")  # type: ignore[arg-type]


def signed(value: object, digits: int = 1) -> str:
    """1.26 -> '+1.3'."""
    return _(GAP) if is_gap(value) else localised(f"{float(value):+,.{digits}f}")  # type: ignore[arg-type]


def compact(value: object) -> str:
    """1234567 -> '1.23 million', 45678 -> '45,678'."""
    if is_gap(value):
        return _(GAP)
    amount = float(value)  # type: ignore[arg-type]
    for size, word in ((1e9, N_("{amount} billion")), (1e6, N_("{amount} million"))):
        if abs(amount) >= size:
            short = f"{amount / size:,.3g}" if abs(amount) < 100 * size else f"{amount / size:,.1f}"
            return _(word, amount=localised(short))
    return localised(f"{amount:,.0f}")


def percent(share: object, digits: int = 0) -> str:
    """0.1234 -> '12 %'."""
    return _(GAP) if is_gap(share) else localised(f"{100 * float(share):,.{digits}f} %")  # type: ignore[arg-type]


def signed_percent(share: object, digits: int = 1) -> str:
    """0.1234 -> '+12.3 %'."""
    return _(GAP) if is_gap(share) else localised(f"{100 * float(share):+,.{digits}f} %")  # type: ignore[arg-type]


def p_value(p: float) -> str:
    """0.0004 -> 'p below 0.001', 0.0312 -> 'p 0.031'."""
    return _("p below {limit:.3f}", limit=0.001) if p < 0.001 else _("p {p:.3f}", p=p)


def places(low: float, high: float) -> str:
    """(1, 1) -> 'place 1', (1, 7) -> 'place 1 to 7'."""
    return _("place {low:.0f}", low=low) if low == high else _("place {low:.0f} to {high:.0f}", low=low, high=high)


def plain(value: object) -> str:
    """A cell as text on paper: numbers by locale, days without a clock, chart markup taken out, gaps said."""
    if is_gap(value) or value is pd.NaT:
        return _(GAP)
    if isinstance(value, (pd.Timestamp, datetime)):
        return day(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (float, np.floating)):
        return localised(f"{value:,.10g}" if abs(float(value)) >= 1000 else f"{value:.4g}")
    return html.unescape(re.sub(r"<[^>]+>", " ", str(value)))


def escaped(words: str) -> str:
    """People's words as they are: markdown's and HTML's signs lose their meaning."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|<>~$:&-])", r"\\\1", words.replace("\n", " "))


def moment(version: str) -> str:
    """The word of a version as a moment: '2026-11-25T065659.874927' -> '2026-11-25 06:56:59 UTC'."""
    day, _t, time = version.partition("T")
    return f"{day} {time[:2]}:{time[2:4]}:{time[4:6]} UTC" if time else day
