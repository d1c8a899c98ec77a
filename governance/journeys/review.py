"""Review of a field's label: confirm what was found, or override it with a reason.

One transaction and one entry each. The entry holds ids, categories and tiers; the reason stands there by its digest.
A tier of 4 or more is never confirmed in bulk: whoever decides it looks at it.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from sqlmodel import Session

from audit import append
from classification import load_tier_policy
from classification.reviews import FieldFilter, FieldState, decide_field, field_state, field_states
from governance.errors import FieldDecidedError, InputInvalidError, NotFoundError, StaleVersionError
from governance.house import House
from governance.identity import Caller
from governance.journeys.sight import Right, require
from policies.vocabulary import Tier
from storage import canonical_json, new_id, read_only, unit_of_work
from storage.errors import Said

BULK_BELOW = 4
BULK_MOST = 200
REASON_CHARACTERS = 2_000
Skip = Literal["tier", "decided", "unknown"]


@dataclass(frozen=True, slots=True)
class Override:
    """What a person decides instead of what was found."""

    category: str | None
    tier: int
    reason: str


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What a bulk confirmation would do: which fields it takes, and which it leaves, each with why."""

    confirmed: tuple[FieldState, ...]
    skipped: tuple[tuple[str, Skip], ...]


def id_of_field(dataset: str, field: str) -> str:
    """Give a field's id: opaque to clients, the same for as long as dataset and field bear their names."""
    return urlsafe_b64encode(canonical_json([dataset, field]).encode()).decode().rstrip("=")


def names_of(field_id: str) -> tuple[str, str]:
    """Give dataset and field of an id.

    Raises:
        NotFoundError: it is no field's id.
    """
    try:
        dataset, field = json.loads(urlsafe_b64decode(field_id + "=" * (-len(field_id) % 4)))
        if id_of_field(str(dataset), str(field)) == field_id:
            return str(dataset), str(field)
    except (ValueError, TypeError):
        pass
    raise NotFoundError(kind="field", id=field_id)


def field_by_id(session: Session, field_id: str, *, lock: bool = False) -> FieldState:
    """Give the field of an id.

    Raises:
        NotFoundError: the catalogue holds none.
    """
    found = field_state(session, *names_of(field_id), lock=lock)
    if found is None:
        raise NotFoundError(kind="field", id=field_id)
    return found


def confirm_field(
    house: House, caller: Caller, field_id: str, *, reason: str = "", version: str | None = None
) -> FieldState:
    """Stand behind the label as it is.

    Raises:
        WrongRoleError: the caller reviews no fields.
        NotFoundError: there is no such field.
        StaleVersionError: it changed since `version`.
        FieldDecidedError: a person decided it before; only an override changes that.
    """
    require(caller, Right.REVIEW_FIELDS)
    with unit_of_work(house.engine) as session:
        state = _current(session, field_id, version)
        if state.is_decided:
            raise FieldDecidedError(id=f"{state.dataset}.{state.name}")
        decided = _confirm(house, session, caller, state, reason)
        placed = _record(house, session, caller, "confirmed", [(state, decided)], reason)
    house.notarised(placed)
    return decided


def override_field(
    house: House, caller: Caller, field_id: str, override: Override, *, version: str | None = None
) -> FieldState:
    """Put a person's category and tier in place of what was found; the only way in which a tier falls.

    Raises:
        WrongRoleError, NotFoundError, StaleVersionError: as for confirming.
        UnknownCategoryError, TierInvalidError: nobody defined them.
        InputInvalidError: no reason was field_id, or nothing would change.
    """
    require(caller, Right.REVIEW_FIELDS)
    reason = override.reason.strip()
    if not reason or len(reason) > REASON_CHARACTERS:
        raise InputInvalidError(
            name="reason",
            reason=Said(
                f"改判须写明理由，至多 {REASON_CHARACTERS} 个字符",
                f"an override says why, in at most {REASON_CHARACTERS} characters",
            ),
        )
    tier = load_tier_policy().check(override.category, override.tier)
    with unit_of_work(house.engine) as session:
        state = _current(session, field_id, version)
        if (state.label.category, state.label.tier) == (override.category, tier):
            raise InputInvalidError(
                name="tier",
                reason=Said(
                    "类别与级别已是如此，请直接确认", "category and tier stand so already; confirm them instead"
                ),
            )
        decided = decide_field(
            session,
            state,
            category=override.category,
            tier=tier,
            person=caller.person_id,
            at=house.clock(),
            reason=reason,
            confirmed=False,
        )
        placed = _record(house, session, caller, "overridden", [(state, decided)], reason)
    house.notarised(placed)
    return decided


