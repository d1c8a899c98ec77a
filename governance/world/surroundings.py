"""What every part of a world file is read with: its folder, the environment, known names, and the list of faults."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from governance.world import wording
from governance.world.known import Shipped
from governance.world.section import Faults, Item, Section

Kind = Literal["purpose", "role", "person", "source", "category"]
_NAMES: Final[Mapping[Kind, tuple[str, str]]] = {
    "purpose": ("用途", "purpose"),
    "role": ("角色", "role"),
    "person": ("人员", "person"),
    "source": ("数据源", "source"),
    "category": ("数据类别", "data category"),
}


@dataclass(slots=True)
class Surroundings:
    """The reader's surroundings; grows by what the file declares."""

    base_dir: Path
    environment: Mapping[str, str]
    shipped: Shipped
    faults: Faults
    _declared: dict[Kind, set[str]] = field(default_factory=dict)

    def declare(self, kind: Kind, ids: Iterable[str]) -> None:
        """Make names known from here on."""
        self._declared.setdefault(kind, set()).update(identifier for identifier in ids if identifier)

    def known(self, kind: Kind) -> Collection[str]:
        """Give the known names of a kind."""
        before: Mapping[Kind, Collection[str]] = {
            "purpose": self.shipped.purposes,
            "role": self.shipped.roles,
            "category": self.shipped.categories,
        }
        return {*before.get(kind, ()), *self._declared.get(kind, ())}

    def refer(self, kind: Kind, name: str, item: Item) -> str:
        """Check that a name is known, and give it; an empty one was a fault already."""
        if name and name not in self.known(kind):
            self.faults.unknown(item.line, item.path, name, _NAMES[kind], self.known(kind))
        return name

    def referred(self, kind: Kind, section: Section, key: str) -> str:
        """Give a name that must be there and known."""
        item = section.need(key)
        return self.refer(kind, item.text(), item) if item else ""

    def file(self, item: Item) -> Path:
        """Give the absolute path of a file that must be there."""
        text = item.text(most=1000)
        path = self.base_dir / Path(text)
        if text and not is_file(path):
            item.wrong(wording.FILE_MISSING, value=text)
        return path

    def sections(self, item: Item | None, known: Sequence[str]) -> Iterator[Section]:
        """Give the mappings of a list; an absent list is empty."""
        if item is None:
            return
        for member in item.items():
            yield Section(member, known)

    def once(self, seen: dict[str, int], identifier: str, section: Section) -> None:
        """Note an id that stands twice."""
        if not identifier:
            return
        if identifier in seen:
            place = f"{section.item.path}.id"
            self.faults.add(section.line, place, wording.ID_TWICE, id=identifier, first=seen[identifier])
        seen.setdefault(identifier, section.line)


def is_file(path: Path) -> bool:
    """Tell whether a file is there; a path that the system can't even name is not."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
