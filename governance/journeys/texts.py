"""Free text: find, anonymise, restore. The entry holds counts and a keyed digest, never the text.

Restoring is access to data: it needs a purpose that the caller holds and that may see the type in clear, with a case
where the register wants one; what needs another person's approval is read through a grant, not out of a text.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit import append
from classification import (
    Choice,
    Restored,
    Span,
    analyse_text,
    operator_keys,
    parse_choice,
    put_in_place,
    restore,
    token_labels,
)
from classification.errors import LanguageUnknownError, TextInvalidError
from classification.operators import KEYED, TOKEN
from governance.errors import AccessRefusedError, InputInvalidError
from governance.house import House
from governance.identity import Caller
from policies import FormClass, PolicyBook, Purpose
from policies.reasons import Reason, because
from storage import new_id, read_only, unit_of_work

if TYPE_CHECKING:
    from classification import Operators, Recognisers

MOST_CHARACTERS = 2_000_000
# Chinese and English; mixed text is usual, and may be said to be so (`mul` and `und` are BCP 47's words for it).
LANGUAGES = ("zh", "en", "mixed", "mul", "und", "auto")


@dataclass(frozen=True, slots=True)
class Text:
    """One text as it was given."""

    id: object
    text: str
    language: str


def read_text(document: object) -> Text:
    """Read `{"id"?, "text", "language"?}`.

    Raises:
        InputInvalidError: there is no text.
        TextInvalidError: it is too long, or no valid Unicode.
        LanguageUnknownError: it is said to be in a language we do not read.
    """
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        raise InputInvalidError(name="text", reason="no text of type string under `text`")
    text = document["text"]
    if len(text) > MOST_CHARACTERS:
        longest = f"{len(text)} > {MOST_CHARACTERS}"
        raise TextInvalidError(zh=f"字符过多（{longest}），请分段", en=f"too many characters ({longest}); split it")
    half = next((at for at, character in enumerate(text) if "\ud800" <= character <= "\udfff"), None)
    if half is not None:
        raise TextInvalidError(zh=f"第 {half} 个字符是半个代理对", en=f"half of a surrogate pair at {half}")
    language = document.get("language") or LANGUAGES[0]
    if not isinstance(language, str) or language.lower().replace("_", "-").partition("-")[0] not in LANGUAGES:
        raise LanguageUnknownError(language=str(language)[:20])
    return Text(document.get("id"), text, "en" if language.lower().startswith("en") else "zh")


def analysed(given: Text, rules: "Recognisers") -> tuple[dict[str, Any], list[Span]]:
    """Give the answer of interface 2, `mingjing text`, and the spans in it."""
    spans = analyse_text(given.text, given.language, rules)
    found = [{"start": one.start, "end": one.end, "label": one.label, "score": one.score} for one in spans]
    return {"id": given.id, "spans": found}, spans


def anonymised(given: Text, rules: "Recognisers", choice: Choice, operators: "Operators") -> dict[str, Any]:
    """Give the same answer with the text, its mentions replaced as chosen.

    Raises:
        OperatorNeedsError: an operator that is used needs keys or a purpose.
    """
    answer, spans = analysed(given, rules)
    return answer | {"text": put_in_place(given.text, spans, choice, operators)}


def needs_keys(choice: Choice) -> bool:
    """Tell whether a choice works with the deployment's keys."""
    return bool(KEYED & choice.names)


def operators_for(house: House, choice: Choice, purpose: str | None) -> "Operators":
    """Give the operators of this deployment for a choice.

    Raises:
        InputInvalidError: tokens are wanted for a purpose that is not registered.
    """
    with read_only(house.engine) as session:
        book = house.book(session)
    if TOKEN in choice.names and purpose is not None and purpose not in book.purposes:
        raise InputInvalidError(name="purpose", reason=because("purpose-unknown", purpose=purpose).en)
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
