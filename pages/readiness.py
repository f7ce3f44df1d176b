"""Policy framework: how ready the enabling framework is, with evidence, compared over time."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analytics import readiness
from data import store
from pages.common import choices, city
from pages.signing_in import allowed
from views import charts, comparisons, controls, text
from views.language import _

CREDIT = _("self-assessment on this server, after OECD (2022) and the Intercultural Cities index, in our words")


def results_section(rows: pd.DataFrame) -> None:
    """The newest assessment beside the one before, and its gaps."""
    kept = rows.head(2)
    parts = [
        readiness.score(row.answers).assign(
            label=lambda rows: rows["label"].map(_), day=text.day(pd.Timestamp(row.day))
        )
        for row in kept.itertuples()
    ]
    now, weakest = parts[0], parts[0].loc[parts[0]["score"].idxmin()] if parts[0]["score"].notna().any() else None
    title = (
        _("Nothing is answered yet")
        if weakest is None
        else _("Weakest: {label}, {score:.0f} of 100", label=weakest["label"], score=weakest["score"])
    )
    charts.show(
        comparisons.radar(pd.concat(parts), "label", "score", "day"),
        title=title,
        unit=_("0 absent to 100 in use and reviewed; mean of the answered questions"),
        source=CREDIT,
        key="radar",
        table=pd.concat(parts),
    )
    evidence = int(now["with_evidence"].sum())
    st.caption(
        _(
            "{answered} of {of} questions answered, {evidence} with evidence.",
            answered=int(now["answered"].sum()),
            of=int(now["of"].sum()),
            evidence=evidence,
        )
    )
    st.subheader(_("Gaps"), anchor=False)
    st.dataframe(
        readiness.gaps(rows["answers"].iloc[0]).drop(columns="level").map(_),
        hide_index=True,
        alt=_("Gaps, weakest first"),
    )


def form_section(last: dict[str, dict[str, object]]) -> None:
    """A new assessment, starting from the last one."""
    options = [None, *range(len(readiness.LEVELS))]
    with st.form("assessment"):
        answers: dict[str, dict[str, object]] = {}
        for part, label in readiness.PARTS.items():
            st.markdown(f"**{_(label)}**")
            for key, (owner, question) in readiness.QUESTIONS.items():
                if owner != part:
                    continue
                old = last.get(key, {})
                left, right = st.columns([2, 3])
                level = left.selectbox(
                    _(question),
                    options,
                    index=options.index(old.get("level")) if old.get("level") in options else 0,
                    key=f"level-{key}",
                    format_func=lambda one: _("not answered") if one is None else _(readiness.LEVELS[one].capitalize()),
                )
                evidence = right.text_input(
                    _("Evidence: {question}", question=_(question)),
                    str(old.get("evidence", "")),
                    key=f"evidence-{key}",
                    placeholder=_("document, address, day"),
                )
                answers[key] = {"level": level, "evidence": evidence}
        who = st.text_input(_("Assessed by (a role)"))
        day = st.date_input(_("Day"), date.today())
        if st.form_submit_button(_("Store assessment"), type="primary"):
            store.add_assessment(city().key, day, who or "unnamed", answers)
            st.rerun()


choices()
st.title(_("Policy framework of {name}", name=city().name), anchor=False)
st.markdown(
    _(
        "Social innovation works best under a framework that makes a territory ready for surprises. Assess "
        "it together, with evidence; earlier days stay for comparison."
    )
)
rows = store.assessments(city().key)
if rows.empty:
    controls.empty(
        _("No assessment is stored yet."), _("Answer the questions below; what you do not know can stay unanswered.")
    )
else:
    results_section(rows)
st.header(_("Assess"), anchor=False, divider="gray")
if allowed("editor"):
    form_section(rows["answers"].iloc[0] if len(rows) else {})
