"""Policy framework: how ready the enabling framework is, with evidence, compared over time."""

from datetime import date
from typing import Any

import streamlit as st

from services import areas, readiness
from views import controls, figures, shell
from views.language import _
from views.signing_in import account, allowed


def assessment_form(last: dict[str, dict[str, Any]]) -> None:
    """A new assessment, starting from the last one; stored once it is sent."""
    levels = readiness.levels(ctx)
    codes = list(levels)
    answers: dict[str, dict[str, Any]] = {}
    with st.form("assessment"):
        for part, questions in readiness.questions(ctx).items():
            st.markdown(f"**{part}**")
            for key, question in questions.items():
                old = last.get(key, {})
                left, right = st.columns([2, 3], vertical_alignment="bottom")
                answers[key] = {
                    "level": left.selectbox(
                        question, codes, codes.index(old.get("level")), levels.__getitem__, f"level-{key}"
                    ),
                    "evidence": right.text_input(
                        _("Evidence: {question}", question=question),
                        str(old.get("evidence", "")),
                        key=f"evidence-{key}",
                        placeholder=_("document, address, day"),
                        label_visibility="collapsed",  # the question stands beside it
                    ),
                }
        who = account() or st.text_input(_("Assessed by (a role)"))
        day = st.date_input(_("Day"), date.today())
        if st.form_submit_button(_("Store assessment"), type="primary"):
            readiness.save(ctx, day, who or "unnamed", answers)
            st.rerun()


ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Policy framework of {name}", name=ctx.name), ctx, territory, follows="city")
st.markdown(
    _(
        "Social innovation works best under a framework that makes a territory ready for surprises. Assess "
        "it together, with evidence; earlier days stay for comparison."
    )
)
rows = readiness.assessments(ctx)
if rows.empty:
    controls.empty(
        _("No assessment is stored yet."), _("Answer the questions below; what you do not know can stay unanswered.")
    )
else:
    figures.show(readiness.score_figure(ctx, rows))
    figures.show(readiness.gaps_figure(ctx, rows))
st.header(_("Assess"), anchor=False, divider="gray")
if allowed("editor"):
    assessment_form(rows["answers"].iloc[0] if len(rows) else {})
