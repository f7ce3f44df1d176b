"""Catalogues of others: what ours says comes back in three forms, a portal's is read, and nothing leads elsewhere."""

from __future__ import annotations

import gzip
import json
import resource
from functools import partial

import httpx
import pytest
from rdflib import Graph

import data
from data.connectors import one_answer
from data.errors import SourceError
from data.standards import dcat as reader
from data.standards import reading
from data.standards.tables import Dataset
from services import dcat

API = "https://zone.example/api"
PORTAL = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:c> a dcat:Catalog ; dcat:dataset <urn:d> .
<urn:d> a dcat:Dataset ; dct:title "Einwohner"@de, "Residents"@en ; dct:publisher [ foaf:name "Stadt Ost" ] ;
  dct:temporal [ a dct:PeriodOfTime ; dcat:startDate "2020-01-01"^^xsd:date ; dcat:endDate "2024-12-31"^^xsd:date ] ;
  dcat:distribution <urn:csv>, <urn:pdf>, <urn:gtfs>, <urn:shp> .
<urn:csv> a dcat:Distribution ; dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ;
  dct:license <http://dcat-ap.de/def/licenses/dl-by-de/2.0> ; dcat:downloadURL <https://ost.example/e.csv> .
<urn:pdf> a dcat:Distribution ; dct:format "PDF" ; dcat:accessURL <https://ost.example/e.pdf> .
<urn:gtfs> a dcat:Distribution ; dct:title "Fahrplan (GTFS)" ; dct:format "ZIP" ;
  dcat:downloadURL <https://ost.example/g.zip> .
