"""How far an import has come: told beside its transaction, into which nobody sees."""

from sqlalchemy import Engine, delete, insert, select, update

from lainaamo.core.db import side_engine
from lainaamo.intake.models import UploadProgress


def tell(upload_id: int, done: int, total: int) -> None:
    """Say how many things of how many have come."""
    this = UploadProgress.upload == upload_id
    with engine().begin() as connection:
        found = connection.execute(
            update(UploadProgress).where(this).values(done=done, total=total)
        )
        if not found.rowcount:
            row = {"upload": upload_id, "done": done, "total": total}
            connection.execute(insert(UploadProgress).values(row))


def find(upload_id: int) -> tuple[int, int] | None:
    """Return how many things of how many have come, of an import that has begun."""
    wanted = select(UploadProgress.done, UploadProgress.total)
    with engine().connect() as connection:
        row = connection.execute(wanted.where(UploadProgress.upload == upload_id)).first()
    return (row[0], row[1]) if row else None


def forget(upload_id: int) -> None:
    """Drop what was told of an import: it is over."""
    with engine().begin() as connection:
        connection.execute(delete(UploadProgress).where(UploadProgress.upload == upload_id))


def engine() -> Engine:
    """Return where progress is told."""
    return side_engine("progress", UploadProgress)
