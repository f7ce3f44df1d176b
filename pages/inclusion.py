"""Inclusion index: every choice of its making open, every rank with its range."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import composite, indicators
from pages import inclusion_results as results
from pages.common import (
    area_map,
    area_names,
    choices,
    city,
    credit,
    in_district,
    last_current_or_stop,
    level_control,
    source,
)
from pages.labels import cards, dimensions, level_plurals
from views import charts, comparisons, controls, exports, text
from views.controls import Territory
from views.language import _

LABELS = {
    "imputation": _("Gaps are filled by"),
    "outliers": _("Outliers are"),
    "normalisation": _("Scale"),
    "weights": _("Weights"),
    "aggregation": _("Sum"),
}
WORDS = {
    "mean": _("the mean"),
    "median": _("the median"),
    "nearest": _("five similar areas"),
    "pca": _("principal components (PCA)"),
    "expert": _("expert budget (below)"),
    "benefit of the doubt": _("benefit of the doubt"),
    "mazziotta-pareto": "Mazziotta-Pareto",
}
OPTIONS = {
    "normalisation": composite.NORMALISATIONS,
    "weights": composite.WEIGHTS,
    "aggregation": composite.AGGREGATIONS,
    "imputation": composite.IMPUTATIONS,
    "outliers": composite.OUTLIERS,
}
DEFAULTS = {
    "normalisation": "min-max",
    "weights": "equal",
    "aggregation": "geometric",
    "imputation": "median",
    "outliers": "winsorised",
}


def ask() -> tuple[tuple[tuple[str, str], ...], tuple[int, ...] | None]:
    """The reader's choices, and points by dimension where an expert budget is chosen."""
    base = {}
    for column, (name, options) in zip([*st.columns(3), *st.columns(2)], OPTIONS.items(), strict=True):
        base[name] = controls.linked(
            column.selectbox,
            LABELS[name],
            options,
            index=list(options).index(DEFAULTS[name]),
            key=name,
            format_func=lambda option: WORDS.get(option, _(str(option).capitalize())),
        )
    points = None
    if base["weights"] == "expert":
        st.markdown(_("Share out points: a dimension with twice the points counts twice."))
        if st.query_params.get("room"):
            st.info(
                _(
                    "The room's weights: mean points of room {code}, rounded.",
                    code=text.escaped(st.query_params["room"][:12]),
                )
            )
        columns = st.columns(len(dimensions()))
        points = tuple(
            int(column.number_input(label, 0, 100, 17, key=f"points_{key}", bind="query-params"))
            for column, (key, label) in zip(columns, dimensions().items(), strict=True)
        )
    return tuple(base.items()), points


def ranks_section(
    chosen: Territory,
    period: pd.Timestamp,
    level: str,
    base: tuple[tuple[str, str], ...],
    points: tuple[int, ...] | None,
) -> None:
    """Ranks with their ranges, on a map and in a chart; then which choice matters."""
    rows = results.index(period, level, base, points)
    with st.spinner(_("Ranking under 2,048 combinations of choices …")):
        sure = results.robust(period, level, base, points)
    rows = rows.join(sure.ranks[["low", "high", "median"]]).reset_index()
    count, name = len(rows), level_plurals()[level]
    rows["value"] = rows["score"]
    rows["shown"] = [
        _(
            "score {score:.0f}, place {rank:.0f} of {count} (range {low:.0f} to {high:.0f})",
            score=score,
            rank=rank,
            count=count,
            low=low,
            high=high,
        )
        for score, rank, low, high in rows[["score", "rank", "low", "high"]].itertuples(index=False)
    ]
    first = rows.sort_values("rank").iloc[0]
    wide = float((rows["high"] - rows["low"]).median())
    credits = credit("residents", "social_monitoring", "facilities")
    area_map(
        in_district(rows.drop(columns=["median"]), chosen.district, level),
        level=level,
        digits=0,
        chosen=chosen,
        key="index-map",
        credit=credits,
        title=_(
            "Highest: {name}, {low} of {count} in nine of ten combinations of choices",
            name=first["name"],
            low=text.places(first["low"], first["high"]),
            count=count,
        ),
        unit=_("inclusion index, 1 to 100, {period} (estimate)", period=text.day(period)),
        note=_("ranges: 5 to 95 % of 2,048 combinations of choices"),
    )
    shown = in_district(rows, chosen.district, level).nsmallest(25, "rank")
    charts.show(
        comparisons.intervals(shown, "name", "rank", "low", "high", unit="", digits=0, first_is_best=True),
        title=_("Half of all areas have a range of {wide:.0f} places or more among {count}", wide=wide, count=count),
        unit=_(
            "place among {count} {areas}, 1 to the right; range over choices; the best 25 shown",
            count=count,
            areas=name,
        ),
        source=credits,
        key="ranks",
        table=shown[
            ["area_id", "name", "score", "rank", "low", "high", *(one for one in dimensions() if one in shown)]
        ],
    )
    if sure.shares.empty:
        st.info(_("No choice moves any of these areas: there is nothing to share out among the choices."))
        return
    shares = sure.shares.sort_values("total", ascending=False)
    top = shares.iloc[0]
    percent = shares.assign(
        value=100 * shares["total"],
        low=100 * (shares["total"] - shares["total_conf"]).clip(lower=0),
        high=100 * (shares["total"] + shares["total_conf"]),
    )
    charts.show(
        comparisons.intervals(percent, "choice", "value", "low", "high", unit="", digits=0),
        title=_(
            "What matters most is the choice of {choice}: areas move {shift:.1f} places on average",
            choice=top["choice"],
            shift=sure.shift,
        ),
        unit=_(
            "% of the variance of the mean shift in rank (total Sobol share, 95 % interval; {runs:,} runs)",
            runs=sure.runs,
        ),
        source=credits,
        key="sobol",
        table=shares,
    )


