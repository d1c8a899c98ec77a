"""Find at most one person by a key that a caller on the phone names: exact, with a reason, at a walking pace.

The key itself is compared by its keyed digest and is part of no entry, error or answer. A hit and a miss take the
same steps: decision, index, one statement, one entry.

Guarantee: never tells that somebody exists whose consent the purpose lacks; more than one person is told as such,
    without saying who.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Literal

from classification.catalogue import label_of
from consent import pseudonym
from governance import register
from governance.errors import AccessRefusedError, InputInvalidError, TooManyLookupsError
from governance.house import House
from governance.identity import Caller
from governance.journeys.facts import Asked, decide_dataset
from governance.journeys.one_person import case_is_theirs, consents, quoted, rows_of
from governance.journeys.preparation import Preparation
from governance.journeys.query import refusal
from governance.journeys.recording import Recorded, record, table_bytes
from governance.keyindex import KeyIndex
from governance.workers import Limits, QueryFailedError
from policies import NOWHERE, Circumstances, Decision, Outcome
from policies.lookups import is_key, normal_key, normal_key_sql, obstacle, text_sql
from policies.person import of_one_person, of_other_case, refuse_whole, subject_form
from policies.reasons import Reason, because
from policies.sql import GovernedTable
from policies.vocabulary import FormClass
from storage import canonical_json, read_only, unit_of_work
from storage.errors import Said

if TYPE_CHECKING:
    import pyarrow as pa

KIND = "data.lookup"
_LONGEST = 200
_ROWS = 20
_BUILDING = Limits(seconds=300.0, rows=2**31, memory_bytes=2**33)
_KNOWN_FORMS = frozenset({FormClass.RAW, FormClass.TOKENISED})

Found = Literal["one", "none", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked up, and why.

    Args:
        field: whose value is known.
        value: the key; never recorded.
        reason: the caller's own words, kept beside the decision.
    """

    dataset: str
    field: str
    value: str = dataclass_field(repr=False)
    reason: str = dataclass_field(repr=False)


@dataclass(frozen=True, slots=True)
class LookUp:
    """What came of it: the person's id in the form the grant allows, and their granted fields."""

    found: Found
    subject: str | None
    rows: "pa.Table"
    recorded: Recorded


def look_up(
    house: House,
    caller: Caller,
    wish: Wish,
    *,
    purpose: str | None,
    case: str | None = None,
    around: Circumstances = NOWHERE,
) -> LookUp:
    """Look one person up.

    Raises:
        InputInvalidError: no reason, or no key.
        AccessRefusedError: the purpose may not look up by this field; recorded.
        TooManyLookupsError: the hour's look-ups are used up; recorded.
        QueryFailedError: a limit or a run-time failure; recorded.
        NotarisationTimeoutError: the entry was not durable in time; nothing is answered.
    """
    key = _checked(wish)
    asked = Asked(caller=caller, purpose=purpose or None, case=case or None, at=house.clock(), around=around)
    with read_only(house.engine) as session:
        label = label_of(session, wish.dataset, wish.field)
        decision = decide_dataset(session, house, asked, wish.dataset)
    searching = _Searching(house, asked, wish, key, decision)
    stop = searching.stop(label.entity_types if label else (), label.category if label else None)
    if stop is not None:
        raise searching.refused(stop)
    searching.take_turn()
    try:
        return searching.search()
    except QueryFailedError:
        searching.note("failed", decision)
        raise


def _checked(wish: Wish) -> str:
    if not wish.reason.strip() or len(wish.reason) > _LONGEST:
        raise InputInvalidError(
            name="reason",
            reason=Said(f"应为 1 至 {_LONGEST} 个字符，写明原因", f"1 to {_LONGEST} characters, saying why"),
        )
    key = normal_key(wish.value) if len(wish.value) <= _LONGEST else ""
    if not key:
        raise InputInvalidError(
            name="value",
            reason=Said(f"应为 1 至 {_LONGEST} 个字符，不能全为空白", f"1 to {_LONGEST} characters that are not blank"),
        )
    return key


