"""Receipts of decisions on the command line: given by the service or a data folder, checked with neither."""

import json
from pathlib import Path
from urllib.parse import quote

from governance.cli.terminal import Terminal, at_home


def write_receipt(
    shell: Terminal, decision: str, out: Path | None, *, as_person: str | None, service: tuple[str | None, str | None]
) -> None:
    """Give the receipt of a decision on stdout, or in a file."""
    url, token = service
    if url is not None:
        from governance.cli.remote import ask  # noqa: PLC0415 -- only with --url

        path = f"/api/v1/decisions/{quote(decision, safe='')}/receipt"
        document = json.loads(ask(url, token, path, None, shell.language))
    else:
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.decide import receipt_for  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            document = receipt_for(house, folder_caller(house, as_person), decision)
    if out is None:
        shell.result(document, "")
        return
    out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def check_receipt(shell: Terminal, path: Path, key: str | None) -> None:
    """Check a receipt without server, database or data folder; one that does not hold is exit 6.

    Raises:
        VerificationError: says what does not hold.
    """
    from audit.errors import ReceiptMismatchError  # noqa: PLC0415 -- help must not pay for it
    from audit.outside import verify_receipt  # noqa: PLC0415 -- likewise
    from storage.errors import Said  # noqa: PLC0415 -- likewise

    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ReceiptMismatchError(place=Said("不是 JSON", "it is not JSON")) from error
    found = verify_receipt(document, key)
    result = {
        "verified": True,
        "decision": found.decision["id"],
        "outcome": found.decision["outcome"],
        "person": found.decision["person"],
        "purpose": found.decision["purpose"],
        "at": found.decision["at"],
        "origin": found.head.origin,
        "index": found.index,
        "size": found.head.size,
        "key": found.key,
        "key_from_receipt": found.is_key_from_receipt,
    }
    text = f"✓ {result['decision']}  {result['outcome']}  {result['purpose']}  {found.head.origin} {found.index}"
    if found.is_key_from_receipt:
        zh = "验证密钥取自回执本身：证明回执完整，不证明是谁的日志；请用 --key 指定另行取得的密钥"
        en = "the key came from the receipt itself: it is whole, but whose log it is needs --key, had by another way"
        text += "\n" + (zh if shell.language == "zh" else en)
    shell.result(result, text)
