"""Narrowing a grant to what is really read: first what it would change, then the narrower one in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlmodel import Session

from audit import append
from governance import register
from governance.errors import AlreadyDecidedError, InputInvalidError, NotFoundError, StaleVersionError
from governance.house import House
from governance.identity import Caller
from governance.journeys.drafts import Draft, narrowed
from governance.journeys.necessity import LOOKING_BACK_DAYS, Unused, unused_of
from governance.journeys.sight import Right, require
from governance.journeys.what_if import FLIPS, WhatIf, replay
from governance.register import Grant
from storage import canonical_json, new_id, read_only, unit_of_work
from storage.errors import Said


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What narrowing a grant would do; `digest` names exactly this, for the act to prove that it was looked at."""

    unused: Unused
    drop: tuple[str, ...]
    what_if: WhatIf

    @property
    def digest(self) -> str:
        """Give the SHA-256 of what was shown."""
        shown = {
            "grant": self.unused.grant.id,
            "drop": list(self.drop),
            "flips": {flip: self.what_if.count(flip) for flip in FLIPS},
            "people": {flip: self.what_if.people(flip) for flip in FLIPS},
        }
        return sha256(canonical_json(shown).encode()).hexdigest()

    @property
    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        return {
            **self.unused.document,
            "drop": list(self.drop),
            "keep": [name for name in self.unused.grant.forms if name not in self.drop],
            "what_if": self.what_if.document,
            "digest": self.digest,
        }


def plan_narrowing(
    house: House, caller: Caller, grant_id: str, fields: Sequence[str] | None = None, days: int = LOOKING_BACK_DAYS
) -> Narrowing:
    """Show what narrowing would do; `fields` None drops all that were not read in the last days. Nothing is changed.

    Raises:
        WrongRoleError: the caller does not watch over grants.
        NotFoundError: there is no such grant.
        AlreadyDecidedError: it has ended.
        InputInvalidError: nothing is unused, or the grant does not name a field, or nothing would be left.
    """
    require(caller, Right.SEE_GRANTS)
    with read_only(house.engine) as session:
        return _plan(house, session, grant_id, fields, days)


def narrow_grant(
    house: House,
    caller: Caller,
    grant_id: str,
    *,
    seen: str,
    reason: str,
    fields: Sequence[str] | None = None,
    days: int = LOOKING_BACK_DAYS,
) -> Grant:
    """Put the narrower grant in the old one's place, in one transaction.

    Args:
        seen: the digest of the plan that was looked at.

    Raises:
        WrongRoleError: the caller is no steward.
        StaleVersionError: it would do something else by now; look again.
        InputInvalidError: no reason was given; or as for the plan.
        NotFoundError, AlreadyDecidedError: as for the plan.
    """
    require(caller, Right.DECIDE_REQUESTS)
    if not reason.strip():
        raise InputInvalidError(name="reason", reason=Said("收窄授权须写明理由", "narrowing a grant says why"))
    with unit_of_work(house.engine) as session:
        plan = _plan(house, session, grant_id, fields, days)
        if plan.digest != seen:
            raise StaleVersionError(id=grant_id)
        at = house.clock()
        old = plan.unused.grant
        new = replace(
            narrowed(old, plan.drop), id=f"narrowed-{new_id(at)}", origin="narrowed", created_at=at, max_uses=_left(old)
        )
        register.put_grant(session, new)
        if not register.end_grant(session, old.id, at, person=caller.person_id, replaced_by=new.id):
            raise AlreadyDecidedError(id=grant_id, status="revoked")
        _follow(session, old, new)
        facts: Mapping[str, object] = {
            "grant": old.id,
            "narrowed": new.id,
            "dropped": list(plan.drop),
            "what_if": {flip: plan.what_if.count(flip) for flip in FLIPS},
        }
        event = house.event(
            "grant.narrowed", caller.person_id, new.id, purpose=new.purpose, dataset=new.dataset, facts=facts
        )
        placed = append(session, event)
    house.notarised(placed)
    return new


def _plan(house: House, session: Session, grant_id: str, fields: Sequence[str] | None, days: int) -> Narrowing:
    grant = register.grant_by_id(session, grant_id)
    if grant is None:
        raise NotFoundError(kind="grant", id=grant_id)
    at = house.clock()
    if grant.revoked_at is not None or (grant.expires_at is not None and grant.expires_at <= at):
        raise AlreadyDecidedError(id=grant_id, status="revoked")
    unused = unused_of(session, grant, at, days)
    drop = tuple(dict.fromkeys(fields)) if fields is not None else unused.unused
    if not drop:
        raise InputInvalidError(name="fields", reason=Said("没有未用字段", "no field of it is unused"))
    narrowed(grant, drop)
    return Narrowing(unused, drop, replay(house, session, Draft(narrow={grant.id: drop}), days))


def _left(grant: Grant) -> int | None:
    return None if grant.max_uses is None else max(0, grant.max_uses - grant.uses)


def _follow(session: Session, old: Grant, new: Grant) -> None:
    """Let the request that led to the old grant name the new one, so that ending the request ends it."""
    if old.request is None:
        return
    entry = register.request_by_id(session, old.request)
    register.change_request(session, replace(entry, grant=new.id, version=entry.version + 1))
