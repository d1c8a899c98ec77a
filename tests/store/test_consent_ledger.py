import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine, UniqueConstraint, inspect
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from consent import (
    Notice,
    current_versions,
    event_of,
    give,
    import_rows,
    keep_receipt,
    kept_receipt,
    next_change_at,
    notices,
    publish,
    sequence,
    state_of,
    timeline,
    verdict_of,
    withdraw,
)
from consent.errors import (
    EventInvalidError,
    EventUnknownError,
    ImportRefusedError,
    NoticeChangedError,
    NoticeNotCurrentError,
)
from consent.receipts import Receipt
from consent.tables import ConsentEventRow, ConsentSubjectRow, NoticeRow, ReceiptRow
from storage import downgrade, metadata, migrate, read_only, unit_of_work

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HEADER = "subject_id,purpose,status,notice_version,at,expires_at,evidence,kind"
NOTICE = Notice("marketing", "1", "ab" * 32, current=True, at=NOW)


def a_notice(engine: Engine, version: str = "1", *, current: bool = True) -> None:
    with unit_of_work(engine) as session:
        publish(session, Notice("marketing", version, "ab" * 32, current=current, at=NOW))


def granted(engine: Engine, at: datetime = NOW, required: str = "general", asked: str | None = None) -> set[str]:
    with read_only(engine) as session:
        return set(state_of(session, "marketing", at, required, asked=asked).granted)


def take(engine: Engine, *lines: str, **options: Any) -> Any:
    with unit_of_work(engine) as session:
        return import_rows(session, "\n".join([HEADER, *lines]).encode(), recorded_at=NOW, **options)


def test_what_is_given_is_granted_until_it_is_withdrawn(engine: Engine) -> None:
    a_notice(engine)
    with unit_of_work(engine) as session:
        give(session, subject_id="C1", purpose="marketing", at=NOW, notice_version="1")
    assert granted(engine) == {"C1"}

    with unit_of_work(engine) as session:
        withdraw(session, subject_id="C1", purpose="marketing", at=NOW + DAY)

    assert granted(engine, NOW + DAY) == set()
    assert granted(engine, NOW) == {"C1"}


def test_at_one_instant_the_last_word_stands(engine: Engine) -> None:
    a_notice(engine)
    with unit_of_work(engine) as session:
        for _ in range(2):
            give(session, subject_id="C1", purpose="marketing", at=NOW, notice_version="1")
            withdraw(session, subject_id="C1", purpose="marketing", at=NOW)
        give(session, subject_id="C1", purpose="marketing", at=NOW, notice_version="1")

    assert granted(engine) == {"C1"}


def test_consent_needs_a_notice_in_force(engine: Engine) -> None:
    a_notice(engine, "old", current=False)

    with unit_of_work(engine) as session, pytest.raises(NoticeNotCurrentError):
        give(session, subject_id="C1", purpose="marketing", at=NOW, notice_version="old")


