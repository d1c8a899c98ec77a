"""What can go wrong with a world file.

GovernanceError
└── WorldError
    ├── WorldInvalidError     (holds every fault of the file)
    └── ReferenceUnsetError   (a `${…}` reference that stands for nothing, when a source is opened)
"""

from dataclasses import dataclass

from governance.errors import GovernanceError
from storage.errors import Language

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class WorldFault:
    """One fault: where it stands, what is wrong, and the remedy, in both languages.

    Args:
        line: from 1; 0 when the file as a whole is meant.
        path: place in the document, such as `grants[2].fields.plate`; list places count from 0.
    """

    line: int
    path: str
    zh: str
    en: str
    zh_next: str = ""
    en_next: str = ""

    def describe(self, language: Language) -> str:
        """Give the fault's line for a person."""
        zh = language == "zh"
        place = (f"第 {self.line} 行" if zh else f"line {self.line}") if self.line else ("文件" if zh else "file")
        what, remedy = (self.zh, self.zh_next) if zh else (self.en, self.en_next)
        where = f"{place}，`{self.path}`：" if zh and self.path else f"{place}：" if zh else f"{place}: "
        if not zh and self.path:
            where = f"{place}, `{self.path}`: "
        return f"{where}{what}" + (("；" if zh else "; ") + remedy if remedy else "")


class WorldError(GovernanceError):
    """Base of what is wrong with a world file."""


class WorldInvalidError(WorldError):
    """The file breaks rules; `faults` holds all of them, in the order of their lines."""

    zh = "世界文件 `{name}` 有 {count} 处错误：\n{listed}"
    en = "world file `{name}` has {count} fault(s):\n{listed}"
    zh_next = "逐处改正后重新应用；未作任何更改"
    en_next = "correct them and apply again; nothing was changed"

    def __init__(self, name: str, faults: tuple[WorldFault, ...]) -> None:
        """Carry every fault; the sentence shows the first hundred."""
        self.faults = faults
        super().__init__(name=name, count=len(faults), listed="")

    def detail(self, language: Language) -> str:
        """Give the sentence with its faults, one a line."""
        lines = [fault.describe(language) for fault in self.faults[:_SHOWN]]
        if len(self.faults) > _SHOWN:
            lines.append(f"… (+{len(self.faults) - _SHOWN})")
        template = self.zh if language == "zh" else self.en
        return template.format(**(self.values | {"listed": "\n".join(lines)}))


class ReferenceUnsetError(WorldError):
    """A reference in a URL names nothing on this machine."""

    zh = "引用 `{name}` 没有值"
    en = "reference `{name}` has no value"
    zh_next = "设置该环境变量，或放好该文件"
    en_next = "set that environment variable, or put that file in place"
