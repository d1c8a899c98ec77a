"""Free text: find, anonymise, restore. The entry holds counts and a keyed digest, never the text.

Restoring is access to data: it needs a purpose that the caller holds and that may see the type in clear, with a case
where the register wants one; what needs another person's approval is read through a grant, not out of a text.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from audit import append
from classification import (
    Choice,
    Restored,
    operator_keys,
    parse_choice,
    restore,
    token_labels,
)
from governance.errors import AccessRefusedError, InputInvalidError
from governance.house import House
from governance.identity import Caller
from governance.journeys.text_documents import Text, analysed, anonymised, read_text, require_purpose
from policies import FormClass, PolicyBook, Purpose
from policies.reasons import Reason, because
from storage import new_id, read_only, unit_of_work
from storage.errors import Said

if TYPE_CHECKING:
    from classification import Operators


def operators_for(house: House, choice: Choice, purpose: str | None) -> "Operators":
    """Give the operators of this deployment for a choice.

    Raises:
        OperatorNeedsError: tokens are wanted, and no purpose is stated.
        InputInvalidError: the stated purpose is not registered.
    """
    require_purpose(choice, purpose)
    with read_only(house.engine) as session:
        book = house.book(session)
    if purpose is not None and purpose not in book.purposes:  # whatever it is for, it stands in the log
        unknown = because("purpose-unknown", purpose=purpose)
        raise InputInvalidError(name="purpose", reason=Said(unknown.zh, unknown.en))
    keys = operator_keys(house.keys.derive, purpose)
    return house.texts.operators(house.clock().date(), book, keys)


def serve_analysis(house: House, caller: Caller, document: object) -> dict[str, Any]:
    """Answer one text's mentions, once the entry is durable."""
    given = read_text(document)
    answer, spans = analysed(given, house.texts.rules(house.clock().date()))
    note_texts(house, caller, "text.analysed", [given.text], Counter(span.label for span in spans))
    return answer


def serve_anonymised(
    house: House, caller: Caller, document: object, written: Iterable[str], purpose: str | None
) -> dict[str, Any]:
    """Answer one text anonymised, once the entry is durable."""
    given, rules = read_text(document), house.texts.rules(house.clock().date())
    choice = parse_choice(written, rules.text_labels)
    answer = anonymised(given, rules, choice, operators_for(house, choice, purpose))
    counts = Counter(str(span["label"]) for span in answer["spans"])
    note_anonymised(house, caller, [given.text], counts, choice, purpose)
    return answer


def note_anonymised(
    house: House, caller: Caller, texts: Iterable[str], counts: Mapping[str, int], choice: Choice, purpose: str | None
) -> None:
    """Write the entry for anonymised texts and wait until it is durable."""
    facts = {"operators": {"DEFAULT": choice.default, **choice.by_type}}
    note_texts(house, caller, "text.anonymised", texts, counts, purpose=purpose, facts=facts)


def serve_restored(
    house: House, caller: Caller, documents: Iterable[object], purpose: str | None, case: str | None
) -> list[dict[str, Any]]:
    """Open tokens, once the entry is durable: `{"id", "text", "restored", "kept", "foreign"}` for each text.

    Raises:
        AccessRefusedError: the purpose is missing or not the caller's, or may see none of the types in clear.
    """
    given = [read_text(document) for document in documents]
    with read_only(house.engine) as session:
        book = house.book(session)
    stop = _stop(book, caller, purpose)
    if stop is not None or purpose is None:
        raise _refused(house, caller, given, stop or because("purpose-missing"), purpose)
    reasons = _judged(house, book, book.purposes[purpose], given, case)
    allowed = [label for label, reason in reasons.items() if reason is None]
    closed = [reason for reason in reasons.values() if reason is not None]
    if closed and not allowed:
        raise _refused(house, caller, given, closed[0], purpose)
    keys = operator_keys(house.keys.derive, purpose)
    opened = [restore(one.text, allowed, keys) for one in given]
    counts = sum((Counter(one.opened) for one in opened), Counter[str]())
    facts = {"case": case is not None, "kept": sorted(label for label, reason in reasons.items() if reason)}
    texts = [one.text for one in given]
    note_texts(house, caller, "text.restored", texts, counts, purpose=purpose, facts=facts, outcome="allow")
    return [_restored(one, found) for one, found in zip(given, opened, strict=True)]


