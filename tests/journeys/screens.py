"""Every screen of the demo municipality: full, empty, refused, in every state of a loan."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from playwright.sync_api import Page, expect
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.secrets import installation_key
from lainaamo.doors.asking import COOKIE as ASKING
from lainaamo.feedback.models import Feedback, FoundReport
from lainaamo.goods.models import Category, Code, Component, Item, Kind, Place, Repair, StoppedModel
from lainaamo.goods.queries import get_item, opening, sites_of
from lainaamo.intake.models import Upload
from lainaamo.lending import letter_links, opinions, own_page, queries, self_service
from lainaamo.lending.actions import Borrower, hand_out
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Line, Loan, PermitSort, Reservation, Sending, SendingAbout, Wait
from lainaamo.lending.self_service import Span
from lainaamo.people import staff
from lainaamo.people.models import ContactProof, Person, Unit
from lainaamo.procurement.models import ENDINGS, Claim, ClaimEnding
from lainaamo.reception.models import Donation
from lainaamo.work.models import Agreement
from tests.journeys.house import House
from tests.journeys.windows import HEIGHTS, PHONE, Theme, Windows

STAFF = "counter"
OFFICE = "coordinator"
ADMIN = "administrator"
BUYER = "coordinator"
LEADER = "supervisor"
"""Books for any unit, so sees every screen that a buyer does."""
NOT_OK = {403, 404, 409, 422}
Look = Callable[[Page], list[str]]
NOBODY_KNOWS = "22222"
ASKED = "A" * 43
"""The token of the browser that reserved what waits to be confirmed."""


class Town:
    """The demo municipality, asked for one thing of each sort."""

    def __init__(self, house: House) -> None:
        self.house = house

    def _first(self, wanted: Select[Any]) -> int | str:
        with self.house.app.app_context():
            found: int | str = session.scalars(wanted.limit(1)).one()
            return found

    @cached_property
    def own_pages(self) -> Mapping[str, str]:
        """Return the path of an own page for each state that a reservation is in."""
        found: dict[str, str] = {}
        self._let_a_loan_be_late()
        with self.house.app.test_request_context():
            nonces = select(Reservation.link_nonce).order_by(Reservation.id.desc())
            for nonce in session.scalars(nonces).all():
                one = queries.find_by_nonce(nonce)
                assert one is not None
                state = own_page.page(one)["reservation"]["state"]
                found.setdefault(state, own_path(one, self.house.settings))
                if len(found) == len(own_page.URGENT):
                    break
        missing = set(own_page.URGENT) - set(found)
        assert not missing, f"the demo lacks {missing}"
        return found

    def _let_a_loan_be_late(self) -> None:
        """Play what the demo has none of: a reservation fetched and not brought back in time."""
        make, kind_id = self.house.make, int(self.kind.rpartition("/")[2])
        with self.house.app.app_context():
            kind, site = session.get_one(Kind, kind_id), sites_of(kind_id)[0]
            hours = opening(site.id)
        with clock.at(clock.now() - timedelta(14)):
            first = hours.next_open(clock.today()) or clock.today()
            last = hours.next_open(first + timedelta(1)) or first
            item = make.item(kind, site=site)
            made = make.reservation(kind, first, last, site=site)
            lines = make.lines(made)
        early = clock.at(clock.now() - timedelta(14))
        with early, self.house.app.app_context(), transaction():
            line = session.get_one(Line, lines[0].id)
            borrower = Borrower(made.for_name, person_id=made.person_id)
            hand_out(get_item(item.id), borrower, due_on=last, line=line)

    @cached_property
    def letter(self) -> str:
        """Return the page behind the link of a message about a reservation."""
        with self.house.app.app_context():
            # Not the newest of all: a code that was sent a moment ago names nothing.
            named = select(Sending.message_id).join(SendingAbout).join(Sending.person)
            named = named.where(SendingAbout.reservation_id.is_not(None), Person.left_at.is_(None))
            newest = named.order_by(Sending.id.desc()).limit(1)
            return letter_links.path_of(session.scalars(newest).one(), self.house.settings)

    @cached_property
    def unconfirmed(self) -> tuple[str, str]:
        """Return the paths of the own page, and of the link, of what waits to be confirmed."""
        make, kind_id = self.house.make, int(self.kind.rpartition("/")[2])
        with self.house.app.app_context():
            kind, site = session.get_one(Kind, kind_id), sites_of(kind_id)[0]
            hours = opening(site.id)
        first = hours.next_open(clock.today() + timedelta(20)) or clock.today()
        made = make.held(kind, first, first, browser=ASKED, site=site)
        with self.house.app.app_context(), transaction():
            late = clock.now() + timedelta(1)
            session.get_one(Reservation, made.id).held_until = late
            session.execute(update(ContactProof).values(ends_at=late))
        link = f"/vahvistus/{make.confirm_link(made)}"
        return own_path(made, self.house.settings), link

    @property
    def opinion(self) -> str:
        """Return where a face is given for what came back just now: another each time."""
        make, kind_id = self.house.make, int(self.kind.rpartition("/")[2])
        with self.house.app.app_context():
            kind, site = session.get_one(Kind, kind_id), sites_of(kind_id)[0]
        item = make.item(kind, site=site)
        loan = make.loan(item, clock.today())
        make.taken_back(item)
        return opinions.path_of(loan.id, self.house.settings)

    @cached_property
    def unstaffed(self) -> str:
        """Return the page of a thing at a place where people fetch it by themselves."""
        make = self.house.make
        site = make.site("itsepalvelu")
        with self.house.app.app_context(), transaction():
            self_service.allow(site.id, Span(clock_time(0), clock_time(23, 59)))
        item = make.item(make.kind("Retkikeitin"), site=site)
        return f"/itsepalvelu/{make.sign(item)}"

    @cached_property
    def again(self) -> str:
        """Return where somebody's reservation is made again."""
        whole = select(Reservation.id).where(Reservation.browser_hash.is_(None))
        mine = whole.where(Reservation.person_id.is_not(None), Reservation.held_until.is_(None))
        return f"/omat/uudestaan/{self._first(mine.order_by(Reservation.id.desc()))}"

    @cached_property
    def borrower(self) -> str:
        """Return the page of somebody who has reserved and has nothing out."""
        out = select(Loan.person_id).where(Loan.returned_at.is_(None), Loan.person_id.is_not(None))
        mine = select(Reservation.person_id).where(Reservation.person_id.not_in(out))
        return f"/tiski/lainaajat/{self._first(mine.order_by(Reservation.id.desc()))}"

    @cached_property
    def kind(self) -> str:
        """Return the page of the kind there is most of."""
        wanted = select(Item.kind_id).join(Item.kind).where(Kind.pool == "lendable")
        wanted = wanted.where(Item.size.is_not(None), Item.left_at.is_(None))
        wanted = wanted.group_by(Item.kind_id).order_by(func.count().desc(), Item.kind_id)
        return f"/valineet/{self._first(wanted)}"

    @cached_property
    def kit(self) -> int:
        """Return a kit's id."""
        return int(self._first(select(Component.kit_id).order_by(Component.id)))

    @cached_property
    def family(self) -> str:
        """Return what a family asks the helper, on days that can be chosen."""
        (first, last) = (one.partition("=")[2] for one in self.days.split("&"))
        body = "pituus-0=172&kenka-0=41&pituus-1=180&kenka-1=43&rivit=2"
        return f"/perhe?puuha=hiihto&alku={first}&loppu={last}&{body}"

    @cached_property
    def size(self) -> str:
        """Return a size of that kind, as the address of its page has it."""
        kind_id = int(self.kind.rpartition("/")[2])
        wanted = select(Item.size).where(Item.kind_id == kind_id, Item.place_id.is_not(None))
        return urlencode({"koko": self._first(wanted.where(Item.size.is_not(None)))})

    @cached_property
    def reuse_kind(self) -> str:
        """Return the page of a kind for reuse."""
        return f"/kierto/{self._first(select(Kind.id).where(Kind.pool == 'reuse'))}"

    @cached_property
    def waited_for(self) -> tuple[int, str]:
        """Return a kind that people wait for, and its size as an address has it."""
        waits = (Wait.ended_at.is_(None), Wait.size.is_not(None))
        kind_id = int(self._first(select(Wait.kind_id).where(*waits)))
        size = self._first(select(Wait.size).where(Wait.kind_id == kind_id, *waits))
        return kind_id, urlencode({"koko": size})

    @cached_property
    def on_shelf(self) -> str:
        """Return the code of a thing on a shelf."""
        return self._sign(select(Item.id).where(Item.place_id.is_not(None)))

    @cached_property
    def much_lent(self) -> str:
        """Return the code of the thing that was lent most often."""
        return self._sign(select(Loan.item_id).group_by(Loan.item_id).order_by(func.count().desc()))

    @cached_property
    def on_loan(self) -> str:
        """Return the code of a thing that is lent and due."""
        return self._sign(
            select(Loan.item_id).where(Loan.returned_at.is_(None)).order_by(Loan.due_on)
        )

    @cached_property
    def in_repair(self) -> str:
        """Return the code of a thing in repair."""
        return self._sign(select(Repair.item_id).where(Repair.closed_at.is_(None)))

    @cached_property
    def blank(self) -> str:
        """Return the code of a label that is on nothing yet."""
        return str(self._first(select(Code.sign).where(Code.roll_id.is_not(None))))

    @cached_property
    def lot(self) -> str:
        """Return the code of many alike things."""
        return self._sign(select(Item.id).where(Item.quantity > 1))

    @cached_property
    def worker(self) -> int:
        """Return a worker."""
        return int(self._first(select(Person.id).where(Person.number == 12)))

    @cached_property
    def invitation(self) -> str:
        """Return the address of an invitation that was not used."""
        key = installation_key(self.house.settings)
        invited = self.house.make.person("counter")
        with self.house.app.app_context(), transaction():
            made = staff.invite(session.get_one(Person, invited.id), key=key)
            return f"/kutsu/{staff.invitation_token(key, made.nonce)}"

    def _sign(self, items: Select[int]) -> str:
        wanted = select(Code.sign).where(Code.item_id == self._first(items))
        return str(self._first(wanted))

    @cached_property
    def newest(self) -> int:
        """Return the thing that came in last."""
        return int(self._first(select(Item.id).order_by(Item.id.desc())))

    @cached_property
    def donation(self) -> int:
        """Return a donation of a resident."""
        return int(self._first(select(Donation.id)))

    @cached_property
    def lot_page(self) -> str:
        """Return the page of the lot with most pieces that units can book."""
        wanted = select(Item.id).join(Item.kind).where(Kind.pool == "reuse", Item.quantity > 1)
        return f"/kierto/erat/{self._first(wanted.order_by(Item.unclaimed.desc()))}"

    @cached_property
    def unit(self) -> str:
        """Return the page of a unit for which something waits, was taken and was cancelled."""
        ended = select(ClaimEnding.id).join(ClaimEnding.claim).correlate(Unit)
        ended = ended.where(Claim.unit_id == Unit.id)
        waiting = select(Claim.id).where(Claim.unit_id == Unit.id, Claim.waiting > 0)
        wanted = select(Unit.id).where(waiting.exists())
        for how in ENDINGS:
            wanted = wanted.where(ended.where(ClaimEnding.ended_as == how).exists())
        return f"/yksikko/{self._first(wanted)}"

    @cached_property
    def found(self) -> str:
        """Return the code of a thing that a stranger has found."""
        return self._sign(select(FoundReport.item_id).where(FoundReport.handled_at.is_(None)))

    @cached_property
    def booked(self) -> str:
        """Return the code of a lot that a unit has booked."""
        return self._sign(select(Claim.item_id).where(Claim.waiting > 0))

    @cached_property
    def feedback(self) -> int:
        """Return feedback that waits for an answer and left an address."""
        waits = (Feedback.handled_at.is_(None), Feedback.reply_to.is_not(None))
        return int(self._first(select(Feedback.id).where(*waits)))

    @cached_property
    def answered(self) -> int:
        """Return feedback that was answered."""
        return int(self._first(select(Feedback.id).where(Feedback.answer.is_not(None))))

    @cached_property
    def shelf(self) -> str:
        """Return the code of a shelf."""
        wanted = select(Code.sign).join(Place, Code.place_id == Place.id)
        return str(self._first(wanted.where(Place.level == "shelf")))

    @cached_property
    def to_check(self) -> str:
        """Return the code of a thing that waits to be looked at."""
        waits = (Repair.closed_at.is_(None), Repair.need == "check")
        wanted = select(Code.sign).join(Repair, Repair.item_id == Code.item_id).where(*waits)
        return str(self._first(wanted))

    @cached_property
    def helmets(self) -> str:
        """Return the page of the safety rule of helmets."""
        wanted = select(Category.id).where(Category.key == "helmets")
        return f"/hallinta/turvallisuus/{self._first(wanted)}"

    def one_of(self, part: str, ids: InstrumentedAttribute[int]) -> str:
        """Return the administrator's page of one thing of a sort."""
        return f"/hallinta/{part}/{self._first(select(ids).order_by(ids.desc()))}"

    @cached_property
    def agreement(self) -> str:
        """Return the page of an agreement, for its supervisor."""
        return f"/vaki/sopimukset/{self._first(select(Agreement.id))}"

    @cached_property
    def a_list(self) -> str:
        """Return the page of a list that nobody has brought in yet."""
        return f"/tuonti/{self._first(select(Upload.id).where(Upload.asked_at.is_(None)))}"

    @cached_property
    def days(self) -> str:
        """Return two open days to come, as the address of a kind's page has them."""
        with self.house.app.app_context():
            hours = opening(1)
            first = hours.next_open(clock.today() + timedelta(20)) or clock.today()
            last = hours.next_open(first + timedelta(1)) or first
        return f"alku={first}&loppu={last}"


