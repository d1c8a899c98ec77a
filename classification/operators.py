"""What may be put in the place of a mention: its type, a mask, a hash, a value of the same shape, or a token.

`replace` and `mask` need nothing. `hash` (keyed, no way back) and `keep-shape` need the deployment's keys, `token`
(the way back is `restore`) a purpose besides: its key is the purpose's own, so that tokens of two purposes can't be
joined. The same functions stand behind the Presidio operators of `classification.presidio.operators`.
"""

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from hashlib import sha256
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from classification.errors import OperatorChoiceError, OperatorNeedsError, OperatorUnknownError
from classification.model import Span
from classification.shapes import keep_shape
from classification.tiers import TierPolicy
from policies.forms import Form, FormContext, FormKind, apply, parse_form
from policies.forms.values import text_of
from policies.purposes import DataCategory

REPLACE, MASK, HASH, KEEP_SHAPE, TOKEN = OPERATORS = ("replace", "mask", "hash", "keep-shape", "token")
KEYED = frozenset((HASH, KEEP_SHAPE, TOKEN))
_HASH_DIGITS = 32
_ALL = "DEFAULT"
_HIDDEN = parse_form("mask:all")
_TOKEN = re.compile(r"<([A-Z][A-Z0-9_]{0,63}):([A-Za-z0-9_-]{22,})>")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which operator each type gets; `default` for a type without its own."""

    default: str = REPLACE
    by_type: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, label: str) -> str:
        """Give the operator of a type."""
        return self.by_type.get(label, self.default)

    @property
    def names(self) -> frozenset[str]:
        """Give all operators that may be used."""
        return frozenset((self.default, *self.by_type.values()))


@dataclass(frozen=True, slots=True)
class OperatorKeys:
    """Secret material of one deployment and one purpose; `token` is missing where no purpose was stated."""

    hash: bytes = field(repr=False)
    shape: bytes = field(repr=False)
    token: bytes | None = field(default=None, repr=False)


def operator_keys(derive: Callable[[str], bytes], purpose: str | None) -> OperatorKeys:
    """Give the operators' keys.

    Args:
        derive: gives 32 bytes for a name, as `storage.KeyRing.derive` does.
        purpose: whose tokens are made or opened.
    """
    token = derive(f"text-token-mac/{purpose}") + derive(f"text-token-cipher/{purpose}") if purpose else None
    return OperatorKeys(derive("text-hash"), derive("text-shape"), token)


def parse_choice(written: Iterable[str], labels: Iterable[str]) -> Choice:
    """Read operators as `NAME` (for all types) or `TYPE=NAME`.

    Raises:
        OperatorUnknownError: there is no such operator.
        OperatorChoiceError: there is no such type, or it was given two.
    """
    known = frozenset(labels)
    chosen: dict[str, str] = {}
    for one in written:
        label, equals, name = one.partition("=")
        label, name = (label.strip().upper(), name.strip()) if equals else (_ALL, one.strip())
        if label != _ALL and label not in known:
            near = get_close_matches(label, known, 1)
            raise OperatorChoiceError(type=label, near=near[0] if near else "PHONE")
        if chosen.get(label, name) != name:
            raise OperatorChoiceError(type=label, near=label)
        chosen[label] = operator_name(name)
    default = chosen.pop(_ALL, REPLACE)
    return Choice(default, MappingProxyType(chosen))


def operator_name(name: str) -> str:
    """Give an operator's name as we write it; `keep_shape` is read too.

    Raises:
        OperatorUnknownError: there is no such operator.
    """
    found = name.lower().replace("_", "-")
    if found not in OPERATORS:
        raise OperatorUnknownError(name=name, known=", ".join(OPERATORS))
    return found


@dataclass(frozen=True, slots=True)
class Operators:
    """The operators, ready: the usual mask of every type, and keys where there are some."""

    masks: Mapping[str, Form]
    today: date
    keys: OperatorKeys | None = None

    def put(self, operator: str, label: str, text: str) -> str:
        """Give what stands in the place of a mention.

        Raises:
            OperatorNeedsError: the operator needs keys or a purpose that are not there.
        """
        if operator == REPLACE:
            return f"<{label}>"
        if operator == MASK:
            return self._masked(label, text)
        keys = self.keys
        if keys is None:
            raise OperatorNeedsError(operator=operator, zh="数据目录中的密钥", en="the keys of a data folder")
        if operator == HASH:
            return hmac.new(keys.hash, _pair(label, text), sha256).hexdigest()[:_HASH_DIGITS]
        if operator == KEEP_SHAPE:
            return keep_shape(label, text, keys.shape)
        if operator != TOKEN:
            raise OperatorUnknownError(name=operator, known=", ".join(OPERATORS))
        return self._token(label, text, keys)

    def _token(self, label: str, text: str, keys: OperatorKeys) -> str:
        if keys.token is None:
            raise OperatorNeedsError(operator=TOKEN, zh="使用目的", en="a purpose")
        # Deterministic authenticated encryption (RFC 5297): equal values give equal tokens, a changed token opens to
        # nothing, and the type is bound to it as associated data.
        sealed = AESSIV(keys.token).encrypt(text.encode("utf-8", "surrogatepass"), [label.encode()])
        return f"<{label}:{urlsafe_b64encode(sealed).decode().rstrip('=')}>"

    def _masked(self, label: str, text: str) -> str:
        form = self.masks.get(label, _HIDDEN)
        context = FormContext(purpose="mask", token_key=bytes(32), today=self.today)  # no mask makes tokens
        shown = apply(form, text, context)
        return text_of(apply(_HIDDEN, text, context) if shown is None or shown == text else shown)


def usual_masks(tiers: TierPolicy, categories: Mapping[str, DataCategory]) -> Mapping[str, Form]:
    """Give each type's usual mask: its category's in the register of purposes."""
    found = {}
    for label, grading in tiers.entities.items():
        category = categories.get(grading.category or "")
        if category is not None and category.masked.kind is not FormKind.TOKEN:
            found[label] = category.masked
    return MappingProxyType(found)


def put_in_place(text: str, spans: Sequence[Span], choice: Choice, operators: Operators) -> str:
    """Give the text with every span replaced as chosen; everything else stays.

    Raises:
        OperatorNeedsError: an operator that is used needs keys or a purpose.
    """
    parts, at = [], 0
    for span in sorted(spans):
        parts += [text[at : span.start], operators.put(choice.of(span.label), span.label, text[span.start : span.end])]
        at = span.end
    return "".join([*parts, text[at:]])


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with tokens opened.

    Args:
        opened: how many, by type.
        closed: how many tokens stay because their type may not be opened, by type.
        foreign: how many could not be opened: of another purpose or deployment, or changed.
    """

    text: str
    opened: Mapping[str, int]
    closed: Mapping[str, int]
    foreign: int


