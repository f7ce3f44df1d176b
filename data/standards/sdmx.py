"""Statistical tables by SDMX: data as SDMX-CSV (1 and 2) or SDMX-ML (2.1 and 3.0, generic and structure-specific).

What is missing, confidential or not collected is a gap whatever number stands there; flags keep their code. The
messages are read by the standard's own names, without its structure: what stands before the value and is not in
ATTRIBUTES counts as a dimension. https://github.com/sdmx-twg/sdmx-csv, https://sdmx.org/?page_id=5008
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from data import limits
from data.city.findings import Finding
from data.errors import SourceError
from data.standards.tables import (
    MISSING_STATUSES,
    MOST_COLUMNS,
    MOST_ROWS,
    ForeignColumn,
    ForeignTable,
    Received,
    csv_records,
    joined,
    named,
    words,
)
from data.translation import N_

TIME, VALUE = "TIME_PERIOD", "OBS_VALUE"
STATUS = ("OBS_STATUS", "OBS_FLAG", "STATUS", "FLAG", "FLAGS")
UNITS = ("UNIT_MEASURE", "UNIT", "UNITS")
HEAD = ("DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "LAST UPDATE", "LAST_UPDATE")
ATTRIBUTES = (
    *("UNIT_MULT", "DECIMALS", "CONF_STATUS", "COMMENT", "OBS_COMMENT", "COMMENT_OBS", "COMMENT_TS", "TITLE", "SOURCE"),
    *(
        "TITLE_COMPL",
        "COLLECTION",
        "TIME_FORMAT",
        "BASE_PER",
        "REF_PERIOD_DETAIL",
        "PRE_BREAK_VALUE",
        "NOTE",
        "UNIT_MEASURE",
    ),
)
PERIOD = re.compile(
    r"\d{4}(-?(Q[1-4]|S[12]|T[123]|H[12]|M(0[1-9]|1[0-2])|W[0-5]\d|A1|D\d{3})|-(0[1-9]|1[0-2])(-\d\d(T[\d:.]+Z?)?)?)?"
    r"(/.*)?"
)
EUROSTAT_FLAGS = {"C": "Q", "Z": "M"}  # confidential; not applicable
EMPTY = ("", "NaN", "NA", ":", "nan")


def is_sdmx(content: bytes) -> bool:
    """Whether a file looks like a data message, by its first bytes."""
    start = content[:4000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"<"):
        return b"sdmx.org/resources/sdmxml/schemas" in start.lower()
    return start[:40].upper().lstrip(b'"').startswith((b"DATAFLOW", b"STRUCTURE")) and VALUE.encode() in start


def read(content: bytes, name: str) -> Received:
    """A data message as one table of dimensions, value, status, unit. Raises SourceError."""
    text = content.lstrip(b"\xef\xbb\xbf \r\n\t")
    rows, roles, title = _of_xml(content, name) if text.startswith(b"<") else _of_csv(content, name)
    if rows.empty:
        raise SourceError(name, N_("the message has no observation"), hint=N_("Ask for fewer filters"))
    findings: list[Finding] = []
    flow = str(rows["DATAFLOW"].iloc[0]) if "DATAFLOW" in rows else title
    rows = rows.drop(columns=[column for column in rows if column.upper() in HEAD])
    upper = {column: column.upper() for column in rows}
    dimensions = [column for column in rows if roles.get(column) == "dimension" and upper[column] not in HEAD]
    if not dimensions:
        raise SourceError(name, N_("the message has no dimension"), hint=N_("Ask its publisher for SDMX-CSV"))
    value = next(column for column in rows if upper[column] == VALUE)
    good = _checked(rows, dimensions, value, name, findings)
    statuses = next((column for column in rows if upper[column] in STATUS), "")
    table, unit = _values(rows[good], dimensions, value, statuses, upper)
    described = [ForeignColumn(column, column, "text", role="dimension") for column in dimensions]
    described.append(ForeignColumn(VALUE, "value", "number", unit, "value"))
    described.append(ForeignColumn("OBS_STATUS", "status", "text", role="status"))
    others = [column for column in rows if column not in (*dimensions, value, statuses) and column in table]
    described += [ForeignColumn(column, column, "text", role="attribute") for column in others]
    times = sorted(table[TIME].dropna().unique()) if TIME in table else []
    period = "–".join(dict.fromkeys([times[0], times[-1]])) if times else ""
    foreign = ForeignTable(
        re.sub(r"\W+", "-", flow)[:60].strip("-") or "sdmx",
        name,
        words(flow) or name,
        table[[column.name for column in described]],
        tuple(described),
        unit,
        publisher=flow.split(":")[0] if ":" in flow else "",
        period=period,
    )
    return Received("sdmx", name, [foreign], findings=findings)


def _checked(rows: pd.DataFrame, dimensions: list[str], value: str, name: str, findings: list[Finding]) -> pd.Series:
    """Which rows can be used; the others are named: no number, no period, a key that stands twice."""
    text = rows[value].fillna("").str.strip()
    numbers = pd.to_numeric(text, errors="coerce")
    wrong = ~text.isin(EMPTY) & (numbers.isna() | (numbers.abs() == float("inf")))
    named(
        findings, name, value, text[wrong], N_("'{cell}' is no number"), N_("Write a number, or leave the cell empty")
    )
    if power := _power(rows):
        stated = rows[power].fillna("").str.strip()
        odd = (stated != "") & ~stated.str.fullmatch(r"[+-]?\d{1,2}").fillna(False).astype(bool)
        named(
            findings,
            name,
            power,
            stated[odd],
            N_("'{cell}' is no power of ten"),
            N_("Write a whole number such as 3 or 6"),
        )
        wrong |= odd
        powers = pd.to_numeric(stated.mask(odd, "0"), errors="coerce").fillna(0)
        far = ((numbers * 10.0**powers).abs() == float("inf")).fillna(False).astype(bool)
        named(
            findings,
            name,
            power,
            stated[far & ~wrong],
            N_("ten to the power of '{cell}' is too much here"),
            N_("Mend the power"),
        )
        wrong |= far
    if TIME in rows:
        odd = ~rows[TIME].fillna("").str.fullmatch(PERIOD.pattern).fillna(False).astype(bool)
        named(
            findings,
            name,
            TIME,
            rows.loc[odd, TIME],
            N_("'{cell}' is no period"),
            N_("Write 2026, 2026-Q1, 2026-03 or a day"),
        )
        wrong |= odd
    twice = rows.duplicated(dimensions) & ~wrong
    shown = joined(rows.loc[twice, dimensions], ".")
    named(findings, name, dimensions[0], shown, N_("the observation '{cell}' stands twice"), N_("Keep one of the rows"))
    return ~(wrong | twice)


def _power(rows: pd.DataFrame) -> str:
    """The column that says by which power of ten values are to be multiplied; '' where there is none."""
    return next((column for column in rows if column.upper() == "UNIT_MULT"), "")


def _values(
    rows: pd.DataFrame, dimensions: list[str], value: str, statuses: str, upper: dict[str, str]
) -> tuple[pd.DataFrame, str]:
    """Rows with numbers in the unit itself and one code of status, and the unit where all rows have the same."""
    rows = rows.copy()
    numbers = pd.to_numeric(rows[value].str.strip().where(~rows[value].str.strip().isin(EMPTY)), errors="coerce")
    flags = rows[statuses].fillna("").str.strip().str.upper() if statuses else pd.Series("", index=rows.index)
    code = flags.str.slice(0, 1).replace(EUROSTAT_FLAGS)
    gap = numbers.isna() | code.isin(MISSING_STATUSES)
    code = code.mask(code == "", "A").mask(gap & ~code.isin(MISSING_STATUSES), "O")
    if power := _power(rows):
        numbers = numbers * 10.0 ** pd.to_numeric(rows[power].str.strip()).fillna(0)
        rows = rows.drop(columns=power)
    rows = rows.drop(columns=[column for column in (value, statuses) if column])
    rows[VALUE], rows["OBS_STATUS"] = numbers.mask(gap).astype("float64"), code
    unit = next((column for column in rows if upper.get(column) in UNITS), "")
    stated = rows[unit].dropna().unique() if unit else []
    return rows, words(stated[0]) if len(stated) == 1 else ""


def _of_csv(content: bytes, name: str) -> tuple[pd.DataFrame, dict[str, str], str]:
    """Rows as text by their line, roles of columns; with labels ('GEO: Area', 'DE: Germany') only codes are kept."""
    try:
        lines = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SourceError(name, N_("it is not in UTF-8, as SDMX-CSV is"), hint=N_("Save it as UTF-8")) from fault
    start = lines.split("\n", 1)[0]
    separator = ";" if start.count(";") > start.count(",") else ","
    records, numbers = csv_records(lines, name, 0, delimiter=separator)
    header = [cell.strip() for cell in records[0]]
    both = [": " in cell for cell in header]
    codes = [cell.split(": ", 1)[0] for cell in header]
    if VALUE not in codes or len(set(codes)) < len(codes):
        raise SourceError(name, N_("it has no column {value}, or one twice", value=VALUE), hint=N_("Ask for SDMX-CSV"))
    rows = pd.DataFrame(records[1:], columns=codes, index=numbers[1:], dtype="string")
    for column, labelled in zip(codes, both, strict=True):
        if labelled or column in ("DATAFLOW", "STRUCTURE_ID"):
            rows[column] = rows[column].str.split(": ").str[0]
    at = codes.index(VALUE)
    if "STRUCTURE_ID" in codes:
        rows["DATAFLOW"] = rows["STRUCTURE_ID"]
    if "ACTION" in codes:
        rows = rows[rows["ACTION"].fillna("I").str.upper() != "D"]
    roles = {
        column: "dimension" if n < at and column.upper() not in ATTRIBUTES else "attribute"
        for n, column in enumerate(codes)
    }
    roles |= {column: "attribute" for column in codes if column.upper() in STATUS}
    return rows, roles, ""


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _of_xml(content: bytes, name: str) -> tuple[pd.DataFrame, dict[str, str], str]:
    """The same of SDMX-ML; a row's number is that of the observation in the message."""
    rows, certain, title = list[dict[str, str]](), set[str](), ""
    try:
        for kind, row in _observations(content):
            if kind == "title":
                title = row["id"]
                continue
            rows.append(row)
            certain |= set(row.pop("*dimensions", "").split()) if "*dimensions" in row else set()
            limits.check_shape(len(rows), len(row), name, MOST_ROWS, MOST_COLUMNS)
    except DefusedXmlException as fault:
        raise SourceError(name, N_("it holds entities, which no message needs"), hint=N_("Export it again")) from fault
    except SyntaxError as fault:  # what ElementTree calls a fault of the text
        raise SourceError(
            name, N_("this is no whole XML ({fault})", fault=str(fault)[:100]), hint=N_("Fetch it again")
        ) from fault
    if not rows:
        raise SourceError(name, N_("the message holds no data"), hint=N_("Ask for data, not for a structure"))
    table = pd.DataFrame(rows, index=range(1, len(rows) + 1)).astype("string")
    if VALUE not in table:
        table[VALUE] = pd.Series(pd.NA, index=table.index, dtype="string")
    known = (*ATTRIBUTES, *STATUS, *UNITS[1:], VALUE)
    roles = {
        column: "dimension" if (column in certain if certain else column.upper() not in known) else "attribute"
        for column in table
    }
    return table, roles, title


