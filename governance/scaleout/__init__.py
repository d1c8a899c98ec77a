"""Scale out: the column scanner on a Spark cluster, for tables that one machine can't hold."""

from governance.scaleout.address import SparkAddress, spark_address
from governance.scaleout.scan import scan_address, scan_spark

__all__ = ["SparkAddress", "scan_address", "scan_spark", "spark_address"]
