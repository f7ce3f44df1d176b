"""Which initiatives address a need: a structured match with its reasons; on demand also likeness of words."""

from __future__ import annotations

import numpy as np
import pandas as pd

STAGE_WORTH = {"detected": 0.0, "developed": 0.5, "applied": 1.0, "scaled": 1.5}


def match(
    initiatives: pd.DataFrame, topic: str, city: str = "", words: str = "", by_words: bool = False
) -> pd.DataFrame:
    """Initiatives that address a topic, best first.

    initiatives: topic, stage, city, outcomes, budget_eur, about, target_group. topic: a dimension of the indicators. Score: 1 for the same city,
    0 to 1.5 for the stage reached, 1 for outcomes on record, 0.5 for a known budget; only initiatives of the topic are kept. by_words: also add 0 to 2
    for likeness of `words` with about and target group (cosine of character n-grams, TF-IDF; Salton & Buckley 1988), and keep those of other
    topics that are alike by more than a fifth. Returns the rows with score and why.
    """
    rows = initiatives.copy()
    same = rows["topic"] == topic
    alike = _alike(rows, words) if by_words and words.strip() else np.zeros(len(rows))
    parts = {
        "same topic": same.astype(float),
        "in this city": (rows["city"].str.casefold() == city.casefold()).astype(float),
        "stage": rows["stage"].map(STAGE_WORTH).astype(float),
        "outcomes on record": rows["outcomes"].map(bool).astype(float),
        "budget known": 0.5 * rows["budget_eur"].notna().astype(float),
        "alike in words": pd.Series(2 * alike, index=rows.index),
    }
    score = sum(parts.values())
    reasons = pd.DataFrame(parts)
    why = [
        ", ".join(
            f"{rows['stage'].loc[place]}" if name == "stage" else name
            for name in reasons
            if reasons.loc[place, name] > 0
        )
        for place in rows.index
    ]
    found = rows.assign(score=score, why=why)[same | (alike > 0.2)]
    return found.sort_values(["score", "name"], ascending=[False, True])


def _alike(rows: pd.DataFrame, words: str) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = (rows["about"] + " " + rows["target_group"]).tolist()
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), lowercase=True).fit_transform([*texts, words])
    return np.asarray((vectors[:-1] @ vectors[-1].T).todense()).ravel()
