"""`mingjing audit head|export|verify|prove`: the notarised log, and its proof without us."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.terminal import As, DataDir, Json, Language, Token, Url, at_home, terminal


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="存证日志 / notarised log", no_args_is_help=True)
    group.command("head", help="日志大小与根哈希 / size and root")(head)
    group.command("export", help="导出 C2SP tlog-tiles 目录 / write a C2SP tlog-tiles folder")(export)
    group.command("verify", help="离线核验导出目录 / verify an export offline")(verify)
    group.command("receipt", help="决策回执 / the receipt of a decision")(receipt)
    group.command("prove", help="某条记录的存在性证明 / proof that an entry is in the log")(prove)
    app.add_typer(group, name="audit")


def head(*, data_dir: DataDir = None, lang: Language = None, as_json: Json = False) -> None:
    """Show the log's size, root and verifier key."""
    import audit  # noqa: PLC0415 -- help must not pay for it
    from storage import read_only  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        with read_only(house.engine) as session:
            found = audit.head(session)
        vkey = str(house.notary.vkey)
    document = {"origin": found.origin, "size": found.size, "root": found.root.hex(), "vkey": vkey}
    shell.result(document, "\n".join(f"{name:<7} {value}" for name, value in document.items()))


def export(
    folder: Annotated[Path, typer.Argument(help="empty, missing, or an earlier export", metavar="DIR")],
    *,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Write the log up to a checkpoint over everything in it."""
    import audit  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.sealing import wait_for_seal  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        wait_for_seal(house)
        done = audit.export(house.engine, folder)
        vkey = str(house.notary.vkey)
    document = {"folder": str(folder), "size": done.head.size, "root": done.head.root.hex(), "files": done.files}
    zh, en = f"{done.head.size} 条，{done.files} 个文件", f"{done.head.size} entries in {done.files} files"
    shell.result(document | {"vkey": vkey}, f"{zh if shell.language == 'zh' else en}\n{vkey}")


def verify(
    folder: Annotated[Path, typer.Argument(help="an export, or the receipt of a decision", metavar="DIR|RECEIPT")],
    *,
    key: Annotated[str | None, typer.Option("--key", help="verifier key, had by another way", metavar="VKEY")] = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Verify without server, database or data folder; anything wrong is exit 6 and says where."""
    from audit.verify import verify_folder  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang)
    if folder.is_file():
        from governance.cli.receipt import check_receipt  # noqa: PLC0415 -- likewise

        check_receipt(shell, folder, key)
        return
    found = verify_folder(folder, key)
    document = {
        "verified": True,
        "origin": found.head.origin,
        "size": found.head.size,
        "root": found.head.root.hex(),
        "files": found.files,
        "key": found.key,
        "key_from_folder": found.is_key_from_folder,
    }
    chinese = shell.language == "zh"
    text = f"✓ {found.head.origin}  {found.head.size}  {found.head.root.hex()}"
    if found.is_key_from_folder:
        zh = "验证密钥取自目录本身：证明目录完整，不证明是谁的日志；请用 --key 指定另行取得的密钥"
        en = "the key came from the folder itself: it is whole, but whose log it is needs --key, had by another way"
        text += "\n" + (zh if chinese else en)
    shell.result(document, text)


def receipt(
    decision: Annotated[str, typer.Argument(help="id of a decision", metavar="DECISION")],
    *,
    out: Annotated[Path | None, typer.Option("--out", help="write to this file")] = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
) -> None:
    """Give a receipt that `mingjing audit verify` checks offline."""
    from governance.cli.receipt import write_receipt  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=True, lang=lang, data_dir=data_dir)
    write_receipt(shell, decision, out, as_person=as_person, service=(url, token))


def prove(
    entry: Annotated[str, typer.Argument(help="id or index of an entry", metavar="ENTRY")],
    *,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Give a C2SP tlog-proof of one entry."""
    from governance.journeys.proving import prove_entry  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        proved = prove_entry(house, entry)
    if shell.json:
        shell.result(proved.document, "")
        return
    sys.stdout.write(proved.text)