def token_labels(text: str) -> frozenset[str]:
    """Give the types of what looks like tokens in a text."""
    return frozenset(hit[1] for hit in _TOKEN.finditer(text))


def restore(text: str, labels: Iterable[str], keys: OperatorKeys) -> Restored:
    """Open the tokens of these types; all others stay as they are.

    Raises:
        OperatorNeedsError: the keys are of no purpose.
    """
    if keys.token is None:
        raise OperatorNeedsError(operator="restore", zh="使用目的", en="a purpose")
    cipher, allowed = AESSIV(keys.token), frozenset(labels)
    opened: dict[str, int] = {}
    closed: dict[str, int] = {}
    foreign = 0

    def open_one(hit: re.Match[str]) -> str:
        nonlocal foreign
        label = hit[1]
        if label not in allowed:
            closed[label] = closed.get(label, 0) + 1
            return hit[0]
        try:
            sealed = urlsafe_b64decode(hit[2] + "=" * (-len(hit[2]) % 4))
            value = cipher.decrypt(sealed, [label.encode()]).decode("utf-8", "surrogatepass")
        except (InvalidTag, ValueError):
            foreign += 1
            return hit[0]
        opened[label] = opened.get(label, 0) + 1
        return value

    return Restored(_TOKEN.sub(open_one, text), opened, closed, foreign)


def _pair(label: str, text: str) -> bytes:
    return json.dumps([label, text]).encode()
