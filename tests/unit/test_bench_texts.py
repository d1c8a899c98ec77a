"""The evaluation of texts places its gold spans exactly and judges rightly."""

import re
from random import Random

import pytest

from bench.classification.generate_texts import FILLERS, GOLD, SLOT, Gold, Text, fill, make_texts, read_families
from bench.classification.kinds import TIER_OF
from bench.classification.score_texts import clean_share, confusions, leaked, relaxed, score, strict, summary, total
from bench.classification.worlds import SPLITS, WIDER, World


def world(seed: int) -> World:
    return World(Random(seed), "tune", "acme")  # noqa: S311 -- invented data, not secrets


def told(start: int, end: int, label: str) -> dict[str, object]:
    return {"start": start, "end": end, "label": label, "score": 0.9}


def text(content: str, *spans: Gold) -> Text:
    return Text("family", content, "zh", spans)


def test_gold_spans_equal_the_inserted_values() -> None:
    for number in range(40):
        made, spans = fill("甲{PERSON}乙{PHONE}，{product}丙{MEDICAL}", world(number))
        again = world(number)
        values = [GOLD["PERSON"](again), GOLD["PHONE"](again), FILLERS["product"](again), GOLD["MEDICAL"](again)]

        assert made == f"甲{values[0]}乙{values[1]}，{values[2]}丙{values[3]}"
        assert [made[span.start : span.end] for span in spans] == [values[0], values[1], values[3]]


def test_every_slot_of_every_template_is_filled() -> None:
    for split in (*SPLITS, *WIDER):
        assert not [one.text for one in make_texts(split, 1, copies=1) if SLOT.search(one.text)]


def test_text_families_of_the_splits_are_disjoint_and_enough() -> None:
    tune, test = (read_families(split) for split in SPLITS)

    assert not set(tune) & set(test)
    assert min(len(tune), len(test)) >= 12
    templates = [
        {re.sub(r"\W", "", template) for family in split.values() for template in family} for split in (tune, test)
    ]
    assert not templates[0] & templates[1]


def test_the_widening_set_shares_no_family_and_no_template_with_the_others() -> None:
    families = [read_families(split) for split in (*SPLITS, *WIDER)]
    templates = [template for family in families for listed in family.values() for template in listed]

    assert sum(map(len, families)) == len({name for family in families for name in family})
    assert len(templates) == len(set(templates))


def test_the_same_seed_gives_the_same_texts_and_another_seed_others() -> None:
    assert make_texts("tune", 3, copies=1) == make_texts("tune", 3, copies=1)
    assert make_texts("tune", 3, copies=1) != make_texts("tune", 4, copies=1)


def test_an_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{NOBODY}", world(1))


def test_every_gold_type_has_an_insurance_grade_or_the_usual_one() -> None:
    assert {name.partition(":")[0] for name in GOLD if TIER_OF.get(name.partition(":")[0], 3) == 1} == {"USCC"}


def test_strict_wants_the_exact_span_and_relaxed_one_character() -> None:
    one = text("张三丰来电", Gold(0, 3, "PERSON"))
    scored = score([one], [[told(0, 2, "PERSON")]])

    assert total(strict(scored)).f1 == 0.0
    assert total(relaxed(scored)).f1 == 1.0


def test_a_wrong_label_is_a_miss_but_no_leak() -> None:
    scored = score([text("13800138000", Gold(0, 11, "PHONE"))], [[told(0, 11, "QQ")]])

    assert total(strict(scored)).f1 == 0.0
    assert leaked(scored) == 0.0


def test_uncovered_personal_characters_leak() -> None:
    scored = score([text("张三丰来电", Gold(0, 3, "PERSON"))], [[told(0, 2, "PERSON")]])

    assert leaked(scored) == 0.3333


def test_a_firms_code_does_not_leak() -> None:
    assert leaked(score([text("91330195MA0000000X", Gold(0, 18, "USCC"))], [[]])) == 0.0


def test_one_told_span_serves_one_gold_span() -> None:
    one = text("张三李四", Gold(0, 2, "PERSON"), Gold(2, 4, "PERSON"))
    rates = relaxed(score([one], [[told(0, 4, "PERSON")]]))["PERSON"]

    assert (rates.hits, rates.told, rates.gold) == (1, 1, 2)


def test_optional_and_soft_mentions_count_neither_way() -> None:
    one = text("王女士在云海公司", Gold(0, 1, "PERSON", is_optional=True))
    scored = score([one, one], [[told(0, 1, "PERSON"), told(4, 8, "ORGANIZATION")], []])

    assert summary(scored)["gold_spans"] == 0
    assert summary(scored)["strict_precision"] == 1.0


def test_clean_share_counts_texts_with_nothing_in_them() -> None:
    scored = score([text("你好"), text("高兴"), text("张三", Gold(0, 2, "PERSON"))], [[], [told(0, 2, "PERSON")], []])

    assert clean_share(scored) == 0.5


def test_one_type_can_be_scored_alone() -> None:
    one = text("张三13800138000", Gold(0, 2, "PERSON"), Gold(2, 13, "PHONE"))
    scored = score([one], [[told(0, 2, "PERSON"), told(2, 12, "PHONE")]], only="PERSON")

    assert total(strict(scored)).f1 == 1.0


def test_confusions_tell_shapes_and_never_values() -> None:
    one = text("张三丰来电，编号42", Gold(0, 3, "PERSON"))
    lines = confusions(score([one], [[told(0, 2, "PERSON"), told(8, 10, "QQ")]]))

    assert lines == [
        "1 × PERSON called PERSON(+0,-1): family [汉{3}] 1",
        "1 × (nothing) called QQ: family [9{2}] 1",
    ]
