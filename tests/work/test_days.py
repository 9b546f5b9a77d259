"""Agreements and the days of people in programmes: agreed, marked, corrected, and seen by whom."""

from datetime import date, time

import pytest
from sqlalchemy import select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.journal import Entry
from lainaamo.core.web import Lainaamo
from lainaamo.people.access import ROLE_RIGHTS
from lainaamo.people.models import Person
from lainaamo.work import agreements, keeping, marks, rules, week
from lainaamo.work.models import Agreement, DayMark
from lainaamo.work.rules import Limits, Mark, Span
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

MON, TUE, WED, THU = (date(2026, 3, day) for day in (2, 3, 4, 5))
MORNING = Span(time(9), time(13))
CANARY = "Kanarialintu"


@pytest.fixture
def supervisor(signed_in: SignedIn) -> Browser:
    return signed_in("supervisor")


def marked(app: Lainaamo, agreement: Agreement, day: date) -> Mark | None:
    with app.app_context():
        (found,) = week.days_of([agreements.get(agreement.id)], day, day)
        return found.marks.get(day)


def mark(app: Lainaamo, agreement: Agreement, day: date, became: Mark | None) -> bool:
    with app.app_context(), transaction():
        return marks.mark(agreements.get(agreement.id), day, became)


# What was agreed


def form_of(make: Make, person_id: int, boss_id: int | None, **changed: str) -> dict[str, str]:
    agreement = make.agreement()
    return {
        "person": str(person_id),
        "service_type": str(agreement.service_type_id),
        "supervisor": str(boss_id),
        "site": str(agreement.site_id),
        "contact": "Virve, 08 000 0000",
        "first_day": "2026-03-02",
        "last_day": "2026-06-30",
        "break_minutes": "30",
        "begins_0": "9",
        "ends_0": "13.30",
        **changed,
    }


def test_a_supervisor_writes_an_agreement_down(supervisor: Browser, make: Make) -> None:
    worker = make.person("worker", number=12, first_name="Arto")
    form = form_of(make, worker.id, supervisor.person_id)
    made = supervisor.post("/vaki/sopimukset/uusi", data=form)
    assert made.status_code == 303
    page = supervisor.get(made.location).text
    assert "12 Arto" in page
    assert 'value="13:30"' in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"last_day": "2026-03-01"}, "Sopimus päättyy ennen kuin se alkaa"),
        ({"begins_0": "", "ends_0": ""}, "vähintään yhden viikonpäivän ajat"),
        ({"begins_0": "14"}, "alku ennen loppua"),
        ({"contact": " "}, "kenelle soitetaan"),
        ({"first_day": "eilen"}, "Valitse päivä"),
        ({"break_minutes": "-5"}, "0"),
    ],
)
def test_what_cannot_be_agreed_is_told_and_what_was_typed_stays(
    supervisor: Browser, make: Make, changed: dict[str, str], told: str
) -> None:
    worker = make.person("worker", number=12)
    form = form_of(make, worker.id, supervisor.person_id, **changed)
    page = supervisor.post("/vaki/sopimukset/uusi", data=form)
    assert page.status_code in {409, 422}
    assert told in page.text
    assert 'value="13.30"' in page.text or not form["ends_0"]


def test_two_agreements_of_one_person_never_meet(
    app: Lainaamo, make: Make, signed_in: SignedIn, at_once: AtOnce
) -> None:
    worker, boss = make.person("worker", number=12), make.person("supervisor")
    form = form_of(make, worker.id, boss.id)

    def one(_browser: Browser) -> int:
        return (
            signed_in("supervisor", person_id=boss.id)
            .post("/vaki/sopimukset/uusi", data=form)
            .status_code
        )

    assert sorted(at_once(4, one)) == [303, 409, 409, 409]


@pytest.mark.parametrize(
    ("weekdays", "span", "last_day", "codes"),
    [
        (range(4), MORNING, date(2026, 6, 1), []),
        (range(5), MORNING, date(2026, 6, 1), ["days_a_week"]),
        ([0], Span(time(9), time(12)), date(2026, 6, 1), ["short_day"]),
        ([0], Span(time(8), time(17)), date(2026, 6, 1), ["long_day"]),
        ([0], MORNING, date(2028, 6, 1), ["long"]),
    ],
)
def test_limits_of_the_service_warn(
    weekdays: list[int], span: Span, last_day: date, codes: list[str]
) -> None:
    limits = Limits(4, 240, 480, 24)
    found = rules.warnings(dict.fromkeys(weekdays, span), MON, last_day, limits)
    assert [one.code for one in found] == codes


# What became of a day


def test_a_day_is_marked_as_planned_in_two_taps(
    app: Lainaamo, supervisor: Browser, make: Make
) -> None:
    agreement = make.agreement()
    address = f"/vaki/sopimukset/{agreement.id}/paivat/{MON}"
    page = supervisor.get(address).text
    assert 'value="09:00"' in page
    form = {"mark": "attended", "begins": "09:00", "ends": "13:00", "instead_of": ""}
    assert supervisor.post(address, data=form).status_code == 303
    assert marked(app, agreement, MON) == Mark("attended", MORNING)


