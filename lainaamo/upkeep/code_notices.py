"""Messages about contacts: a code and a link, made when sent, and a word that one was changed."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lainaamo.config import Settings
from lainaamo.core.db import session
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import speaking
from lainaamo.core.outbox import Handler
from lainaamo.core.secrets import installation_key
from lainaamo.people.models import ContactProof
from lainaamo.people.residents import CHANGED, code_of, is_open, token_of
from lainaamo.upkeep import mail, sms


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about a contact."""
    return {"code.asked": partial(_asked, settings), CHANGED: partial(_changed, settings)}


def _asked(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Send the code, unless it was used meanwhile or is too old to be."""
    proof = session.get(ContactProof, payload["proof"])
    if proof is None or not is_open(proof):
        return False
    key = installation_key(settings)
    code, token = code_of(proof, key), token_of(proof, key)
    email, phone = proof.email, proof.phone
    with speaking(proof.locale):
        link = f"{settings.public_url.rstrip('/')}/omat/linkki/{token}"
        subject = _("%(service)s: your code is %(code)s", service=settings.service_name, code=code)
        text = _short(subject, link) if phone else _whole(settings, code, link)
    session.rollback()  # nothing is held open while the network is waited for
    if phone:
        sms.send(settings, to=phone, text=text, message_id=message_id)
    elif email:
        mail.send(settings, to=email, subject=subject, text=text, message_id=message_id)
    return True


def _changed(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Tell the contact that somebody had before: a stranger may have changed it."""
    with speaking(payload["locale"]):
        service, number = settings.service_name, settings.phone
        subject = _("%(service)s: your contact was changed", service=service)
        what = _("The contact of your account in %(service)s was changed.", service=service)
        then = _("If you did not do it, call us at once: %(phone)s", phone=number)
        foot = f"{service}, {settings.municipality}\n{number}"
        text = "\n\n".join([what, then, _("If you did it, all is well."), foot]) + "\n"
    if payload["phone"]:
        words = f"{subject}. {then}"
        sms.send(settings, to=payload["phone"], text=words, message_id=message_id)
    else:
        mail.send(settings, to=payload["email"], subject=subject, text=text, message_id=message_id)
    return True


def _short(subject: str, link: str) -> str:
    return f"{subject}\n{link}"


def _whole(settings: Settings, code: str, link: str) -> str:
    lines = [
        _("Your code is %(code)s", code=f"{code[:3]} {code[3:]}"),
        _("Write it on the page where you asked for it. It works for 10 minutes."),
        _("Or open this link in the same browser: %(link)s", link=link),
        _("Tell the code to nobody. If you did not ask for it, you need not do anything."),
    ]
    foot = f"{settings.service_name}, {settings.municipality}\n{settings.phone}"
    return "\n\n".join([*lines, foot]) + "\n"
