"""Read a set of access policies from its files, whole or not at all, and list everything that is wrong with it.

A set is a folder: `set.yaml` (id, title, mode), any number of `*.cedar`, and `tests.yaml` beside them.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files as resources
from typing import Any, Final

from policies.cedar.errors import Fault, RulesInvalidError
from policies.cedar.model import Effect, Mode, Rule
from policies.cedar.prefixes import early_part, identifies_fields
from policies.cedar.rules import RuleSet, frozen
from policies.cedar.scopes import ScopeIndex
from policies.documents import Node
from policies.errors import RegisterInvalidError
from policies.purposes import Title
from storage.errors import Said

HEAD: Final = "set.yaml"
TESTS: Final = "tests.yaml"
LONGEST_BYTES: Final = 512 * 1024
MOST_POLICIES: Final = 5000
_NEEDED: Final = ("id", "owner", "basis", "expires", "zh", "en")
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ASK_ZH, _ASK_EN = "请策略负责人 `{owner}` 处理", "ask the policy's owner, `{owner}`"


def schema_text() -> str:
    """Give the schema that every access policy is written against."""
    return resources("policies").joinpath("data/access/schema.cedarschema").read_text("utf-8")


def shipped_files(name: str) -> Mapping[str, str]:
    """Give the files of a set that ships: `house` or `strict`."""
    folder = resources("policies").joinpath("data/access", name)
    return {one.name: one.read_text("utf-8") for one in folder.iterdir() if is_part(one.name)}


@cache
def shipped_rules(name: str = "house") -> RuleSet:
    """Give a set that ships, read once a process: it is as immutable as the code.

    Raises:
        RulesInvalidError: the files were damaged.
    """
    return read_rules(shipped_files(name))


def is_part(name: str) -> bool:
    """Tell whether a file belongs to a set; anything else in the folder is left aside."""
    return name in {HEAD, TESTS} or (name.endswith(".cedar") and not name.startswith("."))


def digest_of(files: Mapping[str, str]) -> str:
    """Give the name of a version: SHA-256 over the canonical JSON of its files and the schema."""
    document = {"schema": schema_text(), "files": dict(files)}
    return sha256(json.dumps(document, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_rules(files: Mapping[str, str]) -> RuleSet:
    """Give the set that files describe.

    Args:
        files: text by file name.

    Raises:
        RulesInvalidError: with every fault: the head, a policy that does not parse, lacks an annotation, bears
            another's id or breaks the schema, a permit in a set that only restricts.
    """
    from policies.cedar.engine import Engine  # noqa: PLC0415 -- Cedar loads with the first set that is read

    if sum(len(text.encode(errors="surrogatepass")) for text in files.values()) > LONGEST_BYTES:
        raise RulesInvalidError((Fault("*", f"超过 {LONGEST_BYTES} 字节", f"larger than {LONGEST_BYTES} bytes"),))
    reader = _Reader(Engine.of(schema_text()))
    name, title, mode = reader.head(files)
    for file in sorted(one for one in files if one.endswith(".cedar")):
        reader.file(file, files[file], mode)
    reader.finish()
    early = {one: early_part(policy)[0] for one, policy in reader.policies.items()}
    return RuleSet(
        id=name,
        title=title,
        mode=mode,
        rules=frozen(reader.rules),
        files=frozen({one: files[one] for one in sorted(files) if is_part(one)}),
        digest=digest_of({one: text for one, text in files.items() if is_part(one)}),
        policies=frozen(reader.policies),
        engine=reader.engine,
        whole=reader.engine.handle(reader.policies, base=mode is Mode.RESTRICT),
        early=reader.engine.handle(early, base=False),
        early_parts=frozen(early),
        scopes=ScopeIndex.of(reader.policies),
        identifies=any(identifies_fields(policy) for policy in reader.policies.values()),
    )


class _Reader:
    """Collects policies and faults of one set."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 -- the engine's type would load Cedar
        self.engine = engine
        self.rules: dict[str, Rule] = {}
        self.policies: dict[str, Mapping[str, Any]] = {}
        self.faults: list[Fault] = []

    def head(self, files: Mapping[str, str]) -> tuple[str, Title, Mode]:
        """Read `set.yaml`."""
        try:
            node = Node(load_yaml(files.get(HEAD, ""), HEAD), HEAD, ("id", "title", "mode"))
            title = node.node("title", ("zh", "en"))
            return node.text("id"), Title(title.text("zh"), title.text("en")), node.choice("mode", Mode)
        except RegisterInvalidError as error:
            self.faults.append(fault_of(error))
            return "?", Title("?", "?"), Mode.RESTRICT

    def file(self, file: str, text: str, mode: Mode) -> None:
        """Read one file of policies."""
        from policies.cedar.engine import CedarTextError, parse  # noqa: PLC0415 -- likewise

        try:
            found = parse(text)
        except CedarTextError as error:
            self._fault(file, f"Cedar 无法解析：{error}", f"Cedar can't parse it: {error}")
            return
        for number, policy in enumerate(found.values(), start=1):
            self._policy(file, number, policy, mode)

    def _policy(self, file: str, number: int, policy: Mapping[str, Any], mode: Mode) -> None:
        told = {name: (value or "").strip() for name, value in policy.get("annotations", {}).items()}
        name = told.get("id", "")
        place = f"{file}#{name or number}"
        missing = [key for key in _NEEDED if not told.get(key)]
        if missing:
            needed = ", ".join(f"@{key}" for key in missing)
            self._fault(place, f"缺少注解 {needed}", f"lacks the annotations {needed}")
            return
        expires = _day(told["expires"])
        if expires is None:
            self._fault(place, "@expires 应为日期，如 2027-12-31", "@expires is a date such as 2027-12-31")
        if not _ID.fullmatch(name) or name in self.rules:
            self._fault(place, "@id 应为小写短横线形式且不重复", "@id is lower-case words with hyphens, once only")
        if policy["effect"] == Effect.PERMIT and mode is Mode.RESTRICT:
            self._fault(place, "restrict 模式只含 forbid", "a set of mode restrict holds forbids only")
        if expires is None or self.faults:
            return
        self.policies[name] = {key: policy[key] for key in ("effect", "principal", "action", "resource", "conditions")}
        self.rules[name] = _rule(told, policy, expires)

    def finish(self) -> None:
        """Validate what was read against the schema.

        Raises:
            RulesInvalidError: there is any fault.
        """
        if len(self.policies) > MOST_POLICIES:
            self._fault("*", f"策略多于 {MOST_POLICIES} 条", f"more than {MOST_POLICIES} policies")
        if not self.faults:
            for name, sentence in self.engine.validate(self.policies):
                self._fault(name, f"不符合模式：{sentence}", f"against the schema: {sentence}")
        if self.faults:
            raise RulesInvalidError(tuple(self.faults))

    def _fault(self, place: str, zh: str, en: str) -> None:
        self.faults.append(Fault(place, zh, en))


