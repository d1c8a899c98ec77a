import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import KeyRing, new_id, numbered_ids, open_keys
from storage.errors import KeyFileError


def test_keys_made_once_are_found_again(tmp_path: Path) -> None:
    first = open_keys(tmp_path / "keys")

    assert open_keys(tmp_path / "keys").derive("token") == first.derive("token")


def test_two_purposes_never_share_a_key(keys: KeyRing) -> None:
    assert keys.derive("token") != keys.derive("session")


def test_processes_starting_at_once_agree_on_one_key(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(open_keys(tmp_path / "k").derive("x"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    open_keys(tmp_path)
    (tmp_path / "master.key").chmod(0o644)

    with pytest.raises(KeyFileError, match="other accounts"):
        open_keys(tmp_path)


def test_a_truncated_key_is_refused(tmp_path: Path) -> None:
    open_keys(tmp_path)
    (tmp_path / "log.key").write_bytes(b"short")

    with pytest.raises(KeyFileError, match="5 bytes"):
        open_keys(tmp_path)


def test_no_draft_of_a_key_is_left_behind(tmp_path: Path) -> None:
    open_keys(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.key", "master.key"]


def test_identifiers_sort_by_the_time_of_their_making() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    made = [new_id(start + timedelta(milliseconds=n)) for n in range(50)]

    assert made == sorted(made)
    assert len(set(made)) == 50


def test_numbered_identifiers_sort_by_number_beside_the_others() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    made = numbered_ids(at, 1020, ["ffffffff", "00000000"] * 6)

    assert made == sorted(set(made))
    assert {one[:10] for one in made} == {new_id(at)[:10]}
    assert {len(one) for one in made} == {26}


def test_an_identifier_follows_from_its_instant_and_entropy() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)

    assert new_id(at, 7) == new_id(at, 7)
    assert len(new_id(at, 7)) == 26
