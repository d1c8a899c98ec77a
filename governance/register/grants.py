"""Grants: who may see which fields in which form, for which purpose, until when."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select, update

from governance.register.model import Grant
from governance.register.tables import GrantRow


def _value(row: GrantRow) -> Grant:
    return Grant(
        id=row.id,
        holder_kind="person" if row.holder_kind == "person" else "role",
        holder=row.holder,
        purpose=row.purpose,
        dataset=row.dataset,
        forms=row.forms,
        expires_at=row.expires_at,
        origin=row.origin,  # type: ignore[arg-type]  # written by this module only
        created_at=row.created_at,
        request=row.request,
        case=row.case,
        approved_by=row.approved_by,
        revoked_at=row.revoked_at,
        max_uses=row.max_uses,
        uses=row.uses,
        ended_by=row.ended_by,
        replaced_by=row.replaced_by,
    )


def put_grant(session: Session, grant: Grant) -> bool:
    """Store a grant; tell whether that changed anything. A repeat of an equal grant changes nothing.

    Guarantee: what a person ended stays ended while its declaration stays the same.
    """
    found = session.get(GrantRow, grant.id)
    if found is not None:
        declared = (found.forms, found.expires_at) == (dict(grant.forms), grant.expires_at)
        if declared and (found.ended_by is not None or found.revoked_at == grant.revoked_at):
            return False
        found.forms, found.expires_at, found.revoked_at = dict(grant.forms), grant.expires_at, grant.revoked_at
        if found.replaced_by is not None:
            end_grant(session, found.replaced_by, grant.created_at, person=None)
        found.ended_by = found.replaced_by = None
        session.add(found)
        return True
    session.add(
        GrantRow(
            id=grant.id,
            holder_kind=grant.holder_kind,
            holder=grant.holder,
            purpose=grant.purpose,
            dataset=grant.dataset,
            forms=dict(grant.forms),
            expires_at=grant.expires_at,
            origin=grant.origin,
            request=grant.request,
            case=grant.case,
            approved_by=grant.approved_by,
            created_at=grant.created_at,
            revoked_at=grant.revoked_at,
            max_uses=grant.max_uses,
        )
    )
    return True


def grant_by_id(session: Session, grant_id: str) -> Grant | None:
    """Give one grant, or None."""
    row = session.get(GrantRow, grant_id)
    return None if row is None else _value(row)


def held_grants(session: Session, *, purpose: str, person: str, roles: Sequence[str]) -> tuple[Grant, ...]:
    """List the unrevoked grants of a person and their roles under one purpose, expired ones among them.

    Guarantee: a revoked grant is not among them. Expiry is the decision's to judge, which says so.
    """
    statement = select(GrantRow).where(
        GrantRow.purpose == purpose,
        col(GrantRow.revoked_at).is_(None),
        or_(
            (col(GrantRow.holder_kind) == "person") & (col(GrantRow.holder) == person),
            (col(GrantRow.holder_kind) == "role") & col(GrantRow.holder).in_(roles),
        ),
    )
    return tuple(_value(row) for row in session.exec(statement.order_by(col(GrantRow.id))).all())


def list_grants(session: Session, *, after: str = "", limit: int = 100) -> tuple[Grant, ...]:
    """List grants by id, a page at a time."""
    statement = select(GrantRow).where(col(GrantRow.id) > after).order_by(col(GrantRow.id)).limit(limit)
    return tuple(_value(row) for row in session.exec(statement).all())


def end_grant(
    session: Session, grant_id: str, at: datetime, *, person: str | None, replaced_by: str | None = None
) -> bool:
    """End a grant from an instant on; tell whether it was live.

    Args:
        person: who ended it; nobody where its declaration went.
        replaced_by: the grant that takes its place.
    """
    row = session.get(GrantRow, grant_id, with_for_update=True)
    if row is None or row.revoked_at is not None:
        return False
    row.revoked_at, row.ended_by, row.replaced_by = at, person, replaced_by
    session.add(row)
    return True


def take_use(session: Session, grant_ids: Sequence[str]) -> bool:
    """Count one read under each grant that is for a number of them; tell whether every one had a read left.

    Guarantee: of two reads at once, a last use serves one alone.
    """
    limited = select(GrantRow.id).where(col(GrantRow.id).in_(grant_ids), col(GrantRow.max_uses).is_not(None))
    for grant_id in sorted(session.exec(limited).all()):
        taken = session.exec(
            update(GrantRow)
            .where(col(GrantRow.id) == grant_id, col(GrantRow.uses) < col(GrantRow.max_uses))
            .values(uses=col(GrantRow.uses) + 1)
        )
        if taken.rowcount != 1:
            return False
    return True


def retire_world_grants(session: Session, keep: Sequence[str], at: datetime) -> tuple[str, ...]:
    """Revoke the world's grants that its newest file no longer names; give their ids."""
    statement = select(GrantRow).where(GrantRow.origin == "world", col(GrantRow.revoked_at).is_(None))
    gone = [row for row in session.exec(statement).all() if row.id not in keep]
    for row in gone:
        row.revoked_at = at
        session.add(row)
    narrowed = select(GrantRow).where(GrantRow.origin == "world", col(GrantRow.replaced_by).is_not(None))
    for row in session.exec(narrowed).all():
        if row.id not in keep and row.replaced_by is not None:
            end_grant(session, row.replaced_by, at, person=None)
    return tuple(row.id for row in gone)
