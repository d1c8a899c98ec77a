"""`mingjing policies …`: check a set of access policies, publish it by two persons, begin with a part, fall back."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli.terminal import As, DataDir, Json, Language, Quiet, Terminal, at_home, terminal

if TYPE_CHECKING:
    from governance.house import House
    from governance.identity import Caller

Folder = Annotated[Path, typer.Argument(help="策略集目录 / folder of the set", metavar="DIR")]
Digest = Annotated[
    str,
    typer.Argument(
        help="版本摘要（可只写开头），或待批版本的名称 / digest, its beginning, or the name of a waiting version",
        metavar="DIGEST",
    ),
]
Share = Annotated[int | None, typer.Option("--share", help="先对 n% 的请求生效 / begin with n % of requests")]
Role = Annotated[str | None, typer.Option("--role", help="先对一个角色生效 / begin with one role")]
Branch = Annotated[str | None, typer.Option("--branch", help="先对一个机构生效 / begin with one branch")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="访问策略 / access policies", no_args_is_help=True)
    group.command("check", help="按模式与自带用例检查 / check against schema and tests")(check)
    group.command("propose", help="提出新版本 / propose a version")(propose)
    group.command("publish", help="同 propose：由另一人批准后生效 / as propose; another person approves")(propose)
    group.command("approve", help="批准版本 / approve a version")(approve)
    group.command("share", help="调整灰度范围 / change for whom it begins")(share)
    group.command("promote", help="全面生效 / decide for everybody")(promote)
    group.command("fall-back", help="立即回退 / return at once to the version before")(fall_back)
    group.command("status", help="现状与各版本 / what decides, and the versions")(status)
    group.command("show", help="查看一个版本 / show one version")(show)
    group.command("export", help="导出一个版本的文件 / write a version's files")(export)
    app.add_typer(group, name="policies")


def check(folder: Folder, *, lang: Language = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Check a set; nothing is kept. Exit 1 with every fault listed when it can't be published."""
    from governance.house import system_clock  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.policy_sets import check_files  # noqa: PLC0415 -- likewise
    from governance.journeys.policy_view import rule_document, trial_document  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    rules, results = check_files(read_folder(folder), system_clock())
    document = {
        "digest": rules.digest,
        "name": rules.id,
        "mode": rules.mode.value,
        "policies": [rule_document(rule) for rule in rules.rules.values()],
        "tests": [trial_document(one) for one in results],
    }
    text = f"✓ {rules.id}  {rules.digest[:12]}  " + (
        f"{len(rules.rules)} policies, {len(results)} tests passed"
        if shell.language == "en"
        else f"策略 {len(rules.rules)} 条，用例 {len(results)} 个全部通过"
    )
    shell.result(document, text)