def load_yaml(text: str, place: str) -> object:
    """Give a YAML document.

    Raises:
        RegisterInvalidError: it is none.
    """
    import yaml  # noqa: PLC0415 -- only reading needs it; the package's face must stay cheap

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}:{mark.line + 1}" if mark else place
        raise RegisterInvalidError(place=where, reason=Said("不是 YAML", "no YAML")) from error


def _rule(told: Mapping[str, str], policy: Mapping[str, Any], expires: date) -> Rule:
    from policies.cedar.engine import as_text  # noqa: PLC0415 -- likewise

    return Rule(
        id=told["id"],
        effect=Effect(policy["effect"]),
        owner=told["owner"],
        basis=told["basis"],
        expires=expires,
        zh=told["zh"],
        en=told["en"],
        zh_next=told.get("zh_next") or _ASK_ZH.format(owner=told["owner"]),
        en_next=told.get("en_next") or _ASK_EN.format(owner=told["owner"]),
        live=not early_part(policy)[1],
        text=as_text(policy),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def fault_of(error: RegisterInvalidError) -> Fault:
    """Give what is wrong with a document as a fault of a set."""
    place, reason = str(error.values["place"]), error.values["reason"]
    return Fault(place, reason.zh, reason.en) if isinstance(reason, Said) else Fault(place, str(reason), str(reason))
