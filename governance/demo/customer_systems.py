"""Systems that face customers: relationship management, web, app, campaigns."""

# ruff: noqa: PLR2004 -- shares, sizes and hours of an invented story; a name for each would tell no more

import numpy as np

from governance.demo import health, identifiers, words
from governance.demo.dirt import blanked, ids_as_typed, masked_phones, muddied, phones_as_typed, pick
from governance.demo.facts import Scene
from governance.demo.people import ADULT_YEARS, CHILD_YEARS
from governance.demo.sheets import Column, Sheet, System
from governance.demo.talk import fill

CRM, WEB, APP, CAMPAIGN = 11, 12, 13, 14


def crm(scene: Scene) -> System:
    """Customer relations: Chinese columns, a DuckDB file."""
    sheets = (_crm_customers(scene), _follow_ups(scene))
    return System("crm", "客户关系管理", "Customer relations", "marketing", "crm.duckdb", "duckdb", sheets)


def web(scene: Scene) -> System:
    """Web registration: CSV files in GB 18030, as an old site exports them; one file is about children."""
    sheets = (_registrations(scene), _juniors(scene))
    return System("web", "官网注册", "Web registration", "digital", "web", "csv", sheets, encoding="gb18030")


def app(scene: Scene) -> System:
    """The app: event logs as JSON lines."""
    sheets = (_events(scene), _logins(scene))
    return System("app", "客户端行为日志", "App events", "digital", "app", "jsonl", sheets)


def campaign(scene: Scene) -> System:
    """The campaign tool: target lists in CSV, sending logs in JSON lines, leads that nobody has scanned yet."""
    sheets = (_targets(scene), _sends(scene), _leads(scene))
    return System("campaign", "营销活动工具", "Campaign tool", "marketing", "campaign", "csv", sheets)


