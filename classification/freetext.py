"""Columns of running text: what is mentioned inside, and in how many of the texts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from classification.profile import Profile
from classification.recognisers import Recognisers
from classification.text import analyse_text

_SENTENCE_MARKS = frozenset("，。；！？,;!?：:、 ")
_LEAST_LENGTH = 8
_SOME_LENGTH = 15
_LEAST_TEXTS = 0.4
_SURE_SCORE = 0.8
_WHOLE = 0.85


@dataclass(frozen=True, slots=True)
class Mentions:
    """What texts of a column mention.

    Args:
        share: share of texts with any mention.
        types: share of texts by entity type, most frequent first.
        weight: log-odds that this is free text with personal mentions.
    """

    share: float
    types: Mapping[str, float]
    weight: float


def read_mentions(profile: Profile, recognisers: Recognisers, limit: int) -> Mentions | None:
    """Read at most `limit` of the texts; None where the column is not running text.

    One mention without a check in hundreds of texts may be chance; two count, and one that is sure counts.
    """
    texts = profile.some(limit)
    running = [text for text in texts if _is_running(text)]
    if len(running) < _LEAST_TEXTS * len(texts):
        return None
    counts: Counter[str] = Counter()
    sure: Counter[str] = Counter()
    mentioning = 0
    for text in running:
        spans = [span for span in analyse_text(text, "zh", recognisers) if span.end - span.start < _WHOLE * len(text)]
        mentioning += bool(spans)
        counts.update({span.label for span in spans})
        sure.update({span.label for span in spans if span.score >= _SURE_SCORE})
    kept = {kind: count / len(texts) for kind, count in counts.most_common() if sure[kind] or count > 1}
    kept = {kind: share for kind, share in kept.items() if kind != "URL" or len(kept) > 1}
    if not kept:
        return Mentions(0.0, {}, 0.0)
    share = mentioning / len(texts)
    return Mentions(share, kept, 4.2 + 2.0 * min(1.0, 2 * share))


def _is_running(text: str) -> bool:
    if len(text) < _LEAST_LENGTH:
        return False
    marks = sum(character in _SENTENCE_MARKS for character in text)
    if len(text) >= 2 * _SOME_LENGTH and not text.isascii():
        return True
    return marks > 1 or (marks > 0 and len(text) >= _SOME_LENGTH)
