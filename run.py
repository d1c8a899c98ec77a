#!/usr/bin/env python3
"""Set Mingjing up in `.venv` and run it: `python3 run.py demo`, `python3 run.py test`, `python3 run.py ARGS…`.

Standard library only. Installs exactly the files named in `requirements/`, by hash, and names no package index:
a mirror comes through the standard variables and configuration of pip and uv. The second time it does nothing.
"""

import ast
import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "mingjing-stamp.txt"
OLDEST = (3, 11)
# pip's setting -> the variable by which uv takes the same; uv does not read pip's configuration itself.
MIRRORS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
}


class SetupError(Exception):
    """What is wrong, and the remedy, in one sentence each."""

    def __init__(self, problem, remedy):
        """Hold both sentences."""
        super().__init__(problem)
        self.remedy = remedy


def say(text):
    """Tell the person what is going on, on stderr, so that stdout holds results only."""
    print(text, file=sys.stderr, flush=True)


def venv_python():
    """Give the interpreter inside `.venv`."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_of(kind):
    """Give the digest that an up-to-date environment of this kind carries."""
    digest = hashlib.sha256()
    for name in ("requirements/uv.txt", f"requirements/{kind}.txt", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(repr((kind, sys.version_info[:2], str(ROOT))).encode())
    return digest.hexdigest()


def last_kind():
    """Give what the environment was made for last: a command that needs less takes no tools of `dev` away."""
    return "dev" if STAMP.exists() and "dev" in STAMP.read_text().split() else "core"


def is_ready(kind):
    """Tell whether the environment already holds this kind; `dev` holds everything of `core`."""
    if not STAMP.exists() or not venv_python().exists():
        return False
    found = STAMP.read_text().split()
    return stamp_of("dev") in found or (kind == "core" and stamp_of("core") in found)


@contextmanager
def only_one():
    """Let two set-ups started at once follow one another. The system drops the lock when a process dies."""
    with (ROOT / ".venv.lock").open("w") as lock:
        try:
            import fcntl  # noqa: PLC0415 -- not on Windows

            fcntl.flock(lock, fcntl.LOCK_EX)
        except ImportError:
            pass
        yield


def call(command, environment=None):
    """Run a step; give its exit code and what it printed."""
    done = subprocess.run(
        [str(part) for part in command], env=environment, capture_output=True, text=True, check=False, cwd=str(ROOT)
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def create_environment():
    """Make `.venv` with pip inside.

    Raises:
        SetupError: this Python can't make environments.
    """
    try:
        import ensurepip  # noqa: F401, PLC0415 -- only to learn whether it is there
        import venv  # noqa: PLC0415 -- likewise
    except ImportError:
        raise SetupError(
            "this Python has no `ensurepip`",
            f"install it (Debian, Ubuntu: apt-get install python{OLDEST[0]}-venv) and run the command again",
        ) from None
    say("· creating .venv")
    venv.EnvBuilder(with_pip=True, clear=True, symlinks=os.name != "nt").create(str(VENV))


def mirror_settings():
    """Give the environment for uv with the mirror settings that pip has."""
    environment = dict(os.environ)
    # pip looks on all its indexes and uv on the first that knows a name; every file is checked by hash either way.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    _, listed = call([venv_python(), "-m", "pip", "config", "list"])
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        name = key.rpartition(".")[2]
        if name in MIRRORS and value.startswith(("'", '"')):
            environment.setdefault(MIRRORS[name], " ".join(ast.literal_eval(value).split()))
    return environment


def install(kind):
    """Install the requirement file by hash, with uv where it has a wheel, else with pip.

    Raises:
        SetupError: neither could.
    """
    wanted = f"requirements/{kind}.txt"
    pip = [venv_python(), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    wheels = ["--only-binary", ":all:"]
    say(f"· installing {wanted} (checked by hash)")
    with_uv = call([*pip, "--require-hashes", *wheels, "--no-deps", "-r", "requirements/uv.txt"])[0] == 0
    environment = mirror_settings() if with_uv else None
    uv = [venv_python(), "-m", "uv", "pip"]
    code, printed = (
        call([*uv, "sync", "--quiet", "--require-hashes", *wheels, wanted], environment)
        if with_uv
        else call([*pip, "--require-hashes", *wheels, "-r", wanted])
    )
    if code != 0:
        last = "\n  ".join(printed.splitlines()[-6:])
        raise SetupError(
            f"the packages in {wanted} could not be installed:\n  {last}",
            "check the network, or point pip at your mirror (PIP_INDEX_URL, or pip.conf), and run the command again",
        )
    product = ["--no-deps", "--no-build-isolation", "--editable", "."]
    code, printed = call([*uv, "install", "--quiet", *product], environment) if with_uv else call([*pip, *product])
    if code != 0:
        raise SetupError(f"the product itself could not be installed:\n  {printed[-800:]}", "see the lines above")


def set_up(kind):
    """Bring `.venv` to what the command needs; nothing happens when it is there."""
    if is_ready(kind):
        return
    if not os.access(str(ROOT), os.W_OK):
        raise SetupError(
            f"the folder {ROOT} can't be written", "copy it to a place of your own, or change its permissions"
        )
    with only_one():
        if is_ready(kind):
            return
        kind = "dev" if last_kind() == "dev" else kind
        if not venv_python().exists() or call([venv_python(), "-c", "import pip"])[0] != 0:
            create_environment()
        if STAMP.exists():
            STAMP.unlink()
        install(kind)
        draft = STAMP.with_suffix(".draft")
        draft.write_text(f"{stamp_of(kind)} {kind}")
        draft.replace(STAMP)


def start(command):
    """Become the product's own process, so that signals and exit codes are its own."""
    command = [str(part) for part in command]
    if os.name == "nt":
        raise SystemExit(subprocess.call(command))
    import signal  # noqa: PLC0415 -- not on Windows

    # An interruption between here and the command's own first line would end in the interpreter's traceback.
    if command[1:3] == ["-m", "governance.cli.main"]:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    os.execv(command[0], command)


def main(arguments):
    """Set up what is needed, then run the tests or the command."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise SetupError(f"Python {found} is too old", "use Python 3.11 or newer, for example: python3.11 run.py demo")
    testing = arguments[:1] == ["test"]
    set_up("dev" if testing else "core")
    if testing:
        os.chdir(str(ROOT))
        start([venv_python(), "-m", "pytest", "-n", "2", "--dist", "loadfile", *arguments[1:]])
    start([venv_python(), "-m", "governance.cli.main", *arguments])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        say(f"error: {error}\nnext: {error.remedy}")
        sys.exit(1)
    except OSError as error:
        say(f"error: {error.strerror}: {error.filename}\nnext: check permissions and free disk space, then run again")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\ninterrupted; run the command again to go on")
        sys.exit(130)
