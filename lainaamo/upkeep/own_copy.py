"""A copy of all that is kept about a person: a page to read, tables, and one file for programs.

The law's right of access and to take one's data along (GDPR, articles 15 and 20). What opens doors
(hashes, tokens) is told as being there, never copied.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import render_template
from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import joinedload

from lainaamo.core import clock, tables
from lainaamo.core.db import session
from lainaamo.core.i18n import NAMES
from lainaamo.core.i18n import gettext as _
from lainaamo.core.journal import Entry
from lainaamo.core.tables import Row
from lainaamo.feedback.models import Feedback, FoundReport
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item, Site
from lainaamo.goods.words import name_of
from lainaamo.lending import blocks, queries
from lainaamo.lending.models import (
    Answer,
    BorrowerBlock,
    CalendarFeed,
    GroupMember,
    Line,
    Loan,
    Opinion,
    Permit,
    Renewal,
    Reservation,
    Sending,
    Wait,
)
from lainaamo.people import words
from lainaamo.people.models import (
    Actor,
    Badge,
    Child,
    ContactProof,
    Grant,
    Identity,
    Invitation,
    Password,
    Person,
    Pin,
    SignIn,
    Token,
    Unit,
)
from lainaamo.procurement.models import Claim
from lainaamo.reception.models import Donation
from lainaamo.work.models import Agreement, DayMark

MOST_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the copy: a code for programs, a title and columns for people."""

    code: str
    title: str
    headers: Sequence[str]
    rows: Sequence[Row]


def sections(person_id: int) -> list[Section]:
    """Return all that is kept about somebody, in the reader's language; empty tables too."""
    person = session.get_one(Person, person_id)
    return [tell(person) for tell in TOLD]


def as_zip(person_id: int, *, service: str) -> bytes:
    """Return the copy as a file: a page, a table of each sort, and all of it as JSON."""
    told, now = sections(person_id), clock.now()
    made = io.BytesIO()
    page = render_template("doors/copy.html", sections=_shown(told), made_at=now, service=service)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_("read-me") + ".html", page)
        archive.writestr("data.json", _as_json(told, now, service))
        for one in told:
            if one.rows:
                archive.writestr(f"{one.code}.csv", b"".join(tables.as_csv(one.headers, one.rows)))
    return made.getvalue()


def _shown(told: Sequence[Section]) -> list[dict[str, Any]]:
    return [
        {
            "title": one.title,
            "headers": one.headers,
            "rows": [[_written(cell) for cell in row] for row in one.rows],
        }
        for one in told
    ]


def _written(cell: object) -> str:
    if isinstance(cell, datetime):
        local = clock.local(cell)
        return f"{local.day}.{local.month}.{local.year} {local.hour}.{local.minute:02}"
    if isinstance(cell, date):
        return f"{cell.day}.{cell.month}.{cell.year}"
    return "" if cell is None else str(cell)


def _as_json(told: Sequence[Section], now: datetime, service: str) -> str:
    parts = {
        one.code: {
            "title": one.title,
            "rows": [dict(zip(one.headers, row, strict=True)) for row in one.rows],
        }
        for one in told
    }
    whole = {"service": service, "made_at": now, "sections": parts}
    return json.dumps(whole, default=_plain, ensure_ascii=False, indent=1)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


# Who it is


def _me(one: Person) -> Section:
    sign = goods.sign_of_person(one.id)
    rows: list[Row] = [
        [_("First name"), one.first_name],
        [_("E-mail"), one.email],
        [_("Phone"), one.phone],
        [_("Language of messages"), NAMES[one.locale]],
        [_("Card"), sign],
        [_("Worker number"), one.number],
        [_("Written down"), one.made_at],
    ]
    return Section("me", _("About me"), [_("What"), _("How it is")], rows)


def _children(one: Person) -> Section:
    headers = [_("First name"), _("Height (cm)"), _("Shoe size"), _("Written down")]
    found = _of(Child, one)
    rows = [[row.first_name, row.height_cm, row.shoe_size, row.made_at] for row in found]
    return Section("children", _("My children"), headers, rows)


