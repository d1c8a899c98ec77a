"""Record a decision or read: the entry, and the decision kept for explanation, in one transaction; then wait for it."""

import io
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

from sqlmodel import Session

from audit import Receipt, append, decision_digest
from classification.catalogue import labels
from governance import register
from governance.approval_errors import GrantUsedUpError
from governance.house import House
from governance.journeys.facts import Asked
from policies import Decision, Reason
from storage import new_id, unit_of_work

if TYPE_CHECKING:
    import pyarrow as pa

_UNKNOWN = "unknown"
_SHANGHAI = timezone(timedelta(hours=8))
EMERGENCY = "break-glass-"
"""How the ids of grants of emergency access begin."""
READS = frozenset({"data.read", "data.view", "data.lookup", "data.export"})
"""The kinds of entry under which data is shown."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded decision; `body` is what `GET /decisions/{id}` answers."""

    id: str
    body: Mapping[str, object]
    receipt: Receipt


def decision_body(decisions: Mapping[str, Decision], reasons: tuple[Reason, ...]) -> dict[str, object]:
    """Give decisions as JSON: the form and reasons of each field, and what must be done."""
    return {
        "datasets": [
            {
                "dataset": dataset,
                "outcome": decision.outcome.value,
                "fields": [
                    {
                        "name": field.name,
                        "outcome": field.outcome.value,
                        "form": str(field.form) if field.form is not None else None,
                        "reasons": [reason_body(reason) for reason in field.reasons],
                    }
                    for field in decision.fields
                ],
                "consent": decision.obligations.consent.value,
                "min_cell": decision.obligations.min_cell,
                "policy_digest": decision.policy_digest,
                "rules_digest": decision.rules_digest,
                "bundle_digest": decision.bundle_digest,
            }
            for dataset, decision in decisions.items()
        ],
        "reasons": [reason_body(reason) for reason in reasons],
    }


def reason_body(reason: Reason) -> dict[str, str]:
    """Give a reason as JSON, in both languages."""
    return {
        "code": reason.code,
        "zh": reason.zh,
        "en": reason.en,
        "zh_next": reason.change("zh"),
        "en_next": reason.change("en"),
    }


def record(  # noqa: PLR0913 -- an entry has these parts
    house: House,
    asked: Asked,
    kind: str,
    outcome: str,
    decisions: Mapping[str, Decision],
    *,
    reasons: tuple[Reason, ...] = (),
    facts: Mapping[str, object] | None = None,
    subjects: tuple[str, ...] = (),
    kept: Mapping[str, object] | None = None,
    result: Callable[[], bytes] | None = None,
) -> Recorded:
    """Write what was decided, and done by it, into the log, and wait until it is durable.

    Args:
        facts: of the entry.
        subjects: pseudonyms of the people whose data was shown.
        result: what was shown, as bytes; an entry of emergency access holds its keyed digest.
        kept: what is kept beside the decision for its explanation, and is no part of the entry.

    Raises:
        NotarisationTimeoutError: it is not in time; nothing may be answered then.
        GrantUsedUpError: another read took the last use of a grant meanwhile; that stands in the log as a failed read.
    """
    used = grants_used(decisions)
    broken = [name.removeprefix(EMERGENCY) for name in used if name.startswith(EMERGENCY)] if kind in READS else []
    if broken:
        shown = house.keys.keyed_hash("emergency-result", result()).hex() if result is not None else None
        facts = {**(facts or {}), "break_glass": broken, "result_digest": shown}
        kept = {**(kept or {}), "break_glass": broken}
    with unit_of_work(house.engine) as session:
        _tell_mismatches(house, session)
        spent = outcome == "allow" and kind in READS and not register.take_use(session, used)
        body = _body(asked, "failed" if spent else outcome, decisions, reasons, kept)
        entry = _write(house, session, asked, kind, body, decisions, reasons=reasons, facts=facts, subjects=subjects)
        if outcome == "allow" and not spent and kind in READS:
            _count(session, asked, decisions)
    receipt = house.notarised(entry)
    if spent:
        raise GrantUsedUpError
    return Recorded(str(body["id"]), body, receipt)


def record_decisions(house: House, made: Sequence[tuple[Asked, Decision]]) -> list[Recorded]:
    """Write many decisions, each with an entry of its own, in one transaction; wait once until all are durable.

    Raises:
        NotarisationTimeoutError: they are not in time; nothing may be answered then.
    """
    written = []
    with unit_of_work(house.engine) as session:
        _tell_mismatches(house, session)
        for asked, one in made:
            decisions = {one.dataset: one}
            body = _body(asked, one.outcome.value, decisions, one.reasons, None)
            entry = _write(house, session, asked, "decision.made", body, decisions, reasons=one.reasons)
            written.append((body, entry))
    return [Recorded(str(body["id"]), body, house.notarised(entry)) for body, entry in written]


