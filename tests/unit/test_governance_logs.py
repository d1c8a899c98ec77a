import json

import pytest

from governance.logs import configure_logs, keep_known, log


def test_a_field_that_nobody_allowed_never_reaches_a_line() -> None:
    line = keep_known(None, "info", {"event": "read", "phone": "13900000000", "count": 3})

    assert line == {"event": "read", "phone": "<str>", "count": 3}


def test_lines_are_json_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")
    log().info("request", status=200, body={"name": "someone"})
    line = json.loads(capsys.readouterr().err)

    assert (line["event"], line["status"], line["body"]) == ("request", 200, "<dict>")
