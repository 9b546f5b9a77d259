"""A private PostgreSQL for the tests: started, used and gone again.

`python -m tests.postgres [--durable] COMMAND…` runs a command with its address in TEST_DATABASE.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

# Nothing here outlives the tests, so nothing waits for the disk, unless a proof is about just that.
HASTY = ("fsync=off", "full_page_writes=off", "max_connections=200")
DURABLE = ("max_connections=200",)


@contextlib.contextmanager
def running(*, settings: tuple[str, ...] = HASTY) -> Iterator[str]:
    """Start a server on a free loopback port, yield its address, stop it and remove its files."""
    folder = Path(tempfile.mkdtemp(prefix="lainaamo-postgres-"))
    cluster = folder / "cluster"
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    port = _free_port()
    _run("initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    try:
        _start(cluster, port=port, settings=settings)
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run("pg_ctl", "stop", "-D", cluster, "-m", "immediate", "-s", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def create(server: str, name: str, *, template: str = "template1") -> str:
    """Make the database anew as a copy of a template that nobody uses; return its address."""
    with _administrator(server) as connection:
        connection.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
        connection.execute(_named("CREATE DATABASE {} TEMPLATE {}", name, template))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop(server: str, name: str) -> None:
    """Remove a database together with whoever is still connected to it."""
    with _administrator(server) as connection:
        connection.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def programs() -> Path:
    """Return the folder of the newest PostgreSQL that Debian has installed."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    return max(folders, key=lambda folder: int(folder.parent.name))


def _administrator(server: str) -> psycopg.Connection:
    address = make_url(server).set(drivername="postgresql", database="postgres")
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def _named(statement: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


def _start(cluster: Path, *, port: int, settings: tuple[str, ...]) -> None:
    given = (
        "listen_addresses=127.0.0.1",
        f"port={port}",
        f"unix_socket_directories={cluster.parent}",
    )
    options = " ".join(f"-c {setting}" for setting in (*given, *settings))
    log = cluster.parent / "log"
    _run("pg_ctl", "start", "-D", cluster, "-w", "-s", "-l", log, "-o", options)


def _run(program: str, *arguments: str | Path, check: bool = True) -> None:
    # PostgreSQL refuses to run as root.
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    command = [*prefix, str(programs() / program), *map(str, arguments)]
    subprocess.run(command, check=check, cwd="/", stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main(command: list[str]) -> int:
    """Run the command beside a PostgreSQL of its own; return its exit code."""
    # A polite end (kill, a closed terminal) unwinds like Ctrl-C, so no server stays behind.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    durable = command[:1] == ["--durable"]
    with running(settings=DURABLE if durable else HASTY) as address:
        environment = os.environ | {"TEST_DATABASE": address}
        return subprocess.run(command[durable:], check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
