import subprocess
import sys

import pytest

from classification import Recognisers, analyse_text, load_recognisers
from classification import dictionary as dictionary_module
from classification.dictionary import Dictionary
from classification.errors import DictionaryMissingError


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    return load_recognisers()


def people(recognisers: Recognisers, text: str) -> list[str]:
    return [text[s.start : s.end] for s in analyse_text(text, "zh", recognisers) if s.label == "PERSON"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("据周慧敏介绍，理赔材料昨天已经寄出。", ["周慧敏"]),
        ("陈志强表示，今年的保费收入增长较快。", ["陈志强"]),
        ("出席会议的还有刘建国、王丽华和赵敏。", ["刘建国", "王丽华", "赵敏"]),
        ("本报记者李晓东报道", ["李晓东"]),
    ],
)
def test_a_name_in_prose_needs_no_label_word(text: str, wanted: list[str], recognisers: Recognisers) -> None:
    assert people(recognisers, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "高兴地看到业务增长，金额核对无误。",
        "方案已经提交，任务安排在下周。",
        "江苏的保费规模增长较快，常规检查不需要预约。",
        "请在张江路与金科路交界处下车。",
        "马上安排处理，方便的时候再联系您。",
        "黄金价格继续上涨。",
    ],
)
def test_words_that_begin_like_a_surname_are_no_person(text: str, recognisers: Recognisers) -> None:
    assert people(recognisers, text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("客户阿里木·买买提来电", "阿里木·买买提"),
        ("经理马克·吐温表示同意", "马克·吐温"),
        ("作家约翰·罗纳德·托尔金说", "约翰·罗纳德·托尔金"),
    ],
)
def test_a_dotted_name_is_whole_and_without_its_neighbours(text: str, wanted: str, recognisers: Recognisers) -> None:
    assert people(recognisers, text) == [wanted]


def test_a_dot_between_single_characters_is_no_name(recognisers: Recognisers) -> None:
    assert people(recognisers, "甲·乙") == []


def test_loading_the_rules_reads_no_dictionary_and_never_imports_its_package() -> None:
    code = (
        "import sys, classification as c; from classification.dictionary import _words; r = c.load_recognisers();"
        "assert not _words.cache_info().currsize; c.analyse_text('据周慧敏介绍', 'zh', r);"
        "assert _words.cache_info().currsize == 1; assert 'jieba' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_dictionary_is_an_error_and_not_a_text_without_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionary_module, "find_spec", lambda _: None)

    with pytest.raises(DictionaryMissingError):
        Dictionary()


def found(recognisers: Recognisers, text: str) -> list[tuple[str, str]]:
    return [(text[s.start : s.end], s.label) for s in analyse_text(text, "zh", recognisers)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("建议转云山县医院进一步治疗", ("云山县医院", "HOSPITAL")),
        ("海川医科大学附属第三医院出具报告", ("海川医科大学附属第三医院", "HOSPITAL")),
        ("诊断：左侧股骨颈骨折。", ("左侧股骨颈骨折", "MEDICAL")),
        ("确诊右肺腺癌IIIA期", ("右肺腺癌IIIA期", "MEDICAL")),
        ("既往有脑梗死病史", ("脑梗死", "MEDICAL")),
        ("由陈女士接听。", ("陈", "PERSON")),
        ("记者（林晓峰）报道", ("林晓峰", "PERSON")),
        ('{"name":"周建华","id":3}', ("周建华", "PERSON")),
        (
            "send to Room 1203, Building 5, No. 88 Linjiang Road",
            ("Room 1203, Building 5, No. 88 Linjiang Road", "ADDRESS"),
        ),
    ],
)
def test_a_mention_is_found_whole(text: str, wanted: tuple[str, str], recognisers: Recognisers) -> None:
    assert wanted in found(recognisers, text)


@pytest.mark.parametrize(
    "text",
    ["须在二级及以上公立医院就诊", "可到本公司指定医院体检", "请到县级以上医院", "铃木汽车四驱", "人民医院挂号难"],
)
def test_hospitals_and_brands_in_general_are_no_mention(text: str, recognisers: Recognisers) -> None:
    assert found(recognisers, text) == []


def test_a_foreign_name_written_by_sound_is_told_beside_a_post_or_a_verb_of_speech(recognisers: Recognisers) -> None:
    assert people(recognisers, "分析师韦斯特兰德认为价格还会下降") == ["韦斯特兰德"]


@pytest.mark.parametrize(
    "text", ["主教练说克林斯克队输了球", "他们去看了《哈利·波特》", "钱某和李某分别来电", "资格审查过程中，材料不全"]
)
def test_clubs_titles_and_unnamed_people_are_no_person(text: str, recognisers: Recognisers) -> None:
    assert people(recognisers, text) == []


def test_a_rare_given_name_is_told_behind_a_post(recognisers: Recognisers) -> None:
    assert people(recognisers, "副部长齐骥表示材料已经寄出") == ["齐骥"]
