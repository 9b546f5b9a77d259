"""Verbs that keep what is in the house: tables, backups, moves."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lainaamo.cli import starting
from lainaamo.config import Settings

if TYPE_CHECKING:
    from lainaamo.upkeep.backup import Told

A_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
def migrate() -> None:
    """Bring the database's tables to where the code expects them.

    Example: lainaamo migrate
    """
    starting.migrate()


@click.command()
@click.argument("file", type=A_FILE, required=False)
@click.option("--make-key", type=A_FILE, help="Write a new secret key here instead of a backup.")
def backup(file: Path | None, make_key: Path | None) -> None:
    """Write everything into one file: rows, photos, the secret, as they are in one moment.

    Without FILE it goes into the folder of backups, where the newest fourteen stay. People may go
    on working meanwhile.

    Example: lainaamo backup /media/usb/lainaamo.tar
    """
    from lainaamo.upkeep import backup as upkeep
    from lainaamo.upkeep import sealing

    if make_key is not None:
        _make_key(make_key)
        return
    with starting.inside() as app:
        try:
            path, told = upkeep.make(app.config["SETTINGS"], app.config["FILES"], file)
        except (upkeep.NotNow, sealing.CannotOpen) as problem:
            raise click.ClickException(str(problem)) from problem
    click.echo(f"{path}: {path.stat().st_size} bytes, {_counted(told)}")
    for name in told.missing:
        click.echo(f"MISSING  a row names the file {name}, which is not there", err=True)


def _make_key(file: Path) -> None:
    from lainaamo.upkeep import sealing

    try:
        public = sealing.make_key(file)
    except FileExistsError as problem:
        raise click.ClickException(f"{file} is there already.") from problem
    click.echo(f"{file}: keep it elsewhere; without it no backup can be opened.")
    click.echo(f"LAINAAMO_BACKUP_KEY={public}")


def _counted(told: "Told") -> str:
    return (
        f"{told.rows} rows, {told.files} files, as of {told.made_at.isoformat(timespec='seconds')}"
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", type=A_FILE, help="File with the secret key, for a sealed backup.")
@click.option("--replace", is_flag=True, help="Let go of what is in the house now.")
def restore(file: Path, key: Path | None, replace: bool) -> None:  # noqa: FBT001 - click's way
    """Fill an empty house from a backup: all of it, or nothing changes.

    Stop the server and the worker before. Afterwards everybody signs in again.

    Example: lainaamo restore lainaamo-20261101T010203Z.tar.age --key key.txt
    """
    from lainaamo.app import create_app
    from lainaamo.core import whole
    from lainaamo.upkeep import restore as upkeep
    from lainaamo.upkeep import sealing

    settings = Settings.from_environment()
    settings.folder.mkdir(parents=True, exist_ok=True)
    files = create_app(settings).config["FILES"]
    _keep_erasures(settings)
    try:
        brought = upkeep.restore(settings, files, file, key=key, replace=replace)
    except upkeep.NotEmpty as problem:
        words = "There is a house here already: restore elsewhere, or let it go with --replace."
        raise click.ClickException(words) from problem
    except (whole.Broken, sealing.CannotOpen) as problem:
        raise click.ClickException(f"{file}: {problem}") from problem
    click.echo(f"{_counted(brought.told)}: every count and hash is as it was.")
    starting.migrate()
    _forget_again()
    _look_back(brought.told)


def _keep_erasures(settings: Settings) -> None:
    """Note who was forgotten in the house that goes."""
    from lainaamo.core.whole import bare_engine
    from lainaamo.upkeep import erasures

    engine = bare_engine(settings.database)
    try:
        erasures.note(settings, erasures.of_house(engine))
    finally:
        engine.dispose()


def _forget_again() -> None:
    """Forget who was forgotten since the backup was made."""
    from lainaamo.core import journal
    from lainaamo.upkeep import erasures

    with starting.inside() as app, journal.acting("command"):
        count = erasures.forget_again(app.config["SETTINGS"])
    if count:
        click.echo(f"{count} people had been forgotten since: they are forgotten again.")


@click.command()
@click.option("--to", "target", help="Address of the empty database to move to.")
@click.option("--reopen", is_flag=True, help="Take changes here again after a move.")
def move(target: str | None, reopen: bool) -> None:  # noqa: FBT001 - click's way
    """Carry the house to another database, and prove that every row is there.

    All of it or nothing: killed in the middle, nothing has changed. The old database stays as it
    was but takes no more changes. Files stay where they are.

    Example: lainaamo move --to postgresql+psycopg://lainaamo@db.example.fi/lainaamo
    """
    from lainaamo.core import whole
    from lainaamo.upkeep import move as upkeep
    from lainaamo.upkeep import restore

    settings = Settings.from_environment()
    if reopen:
        upkeep.reopen(settings.database)
        click.echo("The database takes changes again.")
        return
    if not target:
        raise click.UsageError("Say where to: --to ADDRESS")
    starting.migrate()
    try:
        moved = upkeep.move(settings.database, target)
    except restore.NotEmpty as problem:
        raise click.ClickException("There is a house in that database already.") from problem
    except (upkeep.CannotMove, whole.Broken) as problem:
        raise click.ClickException(str(problem)) from problem
    for name, told in sorted(moved.tables.items()):
        click.echo(f"{told['rows']:>10}  {told['sha256'][:16]}  {name}")
    click.echo(f"{moved.rows} rows stand there, each as it was here. The old database is closed.")
    _settle(dataclasses.replace(settings, database_url=target))


def _settle(settings: Settings) -> None:
    """Make the index where the house is now, look at its journal, say what to do next."""
    from lainaamo.app import create_app
    from lainaamo.core import journal
    from lainaamo.core.db import transaction
    from lainaamo.goods import finding

    with create_app(settings).app_context(), journal.acting("command"):
        with transaction():
            finding.freshen()
            journal.write("house.moved", "house", 0)
        found = journal.verify()
    broken = f"BROKEN at line {found.first_bad}" if found.first_bad else "whole"
    click.echo(f"The journal is {broken}: {found.sealed} lines sealed, head {found.head}.")
    click.echo("Set LAINAAMO_DATABASE_URL to the new address, start again: lainaamo serve")


def _look_back(told: "Told") -> None:
    """Say what a restored house is like: its journal, and what it is about to send."""
    from lainaamo.core import journal, outbox
    from lainaamo.core.db import transaction

    with starting.inside():
        found = journal.verify()
        waiting = outbox.count_waiting()
        with transaction():
            journal.write("house.restored", "house", 0, rows=told.rows, files=told.files)
    broken = f"BROKEN at line {found.first_bad}" if found.first_bad else "whole"
    click.echo(f"The journal is {broken}: {found.sealed} lines sealed, head {found.head}.")
    if waiting:
        click.echo(f"{waiting} messages wait: the worker sends them, also if they were sent since.")
    click.echo("Everybody signs in anew. Now: lainaamo doctor")
