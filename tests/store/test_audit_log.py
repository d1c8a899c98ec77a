import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from audit import (
    Notary,
    append,
    consistency_proof,
    entry,
    events,
    head,
    inclusion_proof,
    latest_checkpoint,
    leaf_hash,
    read_entries,
    read_tile,
    receipts,
    verify_consistency,
    verify_inclusion,
)
from audit.canonical import draft
from audit.checkpoint import open_checkpoint
from audit.errors import NotInLogError, UnknownKindError
from audit.tiles import unpack_bundle
from storage import KeyRing, read_only, unit_of_work
from tests.audit_data import AT, ORIGIN, event, naive_root


@pytest.fixture
def notary(engine: Engine, keys: KeyRing, now: datetime) -> Iterator[Notary]:
    notary = Notary(engine, keys.log_key(), ORIGIN, lambda: now, poll_seconds=0.01, checkpoint_seconds=0.05)
    notary.start()
    yield notary
    notary.stop()


def bodies(engine: Engine) -> list[bytes]:
    with read_only(engine) as session:
        size = head(session).size
        return [
            body
            for index in range(0, size, 256)
            for body in unpack_bundle(read_entries(session, index // 256, min(256, size - index)))
        ]


def write(engine: Engine, key: str, **changes: object) -> str:
    with unit_of_work(engine) as session:
        return append(session, event(key, **changes))


def append_two(session: Session) -> None:
    """Append a good event, then fail as a journey might."""
    append(session, event("gone"))
    append(session, event("bad", kind="data.reed"))


def test_an_appended_event_gets_its_place_and_keeps_its_bytes(engine: Engine, notary: Notary) -> None:
    receipt = notary.wait(write(engine, "k-1"))

    assert (receipt.index, receipt.tree_size) == (0, 1)
    assert bodies(engine) == [draft(event("k-1"), receipt.entry_id).body]
    assert receipt.leaf_hash == leaf_hash(bodies(engine)[0])


def test_an_append_that_is_rolled_back_leaves_nothing(engine: Engine, notary: Notary) -> None:
    with pytest.raises(UnknownKindError), unit_of_work(engine) as session:
        append_two(session)
    notary.wait(write(engine, "kept"))

    with read_only(engine) as session:
        assert [found.event.key for found in events(session)] == ["kept"]
        assert session.connection().execute(text("SELECT count(*) FROM audit_pending")).scalar() == 0


def test_an_unknown_kind_is_refused_before_anything_is_written(engine: Engine) -> None:
    with pytest.raises(UnknownKindError), unit_of_work(engine) as session:
        append(session, event("k", kind="data.reed"))


def test_a_repeated_key_gives_the_first_entry(engine: Engine, notary: Notary) -> None:
    first = write(engine, "k-1")
    again = write(engine, "k-1", at=AT + timedelta(seconds=5), outcome="deny")
    elsewhere = write(engine, "k-1", source="other")

    assert again == first != elsewhere
    assert notary.wait(first).index == 0
    assert notary.wait(elsewhere).index == 1


def test_a_repeated_key_gives_the_first_receipt_when_recorded_directly(engine: Engine, notary: Notary) -> None:
    first = notary.record(event("k-1"))
    again = notary.record(event("k-1", outcome="deny"))
    after = notary.record(event("k-2"))

    assert (again.entry_id, again.index) == (first.entry_id, first.index)
    assert after.index == 1


def test_sixteen_threads_get_every_index_once_and_the_head_is_the_tree_of_the_rows(
    engine: Engine, notary: Notary
) -> None:
    start = threading.Barrier(16)

    def work(worker: int) -> list[int]:
        start.wait()
        by_outbox = [notary.wait(write(engine, f"o-{worker}-{turn}"), 30).index for turn in range(6)]
        return by_outbox + [notary.record(event(f"d-{worker}-{turn}"), 30).index for turn in range(14)]

    with ThreadPoolExecutor(16) as pool:
        found = [index for indices in pool.map(work, range(16)) for index in indices]

    assert sorted(found) == list(range(320))
    with read_only(engine) as session:
        assert head(session).size == 320
        assert head(session).root == naive_root(bodies(engine))


def test_entries_are_found_by_each_of_their_columns(engine: Engine, notary: Notary) -> None:
    write(engine, "a", actor="wu", subjects=("p-9", "p-9"))
    write(engine, "b", kind="consent.given", purpose="marketing", at=AT + timedelta(hours=1))
    notary.wait(write(engine, "c", dataset="claims.files", outcome="deny", purpose=None, subjects=()))

    def keys(**conditions: object) -> list[str]:
        with read_only(engine) as session:
            return [found.event.key for found in events(session, **conditions)]  # type: ignore[arg-type]  # each test's own

    assert keys(actor="wu") == ["a"]
    assert keys(kind="consent.given") == ["b"]
    assert keys(purpose="marketing") == ["b"]
    assert keys(dataset="claims.files") == keys(outcome="deny") == ["c"]
    assert keys(subject="p-9") == ["a"]
    assert keys(since=AT + timedelta(minutes=1)) == ["b"]
    assert keys(until=AT + timedelta(minutes=1), newest_first=True) == ["c", "a"]
    assert keys(after_index=0, limit=1) == ["b"]
    assert keys(before_index=2, newest_first=True) == ["b", "a"]


def test_an_entry_is_found_by_index_and_by_id(engine: Engine, notary: Notary) -> None:
    receipt = notary.record(event("k-1"))

    with read_only(engine) as session:
        assert entry(session, 0) == entry(session, receipt.entry_id)
        assert entry(session, 0).event == event("k-1")
        assert receipts(session, [receipt.entry_id, "none"]) == {receipt.entry_id: receipt}
        for nowhere in (1, -1, 2**64, "0" * 26):
            with pytest.raises(NotInLogError):
                entry(session, nowhere)


def test_entries_and_trees_of_any_size_prove_themselves_from_the_rows(engine: Engine, notary: Notary) -> None:
    with unit_of_work(engine) as session:
        for number in range(530):
            last = append(session, event(f"k-{number}"))
    notary.wait(last, 30)
    found = bodies(engine)

    with read_only(engine) as session:
        assert head(session).root == naive_root(found)
        for index, size in [(0, 1), (0, 530), (255, 256), (256, 530), (511, 512), (529, 530)]:
            proof = inclusion_proof(session, index, size)
            verify_inclusion(proof.leaf_hash, index, size, proof.path, naive_root(found[:size]))
        for old, new in [(1, 530), (256, 257), (300, 512), (530, 530)]:
            proof_of_growth = consistency_proof(session, old, new)
            verify_consistency(old, new, naive_root(found[:old]), naive_root(found[:new]), proof_of_growth)


def test_a_tile_is_served_at_any_width_it_ever_had_and_not_beyond(engine: Engine, notary: Notary) -> None:
    with unit_of_work(engine) as session:
        for number in range(260):
            last = append(session, event(f"k-{number}"))
    notary.wait(last, 30)

    with read_only(engine) as session:
        assert len(read_tile(session, 0, 0)) == 8192
        assert read_tile(session, 0, 0, 7) == read_tile(session, 0, 0)[: 7 * 32]
        assert len(read_tile(session, 1, 0, 1)) == 32
        assert len(unpack_bundle(read_entries(session, 1, 4))) == 4
        for beyond in [(0, 1, 5), (1, 0, 2), (2, 0, 1), (0, 9, 0)]:
            with pytest.raises(NotInLogError):
                read_tile(session, *beyond)
        with pytest.raises(NotInLogError):
            read_entries(session, 1, 5)


def test_no_proof_is_given_beyond_the_log(engine: Engine, notary: Notary) -> None:
    notary.record(event("k"))

    with read_only(engine) as session, pytest.raises(NotInLogError):
        inclusion_proof(session, 0, 2)


def test_stopping_signs_the_whole_log(engine: Engine, notary: Notary, now: datetime) -> None:
    notary.record(event("k-1"))
    notary.record(event("k-2"))
    notary.stop()

    with read_only(engine) as session:
        signed = latest_checkpoint(session)
        assert open_checkpoint(signed.note, notary.vkey) == signed.head == head(session)
        assert (signed.head.size, signed.signed_at, signed.vkey) == (2, now, str(notary.vkey))


def test_an_empty_log_has_no_head_before_a_notary_ran(engine: Engine) -> None:
    with read_only(engine) as session:
        with pytest.raises(NotInLogError):
            head(session)
        with pytest.raises(NotInLogError):
            latest_checkpoint(session)


CHANGES = [
    "UPDATE audit_entry SET body = body",
    "DELETE FROM audit_entry",
    "UPDATE audit_leaf SET actor = 'nobody'",
    "DELETE FROM audit_leaf",
    "UPDATE audit_node SET node_hash = node_hash",
    "DELETE FROM audit_subject",
    "UPDATE audit_checkpoint SET note = ''",
    "DELETE FROM audit_checkpoint",
    "UPDATE audit_head SET size = 0",
    "UPDATE audit_head SET origin = 'other'",
    "DELETE FROM audit_head",
]


def test_no_statement_changes_or_removes_what_was_sequenced(engine: Engine, notary: Notary) -> None:
    with unit_of_work(engine) as session:
        for number in range(256):
            last = append(session, event(f"k-{number}"))
    notary.wait(last, 30)
    notary.stop()

    for statement in CHANGES:
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.postgres
def test_postgresql_refuses_to_truncate_the_log(postgres_engine: Engine) -> None:
    with pytest.raises(DBAPIError), postgres_engine.begin() as connection:
        connection.execute(text("TRUNCATE audit_leaf"))
