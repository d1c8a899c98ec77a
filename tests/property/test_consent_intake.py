"""A stretch judged as a whole and the same rows judged one by one come to the same events, digests and faults."""

from collections.abc import Iterator
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from consent.batches import Judge
from consent.intake import Intake, Stretch
from consent.ledger import _content
from consent.rows import OPTIONAL, REQUIRED, RowFaultError, RowReader
from storage import canonical_json

COLUMNS = [*REQUIRED, *OPTIONAL]
INSTANTS = [
    "2026-02-01T09:00:00+08:00",
    " 2026-02-01T01:00:00Z ",
    "2026-02-01T01:00:00.5Z",
    "2026-02-01",
    "0001-01-01T00:00:00Z",
    "",
    "soon",
]
odd = st.sampled_from(["", " ", "x", " x ", "\u3000", "\x07", "\x85", "\ud800", "\u200b", '"', "\\", "长" * 201])
rows = st.tuples(
    st.sampled_from(["C1", "C2"]) | odd,
    st.sampled_from(["marketing", " marketing", "claims", "", "none_such"]),
    st.sampled_from(["granted", " Withdrawn ", "yes", ""]),
    st.sampled_from(["1", ""]) | odd,
    st.sampled_from(INSTANTS),
    st.sampled_from(["", *INSTANTS]),
    odd,
    st.sampled_from(["", "separate", " Written", "verbal"]),
    odd,
    odd,
)


class _Given(Intake):
    """Rows that stand in no file."""

    def __init__(self, found: list[list[str]]) -> None:
        self.columns = COLUMNS
        self.found = found

    def stretches(self) -> Iterator[Stretch]:
        yield Stretch(self.found, 2)


@given(st.lists(rows, min_size=1, max_size=4))
def test_a_stretch_as_a_whole_is_judged_as_its_rows_are(found: list[tuple[str, ...]]) -> None:
    judge = Judge({"marketing", "claims"})
    batches = list(judge.batches(_Given([list(row) for row in found])))
    single, events, faults = RowReader({"marketing", "claims"}), [], []
    for line, row in enumerate(found, 2):
        try:
            events.append(single.event(dict(zip(COLUMNS, row, strict=True))))
        except RowFaultError as fault:
            faults.append(fault.at_line(line))

    digests = [digest for batch in batches for digest in batch.digest]
    assert digests == [sha256(canonical_json(_content(event)).encode()).hexdigest() for event in events]
    assert [text for batch in batches for text in batch.at] == [_content(event)[5] for event in events]
    assert [one for batch in batches for one in batch.channel] == [event.channel for event in events]
    assert [one for batch in batches for one in batch.operator] == [event.operator for event in events]
    assert judge.bad.listed == faults
