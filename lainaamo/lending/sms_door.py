"""Where the gateway for text messages brings answers and says what arrived.

Its address holds a secret that only the gateway knows. Every answer that can be read gets the same
reply, whoever sent it.
"""

import hmac
from collections.abc import Mapping

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound
from werkzeug.exceptions import BadRequest

from lainaamo.config import Settings
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import needs
from lainaamo.lending import answers, sendings
from lainaamo.people.access import Right

bp = Blueprint("sms", __name__)
OURS = "lainaamo-"
LONGEST_ID, LONGEST_FIELD = 200, 5000
MOST_DIGITS = 15
ARRIVED = frozenset({"delivered", "delivrd", "deliveredtoterminal", "success", "ok", "read"})
_FAILED = "failed undelivered undeliv undeliverable rejected rejectd expired deleted error"
NOT_ARRIVED = frozenset(_FAILED.split())


def _settings(secret: str) -> Settings:
    """Return the settings to who knows the secret; for others there is no such page."""
    settings: Settings = current_app.config["SETTINGS"]
    known = settings.sms_secret
    if not known or not hmac.compare_digest(secret.encode(), known.encode()):
        raise NoResultFound
    return settings


def field_names(text: str) -> Mapping[str, str]:
    """Read a setting such as "from=msisdn text=body": our names and what others call them."""
    pairs = (part.partition("=") for part in text.split())
    return {ours: theirs for ours, _equals, theirs in pairs if theirs}


def _given(settings: Settings) -> Mapping[str, str]:
    """Return what the gateway says, by our names; a field that is missing is empty."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    if not isinstance(sent, Mapping):
        raise BadRequest
    names = {"from": "from", "text": "text", "id": "id", "status": "status"}
    names |= field_names(settings.sms_answer_fields)
    found = {ours: sent.get(theirs, "") for ours, theirs in names.items()}
    plain = {ours: str(value) for ours, value in found.items() if isinstance(value, str | int)}
    if any("\0" in value or len(value) > LONGEST_FIELD for value in plain.values()):
        raise BadRequest
    return plain


def _taken() -> Response:
    return Response(status=204, content_type="text/plain")


@bp.post("/tekstiviestit/<secret>/vastaus")
@needs(Right.OWN_LINK)
def answer(secret: str) -> ResponseReturnValue:
    """Take what somebody answered to a text message."""
    settings = _settings(secret)
    given = _given(settings)
    if not given.get("id") or not given.get("from") or len(given["id"]) > LONGEST_ID:
        raise BadRequest
    answers.take(
        sender=given["from"],
        text=given.get("text", ""),
        gateway_id=given["id"],
        key=installation_key(settings),
    )
    return _taken()


@bp.post("/tekstiviestit/<secret>/raportti")
@needs(Right.OWN_LINK)
def report(secret: str) -> ResponseReturnValue:
    """Take what the network says of a message of ours: it arrived, or it did not."""
    given = _given(_settings(secret))
    status, ours = given.get("status", "").casefold(), given.get("id", "")
    number = ours.removeprefix(OURS)
    is_ours = ours.startswith(OURS) and number.isascii() and number.isdigit()
    if is_ours and len(number) <= MOST_DIGITS and status in ARRIVED | NOT_ARRIVED:
        sendings.report(int(number), arrived=status in ARRIVED)
    return _taken()
