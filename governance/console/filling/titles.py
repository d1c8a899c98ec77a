"""Names for people: of purposes, sources, datasets, categories and field titles, in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session

from classification import Label, TierPolicy, labels, load_tier_policy
from governance import register
from governance.console.i18n import Translator, load_words
from governance.house import House
from governance.identity import PersonUnknownError, find_person
from policies import PolicyBook
from storage.errors import Language

_UNTOLD = frozenset({"NONE", "HASH", "URL"})  # types whose title says less than the field's own name


@lru_cache(maxsize=1)  # a shipped file, the same for as long as the program runs
def _grading() -> TierPolicy:
    return load_tier_policy()


@dataclass(frozen=True, slots=True)
class Titles:
    """Looks names up within one reading session."""

    session: Session
    book: PolicyBook
    language: Language

    @property
    def words(self) -> Translator:
        """Give the words of the reader's language."""
        return load_words()[self.language]

    @classmethod
    def of(cls, house: House, session: Session, language: Language) -> "Titles":
        """Give the names under the policies in force."""
        return cls(session, house.book(session), language)

    def of_both(self, title: Mapping[str, str], otherwise: str) -> str:
        """Give a declared title, or the id where none was declared."""
        return title.get(self.language) or title.get("zh") or title.get("en") or otherwise

    def purpose(self, purpose_id: str) -> str:
        """Give a purpose's title."""
        found = self.book.purposes.get(purpose_id)
        return getattr(found.title, self.language) if found else purpose_id

    def category(self, category_id: str | None) -> str:
        """Give a category's title; empty for none."""
        found = self.book.categories.get(category_id or "")
        return getattr(found.title, self.language) if found else category_id or ""

    def source(self, source_id: str) -> str:
        """Give a source's title."""
        found = register.source(self.session, source_id)
        return self.of_both(found.title, source_id) if found else source_id

    def dataset(self, dataset_id: str) -> str:
        """Give a dataset's name: its source's title and its table."""
        source_id, _, table = dataset_id.partition(".")
        return f"{self.source(source_id)} · {table}" if table else dataset_id

    def fields(self, dataset_id: str) -> dict[str, tuple[str, int]]:
        """Give title and tier by field; a field that holds nothing personal goes by its name."""
        return {label.field: (self.field(label), int(label.tier)) for label in labels(self.session, dataset_id)}

    def field(self, label: Label) -> str:
        """Give a field's title: what it was found to be, else its category, else its own name."""
        grading = _grading().entities.get(label.entity_types[0]) if label.entity_types else None
        if grading is not None and grading.category == label.category and label.entity_types[0] not in _UNTOLD:
            return grading.title[self.language]
        return self.category(label.category) or label.field

    def entity(self, kind: str) -> str:
        """Give an entity type's title."""
        grading = _grading().entities.get(kind)
        return grading.title[self.language] if grading else kind

    def told(self, sentence: str) -> str:
        """Give a sentence of the rules with purposes and categories by their titles instead of their ids."""

        def title(found: re.Match[str]) -> str:
            name = found[1]
            said = self.purpose(name) if name in self.book.purposes else self.category(name)
            known = name in self.book.purposes or name in self.book.categories
            return f"“{said}”" if known else found[0]

        return re.sub(r"`([^`]+)`", title, sentence)

    def person(self, person_id: str) -> tuple[str, str]:
        """Give a person's name and roles."""
        try:
            person = find_person(self.session, person_id)
        except PersonUnknownError:
            return person_id, ""
        return person.name, ", ".join(self.words.name("role", role) for role in person.roles)
