"""Readiness of the policy framework: a self-assessment in seven parts, paraphrased from published frameworks.

Sources: OECD (2022), Recommendation on the Social and Solidarity Economy and Social Innovation; OECD/European Commission, Better
Entrepreneurship Policy Tool; Council of Europe, Intercultural Cities index. The questions and levels are ours.
"""

from __future__ import annotations

import pandas as pd

LEVELS = ("absent", "discussed", "in place", "in use and reviewed")
PARTS = {
    "legal": "Legal form",
    "finance": "Finance",
    "procurement": "Procurement",
    "data": "Data",
    "skills": "Skills",
    "participation": "Participation",
    "crisis": "Crisis plans",
}
QUESTIONS = {
    "legal_forms": (
        "legal",
        "Can social enterprises take a legal form that fits them, and does the city explain which?",
    ),
    "legal_scope": ("legal", "Is it decided who in the administration answers for social innovation?"),
    "finance_seed": ("finance", "Is there money for trials, open to newcomers without a track record?"),
    "finance_scale": ("finance", "Is there money to carry on what worked, beyond project funding?"),
    "procurement_clauses": ("procurement", "Do tenders weigh social value, and can small providers bid?"),
    "procurement_partners": (
        "procurement",
        "Can the city buy a result together with partners rather than a finished service?",
    ),
    "data_open": ("data", "Are figures by area open, timely and safe for individuals?"),
    "data_outcomes": ("data", "Are outcomes of initiatives measured, with a day and a comparison?"),
    "skills_staff": ("skills", "Are staff trained in intercultural competence and in working with partners?"),
    "skills_languages": ("skills", "Are services offered in the languages of those who live here?"),
    "participation_newcomers": ("participation", "Do newcomers, with or without a vote, take part in decisions?"),
    "participation_codesign": ("participation", "Are services designed with those who use them?"),
    "crisis_plan": ("crisis", "Is there a plan for sudden arrivals, with places, people and money named?"),
    "crisis_exercise": ("crisis", "Was the plan exercised or used, and changed after that?"),
}


def score(answers: dict[str, dict[str, object]]) -> pd.DataFrame:
    """Each part's readiness, 0 to 100: part, label, score (mean level of its answered questions), answered, of, with_evidence.

    answers: by question, level (0 to 3) and evidence (text). Unanswered questions count as unknown, not as absent. Raises ValueError for an unknown
    question or level.
    """
    for key, answer in answers.items():
        if key not in QUESTIONS or answer.get("level") not in (0, 1, 2, 3, None):
            raise ValueError(f"{key}: expected a known question and a level from 0 to 3.")
    rows = []
    for part, label in PARTS.items():
        asked = [key for key, (owner, _) in QUESTIONS.items() if owner == part]
        known = [answers[key] for key in asked if answers.get(key, {}).get("level") is not None]
        levels = [float(str(answer["level"])) for answer in known]
        rows.append(
            (
                part,
                label,
                100 * sum(levels) / (3 * len(levels)) if levels else float("nan"),
                len(known),
                len(asked),
                sum(bool(str(answer.get("evidence", "")).strip()) for answer in known),
            )
        )
    return pd.DataFrame(rows, columns=["part", "label", "score", "answered", "of", "with_evidence"])


def gaps(answers: dict[str, dict[str, object]]) -> pd.DataFrame:
    """Questions below 'in place', or in place without evidence, weakest first: question, part, level, what."""
    rows = []
    for key, (part, question) in QUESTIONS.items():
        answer = answers.get(key, {})
        level = answer.get("level")
        if level is None:
            rows.append((question, PARTS[part], -1, "not answered"))
        elif int(str(level)) < 2:
            rows.append((question, PARTS[part], int(str(level)), LEVELS[int(str(level))]))
        elif not str(answer.get("evidence", "")).strip():
            rows.append((question, PARTS[part], int(str(level)), "no evidence given"))
    return pd.DataFrame(rows, columns=["question", "part", "level", "what"]).sort_values(
        "level", kind="stable", ignore_index=True
    )
