"""Tables as partitioned Parquet, on a disk or in object storage, for engines that read only the part they need.

`zone lake s3://bucket/zone` (or a folder) lays every table out as
place/table/content/period=.../part-0.parquet; with `ZONE_LAKE=s3://bucket/zone` the engine then reads from there.
A place is a city or 'world'; tables without a period or year have no partition. S3 and its like need no package;
other storage goes through fsspec: install its package, such as gcsfs or adlfs.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import lru_cache
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.dataset as ds
from fsspec.implementations.arrow import ArrowFSWrapper
from fsspec.implementations.local import LocalFileSystem
from pyarrow.fs import FSSpecHandler, PyFileSystem

import data
from data.catalogue import Entry
from data.settings import settings

PARTITIONS = ("period", "year")


def open_storage(address: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """The file system of an address and the path in it; S3 by Arrow's own client, set by AWS_... as Amazon's are."""
    if address.startswith("s3://"):
        return _s3(os.environ.get("AWS_ENDPOINT_URL"), os.getpid()), address.removeprefix("s3://")
    filesystem: tuple[fsspec.AbstractFileSystem, str] = fsspec.url_to_fs(address)
    return filesystem


@lru_cache(maxsize=4)
def _s3(endpoint: str | None, _process: int) -> ArrowFSWrapper:
    """A client for each process, as its threads do not live on in one that is forked; it looks for keys once."""
    from pyarrow.fs import S3FileSystem

    return ArrowFSWrapper(S3FileSystem(endpoint_override=endpoint, background_writes=False))


def folder(entry: Entry, address: str) -> str:
    """Where one version of a table lies: another content is another folder, so that nothing is written over."""
    return f"{address.rstrip('/')}/{entry.place}/{entry.name}/{entry.checksum[:12]}"


def write(entry: Entry, address: str) -> bool:
    """Lay a table out below an address, if it is not there yet; whether it had to be written.

    The mark that makes it known is written last: a half-written table is never read.
    """
    files, path = open_storage(folder(entry, address))
    if files.exists(f"{path}/_whole"):
        return False
    rows = pa.Table.from_pandas(data.opened(entry), preserve_index=False)
    keys = [name for name in PARTITIONS if name in rows.column_names]
    if "period" in keys:
        days = rows.column("period").cast(pa.date32()).cast(pa.string())
        rows = rows.set_column(rows.column_names.index("period"), "period", days)
    ds.write_dataset(
        rows,
        path,
        format="parquet",
        filesystem=PyFileSystem(FSSpecHandler(files)),
        existing_data_behavior="delete_matching",
        partitioning=keys or None,
        partitioning_flavor="hive" if keys else None,
        max_partitions=10_000,
    )
    files.pipe_file(f"{path}/_whole", b"")
    return True


def locate(entry: Entry) -> tuple[str, fsspec.AbstractFileSystem] | None:
    """The address of a table in ZONE_LAKE and its file system; None where there is no lake or it has not the table."""
    address = settings().lake
    if not address:
        return None
    files, path = open_storage(folder(entry, address))
    if not files.exists(f"{path}/_whole"):
        return None
    return (path if isinstance(files, LocalFileSystem) else folder(entry, address)), files


def main(words: list[str] | None = None) -> int:
    """Lay out every table of the catalogue that has no shapes."""
    parser = argparse.ArgumentParser(
        prog="zone lake", description=__doc__, epilog="Example: zone lake s3://bucket/zone"
    )
    parser.add_argument("address", help="a folder or an address of object storage")
    address = parser.parse_args(words).address
    tables: list[Any] = [entry for entry in data.catalogue().values() if not data.has_shapes(entry)]
    for entry in tables:
        print(f"{entry.place}/{entry.name}: {'written' if write(entry, address) else 'is there'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
