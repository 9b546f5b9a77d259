"""Reservations, their lines, loans, and the terms they are made on."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lainaamo.core.journal import Entry
from lainaamo.core.orm import Area, Base, Id, one_of, only_one
from lainaamo.core.outbox import Message
from lainaamo.goods.models import Category, Item, Kind, Site, Use
from lainaamo.people.models import Person, Unit
from lainaamo.people.rules import Contact

ENDINGS = ("fetched", "cancelled", "expired", "thing_removed")
RETURNS = ("ok", "dirty", "part_missing", "broken")
BLOCKS = ("late", "damage", "lost", "rules")
WAYS = ("mail", "sms")
MEANINGS = ("renew", "cancel", "choose", "unclear", "ignored")
FACES = ("good", "fair", "bad")
MOVED = ("due", "pick_up", "first", "last")
WAIT_ENDINGS = ("served", "left", "removed", "over")
GROUPS = ("unit", "club", "staff")
"""Who may have terms of their own: units of the municipality, schools and clubs, its staff."""
OPEN_FEED = "ended_at IS NULL AND {} IS NOT NULL"
STEPS = (
    "taken_back",
    "handed_out",
    "shelved",
    "condition",
    "to_repair",
    "mended",
    "parts",
    "found",
)


class PermitSort(Base):
    """Something to be learnt or allowed before things are lent: a climbing card, say."""

    __tablename__ = "permit_sort"
    counted_in = Area.HOUSE

    id: Mapped[Id]
    name: Mapped[str]
    name_simple: Mapped[str]
    name_sv: Mapped[str]
    name_en: Mapped[str]
    closed_at: Mapped[datetime | None]


class Permit(Base):
    """What somebody has shown to have, until `last_day` is over; ticked by the staff."""

    __tablename__ = "permit"
    __table_args__ = (UniqueConstraint("person_id", "sort_id"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    sort_id: Mapped[int] = mapped_column(ForeignKey(PermitSort.id), index=True)
    last_day: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class GroupMember(Base):
    """Somebody who borrows on the terms of a school or a club, or of the staff."""

    __tablename__ = "group_member"
    counted_in = Area.GOODS  # on what terms somebody in line would get days
    __table_args__ = (CheckConstraint(one_of("group_name", *GROUPS), name="known_group"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), unique=True)
    group_name: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class LoanTerms(Base):
    """On what terms things are lent: those of a category or of one kind, to all or to one group.

    `group_name` is one of GROUPS, or empty for everybody. Where there is no row the nearest one
    holds (rules.ladder). `days` is the ordinary loan, `longest_days` the most one may ask (days
    after the first), `at_once` the most things of the category, or of the kind, one borrower may
    have, `ahead_days` how early one may reserve, `turnaround_days` how many open days a thing rests
    after a loan. `season_ends` is the day of the year ("04-30") until which a loan then lasts, the
    longest at most. From `least_age` on one borrows without a guardian's word; where `shows_id` the
    desk asks for an identity card. `replacement_cents` is what a lost thing costs.
    """

    __tablename__ = "loan_terms"
    counted_in = Area.HOUSE
    __table_args__ = (
        CheckConstraint("days BETWEEN 0 AND longest_days", name="days_within_longest"),
        CheckConstraint("at_once > 0 AND ahead_days > 0", name="some"),
        CheckConstraint("turnaround_days >= 0", name="turnaround_not_negative"),
        CheckConstraint("renewals >= 0", name="renewals_not_negative"),
        CheckConstraint("pick_up_days > 0", name="some_pick_up_days"),
        CheckConstraint("most_waiting >= 0", name="most_waiting_not_negative"),
        CheckConstraint("(category_id IS NULL) <> (kind_id IS NULL)", name="of_one"),
        CheckConstraint(one_of("group_name", "", *GROUPS), name="known_group"),
        CheckConstraint("least_age BETWEEN 0 AND 99", name="age_of_a_person"),
        CheckConstraint("replacement_cents >= 0", name="replacement_not_negative"),
        only_one(
            "uq_loan_terms_category", "category_id", "group_name", where="category_id IS NOT NULL"
        ),
        only_one("uq_loan_terms_kind", "kind_id", "group_name", where="kind_id IS NOT NULL"),
    )

    id: Mapped[Id]
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id), index=True)
    kind_id: Mapped[int | None] = mapped_column(ForeignKey(Kind.id), index=True)
    group_name: Mapped[str] = mapped_column(default="", server_default=text("''"))
    days: Mapped[int]
    longest_days: Mapped[int]
    at_once: Mapped[int]
    ahead_days: Mapped[int]
    turnaround_days: Mapped[int]
    renewals: Mapped[int] = mapped_column(server_default=text("2"))
    pick_up_days: Mapped[int] = mapped_column(server_default=text("3"))
    most_waiting: Mapped[int] = mapped_column(server_default=text("50"))
    season_ends: Mapped[str | None]
    least_age: Mapped[int] = mapped_column(server_default=text("0"))
    shows_id: Mapped[bool] = mapped_column(server_default=false())
    permit_sort_id: Mapped[int | None] = mapped_column(ForeignKey(PermitSort.id), index=True)
    replacement_cents: Mapped[int | None]


class Reservation(Base):
    """Things promised to one borrower (a person or a unit) at one site for some days.

    It is coming, fetched, over or cancelled as its lines are. `for_name` is whom it is for.
    `link_nonce` makes the own page's address; `link_revoked_at` closes it.

    Who has not signed in confirms it by a code sent to `email` or `phone`, in the browser that
    made it, before `held_until`. Those three are kept no longer than it waits for that; till then
    its person is one who has no contact. A `held_until` that stays says that nobody confirmed.

    What somebody got from the line is fetched by the end of `pick_up_by`, or goes to the next.
    `age_agreed` is from what age on the borrower said to be, or to have a guardian's word; no day
    of birth is kept.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("(person_id IS NULL) <> (unit_id IS NULL)", name="one_borrower"),
        Index(
            "ix_reservation_unconfirmed",
            "browser_hash",
            sqlite_where=text("browser_hash IS NOT NULL"),
            postgresql_where=text("browser_hash IS NOT NULL"),
        ),
        Index(
            "ix_reservation_pick_up_by",
            "pick_up_by",
            sqlite_where=text("pick_up_by IS NOT NULL"),
            postgresql_where=text("pick_up_by IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), index=True)
    for_name: Mapped[str]
    first_day: Mapped[date] = mapped_column(index=True)
    last_day: Mapped[date]
    pick_up_by: Mapped[date | None]
    age_agreed: Mapped[int | None]
    pick_up_code: Mapped[str] = mapped_column(index=True)
    link_nonce: Mapped[str] = mapped_column(unique=True)
    link_revoked_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    browser_hash: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]

    lines: Mapped[list["Line"]] = relationship(back_populates="reservation", lazy="raise_on_sql")
    site: Mapped[Site] = relationship(lazy="raise_on_sql")

    @property
    def is_unconfirmed(self) -> bool:
        """Tell whether it still waits to be confirmed."""
        return self.browser_hash is not None

    @property
    def contact(self) -> Contact:
        """Return where the code was sent, of one that waits to be confirmed."""
        return Contact(self.email, self.phone)


class Bundle(Base):
    """Things of a reservation that belong together: a kit, or what one of a family gets.

    `kit_id` is the kit they were reserved as, `for_name` whom they are for, where that was said.
    """

    __tablename__ = "bundle"

    id: Mapped[Id]
    reservation_id: Mapped[int] = mapped_column(ForeignKey(Reservation.id), index=True)
    kit_id: Mapped[int | None] = mapped_column(ForeignKey(Kind.id), index=True)
    for_name: Mapped[str | None]

    kit: Mapped[Kind | None] = relationship(lazy="raise_on_sql")


class Line(Base):
    """One thing of a kind (and size) in a reservation; open until it ends in one of four ways.

    Since `pulled_at` its thing lies on the pickup shelf, or has been given without a scan: it is
    free again when somebody has looked. Lines of one `bundle` belong together.
    """

    __tablename__ = "reservation_line"
    __table_args__ = (
        CheckConstraint(f"ended_as IS NULL OR {one_of('ended_as', *ENDINGS)}", name="known_ending"),
        CheckConstraint("(ended_at IS NULL) = (ended_as IS NULL)", name="ended_both_or_neither"),
        Index(
            "ix_reservation_line_open",
            "reservation_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    reservation_id: Mapped[int] = mapped_column(ForeignKey(Reservation.id), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey(Kind.id), index=True)
    size: Mapped[str | None]
    use_id: Mapped[int] = mapped_column(ForeignKey(Use.id), unique=True)
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey(Bundle.id), index=True)
    pulled_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None]

    reservation: Mapped[Reservation] = relationship(back_populates="lines", lazy="raise_on_sql")
    bundle: Mapped[Bundle | None] = relationship(lazy="raise_on_sql")
    kind: Mapped[Kind] = relationship(lazy="raise_on_sql")
    use: Mapped[Use] = relationship(lazy="raise_on_sql")


class Loan(Base):
    """A thing in somebody's hands until `returned_at`; one open loan a thing, by a unique key.

    `id_seen`: the borrower showed an identity card, of which nothing is written down.
    """

    __tablename__ = "loan"
    __table_args__ = (
        only_one("uq_loan_open", "item_id", where="returned_at IS NULL"),
        Index(
            "ix_loan_due_on_id_out",
            "due_on",
            "id",
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
        CheckConstraint("(person_id IS NULL) <> (unit_id IS NULL)", name="one_borrower"),
        CheckConstraint(
            f"condition_back IS NULL OR {one_of('condition_back', *RETURNS)}",
            name="known_condition",
        ),
    )

    id: Mapped[Id]
    line_id: Mapped[int | None] = mapped_column(ForeignKey(Line.id), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    use_id: Mapped[int] = mapped_column(ForeignKey(Use.id), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), index=True)
    for_name: Mapped[str]
    handed_out_at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(index=True)
    returned_at: Mapped[datetime | None]
    condition_back: Mapped[str | None]
    id_seen: Mapped[bool] = mapped_column(default=False, server_default=false())

    item: Mapped[Item] = relationship(lazy="raise_on_sql")
    line: Mapped[Line | None] = relationship(lazy="raise_on_sql")


class Renewal(Base):
    """A loan's last day moved on, once; a day is moved on only once."""

    __tablename__ = "renewal"
    __table_args__ = (
        UniqueConstraint("loan_id", "was_due_on"),
        CheckConstraint("due_on > was_due_on", name="later"),
    )

    id: Mapped[Id]
    loan_id: Mapped[int] = mapped_column(ForeignKey(Loan.id))
    was_due_on: Mapped[date]
    due_on: Mapped[date]
    made_at: Mapped[datetime]


class SelfService(Base):
    """A site where people fetch and bring back by themselves, each day between two times of day.

    Where a site has no row, the staff do it.
    """

    __tablename__ = "self_service"
    counted_in = Area.HOUSE
    __table_args__ = (CheckConstraint("closes > opens", name="hours_in_order"),)

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), unique=True)
    opens: Mapped[time]
    closes: Mapped[time]


