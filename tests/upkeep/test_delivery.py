"""Whether a message arrived: a mail server that is away, addresses that take no mail, the desk."""

import socket
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from lainaamo.config import Settings
from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.outbox import Message
from lainaamo.core.web import Lainaamo
from lainaamo.lending import sendings
from lainaamo.lending.models import Sending, SendingAbout
from lainaamo.people.models import Person
from lainaamo.upkeep import actions, mail, notices
from tests.conftest import SignedIn
from tests.letterbox import Letterbox, standing_letterbox
from tests.make import Make


def deliver(app: Lainaamo, settings: Settings) -> None:
    with app.app_context():
        with mail.kept_open():
            outbox.deliver(notices.handlers(settings))
        session.remove()


def reserved(make: Make, *people: Person) -> None:
    kind = make.kind("Teltta")
    for person in people:
        make.item(kind)
        make.reservation(kind, clock.today(), clock.today(), person=person)


def test_a_mail_server_that_is_down_for_an_hour_loses_nothing_and_sends_nothing_twice(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    people = [make.person(email=f"p{number}@example.fi") for number in range(3)]
    with standing_letterbox() as box:
        settings = replace(settings, smtp_url=box.address)
        reserved(make, people[0])
        deliver(app, settings)
        assert len(box.mails) == 1
    reserved(make, *people[1:])
    for minutes in range(0, 60, 5):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            deliver(app, settings)
    again = Letterbox(box.address)
    with standing_letterbox(again):
        for minutes in range(60, 200, 5):
            with clock.at(clock.now() + timedelta(minutes=minutes)):
                deliver(app, settings)
    assert sorted(str(one["To"]) for one in again.mails) == ["p1@example.fi", "p2@example.fi"]


def test_a_mail_server_that_is_away_is_asked_once_a_round_not_once_a_mail(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    reserved(make, *(make.person(email=f"p{number}@example.fi") for number in range(4)))
    with standing_letterbox() as box:
        gone = replace(settings, smtp_url=box.address)
    deliver(app, gone)
    with app.app_context():
        assert sorted(session.scalars(select(Message.tries))) == [0, 0, 0, 1]


def test_a_connection_that_was_cut_between_two_mails_is_made_anew(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    reserved(make, *(make.person(email=f"p{number}@example.fi") for number in range(2)))
    with standing_letterbox() as box:
        settings = replace(settings, smtp_url=box.address)
        with app.app_context():
            with mail.kept_open():
                handlers = notices.handlers(settings)
                outbox.deliver(handlers, most=1)
                line = mail._line.get()  # noqa: SLF001 - to cut it
                assert line is not None
                assert line.server is not None
                assert line.server.sock is not None
                line.server.sock.shutdown(socket.SHUT_RDWR)
                outbox.deliver(handlers)
            session.remove()
    assert len(box.mails) == 2


def test_who_takes_no_mail_is_given_up_at_once_and_called_by_the_desk(
    app: Lainaamo, make: Make, settings: Settings, signed_in: SignedIn
) -> None:
    reserved(make, make.person(first_name="Väinö", email="gone@example.fi"))
    with standing_letterbox() as box:
        box.refused.add("gone@example.fi")
        deliver(app, replace(settings, smtp_url=box.address))
    desk = signed_in("counter")
    page = desk.get("/tiski/viestit").text
    assert "Väinö" in page
    assert "Sähköpostiosoite ei ota postia vastaan." in page
    assert "1 viesti ei mennyt perille" in desk.get("/tiski/aamu").text
    with app.app_context():
        sending_id = session.scalars(select(Sending.id)).one()
    for _ in range(2):
        assert desk.post(f"/tiski/viestit/{sending_id}/hoidettu").status_code == 303
    assert "Väinö" not in desk.get("/tiski/viestit").text


def test_who_takes_no_mail_but_has_a_phone_gets_a_text_message(
    app: Lainaamo, make: Make, settings: Settings, signed_in: SignedIn
) -> None:
    reserved(make, make.person(email="gone@example.fi", phone="+358401234567"))
    with standing_letterbox() as box:
        box.refused.add("gone@example.fi")
        deliver(app, replace(settings, smtp_url=box.address))
    assert len(list((settings.folder / "sms").iterdir())) == 1
    assert "menneet perille" in signed_in("counter").get("/tiski/viestit").text


def test_the_reservations_screen_says_what_was_sent(
    app: Lainaamo, make: Make, settings: Settings, signed_in: SignedIn
) -> None:
    kind = make.kind("Teltta")
    make.item(kind)
    made = make.reservation(kind, clock.today(), clock.today(), person=make.person())
    deliver(app, settings)
    page = signed_in("counter").get(f"/tiski/varaukset/{made.id}").text
    assert "Varaus tehty" in page
    assert "sähköposti" in page
    assert "lähetetty" in page


def test_the_things_screen_says_what_was_sent_of_its_loan(
    app: Lainaamo, make: Make, settings: Settings, signed_in: SignedIn
) -> None:
    item = make.item()
    with clock.at(clock.now() - timedelta(days=3)):
        make.loan(item, clock.today() + timedelta(3), person=make.person())
    with app.app_context():
        actions.remind(settings)
    deliver(app, settings)
    page = signed_in("counter").get(f"/tavarat/{make.sign(item)}").text
    assert "Muistutus: palautuspäivä on tänään" in page


def test_what_was_sent_is_forgotten_at_its_keep_time_and_never_holds_words(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    reserved(make, make.person(first_name="Väinö"))
    deliver(app, settings)
    with app.app_context():
        kept = session.scalars(select(Sending)).one()
        held = [getattr(kept, column.name) for column in Sending.__table__.c]
        assert "Väinö" not in str(held)
    for days, left in ((90, 1), (91, 0)):
        with clock.at(clock.now() + timedelta(days=days)), app.app_context():
            actions.forget_sent()
            assert len(session.scalars(select(Sending)).all()) == left
            assert len(session.scalars(select(SendingAbout)).all()) == left


def test_a_code_goes_before_a_thousand_others(app: Lainaamo) -> None:
    order: list[str] = []
    with app.app_context():
        with transaction():
            for number in range(5):
                outbox.promise("loan.reminder", str(number))
            outbox.promise("code.asked", "1", at_once=True)
        names = ("loan.reminder", "code.asked")
        outbox.deliver({name: lambda _p, _id, name=name: order.append(name) for name in names})  # type: ignore[misc]
    assert order[0] == "code.asked"


def test_what_is_put_off_costs_no_try_and_what_is_hopeless_no_more(app: Lainaamo) -> None:
    morning = clock.now() + timedelta(hours=9)

    def later(_payload: object, _id: str) -> None:
        raise outbox.Later(morning)

    def never(_payload: object, _id: str) -> None:
        raise outbox.Never("refused")

    with app.app_context():
        with transaction():
            outbox.promise("later", "1")
            outbox.promise("never", "1")
        outbox.deliver({"later": later, "never": never})
        first, second = session.scalars(select(Message).order_by(Message.id)).all()
        assert (first.due_at, first.tries, first.dead_at) == (morning, 0, None)
        assert (second.dead_at, second.last_error) == (clock.now(), "refused")


def test_which_way_is_chosen_on_the_own_page(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    person = make.person("resident", email="a@example.fi", phone="+358401234567")
    own = signed_in("resident", person_id=person.id)
    assert own.post("/omat/viestit", data={"way": "sms"}).status_code == 303
    assert make.again(person).prefers_sms
    page = own.get("/omat/tiedot").text
    assert 'value="sms" checked' in page
    own.post("/omat/viestit", data={"way": "carrier pigeon"})
    assert not make.again(person).prefers_sms


def test_one_number_is_always_the_same_mark_and_tells_nothing_of_it() -> None:
    one, other = (sendings.number_mark("+358401234567", key=key) for key in ("a", "b"))
    assert one == sendings.number_mark("+358401234567", key="a") != other
    assert "4012" not in one
