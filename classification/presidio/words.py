"""An NLP engine that needs no model: words for the context enhancer, and nothing else.

Presidio's analyzer takes from its engine the tokens with their offsets, lemmas and keywords, and only to look for
context words. Chinese is not cut into words: a run of Chinese characters is one token, and the enhancer looks for
context words inside tokens, so that it finds them without a dictionary. Every character lies in a token, for the
enhancer refuses a hit that none covers.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

LANGUAGES = ("zh", "en")
_TOKEN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+(?:['’-][^\W_\u3400-\u9fff]+)*|\s+|.", re.DOTALL)
_STOP_WORDS = frozenset(
    ("a", "an", "the", "is", "are", "was", "be", "of", "to", "in", "on", "at", "for", "and", "or", "my")
)


class Word(str):
    """A token; spaCy's have their text under this name."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """Give the token's text."""
        return str(self)


class _Keywords(list[str]):
    """A list in which looking a word up costs nothing: the enhancer does so for every word around every hit."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(words)
        self._present = frozenset(self)

    def __contains__(self, word: object) -> bool:
        return word in self._present


class WordEngine(NlpEngine):
    """Cuts texts into words; finds no entities."""

    def __init__(self, languages: tuple[str, ...] = LANGUAGES) -> None:
        """Serve these languages."""
        self._languages = languages

    def load(self) -> None:
        """Do nothing: there is no model."""

    def is_loaded(self) -> bool:
        """Tell that the engine is ready."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Give the words of a text."""
        tokens = [(hit.start(), Word(hit[0])) for hit in _TOKEN.finditer(text)]
        artifacts = NlpArtifacts(
            entities=[],
            tokens=[word for _, word in tokens],  # type: ignore[arg-type]  # what is used of a spaCy Doc is what a list has
            tokens_indices=[start for start, _ in tokens],
            lemmas=[word.lower() for _, word in tokens],
            nlp_engine=self,
            language=language,
        )
        artifacts.keywords = _Keywords(artifacts.keywords)
        return artifacts

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = 1,
        n_process: int = 1,
        **kwargs: Any,  # noqa: ANN401 -- Presidio's signature
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Give every text with its words, in order."""
        del batch_size, n_process, kwargs  # cutting words is too cheap to be worth a process
        for text in texts:
            yield text, self.process_text(str(text), language)

    def is_stopword(self, word: str, language: str) -> bool:
        """Tell whether a word says nothing."""
        del language  # Chinese has none here: its tokens are runs of characters
        return word in _STOP_WORDS

    def is_punct(self, word: str, language: str) -> bool:
        """Tell whether a token is no word."""
        del language  # punctuation is punctuation in both
        return not any(character.isalnum() for character in word)

    def get_supported_entities(self) -> list[str]:
        """Give the entities this engine finds: none."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Give the languages it serves."""
        return list(self._languages)


class WordContextEnhancer(LemmaContextAwareEnhancer):
    """Presidio's own enhancer, which finds a hit's token by halving instead of reading the text from its start."""

    @staticmethod
    def _find_index_of_match_token(word: str, start: int, tokens: Any, tokens_indices: list[int]) -> int:  # noqa: ANN401 -- Presidio's signature
        del word, tokens  # the offsets tell enough
        return max(0, bisect_right(tokens_indices, start) - 1)
