"""What was written wrongly on the command line, in both languages: Click finds it, the sentence is ours.

Guarantee: a fault that the table lacks is told in general words; Chinese holds no English sentence of Click's.
"""

import re
from typing import Final

import click

from governance.errors import GovernanceError
from storage.errors import Said


class UnknownCommandError(GovernanceError):
    """There is no such command."""

    zh = "没有命令 `{name}`"
    en = "unknown command `{name}`"
    zh_next = "{hint_zh}见 `mingjing --help`"
    en_next = "{hint_en}see `mingjing --help`"

    def __init__(self, name: str, near: str | None) -> None:
        """Name the command, and the nearest that there is."""
        hint_zh, hint_en = (f"是否想写 `{near}`？", f"did you mean `{near}`? ") if near else ("", "")
        super().__init__(name=name, hint_zh=hint_zh, hint_en=hint_en)


class UsageError(GovernanceError):
    """A command was written in a way it does not take."""

    zh = "{reason}"
    en = "{reason}"
    zh_next = "见 `{command} --help`"
    en_next = "see `{command} --help`"


class OptionInvalidError(UsageError):
    """An option has a value that its command does not take."""

    zh = "选项 `{option}` 无效：{reason}"
    en = "option `{option}` is invalid: {reason}"
    zh_next = "见该命令的 `--help`"
    en_next = "see the command's `--help`"


_VALUE: Final = r"(?P<value>'.*?'|\".*?\"|\S+)"
# How Click puts it -> how we say it; the first that matches counts.
_FAULTS: Final[tuple[tuple[str, Said], ...]] = (
    (rf"^No such option:? {_VALUE}", Said("没有选项 `{value}`", "there is no option `{value}`")),
    (rf"^No such command {_VALUE}", Said("没有子命令 `{value}`", "there is no sub-command `{value}`")),
    (r"^Missing command", Said("缺少子命令", "a sub-command is missing")),
    (rf"^Missing option {_VALUE}", Said("缺少选项 `{value}`", "option `{value}` is missing")),
    (rf"^Missing \w+ {_VALUE}", Said("缺少参数 `{value}`", "argument `{value}` is missing")),
    (r"^Got unexpected extra arguments? \((?P<value>.*)\)", Said("多余的参数：{value}", "too many arguments: {value}")),
    (rf"^Option {_VALUE} requires", Said("选项 `{value}` 后须有值", "option `{value}` needs a value")),
    (rf"^Option {_VALUE} does not take", Said("选项 `{value}` 不带值", "option `{value}` takes no value")),
    (rf"^Argument {_VALUE} takes", Said("参数 `{value}` 的个数不对", "argument `{value}` is there in another number")),
    (
        rf"{_VALUE} is not one of (?P<known>.*?)\.?$",
        Said("{value} 不在可用值之中：{known}", "{value} is none of {known}"),
    ),
    (
        rf"{_VALUE} is not in the range (?P<known>.*?)\.?$",
        Said("{value} 超出范围 {known}", "{value} is not in {known}"),
    ),
    (rf"{_VALUE} is not a valid (?:integer|int)", Said("{value} 不是整数", "{value} is no whole number")),
    (rf"{_VALUE} is not a valid float", Said("{value} 不是数字", "{value} is no number")),
    (rf"{_VALUE} is not a valid boolean", Said("{value} 不是 true 或 false", "{value} is neither true nor false")),
    (rf"^\w+ {_VALUE} does not exist", Said("找不到 {value}", "there is no {value}")),
    (rf"^\w+ {_VALUE} is a directory", Said("{value} 是目录", "{value} is a folder")),
    (rf"^\w+ {_VALUE} is a file", Said("{value} 是文件，应为目录", "{value} is a file, a folder is needed")),
    (rf"^\w+ {_VALUE} is not readable", Said("{value} 不可读", "{value} can't be read")),
    (rf"^\w+ {_VALUE} is not writable", Said("{value} 不可写", "{value} can't be written")),
)
_OTHER: Final = Said("命令的写法不对", "the command is not written as it should be")


def usage_of(error: click.ClickException) -> UsageError:
    """Give our error for one of Click's."""
    reason = _said(error.format_message() if not isinstance(error, click.BadParameter) else error.message or "")
    if isinstance(error, click.MissingParameter) and error.param is not None:
        shown = error.param.opts[0] if isinstance(error.param, click.Option) else error.param.human_readable_name
        is_option = isinstance(error.param, click.Option)
        zh, en = ("选项", "option") if is_option else ("参数", "argument")
        reason = Said(f"缺少{zh} `{shown}`", f"{en} `{shown}` is missing")
    elif isinstance(error, click.BadParameter) and error.param is not None:
        shown = error.param.opts[0] if isinstance(error.param, click.Option) else error.param.human_readable_name
        reason = Said(f"`{shown}` 无效：{reason.zh}", f"`{shown}` is invalid: {reason.en}")
    context = getattr(error, "ctx", None)
    return UsageError(reason=reason, command=context.command_path if context else "mingjing")


def _said(message: str) -> Said:
    for pattern, said in _FAULTS:
        found = re.search(pattern, message)
        if found:
            values = {name: _plain(said, text) for name, text in found.groupdict().items()}
            return Said(said.zh.format(**values), said.en.format(**values))
    return _OTHER


def _plain(said: Said, text: str) -> str:
    """Take Click's quotes off where ours stand."""
    return text.strip("'\".") if "`{value}`" in said.zh else text.rstrip(".")
