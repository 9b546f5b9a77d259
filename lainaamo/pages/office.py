"""Where the municipality writes its own pages: edit, preview, save, go back."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core import i18n
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.pages import actions, markup, queries, texts
from lainaamo.pages.forms import PageForm
from lainaamo.pages.queries import Newest
from lainaamo.pages.views import house, shown
from lainaamo.people import queries as people
from lainaamo.people.access import Right

bp = Blueprint("texts", __name__, url_prefix="/hallinta/sivut")
ADDRESS_OF = {locale: address for address, locale in i18n.ADDRESS.items()}
ONE = "/<page_key>/<language>"
EARLIER = f"{ONE}/versiot/<int:version>"


@bp.get("")
@needs(Right.TEXTS)
def index() -> ResponseReturnValue:
    """Show every page with what it has in each language."""
    saved = queries.newest_numbers()
    rows = [_row(key, saved) for key in texts.PAGES]
    return render_template("pages/office/list.html", rows=rows, languages=i18n.NAMES)


def _row(key: str, saved: Any) -> dict[str, Any]:
    newest = queries.newest(key) if any(one == key for one, _locale in saved) else {}
    cells = [
        {
            "name": name,
            "url": _address(key, locale),
            "state": _state(key, locale, newest.get(locale)),
            "saved_at": newest[locale].saved_at if locale in newest else None,
        }
        for locale, name in i18n.NAMES.items()
    ]
    return {"name": i18n.gettext(texts.NAMES[key]), "url": texts.PAGES[key], "cells": cells}


def _state(key: str, locale: str, version: Newest | None) -> str:
    if version is None or version.body is None:
        return "shipped"
    return "own" if texts.read(key, locale, version).body else "empty"


def _address(key: str, locale: str) -> str:
    return f"/hallinta/sivut/{key}/{ADDRESS_OF[locale]}"


def _known(page_key: str, language: str) -> str:
    """Return the locale of an address; there is no page for another."""
    if page_key not in texts.PAGES or language not in i18n.ADDRESS:
        raise NoResultFound
    return i18n.ADDRESS[language]


@bp.get(ONE)
@needs(Right.TEXTS)
def edit(page_key: str, language: str) -> ResponseReturnValue:
    """Show the words of a page in one language, to be changed."""
    locale = _known(page_key, language)
    version = queries.newest(page_key).get(locale)
    text = texts.read(page_key, locale, version)
    given = {"title": text.title, "body": text.body}
    return _editor(page_key, locale, given, seen=version.number if version else 0)


def _editor(key: str, locale: str, given: dict[str, str], *, seen: int, **more: Any) -> str:
    newest = queries.newest(key)
    version = newest.get(locale)
    history = queries.history(key, locale)
    just_saved = request.args.get("tallennettu") == str(seen) and seen > 0
    return render_template(
        "pages/office/edit.html",
        name=i18n.gettext(texts.NAMES[key]),
        url=_address(key, locale),
        public_url=texts.PAGES[key],
        text_locale=locale,
        tabs=_tabs(key, locale),
        values=given,
        seen=seen,
        state=_state(key, locale, version),
        shows_instead=_instead(key, locale, newest),
        history=history,
        who=people.called(line.actor for line in history),
        just_saved=just_saved,
        **{"errors": {}, "preview": None, "theirs": None, **more},
    )


def _tabs(key: str, chosen: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "url": _address(key, locale), "locale": locale, "here": locale == chosen}
        for locale, name in i18n.NAMES.items()
    ]


def _instead(key: str, locale: str, newest: Any) -> str | None:
    """Return the language that readers get while this one is empty."""
    found = texts.chosen(key, locale, newest).locale
    return i18n.NAMES[found] if found != locale else None


@bp.post(f"{ONE}/esikatselu")
@needs(Right.TEXTS)
@own_transactions
def preview(page_key: str, language: str) -> ResponseReturnValue:
    """Show what was typed as its readers would see it; nothing is saved."""
    locale, form = _known(page_key, language), PageForm(request.form)
    title, body = form.words()
    problems = form.problems()
    seen = form.seen.data or 0
    if problems:
        return _editor(page_key, locale, dict(form.values()), seen=seen, errors=problems), 422
    seen_as = {"title": title, "text": markup.render(markup.fill(body, house()))}
    given = {"title": title, "body": body}
    return _editor(page_key, locale, given, seen=seen, preview=seen_as)


def _refused(refusal: Refusal, page_key: str, language: str) -> ResponseReturnValue:
    """Keep what was typed, and show what somebody else has saved meanwhile."""
    locale = _known(page_key, language)
    version = queries.newest(page_key).get(locale)
    text = texts.read(page_key, locale, version)
    given = dict(PageForm(request.form).values())
    seen = version.number if version else 0
    errors = {"": retold(refusal)}
    return _editor(page_key, locale, given, seen=seen, errors=errors, theirs=text)


@bp.post(ONE)
@needs(Right.TEXTS)
@refused_on(_refused)
def save(page_key: str, language: str) -> ResponseReturnValue:
    """Save the words: everybody reads them from now on."""
    locale, form = _known(page_key, language), PageForm(request.form)
    problems = form.problems()
    seen = form.seen.data or 0
    if problems:
        return _editor(page_key, locale, dict(form.values()), seen=seen, errors=problems), 422
    title, body = form.words()
    number = actions.save(page_key, locale, title, body, seen=seen)
    return redirect(f"{_address(page_key, locale)}?tallennettu={number}", 303)


@bp.get(EARLIER)
@needs(Right.TEXTS)
def earlier(page_key: str, language: str, version: int) -> ResponseReturnValue:
    """Show a page as it was; number 0 is the text that came with the program."""
    locale = _known(page_key, language)
    row = queries.get_version(page_key, locale, version) if version else None
    newest = queries.newest(page_key).get(locale)
    return render_template(
        "pages/office/version.html",
        name=i18n.gettext(texts.NAMES[page_key]),
        url=_address(page_key, locale),
        number=version,
        saved_at=row.saved_at if row else None,
        text_locale=locale,
        shown=shown(texts.read(page_key, locale, row)),
        seen=newest.number if newest else 0,
    )


@bp.post(f"{EARLIER}/palautus")
@needs(Right.TEXTS)
@refused_on(lambda refusal, page_key, language, **_: _refused(refusal, page_key, language))
def restore(page_key: str, language: str, version: int) -> ResponseReturnValue:
    """Save an earlier version's words again; that is a version too."""
    locale, form = _known(page_key, language), PageForm(request.form)
    form.validate()
    number = actions.restore(page_key, locale, version, seen=form.seen.data or 0)
    return redirect(f"{_address(page_key, locale)}?tallennettu={number}", 303)
