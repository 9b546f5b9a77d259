"""A resident finds a kind, chooses days, reserves it and sees it by link; a no says what to do."""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Allocation, Kind
from lainaamo.lending.models import Reservation
from lainaamo.people.models import Person
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

MON, TUE, FRI = "2026-03-02", "2026-03-03", "2026-03-06"
LAST_MON = "2026-03-09"


def asked(**changes: str) -> dict[str, str]:
    """Return a good reservation form, with some of it changed."""
    whole = {"first_day": TUE, "last_day": FRI, "first_name": "Aino", "agree": "yes"}
    return {**whole, "contact": "aino@example.fi", **changes}


def reserve(browser: Browser, kind: Kind, **changes: str) -> Any:
    return browser.post(f"/valineet/{kind.id}/varaukset", data=asked(**changes))


def test_a_resident_reserves_and_sees_it_by_link(browser: Browser, make: Make) -> None:
    kind = make.kind("Lasten sukset")
    make.item(kind, size="120 cm")
    answer = reserve(browser, kind)
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert "<h1>Vahvista varaus</h1>" in page.text
    assert "Lasten sukset" in page.text


def test_the_second_person_is_told_why_not_and_when(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    reserve(browser, kind)
    answer = reserve(browser, kind, contact="eetu@example.fi")
    assert answer.status_code == 409
    assert f"alku={LAST_MON}" in answer.text  # the first free day, one tap away


def test_what_would_do_instead_is_offered(browser: Browser, make: Make) -> None:
    taken, other = make.kind("Sukset"), make.kind("Puusukset")
    make.item(taken)
    make.item(other)
    reserve(browser, taken)
    answer = reserve(browser, taken, contact="eetu@example.fi")
    assert "Puusukset" in answer.text


def test_sixteen_ask_for_the_last_pair_and_one_gets_it(
    app: Lainaamo, at_once: AtOnce, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)

    def one(browser: Browser) -> int:
        return int(reserve(browser, kind, contact=f"p{browser.number}@example.fi").status_code)

    assert sorted(at_once(16, one)) == [303] + [409] * 15
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Reservation)) == 1
        assert session.scalar(select(func.count()).select_from(Allocation)) == 4


