import pytest

from classification.headers import HeaderReader, load_header_reader


@pytest.fixture(scope="module")
def reader() -> HeaderReader:
    return load_header_reader()


def best(reader: HeaderReader, header: str) -> str | None:
    weights = reader.read(header).weights
    return max(weights, key=lambda kind: weights[kind]) if weights else None


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("投保人手机号", "PHONE"),
        ("被保险人身份证号码", "ID_CARD"),
        ("tbrxm", "PERSON"),
        ("lxdh", "PHONE"),
        ("bbrcsrq", "DATE_OF_BIRTH"),
        ("custPhoneNo", "PHONE"),
        ("CUSTOMER_NAME", "PERSON"),
        ("mobile1", "PHONE"),
        ("custphone", "PHONE"),
        ("insured_birth_date", "DATE_OF_BIRTH"),
        ("icd_code", "MEDICAL"),
        ("性别代码", "GENDER"),
        ("premium_paid", "PREMIUM"),
        ("登录密码", "AUTH_SECRET"),
    ],
)
def test_a_header_is_read_by_its_last_word(header: str, kind: str, reader: HeaderReader) -> None:
    assert best(reader, header) == kind


@pytest.mark.parametrize(
    "header",
    [
        "phone_status",
        "手机号状态",
        "email_verified",
        "姓名校验",
        "id_card_type_cnt",
        "保费比例",
        "acid",
        "f03",
        "",
    ],
)
def test_a_word_for_a_state_or_a_count_takes_the_header_back(header: str, reader: HeaderReader) -> None:
    assert best(reader, header) is None


def test_a_cue_inside_a_longer_word_does_not_count(reader: HeaderReader) -> None:
    assert best(reader, "acidity") is None
    assert best(reader, "shipping") is None


def test_an_opaque_header_says_nothing(reader: HeaderReader) -> None:
    found = reader.read("f03")

    assert not found.speaks
    assert not found.denied


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("理算编号", "CLAIM_NO"),
        ("要保人代号", "CUSTOMER_NO"),
        ("查勘员代码", "EMPLOYEE_NO"),
        ("adjuster_ref", "EMPLOYEE_NO"),
        ("lossReference", "CLAIM_NO"),
        ("subscriberKey", "CUSTOMER_NO"),
        ("治疗费用(元)", "CLAIM_AMOUNT"),
        ("recovered_amt", "CLAIM_AMOUNT"),
        ("bd_bh", "POLICY_NO"),
        ("webhook_secret", "AUTH_SECRET"),
    ],
)
def test_a_header_composed_of_an_owner_and_a_thing_is_read_without_being_listed(
    header: str, kind: str, reader: HeaderReader
) -> None:
    assert best(reader, header) == kind


def test_a_composed_word_said_of_other_things_too_says_less(reader: HeaderReader) -> None:
    assert reader.read("invoice_amount").weights["CLAIM_AMOUNT"] < reader.read("paid_amount").weights["CLAIM_AMOUNT"]


@pytest.mark.parametrize("header", ["claim_no_length", "赔案编号错误", "保费折扣", "adjuster_id_count"])
def test_a_composed_word_is_taken_back_like_any_other(header: str, reader: HeaderReader) -> None:
    assert best(reader, header) is None
