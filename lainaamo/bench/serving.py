"""Starts what is measured: our application and the floor, each in one server process."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from lainaamo.bench.meter import Server

HERE = "127.0.0.1"
START_S = 60


@contextlib.contextmanager
def serving(factory: str, settings: Mapping[str, str], *, path: str) -> Iterator[Server]:
    """Serve an application factory; PostgreSQL's processes count as the server's own."""
    port = _free_port()
    environment = os.environ | {f"LAINAAMO_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HERE]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "1"]
    command += ["--log-level", "error", "--factory", factory]
    process = subprocess.Popen(command, env=environment)  # noqa: S603 - ourselves
    try:
        address = f"http://{HERE}:{port}"
        _wait_for(address + path, process)
        yield Server(address, (process.pid, *_postgresql(settings.get("DATABASE_URL", ""))))
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    latest = time.monotonic() + START_S
    while time.monotonic() < latest and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own server
            return
        time.sleep(0.05)
    raise RuntimeError(f"{address} does not answer")


def _postgresql(database: str) -> tuple[int, ...]:
    """Return the id of PostgreSQL's first process, when it runs on this machine."""
    if not database.startswith("postgresql"):
        return ()
    engine = create_engine(database)
    with engine.connect() as connection:
        own: int = connection.scalar(text("SELECT pg_backend_pid()")) or 0
        status = Path(f"/proc/{own}/status").read_text(encoding="ascii")
    engine.dispose()
    parent = next(line for line in status.splitlines() if line.startswith("PPid:"))
    return (int(parent.split()[1]),)


@contextlib.contextmanager
def new_database(server: str, name: str, folder: Path) -> Iterator[str]:
    """Yield the address of a new database: a file, or one of a PostgreSQL server, gone at the end.

    The server's address is that of a database from which others can be made.
    """
    if not server:
        yield f"sqlite:///{folder / name}.db"
        return
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port: int = probe.getsockname()[1]
        return port
