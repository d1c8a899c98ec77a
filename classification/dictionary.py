"""A general dictionary of Chinese words with frequencies, read when it is first needed.

It is the word list that the `jieba` package carries (MIT). The package is located, never imported: its own start-up
builds global state that nothing here wants.
"""

import math
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from classification.errors import DictionaryMissingError

LONGEST = 4
_PLACES = ("_data/dict.txt", "dict.txt")
_STEPS, _KINDS = 10, 16
_LEAST = 200

NOUN, VERB, ADVERB, LINK, NUMBER, PLACE, PERSON, ADJECTIVE, OTHER = range(9)
_KIND_OF = {
    "n": NOUN,
    "v": VERB,
    "d": ADVERB,
    "p": LINK,
    "c": LINK,
    "u": LINK,
    "m": NUMBER,
    "q": NUMBER,
    "t": NUMBER,
    "a": ADJECTIVE,
    "ad": ADVERB,
    "ns": PLACE,
    "nt": PLACE,
    "nr": PERSON,
}


class Dictionary:
    """Words of up to four characters with their log-probability and kind, and the persons among them."""

    def __init__(self) -> None:
        """Find the file; nothing is read yet.

        Raises:
            DictionaryMissingError: no installed package carries it.
        """
        self._path = _find()

    @property
    def _read(self) -> tuple[dict[str, int], frozenset[str], float]:
        return _words(self._path)

    @property
    def codes(self) -> dict[str, int]:
        """Give the words; a code holds the logarithm of the count, and the kind."""
        return self._read[0]

    @property
    def people(self) -> frozenset[str]:
        """Give the persons that the dictionary lists by name."""
        return self._read[1]

    @property
    def total(self) -> float:
        """Give the natural logarithm of all counts together."""
        return self._read[2]


@cache  # read once, however many finders ask
def _words(path: Path) -> tuple[dict[str, int], frozenset[str], float]:
    words: dict[str, int] = {}
    people: set[str] = set()
    total = 0
    interned = list(range(_LEAST * _KINDS))
    with path.open(encoding="utf-8") as rows:
        for row in rows:
            word, count, tag = row.split()
            total += int(count)
            if tag[:2] == "nr" and (len(word) > 2 or tag == "nrt"):  # noqa: PLR2004 -- of two characters, the tag is often wrong
                people.add(word)
            elif len(word) <= LONGEST:
                kind = _KIND_OF.get(tag[:2], _KIND_OF.get(tag[:1], OTHER))
                words[word] = interned[int(_STEPS * math.log(int(count) + 1)) * _KINDS + kind]
    return words, frozenset(people), math.log(total)


def weight_of(code: int) -> float:
    """Give the natural logarithm of a word's count."""
    return (code >> 4) / _STEPS


def kind_of(code: int) -> int:
    """Give a word's kind."""
    return code & (_KINDS - 1)


def _find() -> Path:
    spec = find_spec("jieba")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    for place in _PLACES if folder else ():
        if folder and (folder / place).is_file():
            return folder / place
    raise DictionaryMissingError
