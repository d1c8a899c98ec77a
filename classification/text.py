"""Personal data in running text: spans over the whole written value, without label words, titles or units.

Guarantee: spans never overlap, lie in the text, and come in order. A value that passed a check beats a longer one
that did not; then length, then score.
"""

from bisect import bisect_left

from classification.model import Span
from classification.recognisers import Recognisers

# Full-width ASCII and the ideographic blank, one character for one, so that offsets stay.
_NARROW = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}
_KEPT_WIDE = {0xFF0C, 0xFF1B, 0xFF01, 0xFF1F}
_TABLE = {wide: narrow for wide, narrow in _NARROW.items() if wide not in _KEPT_WIDE}


def analyse_text(text: str, language: str, recognisers: Recognisers) -> list[Span]:
    """Give the personal data mentioned in a text.

    Args:
        text: any length; offsets in the result are Python string indices into it.
        language: `zh` or `en`; mixed text is usual, so it only says which language the text mostly is.
        recognisers: the compiled rules.
    """
    return [span for _, span in analyse_checked(text, language, recognisers)]


def analyse_checked(text: str, language: str, recognisers: Recognisers) -> list[tuple[bool, Span]]:
    """Give the spans of `analyse_text`, each with whether its value passed a check, such as a check digit."""
    plain = text.translate(_TABLE)
    found = _by_rules(plain, recognisers)
    found += [(False, span) for span in recognisers.places.find(plain)]
    # Our rules read both languages; what a deployment adds may know but one.
    found += [(False, span) for finder in recognisers.own.finders for span in finder.find(plain, language)]
    settled = _settle(found)
    names = recognisers.names_in_text.find(plain, [span for _, span in settled])
    return _settle([*found, *((False, span) for span in names)]) if names else settled


def anonymise(text: str, spans: list[Span]) -> str:
    """Give the text with every span replaced by its type in angle brackets."""
    parts, at = [], 0
    for span in sorted(spans):
        parts += [text[at : span.start], f"<{span.label}>"]
        at = span.end
    return "".join([*parts, text[at:]])


def _by_rules(text: str, recognisers: Recognisers) -> list[tuple[bool, Span]]:
    found: list[tuple[bool, Span]] = []
    for rule in recognisers.text_rules.open(text):
        grouped = "v" in rule.pattern.groupindex
        for hit in rule.pattern.finditer(text):
            start, end = hit.span("v") if grouped else hit.span()
            if rule.check is None or rule.check(text[start:end]):
                found.append((rule.check is not None, Span(start, end, rule.label, rule.score)))
    return found


def _settle(found: list[tuple[bool, Span]]) -> list[tuple[bool, Span]]:
    """Choose among overlapping spans."""
    ranked = sorted(found, key=lambda item: (-item[0], item[1].start - item[1].end, -item[1].score, item[1].start))
    kept: list[tuple[bool, Span]] = []  # in order and apart, so that only two neighbours can overlap a newcomer
    starts: list[int] = []
    for checked, span in ranked:
        at = bisect_left(starts, span.start)
        clear_left = at == 0 or kept[at - 1][1].end <= span.start
        if clear_left and (at == len(kept) or span.end <= starts[at]):
            kept.insert(at, (checked, span))
            starts.insert(at, span.start)
    return kept
