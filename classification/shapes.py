"""Another value of the same shape: digits stay digits, letters letters, Chinese characters Chinese characters.

Deterministic under a key, so that equal values stay equal; it can't be taken back. Guarantee: same length, the same
class of character at every place, everything that is no letter or digit where it was, and never the value itself
where it has anything to change.
"""

import hmac
from collections.abc import Iterator
from hashlib import sha256

_CHINESE = (
    "安邦宝春川达东恩凡芳飞丰福刚光国海涵浩和宏华辉慧吉佳嘉建江洁金锦静娟俊凯康兰乐雷立丽亮林玲龙露梅美"
    "梦敏明娜宁鹏平萍琪倩强琴青清庆秋荣瑞润森山珊尚胜诗淑思松涛天婷彤伟文霞祥晓欣新雪雅岩艳阳怡依艺颖永勇宇雨玉"
)
# Ranges whose members stand for one another; a letter of any other script becomes a Latin one.
_RANGES = tuple(
    "".join(map(chr, range(ord(first), ord(last) + 1)))
    for first, last in (("0", "9"), ("a", "z"), ("A", "Z"), ("０", "９"), ("ａ", "ｚ"), ("Ａ", "Ｚ"))
)
_CLASS = {character: members for members in _RANGES for character in members}


def keep_shape(label: str, text: str, key: bytes) -> str:
    """Give another value of the same shape.

    Args:
        label: entity type; the same text as another type becomes another value.
        text: the value.
        key: at least 16 secret bytes.
    """
    for attempt in range(256):
        found = _shaped(text, _numbers(label, text, key, attempt))
        if found != text or not any(map(_members, text)):
            return found
    return "*" * len(text)  # not reached with a sound hash; a value is never given back unchanged


def _shaped(text: str, numbers: Iterator[int]) -> str:
    return "".join(
        members[next(numbers) % len(members)] if (members := _members(character)) else character for character in text
    )


def _members(character: str) -> str:
    """Give the characters that one may become; none for punctuation, blanks and signs."""
    if character in _CLASS:
        return _CLASS[character]
    if "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff":
        return _CHINESE
    if not character.isalnum():
        return ""
    return _CLASS["A" if character.isupper() else "0" if character.isnumeric() else "a"]


def _numbers(label: str, text: str, key: bytes, attempt: int) -> Iterator[int]:
    """Give endless pseudo-random numbers of 32 bits: HMAC-SHA256 in counter mode (NIST SP 800-108)."""
    name = label.encode()
    value = text.encode("utf-8", "surrogatepass")
    seed = hmac.new(key, b"%d:%b%d:%b%d" % (len(name), name, len(value), value, attempt), sha256).digest()
    counter = 0
    while True:
        block = hmac.new(seed, counter.to_bytes(8), sha256).digest()
        yield from (int.from_bytes(block[at : at + 4]) for at in range(0, len(block), 4))
        counter += 1
