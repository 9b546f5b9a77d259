"""What the screens of a list show: its columns, its rows with their verdicts, and what came in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from lainaamo.core import clock, outbox
from lainaamo.core.errors import N_
from lainaamo.core.i18n import clock_time, full_day, locale, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.tables import Row
from lainaamo.intake import progress, queries, uploads
from lainaamo.intake.columns import COLUMNS, REASONS
from lainaamo.intake.models import Upload, UploadedRow

ROWS = 50
AT_ONCE = 1_000
HOME = "/tuonti"
TO_MEND = ("refused", "warning")
TABS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "korjattavat": (N_("To mend"), TO_MEND),
    "hyvat": (N_("Good rows"), ("new",)),
    "jo": (N_("Here already"), ("already",)),
}


def url_of(upload_id: int) -> str:
    """Return a list's address."""
    return f"{HOME}/{upload_id}"


def front() -> dict[str, Any]:
    """Return what the first screen shows: the newest lists."""
    return {"lists": [_listed(upload) for upload in queries.uploads()]}


def _listed(upload: Upload) -> dict[str, Any]:
    return {"url": url_of(upload.id), "name": upload.name, "when": _when(upload), **_state(upload)}


def _when(upload: Upload) -> str:
    made = clock.local(upload.made_at)
    return f"{full_day(made.date())} {clock_time(upload.made_at)}"


def _state(upload: Upload) -> dict[str, str]:
    if upload.applied_at is not None:
        return {"state": _("brought in"), "tone": "ok"}
    if upload.asked_at is not None:
        return {"state": _("being brought in"), "tone": "info"}
    return {"state": _("waits for you"), "tone": "warn"}


def page(
    upload: Upload, *, tab: str, after_line: int, errors: Mapping[str, str], refusal: str | None
) -> dict[str, Any]:
    """Return what a list's screen shows, whichever state it is in."""
    counts = queries.count_verdicts(upload.id)
    good = counts.get("new", 0) + counts.get("warning", 0)
    chosen = _tab(tab, counts)
    found = queries.page_of_rows(upload.id, TABS[chosen][1], after_line=after_line, limit=ROWS + 1)
    more, rows = len(found) > ROWS, found[:ROWS]
    kept = upload.refusal
    return {
        "id": upload.id,
        "url": url_of(upload.id),
        "name": upload.name,
        "number": sum(counts.values()),
        "good": good,
        "refused": counts.get("refused", 0),
        "warned": counts.get("warning", 0),
        "state": _stage(upload),
        "has_names": "name" in upload.columns,
        "columns": list(_columns(upload)),
        "choices": [(key, _(label)) for key, label in COLUMNS.items()],
        "tabs": [_tab_shown(upload, key, counts, chosen) for key in TABS],
        "may_mend": chosen == "korjattavat" and upload.asked_at is None,
        "rows": [_row(row, upload) for row in rows],
        "next_url": _rows_url(upload, chosen, rows[-1].line) if more else None,
        "outcome": upload.outcome,
        "progress": progress.find(upload.id) if upload.asked_at else None,
        "stopped": _stopped(upload),
        "errors": errors,
        "refusal": refusal or (retold(uploads.unpack(kept)) if kept else None),
        "when": _when(upload),
    }


def _stopped(upload: Upload) -> str | None:
    """Say that nobody is bringing the list in any more, and whether it begins again by itself."""
    job = uploads.find_job(upload)
    if job is None or outbox.is_in_hand(job):
        return None
    if job.dead_at is not None:
        return _("It did not succeed, and nothing came in. Try again, or call whoever keeps this.")
    again = clock_time(max(job.due_at, clock.now()))
    return _("It was interrupted, and nothing came in. It begins again at %(time)s.", time=again)


def _stage(upload: Upload) -> str:
    if upload.applied_at is not None:
        return "applied"
    return "asked" if upload.asked_at is not None else "open"


def _tab(asked: str, counts: Mapping[str, int]) -> str:
    """Return which rows are shown: those asked for, else those that need somebody."""
    if asked in TABS:
        return asked
    filled = (key for key, (_, sorts) in TABS.items() if any(counts.get(one) for one in sorts))
    return next(filled, "hyvat")


def _tab_shown(upload: Upload, key: str, counts: Mapping[str, int], chosen: str) -> dict[str, Any]:
    label, sorts = TABS[key]
    return {
        "url": _rows_url(upload, key),
        "label": _(label),
        "count": sum(counts.get(one, 0) for one in sorts),
        "is_chosen": key == chosen,
    }


def _rows_url(upload: Upload, tab: str, after_line: int | None = None) -> str:
    query = {"rivit": tab, **({"jatko": after_line} if after_line else {})}
    return f"{url_of(upload.id)}?{urlencode(query)}#rows"


def _columns(upload: Upload) -> Iterator[dict[str, Any]]:
    examples = queries.first_cells(upload.id)
    for at, header in enumerate(upload.headers):
        cells = (cells[at] for cells in examples if at < len(cells) and cells[at])
        example = next(cells, "")
        if header or example:
            yield {"at": at, "header": header, "example": example, "chosen": upload.columns[at]}


def _row(row: UploadedRow, upload: Upload) -> dict[str, Any]:
    places = uploads.mapping(upload.columns)
    column = uploads.faulty_column(row.notes)
    at = places.get(column or "")
    return {
        "line": row.line,
        "name": _cell(row.cells, places.get("name")),
        "more": [_cell(row.cells, places.get(key)) for key in ("category", "size", "count")],
        "is_refused": row.verdict == "refused",
        "notes": [retold(uploads.unpack(note)) for note in row.notes],
        "label": _(COLUMNS[column]) if column and at is not None else None,
        "words": _cell(row.cells, at),
    }


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""


def mending(upload: Upload) -> tuple[list[str], Iterator[Row]]:
    """Return the rows to mend as a table: the list's own columns, and why in the last."""
    return [*upload.headers, REASONS[locale()]], _mending(upload)


def _mending(upload: Upload) -> Iterator[Row]:
    line, width = -1, len(upload.headers)
    while rows := queries.page_of_rows(upload.id, TO_MEND, after_line=line, limit=AT_ONCE):
        for row in rows:
            cells = [*row.cells, *[""] * (width - len(row.cells))]
            if row.verdict == "refused" or upload.applied_at is None:
                yield [*cells, " ".join(retold(uploads.unpack(note)) for note in row.notes)]
        line = rows[-1].line
