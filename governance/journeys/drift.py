"""What a new scan says otherwise than the last: fields that came or went, other types, tiers that rose."""

from dataclasses import dataclass
from typing import Literal

from classification.model import DatasetLabel, Label

Kind = Literal["added", "gone", "type", "tier"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `before` and `after` are types or tiers, never values."""

    dataset: str
    field: str
    kind: Kind
    before: str
    after: str

    @property
    def document(self) -> dict[str, str]:
        """Give it as JSON."""
        return {
            "dataset": self.dataset,
            "field": self.field,
            "change": self.kind,
            "before": self.before,
            "after": self.after,
        }


def changes(before: DatasetLabel | None, after: DatasetLabel) -> tuple[Change, ...]:
    """List the differences; a dataset that was never scanned has none."""
    if before is None:
        return ()
    old, new = ({label.field: label for label in dataset.fields} for dataset in (before, after))
    found = [Change(after.id, name, "gone", _types(old[name]), "") for name in old if name not in new]
    for name, label in new.items():
        known = old.get(name)
        if known is None:
            found.append(Change(after.id, name, "added", "", _types(label)))
            continue
        if known.entity_types[:1] != label.entity_types[:1] and known.entity_types:
            found.append(Change(after.id, name, "type", _types(known), _types(label)))
        if known.tier != label.tier:
            found.append(Change(after.id, name, "tier", str(int(known.tier)), str(int(label.tier))))
    return tuple(found)


def _types(label: Label) -> str:
    return ",".join(label.entity_types)
