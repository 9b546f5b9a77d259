"""Verbs that look the house over, and let somebody in."""

import subprocess
import sys
from typing import TYPE_CHECKING

import click

from lainaamo.cli import starting
from lainaamo.config import PACKAGE

if TYPE_CHECKING:
    from lainaamo.config import Settings


@click.command()
def doctor() -> None:
    """Say what is unsafe or stale; exit 1 when something is.

    Example: lainaamo doctor
    """
    from lainaamo.app import create_app
    from lainaamo.upkeep.doctor import examine

    starting.check_theme("BAD  theme: ")
    app = create_app()
    with app.app_context():
        findings = examine(app)
    for finding in findings:
        click.echo(f"{'ok ' if finding.is_well else 'BAD'}  {finding.name}: {finding.text}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


@click.group("journal")
def journal_group() -> None:
    """Look after the journal.

    Example: lainaamo journal verify
    """


@journal_group.command()
def verify() -> None:
    """Recompute the journal's chain of hashes; exit 1 when a line was changed or lost.

    Example: lainaamo journal verify
    """
    from lainaamo.core import journal

    with starting.inside():
        found = journal.verify()
    click.echo(f"{found.sealed} sealed, {found.unsealed} to be sealed, head {found.head}")
    if found.first_bad is not None:
        click.echo(f"BROKEN at line {found.first_bad}")
        sys.exit(1)


@click.command()
@click.argument("email")
@click.option("--name", default="Admin", help="What the person is called.")
def administrator(email: str, name: str) -> None:
    """Let somebody administer: print a link that sets a password once, within seven days.

    Example: lainaamo administrator aino@example.fi --name Aino
    """
    from lainaamo.core.db import transaction
    from lainaamo.people.staff import invite_administrator

    starting.migrate()
    with starting.inside() as app:
        settings: Settings = app.config["SETTINGS"]
        with transaction():
            path = invite_administrator(email, name, settings=settings)
    click.echo(settings.public_url.rstrip("/") + path)


@click.command()
@click.option("--postgresql", default="", help="Also on this server, whose owner may make others.")
@click.option("--things", multiple=True, type=int, help="Sizes of houses; else 1k, 100k and 1M.")
def bench(postgresql: str, things: tuple[int, ...]) -> None:
    """Measure what pages cost against a bare floor, in houses of several sizes.

    Example: lainaamo bench --things 1000 --things 100000
    """
    from lainaamo.bench.run import lines, run
    from lainaamo.bench.targets import SIZES

    def tell(text: str) -> None:
        click.echo(text, err=True)

    for line in lines(run(things or SIZES, postgresql, tell)):
        click.echo(line)


@click.command()
@click.argument("proofs", nargs=-1)
def prove(proofs: tuple[str, ...]) -> None:
    """Run the long proofs of a checkout, all or those named; their result goes to docs/proof.

    Example: lainaamo prove tests/proof/test_races.py
    """
    root = PACKAGE.parent
    if not (root / "tests" / "proof").is_dir():
        raise click.ClickException("The proofs come with the source: run this in a checkout.")
    command = [sys.executable, "-m", "scripts.prove", *proofs]
    sys.exit(subprocess.run(command, cwd=root, check=False).returncode)  # noqa: S603 - ourselves
