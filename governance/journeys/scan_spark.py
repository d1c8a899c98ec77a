"""Scan one table that a Spark cluster reads; every row is looked at, nothing is stored anywhere."""

from pathlib import PurePosixPath

from classification import Recognisers
from governance.journeys.scan import Facts, SourceReport, facts_of
from governance.scaleout import SparkAddress, scan_address
from governance.sources import DatasetRef


def scan_on_spark(address: SparkAddress, facts: Facts, recognisers: Recognisers, master: str) -> SourceReport:
    """Give the report of a full scan, the same that a scan on one machine gives.

    Args:
        address: what to read.
        facts: what is declared of tables, by file or folder name, with or without ending.
        recognisers: the compiled rules.
        master: the cluster, as Spark writes it.

    Raises:
        SourceError: Spark can't be had, or the table can't be read.
    """
    ref = DatasetRef(address.name, None, PurePosixPath(address.name).stem)
    return SourceReport(address.shown, (scan_address(address, facts_of(ref, facts), recognisers, master),))
