"""Verbs about goods: lists of them in and out, labels, the index they are found in."""

from pathlib import Path

import click

from lainaamo.cli import starting


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Bring the good rows in; without it only look.")
def import_list(file: Path, yes: bool) -> None:  # noqa: FBT001 - click's way
    """Bring a list of goods (XLSX, ODS, CSV) in: look first, then all its good rows or nothing.

    Example: lainaamo import goods.xlsx --yes
    """
    from lainaamo.administration.shipped import load_categories
    from lainaamo.core.db import transaction
    from lainaamo.core.i18n import gettext as _
    from lainaamo.intake import actions, report

    starting.migrate()
    with starting.inside():
        with transaction():
            load_categories()
        with transaction():
            seen = actions.preview(file)
            for line in report.of_preview(seen):
                click.echo(line)
            if yes:
                click.echo(report.of_outcome(actions.apply(seen)))
    if not yes:
        click.echo(_("Nothing is written yet: add --yes to bring the good rows in."))


@click.command()
@click.argument("signs", nargs=-1)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    default=Path("labels.pdf"),
    help="File to write.",
)
@click.option("--start-at", default=1, show_default=True, help="First free label of the sheet.")
@click.option("--sheet", default="70x37", show_default=True, help="Paper, as in its address.")
def labels(signs: tuple[str, ...], target: Path, start_at: int, sheet: str) -> None:
    """Write sheets of labels for these codes, or for every thing in the house.

    Example: lainaamo labels K7M4P --start-at 3 --to labels.pdf
    """
    from lainaamo.goods.sheets import Wanted, labels_of, sheet_of

    with starting.inside() as app:
        found = labels_of(Wanted(things=signs))
        public_url = app.config["SETTINGS"].public_url
        pdf = sheet_of(found, public_url=public_url, start_at=start_at, sheet=sheet)
    target.write_bytes(pdf)
    click.echo(f"{target}: {len(pdf)} bytes")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--table", help="A table of the database as it stands, instead of the goods.")
def export(file: Path, table: str | None) -> None:
    """Write the goods as a list that `import` takes, or a table, as CSV or XLSX by FILE's ending.

    Example: lainaamo export goods.xlsx
    """
    from lainaamo.core import i18n, journal, tables
    from lainaamo.core.db import transaction
    from lainaamo.desk import table as goods
    from lainaamo.desk.queries import Sought
    from lainaamo.upkeep import tables as raw

    kind = file.suffix.removeprefix(".")
    if kind not in tables.KINDS:
        raise click.UsageError(f"FILE ends in {' or '.join(f'.{one}' for one in tables.KINDS)}")
    if table is not None and table not in raw.names():
        raise click.UsageError(f"The tables are {', '.join(raw.names())}")
    with starting.inside(), i18n.speaking(i18n.DEFAULT):
        headers = raw.headers(table) if table else goods.headers()
        rows = raw.rows(table) if table else goods.rows(Sought())
        with file.open("wb") as target:
            target.writelines(tables.write(kind, headers, rows))
        with transaction():
            journal.write("table.taken_out", "house", 0, table=table or "goods")
    click.echo(f"{file}: {file.stat().st_size} bytes")


@click.command()
def reindex() -> None:
    """Make the index that goods are found in anew.

    Example: lainaamo reindex
    """
    starting.migrate()
    click.echo(f"{starting.index(again=True)} kinds")