def _judged(
    house: House, book: PolicyBook, purpose: Purpose, given: Iterable[Text], case: str | None
) -> dict[str, Reason | None]:
    """Give, for every type that has tokens in the texts, why it stays closed; nothing where it may be opened."""
    entities = house.texts.rules(house.clock().date()).tiers.entities
    wanted = frozenset().union(*(token_labels(one.text) for one in given)) & entities.keys()
    return {label: _closed(book, purpose, label, entities[label].category, case) for label in sorted(wanted)}


def _restored(given: Text, found: Restored) -> dict[str, Any]:
    return {
        "id": given.id,
        "text": found.text,
        "restored": dict(found.opened),
        "kept": dict(found.closed),
        "foreign": found.foreign,
    }


def _stop(book: PolicyBook, caller: Caller, purpose: str | None) -> Reason | None:
    if not purpose:
        return because("purpose-missing")
    if purpose not in book.purposes:
        return because("purpose-unknown", purpose=purpose)
    return None if purpose in caller.purposes else because("purpose-not-held", purpose=purpose)


def _closed(book: PolicyBook, purpose: Purpose, label: str, category: str | None, case: str | None) -> Reason | None:
    """Give why a type may not be seen in clear under a purpose; nothing where it may."""
    if category in book.never:
        return because("category-never", field=label, category=str(category))
    if category is None or not purpose.matrix:
        return None
    allowance = purpose.allow.get(category)
    if allowance is None or allowance.form is not FormClass.RAW or allowance.approval:
        return because("category-not-in-purpose", field=label, category=category, purpose=purpose.id)
    if allowance.case and not (case and case.strip()):
        return because("case-needed", field=label, purpose=purpose.id)
    return None


def _refused(
    house: House, caller: Caller, given: Iterable[Text], reason: Reason, purpose: str | None
) -> AccessRefusedError:
    """Record a refusal and give the error that tells it."""
    known = purpose if purpose in house.shipped.purposes else None  # what somebody writes as a purpose may be anything
    texts = [one.text for one in given]
    receipt = note_texts(
        house, caller, "text.restored", texts, {}, purpose=known, facts={"reason": reason.code}, outcome="deny"
    )
    return AccessRefusedError(
        outcome="deny",
        code=reason.code,
        zh=reason.zh,
        en=reason.en,
        zh_next=reason.change("zh"),
        en_next=reason.change("en"),
        receipt=receipt,
    )


def note_texts(
    house: House,
    caller: Caller,
    kind: str,
    texts: Iterable[str],
    counts: Mapping[str, int],
    *,
    purpose: str | None = None,
    facts: Mapping[str, object] | None = None,
    outcome: str | None = None,
) -> str:
    """Write one entry for a batch of texts, wait until it is durable, and give its key.

    The digest is keyed: that of a short text, such as one telephone number, could otherwise be guessed.
    """
    digest, count, characters = hashlib.sha256(), 0, 0
    for text in texts:
        digest.update(hashlib.sha256(text.encode(errors="surrogatepass")).digest())
        count += 1
        characters += len(text)
    told: dict[str, object] = {
        "texts": count,
        "characters": characters,
        "mentions": dict(sorted(counts.items())),
        "digest": house.keys.keyed_hash("text-digest", digest.digest()).hex(),
        "via": caller.via,
        **(facts or {}),
    }
    key = new_id(house.clock())
    with unit_of_work(house.engine) as session:
        entry = append(session, house.event(kind, caller.person_id, key, purpose=purpose, facts=told, outcome=outcome))
    house.notarised(entry)
    return key