def _roles(one: Person) -> Section:
    wanted = select(Grant, Unit.name).outerjoin(Unit, Unit.id == Grant.unit_id)
    found = session.execute(wanted.where(Grant.person_id == one.id).order_by(Grant.id))
    rows = [[words.role_word(row.role), unit, row.made_at, row.ended_at] for row, unit in found]
    return Section("roles", _("Roles"), [_("Role"), _("Unit"), _("From"), _("Until")], rows)


def _ways_in(one: Person) -> Section:
    rows: list[Row] = [[_("Password"), None, row.set_at, None] for row in _of(Password, one)]
    rows += [[_("PIN"), None, row.set_at, None] for row in _of(Pin, one)]
    rows += [[_("Badge"), None, row.made_at, row.ended_at] for row in _of(Badge, one)]
    rows += [[_("Invitation"), None, row.made_at, row.used_at] for row in _of(Invitation, one)]
    rows += [
        [_("Account of another service"), f"{row.issuer}: {row.subject}", row.made_at, None]
        for row in _of(Identity, one)
    ]
    rows += [[_("Program"), row.words, row.made_at, row.ended_at] for row in _of(Token, one)]
    rows += [
        [_("Code sent"), row.email or row.phone, row.asked_at, row.used_at] for row in _codes(one)
    ]
    headers = [_("What"), _("Which"), _("From"), _("Used or ended")]
    return Section("ways_in", _("How I can sign in"), headers, rows)


def _codes(one: Person) -> Sequence[ContactProof]:
    mine = or_(ContactProof.person_id == one.id, _has(ContactProof, one))
    return session.scalars(select(ContactProof).where(mine).order_by(ContactProof.id)).all()


def _sign_ins(one: Person) -> Section:
    headers = [_("Device"), _("Way"), _("From"), _("Last used"), _("Ended")]
    rows = [
        [row.words, words.way_word(row.way), row.made_at, row.seen_at, row.ended_at]
        for row in _of(SignIn, one)
    ]
    return Section("sign_ins", _("Where I have signed in"), headers, rows)


# What was borrowed


def _loans(one: Person) -> Section:
    headers = [_("Item"), _("Size"), _("Code"), _("For whom"), _("Site"), _("Lent"), _("Due day")]
    headers += [_("Returned"), _("Condition"), _("How it went")]
    whole = joinedload(Loan.item).joinedload(Item.kind)
    found = session.scalars(_mine(Loan, one).options(whole)).all()
    signs, sites = goods.signs_of(row.item_id for row in found), _sites()
    faces = _faces(one)
    rows: list[Row] = []
    for row in found:
        what = [name_of(row.item.kind), row.item.size, signs.get(row.item_id), row.for_name]
        when = [sites.get(row.site_id), row.handed_out_at, row.due_on, row.returned_at]
        rows.append([*what, *when, row.condition_back, faces.get(row.id)])
    return Section("loans", _("Loans"), headers, rows)


def _faces(one: Person) -> dict[int, str]:
    wanted = select(Opinion.loan_id, Opinion.face).join(Loan, Loan.id == Opinion.loan_id)
    rows = session.execute(wanted.where(Loan.person_id == one.id))
    return {loan_id: face for loan_id, face in rows}  # noqa: C416 - a row is no pair to mypy


def _renewals(one: Person) -> Section:
    wanted = select(Renewal, Loan.item_id).join(Loan, Loan.id == Renewal.loan_id)
    found = session.execute(wanted.where(Loan.person_id == one.id).order_by(Renewal.id)).all()
    signs = goods.signs_of(item_id for _row, item_id in found)
    rows = [[signs.get(item), row.was_due_on, row.due_on, row.made_at] for row, item in found]
    headers = [_("Code"), _("Was due"), _("Due day"), _("Renewed")]
    return Section("renewals", _("Renewals"), headers, rows)


