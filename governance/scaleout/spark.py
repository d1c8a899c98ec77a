"""The one door through which Spark enters: start a session, read a table, run the counting, name what went wrong."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote

from governance.scaleout.address import SparkAddress
from governance.scaleout.counting import WIRE, Task
from governance.scaleout.errors import (
    SparkFailedError,
    SparkJavaError,
    SparkLostError,
    SparkMissingError,
    SparkReleaseError,
    SparkStartError,
)
from governance.sources import ColumnInfo, SourceBrokenError, SourceEmptyError, SourceError, SourceMissingError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    Frame = DataFrame

# What a session of ours always has. Blocks and shuffles that Spark may put on a disk are encrypted with a key that
# lives in memory only; nothing listens beyond this machine but what a cluster needs; nothing is left out unsaid.
SETTINGS: Mapping[str, str] = {
    "spark.app.name": "mingjing",
    "spark.io.encryption.enabled": "true",
    "spark.log.level": "OFF",
    "spark.sql.caseSensitive": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timeType.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


@contextmanager
def spark_session(master: str, name: str, further: Mapping[str, str] | None = None) -> "Iterator[SparkSession]":
    """Give a session that ends with the block.

    Args:
        master: as Spark writes it; one that begins with `local` stays on the loopback interface.
        name: of what is to be scanned, for errors.
        further: settings beyond ours.

    Raises:
        SparkMissingError: pyspark is not installed.
        SparkJavaError: there is no Java.
        SparkStartError: no session could be had.
    """
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 -- an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415 -- likewise
    except ImportError as error:
        raise SparkMissingError(name=name) from error
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and shutil.which("java", path=f"{home}/bin"))):
        raise SparkJavaError(name=name)
    local = master.startswith("local")
    builder = SparkSession.builder.master(master)
    for key, value in {**SETTINGS, **(_LOOPBACK if local else {}), **(further or {})}.items():
        builder = builder.config(key, value)
    try:
        with _surroundings(local=local):
            session = builder.getOrCreate()
    except (PySparkException, OSError, *_engine_errors()) as error:
        raise SparkStartError(master=master) from error
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def _surroundings(*, local: bool) -> Iterator[None]:
    """Set what Spark reads from the environment while it starts; on this machine executors are this very Python."""
    wanted = {"PYSPARK_PYTHON": sys.executable}
    wanted |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"}
    added = {key: value for key, value in wanted.items() if local and key not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for key in added:
            del os.environ[key]


def read_frame(session: "SparkSession", address: SparkAddress) -> "DataFrame":
    """Give the table at an address; nothing but its schema is read. Files' schemas are merged, so no column is missed.

    Raises:
        SourceError: it is missing, or broken.
    """
    with told(address.name, address.shown):
        if address.kind == "table":
            return session.read.table(address.place)
        return session.read.option("mergeSchema", "true").parquet(address.place)


def columns_of(frame: "DataFrame", name: str) -> list[ColumnInfo]:
    """Give the columns as a source declares them, with Arrow's names of types and the catalogue's comments.

    Raises:
        SourceEmptyError: there are none.
    """
    from pyspark.sql.pandas.types import to_arrow_schema  # noqa: PLC0415 -- an extra

    with told(name, name):
        zone = frame.sparkSession.conf.get("spark.sql.session.timeZone")
        kinds = to_arrow_schema(_sendable(frame).schema, timezone=zone).types
        fields = list(frame.schema)
    if not fields:
        raise SourceEmptyError(name=name)
    return [
        ColumnInfo(field.name, str(kind), field.metadata.get("comment"))
        for field, kind in zip(fields, kinds, strict=True)
    ]


def count_frame(frame: "DataFrame", task: Task, name: str) -> list[dict[str, object]]:
    """Count a table on the executors; give rows of `counting.WIRE`.

    Where the session encrypts what it puts on disks, the partitions' tallies are joined on the executors, column by
    column, and one row a column comes back, however many partitions there are. Where it does not, tallies go straight
    to the driver, so that no value is written to a shuffle file in clear.

    Raises:
        SourceError: a file is broken, executors were lost or lack this release.
    """
    with told(name, name):
        session = frame.sparkSession
        tallies = _sendable(frame).mapInArrow(task.count, WIRE)
        if is_encrypted(session):
            tallies = tallies.repartition(_width(session, task), "place").mapInArrow(task.join, WIRE)
        return [row.asDict() for row in tallies.collect()]


def is_encrypted(session: "SparkSession") -> bool:
    """Tell whether what the session puts on disks is unreadable there."""
    return bool(session.conf.get("spark.io.encryption.enabled", "false") == "true")


def _sendable(frame: "DataFrame") -> "DataFrame":
    """Give the columns names that any engine can resolve (real ones hold dots and repeat) and times of day as text.

    Spark hands times of day to no Python; text is what they are counted as.
    """
    from pyspark.sql.functions import col  # noqa: PLC0415 -- an extra

    plain = frame.toDF(*(f"c{place}" for place in range(len(frame.columns))))
    return plain.select(
        *(
            col(name).cast("string").alias(name) if kind.startswith("time(") else col(name)
            for name, kind in plain.dtypes
        )
    )


def _width(session: "SparkSession", task: Task) -> int:
    return max(1, min(len(task.columns), int(session.sparkContext.defaultParallelism)))


def _engine_errors() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JError  # noqa: PLC0415 -- an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415 -- likewise

    return (PySparkException, Py4JError)


@contextmanager
def told(name: str, place: str) -> Iterator[None]:
    """Turn Spark's failures into ours; none of its text is passed on but a file's name."""
    try:
        yield
    except ImportError as error:
        raise SparkMissingError(name=name) from error
    except _engine_errors() as error:
        raise _ours(str(error), name, place) from None


_ABSENT = ("PATH_NOT_FOUND", "TABLE_OR_VIEW_NOT_FOUND")
_BROKEN = (
    ("CANNOT_READ_FILE_FOOTER", "footer"),
    ("CANNOT_MERGE_SCHEMAS", "schema"),
    ("PARQUET_TYPE_ILLEGAL", "a type that Spark does not read, such as time in nanoseconds"),
    ("PARQUET_TYPE_NOT_SUPPORTED", "a type that Spark does not read"),
    ("FAILED_READ_FILE", "row group"),
)
_STRANGERS = ("ModuleNotFoundError", "CountingError: RulesDiffer", "TallyUnreadableError", "AttributeError: Can't get")


def _ours(text: str, name: str, place: str) -> SourceError:
    """Choose by the names that Spark gives its conditions (its error-conditions.json)."""
    if any(word in text for word in _ABSENT):
        return SourceMissingError(name=place)
    if "UNABLE_TO_INFER_SCHEMA" in text:
        return SourceEmptyError(name=name)
    for word, part in _BROKEN:
        if word in text:
            return SourceBrokenError(name=_file_in(text) or name, place=part)
    if any(word in text for word in _STRANGERS):
        return SparkReleaseError(name=name)
    if "ExecutorLostFailure" in text or "SparkContext was shut down" in text:
        return SparkLostError(name=name)
    said = re.search(r"CountingError: (\w+)|\[([A-Z_]+(?:\.[A-Z_]+)*)\]", text)
    return SparkFailedError(name=name, kind=(said.group(1) or said.group(2)) if said else "SparkException")


def _file_in(text: str) -> str | None:
    """Give the bare name of the file that a failure to read is about."""
    found = re.search(r"while reading file ([^\n]+?)\.\s", text)
    return unquote(found.group(1)).rstrip("/").rpartition("/")[2] if found else None
