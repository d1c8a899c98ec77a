"""Rules once, two paths: Presidio's analyzer gives, for our types, the spans of our own analysis and no other."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer import AnalyzerEngine

from classification import Recognisers, analyse_text, load_recognisers
from classification.presidio import analyzer_engine
from classification.presidio.names import PRESIDIO_NAMES, our_name, presidio_name

PIECES = st.sampled_from(
    [
        "我是王芳",
        "致电13800008000",
        "+1 415 555 0132",
        "浙江省杭州市西湖区文三路199号",
        "a@mail.example",
        "card 4111111111111111 ",
        "高血压",
        "IP192.168.1.1登录",
        "00:1A:2B:3C:4D:5E",
        "出生日期1990-05-06",
        "https://a.example/x",
        "Customer Mary Johnson",
        "，",
        " ",
        "👨\u200d👩\u200d👧",
        "１３８００００８０００",
        "DE89370400440532013000",
        "护照E12345678",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=10).map("".join)


@cache
def recognisers() -> Recognisers:
    return load_recognisers()


@cache
def engine() -> AnalyzerEngine:
    return analyzer_engine(recognisers())


def by_presidio(text: str, language: str, **asked: object) -> list[tuple[int, int, str, float]]:
    ours = {presidio_name(label) for label in recognisers().text_labels}
    found = engine().analyze(text, language, **asked)
    return sorted((one.start, one.end, one.entity_type, one.score) for one in found if one.entity_type in ours)


def by_us(text: str, language: str) -> list[tuple[int, int, str, float]]:
    found = analyse_text(text, language, recognisers())
    return [(span.start, span.end, presidio_name(span.label), span.score) for span in found]


@pytest.mark.parametrize("language", ["zh", "en"])
@settings(max_examples=120, deadline=None)
@given(text=TEXTS)
def test_both_paths_give_the_same_spans_and_scores(language: str, text: str) -> None:
    assert by_presidio(text, language) == by_us(text, language)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.sampled_from([0.0, 0.7, 0.9, 0.95]))
def test_a_threshold_only_leaves_out(text: str, least: float) -> None:
    assert by_presidio(text, "zh", score_threshold=least) == [one for one in by_us(text, "zh") if one[3] >= least]


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.sets(st.sampled_from(["PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS", "ADDRESS"]), min_size=1))
def test_asking_for_entities_only_leaves_out(text: str, entities: set[str]) -> None:
    wanted = [one for one in by_us(text, "zh") if one[2] in entities]

    assert by_presidio(text, "zh", entities=sorted(entities)) == wanted


def test_every_name_leads_back_to_its_type() -> None:
    labels = recognisers().text_labels

    assert [our_name(presidio_name(label)) for label in labels] == list(labels)
    assert set(PRESIDIO_NAMES) <= set(labels)
