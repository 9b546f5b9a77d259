"""Telling partners: what the journal sealed, signed and sent as Standard Webhooks has it.

https://www.standardwebhooks.com: `webhook-id` stays the same however often it is sent,
`webhook-signature` is over id, moment and body.
"""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import clock, outward, webhooks
from lainaamo.core.db import session, transaction
from lainaamo.core.secrets import installation_key
from lainaamo.core.webhooks import TEST, Delivery
from lainaamo.goods import queries as goods

AT_ONCE = 50
LONGEST = timedelta(seconds=20)
"""How long one address may keep the worker from its other duties, and a slow answer more."""

NAMES_SOMEBODY = frozenset({"person", "actor"})


@dataclass(frozen=True, slots=True)
class Told:
    """One message as it is sent."""

    delivery_id: int
    url: str
    secret: str
    message_id: str
    body: bytes


def tell(settings: Settings) -> None:
    """Write down what partners are to be told, and tell it, each in the order it happened."""
    while True:
        with transaction():
            if webhooks.promise_new():
                break
    for webhook_id in webhooks.due():
        _tell_one(settings, webhook_id)


def _tell_one(settings: Settings, webhook_id: int) -> None:
    """Tell one address until it fails, or has had its time."""
    began = clock.now()
    for _one in range(AT_ONCE):
        with transaction():
            told = _next(settings, webhook_id)
        if told is None:
            return
        answer, fault = _send(settings, told)
        with transaction():
            is_taken = webhooks.note(told.delivery_id, answer=answer, fault=fault)
        if not is_taken or clock.now() - began > LONGEST:
            return


def _next(settings: Settings, webhook_id: int) -> Told | None:
    row, delivery = webhooks.lock(webhook_id), webhooks.next_of(webhook_id)
    if delivery is None or row.ended_at is not None:
        return None
    return Told(
        delivery.id,
        row.url,
        webhooks.secret(row, key=installation_key(settings)),
        f"msg_{webhook_id}_{delivery.id}",
        json.dumps(_body(delivery), separators=(",", ":")).encode(),
    )


def _body(delivery: Delivery) -> Mapping[str, Any]:
    """Return what is told: ids, codes, days and numbers, as the journal has them."""
    entry = delivery.entry
    if entry is None:
        moment = delivery.made_at.astimezone(UTC)
        return {"type": TEST, "timestamp": moment.isoformat(), "data": {"id": delivery.id}}
    facts = {name: one for name, one in entry.details.items() if name not in NAMES_SOMEBODY}
    data: dict[str, Any] = {"thing": entry.thing, "id": entry.thing_id, **facts}
    if entry.thing == "item":
        data["code"] = goods.sign_of(entry.thing_id)
    moment = entry.happened_at.astimezone(UTC)
    return {"type": entry.verb, "timestamp": moment.isoformat(), "data": data}


def _send(settings: Settings, told: Told) -> tuple[int | None, str | None]:
    session.rollback()  # nothing is held open while the network is waited for
    at_s = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "lainaamo",
        "Webhook-Id": told.message_id,
        "Webhook-Timestamp": str(at_s),
        "Webhook-Signature": signature(told.secret, told.message_id, at_s, told.body),
    }
    inside = settings.webhooks_inside == "yes"
    try:
        return outward.post(told.url, told.body, headers, inside=inside), None
    except outward.Unsent as unsent:
        return None, unsent.why


def signature(secret: str, message_id: str, at_s: int, body: bytes) -> str:
    """Return the signature of a message: version 1, HMAC with SHA-256, as base64."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{at_s}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
