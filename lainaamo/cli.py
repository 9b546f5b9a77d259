"""The `lainaamo` command: one page, every verb of running an installation."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click

from lainaamo.config import Settings

HERE = "127.0.0.1"
PORT = 8000
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Reuse warehouse and lending desk."""


@main.command()
@click.option("--host", default=HERE, show_default=True, help="Address to listen on.")
@click.option("--port", envvar="PORT", default=PORT, show_default=True, help="Port; also PORT.")
@click.option("--workers", default=1, show_default=True, help="Server processes.")
@click.option("--alone", is_flag=True, help="Without the worker beside it.")
def serve(host: str, port: int, workers: int, alone: bool) -> None:  # noqa: FBT001 - click's way
    """Serve the application, with the worker beside it.

    Example: lainaamo serve --port 8080
    """
    _migrate()
    _serve(host, port, workers, with_worker=not alone)


@main.command()
@click.option("--once", is_flag=True, help="Do what is due and stop; for cron.")
def worker(once: bool) -> None:  # noqa: FBT001 - click's way
    """Deliver messages and do the rounds, until stopped."""
    from lainaamo.app import create_app
    from lainaamo.upkeep import worker as upkeep

    app = create_app()
    if once:
        click.echo(f"{upkeep.work_once(app)} done")
    else:
        upkeep.work(app)


@main.command()
@click.option("--port", envvar="PORT", default=PORT, show_default=True, help="Port; also PORT.")
@click.option("--load-only", is_flag=True, help="Load the demo and print the sign-ins, no server.")
def demo(port: int, load_only: bool) -> None:  # noqa: FBT001 - click's way
    """Make a demo municipality where there is none, print a sign-in for each role, and serve it."""
    os.environ.setdefault("LAINAAMO_PUBLIC_URL", f"http://{HERE}:{port}")
    _migrate()
    lines = _demo_lines()
    click.echo(f"\n  http://{HERE}:{port}\n")
    for line in lines:
        click.echo(f"  {line}")
    click.echo(
        "\n  Ctrl-C stops. Data stays in the instance folder; `make demo-reset` starts over.\n"
    )
    if not load_only:
        _serve(HERE, port, 1, with_worker=True)


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


@main.command()
def migrate() -> None:
    """Bring the database's tables to where the code expects them."""
    _migrate()


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Bring the good rows in; without it only look.")
def import_list(file: Path, yes: bool) -> None:  # noqa: FBT001 - click's way
    """Bring a list of goods (XLSX, ODS, CSV) in: look first, then all its good rows or nothing.

    Example: lainaamo import goods.xlsx --yes
    """
    from lainaamo.app import create_app
    from lainaamo.core import journal
    from lainaamo.core.db import transaction
    from lainaamo.core.errors import Refusal
    from lainaamo.core.i18n import gettext as _
    from lainaamo.core.i18n import retold
    from lainaamo.intake import actions, report
    from lainaamo.upkeep.shipped import load_categories

    _migrate()
    with create_app().app_context(), journal.acting("command"):
        with transaction():
            load_categories()
        try:
            with transaction():
                seen = actions.preview(file)
                for line in report.of_preview(seen):
                    click.echo(line)
                if yes:
                    click.echo(report.of_outcome(actions.apply(seen)))
        except Refusal as refusal:
            raise click.ClickException(retold(refusal)) from refusal
    if not yes:
        click.echo(_("Nothing is written yet: add --yes to bring the good rows in."))


@main.command()
@click.argument("signs", nargs=-1)
@click.option("--to", "target", type=click.Path(path_type=Path), default=Path("labels.pdf"))
@click.option("--start-at", default=1, show_default=True, help="First free label of the sheet.")
@click.option("--sheet", default="70x37", show_default=True, help="Paper, as in its address.")
def labels(signs: tuple[str, ...], target: Path, start_at: int, sheet: str) -> None:
    """Write sheets of labels for these codes, or for every thing in the house.

    Example: lainaamo labels K7M4P --start-at 3 --to labels.pdf
    """
    from lainaamo.app import create_app
    from lainaamo.core.errors import Refusal
    from lainaamo.core.i18n import retold
    from lainaamo.goods.sheets import Wanted, labels_of, sheet_of

    app = create_app()
    with app.app_context():
        try:
            found = labels_of(Wanted(things=signs))
            public_url = app.config["SETTINGS"].public_url
            pdf = sheet_of(found, public_url=public_url, start_at=start_at, sheet=sheet)
        except Refusal as refusal:
            raise click.ClickException(retold(refusal)) from refusal
    target.write_bytes(pdf)
    click.echo(f"{target}: {len(pdf)} bytes")


