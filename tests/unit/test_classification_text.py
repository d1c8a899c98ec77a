import pytest

from classification import Recognisers, analyse_text, anonymise, load_recognisers


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    return load_recognisers()


def spans(recognisers: Recognisers, text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.label) for span in analyse_text(text, "zh", recognisers)]


CASES = [
    (
        "我是王芳，号码 139 0000 9000，寄到江苏省苏州市工业园区星湖街328号5栋801。",
        [("王芳", "PERSON"), ("139 0000 9000", "PHONE"), ("江苏省苏州市工业园区星湖街328号5栋801", "ADDRESS")],
    ),
    (
        "邮箱zhang@mail.example收，卡号4111111111111111尾",
        [("zhang@mail.example", "EMAIL"), ("4111111111111111", "BANK_CARD")],
    ),
    ("IP58.1.2.3登录", [("58.1.2.3", "IP")]),
    ("请回电+86 13800008000。", [("+86 13800008000", "PHONE")]),
    ("车牌沪A·D12345已登记", [("沪A·D12345", "PLATE")]),
    ("诊断：高血压病3级（极高危），2型糖尿病。", [("高血压病3级（极高危）", "MEDICAL"), ("2型糖尿病", "MEDICAL")]),
    ("欧阳修先生的护照号码为E12345678", [("欧阳修", "PERSON"), ("E12345678", "PASSPORT")]),
    (
        "理赔案号CLM2024030500123，保单号：P2024000012345",
        [("CLM2024030500123", "CLAIM_NO"), ("P2024000012345", "POLICY_NO")],
    ),
    ("微信号li_xiao2020，QQ 123456789", [("li_xiao2020", "WECHAT"), ("123456789", "QQ")]),
    ("１３８００００８０００转给张伟", [("１３８００００８０００", "PHONE"), ("张伟", "PERSON")]),
    ("Customer Mary Johnson (DOB 1985-03-12) called", [("Mary Johnson", "PERSON"), ("1985-03-12", "DATE_OF_BIRTH")]),
    ("出生日期：1990年05月06日", [("1990年05月06日", "DATE_OF_BIRTH")]),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_a_span_is_the_whole_written_value_and_nothing_else(
    text: str, wanted: list[tuple[str, str]], recognisers: Recognisers
) -> None:
    assert spans(recognisers, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "本产品为百万医疗险，等待期90天，恶性肿瘤保险金不限次数。",
        "请拨打客服热线400-800-1234或95511，工作时间9:00-18:00。",
        "订单202401011234567890已完成，金额1380.00元，版本2.4.11.0。",
        "高级会员享受9折，金融产品没有变化，高峰时段请稍后。",
        "马上安排，请放心，方便的时候再联系您。",
        "",
        "。" * 500,
    ],
)
def test_texts_without_personal_data_give_no_span(text: str, recognisers: Recognisers) -> None:
    assert spans(recognisers, text) == []


def test_a_surname_without_a_cue_is_no_name(recognisers: Recognisers) -> None:
    assert spans(recognisers, "今天高阳台上看见白云飞过") == []


def test_a_checked_number_beats_a_longer_guess(recognisers: Recognisers) -> None:
    found = spans(recognisers, "账户 4111111111111111")

    assert found == [("4111111111111111", "BANK_CARD")]


def test_anonymised_text_keeps_everything_but_the_values(recognisers: Recognisers) -> None:
    text = "我是王芳，请回电13800008000。"

    assert anonymise(text, analyse_text(text, "zh", recognisers)) == "我是<PERSON>，请回电<PHONE>。"
