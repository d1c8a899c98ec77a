"""An entry's bytes: one form for one event, hashed and kept exactly as written here; pure.

Canonical JSON: sorted keys, no blanks, UTF-8, integers only; instants are integer microseconds since 1970 in UTC.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from audit.errors import EntryTooLargeError, NotCanonicalError
from audit.kinds import require_kind
from audit.model import JSON, Event
from audit.tiles import MAX_ENTRY_BYTES
from storage.errors import Said

VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Beyond this a reader that keeps numbers as doubles would round (RFC 8259 §6).
_LARGEST = 2**53 - 1
_WORD_LENGTH = 200
_WORDS = ("kind", "actor", "outcome", "purpose", "dataset", "key", "source", "parent")
_DEEPEST = 20
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that has bytes and an id, but no place in the log yet."""

    entry_id: str
    event: Event
    body: bytes


def draft(event: Event, entry_id: str) -> Draft:
    """Give an event its bytes.

    Raises:
        UnknownKindError: the kind is not registered.
        NotCanonicalError: a value has no one form in bytes.
        EntryTooLargeError: more than 65,535 bytes.
    """
    require_kind(event.kind)
    body = _encode(event, entry_id)
    if len(body) > MAX_ENTRY_BYTES:
        raise EntryTooLargeError(size=len(body), limit=MAX_ENTRY_BYTES)
    return Draft(entry_id, event, body)


def read_entry(body: bytes) -> Draft:
    """Read an entry's bytes back.

    Raises:
        NotCanonicalError: they are no entry of this version.
    """
    try:
        found = json.loads(body)
        if found["v"] != VERSION:
            raise NotCanonicalError(place="v", found=Said("版本", "version"))
        event = Event(
            kind=found["kind"],
            at=_EPOCH + found["at"] * _MICROSECOND,
            facts=found.get("facts", {}),
            subjects=tuple(found.get("subjects", ())),
            **{name: found.get(name) for name in _WORDS if name != "kind"},
        )
        return Draft(found["id"], event, body)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise NotCanonicalError(place="entry", found=type(error).__name__) from error


def _encode(event: Event, entry_id: str) -> bytes:
    if event.at.tzinfo is None:
        raise NotCanonicalError(place="at", found=Said("没有时区", "no time zone"))
    value: dict[str, JSON] = {"v": VERSION, "id": entry_id, "at": (event.at - _EPOCH) // _MICROSECOND}
    for name in _WORDS:
        word = getattr(event, name)
        if word is None and name not in {"kind", "actor", "key", "source"}:
            continue
        _require_word(word, name)
        value[name] = word
    if event.facts:
        value["facts"] = event.facts
    for subject in event.subjects:
        _require_word(subject, "subjects")
    if event.subjects:
        value["subjects"] = event.subjects
    _require_canonical(event.facts, "facts")
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError as error:
        raise NotCanonicalError(place="facts", found=Said("半个字符", "half a character")) from error


def _require_word(word: object, place: str) -> None:
    # These become columns: PostgreSQL takes no NUL in text, and an index no endless one.
    if not isinstance(word, str) or len(word) > _WORD_LENGTH or not word.isprintable():
        raise NotCanonicalError(
            place=place,
            found=Said(
                f"不是至多 {_WORD_LENGTH} 个可打印字符的文本", f"no printable text of at most {_WORD_LENGTH} characters"
            ),
        )


def _require_canonical(value: object, place: str, depth: int = 0) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if not -_LARGEST <= value <= _LARGEST:  # type: ignore[operator]  # it is an int
            raise NotCanonicalError(place=place, found=Said("整数超过 2^53", "integer beyond 2^53"))
    elif depth > _DEEPEST:
        raise NotCanonicalError(place=place, found=Said("嵌套过深", "nested too deep"))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if type(name) is not str:
                raise NotCanonicalError(place=place, found=Said("键不是文本", "a key that is no text"))
            _require_canonical(inner, f"{place}.{name}", depth + 1)
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            _require_canonical(inner, f"{place}.{at}", depth + 1)
    else:
        raise NotCanonicalError(place=place, found=kind.__name__)
