"""Who has not signed in confirms a reservation with a code that was sent to the contact."""

import re
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import func, select

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo
from lainaamo.doors.asking import COOKIE
from lainaamo.goods.models import Allocation, Kind
from lainaamo.lending import actions, confirming, queries
from lainaamo.lending.confirming import HELD
from lainaamo.lending.models import Line, Reservation
from lainaamo.people import residents
from lainaamo.people.models import ContactProof, Person, SignIn
from lainaamo.people.visitor import COOKIE as SESSION
from lainaamo.upkeep import actions as upkeep
from lainaamo.upkeep import worker
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

TUE, FRI = "2026-03-03", "2026-03-06"
AINO = "aino@example.fi"
MON = date(2026, 3, 2)


def ask(browser: Browser, kind: Kind, contact: str = AINO, **more: str) -> Any:
    form = {"first_day": TUE, "last_day": FRI, "first_name": "Aino", "agree": "yes"}
    return browser.post(f"/valineet/{kind.id}/varaukset", data={**form, "contact": contact, **more})


def reserve(browser: Browser, kind: Kind, contact: str = AINO, **more: str) -> str:
    """Reserve and return the own page's path."""
    answer = ask(browser, kind, contact, **more)
    assert answer.status_code == 303, answer.text
    return str(answer.location.partition("?")[0])


def a_kind(make: Make, things: int = 4) -> Kind:
    kind = make.kind("Lasten sukset")
    for _ in range(things):
        make.item(kind)
    return kind


def newest(app: Lainaamo) -> tuple[str, str]:
    """Return the code and the link's path that were sent last."""
    key = app.config["SETTINGS"].secret
    with app.app_context():
        wanted = select(ContactProof).order_by(ContactProof.id.desc()).limit(1)
        proof = session.scalars(wanted).one()
        return residents.code_of(proof, key), f"/vahvistus/{residents.token_of(proof, key)}"


def enter(browser: Browser, own: str, code: str) -> int:
    return browser.post(f"{own}/vahvistus", data={"code": code}).status_code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def count(app: Lainaamo, model: type[Base], *which: Any) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(model).where(*which)) or 0


def unconfirmed(app: Lainaamo) -> int:
    return count(app, Reservation, Reservation.browser_hash.is_not(None))


def is_in(browser: Browser) -> bool:
    return browser.get("/omat").status_code == 200


def other_browser(app: Lainaamo) -> Browser:
    return cast("Browser", app.test_client())


