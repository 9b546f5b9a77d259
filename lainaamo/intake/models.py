"""Lists of goods, and what they brought in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core.orm import KEY, Base, Id, one_of
from lainaamo.goods.models import Item, Site


class ImportedRow(Base):
    """A row of a list that became a thing: its code, or the hash of the row and its ordinal."""

    __tablename__ = "imported_row"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    imported_at: Mapped[datetime]


VERDICTS = ("new", "warning", "already", "refused")


class Upload(Base):
    """A list somebody brought to the screen, until its keep-time.

    It is looked at until `asked_at`, then it waits for its turn until `applied_at`, when `outcome`
    holds what came in. `refusal` says in the words of a Refusal why nothing could.

    `columns` says of each header which of columns.COLUMNS it is, or null. `key` is the form's own,
    hashed with who sent it: the same form twice is one list. `fingerprint` is the file's hash.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("applied_at IS NULL OR asked_at IS NOT NULL", name="asked_before_applied"),
        CheckConstraint("(applied_at IS NULL) = (outcome IS NULL)", name="applied_has_outcome"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    fingerprint: Mapped[str]
    site_id: Mapped[int | None] = mapped_column(ForeignKey(Site.id), index=True)
    headers: Mapped[list[str]] = mapped_column(JSON)
    columns: Mapped[list[str | None]] = mapped_column(JSON)
    actor: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(index=True)
    asked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class UploadedRow(Base):
    """A row of such a list: its cells, the key it is known by for ever, and what becomes of it.

    The key is of the cells as they came: mending them on the screen makes no other row of it.
    """

    __tablename__ = "uploaded_row"
    __table_args__ = (
        UniqueConstraint("upload_id", "line"),
        Index("ix_uploaded_row_upload_id_verdict_line", "upload_id", "verdict", "line"),
        CheckConstraint(one_of("verdict", *VERDICTS), name="known_verdict"),
    )

    id: Mapped[Id]
    upload_id: Mapped[int] = mapped_column(ForeignKey(Upload.id))
    line: Mapped[int]
    key: Mapped[str]
    cells: Mapped[list[str]] = mapped_column(JSON)
    verdict: Mapped[str]
    notes: Mapped[list[Any]] = mapped_column(JSON)


class KnownHeaders(Base):
    """Which column is which under these headers, as somebody chose it last."""

    __tablename__ = "known_headers"

    id: Mapped[Id]
    fingerprint: Mapped[str] = mapped_column(unique=True)
    columns: Mapped[list[str | None]] = mapped_column(JSON)
    chosen_at: Mapped[datetime]


class UploadProgress(Base):
    """How far an import under way has come: seen by all while its transaction is seen by none."""

    __tablename__ = "upload_progress"

    id: Mapped[Id]
    upload: Mapped[int] = mapped_column(KEY, unique=True)
    done: Mapped[int]
    total: Mapped[int]
