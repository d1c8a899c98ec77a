"""`mingjing consent receipt`: get one, verify one without any service, or give the key to verify with."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from governance.cli.terminal import (
    As,
    DataDir,
    Json,
    Language,
    Terminal,
    Token,
    Url,
    at_home,
    terminal,
)
from governance.cli.usage import OptionInvalidError
from storage.errors import Said

if TYPE_CHECKING:
    from governance.journeys.consent_receipts import Checked

_WHAT = "id of a consent event; or `verify FILE`; or `key`, which gives the key to verify with"


def receipt(
    event: Annotated[str | None, typer.Argument(help=_WHAT, metavar="ID|verify|key")] = None,
    file: Annotated[Path | None, typer.Argument(help="the receipt to verify", metavar="FILE")] = None,
    *,
    verify: Annotated[Path | None, typer.Option("--verify", help="check this receipt by this deployment's key")] = None,
    key: Annotated[str | None, typer.Option("--key", help="with verify FILE: the key to trust", metavar="VKEY")] = None,
    case: Annotated[str | None, typer.Option("--case", help="call, request or policy; some roles need one")] = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Give a signed receipt as JSON, or verify one."""
    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    if (event is None) == (verify is None) or (event == "verify") != (file is not None):
        reason = Said(
            "写回执编号、`verify FILE` 或 --verify 文件，三者取一",
            "name one of a receipt, `verify FILE` and --verify FILE",
        )
        raise OptionInvalidError(option="--verify", reason=reason)
    if verify is not None:
        _at_home(shell, verify)
    elif file is not None:
        _offline(shell, file, key)
    elif event == "key":
        _key(shell)
    else:
        document = _found(shell, str(event), case, as_person, (url, token))
        shell.result(document, json.dumps(document, ensure_ascii=False, indent=2))


def _found(
    shell: Terminal, event: str, case: str | None, as_person: str | None, service: tuple[str | None, str | None]
) -> dict[str, Any]:
    if service[0] is not None:
        from governance.cli.consent import ask_service, within  # noqa: PLC0415 -- only with --url

        return ask_service(shell, service, f"/receipts/{quote(event, safe='')}{within(case)}", None)
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.consent_receipts import receipt_of  # noqa: PLC0415 -- likewise

    with at_home(shell) as house:
        return dict(receipt_of(house, folder_caller(house, as_person), event, case=case).document)


def _key(shell: Terminal) -> None:
    from governance.journeys.consent_receipts import receipt_vkey  # noqa: PLC0415 -- help must not pay for it

    with at_home(shell) as house:
        vkey = str(receipt_vkey(house))
    shell.result({"vkey": vkey}, vkey)


def _offline(shell: Terminal, path: Path, key: str | None) -> None:
    from governance.journeys.consent_receipts import verify_offline  # noqa: PLC0415 -- help must not pay for it

    checked = verify_offline(_read(path), key)
    if checked.is_key_from_receipt:
        shell.say(
            "未给出 --key，使用了回执自带的公钥：只证明内容与签名相符",
            "no --key was given, so the receipt's own key was used: it proves only that content and signature match",
        )
    _tell(shell, checked)


def _at_home(shell: Terminal, path: Path) -> None:
    from governance.journeys.consent_receipts import (  # noqa: PLC0415 -- help must not pay for it
        Checked,
        check_receipt,
        receipt_vkey,
    )

    document = _read(path)
    with at_home(shell) as house:
        check_receipt(house, document)
        _tell(shell, Checked(document["record_id"], str(receipt_vkey(house)), is_key_from_receipt=False))


def _tell(shell: Terminal, checked: "Checked") -> None:
    document = {
        "verified": True,
        "record_id": checked.record_id,
        "key": checked.key,
        "key_from_receipt": checked.is_key_from_receipt,
    }
    shell.result(document, f"✓ {checked.record_id}")


def _read(path: Path) -> dict[str, Any]:
    from consent.errors import ReceiptInvalidError  # noqa: PLC0415 -- help must not pay for it

    try:
        document = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ReceiptInvalidError(zh="不是 JSON", en="it is no JSON") from error
    if not isinstance(document, dict):
        raise ReceiptInvalidError(zh="不是 JSON 对象", en="it is no JSON object")
    return document
