"""The verbs of the site's own pages: save a text, put a notice up, state what is accessible."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lainaamo.core import clock, journal
from lainaamo.core.db import insert_once, session
from lainaamo.pages import queries, rules
from lainaamo.pages.models import OutageNotice, PageVersion, StatementVersion


def save(key: str, locale: str, title: str | None, body: str | None, *, seen: int) -> int:
    """Save a page in one language over the version `seen` (0: the shipped text).

    No body brings the shipped text back. Nothing is written when nothing is new. Returns the number
    of the version that rules now.
    """
    last = queries.newest(key).get(locale)
    rules.check_newest(seen, last.number if last else 0)
    if last is not None and (last.title, last.body) == (title, body):
        return seen
    words = {"key": key, "locale": locale, "title": title, "body": body}
    row_id = _write(PageVersion, seen + 1, **words)
    journal.write("page.saved", "page_version", row_id, key=key, locale=locale, number=seen + 1)
    return seen + 1


def restore(key: str, locale: str, number: int, *, seen: int) -> int:
    """Save the words of an earlier version again; number 0 is the shipped text."""
    if not number:
        return save(key, locale, None, None, seen=seen)
    earlier = queries.get_version(key, locale, number)
    return save(key, locale, earlier.title, earlier.body, seen=seen)


def put_up(
    texts: Mapping[str, str], *, starts_at: datetime, shown_until: datetime | None, seen: int
) -> None:
    """Say something on top of every page; `texts` by language, Finnish at least."""
    rules.check_notice(dict(texts), starts_at, shown_until)
    words = {
        "text_fi": texts["fi"],
        "text_simple": texts.get("fi-simple", ""),
        "text_sv": texts.get("sv", ""),
        "text_en": texts.get("en", ""),
    }
    times = {"starts_at": starts_at, "shown_until": shown_until}
    rules.check_newest(seen, _newest_number(OutageNotice))
    row_id = _write(OutageNotice, seen + 1, is_up=True, **words, **times)
    journal.write("notice.put_up", "outage_notice", row_id, number=seen + 1)


def take_down(*, seen: int) -> None:
    """Take the notice off every page; its words are kept for the next time."""
    rules.check_newest(seen, _newest_number(OutageNotice))
    last = queries.find_notice()
    if last is None or not last.is_up:
        return
    names = ("text_fi", "text_simple", "text_sv", "text_en", "starts_at", "shown_until")
    same = {name: getattr(last, name) for name in names}
    row_id = _write(OutageNotice, seen + 1, is_up=False, **same)
    journal.write("notice.taken_down", "outage_notice", row_id, number=seen + 1)


def state(facts: Mapping[str, Any], *, seen: int) -> None:
    """Save the facts of the accessibility statement."""
    rules.check_newest(seen, _newest_number(StatementVersion))
    row_id = _write(StatementVersion, seen + 1, facts=dict(facts))
    journal.write("statement.saved", "statement_version", row_id, number=seen + 1)


def _newest_number(model: type[OutageNotice | StatementVersion]) -> int:
    return session.scalar(select(func.max(model.number))) or 0


def _write(
    model: type[PageVersion | OutageNotice | StatementVersion], number: int, **values: Any
) -> int:
    """Add the next version and return its id; of two at once the second is told."""
    made = {"number": number, "saved_at": clock.now(), "actor": journal.actor()}
    if not insert_once(model, **values, **made):
        rules.check_newest(number - 1, number)
    place = {name: values[name] for name in ("key", "locale") if name in values}
    return session.scalars(select(model.id).filter_by(number=number, **place)).one()
