"""A table of the lake for Spark, read from any storage that fsspec knows: no jar of Hadoop's is needed.

Spark's workers open the files themselves, with the packages and keys (AWS_..., and so on) that they find in their own
environment.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow.fs import FSSpecHandler, PyFileSystem
from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from data.lake import open_storage

FORMAT = "zone_lake"
BYTES_OF_TASK = 64_000_000  # a task takes most of a second, whatever it reads


def _files(address: str) -> dict[str, int]:
    """The files of a table, and how long each is."""
    storage, path = open_storage(address)
    files = storage.find(path, detail=True)
    return {name: int(about["size"]) for name, about in files.items() if name.endswith(".parquet")}


def _dataset(address: str, files: list[str], schema: pa.Schema | None = None) -> ds.Dataset:
    storage = PyFileSystem(FSSpecHandler(open_storage(address)[0]))
    return ds.dataset(files, schema=schema, filesystem=storage, format="parquet", partitioning="hive")


class _Reader(DataSourceReader):
    def __init__(self, address: str) -> None:
        self.address, self.files = address, _files(address)
        self.schema = _dataset(address, list(self.files)).schema

    def partitions(self) -> list[InputPartition]:
        tasks = min(len(self.files), math.ceil(sum(self.files.values()) / BYTES_OF_TASK))
        return [InputPartition(list(self.files)[task::tasks]) for task in range(tasks)]

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """Batches of a task's files, with the values that their folders' names stand for."""
        yield from _dataset(self.address, partition.value, self.schema).to_batches()


class LakeSource(DataSource):
    """`spark.read.format("zone_lake").load(address)`."""

    @classmethod
    def name(cls) -> str:
        """What Spark calls the format."""
        return FORMAT

    def schema(self) -> StructType:
        """Of all files; partitions that are text stay text."""
        return from_arrow_schema(_Reader(self.options["path"]).schema)

    def reader(self, schema: StructType) -> DataSourceReader:
        """The reader of one address."""
        return _Reader(self.options["path"])


def view(spark: SparkSession, address: str, name: str) -> None:
    """Name a table of the lake in a session, once."""
    if spark.catalog.tableExists(name):
        return
    spark.dataSource.register(LakeSource)
    spark.read.format(FORMAT).load(address).createOrReplaceTempView(name)
