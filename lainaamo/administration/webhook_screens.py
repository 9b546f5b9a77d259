"""The screens of partners that are told what changed: the list, making one, its deliveries."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.administration import forms, queries
from lainaamo.administration.screens import bp
from lainaamo.config import Settings
from lainaamo.core import clock, webhooks
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import clock_time, day, full_day, ngettext, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import needs, refused_on
from lainaamo.core.webhooks import EVENTS, Delivery, Webhook
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door

PLACE = "/ilmoitukset"
HERE = f"/hallinta{PLACE}"
SHOWN = timedelta(minutes=10)
SHOWN_DELIVERIES = 20
FAULTS: Mapping[str, str] = {
    "bad_address": N_("the address is not one to send to"),
    "inside": N_("the address leads into our own network"),
    "unknown_name": N_("the name was not found"),
    "no_answer": N_("nobody answered"),
    "slow": N_("the answer took too long"),
    "tls": N_("the certificate is not valid"),
}


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def _form(given: Any = None) -> forms.WebhookForm:
    form = forms.WebhookForm(given)
    form.inside = _settings().webhooks_inside == "yes"
    forms.offer(form.events, [(event, _(words)) for event, words in EVENTS.items()])
    return form


@bp.get(PLACE)
@needs(Right.TOKENS)
def all_webhooks() -> ResponseReturnValue:
    """Show who is told what changed, and let an address be added."""
    return _list_page(_form())


def _list_page(form: forms.WebhookForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    errors, waiting = form.first_errors(), webhooks.waiting_counts()
    page = render_template(
        "administration/webhooks.html",
        here_url=HERE,
        rows=[_row(one, waiting.get(one.id, 0)) for one in webhooks.every()],
        form=form,
        errors=errors,
        refusal=retold(refusal) if refusal else None,
    )
    return page, 422 if errors else 200


def _row(one: Webhook, waiting: int) -> dict[str, Any]:
    label, tone = _state(one, waiting)
    number = ngettext("%(num)d event", "%(num)d events", len(one.events))
    return {
        "url": f"{HERE}/{one.id}",
        "words": one.words,
        "about": f"{urlsplit(one.url).netloc} · {number}",
        "state": label,
        "tone": tone,
    }


def _state(one: Webhook, waiting: int) -> tuple[str, str]:
    if one.ended_at is not None:
        return _("has ended"), "none"
    if one.failures:
        return _("does not answer"), "bad"
    if waiting:
        return ngettext("%(num)d waits", "%(num)d wait", waiting), "info"
    return _("in order"), "ok"


@bp.post(PLACE)
@needs(Right.TOKENS)
@refused_on(lambda refusal: _list_page(_form(request.form), refusal))
def make_webhook() -> ResponseReturnValue:
    """Add an address, and go to the page that shows its secret once."""
    form = _form(request.form)
    if not form.validate():
        return _list_page(form)
    facts = form.facts()
    made = webhooks.make(
        facts["url"], words=facts["words"], events=facts["events"], nonce=secrets.token_urlsafe(16)
    )
    return redirect(f"{HERE}/{made.id}", 303)


@bp.get(f"{PLACE}/<int:webhook_id>")
@needs(Right.TOKENS)
def webhook(webhook_id: int) -> ResponseReturnValue:
    """Show one address and what it was told last; its secret only to who has just made it."""
    return _page(webhook_id)


def _page(webhook_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    one = webhooks.get(webhook_id)
    told = webhooks.last_deliveries(one.id, most=SHOWN_DELIVERIES)
    waiting = webhooks.waiting_counts().get(one.id, 0)
    return render_template(
        "administration/webhook.html",
        here_url=HERE,
        webhook=one,
        row=_row(one, waiting),
        shown_once=_shown_once(one),
        made=full_day(clock.local(one.made_at).date()),
        next_at=_moment(one.next_at) if one.failures and one.next_at else None,
        events=[_(EVENTS[event]) for event in one.events if event in EVENTS],
        deliveries=[_delivery(each) for each in told],
        refusal=retold(refusal) if refusal else None,
    )


def _shown_once(one: Webhook) -> str | None:
    """Return the secret for ten minutes, to nobody but who made the address."""
    is_fresh = one.made_at > clock.now() - SHOWN and one.ended_at is None
    is_mine = queries.was_done_by(Door().alias(), "webhook.made", "webhook", one.id)
    key = installation_key(_settings())
    return webhooks.secret(one, key=key) if is_fresh and is_mine else None


def _moment(moment: Any) -> str:
    return f"{day(clock.local(moment).date())} {clock_time(moment)}"


def _delivery(one: Delivery) -> dict[str, Any]:
    event = EVENTS[one.entry.verb] if one.entry else N_("A test")
    label, tone = _outcome(one)
    return {
        "event": _(event),
        "when": _moment(one.tried_at or one.made_at),
        "tries": ngettext("%(num)d try", "%(num)d tries", one.tries) if one.tries > 1 else "",
        "label": label,
        "tone": tone,
    }


def _outcome(one: Delivery) -> tuple[str, str]:
    """Return how a delivery stands: what was answered last, or why nothing was."""
    if one.done_at is not None:
        return _("told, answer %(status)d", status=one.answer or 0), "ok"
    if one.given_up_at is not None:
        return _("given up"), "none"
    if one.fault is not None:
        return _(FAULTS.get(one.fault, FAULTS["no_answer"])), "bad"
    if one.answer is not None:
        return _("answer %(status)d", status=one.answer), "bad"
    return _("waits"), "info"


@bp.post(f"{PLACE}/<int:webhook_id>/koe")
@needs(Right.TOKENS)
@refused_on(lambda refusal, webhook_id: _page(webhook_id, refusal))
def try_webhook(webhook_id: int) -> ResponseReturnValue:
    """Send a test; also an address that rests is tried at once."""
    webhooks.ask_test(webhook_id)
    return redirect(f"{HERE}/{webhook_id}", 303)


@bp.post(f"{PLACE}/<int:webhook_id>/sulkeminen")
@needs(Right.TOKENS)
def end_webhook(webhook_id: int) -> ResponseReturnValue:
    """End an address for good: it is told nothing any more."""
    webhooks.end(webhook_id)
    return redirect(f"{HERE}/{webhook_id}", 303)