def propose(
    folder: Folder,
    *,
    share: Share = None,
    role: Role = None,
    branch: Branch = None,
    as_person: As = None,
    lang: Language = None,
    quiet: Quiet = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Propose the set in a folder; it decides once another person has approved it."""
    from governance.journeys import policy_sets  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    files = read_folder(folder)
    scope = policy_sets.scope_of(_stated(share, role, branch))
    with _acting(shell, as_person) as (house, caller):
        version = policy_sets.propose(house, caller, files, scope)
    shell.say(
        f"由另一位合规官运行 `mingjing policies approve {version.digest[:12]}`",
        f"another person, an officer, runs `mingjing policies approve {version.digest[:12]}`",
    )
    shell.result({"digest": version.digest, "status": version.status, "start": dict(version.start)}, version.digest)


def approve(
    digest: Digest,
    *,
    share: Share = None,
    role: Role = None,
    branch: Branch = None,
    as_person: As = None,
    lang: Language = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Approve a version that somebody else proposed."""
    from governance.journeys import policy_sets  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    stated = _stated(share, role, branch)
    with _acting(shell, as_person) as (house, caller):
        whole = _whole_digest(house, caller, digest)
        release = policy_sets.approve(house, caller, whole, policy_sets.scope_of(stated) if stated else None)
    _tell(shell, release)


def share(
    percent: Annotated[int | None, typer.Argument(help="百分比 / percent", metavar="[PERCENT]")] = None,
    *,
    role: Role = None,
    branch: Branch = None,
    as_person: As = None,
    lang: Language = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Change for whom the beginning version decides."""
    from governance.journeys import policy_sets  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    scope = policy_sets.scope_of(_stated(percent, role, branch))
    _act(shell, as_person, lambda house, caller: policy_sets.rescope(house, caller, scope))


def promote(*, as_person: As = None, lang: Language = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Let the beginning version decide for everybody."""
    from governance.journeys import policy_sets  # noqa: PLC0415 -- help must not pay for it

    _act(terminal(as_json=as_json, lang=lang, data_dir=data_dir), as_person, policy_sets.promote)


def fall_back(*, as_person: As = None, lang: Language = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Take the beginning version back, or return to the version before the one in force."""
    from governance.journeys import policy_sets  # noqa: PLC0415 -- help must not pay for it

    _act(terminal(as_json=as_json, lang=lang, data_dir=data_dir), as_person, policy_sets.fall_back)


def status(*, as_person: As = None, lang: Language = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Show what decides and which versions there are."""
    from governance.journeys.policy_view import overview, summary_document  # noqa: PLC0415 -- help must not pay

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with _acting(shell, as_person) as (house, caller):
        document = summary_document(overview(house, caller))
    shell.result(document, lambda: _summary(document, shell.language))


def show(
    digest: Digest, *, as_person: As = None, lang: Language = None, data_dir: DataDir = None, as_json: Json = False
) -> None:
    """Show one version: its policies, the results of its tests, and how it differs from what decides."""
    from governance.journeys.policy_view import version_document, version_view  # noqa: PLC0415 -- help must not pay

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with _acting(shell, as_person) as (house, caller):
        document: dict[str, Any] = version_document(version_view(house, caller, _whole_digest(house, caller, digest)))
    shell.result(document, lambda: _opened(document, shell.language))


def export(
    digest: Digest, folder: Folder, *, as_person: As = None, lang: Language = None, data_dir: DataDir = None
) -> None:
    """Write the files of a version, or of `shipped` or `strict`, into a folder: the start of a new version."""
    from policies.cedar import shipped_files  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(lang=lang, data_dir=data_dir)
    if digest in {"shipped", "strict"}:
        files: Mapping[str, str] = shipped_files("house" if digest == "shipped" else digest)
    else:
        from governance.journeys.policy_view import version_view  # noqa: PLC0415 -- likewise

        with _acting(shell, as_person) as (house, caller):
            found = version_view(house, caller, _whole_digest(house, caller, digest))
        files = found.version.files if found.version else found.rules.files if found.rules else {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    shell.result({"files": sorted(files)}, "\n".join(str(folder / name) for name in sorted(files)))


def read_folder(folder: Path) -> dict[str, str]:
    """Give the texts of a set's files.

    Raises:
        RulesInvalidError: a file is no UTF-8 text, or the folder is none.
    """
    from policies.cedar import Fault, RulesInvalidError, is_part  # noqa: PLC0415 -- help must not pay for it

    if not folder.is_dir():
        raise RulesInvalidError((Fault(str(folder), "不是目录", "is no folder"),))
    found = {}
    for path in sorted(folder.iterdir()):
        if is_part(path.name):
            try:
                found[path.name] = path.read_text("utf-8")
            except UnicodeDecodeError:
                raise RulesInvalidError((Fault(path.name, "不是 UTF-8 文本", "is no UTF-8 text"),)) from None
    return found


def _stated(share: int | None, role: str | None, branch: str | None) -> dict[str, object]:
    return {name: value for name, value in (("share", share), ("role", role), ("branch", branch)) if value is not None}


@contextmanager
def _acting(shell: Terminal, person: str | None) -> "Iterator[tuple[House, Caller]]":
    """Open the data folder as its owner or as the person named."""
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it

    with at_home(shell) as house:
        yield house, folder_caller(house, person)


def _act(shell: Terminal, person: str | None, act: "Callable[[House, Caller], Any]") -> None:
    with _acting(shell, person) as (house, caller):
        release = act(house, caller)
    _tell(shell, release)


def _tell(shell: Terminal, release: Any) -> None:  # noqa: ANN401 -- its type would load the register
    from governance.journeys.policy_view import release_document  # noqa: PLC0415 -- help must not pay for it

    document: dict[str, Any] = release_document(release)
    shell.result(document, _in_force(document, shell.language))


def _whole_digest(house: "House", caller: "Caller", digest: str) -> str:
    from governance.journeys.policy_view import overview  # noqa: PLC0415 -- help must not pay for it

    view = overview(house, caller)
    if digest in {"shipped", view.shipped_digest}:
        return digest
    found = [one.digest for one in view.versions if one.digest.startswith(digest)]
    found = found or [one.digest for one in view.versions if one.name == digest and one.status == "proposed"]
    return found[0] if len(found) == 1 else digest


def _in_force(document: Mapping[str, Any], language: str) -> str:
    words = ("in force", "beginning", "for") if language == "en" else ("生效", "灰度", "范围")
    lines = [f"{words[0]}\t{document['stable'][:12]}"]
    if document["candidate"]:
        scope = ", ".join(f"{name} {value}" for name, value in document["scope"].items())
        lines.append(f"{words[1]}\t{document['candidate'][:12]}\t{words[2]} {scope}")
    return "\n".join(lines)


def _summary(document: Mapping[str, Any], language: str) -> str:
    lines = [_in_force(document["in_force"], language)]
    if document["overdue"]:
        said = "due for review" if language == "en" else "待复核"
        lines.append(f"{said}\t{', '.join(document['overdue'])}")
    lines += [
        f"{one['digest'][:12]}  {one['status']:<9} {one['name']}  {one['proposed_by']} → {one['approved_by'] or '-'}"
        for one in document["items"]
    ]
    return "\n".join(lines)


def _opened(document: Mapping[str, Any], language: str) -> str:
    lines = [f"{document['digest'][:12]}  {document['status']}  {document['name']}"]
    lines += [
        f"  {one['id']}  {one['effect']}  {one['basis']}  {one['expires']}  {one[language]}"
        for one in document["policies"]
    ]
    lines += [f"  {'✓' if one['passed'] else '✗'} {one['name']}" for one in document["tests"]]
    return "\n".join([*lines, *document["diff"]])
