"""What administrators have changed, with what was before and after."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core.orm import Base, Id

NAMED = text("thing = 'person' AND erased_at IS NULL")


class Change(Base):
    """One change of one thing: those of its facts that changed, as they were and as they became.

    Nothing before means that the thing was made. `actor` is the journal's name for
    the person. A change that takes another back names it in `undoes_id`. What names somebody in it
    is kept until `erased_at`.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_thing_thing_id_id", "thing", "thing_id", "id"),
        Index("ix_change_made_at_named", "made_at", sqlite_where=NAMED, postgresql_where=NAMED),
    )

    id: Mapped[Id]
    thing: Mapped[str]
    thing_id: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor: Mapped[str]
    made_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("change.id"), index=True)
