"""Presidio's clients, served: they get its contract, the log gets counts and a digest, never a text."""

from typing import TYPE_CHECKING

from governance.house import House
from governance.identity import Caller
from governance.journeys.texts import note_texts

if TYPE_CHECKING:
    from classification.presidio import Rest


def engines(house: House) -> "Rest":
    """Give Presidio's engines over our rules as of today."""
    return house.texts.rest(house.clock().date(), house.shipped, house.keys)


def serve(house: House, caller: Caller, kind: str, body: object) -> object:
    """Answer a client's `analyze`, `anonymize` or `deanonymize`, once the entry is durable.

    Raises:
        PresidioRequestError: the request can't be answered.
        NotarisationTimeoutError: the entry was not durable in time; nothing is answered.
    """
    rest = engines(house)
    acts = {
        "analyze": ("text.analysed", rest.analyze),
        "anonymize": ("text.anonymised", rest.anonymize),
        "deanonymize": ("text.restored", rest.deanonymize),
    }
    name, act = acts[kind]
    answered = act(body)
    note_texts(house, caller, name, answered.texts, answered.counts, facts={"contract": "presidio"})
    return answered.document