class Opinion(Base):
    """How borrowing went: one face for a loan that came back, of whoever had its link; no words."""

    __tablename__ = "opinion"
    __table_args__ = (
        CheckConstraint(one_of("face", *FACES), name="known_face"),
        Index("ix_opinion_given_at", "given_at"),
    )

    id: Mapped[Id]
    loan_id: Mapped[int] = mapped_column(ForeignKey(Loan.id), unique=True)
    face: Mapped[str]
    given_at: Mapped[datetime]


class Wait(Base):
    """Somebody's place in the line for a kind (and size) at a site, until it ends.

    Wanted is a loan of so many `days` (calendar days after its first), from `first_day` on or as
    soon as there is one. The line of a kind goes by `position`. "served": it became the
    reservation; "left": by the person; "removed": by the staff; "over": nobody waits that long.
    """

    __tablename__ = "wait"
    counted_in = Area.GOODS
    __table_args__ = (
        CheckConstraint("days > 0", name="some_days"),
        CheckConstraint(
            f"ended_as IS NULL OR {one_of('ended_as', *WAIT_ENDINGS)}", name="known_ending"
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_as IS NULL)", name="ended_both_or_neither"),
        CheckConstraint("reservation_id IS NULL OR ended_as = 'served'", name="got_when_served"),
        Index(
            "ix_wait_kind_id_position_waiting",
            "kind_id",
            "position",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey(Kind.id), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), index=True)
    size: Mapped[str | None]
    for_name: Mapped[str]
    first_day: Mapped[date]
    days: Mapped[int]
    position: Mapped[int]
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None]
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey(Reservation.id), unique=True)

    kind: Mapped[Kind] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    site: Mapped[Site] = relationship(lazy="raise_on_sql")


