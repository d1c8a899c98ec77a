"""Judge a stretch of rows column by column and bring the good ones into the ledger's form.

A clean stretch, as nearly all are, is judged as a whole; one with a fault in it is judged row by row, so that each bad
row is named. `consent.rows` states the rules; a property test holds the two ways to the same judgement.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC
from hashlib import sha256
from json.encoder import encode_basestring

from consent.intake import Intake, Stretch
from consent.model import BadRow
from consent.rows import OPTIONAL, WIDTHS, RowFaultError, RowReader, parse_instant

LISTED = 10_000
"""The most bad rows that are kept one by one; beyond that they are counted."""

_KEPT_INSTANTS = 200_000
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # the categories Cc and Cs


@dataclass(frozen=True, slots=True)
class Batch:
    """Good rows in the order of the file, column by column.

    Args:
        at: instants in UTC, as the content's digest writes them (ISO 8601, `+00:00`); `expires_at` likewise.
        digest: SHA-256 of each row's content in hex.
    """

    subject_id: Sequence[str]
    purpose: Sequence[str]
    status: Sequence[str]
    kind: Sequence[str | None]
    notice_version: Sequence[str | None]
    at: Sequence[str]
    expires_at: Sequence[str | None]
    evidence: Sequence[str | None]
    channel: Sequence[str | None]
    operator: Sequence[str | None]
    digest: Sequence[str]

    def __len__(self) -> int:
        """Give how many rows there are."""
        return len(self.digest)

    def pick(self, rows: Sequence[int]) -> "Batch":
        """Give some of the rows, in the order in which they are named."""
        if len(rows) == len(self):
            return self
        return Batch(*([getattr(self, part.name)[row] for row in rows] for part in fields(self)))


@dataclass(slots=True)
class BadRows:
    """The bad rows of a file: the first ones listed, all of them counted by column and reason."""

    listed: list[BadRow] = field(default_factory=list)
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, bad: BadRow) -> None:
        """Take one more."""
        self.counts[bad.column, bad.zh, bad.en] += 1
        if len(self.listed) < LISTED:
            self.listed.append(bad)

    @property
    def count(self) -> int:
        """Give how many there are in all."""
        return self.counts.total()


@dataclass(slots=True)
class Judge:
    """Turn stretches into batches; words and instants repeat, so each distinct one is judged once.

    Args:
        purposes: registered purposes; None accepts any.
        bad: where bad rows go.
    """

    purposes: Collection[str] | None
    bad: BadRows = field(default_factory=BadRows)
    _instants: dict[str, str | None] = field(default_factory=dict)
    _words: dict[str, dict[str, str | None]] = field(default_factory=dict)
    _reader: RowReader = field(init=False)

    def __post_init__(self) -> None:
        """Make the one who judges single rows."""
        self._reader = RowReader(self.purposes)

    def batches(self, intake: Intake) -> Iterator[Batch]:
        """Go through a file; stretches without one good row give nothing."""
        for stretch in intake.stretches():
            batch = self._clean(stretch, intake.columns) or self._sorted_out(stretch, intake.columns)
            if batch is not None:
                yield batch
            if len(self._instants) > _KEPT_INSTANTS:
                self._instants, self._words, self._reader = {}, {}, RowReader(self.purposes)

    def _clean(self, stretch: Stretch, columns: list[str]) -> Batch | None:
        """Give the batch of a stretch in which nothing is wrong, else None."""
        if set(map(len, stretch.rows)) != {len(columns)}:
            return None
        try:
            return self._batch(dict(zip(columns, zip(*stretch.rows, strict=True), strict=True)))
        except RowFaultError:
            return None

    def _sorted_out(self, stretch: Stretch, columns: list[str]) -> Batch | None:
        good = [row for line, row in stretch.numbered() if self._is_good(line, row, columns)]
        return self._batch(dict(zip(columns, zip(*good, strict=True), strict=True))) if good else None

    def _is_good(self, line: int, row: list[str], columns: list[str]) -> bool:
        found, wanted = len(row), len(columns)
        if found != wanted:
            self.bad.add(BadRow(line, "*", f"有 {found} 格，应为 {wanted} 格", f"{found} cells instead of {wanted}"))
            return False
        try:
            self._reader.event(dict(zip(columns, row, strict=True)))
        except RowFaultError as fault:
            self.bad.add(fault.at_line(line))
            return False
        return True

    def _batch(self, cells: dict[str, tuple[str, ...]]) -> Batch:
        """Give the batch of rows that are all good.

        Raises:
            RowFaultError: one is not; which and why is not told.
        """
        subjects = cells["subject_id"]
        for name in OPTIONAL:
            cells.setdefault(name, ("",) * len(subjects))
        _check("subject_id", subjects, empty=not all(map(str.strip, subjects)))
        evidence = [text.strip() for text in cells["evidence"]]
        _check("evidence", evidence, empty=False)
        words = {name: self._word_column(name, cells[name]) for name in _WORDS}
        at, expires_at = (self._instant_column(cells[name], name) for name in ("at", "expires_at"))
        if None in at:
            raise RowFaultError("at", ("", ""))
        kept = [text or None for text in evidence]
        parts = [words["purpose"], words["status"], words["kind"], words["notice_version"]]
        return Batch(
            subject_id=subjects,
            evidence=kept,
            at=at,  # type: ignore[arg-type]  # None was refused above
            expires_at=expires_at,
            digest=_digests((subjects, *parts, at, expires_at, kept)),
            **words,  # type: ignore[arg-type]  # purpose and status are never None
        )

    def _word_column(self, name: str, column: Sequence[str]) -> list[str | None]:
        known = self._words.setdefault(name, {})
        for text in set(column) - known.keys():
            known[text] = _WORDS[name](self._reader, text)
        return [known[text] for text in column]

    def _instant_column(self, column: Sequence[str], name: str) -> list[str | None]:
        known = self._instants
        for text in set(column) - known.keys():
            stripped = text.strip()
            known[text] = parse_instant(name, stripped).astimezone(UTC).isoformat() if stripped else None
        return [known[text] for text in column]


_WORDS: dict[str, Callable[[RowReader, str], str | None]] = {
    "purpose": lambda reader, text: reader.purpose(text),
    "status": lambda reader, text: reader.status(text),
    "kind": lambda reader, text: reader.kind(text),
    "notice_version": lambda reader, text: reader.word("notice_version", text),
    "channel": lambda reader, text: reader.word("channel", text),
    "operator": lambda reader, text: reader.word("operator", text),
}


def _check(column: str, texts: Sequence[str], *, empty: bool) -> None:
    """Refuse a column in which one cell can't be kept.

    Raises:
        RowFaultError: one can't; which is not told.
    """
    if empty or max(map(len, texts)) > WIDTHS[column] or _UNPRINTED.search("".join(texts)):
        raise RowFaultError(column, ("", ""))


def _digests(columns: Sequence[Sequence[str | None]]) -> list[str]:
    """Give the digest of each row's content, as `consent.ledger` defines it: SHA-256 over canonical JSON."""
    written = [_json_column(column) for column in columns]
    return [sha256(f"[{','.join(row)}]".encode()).hexdigest() for row in zip(*written, strict=True)]


def _json_column(column: Sequence[str | None]) -> list[str]:
    distinct = set(column)
    if len(distinct) * 2 > len(column):
        return ["null" if text is None else encode_basestring(text) for text in column]
    known = {text: "null" if text is None else encode_basestring(text) for text in distinct}
    return [known[text] for text in column]
