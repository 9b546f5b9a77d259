"""A mail server of our own on loopback, and what it was given."""

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

HERE = "127.0.0.1"
PATIENCE_S, PAUSE_S = 30, 0.1


@dataclass
class Letterbox:
    """Takes what the mail server is given; `address` is what the setting is told.

    Nobody lives at the addresses that are `refused`.
    """

    address: str
    mails: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take a mail for somebody, or not."""
        if address in self.refused:
            return "550 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a mail."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def wait_for(self, to: str, *, count: int = 1) -> str:
        """Return the text of the newest mail to somebody once so many have come."""
        latest = time.monotonic() + PATIENCE_S
        while time.monotonic() < latest:
            found = [mail for mail in self.mails if mail["To"] == to]
            if len(found) >= count:
                return f"{found[-1]['Subject']}\n{found[-1].get_content()}"
            time.sleep(PAUSE_S)
        raise AssertionError(f"no mail came to {to}")


def _free_port() -> int:
    with socket.create_server((HERE, 0)) as asked:
        port: int = asked.getsockname()[1]
        return port


@contextlib.contextmanager
def standing_letterbox(again: Letterbox | None = None) -> Iterator[Letterbox]:
    """Let a mail server stand until the end; `again` where one stood before."""
    letterbox = again or Letterbox(f"smtp://{HERE}:{_free_port()}")
    port = int(letterbox.address.rpartition(":")[2])
    server = Controller(letterbox, hostname=HERE, port=port)
    server.start()
    try:
        yield letterbox
    finally:
        server.stop()
