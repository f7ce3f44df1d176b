"""The page as a dashboard of Superset, from an environment of its own: its packages do not go with ours.

    uv venv /tmp/superset -p 3.11
    uv pip install -p /tmp/superset apache-superset==6.1.0 rich gunicorn pillow cachetools flask-caching==2.3.1
    SUPERSET=/tmp/superset python -m bench.peers_side_by_side

Anybody may read, on this machine alone; tables lie in SQLite, answers are kept in memory, gunicorn has a process a core
(the packages after Superset's name are those that its own list lacks or takes too new).
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

import data

CONFIG = """
SECRET_KEY = "of a benchmark on this machine alone"
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
AUTH_ROLE_PUBLIC, WTF_CSRF_ENABLED, TALISMAN_ENABLED = "Admin", False, False
PREVENT_UNSAFE_DB_CONNECTIONS = False
MEMORY = {{"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 3600}}
FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = CACHE_CONFIG = DATA_CACHE_CONFIG = MEMORY
"""
OWNER = "bench"
TABLES = ("displaced", "asylum_decisions")
DISPLACED, DECISIONS = 1, 2  # their numbers as data sets
LAST = 2025


def _sum(column: str) -> dict[str, Any]:
    return {"expressionType": "SIMPLE", "column": {"column_name": column}, "aggregate": "SUM", "label": column}


def _is(column: str, value: object) -> dict[str, Any]:
    return {"expressionType": "SIMPLE", "subject": column, "operator": "==", "comparator": value, "clause": "WHERE"}


PEOPLE, YEAR = [_sum("persons")], [_is("year", LAST)]
DECIDED = [_sum(column) for column in ("recognised", "complementary", "rejected", "closed")]
# Name, kind, data set, x or columns, metrics, groups, conditions: as bench.peers.figures draws them.
CHARTS: list[tuple[str, str, int, str, list[Any], list[str], list[Any]]] = [
    ("Stock", "echarts_area", DISPLACED, "year", PEOPLE, ["category"], []),
    ("Places", "echarts_timeseries_bar", DISPLACED, "asylum", PEOPLE, [], YEAR),
    ("Decisions", "echarts_timeseries_line", DECISIONS, "year", DECIDED, [], []),
    ("Last year", "echarts_timeseries_bar", DISPLACED, "category", PEOPLE, [], YEAR),
    ("Rows", "table", DISPLACED, "year", PEOPLE, ["category"], []),
]


def questions(origin: str) -> list[dict[str, Any]]:
    """What the dashboard asks of the server when an origin is chosen: one question a chart."""
    chosen = [{"col": "origin", "op": "==", "val": origin}] if origin != "all" else []
    return [
        {
            "datasource": {"id": number, "type": "table"},
            "queries": [
                {
                    "columns": [x, *groups],
                    "metrics": metrics,
                    "filters": chosen + [{"col": "year", "op": "==", "val": LAST} for _condition in conditions],
                    "row_limit": 10_000,
                }
            ],
            "result_format": "json",
            "result_type": "full",
        }
        for _name, _kind, number, x, metrics, groups, conditions in CHARTS
    ]


def _chart(client: httpx.Client, board: int, number: int) -> str:
    """Make a chart of the dashboard; its place in the layout as JSON of one entry."""
    name, kind, table, x, metrics, groups, conditions = CHARTS[number]
    form: dict[str, Any] = {"viz_type": kind, "metrics": metrics, "adhoc_filters": conditions, "row_limit": 10_000}
    form |= (
        {"groupby": [x, *groups], "query_mode": "aggregate"} if kind == "table" else {"x_axis": x, "groupby": groups}
    )
    about = {"slice_name": name, "viz_type": kind, "datasource_id": table, "datasource_type": "table"}
    answer = client.post("/api/v1/chart/", json=about | {"params": json.dumps(form), "dashboards": [board]})
    answer.raise_for_status()
    return str(answer.json()["id"])


def build(client: httpx.Client, folder: Path) -> None:
    """Make database, data sets, charts and the dashboard, which is number 1 when it is whole."""

    def make(what: str, **about: Any) -> int:
        answer = client.post(f"/api/v1/{what}/", json=about)
        answer.raise_for_status()
        return int(answer.json()["id"])

    client.post("/login/", data={"username": OWNER, "password": OWNER}).raise_for_status()
    base = make("database", database_name="zone", sqlalchemy_uri=f"sqlite:///{folder}/tables.db")
    for table in TABLES:
        make("dataset", database=base, table_name=table)
    board = make("dashboard", dashboard_title="Displacement", published=False)
    charts = [_chart(client, board, number) for number in range(len(CHARTS))]
    rows = [f"ROW-{number}" for number in range(len(charts))]
    layout: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": rows, "parents": ["ROOT_ID"]},
    }
    for row, chart in zip(rows, charts, strict=True):
        key, above = f"CHART-{chart}", ["ROOT_ID", "GRID_ID"]
        meta = {"chartId": int(chart), "width": 12, "height": 40}
        layout[row] = {"type": "ROW", "id": row, "children": [key], "parents": above}
        layout[row]["meta"] = {"background": "BACKGROUND_TRANSPARENT"}
        layout[key] = {"type": "CHART", "id": key, "children": [], "parents": [*above, row], "meta": meta}
    shown = {
        "id": "NATIVE_FILTER-origin",
        "name": "Origin",
        "filterType": "filter_select",
        "type": "NATIVE_FILTER",
        "targets": [{"datasetId": DISPLACED, "column": {"name": "origin"}}],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
        "controlValues": {},
        "defaultDataMask": {},
        "cascadeParentIds": [],
    }
    about = {
        "position_json": json.dumps(layout),
        "json_metadata": json.dumps({"native_filter_configuration": [shown]}),
        "published": True,
        "slug": "displacement",
    }
    client.put(f"/api/v1/dashboard/{board}", json=about).raise_for_status()


def main(port: str) -> None:
    """Serve it until this process is told to end."""
    signal.signal(signal.SIGTERM, lambda *_about: sys.exit())
    programs = Path(os.environ["SUPERSET"], "bin")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "superset_config.py").write_text(CONFIG.format(folder=folder), encoding="utf-8")
        with sqlite3.connect(folder / "tables.db") as base:
            for table in TABLES:
                data.table(table).to_sql(table, base, index=False)
        env = os.environ | {"SUPERSET_CONFIG_PATH": f"{folder}/superset_config.py", "FLASK_APP": "superset"}
        owner = [
            "--username",
            OWNER[0],
            "--password",
            OWNER[1],
            "--firstname",
            "a",
            "--lastname",
            "b",
            "--email",
            "a@b.c",
        ]
        for words in (["db", "upgrade"], ["init"], ["fab", "create-admin", *owner]):
            subprocess.run([programs / "superset", *words], env=env, check=True, cwd=folder)
        threads = ["-w", str(os.cpu_count()), "-k", "gthread", "--threads", "20"]
        command = [programs / "gunicorn", "-b", f"localhost:{port}", *threads, "superset.app:create_app()"]
        server = subprocess.Popen(command, env=env, cwd=folder)
        try:
            client = httpx.Client(base_url=f"http://localhost:{port}", timeout=60, follow_redirects=True)
            while True:
                try:
                    if client.get("/health").is_success:
                        break
                except httpx.TransportError:
                    time.sleep(0.3)
            build(client, folder)
            server.wait()
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main(sys.argv[1])
