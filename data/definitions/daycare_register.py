"""Day-care places by area at three times: what a change of places is measured from."""

from pathlib import Path

import pandas as pd

from data.connectors import berlin_facilities
from data.definitions._common import AREA, COUNT, Definition, Entry, Tables, choice

FIRST = "2023"


def make(sources: Path, tables: Tables) -> pd.DataFrame:
    """The register of 2023, as in `facilities`, and those of October 2025 and July 2026, added up by planning area."""
    first = tables["facilities"]
    first = first[first["kind"] == "daycare"].assign(recorded=FIRST)
    rows = pd.concat([first, berlin_facilities.daycare_registers(sources / "berlin_more")], ignore_index=True)
    by_area = rows.groupby(["recorded", "area_id"])
    return by_area.agg(centres=("places", "size"), places=("places", "sum")).reset_index()


TABLE = Definition(
    Entry(
        "daycare_register",
        "berlin",
        "Day-care centres and their places",
        publisher="Senatsverwaltung für Bildung, Jugend und Familie Berlin",
        licence="CC BY 3.0 DE",
        attribution="Senatsverwaltung für Bildung, Jugend und Familie Berlin",
        period="2023, 2025-10, 2026-07",
        unit="centres, places",
        geography="LOR planning areas (2021)",
        note="Without groups for curative education, which the register of 2023 leaves out.",
    ),
    columns={"recorded": choice(FIRST, "2025-10", "2026-07"), "area_id": AREA, "centres": COUNT, "places": COUNT},
    key=["recorded", "area_id"],
    make=make,
)