@dataclass(frozen=True, slots=True)
class _Searching:
    """One look-up under way."""

    house: House
    asked: Asked
    wish: Wish
    key: str = dataclass_field(repr=False)
    decision: Decision

    def stop(self, entity_types: Sequence[str], category: str | None) -> Reason | None:
        """Give why this may not be looked up, or nothing."""
        if self.decision.outcome is not Outcome.ALLOW:
            return self.decision.reasons[0]
        if self.decision.obligations.subject_column is None:
            return because("subject-unknown", dataset=self.wish.dataset)
        return obstacle(self.decision, self.wish.field, key=is_key(entity_types, category))

    def refused(self, reason: Reason) -> AccessRefusedError:
        """Record a refusal; give the error that tells it."""
        told = replace(refuse_whole(self.decision, reason), outcome=reason.outcome, reasons=(reason,))
        return refusal(told, self.note(reason.outcome.value, told, reasons=(reason,)).id)

    def take_turn(self) -> None:
        """Count this look-up for the person and for the purpose.

        Raises:
            TooManyLookupsError: one of them has used up its hour; recorded.
        """
        settings = self.house.settings
        limits = {"person": settings.lookups_hourly, "purpose": settings.purpose_lookups_hourly}
        named = {"person": self.asked.caller.person_id, "purpose": str(self.asked.purpose)}
        scopes = {
            self.house.keys.keyed_hash("lookup-pace", canonical_json([kind, named[kind]]).encode()).hex(): hourly
            for kind, hourly in limits.items()
        }
        with unit_of_work(self.house.engine) as session:
            seconds = register.take_turn(session, scopes, self.asked.at)
        if seconds:
            self.note("deny", self.decision, facts={"throttled": True})
            raise TooManyLookupsError(seconds=seconds)

    def search(self) -> LookUp:
        """Find the person, read their fields, record both."""
        allowed = {self.wish.dataset: self.decision}
        tables = Preparation(self.house, self.asked, allowed)
        people = self._consenting(self._index(tables[self.wish.dataset]).people_of(self.key))
        # Nobody has this id: a miss reads like a hit, so that time tells nothing.
        person = people[0] if len(people) == 1 else secrets.token_hex(16)
        decision = self._bound_to_case(tables, person)
        rows = self._rows(decision, person)
        found: Found = "ambiguous" if len(people) > 1 else "one" if rows.num_rows else "none"
        recorded = self.note(
            Outcome.ALLOW.value,
            decision,
            facts={"found": found},
            subjects=(pseudonym(self.house.keys, person),) if found == "one" else (),
            rows=rows,
        )
        return LookUp(found, _subject_in(decision, rows), rows, recorded)

    def _index(self, table: GovernedTable) -> KeyIndex:
        workers = self.house.workers
        key, person = normal_key_sql(quoted(self.wish.field)), f"CAST({quoted(str(table.subject))} AS VARCHAR)"
        statement = f"SELECT {key} AS key, {person} AS person FROM {table.base}"
        return self.house.key_indexes.index(
            self.wish.dataset,
            self.wish.field,
            workers.version_of(table.base).partition(":")[0],
            self.house.keys.derive("lookup-index"),
            lambda: workers.run(statement, {table.base}, _BUILDING),
        )

    def _consenting(self, people: Sequence[str]) -> list[str]:
        with read_only(self.house.engine) as session:
            return [one for one in people if consents(session, self.house, self.asked, self.decision, one)]

    def _bound_to_case(self, tables: Preparation, person: str) -> Decision:
        decision = of_one_person(self.decision)
        case = self.asked.case
        if case is None or case_is_theirs(self.house, tables, {self.wish.dataset: self.decision}, case, person):
            return decision
        with read_only(self.house.engine) as session:
            asked = replace(self.asked, case=None)
            without = decide_dataset(session, self.house, asked, self.wish.dataset)
        return of_other_case(decision, of_one_person(without))

    def _rows(self, decision: Decision, person: str) -> "pa.Table":
        import pyarrow as pa  # noqa: PLC0415 -- loaded with the first look-up

        if decision.outcome is not Outcome.ALLOW:
            return pa.table({})
        table = Preparation(self.house, self.asked, {self.wish.dataset: decision})[self.wish.dataset]
        same = f"{normal_key_sql(quoted(self.wish.field))} = {text_sql(self.key)}"
        rows, _ = rows_of(self.house, table, person, limit=_ROWS, also=same)
        return rows

    def note(
        self,
        outcome: str,
        decision: Decision,
        *,
        reasons: tuple[Reason, ...] = (),
        facts: dict[str, object] | None = None,
        subjects: tuple[str, ...] = (),
        rows: "pa.Table | None" = None,
    ) -> Recorded:
        """Record what was done; of the key only its keyed digest, by which repeats are told."""
        spoken = canonical_json([self.wish.dataset, self.wish.field, self.key]).encode()
        digest = self.house.keys.keyed_hash("lookup-entry", spoken).hex()[:32]
        said = self.house.keys.keyed_hash("lookup-reason", self.wish.reason.encode()).hex()[:32]
        return record(
            self.house,
            self.asked,
            KIND,
            outcome,
            {self.wish.dataset: decision},
            reasons=reasons,
            facts={"key_digest": digest, "reason_digest": said, **(facts or {})},
            subjects=subjects,
            kept={"reason": self.wish.reason.strip(), "field": self.wish.field},
            result=None if rows is None else lambda: table_bytes(rows),
        )


def _subject_in(decision: Decision, rows: "pa.Table") -> str | None:
    form, column = subject_form(decision), decision.obligations.subject_column
    if form is None or form.form_class not in _KNOWN_FORMS or not rows.num_rows:
        return None
    return str(rows.column(column)[0].as_py())
