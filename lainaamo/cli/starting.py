"""What must be so before a verb begins: tables, words and theme; and where its work is done."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from lainaamo.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lainaamo.core.web import Lainaamo


def migrate() -> None:
    """Make the instance folder, the tables, the dictionary and the index, where they lack."""
    from lainaamo.upkeep.migrations import upgrade

    check_theme()
    settings = Settings.from_environment()
    settings.folder.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database)
    _prepare_words(settings)
    number = index(again=False)
    if number:
        click.echo(f"{number} kinds are found by new rules.", err=True)


def _prepare_words(settings: Settings) -> None:
    """Make the Finnish dictionary, once."""
    from lainaamo.core import finnish

    finnish.look_in(settings.folder)
    if not finnish.is_ready():
        click.echo("Making the Finnish dictionary (once, about half a minute).", err=True)
        finnish.prepare()


def index(*, again: bool) -> int | None:
    """Make the search index anew, or only where other rules have made it."""
    from lainaamo.core.db import transaction
    from lainaamo.goods import finding

    with inside(), transaction():
        return finding.index_everything() if again else finding.freshen()


def check_theme(before: str = "") -> None:
    """Refuse a theme that cannot be used before anything starts with it."""
    from lainaamo.core import theme

    try:
        theme.load(Settings.from_environment())
    except theme.BadTheme as problem:
        raise click.ClickException(f"{before}{problem}") from problem


@contextmanager
def inside() -> "Iterator[Lainaamo]":
    """Open the house for a verb; what is refused is told, and the verb ends with 1."""
    from lainaamo.app import create_app
    from lainaamo.core import journal
    from lainaamo.core.db import db, session
    from lainaamo.core.errors import Refusal
    from lainaamo.core.i18n import retold

    app = create_app()
    with app.app_context(), journal.acting("command"):
        try:
            yield app
        except Refusal as refusal:
            raise click.ClickException(retold(refusal)) from refusal
        finally:
            session.remove()
            db.engine.dispose()
