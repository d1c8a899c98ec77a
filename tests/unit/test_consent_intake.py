import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from consent.batches import Batch, Judge
from consent.errors import (
    ImportBrokenError,
    ImportChangedError,
    ImportColumnsError,
    ImportEmptyError,
    ImportEncodingError,
)
from consent.intake import Intake
from consent.model import BadRow

HEADER = "subject_id,purpose,status,notice_version,at,expires_at,evidence"
GOOD = "C1,marketing,granted,2026-1,2026-02-01T09:00:00+08:00,,form-7"


@dataclass(frozen=True)
class Row:
    """One good row, as the tests look at it."""

    subject_id: str
    purpose: str
    status: str
    kind: str | None
    notice_version: str | None
    at: datetime
    expires_at: datetime | None
    evidence: str | None


@dataclass(frozen=True)
class Read:
    """What was read of a file."""

    events: list[Row]
    bad: list[BadRow]
    ignored_columns: tuple[str, ...]


def rows(batch: Batch) -> list[Row]:
    return [
        Row(
            batch.subject_id[n],
            batch.purpose[n],
            batch.status[n],
            batch.kind[n],
            batch.notice_version[n],
            datetime.fromisoformat(batch.at[n]),
            datetime.fromisoformat(ends) if (ends := batch.expires_at[n]) else None,
            batch.evidence[n],
        )
        for n in range(len(batch))
    ]


def parse(content: bytes | Path, purposes: set[str] | None) -> Read:
    intake, judge = Intake(content), Judge(purposes)
    events = [row for batch in judge.batches(intake) for row in rows(batch)]
    return Read(events, judge.bad.listed, intake.ignored_columns)


def read(*lines: str, header: str = HEADER) -> Read:
    return parse("\n".join([header, *lines]).encode(), None)


def fault(line: str, header: str = HEADER) -> tuple[int, str, str]:
    parsed = read(line, header=header)
    assert not parsed.events
    (bad,) = parsed.bad
    return bad.line, bad.column, bad.en


def test_a_row_becomes_an_event() -> None:
    (event,) = read(GOOD).events

    assert (event.subject_id, event.purpose, event.status, event.notice_version) == (
        "C1",
        "marketing",
        "granted",
        "2026-1",
    )
    assert event.at == datetime(2026, 2, 1, 1, tzinfo=UTC)
    assert (event.kind, event.expires_at, event.evidence) == (None, None, "form-7")


def test_kind_is_read_where_the_column_is_there() -> None:
    (event,) = read(GOOD + ",written", header=HEADER + ",kind").events

    assert event.kind == "written"


def test_columns_may_stand_in_any_order_and_strange_ones_are_named() -> None:
    parsed = read(
        "2026-02-01T09:00:00Z,C1,x,marketing,granted,1,,",
        header="at,subject_id,branch,purpose,status,notice_version,expires_at,evidence",
    )

    assert parsed.events[0].subject_id == "C1"
    assert parsed.ignored_columns == ("branch",)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse(b"\xef\xbb\xbf" + f"{HEADER}\n{GOOD}\n".encode(), None).events


def test_gb18030_is_read() -> None:
    (event,) = parse(
        f"{HEADER}\n张0001,marketing,granted,1,2026-02-01T09:00:00Z,,柜台\n".encode("gb18030"), None
    ).events

    assert (event.subject_id, event.evidence) == ("张0001", "柜台")


def test_the_subject_id_stays_as_it_is_written() -> None:
    (event,) = read("007 ,marketing,granted,1,2026-02-01T09:00:00Z,,").events

    assert event.subject_id == "007 "


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("C1,marketing,granted,1,2026-02-01T09:00:00,,", "at", "no zone"),
        ("C1,marketing,granted,1,2026-02-01,,", "at", "no zone"),
        ("C1,marketing,granted,1,yesterday,,", "at", "ISO 8601"),
        ("C1,marketing,granted,1,,,", "at", "empty"),
        ("C1,marketing,granted,1,0001-02-01T09:00:00Z,,", "at", "year"),
        ("C1,marketing,granted,1,2026-02-01T09:00:00Z,soon,", "expires_at", "ISO 8601"),
        ("C1,marketing,maybe,1,2026-02-01T09:00:00Z,,", "status", "granted or withdrawn"),
        (" ,marketing,granted,1,2026-02-01T09:00:00Z,,", "subject_id", "empty"),
        ("C\x07,marketing,granted,1,2026-02-01T09:00:00Z,,", "subject_id", "control"),
        (f"{'C' * 201},marketing,granted,1,2026-02-01T09:00:00Z,,", "subject_id", "longer than 200"),
        ("C1,,granted,1,2026-02-01T09:00:00Z,,", "purpose", "empty"),
        ("C1,marketing,granted", "*", "3 cells instead of 7"),
    ],
)
def test_a_bad_row_is_listed_with_its_column_and_reason(line: str, column: str, words: str) -> None:
    number, found, reason = fault(line)

    assert (number, found) == (2, column)
    assert words in reason


