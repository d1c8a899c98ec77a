"""The one table of keys: hints on buttons, the legend at the foot and the handlers all come from it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what is pressed, and whether it clicks its element or moves the focus there."""

    id: str
    key: str
    does: Literal["click", "focus"] = "click"

    @property
    def label(self) -> str:
        """Give the locale key of what it does."""
        return f"key.{self.id}"


_ALL = (
    Key("next", "j"),
    Key("previous", "k"),
    Key("approve", "a"),
    Key("asked", "m", "focus"),
    Key("reject", "d", "focus"),
    Key("counter", "r", "focus"),
    Key("back", "u"),
    Key("undo", "z"),
    Key("confirm", "c"),
    Key("override", "o", "focus"),
    Key("bulk", "b"),
    Key("help", "?"),
    Key("write", "/", "focus"),
    Key("go_home", "1"),
    Key("go_inbox", "2"),
    Key("go_catalogue", "3"),
    Key("go_query", "4"),
    Key("go_evidence", "5"),
    Key("go_requests", "6"),
    Key("go_person", "7"),
    Key("go_review", "8"),
    Key("go_policies", "9"),
    Key("go_emergencies", "e"),
    Key("ask", "n"),
)
KEYS = {key.id: key for key in _ALL}
NAVIGATION = (
    ("home", "/", KEYS["go_home"]),
    ("inbox", "/inbox", KEYS["go_inbox"]),
    ("catalogue", "/catalogue", KEYS["go_catalogue"]),
    ("query", "/query", KEYS["go_query"]),
    ("evidence", "/evidence", KEYS["go_evidence"]),
    ("requests", "/requests", KEYS["go_requests"]),
    ("person", "/person", KEYS["go_person"]),
    ("review", "/review", KEYS["go_review"]),
    ("policies", "/policies", KEYS["go_policies"]),
    ("emergencies", "/emergencies", KEYS["go_emergencies"]),
)
# Pages whose keys depend on what is shown give them as `key_ids` of their view.
PAGE_KEYS: dict[str, tuple[str, ...]] = {
    "dataset": ("back",),
    "fields": ("back",),
    "bulk": ("back",),
    "query": ("write",),
    "person": ("write",),
    "entry": ("back",),
    "requests": ("ask",),
    "ask": ("back",),
    "glass": ("back",),
    "unused": ("back",),
    "narrowing": ("back", "confirm"),
}
