"""A console over simulated journeys and a real door; its people and data are invented."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import Engine

from governance.console import install_console
from governance.console.door import IdentityDoor
from governance.console.pages.asking import (
    AskField,
    AskView,
    DatasetChoice,
    Draft,
    MyRequest,
    OtherPurpose,
    RequestsView,
    SystemChoice,
)
from governance.console.pages.catalogue import CatalogueView, DatasetRow, DatasetView, FieldRow, SystemBlock
from governance.console.pages.evidence import EntryRow, EntryView, Head, LogView, leaf_hash
from governance.console.pages.fields import (
    BulkView,
    CategoryChoice,
    Consequence,
    DecisionLine,
    FieldLine,
    FieldPage,
    FieldQuery,
    FieldsView,
    FieldView,
    HeatCell,
    HeatMap,
    HeatRow,
    ReviewView,
    Share,
)
from governance.console.pages.home import HomeView, Standing, Work
from governance.console.pages.inbox import (
    ApprovalLine,
    EarlierGrant,
    FieldAdvice,
    HeldGrant,
    InboxView,
    RequestRow,
    RequestView,
    Why,
)
from governance.console.pages.person import KeyChoice, PersonColumn, PersonPage, PersonPart
from governance.console.pages.policies import (
    PoliciesPage,
    PolicyPage,
    PolicyWish,
    RuleLine,
    TrialLine,
    VersionLine,
)
from governance.console.pages.query import (
    DecisionPanel,
    FieldForm,
    GrantedDataset,
    PurposeChoice,
    QueryView,
    RefusalPanel,
    ResultTable,
)
from governance.console.ports import Act, ConsoleParts, Decided, PersonWish, Visit
from governance.errors import InputInvalidError, NotFoundError, StaleVersionError
from governance.identity import Passwords, SessionLimits, put_person, put_role, set_password
from storage import KeyRing, unit_of_work
from storage.errors import Said
from tests.in_thread import finish
from tests.journeys.oversight_simulator import OversightSimulator

PASSWORD = "an invented password"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
HOUR, DAY = 3600, 86400

_PURPOSES = (
    ("保单回访质检", "Call-back quality"),
    ("监管报送核对", "Regulatory reporting"),
    ("理赔反欺诈建模", "Claims fraud model"),
)

# A dozen systems in all, as the demo insurer has: the map's columns.
_MORE_SYSTEMS = (
    ("campaign", "营销活动工具", "Campaign tool"),
    ("web", "官网注册", "Web registration"),
    ("app", "客户端行为日志", "App events"),
    ("agency", "代理人系统", "Agents and brokers"),
    ("motor", "车险核心", "Motor core"),
    ("callcentre", "呼叫中心", "Call centre"),
    ("underwriting", "核保与健康告知", "Underwriting"),
    ("payments", "支付网关", "Payment gateway"),
    ("hospital", "医院直付结算", "Hospital settlement"),
)
_FIELDS = (
    ("id_card", "身份证号", "Identity number", 4, "raw", "deny", "本用途不需要", "the purpose does not need it"),
    (
        "holder_name",
        "投保人姓名",
        "Policyholder",
        3,
        "raw",
        "mask:keep_first(1)",
        "称呼即可",
        "a form of address is enough",
    ),
    (
        "mobile",
        "手机号",
        "Mobile number",
        3,
        "raw",
        "mask:keep_last(4)",
        "核对尾号即可",
        "the last digits are enough to check",
    ),
    ("born_on", "出生日期", "Date of birth", 3, "raw", "generalise:age_band(5)", "", ""),
    ("channel", "销售渠道", "Sales channel", 1, "raw", "raw", "", ""),
)


def _tree(leaves: list[str]) -> list[list[str]]:
    """Give the levels of a small tree whose size is a power of two."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        pairs = list(pairwise(levels[-1]))[::2]
        levels.append([sha256(b"\x01" + bytes.fromhex(a) + bytes.fromhex(b)).hexdigest() for a, b in pairs])
    return levels


