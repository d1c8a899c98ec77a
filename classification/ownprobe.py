"""Try a deployment's pattern on texts made to hurt it, before it is taken."""

import re
from typing import Any

Both = tuple[str, str]
Fault = tuple[Both, Both]
"""What is wrong and what to do, each in Chinese and English."""

_LONGEST = 1000
_PROBE = 1500
_SECONDS = 0.2

_SIZE: Fault = (
    ("正则表达式为空或过长", "the pattern is empty or too long"),
    ("至多 1000 个字符", "at most 1000 characters"),
)
_EMPTY: Fault = (
    ("正则表达式匹配空文本", "the pattern matches a text without characters"),
    ("至少要求一个字符", "demand at least one character"),
)
_SLOW: Fault = (
    ("正则表达式在某些文本上耗时过长", "the pattern takes too long on some texts"),
    ("去掉嵌套的重复，例如把 (a+)+ 写成 a+", "take nested repeats out, such as a+ for (a+)+"),
)


def tried(written: str) -> tuple[Any, Fault | None]:
    """Give a pattern compiled by `regex`, whose matching can be stopped, or why it is refused."""
    import regex  # noqa: PLC0415 -- only where a deployment has patterns of its own

    if not 0 < len(written) <= _LONGEST:
        return None, _SIZE
    try:
        compiled = regex.compile(written)
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        told = f"正则表达式有误：{error}", f"the pattern does not compile: {error}"
        return None, (told, ("改正后重试", "mend it and try again"))
    try:
        if compiled.fullmatch("", timeout=_SECONDS):
            return None, _EMPTY
        for probe in _probes(written):
            compiled.fullmatch(probe, timeout=_SECONDS)
            hit = compiled.search(probe, timeout=_SECONDS)
            if hit is not None and hit.end() == hit.start():
                return None, _EMPTY
    except TimeoutError:
        return None, _SLOW
    return compiled, None


def _probes(written: str) -> list[str]:
    """Give texts on which a pattern with nested or neighbouring repeats tries every way there is.

    Its own letters follow out of reach: the matcher gives up at once where one that it needs is missing.
    """
    letters = sorted(set(re.sub(r"\\.", "", written)) - set(r"\^$.|?*+()[]{}"))[:40]
    units = ["a", "1", " ", "A", "中", "a1", "1-", "a.", "a@", "a ", "_", *letters]
    ends = ("", "\x00", "\x00" + "".join(letters) + "@.-_:/")
    return [(unit * _PROBE)[:_PROBE] + end for unit in units for end in ends]
