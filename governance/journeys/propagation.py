"""Tell subscribers of withdrawals until they acknowledge; prove each acknowledgement and each dead letter by an entry.

A message holds ids and no personal data beyond them: event, person's id, purpose, instant. It is signed, so that the
subscriber knows whom it comes from. In demo mode nothing is ever sent.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import consent
from audit import VerifierKey, append
from consent import propagation as outbox
from consent.people import is_storable
from consent.propagation import Delivery, Subscription
from governance.errors import InputInvalidError, NotFoundError
from governance.house import House
from governance.identity import Caller
from governance.journeys.sight import Right, require
from storage import canonical_json, new_id, read_only, unit_of_work
from storage.errors import Said

WORKING_DAYS = 15
"""What GB/T 35273 and the house allow for an answer to a person's wish; a subscription may state fewer."""

_AT_ONCE = 5
_SECONDS = 5.0
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Post = Callable[[str, bytes, dict[str, str]], int]
"""Sends a body with headers to an address and gives the HTTP status; 0 when nobody answers."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Who must hear of withdrawals, how many messages stand where, and those that need a person."""

    subscriptions: tuple[Subscription, ...]
    counts: dict[str, dict[str, int]]
    waiting: tuple[Delivery, ...]
    dead: tuple[Delivery, ...]
    is_sending: bool


def put_subscription(house: House, caller: Caller, wanted: Subscription) -> None:
    """Add or change a subscription; one entry.

    Raises:
        WrongRoleError: the caller's roles don't keep subscriptions.
        InputInvalidError: the id, the address or the number of days can't be used.
        NotFoundError: there is no such purpose.
    """
    require(caller, Right.KEEP_PROPAGATION)
    _check(wanted)
    with unit_of_work(house.engine) as session:
        if wanted.purpose is not None and wanted.purpose not in house.book(session).purposes:
            raise NotFoundError(kind="purpose", id=wanted.purpose)
        outbox.subscribe(session, wanted)
        facts = {
            "subscriber": wanted.id,
            "host": urlsplit(wanted.url).hostname,
            "working_days": wanted.working_days,
            "active": wanted.is_active,
        }
        event = house.event(
            "subscriber.changed", caller.person_id, new_id(wanted.at), purpose=wanted.purpose, facts=facts
        )
        entry = append(session, event)
    house.notarised(entry)


def overview(house: House, caller: Caller) -> Overview:
    """Give how far withdrawals have got.

    Raises:
        WrongRoleError: it is not for the caller.
    """
    require(caller, Right.SEE_PROPAGATION)
    with read_only(house.engine) as session:
        return Overview(
            outbox.subscriptions(session),
            {name: dict(states) for name, states in outbox.counts(session).items()},
            outbox.deliveries(session, state="waiting"),
            outbox.deliveries(session, state="dead"),
            is_sending=not house.settings.demo,
        )


def acknowledge(house: House, caller: Caller, subscriber: str, event_id: str) -> None:
    """Record that a subscriber confirmed a withdrawal by another way, a letter or a call; one entry.

    Raises:
        WrongRoleError: the caller's roles don't keep this.
        SubscriptionUnknownError: there is no such subscriber.
        NotFoundError: no message of that event to them is open.
    """
    require(caller, Right.KEEP_PROPAGATION)
    with read_only(house.engine) as session:
        outbox.subscription_of(session, subscriber)
        about = outbox.deliveries(session, event_id=event_id) if is_storable(event_id) else ()
    found = [one for one in about if one.subscription == subscriber and one.state != "acknowledged"]
    if not found:
        raise NotFoundError(kind="receipt", id=event_id)
    _settle(house, found[0], "acknowledged", caller.person_id)


def tell_withdrawals(house: House, post: Post | None = None) -> int:
    """Send what is due, once; give how many were acknowledged. Nothing is sent in demo mode."""
    if house.settings.demo:
        return 0
    at = house.clock()
    with read_only(house.engine) as session:
        due = outbox.deliveries(session, state="waiting", due=at, limit=_AT_ONCE)
        known = {one.id: one for one in outbox.subscriptions(session)} if due else {}
    return sum(_tell(house, one, known[one.subscription], at, post or _post) for one in due)