def _body(
    asked: Asked,
    outcome: str,
    decisions: Mapping[str, Decision],
    reasons: tuple[Reason, ...],
    kept: Mapping[str, object] | None,
) -> dict[str, object]:
    return decision_body(decisions, reasons) | {
        "id": new_id(asked.at),
        "outcome": outcome,
        "purpose": asked.purpose,
        "case": asked.case,
        "action": asked.around.action.value,
        "ticket": asked.around.ticket,
        "device": asked.around.device,
        "branch": asked.around.branch,
        "person": asked.caller.person_id,
        "at": asked.at.isoformat(),
        # The log is open to all, and the entry holds this body's digest: nobody may guess at case or reason by it.
        "salt": secrets.token_hex(16),
        **(kept or {}),
    }


def _write(  # noqa: PLR0913 -- an entry has these parts
    house: House,
    session: Session,
    asked: Asked,
    kind: str,
    body: Mapping[str, object],
    decisions: Mapping[str, Decision],
    *,
    reasons: tuple[Reason, ...],
    facts: Mapping[str, object] | None = None,
    subjects: tuple[str, ...] = (),
) -> str:
    """Append the entry and keep the decision; give the entry's id."""
    codes = [reason.code for reason in reasons]
    heard = {_heard(session, name): _forms(session, name, one) for name, one in decisions.items()}
    digest = decision_digest(body)
    person, outcome = asked.caller.person_id, str(body["outcome"])
    event = house.event(
        kind,
        person,
        str(body["id"]),
        outcome=outcome,
        purpose=_UNKNOWN if "purpose-unknown" in codes else asked.purpose,
        dataset=next(iter(heard)) if len(heard) == 1 else None,
        facts={
            "via": asked.caller.via,
            "reasons": codes,
            "datasets": heard,
            "decision_digest": digest,
            **(facts or {}),
        },
        subjects=subjects,
    )
    entry = append(session, event)
    register.add_decision(session, register.RecordedDecision(str(body["id"]), person, outcome, body, entry, asked.at))
    return entry


def _tell_mismatches(house: House, session: Session) -> None:
    """Make entries of the second decisions that failed since; each was refused, whoever asked."""
    while house.mismatches:
        found = house.mismatches.popleft()
        key = new_id(house.clock())
        facts = {"bundle": found.bundle, "dataset": _heard(session, found.dataset)}
        append(session, house.event("policy.mismatch", found.person, key, purpose=found.purpose, facts=facts))


def _count(session: Session, asked: Asked, decisions: Mapping[str, Decision]) -> None:
    """Count what was shown, for the person and for each of their roles."""
    caller = asked.caller
    holders = [("person", caller.person_id), *(("role", role) for role in caller.roles)]
    shown = [
        (dataset, field.name, str(field.form)) for dataset, decision in decisions.items() for field in decision.allowed
    ]
    register.count_uses(session, asked.at.astimezone(_SHANGHAI).date(), holders, str(asked.purpose), shown)


def grants_used(decisions: Mapping[str, Decision]) -> tuple[str, ...]:
    """Give the grants by which fields are shown."""
    said = (
        dict(reason.values)["grant"]
        for decision in decisions.values()
        for field in decision.allowed
        for reason in field.reasons
        if reason.code == "granted"
    )
    return tuple(dict.fromkeys(said))


def _heard(session: Session, dataset: str) -> str:
    # What somebody wrote after FROM may be anything, a person's number among it: only known names reach the log.
    known = register.dataset(session, dataset) is not None or labels(session, dataset)
    return dataset if known else _UNKNOWN


def _forms(session: Session, dataset: str, decision: Decision) -> dict[str, str]:
    """Give what became of each field; names that stand in no catalogue and no grant are told as unknown."""
    known = {label.field for label in labels(session, dataset)}
    return {
        field.name if field.name in known or field.form else _UNKNOWN: str(field.form)
        if field.form
        else field.outcome.value
        for field in decision.fields
    }


def table_bytes(*tables: "pa.Table") -> bytes:
    """Give rows as bytes, for a digest of what was shown."""
    import pyarrow as pa  # noqa: PLC0415 -- only for reads in an emergency

    sink = io.BytesIO()
    for table in tables:
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
    return sink.getvalue()
