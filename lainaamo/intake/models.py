"""What lists brought in, so that the same list twice changes nothing."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.core.orm import Base, Id
from lainaamo.goods.models import Item


class ImportedRow(Base):
    """A row of a list that became a thing: its code, or the hash of the row and its ordinal."""

    __tablename__ = "imported_row"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    imported_at: Mapped[datetime]
