r"""Mentions as they are written outside China: telephones, compressed addresses of machines, further cards.

Same conventions as `textrules`: ASCII look-arounds, group `v` for the value without its label word.
"""

import re

from classification.textrule import TextRule
from classification.validators import luhn, network

_L, _R = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_DIGITS = "0123456789"
_DINERS = re.compile(r"3(?:0[0-5]|[689]\d)\d{11}")


def rules_abroad() -> tuple[TextRule, ...]:
    """Give the rules that texts from abroad need beside the Chinese ones."""
    return (*_telephones(), *_machines(), _diners())


def _rule(label: str, pattern: str, score: float, needs: str = _DIGITS) -> TextRule:
    return TextRule(label, re.compile(pattern, re.IGNORECASE), score, None, needs)


def _telephones() -> tuple[TextRule, ...]:
    # E.164: a plus, a country code that begins with no nought, eight to fifteen digits in all. +86 has its own rules.
    foreign = (
        r"(?<![0-9A-Za-z])\+(?!86)[1-9](?=(?:[ ()-]{0,2}\d){7,14}(?![ -]?\d))\d{0,2}[- ]?(?:\(\d{1,4}\)[- ]?)?"
        r"\d{1,10}(?:[- ]\d{1,7}){0,6}(?![0-9A-Za-z])"
    )
    # North American numbers: area and exchange begin with 2 to 9; 400 and 800 are hotlines, here as there.
    american = (
        r"(?<![0-9A-Za-z.+-])(?:\d{1,3}[- ])?(?:\((?!400|800)[2-9]\d{2}\) ?|(?!400|800)[2-9]\d{2}[-.])"
        r"[2-9]\d{2}[-.]\d{4}(?![0-9A-Za-z-]|\.\d)"
    )
    return (
        _rule("PHONE", foreign, 0.8, "+"),
        _rule("PHONE", american, 0.8),
        _rule("PHONE", r"(?<![0-9A-Za-z-])0[789]0-\d{4}-\d{4}(?![0-9A-Za-z-])", 0.7),
        _rule("PHONE", r"(?<![0-9A-Za-z-])0[2-9]-\d{3}-?\d{4}(?![0-9A-Za-z-])", 0.6),
    )


def _machines() -> tuple[TextRule, ...]:
    compressed = (
        r"(?<![0-9A-Za-z:.])(?:[0-9A-F]{0,4}:){2,8}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-F]{1,4})?"
        r"(?:%[0-9A-Z]{1,15})?(?![0-9A-Za-z:]|\.\d)"
    )
    dotted = r"(?<![0-9A-Za-z.:-])(?=[0-9.]{0,13}[A-F])[0-9A-F]{4}(?:\.[0-9A-F]{4}){2}(?![0-9A-Za-z:-]|\.[0-9A-Za-z])"
    return (
        TextRule("IP", re.compile(compressed, re.IGNORECASE), 0.85, _is_written_ipv6, ":"),
        _rule("MAC", dotted, 0.9, "."),
    )


def _is_written_ipv6(text: str) -> bool:
    return text != "::" and network.is_ipv6(text)  # the unspecified address says nothing about anybody


def _diners() -> TextRule:
    pattern = re.compile(rf"{_L}\d{{4}}[ -]?\d{{6}}[ -]?\d{{4}}{_R}")
    return TextRule("BANK_CARD", pattern, 0.9, _is_diners, _DIGITS)


def _is_diners(text: str) -> bool:
    bare = text.replace(" ", "").replace("-", "")
    return _DINERS.fullmatch(bare) is not None and luhn.passes_luhn(bare)
