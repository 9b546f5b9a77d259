"""What the command says of an import: row by row what is odd, then the sums."""

from collections.abc import Iterator

from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.intake.actions import Outcome, Preview
from lainaamo.intake.rules import Row


def of_preview(seen: Preview) -> Iterator[str]:
    """Tell of each odd row what is odd, then how many rows there are of each sort."""
    for row in seen.rows:
        yield from _notes(row)
    if seen.unused:
        yield _("Columns that are not read: %(names)s", names=", ".join(seen.unused))
    yield _(
        "Rows: %(new)d new, %(warned)d to check, %(already)d here already, %(refused)d refused",
        new=seen.count("new"),
        warned=seen.count("warning"),
        already=seen.count("already"),
        refused=seen.count("refused"),
    )


def _notes(row: Row) -> Iterator[str]:
    for note in row.notes:
        mark = _("REFUSED") if row.verdict == "refused" else _("note")
        yield _(
            "line %(line)d, %(name)s: %(mark)s: %(text)s",
            line=row.line,
            name=row.name,
            mark=mark,
            text=retold(note),
        )


def of_outcome(outcome: Outcome) -> str:
    """Tell what came in."""
    return _(
        "Brought in: %(singles)d things, %(lots)d lots. New kinds: %(kinds)d.",
        singles=outcome.singles,
        lots=outcome.lots,
        kinds=outcome.kinds,
    )
