from hypothesis import given
from hypothesis import strategies as st

from policies.scripts import Speaker, Utterance, check_script, load_library
from policies.scripts.views import view_of

LIBRARY = load_library()
PIECES = (
    "保本", "bao", "本", "稳zhuan", "０", " ", "~", "，", "。", "风险", "不",
    "但是", "💯", "赔", "一定", "①", "ﬁ", "\u200b", "5.2%",
)  # fmt: skip
texts = st.one_of(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.text(max_size=120))


@given(texts)
def test_every_violation_quotes_the_original_at_its_offsets(text: str) -> None:
    for violation in check_script(LIBRARY, Utterance(text)).violations:
        assert 0 <= violation.start < violation.end <= len(text)
        assert text[violation.start : violation.end] == violation.text


@given(texts)
def test_the_view_never_goes_backwards(text: str) -> None:
    view = view_of(text, LIBRARY.spelling)

    assert len(view.starts) == len(view.ends) == len(view.text)
    assert list(view.starts) == sorted(view.starts)
    assert all(start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))


@given(texts)
def test_a_customer_never_violates(text: str) -> None:
    verdict = check_script(LIBRARY, Utterance(text, speaker=Speaker.CUSTOMER))

    assert (verdict.violations, verdict.verdict) == ((), "pass")


@given(texts)
def test_checking_twice_gives_the_same(text: str) -> None:
    assert check_script(LIBRARY, Utterance(text)) == check_script(LIBRARY, Utterance(text))