def test_an_unknown_kind_is_a_bad_row() -> None:
    assert fault(GOOD + ",verbal", HEADER + ",kind")[1] == "kind"


def test_an_unregistered_purpose_is_a_bad_row() -> None:
    parsed = parse(f"{HEADER}\n{GOOD}".encode(), {"claims"})

    assert [(bad.line, bad.column) for bad in parsed.bad] == [(2, "purpose")]


def test_every_bad_row_is_listed_and_lines_count_quoted_breaks() -> None:
    quoted = GOOD.replace("form-7", '"box\n7"')
    parsed = read("C1", GOOD, quoted.replace("C1", "C2"), "", "C3")

    assert [bad.line for bad in parsed.bad] == [2, 4, 7]


def test_no_sentence_holds_what_a_cell_says() -> None:
    parsed = read("Geheim,marketing,Geheim,1,Geheim,Geheim,")

    assert "Geheim" not in parsed.bad[0].describe("en") + parsed.bad[0].describe("zh")


@pytest.mark.parametrize("content", [b"", b"\n\n  \n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(ImportEmptyError):
        parse(content, None)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ImportColumnsError, match="notice_version, evidence missing"):
        parse(b"subject_id,purpose,status,at,expires_at\n", None)


def test_a_repeated_column_is_refused() -> None:
    with pytest.raises(ImportColumnsError, match="stands twice"):
        parse(f"{HEADER},status\n".encode(), None)


def test_a_misspelt_kind_is_refused_rather_than_passed_over() -> None:
    with pytest.raises(ImportColumnsError, match="looks like `kind`"):
        parse(f"{HEADER},kinds\n".encode(), None)


@pytest.mark.parametrize("content", [b"\xff\xff\xff", HEADER.encode() + b"\n\x81"])
def test_an_unreadable_encoding_is_refused(content: bytes) -> None:
    with pytest.raises(ImportEncodingError):
        parse(content, None)


@pytest.mark.parametrize("content", [b"PAR1 and nothing more", HEADER.encode() + b"\na\x00", b'"' + HEADER.encode()])
def test_a_damaged_file_is_refused(content: bytes) -> None:
    with pytest.raises(ImportBrokenError):
        parse(content, None)


def test_an_open_quotation_is_refused_with_its_line() -> None:
    with pytest.raises(ImportBrokenError, match="line 3"):
        read(GOOD, '"C2,marketing')


def test_parquet_is_read_with_its_own_types() -> None:
    table = pa.table(
        {
            "subject_id": [7, 8],
            "purpose": ["marketing", "marketing"],
            "status": ["granted", "withdrawn"],
            "notice_version": ["1", None],
            "at": pa.array([datetime(2026, 2, 1, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")),
            "expires_at": pa.array([None, None], pa.timestamp("us", "UTC")),
            "evidence": ["a", None],
        }
    )
    sink = io.BytesIO()
    pq.write_table(table, sink)

    first, second = parse(sink.getvalue(), None).events
    assert (first.subject_id, first.at) == ("7", datetime(2026, 2, 1, tzinfo=UTC))
    assert (second.status, second.notice_version) == ("withdrawn", None)


def test_parquet_instants_without_a_zone_are_bad_rows() -> None:
    names = HEADER.split(",")
    columns: dict[str, list[object]] = {name: ["x"] for name in names} | {"status": ["granted"], "expires_at": [""]}
    sink = io.BytesIO()
    pq.write_table(pa.table(columns | {"at": [datetime(2026, 2, 1)]}), sink)  # noqa: DTZ001 -- the fault under test

    assert parse(sink.getvalue(), None).bad[0].column == "at"


def test_a_file_is_read_from_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n")

    assert parse(file, None).events == parse(file.read_bytes(), None).events


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n")
    batches = Judge(None).batches(Intake(file))
    next(batches)
    file.write_text(f"{HEADER}\n{GOOD}\n{GOOD}\n")

    with pytest.raises(ImportChangedError):
        list(batches)


def test_many_bad_rows_are_counted_and_the_first_of_them_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consent.batches.LISTED", 2)
    judge = Judge(None)
    list(judge.batches(Intake("\n".join([HEADER, "C1", GOOD, "C2", "C3", GOOD.replace("granted", "yes")]).encode())))

    assert [bad.line for bad in judge.bad.listed] == [2, 4]
    assert {(column, en.split()[0]): n for (column, _, en), n in judge.bad.counts.items()} == {
        ("*", "1"): 3,
        ("status", "it"): 1,
    }
    assert judge.bad.count == 4
