"""Diverse and divided? Mix of origins and segregation at several scales."""

from __future__ import annotations

import numpy as np
import pandas as pd


def theil_h(counts: pd.DataFrame) -> float:
    """Theil's multigroup H: 0 where every area mirrors the whole, 1 where no two groups share an area.

    counts: areas x groups, persons; gaps count as nobody. Source: Theil (1972); Reardon & Firebaugh (2002), eq. 14.
    """
    table = counts.fillna(0).to_numpy(float)
    sizes = table.sum(axis=1)
    shares = table[sizes > 0] / sizes[sizes > 0, None]
    whole = table.sum(axis=0) / table.sum()

    def entropy(part: np.ndarray) -> np.ndarray:
        logs = np.log(part, out=np.zeros_like(part), where=part > 0)
        return -(part * logs).sum(axis=-1)

    total = float(entropy(whole))
    if total == 0:
        return 0.0
    return float((sizes[sizes > 0] * (total - entropy(shares))).sum() / (table.sum() * total))


def decompose_theil_h(counts: pd.DataFrame, above: dict[str, pd.Series]) -> pd.DataFrame:
    """How much of the segregation among the smallest areas lies at each scale.

    counts: smallest areas x groups. above: for each larger scale, widest first, the area that holds each smallest one.
    Theil's H decomposes: H among the smallest is H among the widest, plus what each next scale adds. Returns scale, h
    (H at that scale), added (beyond the scale above), share (of H among the smallest); the shares add up to 1. Source:
    Reardon & Firebaugh (2002), organisational decomposition.
    """
    rows, before = [], 0.0
    for scale, holder in above.items():
        value = theil_h(counts.groupby(holder.reindex(counts.index).to_numpy()).sum(min_count=1))
        rows.append((scale, value, value - before))
        before = value
    smallest = theil_h(counts)
    rows.append(("smallest", smallest, smallest - before))
    result = pd.DataFrame(rows, columns=["scale", "h", "added"])
    return result.assign(share=result["added"] / smallest if smallest else 0.0)
