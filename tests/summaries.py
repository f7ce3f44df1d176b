"""The summary of *Does it fit?* as its page makes it."""

from __future__ import annotations

from data.context import CityContext, Territory
from data.figures import Figure
from services import fit, fit_summary


def summary_of(ctx: CityContext, territory: Territory, query: fit.Query) -> Figure:
    """Its needs are reckoned once, for the sentences and for the table."""
    return fit_summary.summary_figure(ctx, territory, query, fit_summary.needs(ctx, territory, query))
