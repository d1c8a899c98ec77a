"""Whatever a client sends, Presidio's contract answers, or refuses in its form."""

from datetime import date
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from classification import Operators, load_recognisers, operator_keys, usual_masks
from classification.errors import PresidioRequestError
from classification.presidio import Rest, analyzer_engine, anonymizer_engine, deanonymizer_engine
from policies import load_policies

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 50) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PATTERN = st.fixed_dictionaries(
    {"name": st.text(max_size=3) | JSON, "regex": st.sampled_from(["a+", "(", r"\d", "[", ""]) | JSON, "score": JSON}
)
AD_HOC = st.fixed_dictionaries(
    {"name": st.just("n") | JSON, "supported_language": st.just("en") | JSON, "supported_entity": st.just("X") | JSON},
    optional={"patterns": st.lists(PATTERN, max_size=2) | JSON, "deny_list": JSON, "context": JSON, "odd": JSON},
)
ANALYZE = st.fixed_dictionaries(
    {"text": st.text(max_size=30) | st.lists(st.text(max_size=9), max_size=3) | JSON},
    optional={
        "language": st.sampled_from(["zh", "en", "zz"]) | JSON,
        "entities": st.lists(st.sampled_from(["PERSON", "X", "ZIP"]), max_size=2) | JSON,
        "score_threshold": JSON,
        "ad_hoc_recognizers": st.lists(AD_HOC, max_size=2) | JSON,
        "context": JSON,
        "allow_list": st.lists(st.sampled_from(["(", "a", "[", ""]), max_size=2) | JSON,
        "allow_list_match": st.sampled_from(["exact", "regex", "odd"]) | JSON,
        "regex_flags": st.integers(-9, 1 << 30) | JSON,
        "return_decision_process": JSON,
        "correlation_id": JSON,
    },
)
RESULT = st.fixed_dictionaries(
    {"start": st.integers(-3, 40) | JSON, "end": st.integers(-3, 40) | JSON, "entity_type": st.just("A") | JSON},
    optional={"score": st.floats(0, 1) | JSON, "odd": JSON},
)
OPERATOR = st.fixed_dictionaries(
    {"type": st.sampled_from(["replace", "mask", "hash", "encrypt", "redact", "token", "keep_shape", "custom"]) | JSON},
    optional={
        "new_value": JSON,
        "masking_char": JSON,
        "chars_to_mask": JSON,
        "from_end": JSON,
        "hash_type": JSON,
        "salt": JSON,
        "key": st.just("k" * 16) | JSON,
    },
)
ANONYMIZE = st.fixed_dictionaries(
    {"text": st.text(max_size=40) | JSON},
    optional={
        "analyzer_results": st.lists(RESULT, max_size=4) | JSON,
        "anonymizers": st.dictionaries(st.sampled_from(["DEFAULT", "A"]), OPERATOR | JSON, max_size=2) | JSON,
        "anonymizer_results": st.lists(RESULT, max_size=3) | JSON,
        "deanonymizers": st.dictionaries(
            st.sampled_from(["DEFAULT", "A"]),
            st.fixed_dictionaries({"type": st.sampled_from(["decrypt", "deanonymize_keep"]) | JSON, "key": JSON})
            | JSON,
            max_size=2,
        )
        | JSON,
    },
)


@cache
def rest() -> Rest:
    rules = load_recognisers()
    keys = operator_keys(lambda name: name.encode().ljust(32, b".")[:32], None)
    operators = Operators(usual_masks(rules.tiers, load_policies().categories), date(2026, 3, 1), keys)
    return Rest(analyzer_engine(rules), anonymizer_engine(operators), deanonymizer_engine())


def answered(act: Any, body: object) -> bool:
    try:
        return act(body).document is not None
    except PresidioRequestError as error:
        return bool(error.detail("en"))


@settings(max_examples=400, deadline=None)
@given(ANALYZE | JSON)
def test_analyze_answers_or_refuses(body: object) -> None:
    assert answered(rest().analyze, body)


@settings(max_examples=400, deadline=None)
@given(ANONYMIZE | JSON)
def test_anonymize_and_deanonymize_answer_or_refuse(body: object) -> None:
    assert answered(rest().anonymize, body)
    assert answered(rest().deanonymize, body)
