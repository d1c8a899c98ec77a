"""Shared strategies: any form of the grammar, and column values by DuckDB type."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from policies.forms import Form, FormContext, parse_form

CONTEXT = FormContext("pricing_study", b"invented key, 32 bytes long, yes", date(2026, 3, 2))

ADDRESSES = [
    "浙江省杭州市西湖区文三路90号",
    "北京市朝阳区建国路1号",
    "上海浦东新区世纪大道",
    "广东深圳市南山区科技园",
    "新疆维吾尔自治区伊犁哈萨克自治州伊宁市",
    "湖北省恩施土家族苗族自治州利川市",
    "黑龙江省哈尔滨市道里区",
    "广东路100号",
    "江西省景德镇市 珠山区",
    "吉林市昌邑区",
    "西湖区文三路",
    "中国 河北省 唐山市 路北区",
]
DATE_TEXTS = [
    "1990-05-07",
    "1990/5/7",
    "1990年5月7日",
    "19900507",
    "1990-02-30",
    "2020-02-29 10:00:00",
    " 2000.1.1",
    "34",
]

_texts = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=14)
    | st.sampled_from(ADDRESSES + DATE_TEXTS)
    | st.text("0123456789-+.年月日市区 ", max_size=12)
    | st.text("北京市朝阳区浙江省杭州路道👨‍👩‍👧é", max_size=14)
)
VALUES = {
    "VARCHAR": _texts,
    "BIGINT": st.integers(-(10**17), 10**17) | st.integers(-5, 200) | st.sampled_from([19900507, 20000229]),
    "SMALLINT": st.integers(-1000, 1000),
    "DECIMAL(18,3)": st.decimals(-(10**12), 10**12, places=3),
    "DECIMAL(38,10)": st.decimals(-(10**20), 10**20, places=10),
    "DOUBLE": st.floats() | st.floats(0, 200),
    "DATE": st.dates(),
    "TIMESTAMP": st.datetimes(),
    "BOOLEAN": st.booleans(),
    "BLOB": st.binary(max_size=8),
}


def forms() -> st.SearchStrategy[Form]:
    number = st.integers(0, 8)
    step = st.sampled_from([1, 2, 5, 7, 10, 1000, 10**6, 10**15])
    texts = st.one_of(
        st.sampled_from(["raw", "token", "aggregate", "deny", "mask:all", "generalise:year", "generalise:month"]),
        st.builds("mask:keep_first({})".format, number),
        st.builds("mask:keep_last({})".format, number),
        st.builds("mask:keep_ends({},{})".format, number, number),
        st.builds("generalise:prefix({})".format, st.integers(1, 8)),
        st.builds("generalise:floor({})".format, step),
        st.builds("generalise:age_band({})".format, st.integers(1, 150)),
        st.builds("generalise:region({})".format, st.sampled_from(["province", "city", "district"])),
    )
    return texts.map(parse_form)


def instants() -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds are naive by contract
