"""Build the wheel, install it into an empty venv and ask its demo for a page, away from here."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
PACKED = (
    "lainaamo/_shipped/templates/base.html",
    "lainaamo/_shipped/static/app.css",
    "lainaamo/_shipped/migrations/env.py",
    "lainaamo/translations/fi.po",
)
PATIENCE = 90  # seconds until the demo must have filled its database and answered
GOODBYE = 20  # seconds until it must have stopped


def build(folder: Path) -> Path:
    """Build the wheel and check that it holds what stands outside the package in the repository."""
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, at=ROOT)
    (wheel,) = folder.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    missing = [name for name in PACKED if name not in names]
    if missing:
        sys.exit(f"The wheel lacks {', '.join(missing)}.")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel with the locked requirements into a new venv; return its programs."""
    _run(sys.executable, "-m", "venv", folder)
    pip = (folder / "bin" / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check")
    _run(
        *pip, "--require-hashes", "--only-binary", ":all:", "-r", ROOT / "requirements" / "run.txt"
    )
    _run(*pip, "--no-deps", wheel)
    return folder / "bin"


def try_demo(programs: Path, home: Path) -> None:
    """Start the demo in an empty folder, read a page and a static file, stop it with Ctrl-C."""
    port = _free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LAINAAMO_", "PYTHON"))
    } | {"PORT": str(port)}
    demo = subprocess.Popen(
        (programs / "lainaamo", "demo"), cwd=home, env=environment, start_new_session=True
    )
    try:
        page = _read_when_up(f"http://127.0.0.1:{port}/", demo)
        style = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
        if not style:
            sys.exit("The first page names no style sheet.")
        urlopen(f"http://127.0.0.1:{port}{style[1]}", timeout=10).close()
    finally:
        # As Ctrl-C in a terminal does: to everybody in the group at once.
        os.killpg(demo.pid, signal.SIGINT)
        code = _farewell(demo)
    if code not in (0, 130, -signal.SIGINT):
        sys.exit(f"The demo ended with {code}.")
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            sys.exit("The demo has ended, its server has not.")


def _farewell(demo: subprocess.Popen[bytes]) -> int:
    try:
        return demo.wait(GOODBYE)
    except subprocess.TimeoutExpired:
        os.killpg(demo.pid, signal.SIGKILL)
        sys.exit(f"The demo went on for {GOODBYE} seconds after Ctrl-C.")


def _read_when_up(address: str, demo: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and demo.poll() is None:
        try:
            with urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
                return str(answer.read().decode())
        except (ConnectionError, URLError) as error:
            # An answer with an error in it is a result; no answer yet is a reason to wait.
            if hasattr(error, "code"):
                raise
            time.sleep(0.3)
    sys.exit("The demo did not answer.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(*command: str | Path, at: Path | None = None) -> None:
    subprocess.run(tuple(map(str, command)), cwd=at, check=True)


def main() -> None:
    """Try the wheel as someone who has only the wheel."""
    with tempfile.TemporaryDirectory(prefix="lainaamo-wheel-") as name:
        folder = Path(name)
        wheel = build(folder / "dist")
        programs = install(wheel, folder / "venv")
        home = folder / "home"
        home.mkdir()
        try_demo(programs, home)
        print(f"{wheel.name}: {wheel.stat().st_size // 1024} kB; its demo answered and stopped.")


if __name__ == "__main__":
    main()