def webhook_vkey(house: House) -> VerifierKey:
    """Give the key with which a subscriber checks that a message is ours; it is the receipts' key."""
    public = consent.receipt_key(house.keys).public_key().public_bytes_raw()
    return VerifierKey(f"{house.settings.origin}/consent-receipts", public)


def _tell(house: House, one: Delivery, to: Subscription, at: datetime, post: Post) -> bool:
    if at >= one.due_at or not to.is_active:
        _settle(house, one, "dead", "service")
        return False
    body = canonical_json(message(one)).encode()
    signature = b64encode(consent.receipt_key(house.keys).sign(body)).decode()
    headers = {"Content-Type": "application/json", "Mingjing-Signature": f"ed25519={signature}"}
    if post(to.url, body, headers) == HTTPStatus.OK:
        _settle(house, one, "acknowledged", "service")
        return True
    with unit_of_work(house.engine) as session:
        outbox.put_off(session, one, at)
    return False


def message(one: Delivery) -> dict[str, str]:
    """Give what a subscriber is told: ids alone."""
    return {
        "type": "consent.withdrawn",
        "event": one.event_id,
        "subject_id": one.subject_id,
        "purpose": one.purpose,
        "withdrawn_at": one.withdrawn_at.isoformat(),
        "due_at": one.due_at.isoformat(),
    }


def _settle(house: House, one: Delivery, state: outbox.State, actor: str) -> None:
    kind = "consent.propagated" if state == "acknowledged" else "consent.propagation_failed"
    with unit_of_work(house.engine) as session:
        if not outbox.settle(session, [one], state):
            return
        event = house.event(
            kind,
            actor,
            canonical_json([kind, one.subscription, one.event_id]),
            purpose=one.purpose,
            facts={"subscriber": one.subscription, "event": one.event_id, "attempts": one.attempts + 1},
            subjects=(consent.pseudonym(house.keys, one.subject_id),),
        )
        entry = append(session, event)
    house.notarised(entry)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    import httpx  # noqa: PLC0415 -- only where something is to be told

    try:
        # No redirects and no proxies of the environment: the address is the one that a steward declared.
        answer = httpx.post(url, content=body, headers=headers, timeout=_SECONDS, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL):
        return 0
    return answer.status_code


def _check(wanted: Subscription) -> None:
    if not _ID.fullmatch(wanted.id):
        raise InputInvalidError(
            name="id", reason=Said("只能含小写字母、数字、- 与 _", "it may hold small letters, digits, - and _")
        )
    if not 1 <= wanted.working_days <= WORKING_DAYS:
        raise InputInvalidError(
            name="working_days", reason=Said(f"应为 1 至 {WORKING_DAYS}", f"it must be 1 to {WORKING_DAYS}")
        )
    try:
        parts = urlsplit(wanted.url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    except ValueError:
        safe = False
    if not safe or parts.username or parts.password or not parts.hostname:
        raise InputInvalidError(
            name="url", reason=Said("应为不含口令的 https 地址", "it must be an https address without a password")
        )


def overview_document(found: Overview) -> dict[str, Any]:
    """Give the overview as JSON, the same for the API and the command line."""
    return {
        "sending": found.is_sending,
        "subscribers": [
            {
                "id": one.id,
                "name": one.name,
                "url": one.url,
                "purpose": one.purpose,
                "working_days": one.working_days,
                "active": one.is_active,
                "messages": {"waiting": 0, "acknowledged": 0, "dead": 0} | found.counts.get(one.id, {}),
            }
            for one in found.subscriptions
        ],
        "waiting": [_open(one) for one in found.waiting],
        "dead": [_open(one) for one in found.dead],
    }


def _open(one: Delivery) -> dict[str, Any]:
    return {
        "subscriber": one.subscription,
        "event": one.event_id,
        "purpose": one.purpose,
        "withdrawn_at": one.withdrawn_at.isoformat(),
        "due_at": one.due_at.isoformat(),
        "attempts": one.attempts,
    }