def _reservations(one: Person) -> Section:
    wanted = queries.whole().where(Reservation.person_id == one.id).order_by(Reservation.id)
    rows = [_line(made, line) for made in session.scalars(wanted) for line in made.lines]
    headers = [_("Item"), _("Size"), _("For whom"), _("Site"), _("First day"), _("Last day")]
    headers += [_("Pickup code"), _("Reserved at"), _("Ended"), _("How it ended")]
    return Section("reservations", _("Reservations"), headers, rows)


def _line(made: Reservation, line: Line) -> Row:
    whom = (line.bundle.for_name if line.bundle else None) or made.for_name
    what = [name_of(line.kind), line.size, whom, made.site.name, made.first_day, made.last_day]
    return [*what, made.pick_up_code, made.made_at, line.ended_at, line.ended_as]


def _waits(one: Person) -> Section:
    whole = (joinedload(Wait.kind), joinedload(Wait.site))
    headers = [_("Item"), _("Size"), _("For whom"), _("Site"), _("First day"), _("Joined")]
    rows = [
        [
            *(name_of(row.kind), row.size, row.for_name, row.site.name),
            *(row.first_day, row.joined_at, row.ended_at, row.ended_as),
        ]
        for row in session.scalars(_mine(Wait, one).options(*whole))
    ]
    return Section("waits", _("Waiting lists"), [*headers, _("Ended"), _("How it ended")], rows)


def _blocks(one: Person) -> Section:
    rows = [
        [_(blocks.REASONS[row.reason]), row.last_day, row.made_at]
        for row in _of(BorrowerBlock, one)
    ]
    headers = [_("Why"), _("Last day"), _("From")]
    return Section("blocks", _("Borrowing block"), headers, rows)


def _permits(one: Person) -> Section:
    names = queries.permit_names()
    rows = [[names.get(row.sort_id), row.last_day, row.made_at] for row in _of(Permit, one)]
    rows += [[row.group_name, None, row.made_at] for row in _of(GroupMember, one)]
    headers = [_("What"), _("Last day"), _("From")]
    return Section("permits", _("Permits, and the group on whose terms I borrow"), headers, rows)


def _agreements(one: Person) -> Section:
    whole = joinedload(Agreement.service_type)
    rows: list[Row] = [
        [name_of(row.service_type), row.first_day, row.last_day, row.contact]
        for row in session.scalars(_mine(Agreement, one).options(whole))
    ]
    headers = [_("What"), _("From"), _("Until"), _("Contact person")]
    return Section("agreements", _("Agreements about work"), headers, rows)


def _day_marks(one: Person) -> Section:
    wanted = select(DayMark).join(Agreement, Agreement.id == DayMark.agreement_id)
    found = session.scalars(wanted.where(Agreement.person_id == one.id).order_by(DayMark.id))
    rows: list[Row] = [[row.day, row.mark, row.made_at, row.replaced_at] for row in found]
    headers = [_("Day"), _("What it was"), _("Written down"), _("Ended")]
    return Section("day_marks", _("Days of work"), headers, rows)


def _calendars(one: Person) -> Section:
    rows = [[row.made_at, row.ended_at] for row in _of(CalendarFeed, one)]
    return Section("calendars", _("Calendar addresses"), [_("From"), _("Ended")], rows)


# What was said


def _messages(one: Person) -> Section:
    rows: list[Row] = [
        [row.made_at, row.kind, row.way, row.delivered_at, row.undelivered_at]
        for row in _of(Sending, one)
    ]
    headers = [_("When"), _("Message"), _("Way"), _("Arrived"), _("Did not arrive")]
    return Section("messages", _("Messages to me"), headers, rows)


def _answers(one: Person) -> Section:
    rows: list[Row] = [[row.came_at, row.meaning] for row in _of(Answer, one)]
    headers = [_("When"), _("What it meant")]
    return Section("answers", _("My answers by text message"), headers, rows)


