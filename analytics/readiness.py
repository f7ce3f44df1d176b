"""Readiness of the policy framework: a self-assessment in seven parts, paraphrased from published frameworks.

Sources: OECD (2022), Recommendation on the Social and Solidarity Economy and Social Innovation; OECD/European
Commission, Better Entrepreneurship Policy Tool; Council of Europe, Intercultural Cities index. The questions and levels
are ours.
"""

from __future__ import annotations

import pandas as pd

from analytics.names import N_

LEVELS = (N_("absent"), N_("discussed"), N_("in place"), N_("in use and reviewed"))
LEVEL_LABELS = (N_("Absent"), N_("Discussed"), N_("In place"), N_("In use and reviewed"))
PARTS = {
    "legal": N_("Legal form"),
    "finance": N_("Finance"),
    "procurement": N_("Procurement"),
    "data": N_("Data"),
    "skills": N_("Skills"),
    "participation": N_("Participation"),
    "crisis": N_("Crisis plans"),
}
QUESTIONS = {
    "legal_forms": (
        "legal",
        N_("Can social enterprises take a legal form that fits them, and does the city explain which?"),
    ),
    "legal_scope": ("legal", N_("Is it decided who in the administration answers for social innovation?")),
    "finance_seed": ("finance", N_("Is there money for trials, open to newcomers without a track record?")),
    "finance_scale": ("finance", N_("Is there money to carry on what worked, beyond project funding?")),
    "procurement_clauses": ("procurement", N_("Do tenders weigh social value, and can small providers bid?")),
    "procurement_partners": (
        "procurement",
        N_("Can the city buy a result together with partners rather than a finished service?"),
    ),
    "data_open": ("data", N_("Are figures by area open, timely and safe for individuals?")),
    "data_outcomes": ("data", N_("Are outcomes of initiatives measured, with a day and a comparison?")),
    "skills_staff": ("skills", N_("Are staff trained in intercultural competence and in working with partners?")),
    "skills_languages": ("skills", N_("Are services offered in the languages of those who live here?")),
    "participation_newcomers": ("participation", N_("Do newcomers, with or without a vote, take part in decisions?")),
    "participation_codesign": ("participation", N_("Are services designed with those who use them?")),
    "crisis_plan": ("crisis", N_("Is there a plan for sudden arrivals, with places, people and money named?")),
    "crisis_exercise": ("crisis", N_("Was the plan exercised or used, and changed after that?")),
}


def score(answers: dict[str, dict[str, object]]) -> pd.DataFrame:
    """Each part's readiness, 0 to 100: part, label, score, answered, of, with_evidence.

    answers: by question, level (0 to 3) and evidence (text). score: mean level of the answered questions; unanswered
    ones count as unknown, not as absent. Raises ValueError for an unknown question or level.
    """
    for key, answer in answers.items():
        if key not in QUESTIONS or answer.get("level") not in (0, 1, 2, 3, None):
            raise ValueError(f"{key}: expected a known question and a level from 0 to 3.")
    rows = []
    for part, label in PARTS.items():
        questions = [key for key, (owner, _) in QUESTIONS.items() if owner == part]
        answered = [answers[key] for key in questions if answers.get(key, {}).get("level") is not None]
        levels = [float(str(answer["level"])) for answer in answered]
        points = 100 * sum(levels) / (3 * len(levels)) if levels else float("nan")
        evidence = sum(bool(str(answer.get("evidence", "")).strip()) for answer in answered)
        rows.append((part, label, points, len(answered), len(questions), evidence))
    return pd.DataFrame(rows, columns=["part", "label", "score", "answered", "of", "with_evidence"])


def gaps(answers: dict[str, dict[str, object]]) -> pd.DataFrame:
    """Questions below 'in place', or in place without evidence, weakest first: question, part, level, what."""
    rows = []
    for key, (part, question) in QUESTIONS.items():
        answer = answers.get(key, {})
        level = answer.get("level")
        if level is None:
            rows.append((question, PARTS[part], -1, N_("not answered")))
        elif int(str(level)) < 2:
            rows.append((question, PARTS[part], int(str(level)), LEVELS[int(str(level))]))
        elif not str(answer.get("evidence", "")).strip():
            rows.append((question, PARTS[part], int(str(level)), N_("no evidence given")))
    return pd.DataFrame(rows, columns=["question", "part", "level", "what"]).sort_values(
        "level", kind="stable", ignore_index=True
    )
