"""Every error in one language at a time: what Click and Pydantic find is said in ours."""

import re
from typing import get_args

import pytest
from pydantic import BaseModel, Field, ValidationError
from pydantic_core.core_schema import ErrorType

from governance.cli.main import main
from governance.validation import fault_of

WRITTEN_WRONGLY = [
    ("frobnicate",),
    ("scan", "--frob"),
    ("query",),
    ("query", "SELECT 1", "--purpose", "p", "--format", "y"),
    ("demo", "--scale", "x"),
    ("demo", "--scale", "5"),
    ("demo", "--once=3"),
    ("demo", "--postgres", "postgresql://u:clear@h/d"),
    ("token",),
    ("token", "issue"),
    ("token", "issue", "a", "b", "c"),
    ("token", "frob"),
    ("serve", "--port"),
    ("consent", "receipt"),
    ("scripts", "check", "--fail-on", "pink"),
]
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = capsys.readouterr().err
    assert ended.value.code == 2, told
    return re.sub(r"`[^`]*`", "", told)


@pytest.mark.parametrize("arguments", WRITTEN_WRONGLY, ids=" ".join)
def test_a_wrong_command_line_is_told_in_one_language(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    chinese, english = said(capsys, *arguments, "--lang", "zh"), said(capsys, *arguments, "--lang=en")

    assert chinese.startswith("错误: ")
    assert not ENGLISH.search(chinese), chinese
    assert english.startswith("error: ")
    assert not CHINESE.search(english), english


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_language_may_be_stated_anywhere(place: int, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["token", "issue"]

    assert said(capsys, *words[:place], "--lang", "en", *words[place:]).startswith("error: ")


class Body(BaseModel):
    days: int = Field(ge=1, le=9)
    name: str = Field(max_length=3)


@pytest.mark.parametrize(
    ("body", "zh", "en"),
    [
        ({"days": "x", "name": "a"}, "应为整数", "a whole number is needed"),
        ({"days": 0, "name": "a"}, "应不小于 1", "it should be at least 1"),
        ({"days": 1, "name": "long"}, "至多 3 个字符", "at most 3 characters are accepted"),
        ({"days": 1}, "缺失", "it is missing"),
    ],
)
def test_what_a_body_lacks_is_said_in_both_languages(body: dict[str, object], zh: str, en: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(body)

    assert fault_of(dict(caught.value.errors()[0])) == (zh, en)


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_no_kind_of_fault_is_told_in_one_language_or_with_its_value(kind: str) -> None:
    told = fault_of({"type": kind, "ctx": {"error": "secret"}, "msg": "secret", "input": "secret"})

    assert CHINESE.search(told.zh)
    assert not CHINESE.search(told.en)
    assert "secret" not in told.zh + told.en


def test_a_fault_nobody_foresaw_is_told_in_general_words() -> None:
    assert fault_of({"type": "made_tomorrow", "msg": "secret"}) == ("值的形式不对", "the value has another form")