def _crm_customers(scene: Scene) -> Sheet:
    rng, people, accounts = scene.draw(CRM), scene.people, scene.accounts
    picked = np.flatnonzero(rng.random(accounts.size) < 0.8)
    who, count = accounts.person[picked], len(picked)
    return Sheet(
        "customers",
        (
            Column("客户号", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("姓名", muddied(rng, [accounts.names[i] for i in picked], 0.008), ("PERSON",)),
            Column("手机号码", phones_as_typed(rng, [accounts.phones[i] for i in picked]), ("PHONE",)),
            Column(
                "微信号",
                blanked(rng, [f"wxid_{text}" for text in identifiers.hex_texts(rng, count, 6)], 0.3),
                ("WECHAT",),
            ),
            Column("电子邮箱", muddied(rng, [people.mails[i] for i in who], 0.05), ("EMAIL",)),
            Column("联系地址", blanked(rng, [people.addresses[i] for i in who], 0.12), ("ADDRESS",)),
            Column("出生日期", [str(people.births[i]) for i in who], ("DATE_OF_BIRTH",), "DATE"),
            Column("性别", ["男" if people.male[i] else "女" for i in who], ("GENDER",)),
            Column("客户分层", pick(rng, words.SEGMENTS, count, skew=0.2)),
            Column("偏好渠道", pick(rng, words.CHANNELS, count)),
            Column("流失评分", [round(float(n), 3) for n in rng.beta(2, 5, count)], sql="REAL"),
        ),
    )


def _follow_ups(scene: Scene) -> Sheet:
    rng, accounts = scene.draw(CRM + 50), scene.accounts
    picked = rng.integers(0, accounts.size, max(20, accounts.size // 4))
    return Sheet(
        "follow_ups",
        (
            Column("客户号", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("跟进时间", scene.moments(rng, len(picked), 300)),
            Column("跟进内容", fill(rng, scene, health.FOLLOW_UPS, picked), ("FREE_TEXT",)),
            Column("坐席工号", pick(rng, scene.agents.numbers, len(picked)), ("EMPLOYEE_NO",)),
        ),
    )


def _registrations(scene: Scene) -> Sheet:
    rng, people, accounts = scene.draw(WEB), scene.people, scene.accounts
    picked = np.flatnonzero(rng.random(accounts.size) < 0.45)
    who, count = accounts.person[picked], len(picked)
    return Sheet(
        "registrations",
        (
            Column("customer_no", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("login_name", [people.mails[i].split("@")[0] for i in who]),
            Column("real_name", muddied(rng, [accounts.names[i] for i in picked], 0.015), ("PERSON",)),
            Column("mobile", phones_as_typed(rng, [accounts.phones[i] for i in picked]), ("PHONE",)),
            Column("id_card", ids_as_typed(rng, [people.ids[i] for i in who]), ("ID_CARD",)),
            Column("email", muddied(rng, [people.mails[i] for i in who], 0.05), ("EMAIL",)),
            Column(
                "password_hash", [f"$2b$12${text}" for text in identifiers.hex_texts(rng, count, 20)], ("AUTH_SECRET",)
            ),
            Column("registered_at", scene.moments(rng, count, 1500)),
            Column("channel", pick(rng, words.CHANNELS, count)),
        ),
    )


def _juniors(scene: Scene) -> Sheet:
    rng, people, accounts = scene.draw(WEB + 50), scene.people, scene.accounts
    children = np.flatnonzero(people.ages < CHILD_YEARS)
    grown = np.flatnonzero(people.ages >= ADULT_YEARS)
    guardian = rng.choice(grown, len(children))
    number_of = dict(zip(accounts.person[::-1].tolist(), accounts.numbers[::-1], strict=True))
    return Sheet(
        "juniors",
        (
            Column("customer_no", [number_of[int(i)] for i in children], ("CUSTOMER_NO",)),
            Column("child_name", [people.names[i] for i in children], ("PERSON",)),
            Column("child_id_card", [people.ids[i] for i in children], ("ID_CARD",)),
            Column("child_birth", [str(people.births[i]) for i in children], ("DATE_OF_BIRTH",), "DATE"),
            Column("school", blanked(rng, pick(rng, words.SCHOOLS, len(children)), 0.15), ("SCHOOL",)),
            Column("guardian_name", [people.names[i] for i in guardian], ("PERSON",)),
            Column("guardian_mobile", [people.phones[i] for i in guardian], ("PHONE",)),
            Column("guardian_relation", pick(rng, ("母亲", "父亲", "祖父母"), len(children)), ("RELATIONSHIP",)),
        ),
    )


def _events(scene: Scene) -> Sheet:
    rng, accounts = scene.draw(APP), scene.accounts
    count = max(60, int(accounts.size * 1.2))
    picked = rng.integers(0, accounts.size, count)
    pages = pick(rng, ("home", "policy/list", "claim/new", "product/P02", "renew", "service/chat"), count)
    places = zip(rng.uniform(22.5, 40.0, count), rng.uniform(104.0, 121.5, count), strict=True)
    return Sheet(
        "events",
        (
            Column("event_id", [f"ev{n:09d}" for n in range(count)]),
            Column("customer_no", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("ts", scene.moments(rng, count, 120)),
            Column("page", [f"https://app.mingjing.example/{page}" for page in pages], ("URL",)),
            Column("action", pick(rng, ("view", "click", "submit", "share"), count)),
            Column("ip", identifiers.addresses_of_machines(rng, count), ("IP",)),
            Column("imei", blanked(rng, identifiers.device_numbers(rng, count), 0.2), ("IMEI",)),
            Column("geo", blanked(rng, [f"{lat:.5f},{lon:.5f}" for lat, lon in places], 0.4), ("GEO",)),
        ),
    )


def _logins(scene: Scene) -> Sheet:
    rng, accounts = scene.draw(APP + 50), scene.accounts
    count = max(30, accounts.size // 3)
    picked = rng.integers(0, accounts.size, count)
    return Sheet(
        "logins",
        (
            Column("customer_no", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("login_at", scene.moments(rng, count, 60)),
            Column("mac", identifiers.hardware_addresses(rng, count), ("MAC",)),
            Column("access_token", identifiers.hex_texts(rng, count, 24), ("AUTH_SECRET",)),
            Column("ok", [bool(n) for n in rng.random(count) < 0.97]),
        ),
    )


def _targets(scene: Scene) -> Sheet:
    rng, people, accounts = scene.draw(CAMPAIGN), scene.people, scene.accounts
    grown = np.flatnonzero(people.ages[accounts.person] >= ADULT_YEARS)
    picked = rng.permutation(grown)[: max(20, len(grown) // 3)]
    count = len(picked)
    return Sheet(
        "targets",
        (
            Column("cust_no", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("phone_masked", masked_phones([accounts.phones[i] for i in picked]), ("PHONE_MASKED",)),
            Column("qq", [str(n) for n in rng.integers(10**8, 10**10, count)], ("QQ",)),
            Column("segment", pick(rng, words.SEGMENTS, count)),
            Column("channel", pick(rng, ("短信", "电话", "企微", "推送"), count)),
            Column("opt_out", ["Y" if n else "N" for n in rng.random(count) < 0.12]),
        ),
    )


def _sends(scene: Scene) -> Sheet:
    rng, accounts = scene.draw(CAMPAIGN + 50), scene.accounts
    picked = rng.integers(0, accounts.size, max(30, accounts.size // 3))
    count = len(picked)
    texts = pick(
        rng, ("续保提醒：您的保单即将到期", "体检季关怀：预约免费咨询", "明镜保险：新版App上线", "拒收请回复R"), count
    )
    return Sheet(
        "sends",
        (
            Column("send_id", [f"sd{n:08d}" for n in range(count)]),
            Column("cust_no", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("sent_at", scene.moments(rng, count, 60)),
            Column("channel", pick(rng, ("短信", "企微", "推送"), count)),
            Column("content", texts),
            Column("clicked", [bool(n) for n in rng.random(count) < 0.08]),
        ),
        form="jsonl",
    )


def _leads(scene: Scene) -> Sheet:
    rng, people, accounts = scene.draw(CAMPAIGN + 60), scene.people, scene.accounts
    picked = rng.permutation(accounts.size)[: max(15, accounts.size // 20)]
    who = accounts.person[picked]
    return Sheet(
        "leads_new",
        (
            Column("cust_no", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("contact", [people.phones[i] for i in who], ("PHONE",)),
            Column("mail", [people.mails[i] for i in who], ("EMAIL",)),
            Column("source_page", pick(rng, ("开屏", "短视频", "直播间"), len(picked))),
        ),
    )