class Displacement(Base):
    """A promise whose thing is gone or broken, and the place in line that came in its stead."""

    __tablename__ = "displacement"

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey(Line.id), unique=True)
    wait_id: Mapped[int] = mapped_column(ForeignKey(Wait.id), unique=True)


class Closing(Base):
    """Days on which a site will be closed: planned, held until `send_at`, then applied or not.

    Until then it can be withdrawn and nothing has changed. When it is applied the days close, what
    falls on them is moved (at most so many due days `most_a_day`, if it can be helped) and each
    person is told once.
    """

    __tablename__ = "closing"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("most_a_day > 0", name="some_a_day"),
        CheckConstraint("withdrawn_at IS NULL OR applied_at IS NULL", name="one_ending"),
        only_one("uq_closing_held", "site_id", where="applied_at IS NULL AND withdrawn_at IS NULL"),
    )

    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str | None]
    most_a_day: Mapped[int]
    made_at: Mapped[datetime]
    send_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]


class MovedDay(Base):
    """A day that a closing moved: of a loan its due day, of a reservation one of its three days.

    Without a new `day` none was found: its person is called.
    """

    __tablename__ = "moved_day"
    __table_args__ = (
        CheckConstraint(one_of("what", *MOVED), name="known_what"),
        CheckConstraint("(loan_id IS NULL) <> (reservation_id IS NULL)", name="of_one"),
    )

    id: Mapped[Id]
    closing_id: Mapped[int] = mapped_column(ForeignKey(Closing.id), index=True)
    loan_id: Mapped[int | None] = mapped_column(ForeignKey(Loan.id), index=True)
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey(Reservation.id), index=True)
    what: Mapped[str]
    was_day: Mapped[date]
    day: Mapped[date | None]


