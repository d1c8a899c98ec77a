"""On what stock recognisers are good at, ours are no worse; the cases are ours, in their spirit."""

from functools import cache

import pytest

from classification import Recognisers, analyse_text, load_recognisers


@cache
def recognisers() -> Recognisers:
    return load_recognisers()


def values(text: str, label: str) -> list[str]:
    return [text[span.start : span.end] for span in analyse_text(text, "en", recognisers()) if span.label == label]


@pytest.mark.parametrize(
    ("label", "text", "wanted"),
    [
        ("BANK_CARD", "4242424242424242 4242-4242-4242-4242 4242 4242 4242 4242", 3),
        ("BANK_CARD", "charged to 378282246310005 today", ["378282246310005"]),
        ("BANK_CARD", "Diners 30569309025904", ["30569309025904"]),
        ("BANK_CARD", "6011111111111117 or 3530111333300000 or 6759649826438453", 3),
        ("BANK_CARD", "4242-4242-4242-4241", []),
        ("BANK_CARD", "order 30569309025905", []),
        ("EMAIL", "write to info@mail.example or help@mail.example", ["info@mail.example", "help@mail.example"]),
        ("EMAIL", "user@xn--fsq.xn--p1ai today", ["user@xn--fsq.xn--p1ai"]),
        ("EMAIL", "write to info@mail.", []),
        ("IP", "from 203.0.113.7 to 203.0.113", ["203.0.113.7"]),
        ("IP", "2001:db8:1:2:3:4:5:6", ["2001:db8:1:2:3:4:5:6"]),
        ("IP", "at [2001:db8::17]:443, fe80::1%eth0 and ::1", ["2001:db8::17", "fe80::1%eth0", "::1"]),
        ("IP", "mapped ::ffff:198.51.100.4, 64:ff9b::198.51.100.4", ["::ffff:198.51.100.4", "64:ff9b::198.51.100.4"]),
        ("IP", "2001:db8::299.1.1.1, 1:2:3, at 12:30:45", []),
        ("MAC", "AA-BB-CC-DD-EE-FE, 00:1a:2b:3c:4d:5e, 001a.2b3c.4d5e", 3),
        ("MAC", "FF:FF:FF:FF:FF:FF, 00:00:00:00:00:00, 10:2F:33-AC-29-C3, 1234.5678.9012", []),
        ("PHONE", "call (212) 555-0123, 212-555-0199 or 212.555.0188", 3),
        ("PHONE", "+1 212 555 0123 / +44 (20) 7946 0958 / +49 30 1234567", 3),
        ("PHONE", "+55 11 98456 5666 or +91 4155550132 or 090-1234-5678", 3),
        ("PHONE", "+33 1 42 68 53 00", ["+33 1 42 68 53 00"]),
        ("PHONE", "growth of +12%, version 212.555.01234, hotline 400-800-1234", []),
    ],
)
def test_values_are_found_whole(label: str, text: str, wanted: list[str] | int) -> None:
    got = values(text, label)

    assert len(got) == wanted if isinstance(wanted, int) else got == wanted


@pytest.mark.parametrize(
    ("label", "text"),
    [("EMAIL", "邮箱zhang@mail.example收"), ("BANK_CARD", "卡号4242424242424242尾"), ("IP", "来自IP192.168.1.1登录")],
)
def test_values_glued_to_chinese_are_found_where_stock_finds_none(label: str, text: str) -> None:
    assert len(values(text, label)) == 1


@pytest.mark.slow
def test_a_long_text_takes_time_in_proportion() -> None:
    piece = "我是王芳，号码 139 0000 9000，寄到江苏省苏州市工业园区星湖街328号5栋801。"
    found = analyse_text(piece * 4000, "zh", recognisers())

    assert len(found) == 12000
