"""Check one row of a consent file and turn it into an event; says column and reason, never the content."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from consent.model import KINDS, STATUSES, BadRow, ConsentEvent, Kind, Status

REQUIRED = ("subject_id", "purpose", "status", "notice_version", "at", "expires_at", "evidence")
OPTIONAL = ("kind", "channel", "operator")
# Widths of the ledger's columns.
WIDTHS = {"subject_id": 200, "purpose": 64, "notice_version": 100, "evidence": 2000, "channel": 64, "operator": 64}
FIRST_YEAR, LAST_YEAR = 1900, 9999

_EMPTY = ("不能为空", "it must not be empty")
_CONTROL = ("含有控制字符", "it holds a control character")
_STATUS = ("只能是 granted 或 withdrawn", "it must be granted or withdrawn")
_KIND = (f"只能是 {'、'.join(KINDS)} 或留空", f"it must be one of {', '.join(KINDS)}, or empty")
_PURPOSE = ("没有登记这个用途", "no such purpose is registered")
_TIME = ("不是 ISO 8601 时间", "it is not an ISO 8601 instant")
_ZONE = ("没有时区，例如应写成 2026-03-01T09:00:00+08:00", "it has no zone; write, say, 2026-03-01T09:00:00+08:00")
_YEAR = ("年份超出范围", "its year is out of range")


class RowFaultError(Exception):
    """A row's fault, caught by the reader and listed; it never leaves this package."""

    def __init__(self, column: str, reason: tuple[str, str]) -> None:
        """Name the column and the reason in both languages."""
        self.column = column
        self.reason = reason
        super().__init__(column)

    def at_line(self, line: int) -> BadRow:
        """Give the fault with its place."""
        return BadRow(line, self.column, *self.reason)


@dataclass(slots=True)
class RowReader:
    """Turn rows into events; instants and purposes repeat, so each distinct one is judged once.

    Args:
        purposes: registered purposes; None accepts any.
    """

    purposes: Collection[str] | None
    _instants: dict[str, datetime] = field(default_factory=dict)
    _words: dict[tuple[str, str], str] = field(default_factory=dict)

    def event(self, row: dict[str, str]) -> ConsentEvent:
        """Give the event of a row.

        Raises:
            RowFaultError: names the first column that is wrong.
        """
        subject_id = row["subject_id"]
        if not subject_id.strip():
            raise RowFaultError("subject_id", _EMPTY)
        _check_text("subject_id", subject_id)
        return ConsentEvent(
            subject_id=subject_id,
            purpose=self.purpose(row["purpose"]),
            status=self.status(row["status"]),
            at=self._required_instant("at", row["at"]),
            kind=self.kind(row.get("kind", "")),
            notice_version=self.word("notice_version", row["notice_version"]),
            expires_at=self._instant("expires_at", row["expires_at"]),
            evidence=_optional("evidence", row["evidence"]),
            channel=self.word("channel", row.get("channel", "")),
            operator=self.word("operator", row.get("operator", "")),
        )

    def word(self, column: str, text: str) -> str | None:
        """Give a cell's text, or None where it is empty.

        Raises:
            RowFaultError: it can't be one.
        """
        if not text:
            return None
        known = self._words.get((column, text))
        if known is None:
            known = _optional(column, text) or ""
            self._words[column, text] = known
        return known or None

    def purpose(self, text: str) -> str:
        """Give the purpose.

        Raises:
            RowFaultError: it can't be one.
        """
        purpose = self.word("purpose", text)
        if purpose is None:
            raise RowFaultError("purpose", _EMPTY)
        if self.purposes is not None and purpose not in self.purposes:
            raise RowFaultError("purpose", _PURPOSE)
        return purpose

    @staticmethod
    def status(text: str) -> Status:
        """Give the status.

        Raises:
            RowFaultError: it can't be one.
        """
        word = text.strip().lower()
        if word not in STATUSES:
            raise RowFaultError("status", _STATUS)
        return word

    @staticmethod
    def kind(text: str) -> Kind | None:
        """Give the kind of consent, or None where it is not stated.

        Raises:
            RowFaultError: it can't be one.
        """
        word = text.strip().lower()
        if word and word not in KINDS:
            raise RowFaultError("kind", _KIND)
        return word or None

    def _required_instant(self, column: str, text: str) -> datetime:
        found = self._instant(column, text)
        if found is None:
            raise RowFaultError(column, _EMPTY)
        return found

    def _instant(self, column: str, text: str) -> datetime | None:
        known = self._instants.get(text)
        if known is None:
            stripped = text.strip()
            if not stripped:
                return None
            known = self._instants[text] = parse_instant(column, stripped)
        return known


def parse_instant(column: str, text: str) -> datetime:
    """Read an ISO 8601 instant with its zone.

    Raises:
        RowFaultError: it is none, or states no zone. No zone is ever assumed: hours decide whether consent counts.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise RowFaultError(column, _TIME) from error
    if found.tzinfo is None:
        raise RowFaultError(column, _ZONE)
    if not FIRST_YEAR <= found.year < LAST_YEAR:
        raise RowFaultError(column, _YEAR)
    return found


def _optional(column: str, text: str) -> str | None:
    stripped = text.strip()
    _check_text(column, stripped)
    return stripped or None


def _check_text(column: str, text: str) -> None:
    width = WIDTHS[column]
    if len(text) > width:
        raise RowFaultError(column, (f"长于 {width} 个字符", f"it is longer than {width} characters"))
    if not text.isprintable() and any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        raise RowFaultError(column, _CONTROL)
