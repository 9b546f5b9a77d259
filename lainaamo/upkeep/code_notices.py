"""The message with a code and a link: made when it is sent, so that no queue holds either."""

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
from lainaamo.people.residents import code_of, is_open, token_of
from lainaamo.upkeep import mail, sms


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about proving a contact."""
    return {"code.asked": partial(_asked, settings)}


def _asked(settings: Settings, payload: dict[str, Any], message_id: str) -> bool:
    """Send the code, unless it was used meanwhile or is too old to be."""
    proof = session.get_one(ContactProof, payload["proof"])
    if not is_open(proof):
        return False
    key = installation_key(settings)
    code, token = code_of(proof, key), token_of(proof, key)
    to, by_phone = proof.email or proof.phone or "", proof.phone is not None
    with speaking(proof.locale):
        link = f"{settings.public_url.rstrip('/')}/omat/linkki/{token}"
        subject = _("%(service)s: your code is %(code)s", service=settings.service_name, code=code)
        text = _short(subject, link) if by_phone else _whole(settings, code, link)
    session.rollback()  # nothing is held open while the network is waited for
    if by_phone:
        sms.send(settings, to=to, text=text, message_id=message_id)
    else:
        mail.send(settings, to=to, subject=subject, text=text, message_id=message_id)
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