def plan_bulk(session: Session, ids: Sequence[str], *, lock: bool = False) -> BulkPlan:
    """Give what confirming all these fields at once would do; nothing is changed."""
    taken: list[FieldState] = []
    skipped: list[tuple[str, Skip]] = []
    for field_id in dict.fromkeys(ids):
        try:
            state = field_by_id(session, field_id, lock=lock)
        except NotFoundError:
            skipped.append((field_id, "unknown"))
            continue
        why = _why_not(state)
        if why:
            skipped.append((field_id, why))
        else:
            taken.append(state)
    return BulkPlan(tuple(taken), tuple(skipped))


def confirm_fields(house: House, caller: Caller, ids: Sequence[str], *, reason: str = "") -> BulkPlan:
    """Confirm several fields in one transaction and one entry; what may not be done in bulk is left as it is.

    Raises:
        WrongRoleError: the caller reviews no fields.
        InputInvalidError: none of them may be confirmed in bulk, or too many were named.
    """
    require(caller, Right.REVIEW_FIELDS)
    if len(ids) > BULK_MOST:
        raise InputInvalidError(name="fields", reason=Said(f"一次至多 {BULK_MOST} 个", f"at most {BULK_MOST} at once"))
    with unit_of_work(house.engine) as session:
        plan = plan_bulk(session, ids, lock=True)
        if not plan.confirmed:
            raise InputInvalidError(
                name="fields", reason=Said("其中没有可以批量确认的", "none of them may be confirmed in bulk")
            )
        done = [(state, _confirm(house, session, caller, state, reason)) for state in plan.confirmed]
        placed = _record(house, session, caller, "confirmed", done, reason)
    house.notarised(placed)
    return plan


def waiting_fields(session: Session) -> tuple[FieldState, ...]:
    """List the fields in review, the greatest expected loss first."""
    return field_states(session, FieldFilter(status="review"))


def following_field(house: House, field_id: str) -> str | None:
    """Give the field that waits after this one, else the first that waits, or None."""
    with read_only(house.engine) as session:
        ids = [id_of_field(state.dataset, state.name) for state in waiting_fields(session)]
    after = ids[ids.index(field_id) + 1 :] if field_id in ids else []
    return next(iter([*after, *(one for one in ids if one != field_id)]), None)


def _why_not(state: FieldState) -> Skip | None:
    if state.is_decided:
        return "decided"
    return "tier" if int(state.label.tier) >= BULK_BELOW else None


def _current(session: Session, field_id: str, version: str | None) -> FieldState:
    state = field_by_id(session, field_id, lock=True)
    if version is not None and version != state.version:
        raise StaleVersionError(id=f"{state.dataset}.{state.name}")
    return state


def _confirm(house: House, session: Session, caller: Caller, state: FieldState, reason: str) -> FieldState:
    return decide_field(
        session,
        state,
        category=state.label.category,
        tier=Tier(state.label.tier),
        person=caller.person_id,
        at=house.clock(),
        reason=reason.strip()[:REASON_CHARACTERS],
        confirmed=True,
    )


def _record(
    house: House,
    session: Session,
    caller: Caller,
    act: str,
    done: Sequence[tuple[FieldState, FieldState]],
    reason: str,
) -> str:
    datasets = {state.dataset for state, _ in done}
    event = house.event(
        "field.reviewed",
        caller.person_id,
        new_id(house.clock()),
        dataset=next(iter(datasets)) if len(datasets) == 1 else None,
        facts={
            "act": act,
            "count": len(done),
            "via": caller.via,
            "fields": [
                {
                    "field": id_of_field(before.dataset, before.name),
                    "category": [before.label.category, after.label.category],
                    "tier": [int(before.label.tier), int(after.label.tier)],
                }
                for before, after in done
            ],
            "lowered": sum(after.label.tier < before.label.tier for before, after in done),
            "reason_digest": sha256(reason.strip().encode()).hexdigest() if reason.strip() else None,
        },
    )
    return append(session, event)
