"""The page in Panel: `panel serve`."""

import sys
from pathlib import Path

import panel as pn

sys.path.insert(0, str(Path(__file__).parents[2]))
from bench.peers import figures

pn.extension("plotly", "tabulator")
origin = pn.widgets.Select(name="origin", options=figures.origins(), value=figures.ALL)


def shown(value: str) -> pn.Column:
    """All figures of an origin."""
    table = pn.widgets.Tabulator(figures.stock(value), page_size=20, disabled=True)
    return pn.Column(*map(pn.pane.Plotly, figures.charts(value)), table)


pn.Column("# Displacement", origin, pn.bind(shown, origin)).servable()
