"""Sending text messages: through a gateway that takes a POST, or into a folder where none is set.

Gateways differ in what they call things: the settings say the names of the fields, whether they
come as JSON or as a form, and what the Authorization header is.
"""

from collections.abc import Mapping
from pathlib import Path

import requests

from lainaamo.config import Settings
from lainaamo.lending.sms_door import field_names

TIMEOUT_S = 20
FIELDS: Mapping[str, str] = {"to": "to", "text": "text", "id": "id", "from": "from"}


def send(settings: Settings, *, to: str, text: str, message_id: str) -> None:
    """Send a text message; the gateway knows a repeated one by its `id`.

    Anything but 2xx is a failure, and the message is tried again later.
    """
    if not settings.sms_url:
        _into_folder(settings.folder / "sms", to, text, message_id)
        return
    said = {"to": to, "text": text, "id": message_id, "from": settings.sms_sender}
    names = {**FIELDS, **field_names(settings.sms_fields)}
    message = {names[ours]: value for ours, value in said.items() if value}
    given = {"data": message} if settings.sms_format == "form" else {"json": message}
    headers = {"Authorization": settings.sms_authorization} if settings.sms_authorization else {}
    answer = requests.post(
        settings.sms_url,
        headers=headers,
        timeout=TIMEOUT_S,
        allow_redirects=False,
        **given,  # type: ignore[arg-type]  # one of two named arguments
    )
    if not answer.ok or answer.is_redirect:
        raise ConnectionError(f"the gateway said {answer.status_code}")


def _into_folder(folder: Path, to: str, text: str, message_id: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{message_id}.txt").write_text(f"{to}\n\n{text}\n", encoding="utf-8")