def test_things_are_held_at_once_and_no_pickup_code_is_shown_before_confirming(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    own = reserve(browser, a_kind(make))
    page = browser.get(f"{own}?uusi=1").text
    assert "<h1>Vahvista varaus</h1>" in page
    assert 'autocomplete="one-time-code"' in page
    assert "a•••@example.fi" in page
    assert "kello 11.30" in page
    assert "QR-koodi" not in page
    assert 'class="pick-up"' not in page
    assert count(app, Allocation) == 4
    assert count(app, Person, Person.email.is_not(None)) == 0


@pytest.mark.parametrize("contact", [AINO, "040 123 4567"])
def test_the_code_confirms_and_signs_in_so_that_the_next_asks_nothing(
    app: Lainaamo, browser: Browser, make: Make, contact: str
) -> None:
    kind = a_kind(make)
    own = reserve(browser, kind, contact)
    code, _ = newest(app)
    answer = browser.post(f"{own}/vahvistus", data={"code": code})
    assert answer.location == f"{own}?uusi=1"
    page = browser.get(answer.location).text
    assert "Varaus on tehty" in page
    assert "QR-koodi" in page
    assert "Hei Aino!" in browser.get("/omat").text
    assert "Lasten sukset" in browser.get("/omat").text
    again = browser.post(
        f"/valineet/{kind.id}/varaukset", data={"first_day": TUE, "last_day": FRI, "agree": "yes"}
    )
    assert "Varaus on tehty" in browser.get(again.location).text
    assert unconfirmed(app) == 0
    assert count(app, Person) == 1
    assert count(app, journal.Entry, journal.Entry.verb == "reservation.confirmed") == 1


@pytest.mark.parametrize("between", [" ", "-", "\u00a0", " – "])
def test_the_code_may_be_typed_with_spaces_and_in_any_digits(
    app: Lainaamo, browser: Browser, make: Make, between: str
) -> None:
    own = reserve(browser, a_kind(make))
    code, _ = newest(app)
    arabic = code[3:].translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert enter(browser, own, f" {code[:3]}{between}{arabic}\n") == 303


@pytest.mark.parametrize("typed", ["", "x", "12345", "0" * 10_000, "'; --", "🙂", "<script>"])
def test_what_is_not_the_code_confirms_nothing(
    app: Lainaamo, browser: Browser, make: Make, typed: str
) -> None:
    own = reserve(browser, a_kind(make))
    assert enter(browser, own, typed) == 422
    assert unconfirmed(app) == 1
    assert not is_in(browser)


def test_five_wrong_codes_and_the_right_one_is_worth_nothing_but_a_new_one_is(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    own = reserve(browser, a_kind(make))
    code, _ = newest(app)
    assert [enter(browser, own, wrong(code)) for _ in range(5)] == [422] * 5
    assert enter(browser, own, code) == 422
    assert browser.post(f"{own}/koodi").location == own
    new, _ = newest(app)
    assert enter(browser, own, new) == 303


def test_all_that_was_reserved_with_the_contact_in_this_browser_is_confirmed(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = a_kind(make)
    first, second = reserve(browser, kind), reserve(browser, kind, last_day="2026-03-05")
    elsewhere = other_browser(app)
    third = reserve(browser, kind, "040 123 4567")
    assert ask(elsewhere, kind).status_code == 409  # two wait with this contact already
    with app.app_context():
        proofs = select(ContactProof).where(ContactProof.email == AINO)
        code = residents.code_of(session.scalars(proofs).all()[-1], "sesame")
    assert enter(browser, first, code) == 303
    assert "Varaus on tehty" in browser.get(f"{second}?uusi=1").text
    assert "<h1>Vahvista varaus</h1>" in browser.get(third).text
    assert unconfirmed(app) == 1


def test_what_another_browser_reserved_with_my_contact_is_not_confirmed_with_mine(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind, stranger = a_kind(make), other_browser(app)
    theirs = reserve(stranger, kind)
    mine = reserve(browser, kind)
    assert enter(browser, mine, newest(app)[0]) == 303
    assert unconfirmed(app) == 1
    assert "<h1>Vahvista varaus</h1>" in stranger.get(theirs).text
    assert not is_in(stranger)


def test_the_code_is_bound_to_the_browser_that_reserved(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    own = reserve(browser, a_kind(make))
    code, link = newest(app)
    other = other_browser(app)
    page = other.get(own).text
    assert 'name="code"' not in page
    assert "Vahvista se selaimessa" in page
    assert enter(other, own, code) == 422
    assert "Varasit toisessa selaimessa" in other.get(link).text
    assert other.post(link).status_code == 200
    assert not is_in(other)
    assert unconfirmed(app) == 1


def test_fifty_scanners_confirm_nothing_and_the_button_does(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    own = reserve(browser, a_kind(make))
    _, link = newest(app)
    assert {other_browser(app).get(link).status_code for _ in range(50)} == {200}
    assert unconfirmed(app) == 1
    assert "Lasten sukset" in browser.get(link).text
    assert browser.post(link).location == f"{own}?uusi=1"
    assert is_in(browser)
    assert "Tämä linkki ei enää toimi" in browser.get(link).text
    assert browser.post(link).status_code == 409


def test_a_sign_in_and_a_reservation_do_not_open_each_other(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    own = reserve(browser, a_kind(make))
    code, link = newest(app)
    assert browser.post("/omat/koodi", data={"code": code}).location == "/omat/tulo"
    assert browser.get(link.replace("/vahvistus/", "/omat/linkki/")).status_code == 404
    browser.post("/omat/tulo", data={"contact": AINO, "next": own})
    sign_in, _ = newest(app)
    assert enter(browser, own, sign_in) == 422


def test_who_signed_in_meanwhile_confirms_without_a_code(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    own = reserve(browser, a_kind(make))
    browser.post("/omat/tulo", data={"contact": AINO})
    browser.post("/omat/koodi", data={"code": newest(app)[0]})
    page = browser.get(own).text
    assert 'name="code"' not in page
    assert enter(browser, own, "") == 303
    assert unconfirmed(app) == 0


def test_of_fifty_presses_at_once_one_wins(
    app: Lainaamo, browser: Browser, make: Make, at_once: AtOnce
) -> None:
    reserve(browser, a_kind(make))
    _, link = newest(app)
    asked = browser.get_cookie(COOKIE)
    assert asked is not None

    def press(one: Browser) -> int:
        one.set_cookie(COOKIE, asked.value)
        return int(one.post(link).status_code)

    assert sorted(at_once(16, press)) == [303] + [409] * 15
    assert (count(app, Person), count(app, SignIn)) == (1, 1)
    sent = outbox.Message.kind == "reservation.made"
    assert count(app, outbox.Message, sent) == 1


def test_two_tabs_with_two_codes_confirm_both_once(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    own = reserve(browser, a_kind(make))
    browser.post(f"{own}/koodi")
    code, _ = newest(app)
    assert enter(browser, own, code) == 303
    assert browser.post(f"{own}/vahvistus", data={"code": code}).location == own
    assert count(app, SignIn) == 1


def test_a_double_press_of_the_form_is_one_browser_and_one_reservation(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = a_kind(make)
    browser.get(f"/valineet/{kind.id}?alku={TUE}&loppu={FRI}")
    token = browser.get_cookie(COOKIE)
    assert token is not None
    own = reserve(browser, kind, _key="one")
    assert reserve(browser, kind, _key="one") == own
    browser.set_cookie(COOKIE, token.value)
    assert enter(browser, own, newest(app)[0]) == 303


def test_who_goes_back_and_sends_the_same_again_is_shown_what_waits(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = a_kind(make)
    own = reserve(browser, kind, _key="one")
    assert reserve(browser, kind, _key="two") == own
    assert reserve(browser, kind, first_name="Eetu") != own
    assert count(app, outbox.Message) == 2


def test_what_nobody_confirmed_ends_after_half_an_hour_and_frees_the_days(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = a_kind(make, things=1)
    own = reserve(browser, kind)
    code, _ = newest(app)
    with clock.at(clock.now() + HELD - timedelta(seconds=1)), app.app_context():
        upkeep.lapse()
    assert unconfirmed(app) == 1
    with clock.at(clock.now() + HELD):
        with app.app_context():
            upkeep.lapse()
            upkeep.lapse()
        page = browser.get(own).text
        assert "ei vahvistettu ajoissa" in page
        assert browser.post(f"{own}/vahvistus", data={"code": code}).location == own
        assert not is_in(browser)
        worker.work_once(app)
    with app.app_context():
        [line] = session.scalars(select(Line)).all()
        [made] = session.scalars(select(Reservation)).all()
        assert (line.ended_as, made.email, made.phone) == ("expired", None, None)
        told = session.scalars(select(journal.Entry.verb)).all()
        assert told.count("reservation.expired") == 1
    assert count(app, Allocation) == 0
    assert count(app, outbox.Message, outbox.Message.done_at.is_not(None)) == 0
    assert count(app, Person, Person.left_at.is_(None)) == 0
    assert ask(other_browser(app), kind, "eetu@example.fi").status_code == 303


def test_confirming_and_ending_at_once_have_one_winner(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    kind = a_kind(make, things=6)
    for n in range(6):
        token = f"{n}".zfill(43)
        made = make.held(kind, MON, MON, contact=f"p{n}@example.fi", browser=token)
        with app.app_context():
            proof_id = session.scalars(select(ContactProof.id)).all()[-1]
            # The code works still while the time is over: both may try.
            with transaction():
                session.get_one(ContactProof, proof_id).ends_at = clock.now() + 2 * HELD
        link = f"/vahvistus/{make.confirm_link(made)}"

        def one(
            browser: Browser, token: str = token, link: str = link, made: Reservation = made
        ) -> str:
            browser.set_cookie(COOKIE, token)
            if browser.number % 2:
                return str(browser.post(link).status_code)
            with app.app_context(), transaction():
                confirming.lapse(made.id)
            return "ended"

        with clock.at(clock.now() + HELD):
            told = at_once(4, one)
        [line] = make.lines(made)
        now = make.again(made)
        assert not now.is_unconfirmed
        if "303" in told:
            assert (line.ended_as, now.held_until) == (None, None)
        else:
            assert line.ended_as == "expired"
        assert told.count("303") <= 1


def test_a_known_contact_gets_it_and_the_name_that_was_written_is_not_taken(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    known = make.person("resident", first_name="Rauni", email=AINO)
    own = reserve(browser, a_kind(make))
    assert enter(browser, own, newest(app)[0]) == 303
    with app.app_context():
        [made] = session.scalars(select(Reservation)).all()
        assert made.person_id == known.id
        assert session.get_one(Person, known.id).first_name == "Rauni"
    assert count(app, Person) == 1


def test_how_many_one_may_have_is_judged_when_the_owner_is_known(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    make.terms(at_once=1)
    kind = a_kind(make)
    known = make.person("resident", email=AINO)
    has = make.reservation(kind, MON, MON, person=known)
    own = reserve(browser, kind)  # nobody learns here that Aino has one
    code, _ = newest(app)
    refused = browser.post(f"{own}/vahvistus", data={"code": code})
    assert refused.status_code == 409
    assert "Peru tai palauta" in refused.text or "Palauta tai peru" in refused.text
    assert unconfirmed(app) == 1
    assert not is_in(browser)
    with app.app_context(), transaction():
        actions.cancel(queries.get_reservation(has.id))
    assert enter(browser, own, code) == 303


def test_whose_account_is_closed_is_told_to_call_only_after_the_code(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    person = make.person(email=AINO)
    with app.app_context(), transaction():
        session.get_one(Person, person.id).left_at = clock.now()
    own = reserve(browser, a_kind(make))
    assert enter(browser, own, newest(app)[0]) == 409
    assert not is_in(browser)
    assert unconfirmed(app) == 1


def _blank(page: str) -> str:
    page = re.sub(r'name="_key" value="[^"]*"', "", page)
    return re.sub(r"/oma/[\w-]+", "/oma/x", page).replace("k•••", "o•••")


def test_known_and_unknown_are_answered_with_the_same_bytes(app: Lainaamo, make: Make) -> None:
    kind = a_kind(make)
    make.terms(at_once=2)
    known = make.person("counter", email="known@example.fi")
    make.reservation(kind, MON, MON, person=known, count=2)
    answers = []
    for contact in ("known@example.fi", "other@example.fi"):
        browser = other_browser(app)
        own = reserve(browser, kind, contact)
        answers.append(
            [
                _blank(browser.get(own).text),
                _blank(browser.post(f"{own}/vahvistus", data={"code": "000000"}).text),
                browser.post(f"{own}/koodi").status_code,
                browser.post(f"{own}/peruutus", data={"then": "again"}).location,
            ]
        )
    assert answers[0] == answers[1]


@pytest.mark.timed
def test_known_and_unknown_are_answered_in_the_same_time(
    app: Lainaamo, make: Make, record_property: Callable[[str, object], None]
) -> None:
    took: dict[str, list[float]] = {"known": [], "other": []}
    kind = a_kind(make, things=1)
    for n in range(40):
        make.person(email=f"known{n}@example.fi")
    for n in range(40):
        for who, times in took.items():
            browser = other_browser(app)
            form = {"first_day": TUE, "last_day": FRI, "first_name": "Aino", "agree": "yes"}
            form["contact"] = f"{who}{n}@example.fi"
            began = time.process_time()
            answer = browser.post(
                f"/valineet/{kind.id}/varaukset",
                data=form,
                environ_overrides={"REMOTE_ADDR": f"10.0.{n}.{len(times)}"},
            )
            times.append(time.process_time() - began)
            assert browser.post(f"{answer.location.partition('?')[0]}/peruutus").status_code == 303
    known, other = (statistics.median(times) for times in took.values())
    record_property("median difference, per cent", round(100 * abs(known / other - 1), 2))
    assert 0.9 < known / other < 1.1


def test_two_of_a_contact_wait_whichever_browsers_and_however_many_at_once(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    kind = a_kind(make, things=8)

    def one(browser: Browser) -> int:
        sender = {"REMOTE_ADDR": f"10.0.0.{browser.number}"}
        form = {"first_day": TUE, "last_day": FRI, "first_name": "Aino", "agree": "yes"}
        return int(
            browser.post(
                f"/valineet/{kind.id}/varaukset",
                data={**form, "contact": AINO},
                environ_overrides=sender,
            ).status_code
        )

    assert sorted(at_once(8, one)) == [303] * 2 + [409] * 6
    assert unconfirmed(app) == 2


def test_five_wait_from_one_address_and_those_confirmed_or_refused_count_for_nothing(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    kind = a_kind(make, things=12)
    first = other_browser(app)
    own = reserve(first, kind, "p@example.fi")
    assert enter(first, own, newest(app)[0]) == 303
    assert ask(other_browser(app), kind, last_day="2026-03-07").status_code == 409  # a Saturday

    def one(browser: Browser) -> int:
        return int(ask(browser, kind, f"p{browser.number}@example.fi").status_code)

    assert sorted(at_once(8, one)) == [303] * 5 + [409] * 3
    told = ask(other_browser(app), kind, "late@example.fi")
    assert "Kirjaudu ensin koodilla" in told.text


def test_staff_who_reserve_for_a_caller_ask_for_no_code(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    kind, browser = a_kind(make), signed_in("counter")
    own = reserve(browser, kind)
    assert "Varaus on tehty" in browser.get(f"{own}?uusi=1").text
    assert unconfirmed(app) == 0


def test_who_wrote_a_wrong_address_starts_over_with_the_same_days(
    app: Lainaamo, browser: Browser, make: Make
) -> None:
    kind = a_kind(make, things=1)
    own = reserve(browser, kind)
    answer = browser.post(f"{own}/peruutus", data={"then": "again"})
    assert answer.location == f"/valineet/{kind.id}?alku={TUE}&loppu={FRI}"
    assert count(app, Allocation) == 0
    assert count(app, Reservation, Reservation.email.is_not(None)) == 0
    assert ask(browser, kind, "eetu@example.fi").status_code == 303


def test_a_new_session_is_opened_and_the_one_before_ends(
    app: Lainaamo, make: Make, signed_in: SignedIn
) -> None:
    nameless = make.person(first_name="")
    browser = signed_in("resident", person_id=nameless.id)
    old = browser.get_cookie(SESSION)
    own = reserve(browser, a_kind(make))
    assert enter(browser, own, newest(app)[0]) == 303
    new = browser.get_cookie(SESSION)
    assert old is not None
    assert new is not None
    assert old.value != new.value
    copied = other_browser(app)
    copied.set_cookie(SESSION, old.value)
    assert not is_in(copied)
