"""The notice on top of every page: which words to whom, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from lainaamo.core import clock
from lainaamo.core.db import is_writing, session
from lainaamo.core.i18n import locale
from lainaamo.pages import queries
from lainaamo.pages.models import OutageNotice
from lainaamo.pages.queries import Said
from lainaamo.pages.texts import FALLBACK


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: the words, and the language they are in."""

    text: str
    locale: str


def shown(texts: Mapping[str, str]) -> Shown | None:
    """Choose the words for the language in use."""
    found = (Shown(texts[one], one) for one in FALLBACK[locale()] if texts.get(one))
    return next(found, None)


def is_shown(notice: OutageNotice | Said, now: datetime) -> bool:
    """Tell whether the notice is on the pages at a moment."""
    has_begun = notice.starts_at <= now
    is_over = notice.shown_until is not None and notice.shown_until <= now
    return notice.is_up and has_begun and not is_over


def current() -> Shown | None:
    """Return what every page says now; every process knows of a change at once.

    An error page is shown with it too, when the database may be away: then nothing is said.
    """
    try:
        notice = queries.notice_now()
    except SQLAlchemyError:
        if not is_writing():
            session.rollback()  # the page that tells of a fault must not fail for its top
        return None
    if notice is None or not is_shown(notice, clock.now()):
        return None
    return shown(notice.texts)