@dataclass
class JourneysSimulator:
    """Answers every journey from values it holds."""

    now: datetime
    hostile: bool = False
    empty: bool = False
    broken: bool = False
    decided: list[tuple[str, str, str]] = field(default_factory=list)
    asked: list[Draft] = field(default_factory=list)
    reviewed: list[tuple[str, ...]] = field(default_factory=list)

    def _say(self, visit: Visit, zh: str, en: str) -> str:
        return HOSTILE if self.hostile else zh if visit.language == "zh" else en

    def _ids(self) -> list[str]:
        gone = {decided[0] for decided in self.decided}
        return [] if self.empty else [f"AR-{number}" for number in range(101, 113) if f"AR-{number}" not in gone]

    def pending(self, _visit: Visit) -> int:
        return len(self._ids())

    def home(self, _visit: Visit) -> HomeView:
        if self.empty:
            return HomeView((), (Standing("systems", 0, "/catalogue"), Standing("entries", 0, "/evidence")))
        return HomeView(
            (
                Work("incidents", 1, "/evidence", 5 * HOUR, -2 * HOUR),
                Work("requests", len(self._ids()), "/inbox", 52 * HOUR, 20 * HOUR),
                Work("review", 37, "/catalogue", 4 * DAY),
            ),
            (
                Standing("systems", 12, "/catalogue"),
                Standing("datasets", 48, "/catalogue"),
                Standing("fields", 612, "/catalogue"),
                Standing("entries", 16, "/evidence"),
            ),
        )

    def catalogue(self, visit: Visit) -> CatalogueView:
        if self.empty:
            return CatalogueView(())
        names = (
            ("policy", "保单系统", "Policy administration"),
            ("claims", "理赔系统", "Claims"),
            ("crm", "客户关系", "Customer relations"),
        )
        blocks = [
            SystemBlock(
                key,
                self._say(visit, zh, en),
                self._say(visit, "运营部", "Operations"),
                (
                    DatasetRow(f"{key}.people", self._say(visit, "客户", "Customers"), 20000, 4, (3, 4, 6, 2, 0), 1),
                    DatasetRow(
                        f"{key}.contacts", self._say(visit, "联络记录", "Contacts"), 145320, 3, (5, 2, 1, 0, 0), 0
                    ),
                ),
            )
            for key, zh, en in names
        ]
        rows = tuple(
            HeatRow(
                self._say(visit, zh, en),
                tier,
                (
                    HeatCell(tier, 4, tier % 2, "/fields?system=policy&category=name"),
                    HeatCell(),
                    HeatCell(2, 1, 0, "/fields"),
                    *(HeatCell(tier, 18, 3, "/fields") for _ in _MORE_SYSTEMS),
                ),
            )
            for zh, en, tier in (("证件", "Identity", 4), ("姓名", "Name", 3), ("非个人信息", "Not personal", 1))
        )
        heat = HeatMap(tuple((key, self._say(visit, zh, en)) for key, zh, en in (*names, *_MORE_SYSTEMS)), rows)
        return CatalogueView(
            (*blocks, SystemBlock("partner", self._say(visit, "合作方", "Partner data"), "", ())), heat
        )

    def dataset(self, visit: Visit, dataset_id: str) -> DatasetView:
        if not dataset_id.endswith("people"):
            raise NotFoundError(kind="dataset", id=dataset_id)
        rows = [
            FieldRow(
                f"F-{name}",
                name,
                self._say(visit, zh, en),
                (name.upper(),),
                self._say(visit, "客户信息", "Customer data"),
                tier,
                0.97,
                "review" if tier == 3 else "auto",
                (self._say(visit, "98% 的样本符合校验位", "98% of samples pass the check digit"),),
            )
            for name, zh, en, tier, *_ in _FIELDS
        ]
        return DatasetView(
            dataset_id,
            self._say(visit, "客户", "Customers"),
            self._say(visit, "保单系统", "Policy administration"),
            20000,
            5000,
            4,
            "customer_no",
            () if self.empty else tuple(rows),
        )

    def _field_ids(self) -> list[str]:
        gone = {reviewed[1] for reviewed in self.reviewed}
        return [] if self.empty else [one for one in (f"F-{row[0]}" for row in _FIELDS) if one not in gone]

    def _field_line(self, visit: Visit, key: str) -> FieldLine:
        found = next((row for row in _FIELDS if f"F-{row[0]}" == key), None)
        if found is None:
            raise NotFoundError(kind="field", id=key)
        name, zh, en, tier, *_ = found
        where, what = (
            self._say(visit, "保单 · 客户", "Policies · people"),
            self._say(visit, "客户信息", "Customer data"),
        )
        return FieldLine(
            key, name, self._say(visit, zh, en), where, "policy.people", what, tier, "review", 0.62, 20000, 22800.0
        )

    def _field(self, visit: Visit, key: str) -> FieldView:
        decided = DecisionLine(
            self._say(visit, "吴管家", "Wu"),
            self.now,
            "overridden",
            self._say(visit, "姓名", "Name"),
            self._say(visit, "证件", "Identity"),
            3,
            4,
            self._say(visit, "样例是证件号", "the samples are identity numbers"),
        )
        return FieldView(
            self._field_line(visit, key),
            "v1",
            "name",
            (self._say(visit, "98% 的样本符合校验位", "98% of samples pass the check digit"),),
            HOSTILE if self.hostile else "3*****, 4*****",
            (Share(self._say(visit, "证件号", "Identity number"), "ID_CARD", 0.98, 0.62),),
            (("jrt0171", "C2"), ("nfra", self._say(visit, "敏感数据", "sensitive data"))),
            "text",
            5000,
            "customer_no",
            (decided,),
            (
                CategoryChoice("name", self._say(visit, "姓名", "Name")),
                CategoryChoice("none", self._say(visit, "无", "none")),
            ),
            may_review=True,
        )

    def fields(self, visit: Visit, query: FieldQuery) -> FieldsView:
        lines = tuple(self._field_line(visit, key) for key in self._field_ids())
        filters = ((self._say(visit, "保单系统", "Policies"), "/fields"),) if query.system else ()
        return FieldsView(lines, len(lines), filters)

    def field(self, visit: Visit, field_id: str) -> FieldPage:
        return FieldPage(self._field(visit, field_id))

    def review(self, visit: Visit, field_id: str | None) -> ReviewView:
        ids = self._field_ids()
        lines = tuple(self._field_line(visit, key) for key in ids)
        opened = self._field(visit, field_id or ids[0]) if field_id or ids else None
        return ReviewView(lines, opened, field_id is not None, len(ids))

    def bulk(self, visit: Visit, ids: Sequence[str]) -> BulkView:
        lines = tuple(self._field_line(visit, key) for key in self._field_ids())
        taken = tuple(line for line in lines if line.id in ids and line.tier < 4)
        skipped = tuple((line.title, self._say(visit, "须逐个确认", "one by one")) for line in lines if line.tier > 3)
        return BulkView(
            lines, frozenset(ids), (Consequence(3, len(taken), 20000),) if ids else (), skipped if ids else (), taken
        )

    def _after(self, field_id: str) -> str | None:
        ids = self._field_ids()
        return next(iter(ids[ids.index(field_id) + 1 :]), None) if field_id in ids else None

    def confirm_field(self, _visit: Visit, field_id: str, version: str) -> str | None:
        if version != "v1":
            raise StaleVersionError(id=field_id)
        following = self._after(field_id)
        self.reviewed.append(("confirm", field_id))
        return following

    def override_field(
        self, _visit: Visit, field_id: str, _version: str, category: str, tier: int, reason: str
    ) -> str | None:
        following = self._after(field_id)
        self.reviewed.append(("override", field_id, category, str(tier), reason))
        return following

    def confirm_all(self, _visit: Visit, ids: Sequence[str], reason: str) -> None:
        self.reviewed.extend(("confirm", one, reason) for one in ids)

    def inbox(self, visit: Visit, request_id: str | None) -> InboxView:
        ids = self._ids()
        if request_id is not None and request_id not in ids:
            raise NotFoundError(kind="access request", id=request_id)
        rows = tuple(self._row(visit, key) for key in ids)
        opened = self._request(visit, request_id or ids[0]) if ids else None
        return InboxView(rows, opened, request_id is not None)

    def _row(self, visit: Visit, key: str) -> RequestRow:
        number = int(key[3:])
        return RequestRow(
            key,
            self._say(visit, *_PURPOSES[number % 3]),
            self._say(visit, "保单", "Policies"),
            self._say(visit, "王磊", "Wang Lei"),
            number % 7 * 9 * HOUR + HOUR,
            (number % 5 - 1) * 11 * HOUR,
            tuple(tier for *_, tier in ((row[3],) for row in _FIELDS)),
            "pending",
        )

    def _request(self, visit: Visit, key: str) -> RequestView:
        row = self._row(visit, key)
        fields = [
            FieldAdvice(name, self._say(visit, zh, en), tier, asked, advised, self._say(visit, why_zh, why_en))
            for name, zh, en, tier, asked, advised, why_zh, why_en in _FIELDS
        ]
        return RequestView(
            id=key,
            version=1,
            purpose=row.purpose,
            purpose_id="qa_review",
            dataset=row.dataset,
            dataset_id="policy.people",
            requester=row.requester,
            team=self._say(visit, "质检二组", "Quality team 2"),
            days=180,
            age_seconds=row.age_seconds,
            due_seconds=row.due_seconds,
            case="QA-2026-03",
            words=self._say(
                visit, "抽检三月回访录音，需核对投保人。", "Sampling March call-backs; we must match the policyholder."
            ),
            tier=4,
            status="pending",
            fields=tuple(fields),
            why=(
                Why(
                    self._say(
                        visit,
                        "质检只需核对身份，不需要证件号码",
                        "quality checks match a person; the number itself is not needed",
                    ),
                    "PIPL 6",
                ),
                Why(
                    self._say(
                        visit,
                        "三级联络方式在此用途下只给尾号",
                        "tier 3 contacts give the last digits under this purpose",
                    ),
                    "matrix 1.0.0",
                ),
            ),
            approvals=(
                ApprovalLine(
                    self._say(visit, "周瑾", "Zhou Jin"), 2 * HOUR, self._say(visit, "范围合适", "the scope fits")
                ),
            ),
            holds=(HeldGrant(self._say(visit, "保单", "Policies"), 3, is_by_role=True, ends_seconds=9 * DAY),),
            ends_at=self.now + timedelta(days=180),
            earlier=(
                EarlierGrant(
                    self._say(visit, "陈思", "Chen Si"),
                    41,
                    "approved",
                    self._say(visit, "同样五个字段，用了两个", "the same five fields, two were used"),
                ),
            ),
        )

    def decide(self, _visit: Visit, request_id: str, act: Act, reason: str, version: int) -> Decided:
        ids = self._ids()
        if request_id not in ids:
            raise NotFoundError(kind="access request", id=request_id)
        if version != 1:
            raise StaleVersionError(id=request_id)
        self.decided.append((request_id, act, reason))
        rest = self._ids()
        place = min(ids.index(request_id), len(rest) - 1)
        return Decided("rejected" if act == "reject" else "approved", rest[place] if rest else None)

    def withdraw(self, _visit: Visit, request_id: str, version: int) -> None:
        if version != 1:
            raise StaleVersionError(id=request_id)
        self.decided.append((request_id, "reject", "withdrawn"))

    def requests(self, visit: Visit, older: str) -> RequestsView:
        if self.empty:
            return RequestsView(())
        states = ("pending", "approved", "rejected", "revoked")
        rows = tuple(
            MyRequest(
                f"AR-{101 + number}",
                self._say(visit, *_PURPOSES[number % 3]),
                self._say(visit, "客户", "Customers"),
                4,
                4 - number,
                states[number],
                (number + 1) * 30 * HOUR,
                5 * DAY if number == 1 else None,
                1,
                2,
                self._say(visit, "说明不清", "say what for") if number == 2 else "",
            )
            for number in range(4)
        )
        return RequestsView(rows[2:] if older else rows, "" if older else "AR-102")

    def ask_form(self, visit: Visit, draft: Draft, problem: str = "") -> AskView:
        if self.empty:
            return AskView(draft, (), ())
        systems = (SystemChoice(self._say(visit, "保单系统", "Policies"), (DatasetChoice("policy.people", "people"),)),)
        view = AskView(draft, systems, self.query_form(visit, "", "").purposes, problem=problem)
        if not draft.dataset:
            return view
        fields = tuple(
            AskField(
                name,
                self._say(visit, zh, en),
                tier,
                tuple(dict.fromkeys((advised, "raw", "token"))),
                advised,
                advised,
                self._say(visit, why_zh, why_en),
                name in draft.forms,
            )
            for name, zh, en, tier, _, advised, why_zh, why_en in _FIELDS
        )
        elsewhere = OtherPurpose("fraud", self._say(visit, "反欺诈调查", "Fraud"), ("id_card",), "/requests/new")
        return replace(view, fields=fields, elsewhere=(elsewhere,), dataset_title=self._say(visit, "客户", "Customers"))

    def ask(self, _visit: Visit, draft: Draft) -> str:
        if not draft.forms:
            raise InputInvalidError(name="fields", reason=Said("至少写一个字段", "name at least one field"))
        self.asked.append(draft)
        return "AR-101"

    def query_form(self, visit: Visit, purpose: str, sql: str) -> QueryView:
        if self.empty:
            return QueryView(())
        choices = (
            PurposeChoice("qa_review", self._say(visit, "通话质检", "Quality review")),
            PurposeChoice("fraud", self._say(visit, "反欺诈调查", "Fraud investigation"), needs_case=True),
        )
        granted = (
            GrantedDataset(
                "policy.people",
                self._say(visit, "客户", "Customers"),
                self._say(visit, "通话质检", "Quality review"),
                ("mobile", "city", "channel"),
            ),
        )
        return QueryView(choices, purpose=purpose, sql=sql, granted=granted)

    def query(self, visit: Visit, purpose: str, case: str, sql: str) -> QueryView:
        form = replace(self.query_form(visit, purpose, sql), case=case)
        if "id_card" in sql:
            refusal = RefusalPanel(
                "deny",
                self._say(
                    visit, "字段 `id_card` 不在此用途的最小必要范围内", "field `id_card` is not needed for this purpose"
                ),
                self._say(visit, "去掉该字段，或提交访问申请", "leave the field out, or open an access request"),
                "R-7",
                "E3",
                "/requests/new?dataset=policy.people&purpose=qa_review&field=id_card",
            )
            return replace(form, refusal=refusal)
        rows = tuple((f"**{n:04d}", self._say(visit, "杭州", "Hangzhou"), None if n == 2 else "app") for n in range(6))
        decision = DecisionPanel(
            "R-8",
            "E4",
            (
                FieldForm("mobile", self._say(visit, "手机号", "Mobile number"), 3, "mask:keep_last(4)"),
                FieldForm("city", self._say(visit, "城市", "City"), 2, "raw"),
            ),
            (self._say(visit, "已按同意状态过滤", "filtered by consent"),),
        )
        columns = (HOSTILE if self.hostile else "mobile", "city", "channel")
        return replace(form, result=ResultTable(columns, rows, 6), decision=decision)

    def person_form(self, visit: Visit) -> PersonPage:
        if self.empty:
            return PersonPage(())
        key = KeyChoice("policy.people/mobile", self._say(visit, "手机号 · 客户", "Mobile number · Customers"))
        return PersonPage(self.query_form(visit, "", "").purposes, (key,))

    def person(self, visit: Visit, wish: PersonWish) -> PersonPage:
        form = replace(self.person_form(visit), purpose=wish.purpose, subject=wish.subject, case=wish.case)
        columns = (PersonColumn(self._say(visit, "手机号", "Mobile number"), "mobile"), PersonColumn("city", "city"))
        parts = (
            PersonPart("policy.people", self._say(visit, "客户", "Customers"), "allow", columns, (("**0001", None),)),
            PersonPart("policy.claims", "claims", "allow", columns, (("**0001", "A"), ("**0001", "B")), has_more=True),
            PersonPart(
                "crm.people",
                "crm",
                "deny",
                reasons=((self._say(visit, "没有同意", "no consent"), self._say(visit, "征得同意", "ask for it")),),
            ),
        )
        return replace(form, parts=parts, receipt="R-9", entry_id="E4")

    def look_up(self, visit: Visit, wish: PersonWish) -> PersonPage:
        if not wish.value:
            return replace(self.person_form(visit), found="none")
        return replace(self.person(visit, wish), found="one", found_subject="C1", key=wish.key, reason=wish.reason)

    def policies(self, _visit: Visit) -> PoliciesPage:
        shipped = VersionLine("a" * 64, "house", "stable" if self.empty else "previous", 3, 9)
        if self.empty:
            return PoliciesPage(shipped, None, None, (shipped,), (), can_publish=False, can_fall_back=False)
        stable = VersionLine("b" * 64, "strict", "stable", 3, 6, "林工", "Feng", 86_400)
        candidate = VersionLine(
            "c" * 64, HOSTILE if self.hostile else "strict", "candidate", 4, 8, "林工", "Feng", 3600
        )
        waiting = VersionLine("d" * 64, "strict", "proposed", 5, 9, "林工", "", 60)
        lines = (waiting, candidate, stable, shipped)
        return PoliciesPage(
            stable, candidate, ("share", "10"), lines, ("own-network",), can_publish=True, can_fall_back=True
        )

    def policy(self, visit: Visit, digest: str) -> PolicyPage:
        found = next((line for line in self.policies(visit).lines if line.digest == digest), None)
        if found is None:
            raise NotFoundError(kind="policy version", id=digest)
        said = HOSTILE if self.hostile else self._say(visit, "只在内部网络", "the own network only")
        text = "forbid(principal, action, resource) when { (resource.tier) >= 4 };"
        rule = RuleLine("own-network", "forbid", "security_lead", "PIPL 51", "2026-01-01", said, text, True, True)
        trials = (
            TrialLine("a stranger's network", passed=True, fields="diagnosis: deny", problem=""),
            TrialLine("the own network", passed=False, fields="diagnosis: allow", problem="not as expected"),
        )
        waits = found.state == "proposed"
        diff = ("--- strict.cedar", "+++ strict.cedar", "-forbid (principal);", "+forbid (principal, action);")
        return PolicyPage(found, (rule,), trials, diff, "", waits, "", ("share", "10") if waits else None, waits)

    def publish(self, _visit: Visit, wish: PolicyWish) -> None:
        self.decided.append((wish.digest, wish.act, f"{wish.part} {wish.value}".strip()))

    def _entries(self) -> list[tuple[EntryRow, bytes]]:
        kinds = ("access.read", "scan.finished", "access.refused", "request.approved")
        rows = []
        for index in range(16):
            at = self.now - timedelta(minutes=7 * (16 - index))
            actor = HOSTILE if self.hostile else "lin"
            row = EntryRow(
                f"E{index}",
                index,
                kinds[index % 4],
                kinds[index % 4],
                actor,
                ("allow", "", "deny", "")[index % 4],
                "qa_review",
                "policy.people",
                at,
            )
            rows.append((row, f'{{"actor":"{actor}","index":{index},"kind":"{row.kind}","名":"明镜"}}'.encode()))
        return rows

    def _head(self) -> Head:
        levels = _tree([leaf_hash(data) for _, data in self._entries()])
        return Head("mingjing.example/log", 16, levels[-1][0], self.now)

    def log(self, _visit: Visit, cursor: str) -> LogView:
        if self.empty:
            return LogView(Head("mingjing.example/log", 0, "", None), ())
        newest = tuple(row for row, _ in reversed(self._entries()))
        return LogView(self._head(), newest[8:] if cursor else newest[:8], "" if cursor else "c1")

    def entry(self, _visit: Visit, entry_id: str) -> EntryView:
        found = {row.id: (row, data) for row, data in self._entries()}
        if entry_id not in found:
            raise NotFoundError(kind="log entry", id=entry_id)
        row, data = found[entry_id]
        levels = _tree([leaf_hash(other) for _, other in self._entries()])
        path = tuple(level[(row.index >> depth) ^ 1] for depth, level in enumerate(levels[:-1]))
        shown = data.replace(b"index", b"indes") if self.broken else data
        return EntryView(row, shown, leaf_hash(data), path, self._head())


