"""Makes the world a test needs: `make.item(kind, size="150")`, each in a transaction of its own.

What it returns is a plain row, read after it was kept and tied to no session.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import select, update

from lainaamo.administration import actions as administration
from lainaamo.administration.models import Change
from lainaamo.administration.places import PLACE
from lainaamo.core import clock, webhooks
from lainaamo.core.db import session, transaction
from lainaamo.core.files import new_name
from lainaamo.core.orm import Base
from lainaamo.core.secrets import installation_key
from lainaamo.core.webhooks import Webhook
from lainaamo.feedback import actions as feedback
from lainaamo.feedback import found
from lainaamo.feedback.models import Feedback, FoundReport
from lainaamo.goods import actions as goods
from lainaamo.goods import finding, safety
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import (
    Category,
    Code,
    Component,
    DayException,
    Item,
    Kind,
    OpeningHours,
    Part,
    Photo,
    Place,
    Repair,
    SafetyRule,
    Site,
    Use,
)
from lainaamo.goods.photos import SIZES
from lainaamo.goods.photos import Photo as Prepared
from lainaamo.intake import actions as intake
from lainaamo.intake import uploads
from lainaamo.intake.models import Upload
from lainaamo.lending import actions as lending
from lainaamo.lending import confirming, feeds, standing, undo, waiting
from lainaamo.lending import queries as lending_queries
from lainaamo.lending.confirming import Stranger
from lainaamo.lending.models import (
    CalendarFeed,
    Line,
    Loan,
    LoanTerms,
    PermitSort,
    Reservation,
    Wait,
)
from lainaamo.pages import actions as pages
from lainaamo.pages import queries as pages_queries
from lainaamo.pages import statement
from lainaamo.pages.models import OutageNotice, PageVersion, StatementVersion
from lainaamo.people import actions as people
from lainaamo.people import residents, tokens
from lainaamo.people.models import Child, ContactProof, Grant, Person, Unit
from lainaamo.people.rules import Contact, read_contact
from lainaamo.procurement import actions as procurement
from lainaamo.procurement.models import Claim
from lainaamo.reception import donors
from lainaamo.reception.models import DonatedThing, Donation
from lainaamo.work import agreements
from lainaamo.work.agreements import Agreed
from lainaamo.work.models import Agreement, ServiceType
from lainaamo.work.rules import Span
from lainaamo.work.shipped import load_service_types

Row = TypeVar("Row", bound=Base)
WORKDAYS = range(5)


class Make:
    """Builds rows with sensible facts; name only those that the test is about."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.count = 0

    def kept(self, row: Row) -> Row:
        """Keep a row as it is and return it."""
        with self.app.app_context():
            with transaction():
                session.add(row)
            return _loose(row)

    def again(self, row: Row) -> Row:
        """Return the row as the database has it now."""
        with self.app.app_context():
            return _loose(session.get_one(type(row), row.id))  # type: ignore[attr-defined]  # every model has an id

    def _next(self) -> int:
        self.count += 1
        return self.count

    # Places

    def site(
        self,
        key: str = "varasto",
        *,
        open_on: Iterable[int] = WORKDAYS,
        opens: time = time(12),
        closes: time = time(17),
    ) -> Site:
        """Return the site with this key; made when it is new, open Monday to Friday, 12 to 17."""
        with self.app.app_context():
            site = session.scalar(select(Site).where(Site.key == key))
            if site is not None:
                return _loose(site)
            with transaction():
                site = Site(key=key, name=key.title(), address="Tie 1, Ii", phone="08 1234567")
                session.add(site)
                session.flush()
                for weekday in open_on:
                    hours = {"weekday": weekday, "opens": opens, "closes": closes}
                    session.add(OpeningHours(site_id=site.id, **hours))
            return _loose(site)

    def closed(self, day: date, *, site: Site | None = None) -> DayException:
        """Close a site for a day."""
        return self.kept(DayException(site_id=(site or self.site()).id, day=day))

    def place(
        self,
        name: str = "A1",
        *,
        site: Site | None = None,
        parent: Place | None = None,
        level: str = "shelf",
        sign: bool = False,
    ) -> Place:
        """Make a shelf (or a room) of a site; with `sign` it has a code."""
        site_id = (site or self.site()).id
        parent_id = parent.id if parent else None
        place = self.kept(Place(site_id=site_id, name=name, level=level, parent_id=parent_id))
        if sign:
            with self.app.app_context(), transaction():
                goods.label_place(place)
        return place

    # Goods

    def photo(self, item: Item) -> Photo:
        """Show a photo of a thing, one of its own."""
        number = self._next()
        files = {size: f"photo {number}".encode() for size in SIZES}
        with self.app.app_context(), transaction():
            name, photo = new_name(), Prepared(files, 960, 720, f"{number:064}")
            for size, content in files.items():
                self.app.config["FILES"].keep(name, f"{size}.webp", content)
            return _loose(goods.add_photo(goods_queries.get_item(item.id), name, photo))

    def donation(self, *items: Item, first_name: str | None = "Maija", **facts: str) -> Donation:
        """Take these things in as a resident's donation, who left a contact (`email`, `phone`)."""
        contact = Contact(facts.get("email"), facts.get("phone"))
        with self.app.app_context():
            with transaction():
                made = donors.accept(
                    first_name=first_name,
                    contact=contact if contact.text else None,
                    locale=facts.get("locale", "fi"),
                    terms_number=0,
                    terms_locale="fi",
                    terms_hash=f"{0:064}",
                )
                for item in items:
                    session.add(DonatedThing(donation_id=made.id, item_id=item.id))
            return _loose(made)

    def category(
        self,
        key: str = "skis",
        *,
        pool: str = "lendable",
        parent: Category | None = None,
        attributes: Iterable[str] = (),
    ) -> Category:
        """Return the category with this key; made when it is new."""
        with self.app.app_context():
            found = session.scalar(select(Category).where(Category.key == key))
            if found is not None:
                return _loose(found)
        row = Category(
            key=key,
            parent_id=parent.id if parent else None,
            position=self._next(),
            name=key.title(),
            name_simple=key.title(),
            name_sv=key.title(),
            name_en=key.title(),
            pictogram="box",
            cpv="37410000",
            pool=pool,
            attributes=list(attributes),
            aliases=[],
        )
        return self.kept(row)

    def terms(
        self,
        category: Category | None = None,
        *,
        days: int = 14,
        longest_days: int = 28,
        at_once: int = 5,
        ahead_days: int = 180,
        turnaround_days: int = 0,
        kind: Kind | None = None,
        **more: int | str | bool,
    ) -> LoanTerms:
        """Set the terms of a category, or of a kind; `more` are the rest of the columns."""
        row = LoanTerms(
            category_id=(category or self.category()).id if kind is None else None,
            kind_id=kind.id if kind is not None else None,
            days=days,
            longest_days=longest_days,
            at_once=at_once,
            ahead_days=ahead_days,
            turnaround_days=turnaround_days,
            **more,
        )
        return self.kept(row)

    def safety(self, category: Category, **rule: object) -> SafetyRule:
        """Say how the things of a category are kept safe; a rule that there is takes these."""
        usual: dict[str, object] = {"checklist": "none", "fall_ends": False}
        with self.app.app_context():
            with transaction():
                wanted = select(SafetyRule).where(SafetyRule.category_id == category.id)
                row = session.scalar(wanted) or SafetyRule(category_id=category.id, **usual)
                for name, value in rule.items():
                    setattr(row, name, value)
                session.add(row)
            return _loose(row)

    def reckon(self) -> None:
        """Reckon until when things may be used, as a changed rule does."""
        with self.app.app_context(), transaction():
            safety.reckon_all()

    def loans(self, item: Item) -> list[Loan]:
        """Return the loans of a thing, the newest first."""
        with self.app.app_context():
            return [_loose(one) for one in lending_queries.loans_of(item.id)]

    def last_step(self, item: Item) -> int:
        """Return what was done to a thing last, as it is undone."""
        with self.app.app_context():
            return undo.of_items([item.id])[item.id].id

    def permit_sort(self, name: str = "Kiipeilykortti") -> PermitSort:
        """Make something that terms can ask for."""
        names = dict.fromkeys(("name", "name_simple", "name_sv", "name_en"), name)
        return self.kept(PermitSort(**names))

    def permit(self, person: Person, sort: PermitSort, last_day: date) -> None:
        """Tick that somebody has a permit until a day."""
        with self.app.app_context(), transaction():
            standing.give_permit(session.get_one(Person, person.id), sort.id, last_day=last_day)

    def group(self, person: Person, group: str) -> None:
        """Let somebody borrow on a group's terms."""
        with self.app.app_context(), transaction():
            standing.put_in_group(session.get_one(Person, person.id), group)

    def kind(
        self,
        name: str = "Sukset",
        *,
        category: Category | None = None,
        pool: str | None = None,
        price_new_cents: int | None = None,
        description: str | None = None,
        picture: str | None = None,
        **names: str,
    ) -> Kind:
        """Make a kind; without a category one of its pool is found or made.

        `names` are name_simple, name_sv and name_en.
        """
        home = category or self.category(
            "desks" if pool == "reuse" else "skis", pool=pool or "lendable"
        )
        row = Kind(
            category_id=home.id,
            pool=pool or home.pool,
            name=name,
            **names,
            description=description,
            picture=picture,
            price_new_cents=price_new_cents,
            made_at=clock.now(),
        )
        with self.app.app_context():
            with transaction():
                session.add(row)
                session.flush()
                finding.index_kinds([row.id])
            return _loose(row)

    def kit(self, name: str, *parts: tuple[Kind | int, int], **facts: Any) -> Kind:
        """Make a kit of so many of these kinds."""
        kit = self.kind(name, **facts)
        for kind, quantity in parts:
            kind_id = kind if isinstance(kind, int) else kind.id
            self.kept(Component(kit_id=kit.id, kind_id=kind_id, quantity=quantity))
        return kit

    def kinds_of(self, kit: Kind) -> list[Kind]:
        """Return the kinds a kit is put together from."""
        with self.app.app_context():
            return [_loose(kind) for kind, _number in goods_queries.components_of(kit.id)]

    def item(
        self,
        kind: Kind | None = None,
        *,
        size: str | None = None,
        site: Site | None = None,
        place: Place | None = None,
        sign: bool | str = True,
        quantity: int = 1,
        condition: str = "good",
        **facts: object,
    ) -> Item:
        """Receive a thing; `sign` gives it a code (a text: this one), `place` puts it there."""
        kind = kind or self.kind()
        site_id = site.id if site else place.site_id if place else self.site().id
        known = {"size": size, "condition": condition, **facts}
        with self.app.app_context():
            with transaction():
                item = goods.receive(kind, site_id=site_id, quantity=quantity, **known)
                if place is not None:
                    goods.shelve(item, place)
                if isinstance(sign, str):
                    session.add(Code(sign=sign, item_id=item.id, made_at=clock.now()))
                elif sign:
                    goods.label(item)
            return _loose(item)

    def sign(self, thing: Item | Place) -> str:
        """Return the code of a thing or a shelf; it gets one when it has none."""
        with self.app.app_context(), transaction():
            return goods.label(thing) if isinstance(thing, Item) else goods.label_place(thing)

    def part(self, item: Item, name: str = "sauvat", *, quantity: int = 1) -> Part:
        """Say that an accessory goes with a thing."""
        return self.kept(Part(item_id=item.id, name=name, quantity=quantity))

    def repair(self, item: Item, need: str = "repair") -> Repair:
        """Take a thing out of circulation."""
        with self.app.app_context():
            with transaction():
                goods.lock_kinds([item.kind_id])
                repair = goods.open_repair(session.get_one(Item, item.id), need)
            return _loose(repair)

    # Feedback

    def feedback(
        self,
        face: str = "good",
        text: str | None = "Hyvä palvelu",
        *,
        about: str = "service",
        reply_to: str | None = None,
        locale: str = "fi",
    ) -> Feedback:
        """Give feedback at the clock's moment."""
        with self.app.app_context():
            with transaction():
                row = feedback.give(
                    about=about, face=face, text=text, reply_to=reply_to, page="/", locale=locale
                )
            return _loose(row)

    def found_report(
        self, item: Item, spot: str = "Bussipysäkillä", *, contact: str | None = None
    ) -> FoundReport:
        """Tell as a stranger that a thing was found."""
        reached = read_contact(contact) if contact else None
        with self.app.app_context():
            with transaction():
                row = found.report(
                    goods_queries.get_item(item.id), spot=spot, contact=reached, locale="fi"
                )
            return _loose(row)

    # The site's own pages

    def page(self, key: str, locale: str, title: str, body: str) -> PageVersion:
        """Save a page in a language over what there is."""
        with self.app.app_context():
            with transaction():
                newest = pages_queries.newest(key).get(locale)
                seen = newest.number if newest else 0
                number = pages.save(key, locale, title, body, seen=seen)
            return _loose(pages_queries.get_version(key, locale, number))

    def statement(self, **changes: object) -> StatementVersion:
        """Save the shipped facts of the accessibility statement, some of them changed."""
        with self.app.app_context():
            with transaction():
                before = pages_queries.find_statement()
                kept = {**statement.facts(before).kept(), **changes}
                pages.state(kept, seen=before.number if before else 0)
            found = pages_queries.find_statement()
            assert found is not None
            return _loose(found)

    def notice(
        self, text: str = "Tiski on kiinni.", *, until: datetime | None = None, **others: str
    ) -> OutageNotice:
        """Put a notice on every page; `others` by language, `simple` for plain Finnish."""
        texts = {"fi": text, **others, "fi-simple": others.get("simple", "")}
        with self.app.app_context():
            with transaction():
                before = pages_queries.find_notice()
                seen = before.number if before else 0
                pages.put_up(texts, starts_at=clock.now(), shown_until=until, seen=seen)
            found = pages_queries.find_notice()
            assert found is not None
            return _loose(found)

    # People

    def agreement(
        self,
        person: Person | None = None,
        *,
        first_day: date = date(2026, 2, 2),
        last_day: date = date(2026, 4, 30),
        supervisor: Person | None = None,
        weekdays: Iterable[int] = (0, 1, 2),
        service: str = "rehabilitative",
        break_minutes: int = 0,
    ) -> Agreement:
        """Agree with a worker: 9 to 13 on some weekdays; the clock stands in March 2026."""
        worker = person or self.person("worker", number=self._next())
        boss = supervisor or self.person("supervisor")
        site = self.site()
        with self.app.app_context():
            with transaction():
                load_service_types()
            sort = select(ServiceType.id).where(ServiceType.key == service)
            agreed = Agreed(
                service_type_id=session.scalars(sort).one(),
                supervisor_id=boss.id,
                site_id=site.id,
                contact="Virve, 08 000 0000",
                first_day=first_day,
                last_day=last_day,
                break_minutes=break_minutes,
                plan=dict.fromkeys(weekdays, Span(time(9), time(13))),
            )
            with transaction():
                made = agreements.agree(worker.id, agreed)
            return _loose(made)

    def unit(self, name: str = "Koulu", *, parent: Unit | None = None) -> Unit:
        """Make a unit of the municipality."""
        parent_id = parent.id if parent else None
        return self.kept(Unit(key=f"unit-{self._next()}", name=name, parent_id=parent_id))

    def person(
        self,
        role: str | None = None,
        *,
        first_name: str = "Aino",
        email: str | None = None,
        phone: str | None = None,
        number: int | None = None,
        password: str | None = None,
        unit: Unit | None = None,
        locale: str = "fi",
    ) -> Person:
        """Make a person with an e-mail address (unless a phone is given), a role and a password."""
        own = email if email or phone else f"person{self._next()}@example.fi"
        with self.app.app_context():
            with transaction():
                contact = Contact(own, phone)
                person = people.add_person(
                    first_name, contact=contact, number=number, locale=locale
                )
                if role is not None:
                    people.grant(person, role, unit_id=unit.id if unit else None)
                if password is not None:
                    people.set_password(person, password)
            return _loose(person)

    def token(
        self,
        role: str = "resident",
        person_id: int | None = None,
        *,
        unit: Unit | None = None,
        last_day: date | None = None,
    ) -> str:
        """Make a token for somebody in a role, and return it."""
        found = person_id or self.person(role, unit=unit).id
        key = installation_key(self.app.config["SETTINGS"])
        facts = {"words": "kassa", "unit_id": unit.id if unit else None, "last_day": last_day}
        with self.app.app_context(), transaction():
            person = session.get_one(Person, found)
            made = tokens.make(person, role, key=key, **facts)  # type: ignore[arg-type]  # the three it names
            return tokens.find_text(made, key=key) or ""

    def card(self, person: Person) -> str:
        """Give somebody a card and return its code."""
        with self.app.app_context(), transaction():
            return goods.label_person(person.id)

    def granted(self, person: Person, role: str, *, unit: Unit | None = None) -> None:
        """Give somebody one more role."""
        with self.app.app_context(), transaction():
            row = session.get_one(Person, person.id)
            people.grant(row, role, unit_id=unit.id if unit else None)

    def feed(self, **whose: int) -> CalendarFeed:
        """Make the calendar address of a `person_id`, a `unit_id` or a `site_id`."""
        with self.app.app_context():
            with transaction():
                made = feeds.make(whose)
            return _loose(made)

    def webhook(self, url: str, *events: str) -> Webhook:
        """Let a program be told of these events, else of all."""
        facts = {"words": "Kumppani", "nonce": f"nonce-{self._next()}"}
        with self.app.app_context():
            with transaction():
                made = webhooks.make(url, events=events or tuple(webhooks.EVENTS), **facts)
            return _loose(made)

    def grants_ended(self, person: Person) -> None:
        """End every role a person has."""
        with self.app.app_context(), transaction():
            ended = update(Grant).where(Grant.person_id == person.id)
            session.execute(ended.values(ended_at=clock.now()))

    def child(
        self,
        person: Person,
        first_name: str = "Oona",
        *,
        height_cm: int | None = None,
        shoe_size: int | None = None,
    ) -> Child:
        """Write down a child of somebody."""
        with self.app.app_context():
            with transaction():
                child = residents.add_child(
                    session.get_one(Person, person.id),
                    first_name,
                    height_cm=height_cm,
                    shoe_size=shoe_size,
                )
            return _loose(child)

    def link(self, contact: str = "aino@example.fi", *, browser: str = "") -> str:
        """Ask for a code and return what stands in the link of its message."""
        with self.app.app_context(), transaction():
            asked = residents.ask_code(
                read_contact(contact), browser=browser, going="", locale="fi"
            )
            return residents.token_of(asked, self.app.config["SETTINGS"].secret)

    # Lending

    def reservation(
        self,
        kind: Kind,
        first_day: date,
        last_day: date,
        *,
        person: Person | None = None,
        unit: Unit | None = None,
        size: str | None = None,
        count: int = 1,
        site: Site | None = None,
    ) -> Reservation:
        """Reserve things of a kind for somebody."""
        site_id = (site or self.site()).id
        if unit is None and person is None:
            person = self.person("resident")
        borrower = lending.Borrower(
            person.first_name if person else "Koulu",
            person_id=person.id if person else None,
            unit_id=unit.id if unit else None,
        )
        asked = [lending.Asked(kind.id, size)] * count
        with self.app.app_context():
            with transaction():
                made = lending.reserve(
                    asked, borrower, site_id=site_id, first_day=first_day, last_day=last_day
                )
            return _loose(made)

    def held(
        self,
        kind: Kind,
        first_day: date,
        last_day: date,
        *,
        contact: str = "aino@example.fi",
        browser: str = "",
        name: str = "Aino",
        site: Site | None = None,
    ) -> Reservation:
        """Reserve a thing as somebody who has not signed in and has still to confirm it."""
        stranger = Stranger(name, read_contact(contact), browser=browser, locale="fi")
        days = {"first_day": first_day, "last_day": last_day}
        site_id = (site or self.site()).id
        with self.app.app_context():
            with transaction():
                made = confirming.hold([lending.Asked(kind.id)], stranger, site_id=site_id, **days)
            return _loose(made)

    def confirm_link(self, reservation: Reservation) -> str:
        """Return what stands in the link of the message that asks to confirm."""
        with self.app.app_context():
            same = ContactProof.browser_hash == reservation.browser_hash
            wanted = select(ContactProof).where(same).order_by(ContactProof.id.desc()).limit(1)
            proof = session.scalars(wanted).one()
            return residents.token_of(proof, self.app.config["SETTINGS"].secret)

    def lines(self, reservation: Reservation) -> list[Line]:
        """Return a reservation's lines as the database has them now."""
        with self.app.app_context():
            wanted = select(Line).where(Line.reservation_id == reservation.id).order_by(Line.id)
            return [_loose(line) for line in session.scalars(wanted).all()]

    def loan(self, item: Item, due_on: date, *, person: Person | None = None) -> Loan:
        """Hand a thing out to somebody at the clock's moment."""
        who = person or self.person("resident")
        with self.app.app_context():
            with transaction():
                row = goods_queries.get_item(item.id)
                loan = lending.hand_out(
                    row, lending.Borrower(who.first_name, person_id=who.id), due_on=due_on
                )
            return _loose(loan)

    def wait(
        self,
        kind: Kind,
        person: Person | None = None,
        *,
        size: str | None = None,
        first_day: date | None = None,
        days: int = 7,
        site: Site | None = None,
    ) -> Wait:
        """Let somebody stand in line for a kind."""
        who = person or self.person("resident")
        borrower = lending.Borrower(who.first_name, person_id=who.id)
        facts = {"site_id": (site or self.site()).id, "days": days}
        with self.app.app_context():
            with transaction():
                made = waiting.join(
                    lending.Asked(kind.id, size),
                    borrower,
                    first_day=first_day or clock.today(),
                    **facts,
                )
            return _loose(made)

    def cancelled_reservation(self, made: Reservation) -> None:
        """Cancel a reservation."""
        with self.app.app_context(), transaction():
            lending.cancel(lending_queries.get_reservation(made.id))

    def taken_back(self, item: Item) -> None:
        """Take a thing back at the desk."""
        with self.app.app_context(), transaction():
            lending.take_back(goods_queries.get_item(item.id))

    # Buyers

    def claim(
        self, item: Item, unit: Unit, number: int = 1, *, person: Person | None = None
    ) -> Claim:
        """Book pieces of a lot for a unit."""
        person_id = person.id if person else None
        with self.app.app_context():
            with transaction():
                made = procurement.claim(
                    item.id, unit_id=unit.id, number=number, person_id=person_id
                )
            return _loose(made)

    def taken(self, claim: Claim, number: int | None = None) -> None:
        """Let a unit take what it booked, or some of it."""
        with self.app.app_context(), transaction():
            procurement.hand_over(claim.id, number or claim.waiting)

    def cancelled(self, claim: Claim, number: int | None = None) -> None:
        """Give back what was booked, or some of it."""
        with self.app.app_context(), transaction():
            procurement.cancel(claim.id, number or claim.waiting)

    def upload(self, text: str = "nimi;kpl\nSukset;2\nSauvat;0\n") -> Upload:
        """Bring a list to the screen, to be looked at."""
        content, key = text.encode(), new_name()
        with self.app.app_context():
            with transaction():
                sheet = intake.read_list(content)
                facts = {"key": key, "name": "lista.csv", "content": content}
                upload_id, _ = uploads.keep(sheet, **facts, site_id=None)  # type: ignore[arg-type]
            return _loose(session.get_one(Upload, upload_id))

    # Administration

    def change(self, place: Place, **facts: str) -> Change:
        """Change a room or a shelf as an administrator does."""
        with self.app.app_context():
            with transaction():
                made = administration.edit(PLACE, place.id, facts)
                assert made is not None
            return _loose(made)

    def uses(self, item: Item) -> list[Use]:
        """Return what takes a thing and has not ended."""
        with self.app.app_context():
            wanted = select(Use).where(Use.item_id == item.id, Use.ended_at.is_(None))
            return [_loose(use) for use in session.scalars(wanted.order_by(Use.id)).all()]


def _loose(row: Row) -> Row:
    session.refresh(row)
    session.expunge(row)
    return row
