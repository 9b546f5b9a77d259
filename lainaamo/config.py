"""Every setting of an installation, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PACKAGE = Path(__file__).parent


def _shipped(folder: str) -> Path:
    """Find a top-level folder: beside the package in a checkout, inside it in a wheel."""
    inside = PACKAGE / "_shipped" / folder
    return inside if inside.is_dir() else PACKAGE.parent / folder


TEMPLATES = _shipped("templates")
STATIC = _shipped("static")
MIGRATIONS = _shipped("migrations")
TRANSLATIONS = PACKAGE / "translations"
HOUSE = ("service_name", "municipality", "phone", "email", "reminder_days")
"""The settings that an administrator may change on a screen, without a restart."""


def setting(default: str, meaning: str) -> str:
    """Declare a text setting: its default and what it means to the person who sets it."""
    value: str = field(default=default, metadata={"meaning": meaning})
    return value


@dataclass(frozen=True, slots=True)
class Settings:
    """What may differ between two installations; each is LAINAAMO_<FIELD> in the environment."""

    instance: str = setting(
        "instance", "Folder for the database, the secret and outgoing mail files."
    )
    database_url: str = setting(
        "", "SQLAlchemy address of the database; empty means SQLite in the instance folder."
    )
    public_url: str = setting(
        "http://127.0.0.1:8000", "Address that people and printed labels use."
    )
    secret: str = setting(
        "", "Key for links in messages; empty means a random one kept in the instance folder."
    )
    smtp_url: str = setting(
        "", "Mail server as smtp://user:password@host:port; empty writes mail into instance/mail."
    )
    sms_url: str = setting(
        "",
        "Gateway for text messages: takes a POST of {to, text, id} as JSON; empty writes them into "
        "instance/sms.",
    )
    sms_format: str = setting("json", 'How the gateway takes a message: "json" or "form".')
    sms_fields: str = setting(
        "",
        'What the gateway calls the fields, as "to=recipient text=body id=reference from=sender".',
    )
    sms_authorization: str = setting("", "The Authorization header that the gateway asks for.")
    sms_sender: str = setting(
        "", "Number or name that text messages come from; to be answered it must be a number."
    )
    sms_secret: str = setting(
        "",
        "Secret in the address that the gateway brings answers to "
        "(/tekstiviestit/SECRET/vastaus, and /raportti for what arrived); empty: no answers.",
    )
    sms_answer_fields: str = setting(
        "", 'What the gateway calls the fields of answers, as "from=msisdn text=body id=messageid".'
    )
    reminder_days: str = setting(
        "-1 0 1 7 14 28",
        "On which days somebody is reminded of a loan, counted from its due day: -1 is the day "
        "before.",
    )
    mail_from: str = setting("lainaamo@localhost", "Sender of the mail.")
    service_name: str = setting("Lainaamo", "Name of the service on every page.")
    municipality: str = setting("Iin kunta", "Name of the municipality on every page.")
    phone: str = setting(
        "08 0000 0000", "Phone number on every page: the way in for everyone without a screen."
    )
    email: str = setting("lainaamo@example.fi", "E-mail address on every page.")
    oidc_issuer: str = setting(
        "", "Address of the municipality's identity provider (OpenID Connect); empty means none."
    )
    oidc_client_id: str = setting("", "What the identity provider calls this service.")
    oidc_client_secret: str = setting("", "Secret that the identity provider gave this service.")
    theme: str = setting(
        "",
        "Folder with the municipality's colours (theme.css) and logo, or the name of a shipped "
        "theme; empty means the default.",
    )
    trusted_proxies: str = setting(
        "0", "How many reverse proxies stand in front and set X-Forwarded-*."
    )

    database_pooled: str = setting(
        "", '"yes" where pgbouncer in its transaction mode stands before PostgreSQL.'
    )
    files_url: str = setting(
        "",
        "Storage for photos that speaks S3, as s3+https://KEY:SECRET@host/bucket?region=x; empty "
        "keeps them in the instance folder.",
    )
    backup_folder: str = setting(
        "",
        "Folder in which the worker keeps a backup of each of the last fourteen nights; empty "
        "means that it makes none.",
    )
    backup_key: str = setting(
        "",
        "Public keys (age1…, commas between) of those who may open the backups; empty: everyone.",
    )

    webhooks_inside: str = setting(
        "",
        '"yes" lets partners be told at addresses of the own network too, and without TLS; empty: '
        "only over https, outside.",
    )

    log: str = setting(
        "plain",
        'How log lines are written: "plain", or "json" with a line for each request as well.',
    )
    metrics_token: str = setting(
        "", "Token with which /metrics is read (Authorization: Bearer …); empty: no such page."
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; what is not set has its default."""
        given = os.environ if environment is None else environment
        names = cls.__dataclass_fields__
        found = {
            name: given[f"LAINAAMO_{name.upper()}"]
            for name in names
            if f"LAINAAMO_{name.upper()}" in given
        }
        return cls(**found)

    @property
    def folder(self) -> Path:
        """Return the instance folder, absolute."""
        return Path(self.instance).resolve()

    @property
    def database(self) -> str:
        """Return the database address with the default filled in."""
        return self.database_url or f"sqlite:///{self.folder / 'lainaamo.db'}"

    @property
    def public_host(self) -> str:
        """Return host[:port] of the public address, as printed on labels."""
        return urlsplit(self.public_url).netloc

    @property
    def is_https(self) -> bool:
        """Tell whether people reach the service over HTTPS."""
        return urlsplit(self.public_url).scheme == "https"
