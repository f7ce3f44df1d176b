"""Which initiatives address a need: a structured match with its reasons; on demand also likeness of words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.names import N_

STAGE_WORTH = {"detected": 0.0, "developed": 0.5, "applied": 1.0, "scaled": 1.5}


def match(
    initiatives: pd.DataFrame, topic: str, city: str = "", words: str = "", by_words: bool = False
) -> pd.DataFrame:
    """Initiatives that address a topic, best first.

    initiatives: topic, stage, city, outcomes, budget_eur, about, target_group. topic: a dimension of the indicators.
    Score: 1 for the same city, 0 to 1.5 for the stage reached, 1 for outcomes on record, 0.5 for a known budget; only
    initiatives of the topic are kept. by_words: also add 0 to 2 for likeness of `words` with about and target group
    (cosine of character n-grams, TF-IDF; Salton & Buckley 1988), and keep those of other topics that are alike by more
    than a fifth. Returns the rows with score and why.
    """
    same = initiatives["topic"] == topic
    alike = _alike(initiatives, words) if by_words and words.strip() else np.zeros(len(initiatives))
    reasons = pd.DataFrame(
        {
            N_("same topic"): same.astype(float),
            N_("in this city"): (initiatives["city"].str.casefold() == city.casefold()).astype(float),
            "stage": initiatives["stage"].map(STAGE_WORTH).astype(float),
            N_("outcomes on record"): initiatives["outcomes"].map(bool).astype(float),
            N_("budget known"): 0.5 * initiatives["budget_eur"].notna().astype(float),
            N_("alike in words"): pd.Series(2 * alike, index=initiatives.index),
        }
    )
    why = [
        ", ".join(stage if name == "stage" else name for name, score in zip(reasons, scores, strict=True) if score > 0)
        for stage, scores in zip(initiatives["stage"], reasons.to_numpy(), strict=True)
    ]
    matches = initiatives.assign(score=reasons.sum(axis=1), why=why)[same | (alike > 0.2)]
    return matches.sort_values(["score", "name"], ascending=[False, True])


def _alike(rows: pd.DataFrame, words: str) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = (rows["about"] + " " + rows["target_group"]).tolist()
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), lowercase=True).fit_transform([*texts, words])
    return np.asarray((vectors[:-1] @ vectors[-1].T).todense()).ravel()
