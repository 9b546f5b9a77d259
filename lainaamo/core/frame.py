"""The frame of every page: what is the same around all of them, made once per change."""

from collections.abc import Set
from typing import NamedTuple

from flask import current_app
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from lainaamo.core import house, i18n
from lainaamo.core.db import is_writing, session
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area

TEMPLATE = "parts/frame.html"


class Frame(NamedTuple):
    """The pieces of a page's frame, as its template names them; between them stands the page."""

    service_name: str
    head: Markup
    bar: Markup
    foot: Markup
    foot_rest: Markup
    tabs: Markup
    keys: Markup


def frame(here: str, rights: Set[str], *, is_known: bool) -> Frame:
    """Return the frame for a place in the menu, for all who have the same rights.

    An error page is shown in it too, when the database may be away: then it is made afresh.
    """
    locale = i18n.locale()
    try:
        return _frame(locale, here, rights, is_known)
    except SQLAlchemyError:
        if is_writing():
            raise
        session.rollback()  # the page that tells of a fault must not fail for its frame
        return _made(locale, here, rights, is_known)


def _made(locale: str, here: str, rights: Set[str], is_known: bool) -> Frame:  # noqa: FBT001 - a key of what is kept
    template = current_app.jinja_env.get_template(TEMPLATE)
    settings = house.over(current_app.config["SETTINGS"])
    values = {"locale": locale, "here": here, "rights": rights, "is_known": is_known}
    made = template.make_module({**values, "house": settings})
    pieces = [getattr(made, piece) for piece in Frame._fields[1:]]
    return Frame(settings.service_name, *pieces)


_frame = once_per_change(Area.HOUSE)(_made)
