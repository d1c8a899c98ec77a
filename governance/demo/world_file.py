"""The world file of the demo insurer: the shipped declarations, with sources, notices and dates of this build."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from governance.demo.consents import CURRENT, HABITS, OLD
from governance.demo.sheets import System

_DATA = files("governance.demo") / "data"
GRANT_DAYS = 300
NOTICE = """# 告知书：{purpose}（{version}）

明镜示例保险公司为“{purpose}”处理您的个人信息，仅使用该用途所必需的字段，期限以公司数据保存表为准。
您可以随时撤回同意，撤回后下一次读取即生效；撤回不影响此前基于同意进行的处理。
本告知书属于演示数据。

# Notice: {purpose} ({version})

The demo insurer handles your personal information for `{purpose}`, only the fields this purpose needs.
You may withdraw at any time; withdrawal takes effect at the next read. This is demo data.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A system and the address under which it was written."""

    system: System
    url: str


def write_world(folder: Path, written: tuple[Written, ...], as_of: date, *, fixed_clock: bool) -> Path:
    """Write notices and `world.yaml` into `folder`; the sources must lie there already.

    Args:
        folder: where the world lies.
        written: the systems and their addresses.
        as_of: the data's day; grants expire 300 days later.
        fixed_clock: state `clock:`, so that the data's day is today; such a world needs `--allow-fixed-clock`.
    """
    expires = f"{as_of + timedelta(days=GRANT_DAYS)}T00:00:00+08:00"
    body = (_DATA / "world.yaml").read_text(encoding="utf-8").replace("{expires_at}", expires)
    head, _, rest = body.partition("\n")
    lines = [head, "world: demo-insurer"]
    if fixed_clock:
        lines.append(f"clock: {as_of}T09:00:00+08:00")
    lines += ["sources:", *(_source(item) for item in written), rest.rstrip("\n"), "notices:", *_notices(folder)]
    path = folder / "world.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


def _source(item: Written) -> str:
    system = item.system
    title = f"{{zh: {system.zh}, en: {system.en}}}"
    return f"  - {{id: {system.id}, title: {title}, url: {json.dumps(item.url)}, owner: {system.owner}}}"


def _notices(folder: Path) -> list[str]:
    texts = folder / "notices"
    texts.mkdir(exist_ok=True)
    lines = []
    for habit in HABITS:
        for version in (OLD, CURRENT) if habit.outdated else (CURRENT,):
            name = f"{habit.purpose}-{version}.md"
            text = NOTICE.format(purpose=habit.purpose, version=version)
            (texts / name).write_text(text, encoding="utf-8", newline="\n")
            current = str(version == CURRENT).lower()
            lines.append(
                f'  - {{purpose: {habit.purpose}, version: "{version}", text_file: notices/{name}, current: {current}}}'
            )
    return lines
