"""What others are told of the catalogue: DCAT-AP 3 for portals (JSON-LD, Turtle), CSV on the Web for a table's columns.

What the catalogue does not know is left out: how often a table comes, whom to ask, which theme it has.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import data
from data import brand, definitions
from data.catalogue import Entry
from data.translation import LANGUAGES, Language
from services.cubes import label, measures
from services.tables import place_table

NAME = "Zone of Social Creativity"
# Licences as the catalogue writes them, with their documents; of others the words are passed on.
LICENCES = {
    "CC BY 3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC BY 3.0 DE": "https://creativecommons.org/licenses/by/3.0/de/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODbL 1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "dl-de/by-2.0": "https://www.govdata.de/dl-de/by-2-0",
    "Reuse with attribution (Decision 2011/833/EU)": "http://data.europa.eu/eli/dec/2011/833/oj",
}
FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
# format of the API -> (name, code of the European list of file types, media type, standard); '' where there is none
FORMATS = {
    "csv": ("CSV", "CSV", "text/csv", "https://www.w3.org/ns/csvw"),
    "json": ("JSON", "JSON", "application/json", ""),
    "parquet": ("Parquet", "PARQUET", "application/vnd.apache.parquet", ""),
    "geojson": ("GeoJSON", "GEOJSON", "application/geo+json", "https://www.rfc-editor.org/rfc/rfc7946"),
    "gpkg": ("GeoPackage", "GPKG", "application/geopackage+sqlite3", "http://www.opengis.net/doc/IS/geopackage/1.3"),
    "fgb": ("FlatGeobuf", "", "", "https://flatgeobuf.org/"),
    "jsonstat": ("JSON-stat", "JSON", "application/json", "https://json-stat.org/full/"),
    "sdmx-csv": ("SDMX-CSV", "CSV", "text/csv", "https://sdmx.org/"),
}
SHAPES, FIGURES = ("geojson", "gpkg", "fgb"), ("jsonstat", "sdmx-csv")
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geo": "http://www.opengis.net/ont/geosparql#",
}
DATES = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}
DATE = re.compile(r"\b\d{4}(?:-\d\d(?:-\d\d)?)?\b", re.ASCII)
FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
TYPES: dict[str, Any] = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "datetime": {"base": "date", "format": "yyyy-MM-dd"},
    "bool": {"base": "boolean", "format": "True|False"},
}


def formats(entry: Entry) -> list[str]:
    """The formats in which the API gives a table."""
    left_out = {*(() if data.has_shapes(entry) else SHAPES), *(() if measures(entry.name) else FIGURES)}
    return [kind for kind in FORMATS if kind not in left_out]


def catalogue(api: str) -> dict[str, Any]:
    """The catalogue as JSON-LD. api: the API's own address, without a slash at its end."""
    entries = [entry for _key, entry in sorted(data.catalogue().items())]
    home = f"{api}/dcat.jsonld#catalogue"
    return {
        "@context": CONTEXT,
        "@id": home,
        "@type": "dcat:Catalog",
        "dct:title": _in("en", f"{owner()}: tables"),
        "dct:description": _in("en", "The tables behind the figures: small counts are suppressed in them."),
        "dct:publisher": _agent(owner()),
        "dct:modified": _typed(max(entry.built_on for entry in entries)[:10]),
        "foaf:homepage": {"@id": f"{api.removesuffix('/api')}/", "@type": "foaf:Document"},
        "dcat:dataset": [_dataset(api, entry) for entry in entries],
        "dcat:service": [
            _service(api, "api", "Tables and indicators over HTTP", f"{api}/openapi.json", "", entries),
            _service(
                f"{api}/features",
                "features",
                "Areas, facilities and indicators by OGC API - Features",
                f"{api}/features/api",
                FEATURES,
                [entry for entry in entries if entry.name in ("areas", "facilities")],
                api,
            ),
        ],
    }


def turtle(api: str) -> bytes:
    """The same as Turtle."""
    from rdflib import Graph  # half a second, which only who asks for Turtle waits

    graph = Graph().parse(data=json.dumps(catalogue(api)), format="json-ld")
    return graph.serialize(format="turtle", encoding="utf-8")


def owner() -> str:
    """Who runs this server, by its theme file."""
    return str(brand.load().get("name", NAME))


def _in(language: str, text: str) -> dict[str, str]:
    return {"@value": text, "@language": language}


def _agent(name: str) -> dict[str, Any]:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _typed(day: str) -> dict[str, str]:
    return {"@value": day, "@type": DATES[len(day)]}


def _words(kind: str, text: str) -> dict[str, Any]:
    """A resource that is only known by its words."""
    return {"@type": kind, "rdfs:label": _in("en", text)}


def _address(api: str, entry: Entry) -> str:
    return f"{api}/tables/{quote(entry.place)}/{quote(entry.name)}"


