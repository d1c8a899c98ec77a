"""What a scan saw, in the reader's words: the catalogue keeps it in one language, without values."""

import re

from governance.console.i18n import Translator

SAMPLES = "for example "
# A finding as the scanner writes it, and the locale key that says it; groups fill {a}, {b} and {c}.
PATTERNS: tuple[tuple[str, str], ...] = (
    (r"form: (\S+) of distinct values", "seen.form_distinct"),
    (r"form: (\S+), check digit: (\S+)", "seen.form_checked"),
    (r"form: (\S+), check digit fails", "seen.form_failed"),
    (r"header agrees \((\S+)\)", "seen.header_agrees"),
    (r"header agrees", "seen.header_only"),
    (r"header alone; no values", "seen.header_alone"),
    (r"header denies", "seen.header_denies"),
    (r"surname and given name fit: (\S+)", "seen.names"),
    (r"vocabulary: (\S+)", "seen.vocabulary"),
    (r"closed list of (\S+) words", "seen.closed_list"),
    (r"place names and street grammar: (\S+)", "seen.places"),
    (r"mentions in (\S+) of texts", "seen.mentions"),
    (r"sentences about illness", "seen.illness"),
    (r"dates from (\S+) to (\S+)", "seen.dates"),
    (r"dates with times or in the future", "seen.dates_times"),
    (r"length (\S+) to (\S+)", "seen.length"),
    (r"codes of the form of (\S+)", "seen.codes"),
    (r"numbering with a telling prefix", "seen.prefix"),
    (r"reference numbers", "seen.references"),
    (r"round sums", "seen.round"),
    (r"numbers", "seen.numbers"),
    (r"values could be", "seen.could_be"),
    (r"tier (\S+) found, tier (\S+) kept", "seen.tier_kept"),
)
_COMPILED = tuple((re.compile(pattern), key) for pattern, key in PATTERNS)


def said(words: Translator, finding: str) -> str:
    """Give one finding in the reader's language; an unknown one as it is written."""
    for pattern, key in _COMPILED:
        found = pattern.fullmatch(finding)
        if found:
            return words(key, **dict(zip("abc", found.groups(), strict=False)))
    return finding


def split(words: Translator, evidence: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Give the findings in words, and the masked samples."""
    samples = "".join(line.removeprefix(SAMPLES) for line in evidence if line.startswith(SAMPLES))
    return tuple(said(words, line) for line in evidence if not line.startswith(SAMPLES)), samples
