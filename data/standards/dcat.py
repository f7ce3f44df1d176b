"""Catalogues by DCAT (JSON-LD, Turtle, RDF/XML): datasets with licence, period and forms, and which of these we read.

rdflib reads them; what would lead it elsewhere (a JSON-LD context at an address, an XML entity) is refused first.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from data.city.findings import Finding
from data.errors import SourceError
from data.standards.tables import Dataset, Distribution, Received, words
from data.translation import N_

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

MOST_DATASETS, MOST_FORMS = 5_000, 40
DCAT, DCT, FOAF = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/", "http://xmlns.com/foaf/0.1/"
RDFS, SCHEMA = "http://www.w3.org/2000/01/rdf-schema#", "http://schema.org/"
# A form, as its name, media type or file's ending says it -> the page that takes it.
OWN, CITY = "Data from elsewhere", "Your city"
READERS = {
    "datapackage": OWN,
    "sdmx": OWN,
    "gtfs": OWN,
    "csv": CITY,
    "tsv": CITY,
    "xlsx": CITY,
    "geojson": CITY,
    "geo+json": CITY,
    "topojson": CITY,
    "gpkg": CITY,
    "geopackage": CITY,
    "shp": CITY,
    "shapefile": CITY,
    "kml": CITY,
    "flatgeobuf": CITY,
    "fgb": CITY,
    "parquet": CITY,
    "pbf": CITY,
}


def form_of(content: bytes) -> str:
    """How a catalogue is written: json-ld, xml or turtle; '' where it does not look like one."""
    start = content[:200_000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith((b"{", b"[")):
        return "json-ld" if b"@type" in start or b"@context" in start or b"@graph" in start else ""
    if start.startswith(b"<?xml") or start.startswith(b"<rdf:RDF"):
        return "xml" if b"22-rdf-syntax-ns#" in start[:4000] else ""
    is_turtle = re.search(rb"(?im)^\s*(@prefix|prefix|@base|base)\s", start[:4000])
    return "turtle" if is_turtle else ""


def read(content: bytes, name: str, language: str = "en") -> Received:
    """The datasets of a catalogue, by title. language: of titles where there are several. Raises SourceError."""
    graph = _graph(content, name, form_of(content))
    from rdflib import RDF, URIRef

    nodes = sorted(set(graph.subjects(RDF.type, URIRef(f"{DCAT}Dataset"))), key=str)
    if not nodes:
        raise SourceError(name, N_("the catalogue has no dataset"), hint=N_("Give the address of a DCAT catalogue"))
    findings = []
    if len(nodes) > MOST_DATASETS:
        what = N_(
            "of {count:,} datasets the first {most_datasets:,} are shown", count=len(nodes), most_datasets=MOST_DATASETS
        )
        findings.append(Finding("warning", name, what, N_("Ask its server for a part of them")))
    if any(str(p).endswith(("hydra/core#next", "hydra/core#nextPage")) for p in graph.predicates()):
        what = N_("the catalogue has further pages, which are not followed")
        findings.append(Finding("warning", name, what, N_("Give the address of the next page too")))
    datasets = [_dataset(graph, node, language) for node in nodes[:MOST_DATASETS]]
    return Received("catalogue", name, datasets=sorted(datasets, key=lambda one: one.title), findings=findings)


def _graph(content: bytes, name: str, form: str) -> Graph:
    from rdflib import Graph

    try:
        text = content.decode("utf-8-sig")
        if form == "json-ld":
            _refuse_contexts_elsewhere(json.loads(text), name)
        if form == "xml" and re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
            raise SourceError(name, N_("it holds entities, which no catalogue needs"), hint=N_("Ask for Turtle"))
        return Graph().parse(data=text, format=form or "turtle", publicID="urn:catalogue")
    except SourceError:
        raise
    except Exception as fault:  # the parsers' own errors are many; all mean that it is no such file
        what = N_(
            "it cannot be read as {value} ({value_2})",
            value=form or "a catalogue",
            value_2=str(fault).strip()[:120] or type(fault).__name__,
        )
        raise SourceError(name, what, hint=N_("Give DCAT as JSON-LD, Turtle or RDF/XML")) from fault


def _refuse_contexts_elsewhere(document: Any, name: str) -> None:
    """Raise SourceError where JSON-LD would be read with the help of another address."""
    waiting = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "@import" in part or any(isinstance(one, str) for one in _flat(part.get("@context"))):
                raise SourceError(
                    name, N_("its @context lies at another address, which is not asked"), hint=N_("Ask for Turtle")
                )
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _flat(value: Any) -> list[Any]:
    """What lists in lists hold."""
    return [item for part in value for item in _flat(part)] if isinstance(value, list) else [value]


def _all(graph: Graph, node: Node, *names: str) -> list[Node]:
    from rdflib import URIRef

    return [value for name in names for value in graph.objects(node, URIRef(name))]


def _text(graph: Graph, node: Node, language: str, *names: str) -> str:
    """A text in a language, else in English, else in the first there is."""
    values = _all(graph, node, *names)
    order = sorted(
        values,
        key=lambda value: (
            getattr(value, "language", None) != language,
            getattr(value, "language", None) != "en",
            str(value),
        ),
    )
    return words(str(order[0])) if order else ""


def _called(graph: Graph, node: Node, language: str, *names: str) -> str:
    """What a resource is called: its own label, else its address or text."""
    for value in _all(graph, node, *names):
        label = _text(graph, value, language, f"{RDFS}label", f"{DCT}title", f"{FOAF}name")
        text = label or words(str(value))
        if label or type(value).__name__ != "BNode":
            return text
    return ""


def _dataset(graph: Graph, node: Node, language: str) -> Dataset:
    forms = sorted(_all(graph, node, f"{DCAT}distribution"), key=str)[:MOST_FORMS]
    licences = [_called(graph, form, language, f"{DCT}license", f"{DCT}rights") for form in forms]
    licences.insert(0, _called(graph, node, language, f"{DCT}license"))
    return Dataset(
        _text(graph, node, language, f"{DCT}title") or words(str(node)),
        _called(graph, node, language, f"{DCT}publisher"),
        ", ".join(dict.fromkeys(licence for licence in licences if licence))[:300],
        _period(graph, node, language),
        tuple(_distribution(graph, form, language) for form in forms),
    )


def _period(graph: Graph, node: Node, language: str) -> str:
    for value in _all(graph, node, f"{DCT}temporal"):
        start = _text(graph, value, language, f"{DCAT}startDate", f"{SCHEMA}startDate")
        end = _text(graph, value, language, f"{DCAT}endDate", f"{SCHEMA}endDate")
        if start or end:
            return "–".join(dict.fromkeys(part[:10] for part in (start, end) if part))
        return _called(graph, node, language, f"{DCT}temporal")
    return ""


def _distribution(graph: Graph, node: Node, language: str) -> Distribution:
    form = _called(graph, node, language, f"{DCT}format") or _called(graph, node, language, f"{DCAT}mediaType")
    form = re.split(r"[/#]", form)[-1] if "://" in form else form
    media = _called(graph, node, language, f"{DCAT}mediaType")
    standards = " ".join(str(one) for one in _all(graph, node, f"{DCT}conformsTo"))
    addresses = [str(one) for one in _all(graph, node, f"{DCAT}downloadURL", f"{DCAT}accessURL")]
    address = addresses[0][:500] if addresses else ""
    title = _text(graph, node, language, f"{DCT}title")
    return Distribution(title, form[:40], address, reader(form, media, standards, address, title))


def reader(form: str, media: str, standards: str, address: str, title: str) -> str:
    """Which page takes a distribution, '' for none: by its standard, form, media type or the file's ending."""
    parts = urlsplit(address) if address.isascii() and "[" not in address else urlsplit("")
    asked = " ".join(value for values in parse_qs(parts.query).values() for value in values)
    name = PurePosixPath(parts.path).name.lower()
    if name == "datapackage.json" or "datapackage" in f"{form} {standards}".lower():
        return READERS["datapackage"]
    said = " ".join([standards, title, name, asked]).lower()
    if "sdmx" in f"{form} {media} {said}".lower() and "structure" not in asked:
        return READERS["sdmx"]
    if "gtfs" in f"{form} {said}".lower():
        return READERS["gtfs"]
    for word in (form, media.rpartition("/")[2], name.rpartition(".")[2]):
        found = re.split(r"[;\s]", word.lower().removeprefix("application/").removeprefix("text/"))[0]
        if found in READERS:
            return READERS[found]
    return ""
