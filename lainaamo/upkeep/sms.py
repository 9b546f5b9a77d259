"""Sending text messages: through a gateway that takes JSON, or into a folder where none is set."""

from pathlib import Path

import requests

from lainaamo.config import Settings

TIMEOUT_S = 20


def send(settings: Settings, *, to: str, text: str, message_id: str) -> None:
    """Send a text message; the gateway knows a repeated one by its `id`.

    Anything but 2xx is a failure, and the message is tried again later.
    """
    if not settings.sms_url:
        _into_folder(settings.folder / "sms", to, text, message_id)
        return
    message = {"to": to, "text": text, "id": message_id}
    answer = requests.post(settings.sms_url, json=message, timeout=TIMEOUT_S, allow_redirects=False)
    if not answer.ok or answer.is_redirect:
        raise ConnectionError(f"the gateway said {answer.status_code}")


def _into_folder(folder: Path, to: str, text: str, message_id: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{message_id}.txt").write_text(f"{to}\n\n{text}\n", encoding="utf-8")
