"""The notice on top of every page: which words to whom, and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from lainaamo.core import clock
from lainaamo.core.i18n import locale
from lainaamo.pages import queries
from lainaamo.pages.models import OutageNotice
from lainaamo.pages.texts import FALLBACK


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: the words, and the language they are in."""

    text: str
    locale: str


def texts_of(notice: OutageNotice) -> dict[str, str]:
    """Return the notice's words by language."""
    return {
        "fi": notice.text_fi,
        "fi-simple": notice.text_simple,
        "sv": notice.text_sv,
        "en": notice.text_en,
    }


def shown(texts: dict[str, str]) -> Shown | None:
    """Choose the words for the language in use."""
    found = (Shown(texts[one], one) for one in FALLBACK[locale()] if texts.get(one))
    return next(found, None)


def is_shown(notice: OutageNotice, now: datetime) -> bool:
    """Tell whether the notice is on the pages at a moment."""
    has_begun = notice.starts_at <= now
    is_over = notice.shown_until is not None and notice.shown_until <= now
    return notice.is_up and has_begun and not is_over


def current() -> Shown | None:
    """Return what every page says now: one small read, so that every process knows at once.

    An error page is shown with it too, when the database may be away: then nothing is said.
    """
    try:
        notice = queries.find_notice()
    except SQLAlchemyError:
        return None
    if notice is None or not is_shown(notice, clock.now()):
        return None
    return shown(texts_of(notice))
