"""What a demo left behind: its story, read again at the next start without loading what made it."""

from dataclasses import dataclass, field
from typing import Any

from governance import register
from governance.house import House
from storage import read_only

MARK = "demo"


@dataclass(slots=True)
class DemoStory:
    """What came of the demo; `document` is the answer of `demo --once --json`."""

    document: dict[str, Any]
    passwords: dict[str, str] = field(default_factory=dict)
    reads: list[dict[str, str]] = field(default_factory=list)


def told_before(house: House, scale: int) -> DemoStory | None:
    """Give the story of an earlier demo of the same scale in this folder, or None."""
    with read_only(house.engine) as session:
        kept = register.declaration(session, MARK)
    if not isinstance(kept, dict) or kept.get("scale") != scale or "document" not in kept:
        return None
    return DemoStory(document=kept["document"], reads=kept["reads"])
