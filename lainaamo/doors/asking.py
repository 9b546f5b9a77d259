"""Which browser asked for a code, how often one may ask and guess, and looking at a guess."""

import re
from datetime import timedelta

from flask import current_app, g, make_response, request
from werkzeug.wrappers import Response

from lainaamo.core.db import transaction
from lainaamo.core.i18n import gettext as _
from lainaamo.core.limits import count_try, forgive_try
from lainaamo.core.secrets import new_token
from lainaamo.doors.own_forms import CodeForm
from lainaamo.people import residents
from lainaamo.people.models import ContactProof
from lainaamo.people.rules import Contact

COOKIE = "tulo"
TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
KEPT = timedelta(minutes=30)
WITHIN, DAY = timedelta(minutes=15), timedelta(days=1)
# A message costs money and patience, so asking is limited too: per contact and per address.
ASKED, ASKED_IN_A_DAY, ASKED_FROM_ADDRESS = 5, 20, 60
CONTACT_TRIES, ADDRESS_TRIES = 10, 100


def asking_browser() -> str:
    """Return the random token that this browser was given, a new one where it has none."""
    if "asking_browser" not in g:
        kept = request.cookies.get(COOKIE, "")
        g.asking_browser = kept if TOKEN.fullmatch(kept) else new_token()
    token: str = g.asking_browser
    return token


def is_known_browser() -> bool:
    """Tell whether the browser sent a token of ours."""
    return asking_browser() == request.cookies.get(COOKIE)


def remembering(answer: str | Response, status: int = 200, *, token: str | None = None) -> Response:
    """Answer and let the browser keep its token: before it asks, so that a double click loses none.

    An empty token is forgotten.
    """
    response: Response = make_response(answer)
    if isinstance(answer, str):
        response.status_code = status
    kept = asking_browser() if token is None else token
    if not kept:
        response.delete_cookie(COOKIE)
        return response
    secure = current_app.config["SETTINGS"].is_https
    response.set_cookie(COOKIE, kept, max_age=KEPT, secure=secure, httponly=True, samesite="Lax")
    return response


def count_asking(contact: Contact) -> None:
    """Count that a message was asked for, known or not; refuse too many."""
    count_try("asked contact", contact.text, most=ASKED, within=WITHIN)
    count_try("asked contact in a day", contact.text, most=ASKED_IN_A_DAY, within=DAY)
    count_try("asked address", request.remote_addr or "", most=ASKED_FROM_ADDRESS, within=WITHIN)


def forgive_asking(contact: Contact) -> None:
    """Take a counted asking back: nothing was sent."""
    forgive_try("asked contact", contact.text, within=WITHIN)
    forgive_try("asked contact in a day", contact.text, within=DAY)
    forgive_try("asked address", request.remote_addr or "", within=WITHIN)


def count_entering(contact: Contact) -> None:
    """Count a guess at a code for the contact and for the address; refuse too many."""
    count_try("code contact", contact.text, most=CONTACT_TRIES, within=WITHIN)
    count_try("code address", request.remote_addr or "", most=ADDRESS_TRIES, within=WITHIN)


def what_is_wrong(form: CodeForm, proof: ContactProof, key: str) -> str | None:
    """Count a guess at a code, then look at it; return what to say when it is not the code."""
    contact, code, proof_id = (
        residents.contact_of(proof),
        residents.code_of(proof, key),
        proof.id,
    )
    count_entering(contact)
    with transaction():
        may = residents.count_guess(proof_id)
    if not may:
        return _("Too many wrong codes. Ask for a new code.")
    if not form.says(code):
        return _("This is not the code that we sent. Look at the newest message.")
    forgive_try("code contact", contact.text, within=WITHIN)
    forgive_try("code address", request.remote_addr or "", within=WITHIN)
    return None
