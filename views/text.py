"""Numbers and words as people read them."""

from __future__ import annotations

import math

import pandas as pd

GAP = "not known"
SUPPRESSED = "suppressed (fewer than 10, or would reveal such a count)"


def is_gap(value: object) -> bool:
    """Whether there is no number to show."""
    return value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value))


def number(value: object, digits: int = 0) -> str:
    """1234567.8 -> '1,234,568'; a gap is said, never shown as zero."""
    return GAP if is_gap(value) else f"{float(value):,.{digits}f}"  # type: ignore[arg-type]


def compact(value: object) -> str:
    """1234567 -> '1.23 million', 45678 -> '45,678'."""
    if is_gap(value):
        return GAP
    amount = float(value)  # type: ignore[arg-type]
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(amount) >= size:
            return f"{amount / size:,.3g} {word}" if abs(amount) < 100 * size else f"{amount / size:,.1f} {word}"
    return f"{amount:,.0f}"


def percent(share: object, digits: int = 0) -> str:
    """0.1234 -> '12 %'."""
    return GAP if is_gap(share) else f"{100 * float(share):,.{digits}f} %"  # type: ignore[arg-type]


def signed_percent(share: object, digits: int = 1) -> str:
    """0.1234 -> '+12.3 %'."""
    return GAP if is_gap(share) else f"{100 * float(share):+,.{digits}f} %"  # type: ignore[arg-type]


def day(period: pd.Timestamp) -> str:
    """2024-12-31 -> '31 December 2024'."""
    return f"{period.day} {period:%B %Y}"


def p_value(p: float) -> str:
    """0.0004 -> 'p below 0.001', 0.0312 -> 'p 0.031'."""
    return "p below 0.001" if p < 0.001 else f"p {p:.3f}"


def places(low: float, high: float) -> str:
    """(1, 1) -> 'place 1', (1, 7) -> 'place 1 to 7'."""
    return f"place {low:.0f}" if low == high else f"place {low:.0f} to {high:.0f}"
