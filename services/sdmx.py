"""Tables as SDMX 3.0: observations as SDMX-CSV 2.0, and the structure that says what their columns are."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as xml

import pandas as pd

from data.files import disarmed
from services.cubes import METRIC, STATUSES, Cube, label

AGENCY, VERSION = "ZONE", "1.0.0"
SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
MES, STR, COM = (f"{{{SCHEMAS}/{name}}}" for name in ("message", "structure", "common"))
URN = "urn:sdmx:org.sdmx.infomodel"
VALUE, STATUS, UNIT, TIME = "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE", "TIME_PERIOD"
for prefix, space in (("mes", MES), ("str", STR), ("com", COM)):
    xml.register_namespace(prefix, space.strip("{}"))


def identifier(item: Cube) -> str:
    """Of a table's structure: letters, digits, dashes and underlines, as SDMX has them."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", f"{item.entry.place}_{item.entry.name}").upper()


def component(item: Cube, name: str) -> str:
    """What a column of the table is called in SDMX."""
    return TIME if name == item.time else name.upper()


def data_csv(item: Cube) -> bytes:
    """Observations as SDMX-CSV 2.0 with codes (no labels).

    A figure that is missing is an empty OBS_VALUE, and OBS_STATUS says why. Text that a spreadsheet would run as a
    formula is disarmed.
    """
    rows = item.rows
    columns: dict[str, object] = {
        "STRUCTURE": "datastructure",
        "STRUCTURE_ID": f"{AGENCY}:{identifier(item)}({VERSION})",
        "ACTION": "I",
    }
    columns |= {component(item, name): _safe(rows[name]) for name in item.dimensions}
    columns |= {VALUE: rows["value"], STATUS: rows["status"], UNIT: disarmed(item.entry.unit)}
    columns |= {component(item, name): _safe(rows[name]) for name in item.attributes}
    return pd.DataFrame(columns, index=rows.index).to_csv(index=False, lineterminator="\r\n").encode()


def _safe(column: pd.Series) -> pd.Series:
    """Text without a cell that a spreadsheet would run."""
    return column.map({text: disarmed(text) for text in column.unique()})


def structure(item: Cube) -> bytes:
    """The table's data structure as SDMX-ML 3.0: dimensions, value, attributes, their concepts, the codes of status."""
    root = xml.Element(f"{MES}Structure")
    header = xml.SubElement(root, f"{MES}Header")
    for name, text in (("ID", identifier(item)), ("Test", "false"), ("Prepared", f"{datetime.now(UTC):%FT%TZ}")):
        xml.SubElement(header, f"{MES}{name}").text = text
    xml.SubElement(header, f"{MES}Sender", id=AGENCY)
    parts = xml.SubElement(root, f"{MES}Structures")
    statuses = _artefact(xml.SubElement(parts, f"{STR}Codelists"), "Codelist", "CL_OBS_STATUS", "Status")
    for code, words in STATUSES.items():
        _named(statuses, "Code", code, words)
    scheme = f"CS_{identifier(item)}"
    concepts = _artefact(xml.SubElement(parts, f"{STR}ConceptSchemes"), "ConceptScheme", scheme, item.entry.title)
    columns = {component(item, name): label(name) for name in (*item.dimensions, *item.attributes)}
    columns |= {VALUE: "Value", STATUS: "Status", UNIT: f"Unit: {item.entry.unit}", METRIC.upper(): "What is counted"}
    for name, words in columns.items():
        _named(concepts, "Concept", name, words)
    _components(
        _artefact(xml.SubElement(parts, f"{STR}DataStructures"), "DataStructure", identifier(item), item.entry.title),
        item,
        scheme,
    )
    return xml.tostring(root, encoding="utf-8", xml_declaration=True)


def _named(parent: xml.Element, kind: str, key: str, name: str) -> xml.Element:
    element = xml.SubElement(parent, f"{STR}{kind}", id=key)
    xml.SubElement(element, f"{COM}Name", {"{http://www.w3.org/XML/1998/namespace}lang": "en"}).text = name
    return element


def _artefact(parent: xml.Element, kind: str, key: str, name: str) -> xml.Element:
    element = _named(parent, kind, key, name)
    element.attrib |= {"agencyID": AGENCY, "version": VERSION}
    return element


def _components(parent: xml.Element, item: Cube, scheme: str) -> None:
    """Dimensions, the measure and attributes of a data structure."""
    components = xml.SubElement(parent, f"{STR}DataStructureComponents")

    def add(group: xml.Element, kind: str, name: str, form: str, **options: str) -> xml.Element:
        element = xml.SubElement(group, f"{STR}{kind}", {"id": name} | options)
        urn = f"{URN}.conceptscheme.Concept={AGENCY}:{scheme}({VERSION}).{name}"
        xml.SubElement(element, f"{STR}ConceptIdentity").text = urn
        representation = xml.SubElement(element, f"{STR}LocalRepresentation")
        if name == STATUS:
            codes = f"{URN}.codelist.Codelist={AGENCY}:CL_OBS_STATUS({VERSION})"
            xml.SubElement(representation, f"{STR}Enumeration").text = codes
        else:
            xml.SubElement(representation, f"{STR}TextFormat", textType=form)
        return element

    group = xml.SubElement(components, f"{STR}DimensionList", id="DimensionDescriptor")
    ordered = [name for name in item.dimensions if name != item.time]
    for position, name in enumerate(ordered, 1):
        add(group, "Dimension", component(item, name), "String", position=str(position))
    if item.time:
        add(group, "TimeDimension", TIME, "ObservationalTimePeriod")
    group = xml.SubElement(components, f"{STR}AttributeList", id="AttributeDescriptor")
    for name in (STATUS, UNIT, *(component(item, name) for name in item.attributes)):
        relation = xml.SubElement(add(group, "Attribute", name, "String"), f"{STR}AttributeRelationship")
        xml.SubElement(relation, f"{STR}Observation")
    add(xml.SubElement(components, f"{STR}MeasureList", id="MeasureDescriptor"), "Measure", VALUE, "Double")