def _observations(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Each observation as a row of text; of generic messages '*dimensions' names the dimensions."""
    series, of_set, is_generic = dict[str, str](), dict[str, str](), False
    groups, where = list[dict[str, str]](), list[str]()
    at_observation = TIME
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        tag = _tag(element)
        if event == "start":
            where.append(tag)
            plain = {key: value for key, value in element.attrib.items() if not key.startswith("{")}
            if tag == "Structure" and "structureID" in plain:
                at_observation = plain.get("dimensionAtObservation", TIME)
                yield "title", {"id": plain["structureID"]}
            elif tag == "DataSet":
                of_set = {key: value for key, value in plain.items() if key.isupper()}
            elif tag == "Series":
                series = plain
            elif tag == "Group" and "DataSet" in where:
                groups.append(plain)
            continue
        where.pop()
        if tag in ("SeriesKey", "ObsKey", "Attributes") or (tag == "Obs" and len(element)):
            is_generic = True
        if tag == "SeriesKey":
            series = _pairs(element) | {"*dimensions": " ".join(_pairs(element))}
        elif tag == "Attributes" and where[-1] == "Series":
            series |= _pairs(element)
        elif tag == "Obs":
            row = _generic(element, at_observation) if is_generic else dict(element.attrib)
            of_groups = dict[str, str]()
            for group in groups:
                if all(series[key] == value for key, value in group.items() if key in series):
                    of_groups |= group
            own = {key: value for key, value in row.items() if not key.startswith("{")}
            dimensions = f"{series.get('*dimensions', '')} {own.pop('*dimensions', '')}".strip()
            yield "row", of_set | of_groups | series | own | ({"*dimensions": dimensions} if dimensions else {})
            element.clear()
        elif tag == "Series":
            series = {}
            element.clear()


def _pairs(element: Any) -> dict[str, str]:
    return {child.get("id", ""): child.get("value", "") for child in element if _tag(child) == "Value"}


def _generic(element: Any, at_observation: str) -> dict[str, str]:
    """An observation of a generic message."""
    row: dict[str, str] = {}
    for child in element:
        tag = _tag(child)
        if tag == "ObsDimension":
            name = child.get("id") or at_observation
            row[name], row["*dimensions"] = child.get("value", ""), name
        elif tag == "ObsValue":
            row[VALUE] = child.get("value", "")
        elif tag == "ObsKey":
            row |= _pairs(child) | {"*dimensions": " ".join(_pairs(child))}
        elif tag == "Attributes":
            row |= _pairs(child)
    return row
