"""The page in Dash: `gunicorn`-less, as its guide begins, on waitress's threads."""

import sys

from dash import Dash, Input, Output, dash_table, dcc, html

from bench.peers import figures

app = Dash(__name__, serve_locally=True)
start = figures.stock(figures.ALL)
app.layout = html.Div(
    [
        html.H1("Displacement"),
        dcc.Dropdown(figures.origins(), figures.ALL, id="origin", clearable=False),
        *(dcc.Graph(id=f"chart-{number}") for number in range(4)),
        dash_table.DataTable(id="table", page_size=20),
    ]
)


@app.callback(
    *(Output(f"chart-{number}", "figure") for number in range(4)), Output("table", "data"), Input("origin", "value")
)
def change(origin: str) -> tuple[object, ...]:
    """All figures of an origin."""
    return *figures.charts(origin), figures.stock(origin).to_dict("records")


if __name__ == "__main__":
    app.run(port=sys.argv[1], debug=False, threaded=True)