def _feedback(one: Person) -> Section:
    mine = func.lower(Feedback.reply_to) == one.email if one.email else false()
    found = session.scalars(select(Feedback).where(mine).order_by(Feedback.id))
    rows = [[row.given_at, row.face, row.text, row.answer, row.handled_at] for row in found]
    headers = [_("Given"), _("How it went"), _("Feedback"), _("Answer"), _("Handled")]
    return Section("feedback", _("Feedback with my address"), headers, rows)


def _found(one: Person) -> Section:
    wanted = select(FoundReport).where(_has(FoundReport, one)).order_by(FoundReport.id)
    rows = [[row.given_at, row.spot, row.handled_at] for row in session.scalars(wanted)]
    headers = [_("Given"), _("Where it is"), _("Handled")]
    return Section("found", _("Found things I told of"), headers, rows)


def _donations(one: Person) -> Section:
    wanted = select(Donation).where(_has(Donation, one)).order_by(Donation.id)
    found = session.scalars(wanted)
    rows: list[Row] = [[row.made_at, row.first_name, row.terms_number] for row in found]
    headers = [_("Given"), _("First name"), _("Terms accepted")]
    return Section("donations", _("Things I gave"), headers, rows)


def _claims(one: Person) -> Section:
    whole = select(Claim, Unit.name).join(Unit, Unit.id == Claim.unit_id)
    found = session.execute(whole.where(Claim.person_id == one.id).order_by(Claim.id))
    rows: list[Row] = [[unit, row.item_id, row.quantity, row.claimed_at] for row, unit in found]
    headers = [_("Unit"), _("Number of the thing"), _("How many"), _("Booked")]
    return Section("claims", _("Bookings for a unit"), headers, rows)


def _journal(one: Person) -> Section:
    alias = select(Actor.alias).where(Actor.person_id == one.id).scalar_subquery()
    about = (Entry.thing == "person") & (Entry.thing_id == one.id)
    wanted = select(Entry, Entry.actor == alias).where(or_(Entry.actor == alias, about))
    found = session.execute(wanted.order_by(Entry.id.desc()).limit(MOST_LINES))
    rows: list[Row] = [
        [row.happened_at, row.verb, row.thing, row.thing_id, _("I") if mine else _("others")]
        for row, mine in found
    ]
    headers = [_("When"), _("What was done"), _("To what"), _("Number"), _("By whom")]
    return Section("journal", _("What was done by me or to my account"), headers, rows)


TOLD: Sequence[Callable[[Person], Section]] = (
    *(_me, _children, _loans, _renewals, _reservations, _waits, _blocks, _permits, _messages),
    *(
        _answers,
        _calendars,
        _feedback,
        _found,
        _donations,
        _agreements,
        _day_marks,
        _roles,
        _ways_in,
        _sign_ins,
        _claims,
        _journal,
    ),
)
TABLES = frozenset(
    {
        "actor",
        "agreement",
        "api_token",
        "badge",
        "borrower_block",
        "calendar_feed",
        "child",
        "claim",
        "code",
    }
    | {"contact_proof", "group_member", "identity", "invitation", "loan", "password", "permit"}
    | {"pin", "reservation"}
    | {"role_grant", "sending", "sign_in", "sms_answer", "wait"}
)
"""The tables that name a person by id and are told of."""


def _mine(table: type[Any], one: Person) -> Select[Any]:
    return select(table).where(table.person_id == one.id).order_by(table.id)


def _of(table: type[Any], one: Person) -> Iterator[Any]:
    return iter(session.scalars(_mine(table, one)))


def _has(table: type[Any], one: Person) -> ColumnElement[bool]:
    """Tell whether a row holds the person's e-mail address or phone number."""
    held = [table.email == one.email] if one.email else []
    held += [table.phone == one.phone] if one.phone else []
    return or_(false(), *held)


def _sites() -> dict[int, str]:
    rows = session.execute(select(Site.id, Site.name))
    return {site_id: name for site_id, name in rows}  # noqa: C416 - a row is no pair to mypy
