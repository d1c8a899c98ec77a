"""Headers as houses really write them: short forms, full pinyin, head-final order, and names that say nothing."""

import pytest

from classification.headers import HeaderReader, load_header_reader
from classification.spellings import is_opaque


@pytest.fixture(scope="module")
def reader() -> HeaderReader:
    return load_header_reader()


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("CUST_NM", "PERSON"),
        ("INSRD_NM", "PERSON"),
        ("kehuxingming", "PERSON"),
        ("BEI_BAO_REN_XING_MING", "PERSON"),
        ("INSD_CERT_NO", "ID_CARD"),
        ("MBL_PHN", "PHONE"),
        ("BAO_AN_DIAN_HUA", "PHONE"),
        ("order_phone", "PHONE"),
        ("dianziyouxiang", "EMAIL"),
        ("EML_ADDR", "EMAIL"),
        ("BRTH_DT", "DATE_OF_BIRTH"),
        ("MRTL_STS", "MARITAL_STATUS"),
        ("YRLY_INCM", "INCOME"),
        ("PLCY_NO", "POLICY_NO"),
        ("lipeianhao", "CLAIM_NO"),
        ("total_prem", "PREMIUM"),
        ("HOSP_NM", "HOSPITAL"),
        ("disease_nm", "MEDICAL"),
        ("BNK_ACCT_NBR", "BANK_CARD"),
        ("kehubianhao", "CUSTOMER_NO"),
        ("agt_license_no", "LICENSE_NO"),
        ("app_secret", "AUTH_SECRET"),
        ("org_nm", "ORGANIZATION"),
        ("系统登录密码", "AUTH_SECRET"),
        ("渠道联系人电话", "PHONE"),
    ],
)
def test_a_header_is_understood_in_whatever_spelling(reader: HeaderReader, header: str, kind: str) -> None:
    weights = reader.read(header).weights

    assert max(weights, key=lambda one: weights[one], default=None) == kind


@pytest.mark.parametrize(
    "header",
    [
        "CLM_STS", "mobile_sts", "phone_flg", "id_card_status", "手机品牌", "手机号归属地", "cert_typ",
        "email_verified", "bank_name", "product_name", "保单状态", "保单年度", "客户等级", "cust_lvl", "contact_cnt",
        "is_phone", "has_email", "是否手机用户", "员工人数", "保费率", "医院等级", "password_expire_days",
        "shoujihaozhuangtai",
    ],
)  # fmt: skip
def test_a_state_kind_or_count_of_a_thing_is_not_the_thing(reader: HeaderReader, header: str) -> None:
    assert not reader.read(header).weights


@pytest.mark.parametrize("header", ["字段3", "col_07", "field12", "F1", "备用1", "Unnamed: 4"])
def test_a_name_that_says_nothing_neither_speaks_nor_denies(reader: HeaderReader, header: str) -> None:
    found = reader.read(header)

    assert is_opaque(header)
    assert (found.speaks, found.denied, dict(found.weights)) == (False, False, {})
