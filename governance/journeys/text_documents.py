"""Texts as documents: read them, and answer with mentions or with the text anonymised; no house is needed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classification import Choice, Span, put_in_place
from classification.errors import LanguageUnknownError, OperatorNeedsError, TextInvalidError
from classification.operators import KEYED, TOKEN
from governance.errors import InputInvalidError
from storage.errors import Said

if TYPE_CHECKING:
    from classification import Operators, Recognisers

MOST_CHARACTERS = 2_000_000
# Chinese and English; mixed text is usual, and may be said to be so (`mul` and `und` are BCP 47's words for it).
LANGUAGES = ("zh", "en", "mixed", "mul", "und", "auto")


@dataclass(frozen=True, slots=True)
class Text:
    """One text as it was given."""

    id: object
    text: str
    language: str


def read_text(document: object) -> Text:
    """Read `{"id"?, "text", "language"?}`.

    Raises:
        InputInvalidError: there is no text.
        TextInvalidError: it is too long, or no valid Unicode.
        LanguageUnknownError: it is said to be in a language we do not read.
    """
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        raise InputInvalidError(name="text", reason=Said("`text` 下没有文本", "no text of type string under `text`"))
    text = document["text"]
    if len(text) > MOST_CHARACTERS:
        longest = f"{len(text)} > {MOST_CHARACTERS}"
        raise TextInvalidError(zh=f"字符过多（{longest}），请分段", en=f"too many characters ({longest}); split it")
    half = next((at for at, character in enumerate(text) if "\ud800" <= character <= "\udfff"), None)
    if half is not None:
        raise TextInvalidError(zh=f"第 {half} 个字符是半个代理对", en=f"half of a surrogate pair at {half}")
    language = document.get("language") or LANGUAGES[0]
    if not isinstance(language, str) or language.lower().replace("_", "-").partition("-")[0] not in LANGUAGES:
        raise LanguageUnknownError(language=str(language)[:20])
    return Text(document.get("id"), text, "en" if language.lower().startswith("en") else "zh")


def analysed(given: Text, rules: "Recognisers") -> tuple[dict[str, Any], list[Span]]:
    """Give the answer of interface 2, `mingjing text`, and the spans in it."""
    from classification import analyse_text  # noqa: PLC0415 -- loads Arrow, numpy and the lexicons

    spans = analyse_text(given.text, given.language, rules)
    found = [{"start": one.start, "end": one.end, "label": one.label, "score": one.score} for one in spans]
    return {"id": given.id, "spans": found}, spans


def anonymised(given: Text, rules: "Recognisers", choice: Choice, operators: "Operators") -> dict[str, Any]:
    """Give the same answer with the text, its mentions replaced as chosen.

    Raises:
        OperatorNeedsError: an operator that is used needs keys or a purpose.
    """
    answer, spans = analysed(given, rules)
    return answer | {"text": put_in_place(given.text, spans, choice, operators)}


def needs_keys(choice: Choice) -> bool:
    """Tell whether a choice works with the deployment's keys."""
    return bool(KEYED & choice.names)


def require_purpose(choice: Choice, purpose: str | None) -> None:
    """Refuse tokens without a purpose before anything is read.

    Raises:
        OperatorNeedsError: tokens are chosen, and no purpose is stated.
    """
    if TOKEN in choice.names and not purpose:
        raise OperatorNeedsError(operator=TOKEN, zh="使用目的", en="a purpose")