def _dataset(api: str, entry: Entry) -> dict[str, Any]:
    """A table with its period, place, publisher and a distribution for each format."""
    said = [f"{entry.title}.", f"{entry.period}; {entry.unit}; {entry.geography}.", entry.note]
    return {
        "@id": _address(api, entry),
        "@type": "dcat:Dataset",
        "dct:identifier": f"{entry.place}/{entry.name}",
        "dct:title": [_in(code, Language(code)(entry.title)) for code in LANGUAGES],
        "dct:description": _in("en", " ".join(part for part in said if part)),
        "dct:publisher": _agent(entry.publisher),
        "dct:modified": _typed(entry.built_on[:10]),
        "dct:spatial": _location(entry),
        **({"dct:temporal": _period(entry.period)} if entry.period else {}),
        "dct:accessRights": {
            "@id": "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
            "@type": "dct:RightsStatement",
        },
        "dcat:version": entry.version_word,
        "dcat:keyword": [_in("en", entry.place), _in("en", entry.unit)],
        "dcat:distribution": [_distribution(api, entry, kind) for kind in formats(entry)],
    }


def _location(entry: Entry) -> dict[str, Any]:
    city = data.cities().get(entry.place)
    if city is None:
        return _words("dct:Location", entry.geography)
    middle = {"@value": f"POINT({city.lon} {city.lat})", "@type": "geo:wktLiteral"}
    return _words("dct:Location", f"{city.name}: {entry.geography}") | {"dcat:centroid": middle}


def _period(words: str) -> dict[str, Any]:
    """A period in words with its first and last day, month or year, where it names any."""
    named = sorted(DATE.findall(words))
    ends = {"dcat:startDate": _typed(named[0]), "dcat:endDate": _typed(named[-1])} if named else {}
    return _words("dct:PeriodOfTime", words) | ends


def _distribution(api: str, entry: Entry, kind: str) -> dict[str, Any]:
    name, code, media_type, standard = FORMATS[kind]
    address = f"{_address(api, entry)}?{urlencode({'format': kind})}"
    licence = LICENCES.get(entry.licence)
    file_type = {"@id": f"{FILE_TYPES}{code}", "@type": "dct:MediaTypeOrExtent"}
    row: dict[str, Any] = {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": _in("en", f"{entry.title}, {name}"),
        "dcat:accessURL": {"@id": address, "@type": "rdfs:Resource"},
        "dcat:accessService": {"@id": f"{api}/dcat.jsonld#api"},
        "dct:format": file_type if code else _words("dct:MediaTypeOrExtent", name),
        "dct:rights": _words("dct:RightsStatement", entry.attribution),
        "dct:modified": _typed(entry.built_on[:10]),
    }
    if licence:
        row["dct:license"] = {"@id": licence, "@type": "dct:LicenseDocument"}
    elif entry.licence:
        row["dct:license"] = _words("dct:LicenseDocument", entry.licence)
    if kind != "json":  # which comes in pages
        row["dcat:downloadURL"] = {"@id": address, "@type": "rdfs:Resource"}
    if media_type:
        row["dcat:mediaType"] = {"@id": f"{MEDIA_TYPES}{media_type}", "@type": "dct:MediaType"}
    if standard:
        row["dct:conformsTo"] = {"@id": standard, "@type": "dct:Standard"}
    return row


def _service(
    endpoint: str, key: str, title: str, definition: str, standard: str, entries: list[Entry], api: str = ""
) -> dict[str, Any]:
    """A service over the tables. api: where its description lies, if not at its own address."""
    row: dict[str, Any] = {
        "@id": f"{api or endpoint}/dcat.jsonld#{key}",
        "@type": "dcat:DataService",
        "dct:title": _in("en", title),
        "dct:publisher": _agent(owner()),
        "dcat:endpointURL": {"@id": endpoint, "@type": "rdfs:Resource"},
        "dcat:endpointDescription": {"@id": definition, "@type": "rdfs:Resource"},
        "dcat:servesDataset": [{"@id": _address(api or endpoint, entry)} for entry in entries],
    }
    return row | ({"dct:conformsTo": {"@id": standard, "@type": "dct:Standard"}} if standard else {})


def csv_metadata(api: str, entry: Entry) -> dict[str, Any]:
    """CSV on the Web: what a table's CSV is, what its columns are called and hold, which of them name a row."""
    contract, kinds = definitions.definition(entry.name), definitions.types(entry.name)
    columns = []
    for name in place_table(entry.name, entry.place).columns.drop("geometry", errors="ignore"):
        kind = next(kind for kind in TYPES if kinds[name].lower().startswith(kind))
        columns.append(
            {"name": name, "titles": name, "dc:title": label(name), "datatype": TYPES[kind]}
            | ({"required": True} if name in contract.key else {})
        )
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{_address(api, entry)}?format=csv",
        "dc:title": entry.title,
        "dc:description": entry.note,
        "dc:publisher": entry.publisher,
        "dc:license": LICENCES.get(entry.licence, entry.licence),
        "dc:rights": entry.attribution,
        "dc:temporal": entry.period,
        "dc:extent": entry.unit,
        "dc:modified": entry.built_on[:10],
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "tableSchema": {"columns": columns, "primaryKey": contract.key},
    }