class BorrowerBlock(Base):
    """Somebody borrows nothing until `last_day` is over, for one of four reasons.

    "late": things did not come back in time; "damage" and "lost": what became of them is not
    settled; "rules": they were used against the rules. Nothing is written beside it, and nothing is
    kept of it when it is over.
    """

    __tablename__ = "borrower_block"
    counted_in = Area.GOODS  # who is blocked holds up nobody in line
    __table_args__ = (CheckConstraint(one_of("reason", *BLOCKS), name="known_reason"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), unique=True)
    reason: Mapped[str]
    last_day: Mapped[date] = mapped_column(index=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class Step(Base):
    """What somebody did to one thing, and how it stood before and after; undone at `undone_at`.

    It can be undone while the thing stands as `after` says. `entry` is the thing's newest journal
    line of then. Steps of one act (a whole reservation handed out) name the `first` of them.
    """

    __tablename__ = "desk_step"
    counted_in = Area.WORK
    __table_args__ = (CheckConstraint(one_of("verb", *STEPS), name="known_verb"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey(Item.id), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey(Entry.id), index=True)
    first_id: Mapped[int | None] = mapped_column(ForeignKey("desk_step.id"), index=True)
    verb: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(index=True)
    undone_at: Mapped[datetime | None]

    item: Mapped[Item] = relationship(lazy="raise_on_sql")


class CalendarFeed(Base):
    """A secret address from which a calendar reads somebody's, a unit's or a site's days.

    The address is made from `nonce` and the installation's secret, until `ended_at`.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN site_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="of_one",
        ),
        only_one("uq_calendar_feed_person", "person_id", where=OPEN_FEED.format("person_id")),
        only_one("uq_calendar_feed_unit", "unit_id", where=OPEN_FEED.format("unit_id")),
        only_one("uq_calendar_feed_site", "site_id", where=OPEN_FEED.format("site_id")),
    )

    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey(Site.id), index=True)
    nonce: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    site: Mapped[Site | None] = relationship(lazy="raise_on_sql")


class Sending(Base):
    """A message that was written to somebody: by which way, never its words.

    `message_id` is its number in the outbox, which knows whether it went. A text message has the
    mark of the number it went to, and what the network said of it later.
    """

    __tablename__ = "sending"
    __table_args__ = (
        CheckConstraint(one_of("way", *WAYS), name="known_way"),
        CheckConstraint("(way = 'sms') = (number_mark IS NOT NULL)", name="marked_when_sms"),
        Index("ix_sending_number_mark_id", "number_mark", "id"),
    )

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_message.id", ondelete="CASCADE"), unique=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    kind: Mapped[str]
    way: Mapped[str]
    number_mark: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]
    undelivered_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    message: Mapped[Message] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class SendingAbout(Base):
    """A loan or a reservation that a message named, and the due day that it told."""

    __tablename__ = "sending_about"
    __table_args__ = (
        CheckConstraint("(loan_id IS NULL) <> (reservation_id IS NULL)", name="one_thing"),
        CheckConstraint("(loan_id IS NULL) = (due_on IS NULL)", name="loans_have_days"),
    )

    id: Mapped[Id]
    sending_id: Mapped[int] = mapped_column(ForeignKey(Sending.id, ondelete="CASCADE"), index=True)
    loan_id: Mapped[int | None] = mapped_column(ForeignKey(Loan.id), index=True)
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey(Reservation.id), index=True)
    due_on: Mapped[date | None]

    loan: Mapped[Loan | None] = relationship(lazy="raise_on_sql")
    reservation: Mapped[Reservation | None] = relationship(lazy="raise_on_sql")


class Answer(Base):
    """A text message that came back: what it meant, never its words nor its number.

    `gateway_mark` is of the gateway's own number for it, so that it counts once.
    """

    __tablename__ = "sms_answer"
    __table_args__ = (CheckConstraint(one_of("meaning", *MEANINGS), name="known_meaning"),)

    id: Mapped[Id]
    gateway_mark: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    meaning: Mapped[str]
    came_at: Mapped[datetime] = mapped_column(index=True)
