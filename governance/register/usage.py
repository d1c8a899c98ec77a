"""What is really read: counts by day, holder, purpose, data set, field and form, written with each read's record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import tuple_
from sqlmodel import Session, col, func, select

from governance.register.tables import UsageRow

Holder = tuple[str, str]
"""Kind (`person` or `role`) and id."""


@dataclass(frozen=True, slots=True)
class Use:
    """How often a holder was shown a field in a form within a stretch of days."""

    holder: Holder
    purpose: str
    dataset: str
    field: str
    form: str
    reads: int


def count_uses(
    session: Session, day: date, holders: Iterable[Holder], purpose: str, shown: Iterable[tuple[str, str, str]]
) -> None:
    """Count one read of each shown field (data set, field, form) for each holder."""
    rows = [
        {
            "day": day,
            "holder_kind": kind,
            "holder": holder,
            "purpose": purpose,
            "dataset": dataset,
            "field": field,
            "form": form,
            "reads": 1,
        }
        # In one order everywhere: two reads at once then wait for each other and never in a circle.
        for kind, holder in sorted(set(holders))
        for dataset, field, form in sorted(set(shown))
    ]
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 -- an embedded database never needs it
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # noqa: PLC0415 -- likewise
    statement = insert(UsageRow)
    keys = ["day", "holder_kind", "holder", "purpose", "dataset", "field", "form"]
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=keys, set_={"reads": UsageRow.__table__.c.reads + 1}),  # type: ignore[attr-defined]  # SQLModel's table
        rows,
    )


def first_use(session: Session) -> date | None:
    """Give the day from which uses are counted at all."""
    return session.exec(select(func.min(UsageRow.day))).one()


def uses_since(
    session: Session,
    day: date,
    *,
    purpose: str | None = None,
    dataset: str | None = None,
    holders: Sequence[Holder] | None = None,
) -> tuple[Use, ...]:
    """Sum the counts from a day on; filters that are absent take everything."""
    parts = (
        UsageRow.holder_kind,
        UsageRow.holder,
        UsageRow.purpose,
        UsageRow.dataset,
        UsageRow.field,
        UsageRow.form,
    )
    statement = select(*parts, func.sum(UsageRow.reads)).where(col(UsageRow.day) >= day).group_by(*map(col, parts))  # type: ignore[call-overload]  # SQLModel types four columns
    if purpose is not None:
        statement = statement.where(UsageRow.purpose == purpose)
    if dataset is not None:
        statement = statement.where(UsageRow.dataset == dataset)
    if holders is not None:
        statement = statement.where(tuple_(col(UsageRow.holder_kind), col(UsageRow.holder)).in_(list(holders)))
    return tuple(
        Use((kind, holder), purpose_id, dataset_id, name, form, int(reads))
        for kind, holder, purpose_id, dataset_id, name, form, reads in session.exec(statement).all()
    )
