"""Small OpenStreetMap extracts (.osm.pbf) as tests need them, written in the format's own messages."""

from __future__ import annotations

import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

from pyrosm.proto import fileformat_pb2, osmformat_pb2

Tags = dict[str, str]


def write_extract(
    path: Path, nodes: dict[int, tuple[float, float, Tags]], ways: dict[int, tuple[list[int], Tags]]
) -> Path:
    """Nodes by id (lon, lat, tags) and ways by id (nodes, tags) as an extract without relations."""
    header = osmformat_pb2.HeaderBlock(required_features=["OsmSchema-V0.6", "DenseNodes"], writingprogram="tests")
    block = osmformat_pb2.PrimitiveBlock()
    words = [""]

    def number(word: str) -> int:
        if word not in words:
            words.append(word)
        return words.index(word)

    dense = block.primitivegroup.add().dense
    for order, values in (("id", sorted(nodes)), ("lon", None), ("lat", None)):
        if values is None:
            place = 0 if order == "lon" else 1
            values = [round(nodes[node][place] * 1e7) for node in sorted(nodes)]
        getattr(dense, order).extend(after - before for before, after in pairwise([0, *values]))
    for node in sorted(nodes):
        for key, value in nodes[node][2].items():
            dense.keys_vals.extend([number(key), number(value)])
        dense.keys_vals.append(0)
    if ways:
        group = block.primitivegroup.add()
        for way, (places, tags) in sorted(ways.items()):
            message = group.ways.add(id=way, keys=map(number, tags), vals=map(number, tags.values()))
            message.refs.extend(after - before for before, after in pairwise([0, *places]))
    block.stringtable.s.extend(word.encode() for word in words)
    path.write_bytes(_blob("OSMHeader", header) + _blob("OSMData", block))
    return path


def _blob(kind: str, message: Any) -> bytes:
    raw = message.SerializeToString()
    blob = fileformat_pb2.Blob(raw_size=len(raw), zlib_data=zlib.compress(raw)).SerializeToString()
    head = fileformat_pb2.BlobHeader(type=kind, datasize=len(blob)).SerializeToString()
    return len(head).to_bytes(4, "big") + head + blob


def grid_of_streets(
    west: float, south: float, columns: int = 9, rows: int = 9, step: float = 0.0025, first: int = 1
) -> tuple[dict[int, tuple[float, float, Tags]], dict[int, tuple[list[int], Tags]]]:
    """Nodes and residential streets of a right-angled grid; step in degrees, ids from `first` on."""
    number = [[first + column + columns * row for column in range(columns)] for row in range(rows)]
    nodes: dict[int, tuple[float, float, Tags]] = {
        number[row][column]: (west + step * column, south + step * row, {})
        for row in range(rows)
        for column in range(columns)
    }
    lines = [*number, *([line[column] for line in number] for column in range(columns))]
    return nodes, {first + way: (line, {"highway": "residential"}) for way, line in enumerate(lines)}