def test_withdrawal_needs_no_notice_and_no_consent(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        event = withdraw(session, subject_id="C1", purpose="anything", at=NOW)

    assert event.sequence == 1


@pytest.mark.parametrize(
    "change",
    [
        {"subject_id": " "},
        {"purpose": ""},
        {"kind": "verbal"},
        {"expires_at": NOW},
        {"at": datetime(2026, 3, 1)},  # noqa: DTZ001 -- the fault under test
        {"evidence": "e" * 2001},
    ],
)
def test_a_broken_event_is_refused(engine: Engine, change: dict[str, Any]) -> None:
    a_notice(engine)
    parts: dict[str, Any] = {"subject_id": "C1", "purpose": "marketing", "at": NOW, "notice_version": "1"}

    with unit_of_work(engine) as session, pytest.raises(EventInvalidError):
        give(session, **(parts | change))


def test_superseding_a_notice_ends_what_was_given_under_it(engine: Engine) -> None:
    a_notice(engine)
    take(engine, "C1,marketing,granted,1,2026-02-01T00:00:00Z,,,")
    before = granted(engine)

    a_notice(engine, "1", current=False)
    a_notice(engine, "2")

    assert (before, granted(engine)) == ({"C1"}, set())
    with read_only(engine) as session:
        assert current_versions(session, "marketing") == {"2"}
        assert [notice.version for notice in notices(session)] == ["1", "2"]


def test_a_published_text_never_changes(engine: Engine) -> None:
    a_notice(engine)

    with unit_of_work(engine) as session, pytest.raises(NoticeChangedError):
        publish(session, Notice("marketing", "1", "cd" * 32, current=True, at=NOW))


def test_publishing_the_same_again_changes_nothing(engine: Engine) -> None:
    a_notice(engine)
    with unit_of_work(engine) as session:
        changed = publish(session, Notice("marketing", "1", "ab" * 32, current=True, at=NOW + DAY))
        after = sequence(session)

    assert (changed, after) == (False, 1)


def test_events_and_notices_are_numbered_densely(engine: Engine) -> None:
    a_notice(engine)
    take(engine, *(f"C{i},marketing,granted,1,2026-02-01T00:00:00Z,,," for i in range(3)))
    a_notice(engine, "2")
    with unit_of_work(engine) as session:
        event = withdraw(session, subject_id="C1", purpose="marketing", at=NOW)
        known = [found.sequence for number in range(3) for found in timeline(session, f"C{number}")]

    assert sorted(known) == [2, 3, 4, 6]
    assert event.sequence == 6


def test_a_rolled_back_event_leaves_no_gap(engine: Engine) -> None:
    def write_and_fail() -> None:
        with unit_of_work(engine) as session:
            withdraw(session, subject_id="C1", purpose="marketing", at=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()

    with unit_of_work(engine) as session:
        assert withdraw(session, subject_id="C1", purpose="marketing", at=NOW).sequence == 1


def test_many_writers_at_once_leave_no_gap(engine: Engine) -> None:
    def write(name: str) -> None:
        for _ in range(5):
            with unit_of_work(engine) as session:
                withdraw(session, subject_id=name, purpose="marketing", at=NOW)

    threads = [threading.Thread(target=write, args=(f"C{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with read_only(engine) as session:
        found = sorted(event.sequence for number in range(4) for event in timeline(session, f"C{number}"))
    assert found == list(range(1, 21))


@pytest.mark.parametrize("table", ["consent_event", "consent_notice", "consent_receipt"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_nothing_recorded_can_be_changed_or_removed(engine: Engine, table: str, statement: str) -> None:
    a_notice(engine)
    with unit_of_work(engine) as session:
        give(session, subject_id="C1", purpose="marketing", at=NOW, notice_version="1")
        keep_receipt(session, Receipt("R1", {"a": 1}), NOW)

    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sql(statement.format(table)))
    with engine.connect() as connection:
        assert connection.execute(sql(f"SELECT count(*) FROM {table}")).scalar() == 1


def test_the_same_file_again_changes_nothing(engine: Engine) -> None:
    lines = ["C1,marketing,granted,1,2026-02-01T00:00:00Z,,,", "C2,marketing,granted,1,2026-02-01T00:00:00Z,,,"]
    first = take(engine, *lines)
    second = take(engine, *lines, "C3,marketing,granted,1,2026-02-01T00:00:00Z,,,")

    assert (first.added, first.unchanged) == (2, 0)
    assert (second.added, second.unchanged) == (1, 2)


def test_an_instant_in_another_zone_is_the_same_content(engine: Engine) -> None:
    take(engine, "C1,marketing,granted,1,2026-02-01T08:00:00+08:00,,,")

    assert take(engine, "C1,marketing,granted,1,2026-02-01T00:00:00Z,,,").unchanged == 1


def test_of_repeated_lines_the_last_place_decides(engine: Engine) -> None:
    a_notice(engine)
    grant = "C1,marketing,granted,1,2026-02-01T00:00:00Z,,,"
    report = take(engine, grant, grant.replace("granted", "withdrawn"), grant)

    assert (report.read, report.added, report.repeated) == (3, 2, 1)
    assert granted(engine) == {"C1"}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of two rows, so that a small file has many."""
    monkeypatch.setattr("consent.intake.STRETCH", 2)


GRANT = "C1,marketing,granted,1,2026-02-01T00:00:00Z,,,"


@pytest.mark.usefixtures("short")
def test_of_lines_repeated_far_apart_the_last_place_decides(engine: Engine) -> None:
    a_notice(engine)
    between = [GRANT.replace("C1", f"D{n}") for n in range(5)]
    report = take(engine, GRANT, *between, GRANT.replace("granted", "withdrawn"), GRANT)

    assert (report.read, report.added, report.repeated) == (8, 7, 1)
    assert "C1" in granted(engine)


@pytest.mark.usefixtures("short")
def test_a_longer_file_adds_what_is_new_and_leaves_no_gap(engine: Engine) -> None:
    lines = [GRANT.replace("C1", f"D{n}") for n in range(9)]
    take(engine, *lines[3:6])
    report = take(engine, *lines)
    with read_only(engine) as session:
        places = [event.sequence for n in range(9) for event in timeline(session, f"D{n}")]

    assert (report.added, report.unchanged) == (6, 3)
    assert sorted(places) == list(range(1, 10))


@pytest.mark.usefixtures("short")
def test_a_bad_row_late_in_a_file_takes_everything_back(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        with pytest.raises(ImportRefusedError) as caught:
            import_rows(session, "\n".join([HEADER, *[GRANT] * 5, "C2", GRANT, "C3"]).encode(), recorded_at=NOW)
        assert sequence(session) == 0
    assert [row.line for row in caught.value.rows] == [7, 9]


@pytest.mark.usefixtures("short")
def test_an_import_leaves_every_index_in_place(engine: Engine) -> None:
    before = inspect(engine).get_indexes("consent_event")
    take(engine, *(GRANT.replace("C1", f"D{n:0190}") for n in range(9)))

    assert inspect(engine).get_indexes("consent_event") == before


@pytest.mark.parametrize("at", ["2026-02-01T08:00:00+08:00", "2026-02-01T08:00:00.25+08:00"])
def test_imported_and_given_instants_are_kept_alike(engine: Engine, at: str) -> None:
    a_notice(engine)
    take(engine, f"C1,marketing,granted,1,{at},2027-02-01T00:00:00.000001Z,,")
    with unit_of_work(engine) as session:
        ends = datetime(2027, 2, 1, 0, 0, 0, 1, tzinfo=UTC)
        give(
            session,
            subject_id="C1",
            purpose="marketing",
            at=datetime.fromisoformat(at),
            notice_version="1",
            expires_at=ends,
            recorded_at=NOW,
        )
    with engine.connect() as connection:
        kept = connection.execute(sql("SELECT at, expires_at, recorded_at FROM consent_event")).all()

    assert len(kept) == 2
    assert kept[0] == kept[1]


def test_an_import_tells_what_proves_each_of_its_events(engine: Engine) -> None:
    a_notice(engine)
    take(engine, GRANT)
    report = take(engine, GRANT, GRANT.replace("C1", "C2"), GRANT.replace("C1", "C3"))
    with engine.connect() as connection:
        added = sql("SELECT digest FROM consent_event WHERE sequence >= :first ORDER BY sequence")
        digests = connection.execute(added, {"first": report.first}).scalars().all()

    assert len(digests) == report.added == 2
    assert report.events_digest == sha256("".join(digests).encode()).hexdigest()


def test_bad_rows_refuse_the_whole_file(engine: Engine) -> None:
    good = "C1,marketing,granted,1,2026-02-01T00:00:00Z,,,"

    with unit_of_work(engine) as session, pytest.raises(ImportRefusedError) as caught:
        import_rows(session, f"{HEADER}\n{good}\nC2\nC3\n".encode(), recorded_at=NOW)
    with read_only(engine) as session:
        assert sequence(session) == 0
    assert [row.line for row in caught.value.rows] == [3, 4]
    assert "第 3 行" in caught.value.detail("zh")
    assert "line 4" in caught.value.detail("en")


def test_valid_rows_alone_can_be_taken(engine: Engine) -> None:
    report = take(engine, "C1,marketing,granted,1,2026-02-01T00:00:00Z,,,", "C2", accept_valid=True)

    assert (report.added, [row.line for row in report.rejected]) == (1, [3])


def test_a_kind_too_weak_does_not_count(engine: Engine) -> None:
    a_notice(engine)
    kinds = ["general", "separate", "written", "guardian", ""]
    take(engine, *(f"{kind or 'unstated'},marketing,granted,1,2026-02-01T00:00:00Z,,,{kind}" for kind in kinds))

    assert granted(engine) == {"general", "separate", "written", "guardian", "unstated"}
    assert granted(engine, required="separate") == {"separate", "written", "guardian", "unstated"}
    assert granted(engine, required="separate", asked="general") == {"separate", "written", "guardian"}
    assert granted(engine, required="written") == {"written", "unstated"}
    assert granted(engine, required="guardian") == {"guardian"}
    assert granted(engine, required="guardian", asked="guardian") == {"guardian", "unstated"}


def test_guardians_are_told_apart(engine: Engine) -> None:
    a_notice(engine)
    take(
        engine,
        "C1,marketing,granted,1,2026-02-01T00:00:00Z,,,guardian",
        "C2,marketing,granted,1,2026-02-01T00:00:00Z,,,written",
    )

    with read_only(engine) as session:
        assert state_of(session, "marketing", NOW).guardian == {"C1"}


def test_a_record_dated_ahead_begins_by_itself(engine: Engine) -> None:
    a_notice(engine)
    take(engine, "C1,marketing,granted,1,2026-03-05T00:00:00Z,2026-03-07T00:00:00Z,,")
    begin, end = datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 7, tzinfo=UTC)

    with read_only(engine) as session:
        changes = [next_change_at(session, "marketing", at) for at in (NOW, begin, end)]
    assert changes == [begin, end, None]
    assert (granted(engine), granted(engine, begin), granted(engine, end)) == (set(), {"C1"}, set())


def test_purposes_do_not_mix(engine: Engine) -> None:
    a_notice(engine)
    take(engine, "C1,claims,granted,1,2026-02-01T00:00:00Z,,,")

    assert granted(engine) == set()


def test_a_verdict_says_why_not(engine: Engine) -> None:
    take(engine, "C1,marketing,granted,1,2026-02-01T00:00:00Z,,,")

    with read_only(engine) as session:
        assert verdict_of(session, "C1", "marketing", NOW) == "notice_not_current"
        assert verdict_of(session, "C9", "marketing", NOW) == "no_record"


def test_an_event_is_found_by_its_id_with_all_its_parts(engine: Engine) -> None:
    a_notice(engine)
    with unit_of_work(engine) as session:
        event = give(
            session,
            subject_id="C1",
            purpose="marketing",
            at=NOW,
            notice_version="1",
            kind="separate",
            expires_at=NOW + DAY,
            evidence="form-7",
            channel="app",
            operator="shen",
        )

    with read_only(engine) as session:
        assert event_of(session, event.id) == event
        assert timeline(session, "C1", "marketing") == (event,)
        with pytest.raises(EventUnknownError):
            event_of(session, "01NONE")


def test_a_kept_receipt_stays_as_it_was_signed(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        keep_receipt(session, Receipt("R1", {"a": 1}), NOW)
        keep_receipt(session, Receipt("R1", {"a": 2}), NOW)

    with read_only(engine) as session:
        kept = kept_receipt(session, "R1")
        assert kept is not None
        assert kept.document == {"a": 1}
        assert kept_receipt(session, "R2") is None


def test_the_migration_can_be_taken_back(engine: Engine) -> None:
    downgrade(engine, "0002")
    migrate(engine)

    a_notice(engine)


@pytest.mark.parametrize("text", ["C\x00", "\ud800"])
def test_a_text_that_no_database_holds_has_no_records(engine: Engine, text: str) -> None:
    with read_only(engine) as session:
        assert timeline(session, text) == ()
        with pytest.raises(EventUnknownError):
            event_of(session, text)


def test_the_migration_makes_the_tables_that_the_code_reads(engine: Engine) -> None:
    inspector = inspect(engine)
    for table in (ConsentEventRow, ConsentSubjectRow, NoticeRow, ReceiptRow):
        declared = metadata().tables[str(table.__tablename__)]
        made = {column["name"]: column["nullable"] for column in inspector.get_columns(declared.name)}
        assert made == {column.name: bool(column.nullable) for column in declared.columns}
        names = {
            index["name"] for index in inspector.get_indexes(declared.name) if not index.get("duplicates_constraint")
        }
        assert names >= {index.name for index in declared.indexes}
        unique = {tuple(found["column_names"]) for found in inspector.get_unique_constraints(declared.name)}
        assert unique == {
            tuple(column.name for column in rule.columns)
            for rule in declared.constraints
            if isinstance(rule, UniqueConstraint)
        }
