"""Offers, emergency access and narrowing, simulated; people and data are invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from governance.console.pages.asking import AskView, Draft
from governance.console.pages.oversight import (
    EmergenciesView,
    EmergencyRow,
    EmergencyView,
    FlipLine,
    GlassForm,
    GlassWish,
    HeldLine,
    NarrowingView,
    ReadLine,
    UnusedRow,
    UnusedView,
)
from governance.console.pages.query import FieldForm
from governance.console.ports import ConsoleJourneys, Visit

HOUR = 3600
ROW = UnusedRow("g-1", "质检员", True, "保单回访质检", "客户", 80, ("身份证号", "出生日期"), 5)


@dataclass
class OversightSimulator:
    journeys: ConsoleJourneys
    done: list[tuple[str, ...]] = field(default_factory=list)
    holding: tuple[HeldLine, ...] = (HeldLine("H-1", "approve", "AR-101", 9),)

    def settle(self) -> None:
        pass

    def held(self, _visit: Visit) -> tuple[HeldLine, ...]:
        return self.holding

    def undo(self, _visit: Visit, held_id: str) -> None:
        self.done.append(("undo", held_id))

    def counter(
        self, _visit: Visit, request_id: str, forms: Mapping[str, str], days: int, reason: str, _version: int
    ) -> None:
        self.done.append(("counter", request_id, str(dict(forms)), str(days), reason))

    def accept(self, _visit: Visit, request_id: str, _version: int) -> None:
        self.done.append(("accept", request_id))

    def emergencies(self, _visit: Visit, emergency_id: str | None) -> EmergenciesView:
        rows = (
            EmergencyRow("B-1", "周客服", "客户", "事件处置", "open", HOUR),
            EmergencyRow("B-2", "孙客服", "客户", "事件处置", "unreviewed", 30 * HOUR),
        )
        opened = EmergencyView(
            "B-1",
            "周客服",
            "客服",
            "客户",
            "事件处置",
            "今晚修复前须逐一通知客户",
            "INC-4711",
            "open",
            HOUR // 2,
            HOUR // 2,
            (FieldForm("mobile", "手机号", 3, "raw"), FieldForm("holder_name", "投保人姓名", 3, "mask:keep_first(1)")),
            ("吴管家", "郑合规官"),
            (ReadLine(60, "allow", "E5"),),
            can_review=True,
            can_end=True,
        )
        return EmergenciesView(rows, opened if emergency_id else None, may_open=True)

    def glass_form(self, visit: Visit, wish: GlassWish, problem: str = "") -> GlassForm:
        ask: AskView = self.journeys.ask_form(visit, Draft(wish.dataset, wish.purpose), problem)
        return GlassForm(ask, wish.reason, wish.ticket, wish.minutes or 60)

    def break_glass(self, _visit: Visit, wish: GlassWish) -> str:
        self.done.append(("glass", wish.dataset, wish.ticket))
        return "B-1"

    def end_emergency(self, _visit: Visit, emergency_id: str) -> None:
        self.done.append(("end", emergency_id))

    def review_emergency(self, _visit: Visit, emergency_id: str, judgement: str, note: str) -> None:
        self.done.append(("review", emergency_id, judgement, note))

    def unused(self, _visit: Visit) -> UnusedView:
        return UnusedView((ROW,), 90)

    def narrowing(self, _visit: Visit, _grant_id: str) -> NarrowingView:
        flips = (FlipLine("allow_to_deny", ("王磊",), 3), FlipLine("narrower", (), 0))
        return NarrowingView(ROW, ROW.unused, ("手机号", "渠道"), flips, 1200, 90, "d" * 64, can_narrow=True)

    def narrow(self, _visit: Visit, grant_id: str, digest: str, reason: str) -> None:
        self.done.append(("narrow", grant_id, digest, reason))
