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
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Service:
    """A service over the example shop, and what its neighbours need."""

    folder: Path
    process: subprocess.Popen[str]
    url: str
    token: str
    log: Path
    small_disk: bool


@pytest.fixture(scope="module")
def service(place: tuple[Path, bool], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests of this module; the last of them ends it."""
    folder, small = place
    token = governed_shop(folder)
    port = free_port()
    log = tmp_path_factory.mktemp("told") / "service.log"
    with log.open("w") as told:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)],
            cwd=folder,
            env=surroundings(),
            stdout=told,
            stderr=told,
            text=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url)
            yield Service(folder, process, url, token, log, small)
        finally:
            process.terminate()
            process.wait(30)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/health/live", timeout=5).read()  # noqa: S310 -- loopback
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return


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
    shutil.copytree(ROOT / "examples" / "shop", folder / "shop")
    for command in (("apply", "shop/world.yaml"), ("scan",)):
        done = mingjing(*command, cwd=folder)
        assert done.returncode == 0, done.stderr
    return mingjing("token", "issue", "lin", cwd=folder).stdout.strip()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, bool]]:
    """A file system of 24 MiB of its own where one may be mounted, else a common folder."""
    folder = tmp_path_factory.mktemp("disk")
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={PLENTY}", "none", str(folder)], capture_output=True, check=False
    )
    mounted = bool(made and unmount and made.returncode == 0)
    yield folder, mounted
    if mounted:
        subprocess.run([str(unmount), str(folder)], check=True)


def fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    return filler


def require_small_disk(service: Service) -> None:
    if not service.small_disk:
        pytest.skip("a small disk can't be mounted here (root is needed)")


def test_a_full_disk_stops_governed_reads_and_they_resume_with_the_space(service: Service) -> None:
    require_small_disk(service)
    before = ask(service.url, service.token)
    filler = fill(service.folder)
    during = ask(service.url, service.token)
    filler.unlink()
    deadline = time.monotonic() + 60
    after = ask(service.url, service.token)
    while after[0] != 200 and time.monotonic() < deadline:
        time.sleep(0.5)
        after = ask(service.url, service.token)
    receipts = [answer["decision"]["receipt"]["entry"] for _, answer in (before, after)]
    kept = mingjing("audit", "export", "log", cwd=service.folder)

    assert before[0] == 200
    assert (during[0], set(during[1]) >= {"type", "title", "detail", "next", "request_id"}) == (503, True), during
    assert after[0] == 200, after
    assert len(set(receipts)) == 2
    assert kept.returncode == 0, kept.stderr
    assert mingjing("audit", "verify", "log", cwd=service.folder).returncode == 0
    bundles = b"".join(path.read_bytes() for path in (service.folder / "log").rglob("*") if path.is_file())
    assert all(receipt.encode() in bundles for receipt in receipts)


def test_a_full_disk_is_one_clear_error_of_a_command_and_what_was_there_stays(service: Service) -> None:
    require_small_disk(service)
    filler = fill(service.folder)
    refused = [mingjing(*command, cwd=service.folder) for command in (ASKED, ("scan",))]
    filler.unlink()
    done = mingjing(*ASKED, cwd=service.folder)

    assert [one.returncode for one in refused] == [1, 1], [one.stderr for one in refused]
    assert not any("Traceback" in one.stderr for one in refused)
    assert done.returncode == 0, done.stderr


def test_applying_beside_a_running_service_holds_at_its_next_read(service: Service) -> None:
    world = service.folder / "shop" / "world.yaml"
    whole = world.read_text(encoding="utf-8")
    before = ask(service.url, service.token)
    world.write_text(whole.replace("2030-12-31", "2020-12-31"), encoding="utf-8")
    applied = mingjing("apply", "shop/world.yaml", cwd=service.folder)
    after = ask(service.url, service.token)
    world.write_text(whole, encoding="utf-8")
    restored = mingjing("apply", "shop/world.yaml", cwd=service.folder)

    assert before[0] == 200
    assert (applied.returncode, restored.returncode) == (0, 0), applied.stderr + restored.stderr
    assert after[0] == 403


def test_a_service_told_to_end_ends_and_gives_the_log_back(service: Service) -> None:
    answered = ask(service.url, service.token)
    service.process.send_signal(signal.SIGTERM)
    code = service.process.wait(30)
    next_read = mingjing(*ASKED, cwd=service.folder)

    assert answered[0] == 200
    assert code in {0, -signal.SIGTERM}
    assert "Traceback" not in service.log.read_text()
    assert next_read.returncode == 0, next_read.stderr


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
