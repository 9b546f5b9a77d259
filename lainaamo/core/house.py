"""What the administrator has set over the environment: kept in the database, read when asked.

Every process reads the same few rows, so that a change holds everywhere as soon as it is kept.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from lainaamo.config import HOUSE, Settings
from lainaamo.core.db import insert_once, is_writing, session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area, Base, Id


class HouseSetting(Base):
    """One setting's value; without a row (or without a value) the environment's holds."""

    __tablename__ = "house_setting"
    counted_in = Area.HOUSE

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    value: Mapped[str | None]


@once_per_change(Area.HOUSE)
def own_values() -> Mapping[str, str]:
    """Return what has been set here, by the setting's name."""
    rows = session.execute(select(HouseSetting.key, HouseSetting.value)).all()
    return {key: value for key, value in rows if key in HOUSE and value is not None}


def over(settings: Settings) -> Settings:
    """Return the settings as they hold now; those of the environment where nothing can be read."""
    try:
        return replace(settings, **own_values())
    except SQLAlchemyError:
        if is_writing():
            raise
        session.rollback()  # the page that tells of a fault must not fail for its foot
        return settings


def lock() -> None:
    """Make everybody else who changes a setting wait: the rows are made where they are missing."""
    for key in HOUSE:
        insert_once(HouseSetting, key=key)
    wanted = select(HouseSetting.id).order_by(HouseSetting.id)
    session.scalars(wanted.with_for_update()).all()


def write(values: Mapping[str, str | None]) -> None:
    """Keep values of settings; None gives the environment's back. They must be locked."""
    wanted = select(HouseSetting).where(HouseSetting.key.in_(values))
    for row in session.scalars(wanted):
        row.value = values[row.key]
