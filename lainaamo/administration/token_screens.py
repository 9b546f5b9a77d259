"""The screens of programs' tokens: the list, making one, one of them, ending it."""

from typing import Any

from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration import forms, queries, tokens
from lainaamo.administration.screens import about, bp, offer_closing, offer_undo
from lainaamo.administration.tokens import TOKEN
from lainaamo.administration.unit_screens import unit_choices
from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import full_day, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import needs, refused_on
from lainaamo.people import tokens as people
from lainaamo.people.access import Right
from lainaamo.people.models import ROLES, Token
from lainaamo.people.visitor import Door
from lainaamo.people.words import role_word

PLACE = "/avaimet"


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def _form(given: Any = None) -> forms.TokenForm:
    form = forms.TokenForm(given)
    forms.offer(form.role, [(role, role_word(role)) for role in ROLES])
    forms.offer(form.unit_id, [("", _("every unit of the person")), *unit_choices()])
    return form


@bp.get(PLACE)
@needs(Right.TOKENS)
def all_tokens() -> ResponseReturnValue:
    """Show every token, and let one be made."""
    return _list_page(_form())


def _list_page(form: forms.TokenForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    errors = form.first_errors()
    page = render_template(
        "administration/tokens.html",
        rows=[_row(one) for one in people.every()],
        form=form,
        errors=errors,
        refusal=retold(refusal) if refusal else None,
    )
    return page, 422 if errors else 200


def _row(one: Token) -> dict[str, Any]:
    whose = one.person.first_name or _("Person")
    return {
        "url": f"/hallinta{PLACE}/{one.id}",
        "words": one.words,
        "role": role_word(one.role),
        "whose": f"{whose}: {one.unit.name}" if one.unit else whose,
        "used": _used(one),
        "until": _until(one),
        "is_open": one.ended_at is None and (one.last_day or clock.today()) >= clock.today(),
    }


def _used(one: Token) -> str:
    if one.used_at is None:
        return _("not used yet")
    return _("used %(when)s", when=full_day(clock.local(one.used_at).date()))


def _until(one: Token) -> str:
    if one.ended_at is not None or (one.last_day is not None and one.last_day < clock.today()):
        return _("has ended")
    if one.last_day is None:
        return _("opens without end")
    return _("opens until %(day)s", day=full_day(one.last_day))


@bp.post(PLACE)
@needs(Right.TOKENS)
@refused_on(lambda refusal: _list_page(_form(request.form), refusal))
def make_token() -> ResponseReturnValue:
    """Make a token, and go to the page that shows it once."""
    form, settings = _form(request.form), _settings()
    if not form.validate():
        return _list_page(form)
    key = installation_key(settings)
    change = tokens.add(form.facts(), host=settings.public_host, key=key)
    return redirect(f"/hallinta{PLACE}/{change.thing_id}", 303)


@bp.get(f"{PLACE}/<int:api_token_id>")
@needs(Right.TOKENS)
def token(api_token_id: int) -> ResponseReturnValue:
    """Show one token: whose it is, until when; itself only to who has just made it."""
    one = people.get(api_token_id)
    return render_template(
        "administration/token.html",
        token=one,
        row=_row(one),
        shown_once=_shown_once(one),
        made=full_day(clock.local(one.made_at).date()),
        **about("api_token", one.id),
    )


def _shown_once(one: Token) -> str | None:
    """Return the token itself while it may be shown, to nobody but who made it."""
    made = queries.changes_of("api_token", one.id)
    is_mine = any(not change.before and change.actor == Door().alias() for change in made)
    return people.find_text(one, key=installation_key(_settings())) if is_mine else None


offer_undo(TOKEN)
offer_closing(TOKEN)