def furnish(engine: Engine, keys: KeyRing, now: datetime) -> Callable[[], Passwords]:
    """Put one steward into the database; gives the password checker that knows them."""
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    with unit_of_work(engine) as session:
        put_role(session, "steward", ["qa_review"])
        put_person(session, "lin", name="林工", roles=["steward"], now=now)
        set_password(session, "lin", PASSWORD, passwords=passwords)
    return lambda: passwords


class InProcess(httpx.BaseTransport):
    """Carries a plain client's requests to an application in this process."""

    def __init__(self, app: FastAPI) -> None:
        self._transport = httpx.ASGITransport(app, client=("192.0.2.1", 4000))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def answer() -> httpx.Response:
            found = await self._transport.handle_async_request(request)
            body = await found.aread()
            return httpx.Response(found.status_code, headers=found.headers, content=body)

        return finish(answer())


def console_app(engine: Engine, keys: KeyRing, now: datetime, journeys: JourneysSimulator, **more: object) -> FastAPI:
    """Give an application that holds only the console."""
    door = IdentityDoor(
        engine, keys, SessionLimits(), lambda: now, furnish(engine, keys, now)(), more.pop("sign_on", None)
    )  # type: ignore[arg-type]  # a SignOn where the test has one
    parts = ConsoleParts(door, journeys, OversightSimulator(journeys), keys, "zh", **more)  # type: ignore[arg-type]  # named switches
    app = FastAPI()
    install_console(app, lambda _: parts)
    return app
