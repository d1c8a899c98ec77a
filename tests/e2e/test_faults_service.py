"""A service and its neighbours under faults: no room on the disk, told to end, several commands on one folder."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "governance.cli.main"]
STATEMENT = "SELECT city, count(*) AS n FROM shop.customers GROUP BY city"
ASKED = ("query", STATEMENT, "--purpose", "loyalty_study", "--as", "lin", "--json")
PLENTY = 24 * 1024 * 1024

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals and mounts of POSIX"),
]


def surroundings() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def mingjing(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=surroundings(), capture_output=True, text=True, timeout=200, check=False
    )


def begin(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    return found


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the service over a folder's `var` until the block ends."""
    port = free_port()
    log = (folder.parent / f"{folder.name}.log").open("w")
    service = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)], cwd=folder, env=surroundings(), stdout=log, stderr=log, text=True
    )
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{url}/health/live", timeout=5).read()  # noqa: S310 -- loopback
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        yield service, url
    finally:
        service.terminate()
        service.wait(30)
        log.close()


def ask(url: str, token: str, statement: str = STATEMENT) -> tuple[int, dict[str, Any]]:
    body = json.dumps({"sql": statement, "purpose": "loyalty_study"}).encode()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "accept-language": "en"}
    try:
        request = urllib.request.Request(f"{url}/api/v1/query", body, headers)  # noqa: S310 -- loopback
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 -- loopback
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def governed_shop(folder: Path) -> str:
    """Apply and scan the example shop; give a token of its analyst."""
    if not (folder / "shop").exists():
        shutil.copytree(ROOT / "examples" / "shop", folder / "shop")
    for command in (("apply", "shop/world.yaml"), ("scan",)):
        done = mingjing(*command, cwd=folder)
        assert done.returncode == 0, done.stderr
    return mingjing("token", "issue", "lin", cwd=folder).stdout.strip()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={PLENTY}", "none", str(folder)], capture_output=True, check=False
    )
    if not made or not unmount or made.returncode != 0:
        pytest.skip("a small disk can't be mounted here (root is needed)")
    yield folder
    subprocess.run([unmount, str(folder)], check=True)


def fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    return filler


def test_a_full_disk_stops_governed_reads_at_once_and_they_resume_with_the_space(small_disk: Path) -> None:
    token = governed_shop(small_disk)
    with serving(small_disk) as (_, url):
        before = ask(url, token)
        filler = fill(small_disk)
        began = time.monotonic()
        during = ask(url, token)
        took = time.monotonic() - began
        filler.unlink()
        deadline = time.monotonic() + 20
        after = ask(url, token)
        while after[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.5)
            after = ask(url, token)
    receipts = [answer["decision"]["receipt"]["entry"] for _, answer in (before, after)]
    kept = mingjing("audit", "export", "log", cwd=small_disk)

    assert before[0] == 200
    assert (during[0], set(during[1]) >= {"type", "title", "detail", "next", "request_id"}) == (503, True), during
    assert took < 12
    assert after[0] == 200, after
    assert len(set(receipts)) == 2
    assert kept.returncode == 0, kept.stderr
    assert mingjing("audit", "verify", "log", cwd=small_disk).returncode == 0
    bundles = b"".join(path.read_bytes() for path in (small_disk / "log").rglob("*") if path.is_file())
    assert all(receipt.encode() in bundles for receipt in receipts)


def test_a_full_disk_is_one_clear_error_of_a_command_and_what_was_there_stays(small_disk: Path) -> None:
    governed_shop(small_disk)
    filler = fill(small_disk)
    refused = [mingjing(*command, cwd=small_disk) for command in (ASKED, ("apply", "shop/world.yaml"), ("scan",))]
    filler.unlink()
    done = mingjing(*ASKED, cwd=small_disk)

    assert [one.returncode for one in refused] == [1, 1, 1], [one.stderr for one in refused]
    assert not any("Traceback" in one.stderr for one in refused)
    assert done.returncode == 0, done.stderr


def test_a_service_told_to_end_ends_soon_and_gives_the_log_back(tmp_path: Path) -> None:
    token = governed_shop(tmp_path)
    with serving(tmp_path) as (service, url):
        answered = ask(url, token)
        began = time.monotonic()
        service.send_signal(signal.SIGTERM)
        code = service.wait(30)
        took = time.monotonic() - began
    told = (tmp_path.parent / f"{tmp_path.name}.log").read_text()
    began = time.monotonic()
    next_read = mingjing(*ASKED, cwd=tmp_path)

    assert answered[0] == 200
    assert code in {0, -signal.SIGTERM}
    assert took < 10
    assert "Traceback" not in told
    assert next_read.returncode == 0, next_read.stderr


def test_applying_beside_a_running_service_holds_at_its_next_read(tmp_path: Path) -> None:
    token = governed_shop(tmp_path)
    world = tmp_path / "shop" / "world.yaml"
    with serving(tmp_path) as (_, url):
        before = ask(url, token)
        world.write_text(world.read_text(encoding="utf-8").replace("2030-12-31", "2020-12-31"), encoding="utf-8")
        applied = mingjing("apply", "shop/world.yaml", cwd=tmp_path)
        after = ask(url, token)

    assert before[0] == 200
    assert applied.returncode == 0, applied.stderr
    assert after[0] == 403


def test_two_demos_of_one_folder_at_once_tell_one_story(tmp_path: Path) -> None:
    both = [begin("demo", "--once", "--json", "--scale", "300", cwd=tmp_path) for _ in range(2)]
    told = [one.communicate(timeout=200) for one in both]

    assert [one.returncode for one in both] == [0, 0], told
    assert json.loads(told[0][0]) == json.loads(told[1][0])


def test_several_applies_at_once_all_succeed_and_one_changes(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "shop", tmp_path / "shop")
    several = [begin("apply", "shop/world.yaml", "--json", cwd=tmp_path) for _ in range(3)]
    told = [one.communicate(timeout=200) for one in several]
    changes = sorted(len(json.loads(out)["changes"]) for out, _ in told)

    assert [one.returncode for one in several] == [0, 0, 0], told
    assert changes[:2] == [0, 0]
    assert changes[2] > 0
