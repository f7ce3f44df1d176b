"""SDMX data: what the reference library writes and what our own API gives come back cell by cell; gaps stay gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sdmx as oracle
import sdmx.model.v21 as model

import data
from data.errors import SourceError
from data.standards import reading
from data.standards.tables import ForeignTable
from services import cubes, sdmx
from services.tables import place_table
from tests.languages import in_english_only

EUROSTAT = (
    "DATAFLOW,LAST UPDATE,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\r\n"
    "ESTAT:DEMO_PJAN(1.0),11/07/26 23:00:00,A,NR,DE3,2022,3677472,\r\n"
    "ESTAT:DEMO_PJAN(1.0),11/07/26 23:00:00,A,NR,DE3,2023,3755251,b\r\n"
    "ESTAT:DEMO_PJAN(1.0),11/07/26 23:00:00,A,NR,DE3,2024,,\r\n"
    "ESTAT:DEMO_PJAN(1.0),11/07/26 23:00:00,A,NR,DE4,2024,0,c\r\n"
    "ESTAT:DEMO_PJAN(1.0),11/07/26 23:00:00,A,NR,DE4,2023,2581667,p\r\n"
)


def table_of(content: bytes, name: str = "sent.csv") -> ForeignTable:
    received = reading.read(content, name)
    assert received.findings == []
    return received.tables[0]


def test_eurostats_own_csv_keeps_breaks_and_provisional_and_has_gaps_where_nothing_is_known() -> None:
    table = table_of(EUROSTAT.encode())
    assert table.has_role("dimension") == ["freq", "unit", "geo", "TIME_PERIOD"]
    assert (table.unit, table.period, table.publisher) == ("NR", "2022–2024", "ESTAT")
    got = table.rows.set_index(["geo", "TIME_PERIOD"])
    assert got["OBS_STATUS"].to_dict() == {
        ("DE3", "2022"): "A",
        ("DE3", "2023"): "B",
        ("DE3", "2024"): "O",
        ("DE4", "2024"): "Q",  # confidential: the zero is no figure
        ("DE4", "2023"): "P",
    }
    assert got["OBS_VALUE"].isna().tolist() == [False, False, True, True, False]
    assert got["OBS_VALUE"].sum() == 3_677_472 + 3_755_251 + 2_581_667


def test_labels_beside_codes_are_left_and_thousands_become_units() -> None:
    text = (
        "STRUCTURE;STRUCTURE_ID;ACTION;GEO: Area;TIME_PERIOD: Time;OBS_VALUE;UNIT_MULT: Multiplier;UNIT_MEASURE: Unit\n"
        "dataflow;A:B(1.0);I;DE: Germany;2024;1.5;3: Thousands;PS: Persons\n"
        "dataflow;A:B(1.0);D;FR: France;2024;9;3: Thousands;PS: Persons\n"  # taken out by its publisher
    )
    table = table_of(text.encode())
    assert table.rows["GEO"].tolist() == ["DE"]
    assert table.rows["OBS_VALUE"].tolist() == [1500.0]
    assert table.unit == "PS"


@pytest.mark.parametrize(
    ("line", "row", "column", "what"),
    [
        ("X(1),,A,NR,DE3,2025,viele,\n", 7, "OBS_VALUE", "'viele' is no number"),
        ("X(1),,A,NR,DE3,last year,5,\n", 7, "TIME_PERIOD", "'last year' is no period"),
        ("X(1),,A,NR,DE3,2022,5,\n", 7, "freq", "the observation 'A.NR.DE3.2022' stands twice"),
    ],
)
def test_faults_are_named_and_the_other_rows_stay(line: str, row: int, column: str, what: str) -> None:
    received = reading.read((EUROSTAT + line).encode(), "sent.csv")
    (finding,) = received.findings
    assert (finding.file, finding.row, finding.column, finding.what) == ("sent.csv", row, column, what)
    assert not in_english_only([finding.what, finding.hint, finding.sentence])
    assert len(received.tables[0].rows) == 5


@pytest.mark.parametrize("power", ["x", "3.5", "400", "1e2"])
def test_a_power_that_cannot_be_read_leaves_its_row_out(power: str) -> None:
    text = f"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE,UNIT_MULT\nA:B(1.0),DE,2024,5,{power}\nA:B(1.0),FR,2024,7,\n"
    received = reading.read(text.encode(), "sent.csv")
    (finding,) = received.findings
    assert (finding.row, finding.column) == (2, "UNIT_MULT")
    assert f"'{power}' is no power of ten" in finding.what
    assert received.tables[0].rows["OBS_VALUE"].tolist() == [7.0]


@pytest.mark.parametrize("value", ["INF", "-inf", "1e400"])
def test_no_value_is_infinite(value: str) -> None:
    text = f"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nA:B(1.0),DE,2024,{value}\nA:B(1.0),FR,2024,7\n"
    received = reading.read(text.encode(), "sent.csv")
    assert f"'{value}' is no number" in received.findings[0].what
    assert received.tables[0].rows["OBS_VALUE"].tolist() == [7.0]


def test_a_value_that_its_power_makes_infinite_leaves_its_row_out() -> None:
    text = "DATAFLOW,geo,TIME_PERIOD,OBS_VALUE,UNIT_MULT\nA:B(1.0),DE,2024,1e300,9\nA:B(1.0),FR,2024,7,1\n"
    received = reading.read(text.encode(), "sent.csv")
    (finding,) = received.findings
    assert (finding.row, finding.column) == (2, "UNIT_MULT")
    assert received.tables[0].rows["OBS_VALUE"].tolist() == [70.0]


@pytest.mark.parametrize("name", ["residents_by_background", "cultural_employment", "displacement_flows"])
def test_what_our_own_api_gives_comes_back_cell_by_cell(name: str) -> None:
    place = "berlin" if data.has(name, "berlin") else "world"
    item = cubes.cube(data.entry(name, place), place_table(name, place).head(2000))
    table = table_of(sdmx.data_csv(item))
    dimensions = [sdmx.component(item, one) for one in item.dimensions]
    assert table.has_role("dimension") == dimensions
    assert table.unit == item.entry.unit
    assert table.rows[dimensions].to_numpy().tolist() == item.rows[list(item.dimensions)].to_numpy().tolist()
    np.testing.assert_array_equal(
        table.rows["OBS_VALUE"], pd.to_numeric(item.rows["value"]).astype("Float64").to_numpy(float, na_value=np.nan)
    )
    assert table.rows["OBS_STATUS"].tolist() == item.rows["status"].tolist()


def message(structured: bool) -> bytes:
    """Two series with a gap and a flag, as the reference library (sdmx1) writes them."""
    agency = model.Agency(id="ZONE")
    dsd = model.DataStructureDefinition(id="D", maintainer=agency, version="1.0")
    for order, name in enumerate(("FREQ", "GEO", "TIME_PERIOD"), 1):
        kind = model.TimeDimension if name == "TIME_PERIOD" else model.Dimension
        dsd.dimensions.append(kind(id=name, order=order))
    dsd.attributes.append(model.DataAttribute(id="OBS_STATUS"))
    measure = model.PrimaryMeasure(id="OBS_VALUE")
    dsd.measures.append(measure)
    kind = model.StructureSpecificDataSet if structured else model.GenericDataSet
    dataset = kind(structured_by=dsd)
    rows = [("DE", "2023", 5.5, "A"), ("DE", "2024", 6.5, "P"), ("FR", "2024", 7.0, "B")]
    for geo, year, value, status in rows:
        key = dsd.make_key(model.Key, {"FREQ": "A", "GEO": geo, "TIME_PERIOD": year})
        attributes = {"OBS_STATUS": model.AttributeValue(value=status, value_for=dsd.attributes[0])}
        dataset.add_obs(
            [model.Observation(dimension=key, value=value, value_for=measure, attached_attribute=attributes)]
        )
    written = oracle.message.DataMessage(data=[dataset])
    written.header = oracle.message.Header(id="T", sender=agency)
    return bytes(oracle.to_xml(written, pretty_print=True))


@pytest.mark.parametrize("structured", [False, True])
def test_messages_of_the_reference_library_are_read_as_it_wrote_them(structured: bool) -> None:
    table = table_of(message(structured), "message.xml")
    got = table.rows.set_index(["GEO", "TIME_PERIOD"])
    assert sorted(table.has_role("dimension")) == ["FREQ", "GEO", "TIME_PERIOD"]
    assert got["OBS_VALUE"].to_dict() == {("DE", "2023"): 5.5, ("DE", "2024"): 6.5, ("FR", "2024"): 7.0}
    assert got["OBS_STATUS"].to_dict() == {("DE", "2023"): "A", ("DE", "2024"): "P", ("FR", "2024"): "B"}


SERIES = """<?xml version="1.0"?>
<m:StructureSpecificData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">
<m:Header><m:Structure structureID="NAMQ" dimensionAtObservation="TIME_PERIOD"/></m:Header>
<m:DataSet action="Replace"><Group GEO="DE" TITLE="Germany"/>
<Series FREQ="Q" GEO="DE" UNIT_MEASURE="EUR" UNIT_MULT="6">
<Obs TIME_PERIOD="2024-Q1" OBS_VALUE="1.5" OBS_STATUS="E"/><Obs TIME_PERIOD="2024-Q2" OBS_VALUE="NaN" OBS_STATUS="M"/>
</Series><Series FREQ="Q" GEO="FR" UNIT_MEASURE="EUR" UNIT_MULT="6"><Obs TIME_PERIOD="2024-Q1" OBS_VALUE="2"/></Series>
</m:DataSet></m:StructureSpecificData>"""


def test_a_message_of_series_gives_units_gaps_and_what_a_group_says_to_its_own_series_alone() -> None:
    table = table_of(SERIES.encode(), "namq.xml")
    assert table.rows["OBS_VALUE"].tolist()[::2] == [1_500_000.0, 2_000_000.0]
    assert np.isnan(table.rows["OBS_VALUE"].iloc[1])
    assert table.rows["OBS_STATUS"].tolist() == ["E", "M", "A"]
    assert table.rows["TITLE"].fillna("").tolist() == ["Germany", "Germany", ""]
    assert (table.title, table.unit, table.period) == ("NAMQ", "EUR", "2024-Q1–2024-Q2")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (SERIES[:300], "this is no whole XML"),
        ('<!DOCTYPE a [<!ENTITY b "sdmx">]>' + SERIES[21:], "it holds entities"),
        (SERIES[: SERIES.index("<Series")] + "</m:DataSet></m:StructureSpecificData>", "the message holds no data"),
        ("DATAFLOW,OBS_VALUE,OBS_VALUE\na,1,2\n", "it has no column OBS_VALUE, or one twice"),
        ("DATAFLOW,GEO,OBS_VALUE\na,1\n", "it has 2 cells and the header 3"),
        ("DATAFLOW,OBS_VALUE\na,1\n", "the message has no dimension"),
        ("DATAFLOW,GEO,OBS_VALUE\n", "the message has no observation"),
    ],
)
def test_a_message_that_cannot_be_read_is_one_sentence(content: str, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        reading.read(content.encode(), "sent.xml")


def test_a_thousand_series_are_read_in_time() -> None:
    years = "".join(f'<Obs TIME_PERIOD="{year}" OBS_VALUE="{{0}}"/>' for year in range(1980, 2025))
    series = "".join(f'<Series GEO="A{n}">{years.format(n)}</Series>' for n in range(1000))
    text = SERIES[: SERIES.index("<Group")] + series + "</m:DataSet></m:StructureSpecificData>"
    table = table_of(text.encode(), "large.xml")
    assert len(table.rows) == 45_000
    assert table.rows["OBS_VALUE"].sum() == 45 * sum(range(1000))
