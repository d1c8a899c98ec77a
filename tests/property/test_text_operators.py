"""Same shape, no way back; tokens, the way back; and one text whether Presidio's anonymizer or ours writes it."""

from datetime import date
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import RecognizerResult

from classification import (
    Choice,
    Operators,
    Recognisers,
    analyse_text,
    load_recognisers,
    operator_keys,
    put_in_place,
    restore,
    usual_masks,
)
from classification.operators import OPERATORS
from classification.presidio import anonymizer_engine, operator_configs
from classification.presidio.names import presidio_name
from classification.shapes import keep_shape
from policies import load_policies
from tests.property.test_presidio_identity import TEXTS

KEY = b"k" * 32
VALUES = st.text(min_size=1, max_size=30)


@cache
def recognisers() -> Recognisers:
    return load_recognisers()


@cache
def operators() -> Operators:
    masks = usual_masks(recognisers().tiers, load_policies().categories)
    return Operators(masks, date(2026, 3, 1), operator_keys(lambda name: name.encode().ljust(32, b".")[:32], "claims"))


@cache
def engine() -> AnonymizerEngine:
    return anonymizer_engine(operators())


def kind(character: str) -> str:
    if "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff":
        return "chinese"
    if character.isnumeric():
        return "digit"
    return "upper" if character.isupper() else "letter" if character.isalpha() else character


@settings(deadline=None)
@given(VALUES)
def test_a_shape_is_kept_and_the_value_is_not(value: str) -> None:
    shaped = keep_shape("PHONE", value, KEY)

    assert [kind(one) for one in shaped] == [kind(one) for one in value]
    assert shaped == keep_shape("PHONE", value, KEY)
    assert shaped != value or not any(character.isalnum() for character in value)


@settings(deadline=None)
@given(st.text(alphabet="0123456789", min_size=11, max_size=18))
def test_a_shape_depends_on_key_and_type(value: str) -> None:
    assert len({keep_shape("A", value, KEY), keep_shape("B", value, KEY), keep_shape("A", value, b"l" * 32)}) == 3


@settings(deadline=None)
@given(st.text(max_size=20), VALUES, st.text(max_size=20))
def test_a_token_leads_back_to_its_value_in_any_text(before: str, value: str, after: str) -> None:
    before, after = before.replace("<", ""), after.replace("<", "")
    found = restore(before + operators().put("token", "PHONE", value) + after, ["PHONE"], operators().keys)

    assert found.text == before + value + after


@settings(max_examples=150, deadline=None)
@given(
    TEXTS, st.sampled_from(OPERATORS), st.dictionaries(st.sampled_from(["PHONE", "PERSON"]), st.sampled_from(OPERATORS))
)
def test_presidios_anonymizer_writes_the_same_text(text: str, default: str, by_type: dict[str, str]) -> None:
    choice = Choice(default, by_type)
    spans = analyse_text(text, "zh", recognisers())
    results = [RecognizerResult(presidio_name(one.label), one.start, one.end, one.score) for one in spans]
    configs = operator_configs(choice, recognisers().text_labels)

    theirs = engine().anonymize(text, results, configs, merge_entities_with_spaces=False).text
    assert theirs == put_in_place(text, spans, choice, operators())


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_what_is_tokenised_is_restored_whole(text: str) -> None:
    spans = analyse_text(text, "zh", recognisers())
    sealed = put_in_place(text, spans, Choice("token"), operators())

    assert restore(sealed, recognisers().text_labels, operators().keys).text == text
