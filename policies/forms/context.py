"""What forms work with besides the value: the purpose, its token key and today's date."""

import hmac
import re
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final

from policies.errors import FormContextError
from storage.errors import Said

_BLOCK_BYTES: Final = 64
_SHORTEST_KEY_BYTES: Final = 16
_DIGITS: Final = 22  # 88 bits: among 10⁹ values a collision has odds below 1 in 10⁸
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class FormContext:
    """The facts of one read that forms depend on.

    Args:
        purpose: its id; it is mixed into the key, so that two purposes given one key still can't be joined.
        token_key: secret, at least 16 bytes; never shown, never part of a statement's text.
        today: the date at which ages are counted.
        inner_name: DuckDB variable that holds the inner padded key when `sql` runs.
        outer_name: DuckDB variable that holds the outer padded key.

    Raises:
        FormContextError: the key is too short, or a name is no plain lower-case identifier.
    """

    purpose: str
    token_key: bytes = field(repr=False)
    today: date
    inner_name: str = "token_inner"
    outer_name: str = "token_outer"

    def __post_init__(self) -> None:
        """Refuse a context that would make weak tokens or unsafe text."""
        if len(self.token_key) < _SHORTEST_KEY_BYTES:
            raise FormContextError(
                reason=Said(
                    f"令牌密钥至少 {_SHORTEST_KEY_BYTES} 字节", f"a token key has at least {_SHORTEST_KEY_BYTES} bytes"
                )
            )
        names = {self.inner_name, self.outer_name}
        if len(names) != 2 or not all(_NAME.fullmatch(name) for name in names):  # noqa: PLR2004 -- the two names
            raise FormContextError(
                reason=Said("变量须为两个不同的普通名称", "variables need two different plain names")
            )

    def variables(self) -> dict[str, bytes]:
        """Give the DuckDB variables to set before a statement with tokens runs; unset ones make every token NULL.

        Source: RFC 2104 section 2, the key XOR ipad and the key XOR opad.
        """
        padded = self._purpose_key().ljust(_BLOCK_BYTES, b"\0")
        return {
            self.inner_name: bytes(byte ^ 0x36 for byte in padded),
            self.outer_name: bytes(byte ^ 0x5C for byte in padded),
        }

    def token(self, text: str) -> str:
        """Give the token of a text: stable within the purpose, unlinkable across purposes.

        Guarantee: equal texts have equal tokens; without the key a token says nothing about its text.
        Source: HMAC-SHA256, RFC 2104 and RFC 4231.
        """
        digest = hmac.new(self._purpose_key(), text.encode("utf-8", "surrogatepass"), sha256).hexdigest()
        return f"tok_{digest[:_DIGITS]}"

    def token_sql(self, text: str) -> str:
        """Give the DuckDB expression of the same token for an expression of type VARCHAR."""
        inner = f"unhex(sha256(getvariable('{self.inner_name}') || encode({text})))"
        return f"'tok_' || left(sha256(getvariable('{self.outer_name}') || {inner}), {_DIGITS})"

    def _purpose_key(self) -> bytes:
        return hmac.new(self.token_key, b"mingjing/token/" + self.purpose.encode(), sha256).digest()
