"""Other spellings of header words: short forms of English ones, full pinyin of Chinese ones; and empty names."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

_LEAST_PINYIN = 4  # `ming` alone is too little to be read as a word
_MOST_WORDS = 5
_OPAQUE = re.compile(
    r"(?:field|col|column|attr|attribute|var|val|value|data|item|unnamed|ext|extra|reserve[d]?|spare|c|f|v|x|k|字段|列|栏位|"
    r"属性|备用|扩展|数据项)[\s_:\-]*\d*",
    re.IGNORECASE,
)


def is_opaque(header: str) -> bool:
    """Tell whether a header says nothing: `字段3`, `col_07`, `f12`."""
    return _OPAQUE.fullmatch(header.strip()) is not None


@dataclass(frozen=True, slots=True)
class Spellings:
    """What else a token may be.

    Args:
        abbreviations: short form -> the words it stands for.
        pinyin: reading without tones -> Chinese words; the first is taken.
    """

    abbreviations: Mapping[str, tuple[str, ...]]
    pinyin: Mapping[str, tuple[str, ...]]

    def expanded(self, tokens: Sequence[str], known: Collection[str]) -> list[str]:
        """Give the tokens with abbreviations written out; `known` ones are words of their own."""
        return [
            word
            for token in tokens
            for word in ((token,) if token in known else self.abbreviations.get(token, (token,)))
        ]

    def chinese(self, tokens: Sequence[str]) -> str:
        """Give the Chinese words that tokens in full pinyin spell, cut anywhere (`LIAN_XI_DIAN_HUA`), or nothing."""
        text = "".join(tokens)
        return (self._words(text) or "") if len(text) >= _LEAST_PINYIN else ""

    def _words(self, text: str) -> str | None:
        """Cut a reading into as few known words as possible, all of it."""
        best: dict[int, tuple[int, str]] = {0: (0, "")}
        for end in range(1, len(text) + 1):
            for start in range(end):
                words = self.pinyin.get(text[start:end])
                if start in best and words:
                    count, before = best[start]
                    if count < _MOST_WORDS and (end not in best or count + 1 < best[end][0]):
                        best[end] = (count + 1, before + words[0])
        found = best.get(len(text))
        return found[1] if found else None


def spellings(abbreviations: Mapping[str, Sequence[str]], pinyin: Mapping[str, Sequence[str]]) -> Spellings:
    """Build from the data files: `{word: [short forms]}` and `{reading: [words]}`."""
    short = {form: tuple(word.split()) for word, forms in abbreviations.items() for form in map(str, forms)}
    return Spellings(short, {reading: tuple(words) for reading, words in pinyin.items()})
