"""Models for names that a deployment adds: spaCy, transformers, GLiNER, from a folder on this machine.

Nothing is downloaded, and nothing is loaded before the first text. Long texts are read in pieces that end at a
sentence's end where there is one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from classification.errors import ModelUnavailableError
from classification.model import Span

KINDS = ("spacy", "transformers", "gliner")
_PIECE = {"spacy": 20_000, "transformers": 400, "gliner": 1_000}  # characters: below each kind's own limit
_ENDS = "。！？!?\n；;.，, "


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One model as it was declared.

    Args:
        kind: which library reads it.
        path: its folder.
        languages: of the texts it is asked about.
        mapping: the model's labels to our entity types; its other labels are left out.
        threshold: the least score that counts.
        score: of a hit, where the library gives none.
        place: file and line, for messages.
    """

    kind: str
    path: Path
    languages: frozenset[str]
    mapping: Mapping[str, str]
    threshold: float
    score: float
    place: str


class _Hit(NamedTuple):
    start: int
    end: int
    label: str
    score: float


Read = Callable[[str], Iterator[_Hit]]


class NameModel:
    """A model that is loaded when the first text comes."""

    def __init__(self, choice: ModelChoice) -> None:
        """Remember the choice."""
        self._choice = choice
        self._read: Read | None = None
        self._lock = Lock()

    @property
    def labels(self) -> frozenset[str]:
        """Give the entity types it may find."""
        return frozenset(self._choice.mapping.values())

    def find(self, text: str, language: str) -> list[Span]:
        """Give the mentions in a text.

        Raises:
            ModelUnavailableError: the library is not installed, or the folder holds no model it can read.
        """
        choice = self._choice
        if language not in choice.languages or not text.strip():
            return []
        read = self._loaded()
        return [
            Span(at + hit.start, at + hit.end, choice.mapping[hit.label], round(hit.score, 4))
            for at, piece in _pieces(text, _PIECE[choice.kind])
            for hit in read(piece)
            if hit.label in choice.mapping and hit.score >= choice.threshold and hit.end > hit.start
        ]

    def _loaded(self) -> Read:
        with self._lock:
            if self._read is None:
                self._read = _load(self._choice)
            return self._read


def _load(choice: ModelChoice) -> Read:
    loaders = {"spacy": _spacy, "transformers": _transformers, "gliner": _gliner}
    try:
        library = import_module(choice.kind)
    except ImportError as error:
        raise ModelUnavailableError(
            place=choice.place,
            zh=f"未安装 Python 包 `{choice.kind}`",
            en=f"the Python package `{choice.kind}` is not installed",
            zh_fix=f"在本环境中安装 {choice.kind}",
            en_fix=f"install {choice.kind} in this environment",
        ) from error
    try:
        return loaders[choice.kind](library, choice)
    except Exception as error:  # a folder of something else fails in as many ways as there are libraries
        raise ModelUnavailableError(
            place=choice.place,
            zh=f"目录中没有 {choice.kind} 能读取的模型（{type(error).__name__}）",
            en=f"the folder holds no model that {choice.kind} reads ({type(error).__name__})",
            zh_fix="检查 path 与 kind",
            en_fix="check path and kind",
        ) from error


def _spacy(library: Any, choice: ModelChoice) -> Read:  # noqa: ANN401 -- optional libraries have no types here
    pipeline = library.load(choice.path)

    def read(text: str) -> Iterator[_Hit]:
        for entity in pipeline(text).ents:
            yield _Hit(entity.start_char, entity.end_char, entity.label_, choice.score)

    return read


def _transformers(library: Any, choice: ModelChoice) -> Read:  # noqa: ANN401 -- likewise
    # Only tensors are read from the folder (no pickled code), and nothing is asked of the network.
    arguments = {"use_safetensors": True, "local_files_only": True, "trust_remote_code": False}
    model = library.AutoModelForTokenClassification.from_pretrained(str(choice.path), **arguments)
    tokenizer = library.AutoTokenizer.from_pretrained(str(choice.path), local_files_only=True)
    pipeline = library.pipeline("token-classification", model=model, tokenizer=tokenizer, aggregation_strategy="simple")

    def read(text: str) -> Iterator[_Hit]:
        for found in pipeline(text):
            yield _Hit(int(found["start"]), int(found["end"]), str(found["entity_group"]), float(found["score"]))

    return read


def _gliner(library: Any, choice: ModelChoice) -> Read:  # noqa: ANN401 -- likewise
    model = library.GLiNER.from_pretrained(str(choice.path), local_files_only=True)
    labels = list(choice.mapping)

    def read(text: str) -> Iterator[_Hit]:
        for found in model.predict_entities(text, labels, threshold=choice.threshold):
            yield _Hit(int(found["start"]), int(found["end"]), str(found["label"]), float(found["score"]))

    return read


def _pieces(text: str, size: int) -> Iterator[tuple[int, str]]:
    """Give a text in pieces, each with its offset; a piece ends behind a mark where its second half has one."""
    start = 0
    while start < len(text):
        stop = min(len(text), start + size)
        if stop < len(text):
            half = start + size // 2
            for mark in _ENDS:
                at = text.rfind(mark, half, stop)
                if at >= 0:
                    stop = at + 1
                    break
        yield start, text[start:stop]
        start = stop
