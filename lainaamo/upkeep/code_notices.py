"""Messages about contacts: a code and a link, made when sent, and a word that one was changed."""

from collections.abc import Mapping
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import letters
from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.core.secrets import installation_key
from lainaamo.people.models import ContactProof
from lainaamo.people.residents import CHANGED, code_of, is_open, token_of
from lainaamo.upkeep.post import Reached, Told, handler

CODE_SUBJECT = N_("%(service)s: your code is %(code)s")
CODE = letters.add(
    Letter(
        number=7,
        kind="code.asked",
        title=N_("Sign-in code"),
        blanks=("code", "link"),
        subject=CODE_SUBJECT,
        mail=(
            N_("Your code is %(code)s"),
            N_("Write it on the page where you asked for it. It works for 10 minutes."),
            N_("Or open this link in the same browser: %(link)s"),
            N_("Tell the code to nobody. If you did not ask for it, you need not do anything."),
            SIGNED,
        ),
        sms=(CODE_SUBJECT, "%(link)s"),
        must=("code", "link"),
        at_once=True,
    )
)
THEN = N_("If you did not do it, call us at once: %(phone)s")
MOVED_SUBJECT = N_("%(service)s: your contact was changed")
MOVED = letters.add(
    Letter(
        number=8,
        kind=CHANGED,
        title=N_("Contact changed"),
        blanks=(),
        subject=MOVED_SUBJECT,
        mail=(
            N_("The contact of your account in %(service)s was changed."),
            THEN,
            N_("If you did it, all is well."),
            SIGNED,
        ),
        sms=(MOVED_SUBJECT, THEN),
        must=("phone",),
        at_once=True,
    )
)

ERASING = "erasing.asked"
ERASURE = letters.add(
    Letter(
        number=21,
        kind=ERASING,
        title=N_("Code to erase one's data"),
        blanks=("code",),
        subject=N_("%(code)s is your code: erase my data"),
        mail=(
            N_("You asked us to erase your data in %(service)s."),
            N_("Your code is %(code)s"),
            N_("Write it on the page where you asked for it. It works for 10 minutes."),
            N_("Did you not ask? Then do nothing. Nothing is erased without the code."),
            SIGNED,
        ),
        sms=(
            N_("%(code)s is your code: erase my data"),
            N_("Did you not ask? Then do nothing. Nothing is erased without the code."),
        ),
        must=("code",),
        at_once=True,
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done for each kind of message about a contact."""
    return {
        CODE.kind: handler(settings, CODE, _asked),
        ERASING: handler(settings, ERASURE, _erasing),
        CHANGED: handler(settings, MOVED, _changed),
    }


def _asked(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Send the code, unless it was used meanwhile or is too old to be."""
    proof = session.get(ContactProof, payload["proof"])
    if proof is None or not is_open(proof):
        return None
    key = installation_key(settings)
    code, token = code_of(proof, key), token_of(proof, key)
    return Told(
        Reached(proof.email, proof.phone, proof.locale),
        lambda: {
            "code": code,
            "link": f"{settings.public_url.rstrip('/')}/omat/linkki/{token}",
        },
    )


def _erasing(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Send the code by which somebody is forgotten; there is no link that does it."""
    proof = session.get(ContactProof, payload["proof"])
    if proof is None or not is_open(proof):
        return None
    code = code_of(proof, installation_key(settings))
    return Told(Reached(proof.email, proof.phone, proof.locale), lambda: {"code": code})


def _changed(_settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Tell the contact that somebody had before: a stranger may have changed it."""
    return Told(Reached(payload["email"], payload["phone"], payload["locale"]), dict)
