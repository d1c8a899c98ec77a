"""The outbox of withdrawals on both engines."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, inspect

from consent import withdraw
from consent.propagation import (
    Subscription,
    counts,
    deliveries,
    put_off,
    queue_withdrawals,
    settle,
    subscribe,
    subscriptions,
)
from storage import metadata, read_only, unit_of_work

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PARTNER = Subscription("p", "P", "https://p.example/w", None, 15, is_active=True, at=NOW)


def withdrawn(engine: Engine, who: str = "C1") -> None:
    with unit_of_work(engine) as session:
        event = withdraw(session, subject_id=who, purpose="marketing", at=NOW)
        queue_withdrawals(session, event.sequence, NOW)


def test_a_withdrawal_waits_for_each_subscriber_from_its_own_transaction_on(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        subscribe(session, PARTNER)
    withdrawn(engine)
    with read_only(engine) as session:
        (one,) = deliveries(session, state="waiting", due=NOW)

        assert (one.subscription, one.subject_id, one.next_at, one.attempts) == ("p", "C1", NOW, 0)
        assert one.due_at == datetime(2026, 3, 23, 1, tzinfo=UTC)
        assert subscriptions(session) == (PARTNER,)


def test_a_message_put_off_comes_later_and_a_settled_one_never(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        subscribe(session, PARTNER)
    withdrawn(engine)
    with unit_of_work(engine) as session:
        (one,) = deliveries(session)
        put_off(session, one, NOW)
    with unit_of_work(engine) as session:
        assert deliveries(session, due=NOW) == ()
        (again,) = deliveries(session, due=NOW + timedelta(minutes=1))
        assert settle(session, [again], "acknowledged") == (again,)
        assert settle(session, [again], "dead") == ()
    with read_only(engine) as session:
        assert counts(session) == {"p": {"acknowledged": 1}}


def test_the_migration_makes_the_tables_that_the_code_reads(engine: Engine) -> None:
    for name in ("consent_subscription", "consent_delivery"):
        declared = metadata().tables[name]
        made = {column["name"]: column["nullable"] for column in inspect(engine).get_columns(name)}

        assert made == {column.name: bool(column.nullable) for column in declared.columns}
