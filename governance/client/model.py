"""What the service answers, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Outcome = Literal["allow", "deny", "gap"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its stable code, the sentence and what would change it, in both languages."""

    code: str
    zh: str
    en: str
    zh_next: str
    en_next: str


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """What became of one field; `form` is nothing where it is refused."""

    name: str
    outcome: Outcome
    form: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where the decision stands in the log."""

    decision: str
    entry: str
    index: int
    leaf_hash: str
    tree_size: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A recorded decision over one or more data sets; `document` is the whole of it."""

    id: str
    outcome: Outcome
    purpose: str | None
    fields: Mapping[str, tuple[FieldDecision, ...]]
    reasons: tuple[Reason, ...]
    receipt: Receipt | None
    document: Mapping[str, Any]

    @property
    def is_allowed(self) -> bool:
        """Tell whether at least one asked field may be shown."""
        return self.outcome == "allow"

    def forms(self, dataset: str) -> dict[str, str]:
        """Give the form of each field of a data set that may be shown."""
        return {one.name: str(one.form) for one in self.fields.get(dataset, ()) if one.outcome == "allow"}


@dataclass(frozen=True, slots=True)
class ViewPart:
    """One data set's share of a person's view; no rows where it shows none."""

    dataset: str
    outcome: Outcome
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    has_more: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person across systems."""

    subject: str
    parts: tuple[ViewPart, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a look-up by a key came to."""

    found: Literal["one", "none", "ambiguous"]
    subject: str | None
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    decision: Decision


def read_decision(document: Mapping[str, Any]) -> Decision:
    """Read a decision.

    Raises:
        KeyError, TypeError: it is none.
    """
    receipt = document.get("receipt")
    return Decision(
        id=document["id"],
        outcome=document["outcome"],
        purpose=document["purpose"],
        fields={one["dataset"]: tuple(_field(field) for field in one["fields"]) for one in document["datasets"]},
        reasons=_reasons(document["reasons"]),
        receipt=Receipt(**receipt) if receipt else None,
        document=document,
    )


def read_view(document: Mapping[str, Any]) -> PersonView:
    """Read a view of one person.

    Raises:
        KeyError, TypeError: it is none.
    """
    parts = tuple(
        ViewPart(
            one["dataset"],
            one["outcome"],
            tuple(one["columns"]),
            tuple(map(tuple, one["rows"])),
            one["has_more"],
            _reasons(one["reasons"]),
        )
        for one in document["parts"]
    )
    return PersonView(document["subject"], parts, read_decision(document["decision"]))


def read_lookup(document: Mapping[str, Any]) -> LookUp:
    """Read the outcome of a look-up.

    Raises:
        KeyError, TypeError: it is none.
    """
    rows = tuple(map(tuple, document["rows"]))
    decision = read_decision(document["decision"])
    return LookUp(document["found"], document["subject"], tuple(document["columns"]), rows, decision)


def receipt_of(table: "pa.Table") -> Receipt:
    """Give the receipt that an answer's schema carries.

    Raises:
        KeyError: the table is no answer of the service.
    """
    import json  # noqa: PLC0415 -- only with Arrow answers

    metadata = table.schema.metadata or {}
    return Receipt(**json.loads(metadata[b"mingjing.receipt"]))


def _field(one: Mapping[str, Any]) -> FieldDecision:
    return FieldDecision(one["name"], one["outcome"], one["form"], _reasons(one["reasons"]))


def _reasons(found: list[Mapping[str, str]]) -> tuple[Reason, ...]:
    names = ("code", "zh", "en", "zh_next", "en_next")
    return tuple(Reason(**{name: one[name] for name in names}) for one in found)
