"""Field decisions of a world file beside those of people: the later of the two stands.

What a person decided stands for as long as the file says of that field what it said before; when the file changes its
word, or is applied with `over_reviews`, the file's word stands. A file that is applied for the first time by a release
that keeps its words counts as unchanged: no decision of a person falls silently.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from classification.catalogue import set_label
from classification.reviews import FieldState, field_state
from governance import register
from governance.world import World

_WORDS = "world_fields"
WORLD = "world"


@dataclass(frozen=True, slots=True)
class KeptReview:
    """A person's decision that stood against the file, and what the file says."""

    field: str
    decided_by: str
    decided_at: datetime | None
    category: str | None
    tier: int
    file_category: str | None
    file_tier: int


@dataclass(frozen=True, slots=True)
class FieldsApplied:
    """What became of the file's field decisions: those that changed a label, and those that a person's stood against.

    Args:
        replaced: fields among `changed` in which a person's decision fell.
    """

    changed: tuple[str, ...]
    kept: tuple[KeptReview, ...]
    replaced: tuple[str, ...]


def apply_fields(session: Session, world: World, *, at: datetime, over_reviews: bool = False) -> FieldsApplied:
    """Take in what the file says of fields, and remember it for the next time.

    Guarantee: a person's decision falls only to a word that the file did not have before, or to `over_reviews`.
    """
    before: dict[str, Any] | None = register.declaration(session, _WORDS)
    words: dict[str, list[Any]] = {}
    changed: list[str] = []
    kept: list[KeptReview] = []
    replaced: list[str] = []
    for dataset in world.datasets:
        for name, said in dataset.fields.items():
            if said.tier is None:
                continue
            field = f"{dataset.id}.{name}"
            words[field] = [said.category, int(said.tier)]
            is_news = before is not None and before.get(field) != words[field]
            stands = field_state(session, dataset.id, name)
            reviewed = stands is not None and stands.decided_by not in {None, WORLD}
            differs = stands is None or [stands.label.category, int(stands.label.tier)] != words[field]
            if stands is not None and reviewed and not (differs and (is_news or over_reviews)):
                kept += [_kept(field, stands, words[field])] if differs else []
                continue
            set_label(session, dataset.id, name, said.category, said.tier, decided_by=WORLD, at=at)
            changed += [field] if differs else []
            replaced += [field] if differs and reviewed else []
    register.declare(session, _WORDS, words)
    return FieldsApplied(tuple(changed), tuple(kept), tuple(replaced))


def _kept(field: str, stands: FieldState, word: list[Any]) -> KeptReview:
    return KeptReview(
        field=field,
        decided_by=str(stands.decided_by),
        decided_at=stands.decided_at,
        category=stands.label.category,
        tier=int(stands.label.tier),
        file_category=word[0],
        file_tier=word[1],
    )
