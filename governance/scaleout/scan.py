"""Label a table that Spark holds, with the result that a full scan on one machine gives."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from classification.errors import TallyUnreadableError
from classification.model import DatasetLabel
from classification.recognisers import Recognisers
from classification.scanning import label_table
from classification.tally import unique_names
from classification.tallywire import forms_digest
from governance.scaleout.address import SparkAddress
from governance.scaleout.counting import Task
from governance.scaleout.errors import SparkReleaseError
from governance.scaleout.spark import columns_of, count_frame, read_frame, spark_session

if TYPE_CHECKING:
    from governance.scaleout.spark import Frame


def scan_spark(frame: "Frame", name: str, facts: Mapping[str, object] | None, recognisers: Recognisers) -> DatasetLabel:
    """Give the label of a table that is a Spark DataFrame.

    Executors count each partition with the rules of this release; the driver joins the counts and labels. Of values
    nothing leaves an executor but the bounded sample of distinct ones that a scan on one machine keeps as well, for
    names, addresses, birth dates and running text are judged on values: at most 5,000 a column, 32 MiB a column and
    256 MiB a table. They are never logged, and reach a disk at most encrypted, see `count_frame`.

    Args:
        frame: of a classic session (not Spark Connect).
        name: the dataset's id.
        facts: what was declared of the table.
        recognisers: the compiled rules of the driver; only their day and their digest go to the executors.

    Guarantee: equal to `scan_batches` over the same rows, whatever the partitions and their order.

    Raises:
        SourceError: a file is broken, executors were lost or lack this release.
    """
    declared = columns_of(frame, name)
    names = unique_names([column.name for column in declared])
    task = Task(tuple(names), recognisers.today, forms_digest(recognisers.forms))
    whole = task.empty()
    whole.expect(names)
    try:
        parts = list(task.joined(count_frame(frame, task, name)))
    except TallyUnreadableError as error:
        raise SparkReleaseError(name=name) from error
    rows = parts[0][1].rows if parts else 0
    whole.join({names[place]: part.columns[names[place]] for place, part in parts}, rows)
    columns = [replace(column, name=unique) for column, unique in zip(declared, names, strict=True)]
    return label_table(name, whole, whole.rows, facts, columns=columns, recognisers=recognisers)


def scan_address(
    address: SparkAddress, facts: Mapping[str, object] | None, recognisers: Recognisers, master: str
) -> DatasetLabel:
    """Give the label of the table at an address, with a session of our own. Arguments as in `scan_spark`.

    Raises:
        SourceError: Spark can't be had, or the table can't be read.
    """
    with spark_session(master, address.name) as session:
        return scan_spark(read_frame(session, address), address.name, facts, recognisers)
