"""Sending mail: through an SMTP server, or into a folder where no server is set."""

import contextlib
import smtplib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.outbox import Later, Never

TIMEOUT_S = 20
FOR_GOOD = 500
PAUSE = timedelta(minutes=5)
"""So long nobody asks again for a mail server that did not answer, but for one mail a round."""
MOST_ON_ONE = 100
"""How many mails one connection carries: some servers hang up on more."""
OK = 250


class Line:
    """A connection to the mail server that is used again while it answers."""

    def __init__(self) -> None:
        self.server: smtplib.SMTP | None = None
        self.sent = 0
        self.is_away = False

    def taken(self, url: str) -> smtplib.SMTP:
        """Return a connection that answers; it is made where there is none."""
        if self.server is not None and (self.sent >= MOST_ON_ONE or not _answers(self.server)):
            self.close()
        if self.is_away:  # a thousand mails must not wait for it one after another
            raise Later(clock.now() + PAUSE)
        if self.server is None:
            self.is_away = True
            self.server, self.sent = _connected(url), 0
            self.is_away = False
        self.sent += 1
        return self.server

    def close(self) -> None:
        """Hang up."""
        if self.server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.server.quit()
            self.server.close()
            self.server = None


_line: ContextVar[Line | None] = ContextVar("line", default=None)


@contextlib.contextmanager
def kept_open() -> Iterator[None]:
    """Send all that is sent inside over one connection."""
    line = Line()
    token = _line.set(line)
    try:
        yield
    finally:
        _line.reset(token)
        line.close()


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
    """Send over the connection that is open, or over one of its own."""
    line = _line.get()
    used = line or Line()
    try:
        used.taken(url).send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= FOR_GOOD for code, _words in error.recipients.values()):
            raise Never("refused") from error
        raise
    except BaseException:
        used.close()  # nobody knows what state it is in
        raise
    finally:
        if line is None:
            used.close()


def _answers(server: smtplib.SMTP) -> bool:
    try:
        return server.rset()[0] == OK
    except (OSError, smtplib.SMTPException):
        return False


def _connected(url: str) -> smtplib.SMTP:
    """Use smtp:// (with STARTTLS where offered) or smtps://."""
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    server = kind(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT_S)
    try:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _into_folder(folder: Path, mail: EmailMessage, message_id: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{message_id}.eml").write_bytes(mail.as_bytes())
