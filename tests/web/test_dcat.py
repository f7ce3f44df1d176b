"""What portals and CSV readers are told: DCAT-AP read with rdflib, CSV on the Web checked with csvw."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from csvw import CSVW
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, XSD, Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node
from starlette.testclient import TestClient

import data
from data.translation import LANGUAGES
from services import dcat
from tests.unlimited import unlimited

CITY = next(iter(data.cities()))
BASE = "https://city.example/api"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with unlimited("https://city.example") as asks:
        yield asks


@pytest.fixture(scope="module")
def graph(client: TestClient) -> Graph:
    answer = client.get("/api/dcat.ttl")
    assert answer.headers["content-type"].startswith("text/turtle")
    return Graph().parse(data=answer.text, format="turtle")


def one(graph: Graph, subject: Node, name: URIRef) -> Node:
    (value,) = graph.objects(subject, name)
    return value


def test_json_ld_and_turtle_say_the_same(client: TestClient, graph: Graph) -> None:
    answer = client.get("/api/dcat.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    assert isomorphic(Graph().parse(data=answer.text, format="json-ld"), graph)


def test_every_table_is_a_dataset_with_what_the_profile_asks_for(graph: Graph) -> None:
    """Mandatory of DCAT-AP 3: title and description of catalogue and dataset, publisher, address of a distribution."""
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    for name in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
        one(graph, catalogue, name)
    datasets = set(graph.objects(catalogue, DCAT.dataset))
    assert datasets == set(graph.subjects(RDF.type, DCAT.Dataset))
    entries = {f"{entry.place}/{entry.name}": entry for entry in data.catalogue().values()}
    assert {str(one(graph, dataset, DCTERMS.identifier)) for dataset in datasets} == set(entries)
    for dataset in datasets:
        entry = entries[str(one(graph, dataset, DCTERMS.identifier))]
        titles = {title.language: str(title) for title in graph.objects(dataset, DCTERMS.title)}
        assert set(titles) == set(LANGUAGES)
        assert titles["en"] == entry.title
        assert entry.period in str(one(graph, dataset, DCTERMS.description))
        publisher = one(graph, dataset, DCTERMS.publisher)
        assert str(one(graph, publisher, FOAF.name)) == entry.publisher
        assert (publisher, RDF.type, FOAF.Agent) in graph
        assert str(one(graph, dataset, URIRef(f"{DCAT}version"))) == entry.version_word
        assert len(set(graph.objects(dataset, DCAT.distribution))) >= 3


def test_every_distribution_can_be_had_and_names_its_licence(client: TestClient, graph: Graph) -> None:
    entries = {f"{entry.place}/{entry.name}": entry for entry in data.catalogue().values()}
    for dataset in graph.subjects(RDF.type, DCAT.Dataset):
        entry = entries[str(one(graph, dataset, DCTERMS.identifier))]
        for distribution in graph.objects(dataset, DCAT.distribution):
            address = str(one(graph, distribution, DCAT.accessURL))
            assert address.startswith(f"{BASE}/tables/{entry.place}/{entry.name}?format=")
            licence = one(graph, distribution, DCTERMS.license)
            assert (licence, RDF.type, DCTERMS.LicenseDocument) in graph
            if not isinstance(licence, URIRef):
                assert str(one(graph, licence, RDFS.label)) == entry.licence
    for address in (
        f"{BASE}/tables/{CITY}/areas?format=geojson",
        f"{BASE}/tables/{CITY}/social_monitoring?format=sdmx-csv",
        f"{BASE}/tables/world/countries?format=csv",
    ):
        assert (None, DCAT.downloadURL, URIRef(address)) in graph
        assert client.get(address).status_code == 200
    kinds = {
        str(row).rsplit("=", 1)[1] for row in graph.objects(URIRef(f"{BASE}/tables/world/countries"), DCAT.distribution)
    }
    assert kinds == {"json", "csv", "parquet"}  # neither shapes nor figures


@pytest.mark.parametrize(
    ("words", "start", "end", "kind"),
    [
        ("1951–2025, at year end", "1951", "2025", XSD.gYear),
        ("2015-06 to 2024-12, each half-year's end", "2015-06", "2024-12", XSD.gYearMonth),
        ("2020-12-31", "2020-12-31", "2020-12-31", XSD.date),
        ("2024/25", "2024", "2024", XSD.gYear),
        ("boundaries of 2019 and 2021", "2019", "2021", XSD.gYear),
    ],
)
def test_a_period_has_the_ends_that_its_words_name(
    graph: Graph, words: str, start: str, end: str, kind: URIRef
) -> None:
    (period, *_more) = [
        row for row in graph.subjects(RDF.type, DCTERMS.PeriodOfTime) if str(one(graph, row, RDFS.label)) == words
    ]
    ends = [one(graph, period, name) for name in (DCAT.startDate, DCAT.endDate)]
    assert [str(value) for value in ends] == [start, end]
    assert {value.datatype for value in ends} == {kind}  # type: ignore[attr-defined]


def test_no_end_is_made_up() -> None:
    assert "dcat:startDate" not in dcat._period("since the wall fell")


def test_services_are_described_and_there(client: TestClient, graph: Graph) -> None:
    for service in graph.subjects(RDF.type, DCAT.DataService):
        assert client.get(str(one(graph, service, DCAT.endpointDescription))).status_code == 200
    endpoints = {str(value) for value in graph.objects(None, DCAT.endpointURL)}
    assert endpoints == {BASE, f"{BASE}/features"}


@pytest.mark.parametrize("name", ["residents_by_origin", "facilities", "schools", "housing_costs", "areas"])
def test_csvw_reads_a_tables_csv_by_its_metadata(client: TestClient, name: str, tmp_path: Path) -> None:
    """Every cell is of the type that the metadata says, and every row has its key."""
    answer = client.get(f"/api/tables/{CITY}/{name}?format=csv")
    address = answer.headers["Link"].split(">")[0].lstrip("<")
    assert 'rel="describedby"; type="application/csvm+json"' in answer.headers["Link"]
    described = client.get(address)
    assert described.headers["content-type"] == "application/csvm+json"
    metadata = described.json()
    assert metadata["url"] == f"{BASE}/tables/{CITY}/{name}?format=csv"
    lines = answer.content.split(b"\n")
    (tmp_path / "table.csv").write_bytes(b"\n".join(lines[:3000]).rstrip() + b"\n")
    (tmp_path / "table.csv-metadata.json").write_text(json.dumps(metadata | {"url": "table.csv"}))
    read = CSVW(str(tmp_path / "table.csv"), md_url=str(tmp_path / "table.csv-metadata.json"), validate=True)
    assert read.is_valid, read.warnings
    (table,) = read.tables
    rows = list(table)
    ours = data.table(name, CITY)
    assert len(rows) == min(2999, len(ours))
    assert list(rows[0]) == [column for column in ours if column != "geometry"]
    assert metadata["dc:license"].startswith(("https://creativecommons.org/licenses/by/3.0/de/", "CC BY"))
    for column in ours.select_dtypes("number"):
        theirs = [row[column] for row in rows]
        assert [value is None for value in theirs] == ours[column].head(len(rows)).isna().tolist()


def test_a_part_of_the_columns_has_no_metadata_of_the_whole(client: TestClient) -> None:
    assert "Link" not in client.get("/api/tables/world/countries?format=csv&columns=iso3").headers
