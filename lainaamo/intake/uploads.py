"""Lists on the screen: kept, looked at, mended, brought in all at once, or thrown away."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, insert, select, update

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import insert_once, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.intake import actions, columns, queries, rules
from lainaamo.intake.models import KnownHeaders, Upload, UploadedRow
from lainaamo.intake.rules import Row
from lainaamo.intake.sheets import Sheet

if TYPE_CHECKING:
    from sqlalchemy import Table

AT_ONCE = 500
"""How many rows come in while the person waits; more are the worker's."""
KEPT = timedelta(days=30)
LONGEST_NAME = 120
JOB = "upload.asked"

Columns = Sequence[str | None]


def keep(
    sheet: Sheet, *, key: str, name: str, content: bytes, site_id: int | None
) -> tuple[int, bool]:
    """Keep a list and say of each row what it would become; the same key twice is one list.

    Returns the list's id, and whether it is the list of this content.
    """
    fingerprint = hashlib.sha256(content).hexdigest()
    before = session.scalars(select(Upload).where(Upload.key == key)).one_or_none()
    if before is not None:
        return before.id, before.fingerprint == fingerprint
    chosen = queries.known_columns(columns.fingerprint(sheet.headers)) or _guessed(sheet.headers)
    is_new = insert_once(
        Upload,
        key=key,
        name=name[-LONGEST_NAME:],
        fingerprint=fingerprint,
        site_id=site_id or actions.first_site_id(),
        headers=list(sheet.headers),
        columns=list(chosen),
        actor=journal.actor(),
        made_at=clock.now(),
    )
    upload = session.scalars(select(Upload).where(Upload.key == key)).one()
    if is_new:
        keys = rules.row_keys(sheet.headers, [cells for _, cells in sheet.rows])
        rows = [(line, one, cells) for (line, cells), one in zip(sheet.rows, keys, strict=True)]
        _write_rows(upload, rows)
        journal.write("upload.made", "upload", upload.id, rows=len(rows))
    return upload.id, upload.fingerprint == fingerprint


def _guessed(headers: Sequence[str]) -> list[str | None]:
    named = {at: name for name, at in columns.map_columns(headers).items()}
    return [named.get(at) for at in range(len(headers))]


def _write_rows(upload: Upload, rows: Sequence[tuple[int, str, Sequence[str]]]) -> None:
    judged = actions.judge(mapping(upload.columns), rows, upload.site_id)
    facts = [
        {"upload_id": upload.id, "line": line, "key": key, "cells": list(cells), **_told(row)}
        for (line, key, cells), row in zip(rows, judged, strict=True)
    ]
    if facts:
        session.execute(insert(cast("Table", UploadedRow.__table__)), facts)


def _told(row: Row) -> dict[str, Any]:
    """Return what a row's columns keep of its verdict."""
    return {"verdict": row.verdict, "notes": [pack(note) for note in row.notes]}


