"""Addresses of what one message names: they open that and no more, for a month."""

import hmac
from datetime import timedelta

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.outbox import Message
from lainaamo.core.secrets import derive, installation_key
from lainaamo.lending import sendings
from lainaamo.lending.models import Sending

PURPOSE = "letter"
SIGNS = 14  # 84 bits: an address must fit into a text message
LASTS = timedelta(days=31)
LONGEST_ID = 15


def path_of(message_id: int, settings: Settings) -> str:
    """Return the path of what a message of the outbox names."""
    return f"/v/{message_id}-{_made(session.get_one(Message, message_id), settings)}"


def find(token: str, settings: Settings) -> Sending | None:
    """Return what was sent, when the token is one of ours and not too old."""
    number, _, given = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_ID):
        return None
    message = session.get(Message, int(number))
    if message is None or not hmac.compare_digest(
        _made(message, settings).encode(), given.encode()
    ):
        return None
    found = sendings.find_of_message(message.id)
    return found if found is not None and found.made_at > clock.now() - LASTS else None


def _made(message: Message, settings: Settings) -> str:
    """Make what cannot be guessed.

    Of what the message is about too: after a restore, its number may be another's.
    """
    return derive(installation_key(settings), PURPOSE, f"{message.id}:{message.dedup}")[:SIGNS]