OPENED = 200


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen: how one comes to it, who sees it, and the status of its answer.

    One that `stays` shows what its act does in place: the answer to a POST, or nothing of the
    server's where the status is 200.
    """

    name: str
    path: str
    role: str | None = None
    status: int = 200
    act: Callable[[Page], None] | None = None
    stays: bool = False

    def show(self, page: Page) -> None:
        """Bring a window to the screen."""
        answer = page.goto(self.path)
        if self.act is not None and self.stays and self.status == OPENED:
            self.act(page)
        elif self.act is not None and self.stays:
            with page.expect_response(lambda one: one.request.method == "POST") as answered:
                self.act(page)
            answer = answered.value
        elif self.act is not None:
            with page.expect_navigation() as navigation:
                self.act(page)
            answer = navigation.value
        assert answer is not None
        assert answer.status == self.status, f"{self.name}: {answer.status}"


class Rounds:
    """Goes round every screen with one window for each sort of visitor, language and theme."""

    def __init__(self, windows: Windows, town: Town, cookies: Mapping[str, str]) -> None:
        self.windows = windows
        self.town = town
        self.cookies = cookies
        self.found: list[str] = []

    def go(
        self, look: Look, *, of: Iterable[str], locale: str = "fi", theme: Theme = "light"
    ) -> int:
        """Look at every screen of some parts, remember what is wrong with each, count them."""
        pages: dict[str | None, Page] = {}
        shown = list(screens(self.town, of))
        for screen in shown:
            page = pages.get(screen.role) or self._window(screen.role, locale, theme)
            pages[screen.role] = page
            page.set_viewport_size({"width": PHONE, "height": HEIGHTS[PHONE]})
            screen.show(page)
            self.found += [f"{screen.name} ({locale}, {theme}): {one}" for one in look(page)]
        return len(shown)

    def _window(self, role: str | None, locale: str, theme: Theme) -> Page:
        cookie = self.cookies[role] if role else None
        return self.windows.open(cookie=cookie, language=locale, theme=theme, expects=NOT_OK)

    def end(self) -> None:
        """Fail with all that was found."""
        assert not self.found, f"{len(self.found)} found:\n" + "\n".join(self.found)


def screens(town: Town, of: Iterable[str]) -> Iterator[Screen]:
    """Yield every screen of some parts of the house."""
    for part in of:
        yield from PARTS[part](town)


def _kits(town: Town) -> Iterator[Screen]:
    yield Screen("kind, which size", f"{town.kind}?pituus=120")
    yield Screen("kind, a height of nobody", f"{town.kind}?pituus=9", status=422)
    yield Screen("kit", f"/valineet/{town.kit}")
    yield Screen("kit on days", f"/valineet/{town.kit}?{town.days}")
    yield Screen("family helper", "/perhe")
    yield Screen("family helper with gaps", "/perhe?ehdota=1&puuha=hiihto", status=422)
    yield Screen("family helper, the sets", f"{town.family}&ehdota=1")


def _public(town: Town) -> Iterator[Screen]:
    yield Screen("catalogue", "/")
    yield Screen("catalogue on days", f"/?first_day={town.days[5:15]}&last_day={town.days[-10:]}")
    picked = f"ryhma=skiing&ika=child&koko=120+cm&first_day={town.days[5:15]}"
    yield Screen("catalogue narrowed down", f"/?{picked}&last_day={town.days[-10:]}")
    yield Screen("catalogue, newest first", "/?ryhma=skiing&jarjestys=uusin&vapaat=1")
    yield Screen("catalogue of nothing", "/?q=olematon")
    yield Screen("catalogue for children", "/?ika=child")
    yield Screen("catalogue with a wrong day", "/?first_day=huomenna", status=422)
    yield Screen("kind", town.kind)
    yield Screen("kind by its label", f"{town.kind}?tarra={town.found}")
    yield Screen("found it", f"/Q/{town.found}/loytyi")
    yield Screen("found it with gaps", f"/Q/{town.found}/loytyi", status=422, act=_tell_nothing)
    yield Screen("found it, thanks", "/loytyi/kiitos")
    yield Screen("label for reuse", f"/Q/{town.lot}")
    yield Screen("label of a shelf", f"/Q/{town.shelf}")
    yield Screen("label that is blank", f"/Q/{town.blank}")
    yield Screen("kind with its first day", f"{town.kind}?{town.days.partition('&')[0]}")
    yield Screen("kind on days that are over", f"{town.kind}?alku=2026-01-05&loppu=2026-01-09")
    yield Screen("kind, size to choose", f"{town.kind}?{town.days}")
    form = f"{town.kind}?{town.size}&{town.days}"
    yield Screen("kind with its form", form)
    yield Screen("kind with gaps", form, status=422, act=_send_with_gaps)
    yield Screen("opening hours", "/aukiolo")
    yield Screen("help", "/apua")
    yield Screen("contact", "/yhteystiedot")
    yield Screen("often asked", "/usein-kysyttya")
    yield Screen("accessibility", "/saavutettavuus")
    yield Screen("privacy", "/tietosuoja")
    yield Screen("sign-in", "/kirjautuminen")
    yield Screen("sign-in with gaps", "/kirjautuminen", status=422, act=_sign_in_as_nobody)
    yield Screen("coming in", "/omat/tulo")
    yield Screen("coming in with gaps", "/omat/tulo", status=422, act=_ask_nobody)
    yield Screen("coming in: the code", "/omat/tulo", act=_ask_a_code)
    yield Screen("no such page", "/olematon", status=404)
    yield Screen("no such label", f"/Q/{NOBODY_KNOWS}", status=404)
    yield Screen("a shelf's label", f"/Q/{town.shelf}")


def _waiting(town: Town) -> Iterator[Screen]:
    kind_id, size = town.waited_for
    yield Screen("kind with a line", f"/valineet/{kind_id}?{size}")
    yield Screen("joining a line, a stranger", f"/valineet/{kind_id}/jono?{size}")
    yield Screen("joining a line", f"/valineet/{kind_id}/jono?{size}", "resident")
    yield Screen("joining a line for a caller", f"/valineet/{kind_id}/jono?{size}", STAFF)
    yield Screen("waiting lists", "/jonot", STAFF)
    yield Screen("a waiting list", f"/jonot/{kind_id}", STAFF)
    yield Screen("morning list", "/tiski/aamu", STAFF)
    yield Screen("messages that did not arrive", "/tiski/viestit", STAFF)
    yield Screen("messages to people", "/hallinta/viestit", OFFICE)
    yield Screen("a message's texts", "/hallinta/viestit/130", OFFICE)
    yield Screen("what a message named", town.letter, None)


def _said(town: Town) -> Iterator[Screen]:
    yield Screen("feedback", "/palaute?sivu=/apua")
    yield Screen("feedback with gaps", "/palaute", status=422, act=_send_no_face)
    yield Screen("feedback: thanks", "/palaute/kiitos?vastaus=1")
    yield Screen("inbox", "/hallinta/palaute", STAFF)
    yield Screen("inbox: handled", "/hallinta/palaute?tila=kasitelty", STAFF)
    yield Screen("inbox: one", f"/hallinta/palaute/{town.feedback}", STAFF)
    yield Screen(
        "inbox: empty answer",
        f"/hallinta/palaute/{town.feedback}",
        STAFF,
        status=422,
        act=_answer_nothing,
    )
    yield Screen("inbox: answered", f"/hallinta/palaute/{town.answered}", STAFF)


def _kept_in_order(town: Town) -> Iterator[Screen]:
    site = "/hallinta/toimipisteet/1"
    yield Screen("administration", "/hallinta", ADMIN)
    yield Screen("sites", "/hallinta/toimipisteet", ADMIN)
    yield Screen("site", site, ADMIN)
    yield Screen("site with gaps", site, ADMIN, status=422, act=_empty_the_name)
    yield Screen("days", f"{site}/paivat", ADMIN)
    yield Screen("days with gaps", f"{site}/paivat", ADMIN, status=422, act=_mark_no_day)
    yield Screen("shelves", f"{site}/hyllyt", ADMIN)
    yield Screen("one shelf", town.one_of("hyllyt", Place.id), ADMIN)
    yield Screen("categories", "/hallinta/luokat", ADMIN)
    yield Screen("a new category", "/hallinta/luokat?uusi=1", ADMIN)
    yield Screen("one category", town.one_of("luokat", Category.id), ADMIN)
    yield Screen("kits", "/hallinta/pakkaukset", ADMIN)
    yield Screen("a kit", f"/hallinta/pakkaukset/{town.kit}", ADMIN)
    yield Screen("terms", "/hallinta/ehdot", ADMIN)
    yield Screen("one category's terms", town.one_of("ehdot", Category.id), ADMIN)
    yield Screen("a school's terms", f"{town.one_of('ehdot', Category.id)}/seurat", ADMIN)
    yield Screen("one kind's terms", town.one_of("ehdot/nimikkeet", Kind.id), ADMIN)
    yield Screen("permits", "/hallinta/luvat", ADMIN)
    yield Screen("a permit", town.one_of("luvat", PermitSort.id), ADMIN)
    yield Screen("safety rules", "/hallinta/turvallisuus", ADMIN)
    yield Screen("one safety rule", town.helmets, ADMIN)
    yield Screen("stop list", "/hallinta/kaytto-kielletty", ADMIN)
    yield Screen("a stopped model", town.one_of("kaytto-kielletty", StoppedModel.id), ADMIN)
    yield Screen("safety of gear", "/turvallisuus", STAFF)
    yield Screen("a helmet to be checked", f"/tiski?tila=palautus&tavara={town.to_check}", STAFF)
    yield Screen("settings", "/hallinta/asetukset", ADMIN)
    yield Screen("changes", "/hallinta/muutokset", ADMIN)
    for path in ("/lainat", "/varaukset", "/korjaukset", "/lahjoitukset"):
        yield Screen(f"list {path}", path, STAFF)
        yield Screen(f"list {path} of nothing", f"{path}?loppu=2001-01-01", STAFF)
    yield Screen("all loans", "/lainat?tila=kaikki", STAFF)
    yield Screen("cancelled reservations", "/varaukset?tila=peruttu", STAFF)
    yield Screen("all bookings", "/kierto/kaikki-varaukset?tila=kaikki", STAFF)
    yield Screen("journal", "/hallinta/paivakirja", ADMIN)
    yield Screen("correct a kind", town.one_of("nimikkeet", Kind.id), ADMIN)
    yield Screen("correct a thing", town.one_of("tavarat", Item.id), ADMIN)


def _empty_the_name(page: Page) -> None:
    page.locator("#f-name").evaluate("field => field.form.noValidate = true")
    page.locator("#f-name").fill("")
    page.locator("main form button").first.click()
    expect(page.locator(".errors")).to_be_visible()


def _mark_no_day(page: Page) -> None:
    page.locator("#f-first_day").evaluate("field => field.form.noValidate = true")
    page.locator("#f-opens").fill("kymmeneltä")
    page.locator("main form button").first.click()
    expect(page.locator(".errors")).to_be_visible()


def _make_token(page: Page) -> None:
    page.locator("#f-words").fill("kassa")
    page.locator("#f-person").fill("12")
    page.locator("#f-role").select_option("resident")
    page.locator("main form button").last.click()
    expect(page.locator(".secret")).to_be_visible()


def _make_webhook(page: Page) -> None:
    page.locator("#f-words").fill("Kumppani")
    page.locator("#f-url").fill("https://partner.example.fi/hook")
    page.locator("#f-events input").first.check()
    page.locator("main form button").last.click()
    expect(page.locator(".secret")).to_be_visible()


def _users(town: Town) -> Iterator[Screen]:
    users, units = "/hallinta/kayttajat", "/hallinta/yksikot"
    yield Screen("users", users, ADMIN)
    yield Screen("users: none", f"{users}?q=olematon", ADMIN)
    yield Screen("users: one", f"{users}/{town.worker}", ADMIN)
    yield Screen("users: badge made", f"{users}/{town.worker}/kortti", ADMIN, act=_make_badge)
    yield Screen("users: new worker", f"{users}/uusi-tyontekija", ADMIN)
    yield Screen("users: gaps", f"{users}/uusi-tyontekija", ADMIN, status=422, act=_send_empty)
    yield Screen("users: invite", f"{users}/uusi", ADMIN)
    yield Screen("tokens", "/hallinta/avaimet", ADMIN)
    yield Screen("tokens: gaps", "/hallinta/avaimet", ADMIN, status=422, act=_send_empty)
    yield Screen("tokens: just made", "/hallinta/avaimet", ADMIN, act=_make_token)
    yield Screen("calendars", "/kalenterit", ADMIN)
    told = "/hallinta/ilmoitukset"
    yield Screen("messages to programs", told, ADMIN)
    yield Screen("messages to programs: gaps", told, ADMIN, status=422, act=_send_empty)
    yield Screen("messages to programs: just made", told, ADMIN, act=_make_webhook)
    yield Screen("the interface for programs", "/api")
    yield Screen("units", units, ADMIN)
    yield Screen("units: one", f"{units}/2", ADMIN)
    yield Screen("own sessions", "/oma-tili/istunnot", ADMIN)
    yield Screen("own PIN", "/oma-tili/pin", "worker")
    yield Screen("own password", "/oma-tili/salasana", ADMIN)
    yield Screen("own password: gaps", "/oma-tili/salasana", ADMIN, status=422, act=_send_empty)
    yield Screen("invitation", town.invitation)
    yield Screen("invitation: too old", "/kutsu/olematon", status=404)


def _floor(_town: Town) -> Iterator[Screen]:
    yield Screen("change person: no device", "/vaihto", ADMIN)
    yield Screen("devices", "/laitteet", ADMIN)
    yield Screen("devices: trusted", "/laitteet", ADMIN, act=_trust_this)
    yield Screen("change person", "/vaihto", ADMIN)
    yield Screen("change person: PIN", "/vaihto?numero=12", ADMIN)
    yield Screen("change person: wrong", "/vaihto?numero=12", ADMIN, status=422, act=_guess)


def _team(town: Town) -> Iterator[Screen]:
    one = town.agreement
    yield Screen("a group's week", "/vaki", LEADER)
    yield Screen("a group's week before", f"/vaki?viikko={clock.today() - timedelta(7)}", LEADER)
    yield Screen("a group's week of nobody", "/vaki?viikko=2001-01-01", LEADER)
    yield Screen("an agreement", one, LEADER)
    yield Screen("a new agreement", "/vaki/sopimukset/uusi", LEADER)
    yield Screen("an agreement with gaps", "/vaki/sopimukset/uusi", LEADER, 422, _send_empty)
    yield Screen("a day of somebody", f"{one}/paivat/{clock.today()}", LEADER)
    yield Screen("service types", "/hallinta/palvelut", LEADER)
    yield Screen("a service type", "/hallinta/palvelut/1", LEADER)


def _lists(town: Town) -> Iterator[Screen]:
    yield Screen("bring a list in", "/tuonti", OFFICE)
    yield Screen("bring a list in: none", "/tuonti", OFFICE, status=422, act=_send_empty)
    yield Screen("a list to look at", town.a_list, OFFICE)
    yield Screen("a list: good rows", f"{town.a_list}?rivit=hyvat", OFFICE)
    yield Screen("a list: columns", town.a_list, OFFICE, act=_unfold_columns, stays=True)


def _unfold_columns(page: Page) -> None:
    page.locator("main details summary").click()
    expect(page.locator("#f-sarake-0")).to_be_visible()


def _written(_town: Town) -> Iterator[Screen]:
    pages, notice, facts = "/hallinta/sivut", "/hallinta/hairio", "/hallinta/saavutettavuus"
    yield Screen("own pages", pages, OFFICE)
    yield Screen("own pages: edit", f"{pages}/where/fi", OFFICE)
    yield Screen("own pages: preview", f"{pages}/where/fi", OFFICE, act=_preview)
    yield Screen("own pages: gaps", f"{pages}/help/sv", OFFICE, status=422, act=_save_half)
    yield Screen("own pages: earlier", f"{pages}/where/fi/versiot/1", OFFICE)
    yield Screen("notice", notice, OFFICE)
    yield Screen("notice: preview", notice, OFFICE, act=_preview)
    yield Screen("notice: gaps", notice, OFFICE, status=422, act=_say_nothing)
    yield Screen("statement", facts, OFFICE)
    yield Screen("statement: preview", facts, OFFICE, act=_preview)
    yield Screen("statement: gaps", facts, OFFICE, status=422, act=_state_nonsense)


def _own(town: Town) -> Iterator[Screen]:
    for state, path in town.own_pages.items():
        yield Screen(f"own page: {state}", path)
    yield Screen("own page: just made", f"{town.own_pages['coming']}?uusi=1")
    own, link = town.unconfirmed
    yield Screen("own page: to confirm elsewhere", own)
    yield Screen("own page: to confirm", own, act=_be_who_reserved)
    yield Screen("own page: wrong code", own, act=_guess_the_code)
    yield Screen("confirm by link: elsewhere", link)
    yield Screen("confirm by link", link, act=_be_who_reserved)
    yield Screen("change: days and size", f"{town.own_pages['coming']}/muutos")
    yield Screen("change: over", f"{town.own_pages['cancelled']}/muutos")


def _be_who_reserved(page: Page) -> None:
    page.context.add_cookies([{"name": ASKING, "value": ASKED, "url": page.url}])
    page.reload()
    expect(page.locator("main form .btn.big")).to_be_visible()
    page.context.clear_cookies(name=ASKING)


def _guess_the_code(page: Page) -> None:
    _be_who_reserved(page)
    page.context.add_cookies([{"name": ASKING, "value": ASKED, "url": page.url}])
    page.locator("#f-code").fill("x")
    page.locator(".code-field ~ button").click()
    expect(page.locator("#f-code-wrong")).to_be_visible()
    page.context.clear_cookies(name=ASKING)


def _staff(town: Town) -> Iterator[Screen]:
    desk = "/tiski?tila="
    yield Screen("not for you", "/tiski", "resident", status=403)
    yield from _of_residents(town)
    yield Screen("my account", "/oma-tili", STAFF)
    yield Screen("reuse", "/kierto", STAFF)
    yield Screen("kind for reuse", town.reuse_kind, STAFF)
    yield Screen("desk", "/tiski", STAFF)
    yield Screen("desk: on the shelf", f"{desk}palautus&tavara={town.on_shelf}", STAFF)
    yield Screen("desk: on loan", f"{desk}palautus&tavara={town.on_loan}", STAFF)
    yield Screen("desk: unknown", "/tiski", STAFF, 409, _scan_what_nobody_knows, stays=True)
    yield Screen("desk: words", f"{desk}palautus&q=sukset", STAFF)
    yield Screen("desk: no such words", f"{desk}katso&q=olematon", STAFF)
    yield Screen("desk: a name", f"{desk}lainaus", STAFF, act=_type_a_name, stays=True)
    yield Screen("desk: nobody's number", "/tiski", STAFF, 409, _type_a_number, stays=True)
    yield Screen("desk: who is served", f"{desk}lainaus", STAFF, act=_serve, stays=True)
    yield Screen("desk: served no more", f"{desk}lainaus&lainaaja=1.1.x", STAFF)
    yield Screen("desk: look", f"{desk}katso&tavara={town.on_shelf}", STAFF)
    yield Screen("desk: look at a found one", f"{desk}katso&tavara={town.found}", STAFF)
    yield Screen("found things", "/tiski/loydot", STAFF)
    yield Screen("found things: handled", "/tiski/loydot?tila=kasitelty", STAFF)
    yield Screen("found thing", f"/tavarat/{town.found}", STAFF)
    yield Screen("desk: lend", f"{desk}lainaus&tavara={town.on_shelf}", STAFF)
    yield Screen(
        "desk: lend with gaps",
        f"{desk}lainaus&tavara={town.on_shelf}",
        STAFF,
        status=422,
        act=_lend_to_nobody,
        stays=True,
    )
    yield Screen("desk: in repair", f"{desk}lainaus&tavara={town.in_repair}", STAFF)
    yield Screen("desk: shelf", f"{desk}hyllytys&hylly={town.shelf}", STAFF)
    yield Screen("desk: shelve", f"{desk}hyllytys&tavara={town.on_shelf}", STAFF)
    yield from _received(town)
    yield from _labels(town)
    yield Screen("things", "/tavarat", STAFF)
    yield Screen("things in repair", "/tavarat?tila=korjauksessa", STAFF)
    yield Screen("things: none", "/tavarat?q=olematon", STAFF)
    for name in ("on_shelf", "much_lent", "on_loan", "in_repair", "lot"):
        yield Screen(f"thing: {name}", f"/tavarat/{getattr(town, name)}", STAFF)


def _received(town: Town) -> Iterator[Screen]:
    here = "/vastaanotto"
    yield Screen("reception", here, STAFF)
    yield Screen("reception with gaps", here, STAFF, status=422, act=_choose_only_condition)
    yield Screen("reception: refused", here, STAFF, status=409, act=_send_no_photo)
    yield Screen("givers", f"{here}/antajat", STAFF)
    yield Screen("givers with gaps", f"{here}/antajat", STAFF, status=422, act=_give_nothing)
    yield Screen("taken in", f"{here}/{town.newest}?uusi=1", STAFF)
    yield Screen("to complete: one", f"{here}/{town.newest}", STAFF)
    yield Screen("taken in: gaps", f"{here}/{town.newest}", STAFF, status=422, act=_no_price)
    yield Screen("taken in: refused", f"{here}/{town.newest}", STAFF, status=409, act=_too_many)
    yield Screen("thanks for a donation", f"{here}/kiitos/{town.donation}", STAFF)
    yield Screen("to complete", f"{here}/taydennettavat", STAFF)
    yield Screen("to complete: none", f"{here}/taydennettavat?puuttuu=tarra", STAFF)
    yield Screen("my day", "/tanaan", STAFF)
    yield Screen("donating", "/lahjoita")


def _choose_only_condition(page: Page) -> None:
    page.locator("#intake").evaluate("form => form.noValidate = true")
    page.locator('button[name=condition][value="good"]').click()
    expect(page.locator("#f-category-wrong")).to_be_visible()


CHOOSE_NO_PHOTO = """
input => {
  const chosen = new DataTransfer();
  chosen.items.add(new File(["PK"], "a.jpg", { type: "image/jpeg" }));
  input.files = chosen.files;
}
"""


def _send_no_photo(page: Page) -> None:
    page.locator("#intake").evaluate("form => form.noValidate = true")
    page.locator("#f-photo").evaluate(CHOOSE_NO_PHOTO)
    page.locator("input[name=category]").first.check(force=True)
    page.locator('button[name=condition][value="good"]').click()
    expect(page.locator("#f-photo-wrong")).to_be_visible()


def _give_nothing(page: Page) -> None:
    form = page.locator("main form").last
    form.evaluate("form => form.noValidate = true")
    page.locator("#f-contact").fill("ei osoite")
    form.get_by_role("button").click()
    expect(page.locator("#f-accepted-wrong")).to_be_visible()


def _no_price(page: Page) -> None:
    page.locator("#f-price").fill("halpa")
    page.get_by_role("button").filter(has=page.locator('use[href*="check"]')).last.click()
    expect(page.locator("#f-price-wrong")).to_be_visible()


def _too_many(page: Page) -> None:
    form = page.locator("form:has(#f-number)")
    form.evaluate("form => form.noValidate = true")
    page.locator("#f-number").fill("10000000")
    form.locator("button[data-many]").click()
    expect(page.locator("#f-number-wrong")).to_be_visible()


def _labels(town: Town) -> Iterator[Screen]:
    yield Screen("labels", "/tarrat", STAFF)
    yield Screen("labels: a thing", f"/tarrat?tavara={town.on_shelf}", STAFF)
    yield Screen("labels: none", "/tarrat?saatu=2020-01-01", STAFF)
    yield Screen("labels: shelves, roll", "/tarrat?toimipaikka=1&arkki=62x29", STAFF)
    yield Screen("labels: commands", "/tarrat?komennot=1&arkki=105x48", STAFF)
    yield Screen("labels: blanks", "/tarrat?rulla=1&arkki=48x25", STAFF)
    yield Screen("labels: too many", "/tarrat?mita=tyhjat", STAFF, status=409, act=_make_too_many)
    yield Screen("labels: badges", "/tarrat?mita=kortit", ADMIN)
    yield Screen("blank label", f"/tiski/tarrat/{town.blank}", STAFF)
    yield Screen("blank label: found", f"/tiski/tarrat/{town.blank}?q=sukset", STAFF)
    yield Screen(
        "thing: new label", f"/tavarat/{town.on_shelf}", STAFF, act=_open_new_label, stays=True
    )


def _make_too_many(page: Page) -> None:
    form = page.locator("form[action='/tarrat/tyhjat']")
    form.evaluate("form => form.noValidate = true")
    page.locator("#f-quantity").fill("99999")
    form.get_by_role("button").click()
    expect(page.locator(".note.t-bad")).to_be_visible()


def _open_new_label(page: Page) -> None:
    page.locator("#new-label summary").click()
    expect(page.locator("#f-label")).to_be_visible()


def _buying(town: Town) -> Iterator[Screen]:
    yield Screen("lots, twelve or more", "/kierto?maara=12", BUYER)
    yield Screen("lots: none", "/kierto?q=olematon&maara=24&kunto=good", BUYER)
    yield Screen("lot", f"{town.lot_page}?kpl=6", BUYER)
    yield Screen("lot: too few", f"{town.lot_page}?kpl=900", BUYER)
    yield Screen("lot: gaps", town.lot_page, BUYER, status=422, act=_book_with_gaps)
    yield Screen("lot: refused", town.lot_page, BUYER, status=409, act=_book_too_many)
    yield Screen("units", "/yksikko", BUYER)
    yield Screen("unit", town.unit, BUYER)
    yield Screen("unit: gaps", town.unit, BUYER, status=422, act=_cancel_with_gaps)
    yield Screen("unit: refused", town.unit, BUYER, status=409, act=_cancel_too_many)
    yield Screen("to gather", "/kierto/varaukset", BUYER)
    yield Screen("desk: booked", f"/tiski?tavara={town.booked}", BUYER)


def _book_with_gaps(page: Page) -> None:
    page.locator("#book").evaluate("form => form.noValidate = true")
    page.locator("#f-number").fill("")
    page.locator("#f-wanted_on").evaluate("one => { one.type = 'text'; one.value = 'pian'; }")
    page.locator("#book button:not([type])").click()
    expect(page.locator(".errors[tabindex]")).to_be_visible()


def _book_too_many(page: Page) -> None:
    page.locator("#book").evaluate("form => form.noValidate = true")
    page.locator("#f-number").fill("900")
    page.locator("#f-unit").check()
    page.locator("#book button:not([type])").click()
    expect(page.locator("#refusal")).to_be_visible()


def _cancel_with_gaps(page: Page) -> None:
    _cancel(page, "")
    expect(page.locator(".errors[tabindex]")).to_be_visible()


def _cancel_too_many(page: Page) -> None:
    _cancel(page, "900")
    expect(page.locator("#refusal")).to_be_visible()


def _cancel(page: Page, number: str) -> None:
    details = page.locator(".bookings details").first
    details.locator("summary").click()
    details.locator("form").evaluate("form => form.noValidate = true")
    details.locator("input[type=number]").fill(number)
    details.get_by_role("button").last.click()


def _make_badge(page: Page) -> None:
    page.locator('main form[action$="/kortti"] button').first.click()
    expect(page.locator(".badge-card")).to_be_visible()


def _send_empty(page: Page) -> None:
    page.locator("main form[method=post]").last.evaluate("form => form.noValidate = true")
    page.locator("main form[method=post] button").last.click()
    expect(page.locator(".errors[tabindex]")).to_be_visible()


def _trust_this(page: Page) -> None:
    page.locator("#f-name").fill("Tiski 1")
    page.locator('main form[action="/laitteet"] button').click()
    expect(page.locator(".note.t-ok")).to_be_visible()


def _guess(page: Page) -> None:
    page.locator("#f-pin").fill("0000")
    page.locator(".padkey.go").click()
    expect(page.locator("#f-pin-wrong")).to_be_visible()


def _send_with_gaps(page: Page) -> None:
    page.locator("#reserve").evaluate("form => form.noValidate = true")
    page.get_by_role("textbox").last.fill("ei osoite")
    page.locator("#reserve button").click()
    expect(page.locator(".errors[tabindex]")).to_be_visible()


def _of_residents(town: Town) -> Iterator[Screen]:
    yield Screen("my loans", "/omat", "resident")
    yield Screen("my details", "/omat/tiedot", "resident")
    yield Screen("my details with gaps", "/omat/tiedot", "resident", status=422, act=_no_contact)
    yield Screen("my card", "/omat/kortti", "resident")
    yield Screen("a child", "/omat/lapset", "resident")
    yield Screen("being forgotten", "/omat/poisto", "resident")
    yield Screen("being forgotten: code", "/omat/poisto", "resident", act=_ask_to_go, stays=True)
    yield Screen("forgotten", "/omat/poistettu")
    yield Screen("how it went", town.opinion)
    yield Screen("how it went: told", town.opinion, act=_tap_a_face)
    yield Screen("how borrowing went", "/lainat/palaute?ajalta=365", OFFICE)
    yield Screen("the same again", town.again, STAFF)
    yield Screen("the same again: closed", f"{town.again}?alku=2020-01-01&loppu=2020-01-02", STAFF)
    yield Screen("for a group: a stranger", f"{town.kind}/ryhmalle")
    yield Screen("for a group", f"{town.kind}/ryhmalle", "resident")
    yield Screen("for a group: gaps", f"{town.kind}/ryhmalle", STAFF, status=422, act=_send_empty)
    yield Screen("self-service: not here", f"/itsepalvelu/{town.on_shelf}")
    yield Screen("self-service: fetching", town.unstaffed)
    yield Screen("self-service: a wrong code", town.unstaffed, status=409, act=_guess_a_pick_up)
    yield Screen("self-service: the site", "/hallinta/toimipisteet/1/itsepalvelu", OFFICE)
    yield Screen("erasing at the desk", f"{town.borrower}/poisto", OFFICE)
    yield Screen("kind, for whom", f"{town.kind}?{town.size}&{town.days}", "resident")
    yield Screen("borrowers", "/tiski/lainaajat", STAFF)
    yield Screen("borrowers: found", "/tiski/lainaajat", STAFF, act=_look_for_aino)
    yield Screen("borrower", "/tiski/lainaajat/1", STAFF)
    yield Screen(
        "borrower: a block with gaps", "/tiski/lainaajat/1", STAFF, 422, _block_without_a_day
    )
    yield Screen("reservation at the desk", "/tiski/varaukset/1", STAFF)


def _ask_nobody(page: Page) -> None:
    page.locator("#f-contact").fill("ei osoite")
    page.locator("main form button").click()
    expect(page.locator(".errors")).to_be_visible()


def _ask_a_code(page: Page) -> None:
    # A contact of its own each time: how often one may ask for a code is limited.
    page.locator("#f-contact").fill(f"{uuid4().hex}@example.org")
    page.locator("main form button").click()
    expect(page.locator("#f-code")).to_be_visible()


def _guess_a_pick_up(page: Page) -> None:
    page.locator("#f-code").fill("x")
    page.locator("main form .btn.big").click()
    expect(page.locator(".note.t-bad")).to_be_visible()


def _ask_to_go(page: Page) -> None:
    page.locator("form[action='/omat/poisto/koodi'] button").click()
    expect(page.locator("#f-code")).to_be_visible()


def _tap_a_face(page: Page) -> None:
    page.locator("button.face").first.click()
    expect(page.locator("button.face")).to_have_count(0)


def _no_contact(page: Page) -> None:
    page.locator("#f-contact").fill("ei osoite")
    page.locator("form[action='/omat/yhteystieto'] button").click()
    expect(page.locator(".errors")).to_be_visible()


def _tell_nothing(page: Page) -> None:
    page.locator("#f-spot").evaluate("field => field.form.noValidate = true")
    page.locator("main form button").click()


def _type(page: Page, text: str) -> None:
    page.locator("#code").fill(text)
    page.locator("#scan button:not(.eye)").click()


def _type_a_name(page: Page) -> None:
    _type(page, "aino")
    expect(page.locator("#people")).to_be_visible()


def _type_a_number(page: Page) -> None:
    _type(page, "040 999 8888")
    expect(page.locator("#result.t-bad")).to_be_visible()


def _serve(page: Page) -> None:
    _type_a_name(page)
    page.locator("form[action='/tiski/lainaaja'] button").first.click()
    expect(page.locator("#borrower")).to_be_visible()


def _block_without_a_day(page: Page) -> None:
    page.locator("#block ~ details summary").click()
    form = page.locator("form[action$=esto]")
    form.evaluate("form => form.noValidate = true")
    form.locator("button").click()


def _look_for_aino(page: Page) -> None:
    page.locator("#f-q").fill("aino")
    page.locator("form[action='/tiski/lainaajat/haku'] button").click()
    expect(page.locator("#found")).to_be_visible()


def _sign_in_as_nobody(page: Page) -> None:
    page.locator("#f-name").fill("nobody@example.org")
    page.locator("#f-password").fill("wrong")
    page.locator("main form button").click()
    expect(page.locator(".errors")).to_be_visible()


def _scan_what_nobody_knows(page: Page) -> None:
    page.locator("#code").fill(NOBODY_KNOWS)
    page.keyboard.press("Enter")
    expect(page.locator("#result.t-bad")).to_be_visible()


def _lend_to_nobody(page: Page) -> None:
    form = page.locator('main form[action="/tiski/lainat"]').last
    form.evaluate("form => form.noValidate = true")
    form.get_by_role("button").click()
    expect(page.locator(".errors[tabindex]")).to_be_visible()


def _send_no_face(page: Page) -> None:
    page.locator("main form").evaluate("form => form.noValidate = true")
    page.locator("#f-reply_to").fill("ei osoite")
    page.locator("main form button").click()
    expect(page.locator(".errors[tabindex]")).to_be_visible()


def _answer_nothing(page: Page) -> None:
    form = page.locator("main form").first
    form.evaluate("form => form.noValidate = true")
    form.get_by_role("button").click()
    expect(page.locator(".errors[tabindex]")).to_be_visible()


def _preview(page: Page) -> None:
    page.locator("main [formaction]").click()
    expect(page.locator(".preview")).to_be_visible()


def _save_half(page: Page) -> None:
    page.locator("#f-title").fill("")
    page.locator("main form .btn").first.click()
    expect(page.locator(".errors[tabindex]")).to_be_visible()


def _say_nothing(page: Page) -> None:
    form = page.locator("main form").last
    form.evaluate("form => form.noValidate = true")
    page.locator("#f-text_fi").fill("")
    form.locator(".btn").first.click()
    expect(page.locator(".errors[tabindex]")).to_be_visible()


def _state_nonsense(page: Page) -> None:
    page.locator("#f-gap-0-criteria").fill("9.9.9")
    page.locator("main form .btn:not(.ghost)").first.click()
    expect(page.locator(".errors[tabindex]")).to_be_visible()


PARTS: Mapping[str, Callable[[Town], Iterator[Screen]]] = {
    "public": _public,
    "waiting": _waiting,
    "kits": _kits,
    "own": _own,
    "staff": _staff,
    "buying": _buying,
    "said": _said,
    "written": _written,
    "lists": _lists,
    "kept_in_order": _kept_in_order,
    "users": _users,
    "floor": _floor,
    "team": _team,
}
"""The parts of the house that a round goes through; each stands for itself."""