def test_a_correction_leaves_a_trace(app: Lainaamo, supervisor: Browser, make: Make) -> None:
    agreement = make.agreement()
    assert mark(app, agreement, MON, Mark("attended", MORNING))
    assert not mark(app, agreement, MON, Mark("attended", MORNING))
    assert mark(app, agreement, MON, Mark("absent"))
    with app.app_context():
        rows = session.scalars(select(DayMark).order_by(DayMark.id)).all()
        assert [(row.mark, row.replaced_at is None) for row in rows] == [
            ("attended", False),
            ("absent", True),
        ]
    page = supervisor.get(f"/vaki/sopimukset/{agreement.id}/paivat/{MON}").text
    assert "<s>paikalla" in page


def test_a_day_that_two_mark_at_once_has_one_mark(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    agreement = make.agreement()

    def one(browser: Browser) -> bool:
        became = Mark("absent") if browser.number % 2 else Mark("attended", MORNING)
        return mark(app, agreement, MON, became)

    at_once(8, one)
    assert marked(app, agreement, MON) is not None


@pytest.mark.parametrize(
    ("day", "became", "code"),
    [
        (date(2026, 5, 4), Mark("absent"), "outside_agreement"),
        (THU, Mark("swapped", MORNING, THU), "not_planned"),
        (THU, Mark("swapped", MORNING, date(2026, 3, 6)), "not_planned"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(
    app: Lainaamo, make: Make, day: date, became: Mark, code: str
) -> None:
    agreement = make.agreement()
    with pytest.raises(Refusal) as refused:
        mark(app, agreement, day, became)
    assert refused.value.code == code


def test_a_service_that_was_not_arranged_is_nobodys_absence(
    app: Lainaamo, supervisor: Browser, make: Make
) -> None:
    with app.app_context():
        person = session.get_one(Person, supervisor.person_id)
        session.expunge(person)
    came, comes, off = (
        make.agreement(supervisor=person, weekdays=days) for days in ((0,), (0, 1), (1,))
    )
    mark(app, came, MON, Mark("attended", MORNING))
    done = supervisor.post(f"/vaki/paivat/{MON}/ei-jarjestetty", data={"ryhma": person.id})
    page = supervisor.get(done.location).text
    assert "Tämä ei ole poissaolo" in page
    assert marked(app, came, MON) == Mark("attended", MORNING)
    assert marked(app, comes, MON) == Mark("not_arranged")
    assert marked(app, off, MON) is None
    supervisor.post(f"/vaki/paivat/{MON}/ei-jarjestetty/peruminen", data={"ryhma": person.id})
    assert marked(app, comes, MON) is None


def test_sums_of_a_month_are_those_by_hand() -> None:
    became = [
        Mark("attended", MORNING),
        Mark("attended", Span(time(9), time(11))),
        Mark("swapped", MORNING, TUE),
        Mark("absent"),
        Mark("not_arranged"),
    ]
    assert rules.sums(became, 30) == (3, 1, 1, 210 + 90 + 210)


def test_a_month_goes_out_as_a_table(app: Lainaamo, supervisor: Browser, make: Make) -> None:
    agreement = make.agreement(make.person("worker", number=12, first_name="Arto"))
    mark(app, agreement, MON, Mark("attended", MORNING))
    mark(app, agreement, TUE, Mark("absent"))
    file = supervisor.post(f"/vaki/sopimukset/{agreement.id}/kuukaudet/2026-03.csv")
    lines = file.get_data().decode("utf-8-sig").splitlines()
    assert lines[1] == "12;Arto;Kuntouttava työtoiminta;2.3.2026;paikalla;09:00;13:00;4,0"
    assert lines[2].startswith("12;Arto;Kuntouttava työtoiminta;3.3.2026;poissa;;;0")


# Who sees it


@pytest.mark.parametrize("role", [role for role in ROLE_RIGHTS if role != "supervisor"])
def test_nobody_but_a_supervisor_sees_who_is_in_a_programme(
    make: Make, signed_in: SignedIn, role: str
) -> None:
    agreement = make.agreement()
    visitor = signed_in(role)
    for path in ("/vaki", "/vaki/sopimukset/uusi", f"/vaki/sopimukset/{agreement.id}"):
        assert visitor.get(path).status_code == 403


def test_the_journal_does_not_say_whose_an_agreement_is(app: Lainaamo, make: Make) -> None:
    worker = make.person("worker", number=12, first_name=CANARY)
    agreement = make.agreement(worker)
    mark(app, agreement, MON, Mark("absent"))
    with app.app_context():
        lines = session.scalars(select(Entry).where(Entry.thing == "agreement")).all()
        assert {line.verb for line in lines} == {"agreement.made", "day.marked"}
        assert all("person" not in line.details for line in lines)


def test_an_agreement_is_deleted_at_its_keep_time_and_not_before(app: Lainaamo, make: Make) -> None:
    agreement = make.agreement(last_day=date(2026, 4, 30))
    mark(app, agreement, MON, Mark("absent"))
    for now, left in ((date(2028, 4, 1), 1), (date(2028, 5, 10), 0)):
        with app.app_context(), clock.at(clock.day_start(now)):
            keeping.forget_agreements()
            assert len(session.scalars(select(Agreement)).all()) == left
            assert len(session.scalars(select(DayMark)).all()) == left


@pytest.mark.parametrize("path", ["viikko=eilen", "viikko=9999-12-31", "ryhma=7777", "tehty=x"])
def test_an_address_of_no_day_or_no_group_is_not_found(
    supervisor: Browser, make: Make, path: str
) -> None:
    make.agreement()
    assert supervisor.get(f"/vaki?{path}").status_code == 404
