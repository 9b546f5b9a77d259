"""Verbs that run the house: the server, the worker beside it, the demo, the nightly round."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click

from lainaamo.cli import starting
from lainaamo.config import Settings
from lainaamo.core import meters

HERE = "127.0.0.1"
PORT = 8000
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@click.command()
@click.option("--host", default=HERE, show_default=True, help="Address to listen on.")
@click.option("--port", envvar="PORT", default=PORT, show_default=True, help="Port; also PORT.")
@click.option("--workers", default=1, show_default=True, help="Server processes.")
@click.option("--alone", is_flag=True, help="Without the worker beside it.")
def serve(host: str, port: int, workers: int, alone: bool) -> None:  # noqa: FBT001 - click's way
    """Serve the application, with the worker beside it.

    Example: lainaamo serve --port 8080
    """
    starting.migrate()
    _serve(host, port, workers, with_worker=not alone)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due and stop; for cron.")
def worker(once: bool) -> None:  # noqa: FBT001 - click's way
    """Deliver messages and do the rounds, until stopped.

    Example: lainaamo worker
    """
    from lainaamo.app import create_app
    from lainaamo.upkeep import worker as upkeep

    app = create_app()
    if once:
        click.echo(f"{upkeep.work_once(app)} done")
    else:
        upkeep.work(app)


@click.command()
def nightly() -> None:
    """Do the nightly round now; twice changes nothing. Exit 1 when a part of it failed.

    Example: lainaamo nightly
    """
    from lainaamo.upkeep import actions

    with starting.inside() as app:
        for duty in actions.rounds(app.config["SETTINGS"], app.config["FILES"]):
            duty.do()
            click.echo(f"done: {duty.name}")


@click.command()
@click.option("--port", envvar="PORT", default=PORT, show_default=True, help="Port; also PORT.")
@click.option("--load-only", is_flag=True, help="Load the demo and print the sign-ins, no server.")
def demo(port: int, load_only: bool) -> None:  # noqa: FBT001 - click's way
    """Make a demo municipality where there is none, print a sign-in for each role, and serve it.

    Example: lainaamo demo --port 9000
    """
    os.environ.setdefault("LAINAAMO_PUBLIC_URL", f"http://{HERE}:{port}")
    starting.migrate()
    lines = _demo_lines()
    click.echo(f"\n  http://{HERE}:{port}\n")
    for line in lines:
        click.echo(f"  {line}")
    click.echo(f"\n  Programs: http://{HERE}:{port}/api")
    click.echo(f"  A token for one: {_myself()} token create --role worker")
    click.echo(
        "\n  Ctrl-C stops. Data stays in the instance folder; `make demo-reset` starts over.\n"
    )
    if not load_only:
        _serve(HERE, port, 1, with_worker=True)


def _myself() -> str:
    """Return how this command was called, to be typed again."""
    here = Path(sys.argv[0])
    if here.name == "__main__.py":
        return "python -m lainaamo"
    return str(here.relative_to(Path.cwd())) if here.is_relative_to(Path.cwd()) else here.name


def _demo_lines() -> list[str]:
    """Load the demo and return its sign-ins; a house with goods of its own is only served."""
    from lainaamo import demo as municipality
    from lainaamo.app import create_app
    from lainaamo.core.errors import Refusal
    from lainaamo.core.i18n import retold

    with create_app().app_context():
        try:
            return [str(line) for line in municipality.load()]
        except Refusal as refusal:
            return [retold(refusal)]


def _serve(host: str, port: int, workers: int, *, with_worker: bool) -> None:
    """Start granian, and the worker as a process of its own; both stop together."""
    _check_port(host, port)
    meters.begin_again(Settings.from_environment().folder / "meters")
    beside = _start([sys.executable, "-m", "lainaamo", "worker"]) if with_worker else None
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host]
    command += ["--port", str(port), "--workers", str(workers), "--blocking-threads", "2"]
    command += ["--log-level", "warning", "--respawn-failed-workers", "--factory"]
    server = _start([*command, "lainaamo.app:create_app"])
    processes = [process for process in (server, beside) if process is not None]

    def _stop(_signal: int, _frame: object) -> None:
        for process in processes:
            process.terminate()

    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, _stop)
    code = server.wait()
    _stop(0, None)
    for process in processes:
        process.wait()
    sys.exit(0 if code in {0, -signal.SIGTERM, -signal.SIGINT} else code)


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process of our own in a session of its own.

    Else Ctrl-C in a terminal would reach it before us, and granian would take its worker's end for
    a crash. When we are killed ourselves, the system tells it to stop.
    """
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603, PLW1509 - ourselves; no threads yet


def _end_with_parent() -> None:
    """Ask Linux for SIGTERM when the parent ends, however it ends: nobody keeps the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _check_port(host: str, port: int) -> None:
    """Refuse a port that somebody else listens on, in words that say what to do."""
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((host, port))
        except OSError as error:
            words = f"Port {port} is taken ({error.strerror}). Choose another: PORT=8001 make run"
            raise click.ClickException(words) from error
