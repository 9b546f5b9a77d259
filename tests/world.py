"""A small world with something of everything in it, so that no screen is empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from lainaamo.administration import safety
from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.outbox import Message
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import Lainaamo
from lainaamo.goods import blanks
from lainaamo.lending import feeds, letter_links, opinions, sendings
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Loan
from lainaamo.lending.sendings import About
from lainaamo.people import staff, tokens
from lainaamo.people.models import Person
from tests.make import Make

MON = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class World:
    """What the addresses of screens are filled with: by argument, or by endpoint and argument."""

    known: Mapping[str, Any]

    def arguments(self, endpoint: str, names: set[str]) -> dict[str, Any]:
        """Return the arguments of an address; a new name must be given a value below."""
        found = {}
        for name in names:
            own = f"{endpoint}.{name}"
            assert own in self.known or name in self.known, f"tests/world.py knows no {own}"
            found[name] = self.known.get(own, self.known.get(name))
        return found


def _device(app: Lainaamo) -> int:
    with app.app_context(), transaction():
        return staff.trust_device("Tiski 1")[0].id


def _token(app: Lainaamo, make: Make) -> int:
    person, key = make.person("worker"), installation_key(app.config["SETTINGS"])
    with app.app_context(), transaction():
        return tokens.make(session.get_one(Person, person.id), "worker", key=key, words="kassa").id


def _invitation(app: Lainaamo, make: Make) -> str:
    person, key = make.person("counter"), installation_key(app.config["SETTINGS"])
    with app.app_context(), transaction():
        made = staff.invite(session.get_one(Person, person.id), key=key)
        return staff.invitation_token(key, made.nonce)


def _letter(app: Lainaamo, loan: Loan) -> str:
    """Let a reminder of a loan have gone out; return the token of its link."""
    with app.app_context():
        with transaction():
            outbox.promise("loan.reminder", "1:2026-03-02", person=loan.person_id)
            row = session.scalars(select(Message).where(Message.kind == "loan.reminder")).one()
            row.dead_at = clock.now()
            facts: dict[str, Any] = {
                "kind": "loan.reminder",
                "way": "mail",
                "person_id": loan.person_id,
            }
            sendings.note(row.id, **facts, mark=None, about=[About.loan(loan)])
        return letter_links.path_of(row.id, app.config["SETTINGS"]).removeprefix("/v/")


def _stopped(app: Lainaamo) -> int:
    with app.app_context(), transaction():
        return safety.add({"model": "Tuisku", "source": "Tukes"}).thing_id


def build(app: Lainaamo, make: Make) -> World:
    """Make sites, goods of both pools, a loan, a late one, a reservation, a repair and a lot."""
    site = make.site()
    make.site("kirjasto")
    make.closed(MON + timedelta(3))
    room = make.place("Sali", level="room")
    shelf = make.place("A1", parent=room, sign=True)
    skis, desks = make.category("skis"), make.category("desks", pool="reuse")
    make.terms(skis, days=7, turnaround_days=1)
    kind = make.kind("Murtomaasukset", category=skis, price_new_cents=19900, name_sv="Skidor")
    others = [make.kind(f"Luistimet {n}", category=skis) for n in range(8)]
    for other in others:
        make.item(other, size="38", place=shelf)
    items = [make.item(kind, size=size, place=shelf) for size in ("150", "160", "170", "180")]
    make.part(items[0])
    reuse = make.kind("Työpöytä", category=desks, description="Sähköinen", price_new_cents=45000)
    lot = make.item(reuse, quantity=12, place=shelf, giving_unit_id=make.unit().id)
    with clock.at(clock.now() - timedelta(days=14)):
        late = make.loan(items[1], MON - timedelta(5))
    loan = make.loan(items[2], MON + timedelta(4))
    repair = make.repair(items[3], "clean")
    person = make.person("resident", first_name="Väinö", phone="+358401234567")
    reservation = make.reservation(kind, MON, MON + timedelta(2), person=person, size="150")
    make.page("help", "sv", "Hjälp", "Ring {phone}.")
    make.statement()
    own = own_path(reservation, app.config["SETTINGS"]).removeprefix("/oma/")
    opinion = opinions.path_of(loan.id, app.config["SETTINGS"]).rpartition("/")[2]
    sign = make.sign(items[0])
    unit = make.unit("Päiväkoti")
    claim = make.claim(lot, unit, 4)
    make.taken(make.claim(lot, unit, 2))
    photo = make.photo(items[0])
    change = make.change(shelf, name="A2")
    link = make.link()
    child = make.child(person, "Oona", height_cm=128, shoe_size=32)
    held = make.held(others[0], MON, MON + timedelta(1))
    with app.app_context(), transaction():
        (blank,) = blanks.signs_of(blanks.make_roll(1).id)
    waited = make.kind("Kypärä", category=skis)
    make.loan(make.item(waited, size="M"), MON + timedelta(4))
    wait = make.wait(waited, person, size="M")
    make.wait(waited, size="M")
    feed = make.feed(person_id=person.id)
    feed_token = feeds.path_of(feed, app.config["SETTINGS"]).removeprefix("/kalenteri/")[:-4]
    kit = make.kit("Hiihtopakkaus", (kind, 1), (others[0], 2), category=skis)
    letter = _letter(app, late)
    permit = make.permit_sort()
    make.terms(kind=kind, group_name="club", at_once=30, permit_sort_id=permit.id)
    make.permit(person, permit, MON + timedelta(90))
    known = {
        "letters.letter.token": letter,
        "letters.renew.token": letter,
        "text_id": 10,
        "sending_id": 1,
        "sms.answer.secret": "x",
        "sms.report.secret": "x",
        "thing_id": skis.id,
        **{
            f"administration.{verb}kind_terms{group}.thing_id": kind.id
            for verb in ("", "save_", "inherit_")
            for group in ("", "_of_group")
        },
        "group": "seurat",
        "permit_sort_id": permit.id,
        "stopped_model_id": _stopped(app),
        "kit_id": kit.id,
        "wait_id": wait.id,
        "opinions.ask.token": opinion,
        "opinions.tell.token": opinion,
        "lines.line.kind_id": waited.id,
        "api_token_id": _token(app, make),
        "feeds.calendar.token": feed_token,
        "feed_id": make.feed(site_id=site.id).id,
        "webhook_id": make.webhook("https://partner.example.fi/hook").id,
        "kind": "csv",
        "upload_id": make.upload().id,
        "claiming.blank.sign": blank,
        "claiming.claim.sign": blank,
        "kind_id": kind.id,
        "catalogue.reuse_kind.kind_id": reuse.id,
        "token": own,
        "sign": sign,
        "code": sign,
        "item_id": items[0].id,
        "lot_id": lot.id,
        "claim_id": claim.id,
        "unit_id": unit.id,
        "reservation_id": reservation.id,
        "loan_id": loan.id,
        "late_loan_id": late.id,
        "photo_id": photo.id,
        "donation_id": make.donation(items[0]).id,
        "file": f"{photo.name}.m.webp",
        "line_id": make.lines(reservation)[0].id,
        "repair_id": repair.id,
        "person_id": person.id,
        "child_id": child.id,
        "entry.link_page.token": link,
        "entry.follow_link.token": link,
        "confirming.link_page.link": make.confirm_link(held),
        "confirming.follow_link.link": make.confirm_link(held),
        "device_id": _device(app),
        "grant_id": 1,
        "sign_in_id": 1,
        "account.invitation.token": _invitation(app, make),
        "account.take_invitation.token": _invitation(app, make),
        "site_id": site.id,
        "agreement_id": make.agreement().id,
        "service_type_id": 1,
        "month": "2026-03",
        "feedback_id": make.feedback(reply_to="anna@example.fi").id,
        "look.icon.icon": "icon-192",
        "report_id": make.found_report(items[0], contact="anna@example.fi").id,
        "page_key": "help",
        "language": "sv",
        "texts.earlier.version": 1,
        "texts.restore.version": 1,
        "statement.restore.version": 1,
        "place_id": shelf.id,
        "category_id": skis.id,
        "change_id": change.id,
        "day": str(MON + timedelta(3)),
    }
    return World(known)
