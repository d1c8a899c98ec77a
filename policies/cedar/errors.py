"""What can go wrong with access policies written in Cedar.

policies.errors.PoliciesError
└── RulesInvalidError      (a set of access policies can't be published, or no longer be used)
"""

from dataclasses import dataclass

from policies.errors import PoliciesError
from storage.errors import Said


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a set: the file or policy, and what to mend there."""

    place: str
    zh: str
    en: str


class RulesInvalidError(PoliciesError):
    """A set of access policies is not valid; every fault is listed, and nothing of it is used."""

    zh = "访问策略集无效，共 {count} 处：{faults}"
    en = "the set of access policies is not valid, {count} faults: {faults}"
    zh_next = "改正后用 `mingjing policies check DIR` 复查"
    en_next = "mend them and check again with `mingjing policies check DIR`"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Hold the faults, which the sentence joins."""
        self.faults = faults
        zh = "；".join(f"`{one.place}` {one.zh}" for one in faults)
        en = "; ".join(f"`{one.place}` {one.en}" for one in faults)
        super().__init__(count=len(faults), faults=Said(zh, en))