def test_a_form_with_gaps_is_shown_again_with_what_was_written(
    browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    answer = reserve(browser, kind, first_name="", contact="not an address")
    assert answer.status_code == 422
    assert 'value="not an address"' in answer.text
    assert answer.text.count("aria-invalid") == 2


def test_without_the_tick_nothing_is_lent(app: Lainaamo, browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    assert reserve(browser, kind, agree="").status_code == 422
    with app.app_context():
        assert session.scalar(select(Person.id)) is None


def test_days_that_cannot_be_are_refused_with_the_nearest_that_can(
    browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    closed = reserve(browser, kind, last_day="2026-03-07")  # a Saturday
    assert closed.status_code == 409
    past = reserve(browser, kind, first_day="2026-02-02", last_day="2026-02-03")
    assert past.status_code == 409
    long = reserve(browser, kind, last_day="2026-08-03")
    assert long.status_code == 409


def test_unreadable_days_change_nothing(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    for day in ("", "tomorrow", "2026-13-45", "9" * 400, "2026-03-03'--"):
        assert reserve(browser, kind, first_day=day).status_code == 422


def test_a_size_that_is_taken_does_not_take_another_size(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind, size="120 cm")
    make.item(kind, size="140 cm")
    assert reserve(browser, kind, size="120 cm").status_code == 303
    again = reserve(browser, kind, size="120 cm", contact="eetu@example.fi")
    assert again.status_code == 409
    other = reserve(browser, kind, size="140 cm", contact="eetu@example.fi")
    assert other.status_code == 303


def test_a_kind_for_reuse_is_not_lent(browser: Browser, make: Make) -> None:
    chairs = make.kind("Tuoli", pool="reuse")
    make.item(chairs, quantity=12)
    assert browser.get(f"/valineet/{chairs.id}").status_code == 404


def test_the_calendar_offers_first_the_pickup_day_then_the_return_day(
    browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind)
    first = browser.get(f"/valineet/{kind.id}").text
    assert f"alku={TUE}" in first
    assert "alku=2026-03-07" not in first  # closed on Saturday
    second = browser.get(f"/valineet/{kind.id}?alku={TUE}").text
    assert f"alku={TUE}&amp;loppu={FRI}" in second
    chosen = browser.get(f"/valineet/{kind.id}?alku={TUE}&loppu={FRI}").text
    assert 'name="contact"' in chosen


def test_days_somebody_has_cannot_be_chosen(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    reserve(browser, kind)
    page = browser.get(f"/valineet/{kind.id}").text
    assert f"?alku={TUE}" not in page
    assert f"alku={LAST_MON}" in page


def test_who_cancels_by_link_frees_the_days(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    own = reserve(browser, kind).location.partition("?")[0]
    assert browser.post(f"{own}/peruutus").status_code == 303
    assert reserve(browser, kind, contact="eetu@example.fi").status_code == 303
    again = browser.post(f"{own}/peruutus")
    assert again.status_code == 409


def test_a_link_with_one_wrong_sign_opens_nothing(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    own = reserve(browser, kind).location.partition("?")[0]
    for wrong in (own[:-1] + ("A" if own[-1] != "A" else "B"), "/oma/x", "/oma/-", f"{own}x"):
        assert browser.get(wrong).status_code == 404


def test_an_own_page_shows_nothing_of_other_reservations(browser: Browser, make: Make) -> None:
    skis, skates = make.kind("Sukset"), make.kind("Luistimet")
    make.item(skis)
    make.item(skates)
    reserve(browser, skis, first_name="Aino")
    # Somebody who only knows the address must not learn the name or the loans behind it.
    stranger = reserve(browser, skates, first_name="Outi")
    page = browser.get(stranger.location).text
    assert "Aino" not in page
    assert "Sukset" not in page


def test_too_many_at_once_is_refused_with_how_many_one_may_have(
    browser: Browser, make: Make
) -> None:
    make.terms(at_once=1)
    kind = make.kind()
    make.item(kind)
    make.item(kind)
    assert reserve(browser, kind).status_code == 303
    assert reserve(browser, kind, last_day="2026-03-05").status_code == 409


def test_who_chose_days_of_a_kind_with_sizes_is_asked_for_the_size_first(
    browser: Browser, make: Make
) -> None:
    kind = make.kind()
    make.item(kind, size="120 cm")
    make.item(kind, size="140 cm")
    days = f"/valineet/{kind.id}?alku={TUE}&loppu={FRI}"
    assert 'name="contact"' not in browser.get(days).text
    assert 'href="#sizes"' in browser.get(days).text
    assert 'name="contact"' in browser.get(f"{days}&koko=120+cm").text


def test_other_sizes_and_other_sites_are_offered_where_they_are_free(
    browser: Browser, make: Make
) -> None:
    here, there = make.site("ii"), make.site("kuivaniemi")
    kind, alike = make.kind("Sukset"), make.kind("Puusukset")
    make.item(kind, site=here, size="120 cm")
    make.item(kind, site=here, size="140 cm")
    make.item(kind, site=there, size="120 cm")
    make.item(alike, site=there)
    chosen = f"paikka=ii&koko=120+cm&alku={TUE}&loppu={FRI}"
    make.reservation(kind, date(2026, 3, 3), date(2026, 3, 6), size="120 cm", site=here)
    page = browser.get(f"/valineet/{kind.id}?{chosen}").text
    assert f"koko=140+cm&amp;alku={TUE}&amp;loppu={FRI}" in page
    assert f"/valineet/{kind.id}?paikka=kuivaniemi" in page
    assert "Puusukset" in page


def test_what_is_not_free_today_says_when_it_is(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    make.reservation(kind, date(2026, 3, 2), date(2026, 3, 4))
    page = browser.get(f"/valineet/{kind.id}").text
    assert "to 5.3." in page
    assert "alku=2026-03-05#days" in page


def test_a_printed_address_leads_to_the_kind(browser: Browser, make: Make) -> None:
    kind = make.kind()
    make.item(kind)
    page = browser.get(f"/valineet/{kind.id}").text
    assert f"/valineet/{kind.id}<br>" in page
    assert browser.get(f"/V/{kind.id}").location == f"/valineet/{kind.id}"
