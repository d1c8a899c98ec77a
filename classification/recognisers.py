"""All recognisers of one release, compiled once and handed to whoever scans; nothing of it lives at module level."""

from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from classification.dictionary import Dictionary
from classification.families.addresses import AddressBook
from classification.families.forms import Form, written_forms
from classification.families.names import NameBook
from classification.families.words import WordBook
from classification.headers import HeaderReader, load_header_reader
from classification.learning import Learned
from classification.lexicons import load_lexicons
from classification.ownrules import OwnRules
from classification.textabroad import rules_abroad
from classification.textnames import NameFinder
from classification.textplaces import PlaceFinder
from classification.textrule import RuleGate
from classification.textrules import text_rules
from classification.tiers import TierPolicy, load_tier_policy

RULES = "2026.1"
# What counts as the future when nobody says what day it is: the end of the year of these rules.
HORIZON = date(2026, 12, 31)


@dataclass(frozen=True, slots=True)
class Recognisers:
    """The compiled rules; safe to share between threads, for it is never changed."""

    today: date
    forms: tuple[Form, ...]
    names: NameBook
    addresses: AddressBook
    words: WordBook
    headers: HeaderReader
    text_rules: RuleGate
    places: PlaceFinder
    names_in_text: NameFinder
    tiers: TierPolicy
    own: OwnRules
    learned: Learned

    @property
    def text_labels(self) -> tuple[str, ...]:
        """Give the entity types that running text may be found to mention."""
        ruled = {rule.label for rule in self.text_rules}
        return tuple(sorted(ruled | PlaceFinder.LABELS | NameFinder.LABELS | self.own.labels))

    @property
    def version(self) -> str:
        """Give what labels record: rules and tier policy."""
        own = f"+own.{self.own.digest[:12]}" if self.own.digest else ""
        learned = f"+learned.{self.learned.digest[:12]}" if self.learned.digest else ""
        return f"{RULES}+{self.tiers.version}{own}{learned}"

    def taught(self, learned: Learned) -> "Recognisers":
        """Give the same rules with what reviews taught."""
        return replace(self, learned=learned)


def load_recognisers(today: date = HORIZON, own: OwnRules | None = None) -> Recognisers:
    """Compile the packaged rules.

    Args:
        today: births and other past days can't lie after it.
        own: what a deployment adds.
    """
    lexicons, tiers, added = load_lexicons(), load_tier_policy(), own or OwnRules()
    names, addresses = NameBook(lexicons), AddressBook(lexicons)
    return Recognisers(
        today=today,
        forms=written_forms(today),
        names=names,
        addresses=addresses,
        words=WordBook(lexicons),
        headers=load_header_reader(),
        text_rules=RuleGate((*text_rules(today), *rules_abroad())),
        places=PlaceFinder(lexicons, addresses, Dictionary()),
        names_in_text=NameFinder(lexicons, names),
        tiers=replace(tiers, entities=MappingProxyType({**tiers.entities, **added.gradings})),
        own=added,
        learned=Learned(),
    )