<urn:shp> a dcat:Distribution ; dct:format "SHP" ; dcat:accessURL <https://ost.example/shapes> .
"""


def datasets(content: str | bytes, language: str = "en") -> list[Dataset]:
    return reading.read(content if isinstance(content, bytes) else content.encode(), "sent", language).datasets


def test_a_portals_catalogue_gives_title_publisher_licence_period_and_which_forms_are_read() -> None:
    (one,) = datasets(PORTAL)
    assert (one.title, one.publisher, one.period) == ("Residents", "Stadt Ost", "2020-01-01–2024-12-31")
    assert one.licence == "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
    forms = {form.address.rsplit("/", 1)[1]: (form.form, form.reader) for form in one.distributions}
    assert forms == {
        "e.csv": ("CSV", "Your city"),
        "e.pdf": ("PDF", ""),
        "g.zip": ("ZIP", "Data from elsewhere"),
        "shapes": ("SHP", "Your city"),
    }
    assert datasets(PORTAL, "de")[0].title == "Einwohner"


@pytest.mark.parametrize("form", ["json-ld", "turtle", "xml"])
def test_what_our_own_catalogue_says_comes_back_in_every_form(form: str) -> None:
    graph = Graph().parse(data=json.dumps(dcat.catalogue(API)), format="json-ld")
    back = {one.title: one for one in datasets(graph.serialize(format=form, encoding="utf-8"))}
    entries = list(data.catalogue().values())
    for entry in entries:
        one = back[entry.title]
        assert one.publisher
        assert one.licence
        assert len(one.distributions) >= 3
        read = {item.form: item.reader for item in one.distributions}
        assert read["CSV"] in ("Your city", "Data from elsewhere")
        assert read["JSON"] == ""
    found = back[next(entry.title for entry in entries if entry.name == "cultural_employment")]
    assert found.licence == "http://data.europa.eu/eli/dec/2011/833/oj"
    assert found.period == "2014–2022"
    assert {item.reader for item in found.distributions if "sdmx" in item.address} == {"Data from elsewhere"}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{"@context": "https://evil.example/c.jsonld", "@type": "dcat:Catalog"}', "which is not asked"),
        ('{"@graph": [{"@context": ["http://169.254.169.254/"], "@type": "x"}]}', "which is not asked"),
        ('{"@context": [["http://127.0.0.1/secret"]], "@type": "dcat:Catalog"}', "which is not asked"),
        ('{"@context": {"a": {"@context": [[["file:///etc/x"]]]}}, "@type": "x"}', "which is not asked"),
        ('{"@context": {"@import": "https://evil.example/c"}, "@type": "x"}', "which is not asked"),
        (
            '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
            "it holds entities",
        ),
        ("@prefix a: <urn:a> .\n<urn:x> a: ", "it cannot be read as turtle"),
        ('{"@context": {}, "@type"', "it cannot be read as json-ld"),
        ("@prefix a: <urn:a#> .\na:x a a:y .", "the catalogue has no dataset"),
        ('{"@context":' + "[" * 50_000, "it cannot be read as json-ld"),
    ],
)
def test_what_leads_elsewhere_or_is_no_catalogue_is_one_sentence(content: str, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        datasets(content)


def test_no_more_datasets_are_shown_than_a_page_can_hold_and_further_pages_are_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "MOST_DATASETS", 2)
    text = "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n" + "".join(f"<urn:{n}> a dcat:Dataset .\n" for n in range(3))
    text += "<urn:p> <http://www.w3.org/ns/hydra/core#next> <urn:q> .\n"
    received = reading.read(text.encode(), "sent")
    assert len(received.datasets) == 2
    assert [finding.what for finding in received.findings] == [
        "of 3 datasets the first 2 are shown",
        "the catalogue has further pages, which are not followed",
    ]


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ZONE_HOSTS", "data.ost.example")
    return "https://data.ost.example/catalog.ttl"


def answering(status: int = 200, content: bytes = b"", **headers: str) -> httpx.Client:
    """A server that sends these very bytes."""
    answer = partial(httpx.Response, status, headers=headers)
    return httpx.Client(transport=httpx.MockTransport(lambda _request: answer(stream=httpx.ByteStream(content))))


@pytest.mark.parametrize(
    ("address", "client", "what"),
    [
        ("https://elsewhere.example/c.ttl", answering(), "is not among those the app asks"),
        ("file:///etc/passwd", answering(), "this is no address"),
        ("https://data.ost.example/c", answering(302, Location="http://169.254.169.254/"), "its server answered 302"),
        ("https://data.ost.example/c", answering(content=bytes(2_000)), "larger than 1,000 bytes"),
    ],
)
def test_only_listed_hosts_are_asked_no_redirect_is_followed_and_size_is_limited(
    listed: str, address: str, client: httpx.Client, what: str
) -> None:
    with pytest.raises(SourceError, match=what):
        one_answer.ask(address, {}, 1_000, client)
    assert listed


def test_an_answer_is_unpacked_once_and_never_to_more_than_was_asked_for(listed: str) -> None:
    packed, bomb = gzip.compress(b"x" * 900), gzip.compress(bytes(200_000_000))
    gzipped = {"Content-Encoding": "gzip"}
    assert one_answer.ask(listed, {}, 1_000, answering(content=packed, **gzipped)) == b"x" * 900
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError, match="larger than 1,000 bytes"):
        one_answer.ask(listed, {}, 1_000, answering(content=bomb, **gzipped))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "kB: it was not unpacked whole"
    with pytest.raises(SourceError, match="packed in a way that was not asked for"):
        one_answer.ask(listed, {}, 1_000, answering(content=gzip.compress(bomb), **{"Content-Encoding": "gzip, gzip"}))
    with pytest.raises(SourceError, match="the answer is damaged"):
        one_answer.ask(listed, {}, 1_000, answering(content=b"no gzip", **gzipped))


def test_without_a_network_there_is_one_sentence(listed: str) -> None:
    def gone(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host")

    with pytest.raises(SourceError, match=r"it cannot be reached \(no route to host\)"):
        one_answer.ask(listed, {}, 1_000, httpx.Client(transport=httpx.MockTransport(gone)))
