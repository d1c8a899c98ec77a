"""Secrets in running text: passwords and codes beside their word, and keys that show by their own form."""

import re
from collections.abc import Callable, Mapping

from classification.textrule import TextRule

_WORD = (
    r"(?:验证码|动态码|校验码|动态口令|口令|密码|安全码|密钥|秘钥|CVV2?|CVC2?|PIN码?|passw(?:or)?d|passcode|passphrase|pwd|"
    r"secret(?:[ _-]?key)?|api[ _-]?(?:key|secret)|app[ _-]?secret|access[ _-]?key(?:[ _-]?(?:id|secret))?|"
    r"(?:access|auth|refresh|session|csrf)[ _-]?token|token|OTP|"
    r"(?:reset|verification|security|one[- ]time|login|access|confirmation)[ _-]?(?:code|pin))"
)
# One of these stands in every spelling of the word, in lower case.
_LABELS = (
    *("验证码", "动态码", "校验码", "口令", "密码", "安全码", "密钥", "秘钥", "cvv", "cvc", "pin", "passw", "passcode"),
    *("passphrase", "pwd", "secret", "api", "access", "token", "otp", "code"),
)
_VALUE = r"[A-Za-z0-9!@#$%^&*_.+/~?-]"
_LAST = r"[A-Za-z0-9!@#$%^&*_+/~-]"  # a full stop behind a secret ends the sentence
_R = r"(?![0-9A-Za-z])"
# The form of a key that shows what it is -> what stands in it, in lower case.
_FORMS: Mapping[str, tuple[str, ...]] = {
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?": ("eyj",),  # JWT, RFC 7519
    r"(?<![A-Za-z0-9_-])(?:sk|pk|rk)[-_](?:(?:live|test|proj|prod)[-_])?[A-Za-z0-9]{16,}(?![A-Za-z0-9])": (
        *("sk-", "sk_", "pk-", "pk_", "rk-", "rk_"),
    ),
    r"(?<![A-Za-z0-9])(?:AKIA[0-9A-Z]{16}|LTAI[0-9A-Za-z]{12,26}|AIza[0-9A-Za-z_-]{30,40})(?![A-Za-z0-9])": (
        *("akia", "ltai", "aiza"),
    ),
    r"(?<![A-Za-z0-9])(?:gh[pousr]_[0-9A-Za-z]{20,}|glpat-[0-9A-Za-z_-]{16,}|xox[abprs]-[0-9A-Za-z-]{10,})": (
        *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-", "xox"),
    ),
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----": ("private key-----",),
    r"(?<![A-Za-z0-9./])\$2[abxy]?\$\d{2}\$[A-Za-z0-9./]{53}": ("$2",),  # bcrypt
}
_IN_ADDRESS = r"[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,64}:(?P<v>[^\s:/@]{3,64})@"


def secret_rules() -> tuple[TextRule, ...]:
    """Give the rules for secrets."""
    return (
        _rule(
            rf"{_WORD}[\"']?[ \t]*(?:的话)?就?(?:[:：=]|是|为|is|was)[ \t]*[\"']?(?P<v>{_VALUE}{{2,127}}{_LAST}){_R}",
            0.9,
            looks_secret,
        ),
        _rule(rf"(?:密码|口令|密钥|password|passwd|pwd)[ \t]+(?P<v>{_VALUE}{{5,63}}{_LAST}){_R}", 0.85, looks_secret),
        _rule(
            rf"(?:验证码|动态码|校验码|安全码|OTP|CVV2?|CVC2?|PIN码?|passcode|(?:reset|verification|security|login|sms|auth|"
            rf"confirmation|access) code)[ \t]*(?P<v>\d{{3,8}}){_R}",
            0.88,
        ),
        _rule(r"(?:Bearer|Basic)[ ]+(?P<v>[A-Za-z0-9._~+/-]{16,}=*)", 0.9, words=("bearer", "basic")),
        _rule(
            _IN_ADDRESS, 0.85, bool, ("://",)
        ),  # whatever it is: without a check, an e-mail address would seem to stand there
        *(TextRule("AUTH_SECRET", re.compile(form), 0.95, words=words) for form, words in _FORMS.items()),
    )


def looks_secret(value: str) -> bool:
    """Tell a secret from a word such as `required`: it holds a digit or a mark, and is no date or amount of money."""
    bare = value.rstrip(".?!")
    if len(bare) < 3 or bare.isalpha():  # noqa: PLR2004 -- a card's security code has three digits
        return False
    return re.fullmatch(r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d+\.\d+", bare) is None


def _rule(
    pattern: str, score: float, check: Callable[[str], bool] | None = None, words: tuple[str, ...] = _LABELS
) -> TextRule:
    return TextRule("AUTH_SECRET", re.compile(pattern, re.IGNORECASE), score, check, words=words)
