"""Verbs for programs: tokens with which they act as people."""

from datetime import datetime

import click

from lainaamo.cli import starting


@click.group("token")
def token_group() -> None:
    """Look after the tokens with which programs act as people.

    Example: lainaamo token create --role worker
    """


@token_group.command("create")
@click.option("--role", required=True, help="In which role: resident, worker, buyer, ...")
@click.option("--person", "who", default="", help="Id, e-mail, phone or card; else a new person.")
@click.option("--unit", default="", help="Id, key or name of the unit to act for.")
@click.option("--words", default="API", help="What it is for; the name of a new person, too.")
@click.option("--last-day", type=click.DateTime(["%Y-%m-%d"]), help="The last day it opens.")
def create_token(role: str, who: str, unit: str, words: str, last_day: datetime | None) -> None:
    """Make a token and print it, this once; a person without the role gets it.

    Example: lainaamo token create --role worker --person K7M4P
    """
    from lainaamo.api.issuing import Wanted, issue
    from lainaamo.core.db import transaction

    starting.migrate()
    wanted = Wanted(role, who, unit, words, last_day.date() if last_day else None)
    with starting.inside() as app:
        with transaction():
            token = issue(app, wanted)
        click.echo(token)


@token_group.command("list")
def list_tokens() -> None:
    """List the tokens: id, role, person, what for, until when, last used; never the token.

    Example: lainaamo token list
    """
    from lainaamo.api.issuing import listed

    with starting.inside():
        for line in listed():
            click.echo(line)


@token_group.command("revoke")
@click.argument("token_id", type=int)
def revoke_token(token_id: int) -> None:
    """End a token by its id; the next request that shows it is refused.

    Example: lainaamo token revoke 3
    """
    from lainaamo.api.issuing import revoke
    from lainaamo.core.db import transaction

    with starting.inside(), transaction():
        revoke(token_id)
