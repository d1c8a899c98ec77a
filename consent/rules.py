"""When a consent record counts: the newest one, granted, under a current notice, strong enough and not expired.

Pure rules. The ledger's query must agree with `fold` on any input; a property test holds it to that.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from consent.errors import EventInvalidError
from consent.model import KINDS, ConsentEvent, Kind

Verdict = Literal[
    "granted", "no_record", "withdrawn", "notice_not_current", "expired", "kind_too_weak", "not_yet", "not_guardian"
]
_RANK: dict[Kind, int] = {"none": 0, "general": 1, "separate": 2, "written": 3}
# Data of a child under 14 is sensitive (PIPL 28), so a guardian's consent is given as a separate one (PIPL 29, 31);
# it is not the written form that single laws demand.
_GUARDIAN_RANK = 2


@dataclass(frozen=True, slots=True)
class Need:
    """The consent that is needed.

    Args:
        required: the kind that is needed of this person now; for a child under 14 `guardian`.
        asked: the kind the purpose asks of anybody, which an unstated kind stands for; None means `required`, but
            an unstated kind is a guardian's only where the purpose itself asks for one.
    """

    required: Kind
    asked: Kind | None = None

    @property
    def sufficient(self) -> frozenset[Kind | None]:
        """Give the kinds that are at least what is needed; None is the unstated one.

        Order: none < general < separate < written; where a guardian is needed nobody else's word will do.
        """
        enough = {kind for kind in KINDS if _reaches(kind, self.required)}
        unstated = self.asked if self.asked is not None else self.required
        missing_guardian = self.required == "guardian" and self.asked != "guardian"
        if not missing_guardian and unstated in enough:
            return frozenset({None, *enough})
        return frozenset(enough)

    def is_guardian(self, kind: Kind | None) -> bool:
        """Tell whether a record is a guardian's; an unstated kind is one only where the purpose asks for that."""
        return (kind or self.asked) == "guardian"


def need(required: str, asked: str | None = None) -> Need:
    """Give a need from words; see `Need`.

    Raises:
        EventInvalidError: a word names no kind of consent.
    """
    return Need(_kind(required), None if asked is None else _kind(asked))


def _kind(word: str) -> Kind:
    found = next((kind for kind in KINDS if kind == word), None)
    if found is None:
        raise EventInvalidError(
            name="kind", zh=f"只能是 {'、'.join(KINDS)}", en=f"it must be one of {', '.join(KINDS)}"
        )
    return found


def _reaches(kind: Kind, required: Kind) -> bool:
    if "guardian" in {kind, required}:
        return kind == "guardian" and _RANK.get(required, _GUARDIAN_RANK) <= _GUARDIAN_RANK
    return _RANK[kind] >= _RANK[required]


def newest(events: Iterable[ConsentEvent], at: datetime) -> ConsentEvent | None:
    """Give the record that decides at an instant: the newest by `at`, of equals the later in the ledger."""
    begun = [event for event in events if event.at <= at]
    return max(begun, key=lambda event: (event.at, event.sequence), default=None)


def judge(event: ConsentEvent | None, current_versions: Collection[str], need: Need, at: datetime) -> Verdict:
    """Tell whether a person's deciding record counts, or why not; no record is no consent.

    Guarantee: `granted` only if every condition holds; the first that fails is named.
    """
    if event is None:
        return "no_record"
    if event.at > at:
        return "not_yet"
    if event.status != "granted":
        return "withdrawn"
    if event.expires_at is not None and event.expires_at <= at:
        return "expired"
    if event.notice_version is None or event.notice_version not in current_versions:
        return "notice_not_current"
    if event.kind not in need.sufficient:
        return "not_guardian" if need.required == "guardian" else "kind_too_weak"
    return "granted"


def fold(events: Iterable[ConsentEvent], current_versions: Collection[str], need: Need, at: datetime) -> frozenset[str]:
    """Give the subjects whose consent counts, from one purpose's events in any order."""
    by_subject: dict[str, list[ConsentEvent]] = {}
    for event in events:
        by_subject.setdefault(event.subject_id, []).append(event)
    return frozenset(
        subject
        for subject, own in by_subject.items()
        if judge(newest(own, at), current_versions, need, at) == "granted"
    )
