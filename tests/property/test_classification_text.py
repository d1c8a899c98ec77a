from functools import cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from classification import Recognisers, analyse_text, load_recognisers

PIECES = st.sampled_from(
    [
        "我是王芳",
        "13800008000",
        "浙江省杭州市西湖区文三路199号",
        "a@mail.example",
        "高血压",
        "，",
        " ",
        "保单号P2024000012345",
        "李",
        "🙂",
        "Ａ",
    ]
)


@cache
def recognisers() -> Recognisers:
    return load_recognisers()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=12).map("".join))
def test_spans_lie_in_the_text_in_order_and_never_overlap(text: str) -> None:
    found = analyse_text(text, "zh", recognisers())

    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert found == analyse_text(text, "en", recognisers())
