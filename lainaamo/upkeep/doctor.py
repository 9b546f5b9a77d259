"""What is unsafe or stale in a running installation, said in words that tell what to do."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from lainaamo.config import Settings
from lainaamo.core import clock, finnish, journal, theme
from lainaamo.core.clockwork import Duty
from lainaamo.core.db import db, is_sqlite, session
from lainaamo.core.outbox import Message
from lainaamo.goods import finding
from lainaamo.people import oidc
from lainaamo.upkeep import backup, migrations, sealing

QUIET_WORKER = timedelta(minutes=2)
LATE_MESSAGE = timedelta(hours=1)
OLD_BACKUP = timedelta(hours=36)
LEAST_DISK_BYTES = 500 * 1024 * 1024
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}
SHORTEST_SECRET = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and what was seen."""

    name: str
    is_well: bool
    text: str


def examine(app: Flask) -> list[Finding]:
    """Look at everything, the database's state first: without it the rest cannot be seen."""
    settings: Settings = app.config["SETTINGS"]
    tables = _migrations()
    findings = [_address(settings), _secret(settings), _mail(settings), _sms(settings)]
    findings += [_answers(settings)] if settings.sms_secret else []
    findings += [_account(settings), _disk(settings), _theme(settings), _backup(settings), tables]
    if tables.is_well:
        findings += [_worker(), _outbox(), _journal(), _search(), _engine()]
    if app.debug:
        findings.append(Finding("debug", is_well=False, text="Debug mode is on: turn it off."))
    return findings


def _address(settings: Settings) -> Finding:
    is_local = urlsplit(settings.public_url).hostname in LOCAL_HOSTS
    text = settings.public_url
    if not settings.is_https and not is_local:
        text += ": without HTTPS passwords travel open and phones give no camera."
    return Finding("public address", settings.is_https or is_local, text)


def _secret(settings: Settings) -> Finding:
    if settings.secret:
        long_enough = len(settings.secret) >= 32  # noqa: PLR2004 - 32 signs are 128 bits even as hex
        return Finding("secret", long_enough, "set" if long_enough else "Make it 32 signs or more.")
    file = settings.folder / "secret"
    is_closed = not file.exists() or file.stat().st_mode & 0o077 == 0
    return Finding(
        "secret", is_closed, "in the instance folder" if is_closed else f"chmod 600 {file}"
    )


def _mail(settings: Settings) -> Finding:
    is_local = urlsplit(settings.public_url).hostname in LOCAL_HOSTS
    if settings.smtp_url:
        return Finding("mail", is_well=True, text=str(urlsplit(settings.smtp_url).hostname))
    text = "No mail server: messages go to instance/mail. Set LAINAAMO_SMTP_URL."
    return Finding("mail", is_local, text)


def _sms(settings: Settings) -> Finding:
    is_local = urlsplit(settings.public_url).hostname in LOCAL_HOSTS
    if settings.sms_url:
        gateway = urlsplit(settings.sms_url)
        is_safe = gateway.scheme == "https" or gateway.hostname in LOCAL_HOSTS
        text = str(gateway.hostname)
        return Finding("text messages", is_safe, text if is_safe else f"{text}: use HTTPS.")
    text = "No gateway: text messages go to instance/sms. Set LAINAAMO_SMS_URL."
    return Finding("text messages", is_local, text)


def _answers(settings: Settings) -> Finding:
    """Look at what keeps others from answering in somebody's name."""
    long_enough = len(settings.sms_secret) >= SHORTEST_SECRET
    text = "brought by the gateway" if long_enough else "Make LAINAAMO_SMS_SECRET 20 signs or more."
    return Finding("answers by text message", long_enough, text)


