"""Inclusion index: every choice of its making open, every rank with its range."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import composite, indicators
from pages import inclusion_results as results
from pages.common import area_map, area_names, choices, city, in_district, last_current_or_stop, level_control, source
from views import charts, comparisons, exports, text
from views.controls import Territory

LABELS = {
    "imputation": "Gaps are filled by",
    "outliers": "Outliers are",
    "normalisation": "Scale",
    "weights": "Weights",
    "aggregation": "Sum",
}
WORDS = {"mean": "the mean", "median": "the median", "nearest": "five similar areas", "pca": "principal components (PCA)",
         "expert": "expert budget (below)", "benefit of the doubt": "benefit of the doubt", "mazziotta-pareto": "Mazziotta-Pareto"}  # fmt: skip
OPTIONS = {"normalisation": composite.NORMALISATIONS, "weights": composite.WEIGHTS, "aggregation": composite.AGGREGATIONS,
           "imputation": composite.IMPUTATIONS, "outliers": composite.OUTLIERS}  # fmt: skip
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
        base[name] = column.selectbox(LABELS[name], options, index=list(options).index(DEFAULTS[name]), key=name, bind="query-params",
                                      format_func=lambda option: WORDS.get(option, str(option).capitalize()))  # fmt: skip
    points = None
    if base["weights"] == "expert":
        st.markdown("Share out points: a dimension with twice the points counts twice.")
        columns = st.columns(len(indicators.DIMENSIONS))
        points = tuple(int(column.slider(label, 0, 10, 5, key=f"points_{key}", bind="query-params"))
                       for column, (key, label) in zip(columns, indicators.DIMENSIONS.items(), strict=True))  # fmt: skip
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
    with st.spinner("Ranking under 2,048 combinations of choices …"):
        sure = results.robust(period, level, base, points)
    rows = rows.join(sure.ranks[["low", "high", "median"]]).reset_index()
    count, name = len(rows), city().level_names[level].lower()
    rows["value"] = rows["score"]
    rows["shown"] = [f"score {score:.0f}, place {rank:.0f} of {count} (range {low:.0f} to {high:.0f})"
                     for score, rank, low, high in rows[["score", "rank", "low", "high"]].itertuples(index=False)]  # fmt: skip
    first = rows.sort_values("rank").iloc[0]
    wide = float((rows["high"] - rows["low"]).median())
    credit = "; ".join(source(one, city().key) for one in ("residents", "social_monitoring", "facilities"))
    area_map(in_district(rows.drop(columns=["median"]), chosen.district, level), level=level, digits=0, chosen=chosen, key="index-map", credit=credit,
             title=f"Highest: {first['name']}, {text.places(first['low'], first['high'])} of {count} in nine of ten combinations of choices",
             unit=f"inclusion index, 1 to 100, {text.day(period)} (estimate)",
             note="ranges: 5 to 95 % of 2,048 combinations of choices")  # fmt: skip
    shown = in_district(rows, chosen.district, level).nsmallest(25, "rank")
    charts.show(comparisons.intervals(shown, "name", "rank", "low", "high", unit="", digits=0, first_is_best=True),
                title=f"Half of all areas have a range of {wide:.0f} places or more among {count}",
                unit=f"place among {count} {name}s, 1 to the right; range over choices; the best 25 shown", source=credit, key="ranks",
                table=shown[["area_id", "name", "score", "rank", "low", "high", *indicators.DIMENSIONS]])  # fmt: skip
    shares = sure.shares.sort_values("total", ascending=False)
    top = shares.iloc[0]
    percent = shares.assign(value=100 * shares["total"], low=100 * (shares["total"] - shares["total_conf"]).clip(lower=0),
                            high=100 * (shares["total"] + shares["total_conf"]))  # fmt: skip
    charts.show(comparisons.intervals(percent, "choice", "value", "low", "high", unit="", digits=0),
                title=f"What matters most is the choice of {top['choice']}: areas move {sure.shift:.1f} places on average",
                unit=f"% of the variance of the mean shift in rank (total Sobol share, 95 % interval; {sure.runs:,} runs)", source=credit,
                key="sobol", table=shares)  # fmt: skip


def steps_section(period: pd.Timestamp, level: str, base: tuple[tuple[str, str], ...]) -> None:
    """The Handbook's ten steps, each with what was done and what it did."""
    measured = results.measured(period, level)
    rows = indicators.turned(measured)
    gaps = rows.isna().sum()
    filled = composite.impute(rows, dict(base)["imputation"])
    moved = ((filled.mean() - rows.mean()) / rows.std(ddof=0)).abs().max()
    scores = composite.by_dimension(composite.normalise(filled, dict(base)["normalisation"]), indicators.dimension_of())
    related = scores.rename(columns=indicators.DIMENSIONS).corr(method="spearman")
    weak = ", ".join(indicators.BY_KEY[key].label for key in rows.columns[composite.skewed(filled)]) or "none"
    st.markdown(f"""
1. **Framework**: six dimensions of inclusion: {", ".join(indicators.DIMENSIONS.values())}.
2. **Selection**: {len(rows.columns)} indicators, each with a card on the page *Indicators*. Rents, overcrowding, language courses and opening hours are not published
   by area and are missing.
3. **Imputation**: {int(gaps.sum())} of {rows.size:,} values are gaps, in {int((gaps > 0).sum())} indicators; filling them by {WORDS.get(dict(base)["imputation"], "")} moves
   no indicator's mean by more than {moved:.3f} standard deviations.
4. **Multivariate analysis**: rank correlations between dimensions are in the table below; opposed dimensions make weights matter.
5. **Normalisation**: {dict(base)["normalisation"]}. Outliers (skewness above 2 and kurtosis above 3.5): {weak}; {dict(base)["outliers"]}.
6. **Weighting**: {WORDS.get(dict(base)["weights"], dict(base)["weights"])}; within a dimension indicators count alike.
7. **Aggregation**: {dict(base)["aggregation"]}. A geometric or Mazziotta-Pareto sum lets a strong dimension make up less for a weak one.
8. **Uncertainty and sensitivity**: above; every rank has its range.
9. **Back to the data**: the profile page shows each indicator behind a score.
10. **Links and presentation**: the page *Inclusion and economic health* sets it beside unemployment.
""")
    st.dataframe(
        related.round(2).reset_index(names="dimension"), hide_index=True, alt="Rank correlations between dimensions"
    )
    exports.downloads(measured.reset_index(), "Indicators by area", source("residents", city().key), "indicators")


chosen = choices()
here = city()
st.title(f"Inclusion index of {area_names('district').get(chosen.district, here.name)}", anchor=False)
period = last_current_or_stop(chosen)
level = level_control("district")
base, points = ask()
ranks_section(chosen, period, level, base, points)
st.header("How it is made: the Handbook's ten steps", anchor=False, divider="gray")
steps_section(period, level, base)
