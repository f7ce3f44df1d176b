"""The health and social atlas's indices by area."""

from data.connectors import berlin_facilities
from data.definitions._common import AREA, NUMBER, TEXT, Definition, Entry, choice

BOUNDARY_VERSION = "2019"  # its ids are all of the cut before 2021, though its year is later
TABLE = Definition(
    Entry(
        "health_atlas",
        "berlin",
        "Health and social atlas",
        publisher="Senatsverwaltung für Gesundheit Berlin",
        licence="CC BY 3.0, as the copy that was read says; the publisher's own line was not seen",
        attribution="Gesundheits- und Sozialstrukturatlas Berlin 2022, Senatsverwaltung für Gesundheit",
        period="2022",
        unit="standard deviations from the mean of all areas",
        geography="LOR planning areas (before 2021)",
        note="Principal components of published health and social indicators, standardised over areas: a place among "
        "areas, no amount. Higher is better off. Areas of few residents have no figure.",
    ),
    columns={
        "boundary_version": TEXT,
        "area_id": AREA,
        "indicator": choice(*berlin_facilities.ATLAS.values()),
        "value": NUMBER,
    },
    key=["indicator", "area_id"],
    make=lambda sources, _: berlin_facilities.health_atlas(sources / "berlin_more").assign(
        boundary_version=BOUNDARY_VERSION
    ),
)