def steps_section(period: pd.Timestamp, level: str, base: tuple[tuple[str, str], ...]) -> None:
    """The Handbook's ten steps, each with what was done and what it did."""
    measured = results.measured(period, level)
    rows = indicators.oriented(measured)
    gaps = rows.isna().sum()
    filled = composite.impute(rows, dict(base)["imputation"])
    moved = ((filled.mean() - rows.mean()) / rows.std(ddof=0)).abs().max()
    scores = composite.by_dimension(composite.normalise(filled, dict(base)["normalisation"]), indicators.dimension_of())
    related = scores.rename(columns=dimensions()).corr(method="spearman")
    weak = ", ".join(cards()[key].label for key in rows.columns[composite.skewed(filled)]) or "none"
    st.markdown(
        _(
            "\n1. **Framework**: six dimensions of inclusion: {dimensions}.\n2. **Selection**: {columns} "
            "indicators, each with a card on the page *Indicators*. Rents, overcrowding, language courses and "
            "opening hours are not published\n   by area and are missing.\n3. **Imputation**: {gaps} of {size:,} "
            "values are gaps, in {value} indicators; filling them by {imputation} moves\n   no indicator's mean "
            "by more than {moved:.3f} standard deviations.\n4. **Multivariate analysis**: rank correlations "
            "between dimensions are in the table below; opposed dimensions make weights matter.\n5. "
            "**Normalisation**: {normalisation}. Outliers (skewness above 2 and kurtosis above 3.5): {weak}; "
            "{outliers}.\n6. **Weighting**: {weights}; within a dimension indicators count alike.\n7. "
            "**Aggregation**: {aggregation}. A geometric or Mazziotta-Pareto sum lets a strong dimension make up "
            "less for a weak one.\n8. **Uncertainty and sensitivity**: above; every rank has its range.\n9. **Back "
            "to the data**: the profile page shows each indicator behind a score.\n10. **Links and "
            "presentation**: the page *Inclusion and economic health* sets it beside unemployment.\n",
            dimensions=", ".join(dimensions().values()),
            columns=len(rows.columns),
            gaps=int(gaps.sum()),
            size=rows.size,
            value=int((gaps > 0).sum()),
            imputation=WORDS.get(dict(base)["imputation"], ""),
            moved=moved,
            normalisation=dict(base)["normalisation"],
            weak=weak,
            outliers=dict(base)["outliers"],
            weights=WORDS.get(dict(base)["weights"], dict(base)["weights"]),
            aggregation=dict(base)["aggregation"],
        )
    )
    st.dataframe(
        related.round(2).reset_index(names="dimension"), hide_index=True, alt=_("Rank correlations between dimensions")
    )
    exports.downloads(measured.reset_index(), _("Indicators by area"), source("residents", city().key), "indicators")


chosen = choices()
here = city()
st.title(
    _("Inclusion index of {district}", district=area_names("district").get(chosen.district, here.name)), anchor=False
)
period = last_current_or_stop(chosen)
level = level_control("district")
base, points = ask()
ranks_section(chosen, period, level, base, points)
st.header(_("How it is made: the Handbook's ten steps"), anchor=False, divider="gray")
steps_section(period, level, base)
