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
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

# Nothing here outlives the tests, so nothing waits for the disk, unless a proof is about just that.
HASTY = ("fsync=off", "full_page_writes=off", "max_connections=200")
DURABLE = ("max_connections=200",)
LONGEST_WAIT_S = 60


@dataclass(frozen=True, slots=True)
class Node:
    """One server of several: its files, and the port that it listens on."""

    cluster: Path
    port: int

    def start(self, *settings: str) -> None:
        """Start it, and wait until it answers."""
        _start(self.cluster, port=self.port, settings=settings)

    def kill(self) -> None:
        """Stop it as a cut of power would: nothing is written any more."""
        _run("pg_ctl", "stop", "-D", self.cluster, "-m", "immediate", "-s", check=False)

    def promote(self) -> None:
        """Let a standby take changes from now on."""
        _run("pg_ctl", "promote", "-D", self.cluster, "-w", "-s")


@contextlib.contextmanager
def replicated() -> Iterator[tuple[Node, Node]]:
    """Yield a primary and a standby of which every commit waits."""
    folder = Path(tempfile.mkdtemp(prefix="lainaamo-postgres-"))
    folder.chmod(0o755)
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    primary = Node(folder / "one" / "cluster", _free_port())
    standby = Node(folder / "two" / "cluster", _free_port())
    for node in (primary, standby):
        node.cluster.parent.mkdir()
        if os.getuid() == 0:
            shutil.chown(node.cluster.parent, "postgres")
    try:
        _run("initdb", "-D", primary.cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8")
        primary.start(*DURABLE)
        source = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres")
        _run("pg_basebackup", *source, "-D", standby.cluster, "-R", "-X", "stream", "-c", "fast")
        standby.start(*DURABLE)
        _wait_until_it_follows(primary)
        yield primary, standby
    finally:
        primary.kill()
        standby.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_follows(primary: Node) -> None:
    """Let every commit wait for the standby from now on, once it has come."""
    address = f"postgresql://postgres@127.0.0.1:{primary.port}/postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        connection.execute("SELECT pg_reload_conf()")
        ends = time.monotonic() + LONGEST_WAIT_S
        asked = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        while connection.execute(asked).fetchone() != (1,):
            assert time.monotonic() < ends, "the standby does not follow"
            time.sleep(0.1)


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