def pack(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as it is kept: its words untranslated."""
    return {"message": refusal.message, "code": refusal.code, "params": refusal.params}


def unpack(kept: Mapping[str, Any]) -> Refusal:
    """Return a kept refusal."""
    return Refusal(kept["message"], code=kept["code"], **kept["params"])


def mapping(chosen: Columns) -> dict[str, int]:
    """Return at which position each column is."""
    return {name: at for at, name in enumerate(chosen) if name}


# Changing what was kept


def choose_columns(upload_id: int, chosen: Columns) -> None:
    """Say which column is which, for this list and for the next with the same headers."""
    upload = _open(upload_id)
    upload.columns = list(chosen)
    print_ = columns.fingerprint(upload.headers)
    facts = {"columns": list(chosen), "chosen_at": clock.now()}
    if not insert_once(KnownHeaders, fingerprint=print_, **facts):
        session.execute(
            update(KnownHeaders).where(KnownHeaders.fingerprint == print_).values(**facts)
        )
    _judge_again(upload)
    journal.write("upload.mapped", "upload", upload.id)


def mend(upload_id: int, mended: Mapping[int, str]) -> None:
    """Write other words in rows that need mending, each in the cell that its first note is about.

    `mended` is line → words. Rows without such a cell stay as they are.
    """
    upload = _open(upload_id)
    places = mapping(upload.columns)
    for row in queries.uploaded_rows(upload_id, lines=mended):
        at = places.get(faulty_column(row.notes) or "")
        if at is not None:
            cells = [*row.cells, *[""] * (at + 1 - len(row.cells))]
            row.cells = [*cells[:at], mended[row.line], *cells[at + 1 :]]
    session.flush()
    _judge_again(upload)
    journal.write("upload.mended", "upload", upload.id, rows=len(mended))


def faulty_column(notes: Sequence[Mapping[str, Any]]) -> str | None:
    """Return which column the first thing to mend is in."""
    return next(
        (rules.FAULTS[note["code"]] for note in notes if note["code"] in rules.FAULTS), None
    )


def _judge_again(upload: Upload) -> list[Row]:
    """Judge every row by what is in the house now; keep what became of those that changed."""
    kept = list(queries.uploaded_rows(upload.id))
    judged = actions.judge(
        mapping(upload.columns), [(row.line, row.key, row.cells) for row in kept], upload.site_id
    )
    for row, verdict in zip(kept, judged, strict=True):
        told = _told(verdict)
        if (row.verdict, row.notes) != (told["verdict"], told["notes"]):
            row.verdict, row.notes = told["verdict"], told["notes"]
    session.flush()
    return judged


def _open(upload_id: int) -> Upload:
    """Return a list that may still be changed; others who would change it wait."""
    upload = queries.lock_upload(upload_id)
    if upload.asked_at is not None:
        words = N_("The list is being brought in already. Wait for it, or choose the file again.")
        raise Refusal(words, code="asked_already")
    return upload


# Bringing in


def ask(upload_id: int) -> None:
    """Bring a list's good rows in: a short one now, a long one by the worker."""
    upload = queries.lock_upload(upload_id)
    if upload.asked_at is not None:
        _hurry(upload)  # the button twice, or after an interruption
        return
    if "name" not in mapping(upload.columns):
        words = N_("Choose first which column has the names of the things.")
        raise Refusal(words, code="no_names")
    counts = queries.count_verdicts(upload_id)
    good = counts.get("new", 0) + counts.get("warning", 0)
    if not good:
        words = N_("No row can come in. Mend the rows, or choose another file.")
        raise Refusal(words, code="nothing_good")
    upload.asked_at = clock.now()
    journal.write("upload.asked", "upload", upload.id, rows=good)
    if good > AT_ONCE:
        outbox.promise(JOB, _once(upload), upload=upload.id, actor=journal.actor())
    else:
        bring(upload_id)


def _once(upload: Upload) -> str:
    """Return what tells this asking from one after a refusal."""
    return f"{upload.id}:{upload.asked_at.timestamp() if upload.asked_at else ''}"


def find_job(upload: Upload) -> outbox.Message | None:
    """Return the promise to bring a list in that is not kept yet."""
    if upload.asked_at is None or upload.applied_at is not None:
        return None
    return outbox.find(JOB, _once(upload))


def _hurry(upload: Upload) -> None:
    job = find_job(upload)
    if job is not None and not outbox.is_in_hand(job):
        outbox.hurry(job)
        journal.write("upload.hurried", "upload", upload.id)


def bring(upload_id: int, tell: Callable[[int, int], None] | None = None) -> bool:
    """Bring in every good row as the house is now, or none; tell whether anything was to do."""
    upload = queries.lock_upload(upload_id)
    if upload.applied_at is not None or upload.asked_at is None:
        return False
    judged = _judge_again(upload)
    seen = actions.Preview((), judged, upload.site_id)
    outcome = actions.apply(seen, tell) if tell else actions.apply(seen)
    upload.outcome, upload.applied_at = asdict(outcome), clock.now()
    upload.refusal = None
    journal.write("upload.applied", "upload", upload.id, rows=outcome.rows)
    return True


def give_up(upload_id: int, refusal: Refusal) -> None:
    """Let a list be looked at again that could not come in, and keep why."""
    upload = queries.lock_upload(upload_id)
    upload.asked_at, upload.refusal = None, pack(refusal)
    journal.write("upload.refused", "upload", upload.id, code=refusal.code)


def discard(upload_id: int) -> None:
    """Throw a list away that was not brought in."""
    _open(upload_id)
    journal.write("upload.discarded", "upload", upload_id)
    _delete([upload_id])


def forget_old() -> None:
    """Throw away the lists whose keep-time is over; what came in from them stays."""
    wanted = select(Upload.id).where(Upload.made_at < clock.now() - KEPT)
    _delete(session.scalars(wanted).all())


def _delete(upload_ids: Iterable[int]) -> None:
    for upload_id in upload_ids:
        session.execute(delete(UploadedRow).where(UploadedRow.upload_id == upload_id))
        session.execute(delete(Upload).where(Upload.id == upload_id))
