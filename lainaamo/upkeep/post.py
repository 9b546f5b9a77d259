"""The one way out of a message to somebody: composed, worded, noted, sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lainaamo.config import Settings
from lainaamo.core import clock, letters, quiet
from lainaamo.core.db import session, transaction
from lainaamo.core.i18n import DEFAULT, speaking
from lainaamo.core.letters import Letter, Texts
from lainaamo.core.outbox import Handler, Later, Never
from lainaamo.core.secrets import installation_key
from lainaamo.lending import sendings
from lainaamo.lending.sendings import About
from lainaamo.people.models import Person
from lainaamo.upkeep import (
    blanks,  # noqa: F401 - what texts are filled with
    mail,
    sms,
)

ID = "lainaamo-"


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a message reaches: one of the two ways at least, and in which language."""

    email: str | None
    phone: str | None
    locale: str
    person_id: int | None = None
    prefers_sms: bool = False

    @classmethod
    def person(cls, person: Person | None) -> "Reached | None":
        """Return how somebody is reached; None for who has left, or is called by nobody."""
        if person is None or person.left_at is not None or not (person.email or person.phone):
            return None
        return cls(person.email, person.phone, person.locale, person.id, person.prefers_sms)

    @classmethod
    def house(cls, settings: Settings) -> "Reached":
        """Return the service's own address."""
        return cls(settings.email, None, DEFAULT)

    def ways(self, said: Texts) -> list[tuple[str, str]]:
        """Return how to send it, the better way first: mail, else a text message."""
        found = [("mail", self.email)] if self.email else []
        if self.phone and said.sms:
            found.insert(0 if self.prefers_sms else len(found), ("sms", self.phone))
        return [(way, to) for way, to in found if to]


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is told: whom, what fills the blanks (in that language), and what it names."""

    to: Reached
    values: Callable[[], Mapping[str, str]]
    about: tuple[About, ...] = ()
    letter: Letter | None = None


Compose = Callable[[Settings, dict[str, Any], str], Told | None]
"""Looks at how things are when the message goes; None where it has become needless."""


def handler(settings: Settings, letter: Letter, compose: Compose) -> Handler:
    """Return what the outbox does for a message."""
    return partial(_send, settings, letter, compose)


def number_of(message_id: str) -> int:
    """Return the outbox's number of a message's stable id."""
    return int(message_id.removeprefix(ID))


def _send(
    settings: Settings, letter: Letter, compose: Compose, payload: dict[str, Any], message_id: str
) -> bool:
    if not letter.at_once and quiet.is_quiet(clock.now()):
        raise Later(quiet.first_loud(clock.now()))
    told = compose(settings, payload, message_id)
    if told is None:
        return False
    used = told.letter or letter
    with speaking(told.to.locale):
        said = letters.written(used, {**_everywhere(settings), **told.values()})
    ways = told.to.ways(said)
    if not ways:
        return False
    _try(settings, used, told, said, ways, message_id)
    return True


def _everywhere(settings: Settings) -> Mapping[str, str]:
    return {
        "service": settings.service_name,
        "municipality": settings.municipality,
        "phone": settings.phone,
    }


def _try(
    settings: Settings,
    letter: Letter,
    told: Told,
    said: Texts,
    ways: list[tuple[str, str]],
    message_id: str,
) -> None:
    """Send by the better way; by the other where the address is refused for good."""
    for way, to in ways:
        _note(settings, letter, told, message_id, way=way, to=to)
        try:
            _by(settings, way, to, said, message_id)
        except Never:
            if (way, to) == ways[-1]:
                raise
        else:
            return


def _note(
    settings: Settings, letter: Letter, told: Told, message_id: str, *, way: str, to: str
) -> None:
    """Write down that it goes out; nothing is held open while the network is waited for."""
    key = installation_key(settings)
    mark = sendings.number_mark(to, key=key) if way == "sms" else None
    with transaction():
        sendings.note(
            number_of(message_id),
            kind=letter.kind,
            way=way,
            person_id=told.to.person_id,
            mark=mark,
            about=told.about,
        )
    session.rollback()


def _by(settings: Settings, way: str, to: str, said: Texts, message_id: str) -> None:
    if way == "mail":
        mail.send(
            settings, to=to, subject=said.subject or "", text=said.mail or "", message_id=message_id
        )
    else:
        sms.send(settings, to=to, text=said.sms or "", message_id=message_id)
