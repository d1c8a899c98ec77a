"""Read a world file's bytes into a tree of YAML nodes with line marks, within limits that no file can exceed.

Nothing is constructed: every scalar stays the text it was written as, so that no tag, date or number is guessed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from governance.world import wording
from governance.world.errors import WorldFault
from governance.world.wording import Saying

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_DEPTH: Final = 50
MOST_ALIASES: Final = 100
MOST_NODES: Final = 500_000

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class DocumentFaultError(Exception):
    """The file as a whole can't be read; caught by `read_world`."""

    def __init__(self, line: int, saying: Saying, **values: object) -> None:
        """Hold the one fault."""
        self.fault: WorldFault = saying.fault(line, "", **values)
        super().__init__(self.fault.en)


def read_bytes(path: Path) -> bytes:
    """Give the file's bytes.

    Raises:
        DocumentFaultError: it is missing, unreadable, empty or too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DocumentFaultError(0, wording.TOO_LARGE, most=MOST_BYTES // 1024 // 1024)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DocumentFaultError(0, wording.NO_FILE) from error
    except (OSError, ValueError) as error:
        raise DocumentFaultError(0, wording.UNREADABLE) from error
    if not content.strip():
        raise DocumentFaultError(0, wording.EMPTY)
    return content


def compose(content: bytes) -> yaml.MappingNode:
    """Give the document's root mapping.

    Raises:
        DocumentFaultError: it is not UTF-8, no YAML, too deep, too large when aliases are followed, or no mapping.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentFaultError(content.count(b"\n", 0, error.start) + 1, wording.NOT_UTF8) from error
    try:
        _measure(text)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise DocumentFaultError(line, wording.SYNTAX, problem=error.problem or "?") from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 0
        raise DocumentFaultError(line, wording.CHARACTER) from error
    if root is None:
        raise DocumentFaultError(0, wording.EMPTY)
    if not isinstance(root, yaml.MappingNode):
        raise DocumentFaultError(root.start_mark.line + 1, wording.NO_MAPPING)
    _Expansion().size(root)
    return root


def _measure(text: str) -> None:
    """Walk the events, which needs no recursion, before anything recursive sees the file."""
    depth = aliases = 0
    for event in _events(text):
        if isinstance(event, _OPENING):
            depth += 1
        elif isinstance(event, _CLOSING):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        line = event.start_mark.line + 1 if event.start_mark else 0
        if depth > MOST_DEPTH:
            raise DocumentFaultError(line, wording.TOO_DEEP, most=MOST_DEPTH)
        if aliases > MOST_ALIASES:
            raise DocumentFaultError(line, wording.TOO_MANY_ALIASES, most=MOST_ALIASES)


def _events(text: str) -> Iterator[yaml.Event]:
    found: Iterator[yaml.Event] = yaml.parse(text, Loader=_Loader)
    return found


class _Expansion:
    """Count nodes as if every alias were written out: the "billion laughs" of a small file are found in one walk."""

    def __init__(self) -> None:
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def size(self, node: yaml.Node) -> int:
        """Give a node's expanded size.

        Raises:
            DocumentFaultError: it is too large, or holds itself.
        """
        if isinstance(node, yaml.ScalarNode):
            return 1
        known = self._sizes.get(id(node))
        if known is not None:
            return known
        line = node.start_mark.line + 1
        if id(node) in self._open:
            raise DocumentFaultError(line, wording.SELF_ALIAS)
        self._open.add(id(node))
        pairs = node.value if isinstance(node, yaml.MappingNode) else [(child,) for child in node.value]
        total = 1 + sum(self.size(child) for pair in pairs for child in pair)
        self._open.discard(id(node))
        if total > MOST_NODES:
            raise DocumentFaultError(line, wording.TOO_MANY_NODES, most=MOST_NODES)
        self._sizes[id(node)] = total
        return total
