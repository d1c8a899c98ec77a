"""Write `classification/data/pinyin.yaml` anew after header words changed: the reading of each without tones.

Run: pip install pypinyin; python bench/making/pinyin.py. Nothing at run time needs that library.
"""

from pathlib import Path

import yaml
from pypinyin import lazy_pinyin

DATA = Path(__file__).parents[2] / "classification" / "data"
# Words that stand beside cues in headers.
BESIDE = (
    *("号", "号码", "编号", "信息", "名称", "名", "码", "客户", "用户", "会员", "投保人", "被保险人", "被保人"),
    *("受益人", "联系人", "代理人", "业务员", "员工", "车主", "监护人", "申请人", "报案人", "经办人", "配偶", "父亲"),
    *("母亲", "家庭", "本人", "手机", "保单", "案件", "赔案", "理赔", "合同", "现", "新", "旧", "原", "第一", "主"),
    *("次", "紧急", "常用", "注册", "登录", "开户", "收款", "付款", "车辆", "设备", "机构", "单位", "公司", "银行"),
    *("证件", "户籍", "通讯", "备用", "姓名", "联系", "电话", "电子", "报案", "地址", "金额", "时间"),
)
TITLE = """# Header words in full pinyin without tones: reading -> words. Made from headers.yaml by
# `python bench/making/pinyin.py` (readings are facts; computed with pypinyin, which the product does not need).
"""


def main() -> None:
    """Compute and write."""
    cues = yaml.safe_load((DATA / "headers.yaml").read_text(encoding="utf-8"))
    words = {str(word) for entry in cues["types"].values() for word in entry["zh"]} | set(map(str, cues["deny"]["zh"]))
    readings: dict[str, list[str]] = {}
    for word in sorted(words | set(BESIDE)):
        if all("\u4e00" <= character <= "\u9fff" for character in word):
            readings.setdefault("".join(lazy_pinyin(word)), []).append(word)
    lines = [f"{reading}: [{', '.join(found)}]" for reading, found in sorted(readings.items())]
    (DATA / "pinyin.yaml").write_text(TITLE + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