@main.group("journal")
def journal_group() -> None:
    """Look after the journal."""


@journal_group.command()
def verify() -> None:
    """Recompute the journal's chain of hashes; exit 1 when a line was changed or lost."""
    from lainaamo.app import create_app
    from lainaamo.core import journal

    with create_app().app_context():
        found = journal.verify()
    click.echo(f"{found.sealed} sealed, {found.unsealed} to be sealed, head {found.head}")
    if found.first_bad is not None:
        click.echo(f"BROKEN at line {found.first_bad}")
        sys.exit(1)


@main.command()
@click.argument("email")
@click.option("--name", default="Admin", help="What the person is called.")
def administrator(email: str, name: str) -> None:
    """Let somebody administer: print a link that sets a password once, within seven days."""
    from lainaamo.app import create_app
    from lainaamo.core import journal
    from lainaamo.core.db import transaction
    from lainaamo.core.errors import Refusal
    from lainaamo.people.staff import invite_administrator

    _migrate()
    app = create_app()
    with app.app_context(), journal.acting("command"):
        try:
            with transaction():
                path = invite_administrator(email, name, settings=app.config["SETTINGS"])
        except Refusal as refusal:
            raise click.ClickException(refusal.message) from refusal
    click.echo(app.config["SETTINGS"].public_url.rstrip("/") + path)


@main.command()
def doctor() -> None:
    """Say what is unsafe or stale; exit 1 when something is."""
    from lainaamo.app import create_app
    from lainaamo.upkeep.doctor import examine

    _check_theme("BAD  theme: ")
    app = create_app()
    with app.app_context():
        findings = examine(app)
    for finding in findings:
        click.echo(f"{'ok ' if finding.is_well else 'BAD'}  {finding.name}: {finding.text}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


@main.command()
def reindex() -> None:
    """Make the index that goods are found in anew."""
    _migrate()
    click.echo(f"{_index(again=True)} kinds")


@main.command()
def nightly() -> None:
    """Do the nightly round now; twice changes nothing."""
    from lainaamo.app import create_app
    from lainaamo.core import journal
    from lainaamo.upkeep import actions

    app = create_app()
    with app.app_context(), journal.acting("command"):
        for duty in actions.rounds(app.config["FILES"]):
            duty.do()
            click.echo(f"done: {duty.name}")


@main.command()
@click.option("--postgresql", default="", help="Address of a database whose owner may make others.")
@click.option("--things", multiple=True, type=int, help="Sizes of houses; else 1k, 100k and 1M.")
def bench(postgresql: str, things: tuple[int, ...]) -> None:
    """Measure what pages cost against a bare floor, in houses of several sizes.

    Example: lainaamo bench --things 1000 --things 100000
    """
    from lainaamo.bench.run import lines, run
    from lainaamo.bench.targets import SIZES

    for line in lines(run(things or SIZES, postgresql, click.echo)):
        click.echo(line)


def _migrate() -> None:
    from lainaamo.upkeep.migrations import upgrade

    _check_theme()
    settings = Settings.from_environment()
    settings.folder.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database)
    _prepare_words(settings)
    number = _index(again=False)
    if number:
        click.echo(f"{number} kinds are found by new rules.")


def _prepare_words(settings: Settings) -> None:
    """Make the Finnish dictionary, once."""
    from lainaamo.core import finnish

    finnish.look_in(settings.folder)
    if not finnish.is_ready():
        click.echo("Making the Finnish dictionary (once, about half a minute).")
        finnish.prepare()


def _index(*, again: bool) -> int | None:
    """Make the search index anew, or only where other rules have made it."""
    from lainaamo.app import create_app
    from lainaamo.core import journal
    from lainaamo.core.db import transaction
    from lainaamo.goods import finding

    with create_app().app_context(), journal.acting("command"), transaction():
        return finding.index_everything() if again else finding.freshen()


def _serve(host: str, port: int, workers: int, *, with_worker: bool) -> None:
    """Start granian, and the worker as a process of its own; both stop together."""
    _check_port(host, port)
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


def _check_theme(before: str = "") -> None:
    """Refuse a theme that cannot be used before anything starts with it."""
    from lainaamo.core import theme

    try:
        theme.load(Settings.from_environment())
    except theme.BadTheme as problem:
        raise click.ClickException(f"{before}{problem}") from problem


def _check_port(host: str, port: int) -> None:
    """Refuse a port that somebody else listens on, in words that say what to do."""
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((host, port))
        except OSError as error:
            words = f"Port {port} is taken ({error.strerror}). Choose another: PORT=8001 make run"
            raise click.ClickException(words) from error
