"""The store of people and roles.

Putting is idempotent: the same declaration twice changes nothing, so that `apply` can print what changed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from governance.identity.errors import PersonUnknownError, RoleUnknownError
from governance.identity.model import Caller, Change, Person, Role, Via
from governance.identity.tables import PersonRow, RoleHoldingRow, RoleRow


class _Wanted(NamedTuple):
    name: str
    external_id: str
    is_active: bool
    branch: str | None
    devices: list[str] | None


def put_role(session: Session, role_id: str, purposes: Sequence[str]) -> Change:
    """Define a role by the purposes its holders may state."""
    wanted = sorted(set(purposes))
    row = session.get(RoleRow, role_id)
    if row is None:
        session.add(RoleRow(id=role_id, purposes=wanted))
        session.flush()
        return "added"
    if row.purposes == wanted:
        return "same"
    row.purposes = wanted
    session.flush()
    return "changed"


def put_person(  # noqa: PLR0913 -- a person has these parts
    session: Session,
    person_id: str,
    *,
    name: str,
    roles: Sequence[str],
    now: datetime,
    external_id: str | None = None,
    is_active: bool = True,
    branch: str | None = None,
    devices: Sequence[str] = (),
) -> Change:
    """Declare a person with exactly these roles.

    `external_id` is what single sign-on calls them (`sub` or e-mail); their own id when absent. `branch` and `devices`
    are what access policies may ask for.

    Raises:
        RoleUnknownError: a role was never defined.

    Guarantee: deactivating a person, or taking a role away, ends their console sessions.
    """
    wanted = _Wanted(name, external_id or person_id, is_active, branch, sorted(set(devices)) or None)
    row = session.get(PersonRow, person_id)
    if row is None:
        row = PersonRow(id=person_id, session_epoch=1, created_at=now, **wanted._asdict())
        session.add(row)
        session.flush()
        _hold(session, person_id, roles, now)
        return "added"
    found = _Wanted(row.name, row.external_id, row.is_active, row.branch, row.devices)
    held = _hold(session, person_id, roles, now)
    if found == wanted and held == "same":
        return "same"
    if held == "lost" or (found.is_active and not is_active):
        row.session_epoch += 1
    row.name, row.external_id, row.is_active, row.branch, row.devices = wanted
    session.flush()
    return "changed"


def _hold(session: Session, person_id: str, roles: Sequence[str], now: datetime) -> str:
    """Bring the holdings to the wanted roles; gives `same`, `gained` or `lost`."""
    wanted = set(roles)
    live = session.exec(
        select(RoleHoldingRow).where(RoleHoldingRow.person_id == person_id, col(RoleHoldingRow.revoked_at).is_(None))
    ).all()
    held = {row.role_id for row in live}
    for role_id in sorted(wanted - held):
        if session.get(RoleRow, role_id) is None:
            raise RoleUnknownError(role=role_id)
        session.add(RoleHoldingRow(person_id=person_id, role_id=role_id, since_at=now))
    for row in live:
        if row.role_id not in wanted:
            row.revoked_at = now
    session.flush()
    if held - wanted:
        return "lost"
    return "gained" if wanted - held else "same"


def find_person(session: Session, person_id: str) -> Person:
    """Give a person.

    Raises:
        PersonUnknownError: nobody has this id.
    """
    row = session.get(PersonRow, person_id)
    if row is None:
        raise PersonUnknownError(person=person_id)
    return _person(session, row)


def person_by_external_id(session: Session, external_id: str) -> Person | None:
    """Give the active person whom single sign-on calls so, or None."""
    row = session.exec(select(PersonRow).where(PersonRow.external_id == external_id)).one_or_none()
    return _person(session, row) if row is not None and row.is_active else None


def list_people(session: Session) -> list[Person]:
    """Give all people, by id."""
    return [_person(session, row) for row in session.exec(select(PersonRow).order_by(col(PersonRow.id)))]


def list_roles(session: Session) -> list[Role]:
    """Give all roles, by id."""
    return [Role(row.id, tuple(row.purposes)) for row in session.exec(select(RoleRow).order_by(col(RoleRow.id)))]


def restrict(session: Session, person_id: str, now: datetime) -> Person:
    """Stop a person: their sessions end, and decisions see `restricted_at` (the answer of loss monitoring)."""
    row = _row(session, person_id)
    row.session_epoch += 1
    row.restricted_at = now
    session.flush()
    return _person(session, row)


def lift_restriction(session: Session, person_id: str) -> Person:
    """Let a restricted person work again; they sign in anew."""
    row = _row(session, person_id)
    row.restricted_at = None
    session.flush()
    return _person(session, row)


def caller_for(session: Session, person_id: str, via: Via) -> Caller:
    """Give the caller that a person is, with the purposes their roles may state.

    Raises:
        PersonUnknownError: nobody has this id, or the person is no longer active.
    """
    person = find_person(session, person_id)
    if not person.is_active:
        raise PersonUnknownError(person=person_id)
    rows = session.exec(select(RoleRow).where(col(RoleRow.id).in_(person.roles))).all()
    purposes = tuple(sorted({purpose for row in rows for purpose in row.purposes}))
    return Caller(
        person.id, person.name, person.roles, purposes, via, person.session_epoch, person.branch, person.devices
    )


def _row(session: Session, person_id: str) -> PersonRow:
    row = session.get(PersonRow, person_id, with_for_update=True)
    if row is None:
        raise PersonUnknownError(person=person_id)
    return row


def _person(session: Session, row: PersonRow) -> Person:
    held = select(RoleHoldingRow.role_id).where(
        RoleHoldingRow.person_id == row.id, col(RoleHoldingRow.revoked_at).is_(None)
    )
    roles = tuple(sorted(session.exec(held)))
    devices = tuple(row.devices or ())
    return Person(row.id, row.name, roles, row.is_active, row.session_epoch, row.restricted_at, row.branch, devices)
