"""Mentions built from parts rather than listed: institutions, homes, diagnoses, secrets, labelled and Latin names."""

import pytest

from classification import Recognisers, analyse_text, load_recognisers


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    return load_recognisers()


def spans(recognisers: Recognisers, text: str, label: str) -> list[str]:
    found = analyse_text(text, "zh", recognisers)
    return [text[span.start : span.end] for span in found if span.label == label]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("已转至云州骨伤科医院治疗", ["云州骨伤科医院"]),
        ("在和睦家园口腔诊所补牙", ["和睦家园口腔诊所"]),
        ("解放区第二〇九医院", ["解放区第二〇九医院"]),
        ("青山乡卫生院和白水镇卫生所", ["青山乡卫生院", "白水镇卫生所"]),
        ("指定江滨市中心医院体检", ["江滨市中心医院"]),
        ("委托滨河大学第一附属医院鉴定", ["滨河大学第一附属医院"]),
        ("挂了县医院的号", ["县医院"]),
        ("江滨市中心医院（二级甲等）", ["江滨市中心医院"]),
        ("Seen at Saint Brigid General Hospital on Monday", ["Saint Brigid General Hospital"]),
        ("请到二级以上公立医院就诊", []),
        ("就诊医院：无", []),
        ("任何定点医院都可以", []),
    ],
)
def test_places_of_treatment_are_told_by_their_kind(recognisers: Recognisers, text: str, wanted: list[str]) -> None:
    assert spans(recognisers, text, "HOSPITAL") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("诊断为左侧第3肋骨骨折", ["左侧第3肋骨骨折"]),
        ("彩超提示肝内胆管结石，建议复查", ["肝内胆管结石"]),
        ("C5/6椎间盘突出", ["C5/6椎间盘突出"]),
        ("高血压性肾病", ["高血压性肾病"]),
        ("右膝前交叉韧带断裂", ["右膝前交叉韧带断裂"]),
        ("因输尿管狭窄住院", ["输尿管狭窄"]),
        ("中心出血点", []),
        ("这个问题特别突出，收入增生很快", []),
        ("系统功能障碍已修复", []),
    ],
)
def test_diagnoses_are_built_from_parts_of_the_body_and_a_head(
    recognisers: Recognisers, text: str, wanted: list[str]
) -> None:
    assert spans(recognisers, text, "MEDICAL") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("搬到听雨轩12栋3单元1502去了", ["听雨轩12栋3单元1502"]),
        ("现住址云南省开远市羊街乡石头寨7组12号", ["云南省开远市羊街乡石头寨7组12号"]),
        ("杭州市滨江区江南大道588号恒鑫大厦B座16层1608", ["杭州市滨江区江南大道588号恒鑫大厦B座16层1608"]),
        ("宁波市海曙区柳汀街与长春路交叉口", ["宁波市海曙区柳汀街与长春路交叉口"]),
        ("注册地址：上海市徐汇区漕溪路222弄9号301室，电话另附", ["上海市徐汇区漕溪路222弄9号301室"]),
        ("2024年3月5日第3号公告", []),
        ("第2单元测试通过1502条", []),
    ],
)
def test_homes_are_told_without_a_gazetteer(recognisers: Recognisers, text: str, wanted: list[str]) -> None:
    assert spans(recognisers, text, "ADDRESS") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("支付密码 482913", ["482913"]),
        ('"api_key": "A1b2C3d4E5f6G7h8"', ["A1b2C3d4E5f6G7h8"]),
        ("Authorization: Bearer abcdef0123456789abcdef", ["abcdef0123456789abcdef"]),
        ("postgresql://app:S3cr3t-pw@db.example/claims", ["S3cr3t-pw"]),
        ("Your reset code: 913482. Thanks", ["913482"]),
        ("sk-live_0123456789abcdefABCD 泄露", ["sk-live_0123456789abcdefABCD"]),
        ("password is required and token is invalid", []),
        ("忘记密码请联系客服", []),
    ],
)
def test_secrets_are_told_by_word_or_form(recognisers: Recognisers, text: str, wanted: list[str]) -> None:
    assert spans(recognisers, text, "AUTH_SECRET") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("name=宣若水;mobile=13800008000", ["宣若水"]),
        ("姓名干德山性别男", ["干德山"]),
        ("收件人：经小满 13800008000", ["经小满"]),
        ("授权人司徒远，开户行略", ["司徒远"]),
        ("境外就医：Ingrid Sorensen，诊断略", ["Ingrid Sorensen"]),
        ("Seen by Dr. Patrick O'Brien today", ["Patrick O'Brien"]),
        ("护照姓名：QIN YULAN", ["QIN YULAN"]),
        ("经办人买合木提·艾山要换卡", ["买合木提·艾山"]),
        ("客户年龄，投保人资格，用户高兴", []),
        ("Customer Service Center and Policy Number", []),
        ("联系人电话：无", []),
    ],
)
def test_names_behind_labels_and_in_latin_letters(recognisers: Recognisers, text: str, wanted: list[str]) -> None:
    assert spans(recognisers, text, "PERSON") == wanted


@pytest.mark.parametrize(
    ("text", "label", "wanted"),
    [
        ('{"birthday":"1990-05-06"}', "DATE_OF_BIRTH", ["1990-05-06"]),
        ("born on May 6, 1990 in Ningbo", "DATE_OF_BIRTH", ["May 6, 1990"]),
        ("出生年月：1990年5月", "DATE_OF_BIRTH", ["1990年5月"]),
        ("custNo: KH20240001", "CUSTOMER_NO", ["KH20240001"]),
        ("扣扣 10086123", "QQ", ["10086123"]),
        ("加V：rain_song88", "WECHAT", ["rain_song88"]),
        ("坐席E52013转接", "EMPLOYEE_NO", ["E52013"]),
    ],
)
def test_keys_of_data_are_labels_too(recognisers: Recognisers, text: str, label: str, wanted: list[str]) -> None:
    assert spans(recognisers, text, label) == wanted
