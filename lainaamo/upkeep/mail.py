"""Sending mail: through an SMTP server, or into a folder where no server is set."""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lainaamo.config import Settings
from lainaamo.core import clock

TIMEOUT_S = 20


def send(settings: Settings, *, to: str, subject: str, text: str, message_id: str) -> None:
    """Send a plain-text mail; the same message_id twice is recognised as one by mail readers."""
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.mail_from, to
    mail["Subject"] = " ".join(subject.split())
    mail["Message-ID"] = f"<{message_id}@{urlsplit(settings.public_url).hostname}>"
    mail["Date"] = format_datetime(clock.now())
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    if settings.smtp_url:
        _by_smtp(settings.smtp_url, mail)
    else:
        _into_folder(settings.folder / "mail", mail, message_id)


def _by_smtp(url: str, mail: EmailMessage) -> None:
    """Use smtp:// (with STARTTLS where offered) or smtps://."""
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT_S) as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(mail)


def _into_folder(folder: Path, mail: EmailMessage, message_id: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{message_id}.eml").write_bytes(mail.as_bytes())
