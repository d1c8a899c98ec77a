"""What can go wrong in `federated`.

FederatedError
├── JobInvalidError          (the job file; lists every problem with its line)
├── DataRefusedError         (a partner's or the test data; lists every problem)
├── TooFewPartnersError
├── OneClassError
├── SingularDesignError
├── NotConvergedError
├── PartnerLostError
├── MaskReusedError
├── PeerKeyError
├── UnknownStepError
├── ModelWriteError
└── FlowerVersionError
"""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.errors import Language, ProductError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, with its place (`line 7: model.trees`, `p2.csv: x3`) and a sentence in each language."""

    place_zh: str
    place_en: str
    zh: str
    en: str

    def text(self, language: Language) -> str:
        """Give place and sentence."""
        return f"{self.place_zh}：{self.zh}" if language == "zh" else f"{self.place_en}: {self.en}"


class FederatedError(ProductError):
    """Base of this package's errors."""


class _ListError(FederatedError):
    """An error that lists all problems at once, so that one look repairs them all."""

    def __init__(self, *, path: object, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(path=path, count=len(self.problems))

    def detail(self, language: Language) -> str:
        """Give the headline and one line a problem."""
        head = super().detail(language)
        return "\n".join([head, *("  " + problem.text(language) for problem in self.problems)])


class JobInvalidError(_ListError):
    """The job file can't be used as it is written."""

    zh = "任务文件 `{path}` 有 {count} 处问题："
    en = "job file `{path}` has {count} problem(s):"
    zh_next = "按所列行号修改后重试"
    en_next = "correct the listed lines and try again"


class DataRefusedError(_ListError):
    """Data does not fit the job or the other partners' data."""

    zh = "任务 `{path}` 的数据有 {count} 处问题："
    en = "the data of job `{path}` has {count} problem(s):"
    zh_next = "使各方文件的列名、类型和标签编码一致后重试"
    en_next = "make columns, types and label coding agree in all files, then try again"


class TooFewPartnersError(FederatedError):
    """With two partners a sum shows each the other's share."""

    zh = "有 {found} 个参与方，安全聚合至少需要 {least} 个"
    en = "{found} partner(s) take part, secure aggregation needs at least {least}"
    zh_next = "再邀请参与方；两方之和会泄露对方数据"
    en_next = "admit more partners; the sum of two shows each the other's share"


class OneClassError(FederatedError):
    """All pooled labels are equal, so there is nothing to learn."""

    zh = "全部 {rows} 行标签 `{label}` 只有一个取值"
    en = "label `{label}` has one class only in all {rows} rows"
    zh_next = "加入另一类样本，或检查标签列"
    en_next = "add rows of the other class, or check the label column"


class SingularDesignError(FederatedError):
    """No feature carries information, so no coefficient can be found."""

    zh = "特征矩阵退化，无法求解系数"
    en = "the features are degenerate, no coefficients can be solved for"
    zh_next = "去掉常数列与重复列，或设置 `model.l2`"
    en_next = "drop constant and duplicate columns, or set `model.l2`"


class NotConvergedError(FederatedError):
    """The classes can be separated perfectly, or the features are nearly the same."""

    zh = "{iterations} 次迭代后系数仍未收敛"
    en = "coefficients did not converge within {iterations} iterations"
    zh_next = "设置 `model.l2`（例如 1），或去掉能完全区分标签的特征"
    en_next = "set `model.l2` (1, say), or drop the feature that separates the classes"


class PartnerLostError(FederatedError):
    """A partner did not answer; the masks of the others can't be taken off without it."""

    zh = "参与方 `{partner}` 在第 {round} 次聚合（{step}）中断（{reason}），本次训练结束"
    en = "partner `{partner}` was lost in aggregation {round} ({step}: {reason}), the run ends"
    zh_next = "恢复该参与方后重新训练；未产生模型"
    en_next = "bring the partner back and train again; no model was written"


class MaskReusedError(FederatedError):
    """An aggregation number came twice: answering would use one mask twice and show the difference of two updates."""

    zh = "聚合编号 {round} 不大于已用过的 {last}，拒绝重复使用掩码"
    en = "aggregation {round} is not after {last}, a mask is never used twice"


class PeerKeyError(FederatedError):
    """The coordinator's list of public keys is not one a partner may mask against."""

    zh = "密钥名册不可用：{reason}"
    en = "the roster of keys is not usable: {reason}"


class UnknownStepError(FederatedError):
    """The coordinator asked a partner for something the protocol does not know."""

    zh = "未知的训练步骤 `{step}`"
    en = "unknown training step `{step}`"


class ModelWriteError(FederatedError):
    """The model file can't be written."""

    zh = "无法写入模型文件 `{path}`：{reason}"
    en = "cannot write model file `{path}`: {reason}"
    zh_next = "检查目录权限与磁盘空间"
    en_next = "check the folder's permissions and the free disk space"


class FlowerVersionError(FederatedError):
    """Another Flower is installed than the one the adapter was written for."""

    zh = "安装的 Flower 为 `{found}`，本版本需要 `{wanted}`"
    en = "Flower `{found}` is installed, this release needs `{wanted}`"
    zh_next = "用 `python3 run.py` 重新安装依赖"
    en_next = "install the dependencies again with `python3 run.py`"