def _account(settings: Settings) -> Finding:
    """Ask the identity provider where it answers, as a sign-in does."""
    if not settings.oidc_issuer:
        return Finding("municipality's account", is_well=True, text="not in use")
    if not settings.oidc_client_id or not settings.oidc_client_secret:
        text = "Set LAINAAMO_OIDC_CLIENT_ID and LAINAAMO_OIDC_CLIENT_SECRET."
        return Finding("municipality's account", is_well=False, text=text)
    try:
        found = oidc.discover(settings)
    except oidc.ProviderDown as problem:
        text = (
            f"{settings.oidc_issuer} does not answer as it should ({problem}). Check the address."
        )
        return Finding("municipality's account", is_well=False, text=text)
    return Finding("municipality's account", is_well=True, text=found.authorize_url)


def _disk(settings: Settings) -> Finding:
    settings.folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.folder).free
    return Finding("disk", free >= LEAST_DISK_BYTES, f"{free // 1024**2} MB free")


def _backup(settings: Settings) -> Finding:
    """Look at the newest backup: whether there is one of last night, and who could read it."""
    is_local = urlsplit(settings.public_url).hostname in LOCAL_HOSTS
    if not settings.backup_folder:
        text = "The worker makes none: set LAINAAMO_BACKUP_FOLDER."
        return Finding("backup", is_local, text)
    last = backup.newest(settings)
    if last is None:
        return Finding("backup", is_well=False, text=f"None in {settings.backup_folder} yet.")
    is_new = clock.now() - backup.moment_of(last) < OLD_BACKUP
    is_sealed = last.suffix == sealing.ENDING
    said = last.name if is_new else f"{last.name} is the last: is the worker running?"
    text = said if is_sealed else f"{said}; anybody can read it (LAINAAMO_BACKUP_KEY)."
    return Finding("backup", is_new and (is_sealed or is_local), text)


def _theme(settings: Settings) -> Finding:
    try:
        chosen = theme.load(settings)
    except theme.BadTheme as problem:
        return Finding("theme", is_well=False, text=str(problem))
    count, pair, ratio = theme.weakest(chosen)
    least = f"{ratio:.2f} : 1, --{pair.front} on --{pair.back}"
    return Finding("theme", is_well=True, text=f"{count} pairs can be read; the weakest is {least}")


def _migrations() -> Finding:
    with db.engine.connect() as connection:
        has, wants = migrations.current(connection), migrations.newest()
    return Finding("tables", has == wants, f"revision {has}, code wants {wants}: lainaamo migrate")


def _worker() -> Finding:
    seen = session.scalar(select(Duty.done_at).order_by(Duty.done_at.desc().nulls_last()).limit(1))
    if seen is None:
        return Finding(
            "worker", is_well=False, text="It has never worked: start `lainaamo worker`."
        )
    is_awake = clock.now() - seen < QUIET_WORKER
    return Finding("worker", is_awake, f"last at work {seen.isoformat(timespec='seconds')}")


def _outbox() -> Finding:
    waiting = (Message.done_at.is_(None), Message.dropped_at.is_(None))
    late = Message.due_at < clock.now() - LATE_MESSAGE
    stuck = session.scalars(select(Message.id).where(*waiting, late).limit(10)).all()
    return Finding(
        "outbox", not stuck, f"stuck messages: {list(stuck)}" if stuck else "nothing stuck"
    )


def _journal() -> Finding:
    found = journal.verify()
    text = f"{found.sealed} sealed, {found.unsealed} to be sealed, head {found.head[:16]}"
    if found.first_bad is not None:
        text = f"The journal was changed at line {found.first_bad}: find out who and how."
    return Finding("journal", found.first_bad is None, text)


def _search() -> Finding:
    missing = finding.count_missing()
    if not finnish.is_ready():
        text = "The Finnish dictionary is missing: lainaamo migrate"
    elif not finding.is_fresh():
        text = "The index was made by other rules: lainaamo migrate"
    elif missing:
        text = f"{missing} kinds cannot be found: lainaamo reindex"
    else:
        return Finding("search", is_well=True, text=finnish.ANALYSER)
    return Finding("search", is_well=False, text=text)


def _engine() -> Finding:
    if not is_sqlite(db.engine):
        return Finding("database", is_well=True, text=db.engine.dialect.name)
    with db.engine.connect() as connection:
        sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"
    return Finding("database", sound, "sqlite, sound" if sound else "Restore the last backup.")
