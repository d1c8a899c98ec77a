"""What can go wrong on a cluster, beside what can be wrong with any source.

SourceError
├── SparkMissingError   (pyspark is not installed)
├── SparkJavaError      (no Java to run it)
├── SparkStartError     (no session: the cluster does not answer, or Spark refuses its settings)
├── SparkLostError      (executors went away in the middle)
├── SparkReleaseError   (executors lack this release of Mingjing)
└── SparkFailedError    (anything else)

Spark's own text may quote cells, so none of it is passed on: a file's name at most.
"""

from governance.sources.errors import SourceError


class SparkMissingError(SourceError):
    """The extra `spark` is not installed."""

    zh = "扫描 `{name}` 需要 Spark，而 pyspark 未安装"
    en = "`{name}` needs Spark, and pyspark is not installed"
    zh_next = "安装 `mingjing[spark]`，或在代码目录中按 requirements/spark.txt 安装"
    en_next = "install `mingjing[spark]`, or in a checkout the packages in requirements/spark.txt"


class SparkJavaError(SourceError):
    """Spark runs on Java, and there is none."""

    zh = "扫描 `{name}` 需要 Java，而本机没有"
    en = "`{name}` needs Java, and there is none on this machine"
    zh_next = "安装 Java 17 或更新版本（Debian、Ubuntu：apt-get install default-jre-headless），或设置 JAVA_HOME"
    en_next = "install Java 17 or newer (Debian, Ubuntu: apt-get install default-jre-headless), or set JAVA_HOME"


class SparkStartError(SourceError):
    """No session could be had."""

    zh = "无法在 `{master}` 上启动 Spark"
    en = "Spark could not be started on `{master}`"
    zh_next = "检查 --master（或 MINGJING_SPARK_MASTER）、集群是否可达，以及 Java 版本（17 或更新）"
    en_next = "check --master (or MINGJING_SPARK_MASTER), that the cluster answers, and Java's version (17 or newer)"


class SparkLostError(SourceError):
    """Executors died so often that the scan was given up."""

    zh = "扫描 `{name}` 时 Spark 执行器反复丢失，已放弃"
    en = "executors were lost again and again while `{name}` was scanned"
    zh_next = "查看集群日志；常见原因是执行器内存不足（spark.executor.memory、spark.executor.memoryOverhead）"
    en_next = "see the cluster's logs; often it is memory (spark.executor.memory, spark.executor.memoryOverhead)"


class SparkReleaseError(SourceError):
    """The executors can't count, or count by other rules."""

    zh = "Spark 执行器上没有本版本的明镜，未扫描 `{name}`"
    en = "`{name}` was not scanned: the executors lack this release of Mingjing"
    zh_next = "在每个执行器的 Python（PYSPARK_PYTHON）中安装同一版本的 `mingjing[spark]`"
    en_next = "install the same `mingjing[spark]` in every executor's Python (PYSPARK_PYTHON)"


class SparkFailedError(SourceError):
    """Something else; what Spark said stays in the cluster."""

    zh = "Spark 未能扫描 `{name}`（{kind}）"
    en = "Spark could not scan `{name}` ({kind})"
    zh_next = "查看集群日志"
    en_next = "see the cluster's logs"
