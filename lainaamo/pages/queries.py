"""What is read of the site's own pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.pages.models import OutageNotice, PageVersion, StatementVersion

SHOWN_VERSIONS = 50


class Newest(NamedTuple):
    """What a page says now in one language."""

    number: int
    title: str | None
    body: str | None
    saved_at: datetime


@once_per_change(Area.HOUSE)
def newest(key: str) -> Mapping[str, Newest]:
    """Return the last version of a page in each language that has been written."""
    numbers = (
        select(PageVersion.locale, func.max(PageVersion.number).label("number"))
        .where(PageVersion.key == key)
        .group_by(PageVersion.locale)
        .subquery()
    )
    last = (PageVersion.locale == numbers.c.locale) & (PageVersion.number == numbers.c.number)
    wanted = select(PageVersion).join(numbers, last).where(PageVersion.key == key)
    return {
        row.locale: Newest(row.number, row.title, row.body, row.saved_at)
        for row in session.scalars(wanted)
    }


def newest_numbers() -> Mapping[tuple[str, str], tuple[int, datetime]]:
    """Return for each page and language how often and when last it was saved."""
    last = func.max(PageVersion.number), func.max(PageVersion.saved_at)
    wanted = select(PageVersion.key, PageVersion.locale, *last)
    rows = session.execute(wanted.group_by(PageVersion.key, PageVersion.locale)).all()
    return {(key, locale): (number, saved_at) for key, locale, number, saved_at in rows}


class Saved(NamedTuple):
    """One line of a page's history."""

    number: int
    title: str | None
    saved_at: datetime
    actor: str


def history(key: str, locale: str) -> Sequence[Saved]:
    """Return the last versions of a page in a language, newest first, without their bodies."""
    columns = (PageVersion.number, PageVersion.title, PageVersion.saved_at, PageVersion.actor)
    wanted = select(*columns).where(PageVersion.key == key, PageVersion.locale == locale)
    rows = session.execute(wanted.order_by(PageVersion.number.desc()).limit(SHOWN_VERSIONS)).all()
    return [Saved(*row) for row in rows]


def get_version(key: str, locale: str, number: int) -> PageVersion:
    """Return one version of a page."""
    same = (PageVersion.key == key, PageVersion.locale == locale, PageVersion.number == number)
    return session.scalars(select(PageVersion).where(*same)).one()


def find_notice() -> OutageNotice | None:
    """Return the last word about the notice on every page: it may be down or over."""
    wanted = select(OutageNotice).order_by(OutageNotice.number.desc())
    return session.scalar(wanted.limit(1))


class Said(NamedTuple):
    """The last word about the notice, as every page reads it."""

    is_up: bool
    texts: Mapping[str, str]
    starts_at: datetime
    shown_until: datetime | None


@once_per_change(Area.HOUSE)
def notice_now() -> Said | None:
    """Return the last word about the notice; read again only when something has changed."""
    row = find_notice()
    if row is None:
        return None
    return Said(row.is_up, texts_of(row), row.starts_at, row.shown_until)


def texts_of(notice: OutageNotice) -> dict[str, str]:
    """Return a notice's words by language."""
    return {
        "fi": notice.text_fi,
        "fi-simple": notice.text_simple,
        "sv": notice.text_sv,
        "en": notice.text_en,
    }


def notices() -> Sequence[OutageNotice]:
    """Return what was said about the notice, newest first."""
    wanted = select(OutageNotice).order_by(OutageNotice.number.desc())
    return session.scalars(wanted.limit(SHOWN_VERSIONS)).all()


def find_statement() -> StatementVersion | None:
    """Return the municipality's own facts of the accessibility statement."""
    wanted = select(StatementVersion).order_by(StatementVersion.number.desc())
    return session.scalar(wanted.limit(1))


def statements() -> Sequence[StatementVersion]:
    """Return every version of the statement's facts, newest first."""
    wanted = select(StatementVersion).order_by(StatementVersion.number.desc())
    return session.scalars(wanted.limit(SHOWN_VERSIONS)).all()


def get_statement(number: int) -> StatementVersion:
    """Return one version of the statement's facts."""
    return session.scalars(select(StatementVersion).where(StatementVersion.number == number)).one()
