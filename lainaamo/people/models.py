"""People, the units they act for, what they may do, and their open sessions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lainaamo.core.orm import Area, Base, Id, one_of, only_one

WAYS = ("code", "password", "pin", "badge", "oidc")
ROLES = ("resident", "worker", "counter", "supervisor", "buyer", "coordinator", "administrator")


class Unit(Base):
    """A part of the municipality: a school, a day-care centre, an office; a tree.

    One that is closed keeps its history; nobody acts for it any more.
    """

    __tablename__ = "unit"
    counted_in = Area.PEOPLE

    id: Mapped[Id]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    closed_at: Mapped[datetime | None]


class Person(Base):
    """Somebody who borrows, works, buys, serves or donates.

    `first_name` is what the person is called; a worker has a `number` and is shown as it to others.
    Who has both a phone and an e-mail address is written to by e-mail, unless `prefers_sms`.
    Erased: the row is empty since `erased_at`, and stays so that no id is ever another's.
    """

    __tablename__ = "person"
    counted_in = Area.PEOPLE
    __table_args__ = (
        only_one("uq_person_email", "email", where="email IS NOT NULL"),
        only_one("uq_person_phone", "phone", where="phone IS NOT NULL"),
        only_one("uq_person_number", "number", where="number IS NOT NULL"),
        Index(
            "ix_person_erased",
            "id",
            sqlite_where=text("erased_at IS NOT NULL"),
            postgresql_where=text("erased_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    first_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    number: Mapped[int | None]
    locale: Mapped[str] = mapped_column(default="fi")
    prefers_sms: Mapped[bool] = mapped_column(default=False, server_default=false())
    made_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class Grant(Base):
    """A role a person has, for a unit or for the whole service, until it ends."""

    __tablename__ = "role_grant"
    counted_in = Area.PEOPLE
    __table_args__ = (
        CheckConstraint(one_of("role", *ROLES), name="known_role"),
        only_one(
            "uq_role_grant_open",
            "person_id",
            "role",
            "unit_id",
            where="ended_at IS NULL AND unit_id IS NOT NULL",
        ),
        only_one(
            "uq_role_grant_open_everywhere",
            "person_id",
            "role",
            where="ended_at IS NULL AND unit_id IS NULL",
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    role: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Password(Base):
    """A person's password or a worker's PIN, as an argon2 hash."""

    __tablename__ = "password"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), unique=True)
    hash: Mapped[str]
    set_at: Mapped[datetime]


class Pin(Base):
    """The digits with which somebody takes a turn at a floor device, as an argon2 hash."""

    __tablename__ = "pin"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), unique=True)
    hash: Mapped[str]
    set_at: Mapped[datetime]


class Badge(Base):
    """A card that opens a floor device by being read.

    What is on it can be made again from `nonce` and the installation's secret, so that it can be
    printed again; a stolen database alone makes none. A lost one ends when a new one is made.
    """

    __tablename__ = "badge"
    __table_args__ = (only_one("uq_badge_open", "person_id", where="ended_at IS NULL"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Device(Base):
    """A shared device on the floor that staff trust: there a PIN or a badge is enough."""

    __tablename__ = "device"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignIn(Base):
    """An open session: the cookie's fingerprint, never the cookie.

    It ends by signing out (`ended_at`), by a rest of `rest_minutes`, or at `ends_at` whatever
    happens. `proof_hash` is of what opened it, where that may open only one.
    """

    __tablename__ = "sign_in"
    counted_in = Area.PEOPLE
    __table_args__ = (CheckConstraint(one_of("way", *WAYS), name="known_way"),)

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    way: Mapped[str]
    words: Mapped[str]
    device_id: Mapped[int | None] = mapped_column(ForeignKey(Device.id), index=True)
    proof_hash: Mapped[str | None] = mapped_column(unique=True)
    rest_minutes: Mapped[int]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Serving(Base):
    """Whom somebody of the staff acts for in one session, until a moment: a caller, a visitor."""

    __tablename__ = "serving"
    counted_in = Area.PEOPLE

    id: Mapped[Id]
    sign_in_id: Mapped[int] = mapped_column(ForeignKey(SignIn.id, ondelete="CASCADE"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    ends_at: Mapped[datetime]


class Token(Base):
    """What a program shows to act as a person in one of the roles: a fingerprint, never the token.

    `words` say what it is for. It opens until `last_day` is over or it is ended. With a `unit_id`
    it acts for that unit and those below it only. From `nonce` and the installation's secret it
    can be made again, to be shown to whoever made it; that is forgotten when it is first used.
    """

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint(one_of("role", *ROLES), name="known_role"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    role: Mapped[str]
    words: Mapped[str]
    nonce: Mapped[str | None]
    token_hash: Mapped[str] = mapped_column(unique=True)
    last_day: Mapped[date | None]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")


class Invitation(Base):
    """A link with which somebody sets a first password or ties an account; it works once.

    Its token is made from `nonce` and the installation's secret when the message is written.
    """

    __tablename__ = "invitation"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Identity(Base):
    """Who somebody is to an identity provider: its `subject`, which no other person ever gets."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    made_at: Mapped[datetime]


class Actor(Base):
    """Which person a random name in the journal stands for; deleted at its keep-time."""

    __tablename__ = "actor"
    counted_in = Area.PEOPLE

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), unique=True)
    alias: Mapped[str] = mapped_column(unique=True)


class ContactProof(Base):
    """A code and a link sent to a contact: who uses either, in the browser that asked, owns it.

    Both are made again from `nonce` and the installation's secret, so a stolen database holds
    neither. It works once, for as many `tries` and until `ends_at`. With a `person_id` it makes the
    contact that person's new one; else it signs its owner in, who goes on to `going`.
    """

    __tablename__ = "contact_proof"
    __table_args__ = (
        CheckConstraint("(email IS NULL) <> (phone IS NULL)", name="one_contact"),
        CheckConstraint("tries >= 0", name="tries_not_negative"),
    )

    id: Mapped[Id]
    nonce: Mapped[str] = mapped_column(unique=True)
    browser_hash: Mapped[str] = mapped_column(index=True)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    going: Mapped[str]
    locale: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Child(Base):
    """A child somebody borrows for: the first name and what sizes are chosen by."""

    __tablename__ = "child"
    __table_args__ = (
        CheckConstraint("height_cm BETWEEN 40 AND 220", name="height_of_a_child"),
        CheckConstraint("shoe_size BETWEEN 14 AND 50", name="shoe_of_a_child"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    first_name: Mapped[str]
    height_cm: Mapped[int | None]
    shoe_size: Mapped[int | None]
    made_at: Mapped[datetime]
