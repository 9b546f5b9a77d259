"""A list comes in by the screen: chosen, looked at, mended, brought in, and its rest taken away."""

import io
import re

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lainaamo.administration.shipped import load_categories
from lainaamo.core import clock, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.journal import Entry
from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Code, Item, Kind
from lainaamo.intake import progress, uploads
from lainaamo.intake.grid import MOST_BYTES
from lainaamo.intake.models import ImportedRow, Upload, UploadedRow
from lainaamo.intake.views import MOST_SENT
from lainaamo.people.models import Actor
from lainaamo.upkeep import actions as upkeep
from lainaamo.upkeep import worker
from lainaamo.upkeep.imports import handlers
from tests import books
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser

LIST = "nimi;kpl;kunto\nSukset;2;hyvä\nSauvat;0;\nMonot;x;\n"


@pytest.fixture
def house(app: Lainaamo, make: Make) -> None:
    """Make a house with the categories that come with the program."""
    with app.app_context(), transaction():
        load_categories()
    make.site()


@pytest.fixture
def visitor(house: None, signed_in: SignedIn) -> Browser:
    return signed_in("coordinator")


def send(
    visitor: Browser, content: bytes | str = LIST, *, name: str = "lista.csv", key: str = "k1"
) -> TestResponse:
    raw = content if isinstance(content, bytes) else content.encode()
    data = {"_key": key, "lista": (io.BytesIO(raw), name)}
    return visitor.post("/tuonti", data=data, content_type="multipart/form-data")


def press(visitor: Browser, url: str, key: str = "k2", **fields: str) -> TestResponse:
    return visitor.post(url, data={"_key": key, **fields})


def count(app: Lainaamo, model: type[Base]) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(model)) or 0


def verdicts(app: Lainaamo) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(UploadedRow.verdict).order_by(UploadedRow.id)))


def test_a_list_is_looked_at_first_and_nothing_comes_in(app: Lainaamo, visitor: Browser) -> None:
    answer = send(visitor)
    assert answer.status_code == 303
    page = visitor.get(answer.location).text
    assert "lista.csv" in page
    assert verdicts(app) == ["new", "refused", "warning"]
    assert "Tuo 2 riviä" in page
    assert count(app, Item) == count(app, Kind) == count(app, ImportedRow) == 0


def test_all_good_rows_come_in_with_one_button(app: Lainaamo, visitor: Browser) -> None:
    url = send(visitor).location
    assert press(visitor, f"{url}/vahvistus").status_code == 303
    page = visitor.get(url).text
    assert "2 riviä tuotiin" in page
    assert count(app, Item) == 3
    with app.app_context():
        verbs = session.scalars(select(Entry.verb).where(Entry.thing == "upload")).all()
    assert verbs == ["upload.made", "upload.asked", "upload.applied"]


@pytest.mark.parametrize("name", ["lista.xlsx", "lista.ods", "LISTA.CSV", "x" * 300, "../../a.csv"])
def test_the_content_tells_what_a_file_is_and_not_its_name(
    app: Lainaamo, visitor: Browser, name: str
) -> None:
    book = books.xlsx(books.rows("nimi;kpl", "Sukset;2"))
    assert visitor.get(send(visitor, book, name=name).location).status_code == 200
    assert verdicts(app) == ["new"]


def test_the_same_form_twice_is_one_list(app: Lainaamo, visitor: Browser) -> None:
    first, second = send(visitor), send(visitor)
    assert first.location == second.location
    assert count(app, Upload) == 1
    assert len(verdicts(app)) == 3


def test_the_same_form_with_another_file_is_refused(app: Lainaamo, visitor: Browser) -> None:
    send(visitor)
    assert send(visitor, "nimi\nMuu\n").status_code == 422
    assert count(app, Upload) == 1


def test_the_button_twice_brings_the_list_in_once(app: Lainaamo, visitor: Browser) -> None:
    url = send(visitor).location
    for key in ("a", "a", "b"):
        assert press(visitor, f"{url}/vahvistus", key).status_code == 303
    assert count(app, Item) == 3


def test_the_button_in_ten_windows_at_once_brings_the_list_in_once(
    app: Lainaamo, visitor: Browser, at_once: AtOnce
) -> None:
    url = send(visitor).location
    cookie = visitor.get_cookie("istunto")

    def bring(browser: Browser) -> int:
        if cookie is not None:
            browser.set_cookie(cookie.key, cookie.value)
        return press(browser, f"{url}/vahvistus", f"k{browser.number}").status_code

    assert set(at_once(10, bring)) == {303}
    assert count(app, Item) == 3


def test_the_same_list_again_changes_nothing(app: Lainaamo, visitor: Browser) -> None:
    press(visitor, f"{send(visitor).location}/vahvistus")
    before = [count(app, model) for model in (Item, Kind, Code, ImportedRow)]
    url = send(visitor, key="k3").location
    assert verdicts(app)[3:] == ["already", "refused", "already"]
    assert press(visitor, f"{url}/vahvistus", "k4").status_code == 409
    assert [count(app, model) for model in (Item, Kind, Code, ImportedRow)] == before


def test_what_comes_in_meanwhile_from_another_window_is_left_alone(
    app: Lainaamo, visitor: Browser
) -> None:
    one, other = send(visitor).location, send(visitor, key="k3").location
    press(visitor, f"{one}/vahvistus", "a")
    press(visitor, f"{other}/vahvistus", "b")
    assert count(app, Item) == 3
    assert "0 riviä tuotiin" in visitor.get(other).text


# Columns


def test_columns_nobody_knows_are_chosen_and_remembered(app: Lainaamo, visitor: Browser) -> None:
    text = "Mikä;Montako\nSukset;2\n"
    url = send(visitor, text).location
    page = visitor.get(url).text
    assert "vahvistus" not in page
    assert press(visitor, f"{url}/vahvistus").status_code == 409
    chosen = {"sarake-0": "name", "sarake-1": "count"}
    assert press(visitor, f"{url}/sarakkeet", "k3", **chosen).status_code == 303
    assert verdicts(app) == ["new"]
    send(visitor, "MIKÄ;montako\nMonot;1\n", key="k4")
    assert verdicts(app) == ["new", "new"]


@pytest.mark.parametrize(
    "chosen",
    [
        {"sarake-0": "name", "sarake-1": "name"},
        {"sarake-0": "count"},
        {"sarake-0": "unheard"},
        {},
    ],
)
def test_columns_chosen_twice_or_without_names_are_told_at_the_field(
    app: Lainaamo, visitor: Browser, chosen: dict[str, str]
) -> None:
    url = send(visitor).location
    answer = press(visitor, f"{url}/sarakkeet", **chosen)
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text
    known = [name for name in chosen.values() if name in {"name", "count"}]
    assert re.findall(r'value="(\w+)" selected', answer.text) == known


# Mending


def test_a_row_is_mended_on_the_screen(app: Lainaamo, visitor: Browser) -> None:
    url = send(visitor).location
    assert press(visitor, f"{url}/rivit", **{"rivi-3": "4", "rivi-99": "1"}).status_code == 303
    assert verdicts(app) == ["new", "new", "warning"]
    press(visitor, f"{url}/vahvistus", "k3")
    assert count(app, Item) == 7


def test_a_mended_row_and_the_old_file_again_are_one_row(app: Lainaamo, visitor: Browser) -> None:
    url = send(visitor).location
    press(visitor, f"{url}/rivit", **{"rivi-3": "4"})
    press(visitor, f"{url}/vahvistus", "k3")
    send(visitor, key="k4")
    assert verdicts(app)[3:] == ["already", "refused", "already"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_rows_to_mend_are_a_file_that_comes_in_when_mended(
    app: Lainaamo, visitor: Browser, kind: str
) -> None:
    url = send(visitor).location
    press(visitor, f"{url}/vahvistus")
    file = visitor.get(f"{url}/korjattavat.{kind}")
    assert "attachment" in file.headers["Content-Disposition"]
    if kind == "csv":
        text = file.get_data().decode("utf-8-sig")
        assert text.splitlines()[0] == "nimi;kpl;kunto;Korjattavaa"
        assert len(text.splitlines()) == 2
        again = text.replace("Sauvat;0", "Sauvat;3").encode()
    else:
        again = file.get_data()
    answer = send(visitor, again, key="k5")
    assert "Korjattavaa" not in visitor.get(answer.location).text
    assert verdicts(app)[-1] == ("new" if kind == "csv" else "refused")


def test_mended_words_may_be_anything(app: Lainaamo, visitor: Browser) -> None:
    url = send(visitor).location
    for number, words in enumerate(["=1+1", "'; DROP TABLE item;--", "ي" * 5000, "\u202e4", "<b>"]):
        answer = press(visitor, f"{url}/rivit", f"m{number}", **{"rivi-3": words})
        assert answer.status_code == 303
        assert visitor.get(url).status_code == 200


# What is no list, and whose it is


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "tyhjä"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "ei ole luettelo"),
        (books.xlsx(books.rows("nimi"))[:300], "katkennut"),
        ('nimi\n"kesken', "lainausmerkit"),
    ],
    ids=books.named,
)
def test_a_file_that_is_no_list_is_told_at_the_field(
    app: Lainaamo, visitor: Browser, content: bytes | str, words: str
) -> None:
    answer = send(visitor, content)
    assert answer.status_code == 422
    assert words in answer.text.lower()
    assert count(app, Upload) == 0


def test_no_file_is_told_at_the_field(visitor: Browser) -> None:
    assert visitor.post("/tuonti", data={"_key": "a"}).status_code == 422


def test_a_file_over_the_limit_is_refused(visitor: Browser) -> None:
    kind = "multipart/form-data; boundary=x"
    head = b'--x\r\nContent-Disposition: form-data; name="lista"; filename="a.csv"\r\n\r\n'
    for size in (MOST_BYTES + 1, MOST_SENT):
        body = head + b"a" * size + b"\r\n--x--\r\n"
        answer = visitor.post("/tuonti", data=body, content_type=kind)
        assert answer.status_code in {413, 422}


def test_a_list_is_thrown_away(app: Lainaamo, visitor: Browser) -> None:
    url = send(visitor).location
    assert press(visitor, f"{url}/poisto").location == "/tuonti"
    assert visitor.get(url).status_code == 404
    assert count(app, UploadedRow) == 0


def test_what_came_in_is_not_thrown_away_with_its_list(app: Lainaamo, visitor: Browser) -> None:
    url = send(visitor).location
    press(visitor, f"{url}/vahvistus")
    assert press(visitor, f"{url}/poisto", "k3").status_code == 409
    assert press(visitor, f"{url}/sarakkeet", "k4", **{"sarake-0": "name"}).status_code == 409
    assert press(visitor, f"{url}/rivit", "k5", **{"rivi-3": "4"}).status_code == 409


def test_lists_are_kept_a_month(app: Lainaamo, visitor: Browser) -> None:
    send(visitor)
    with app.app_context():
        with clock.at(clock.now() + uploads.KEPT / 2):
            upkeep.throw_old_lists_away()
        assert count(app, Upload) == 1
        with clock.at(clock.now() + uploads.KEPT * 2):
            upkeep.throw_old_lists_away()
    assert count(app, Upload) == count(app, UploadedRow) == 0


@pytest.mark.parametrize("role", ["resident", "worker", "counter", "supervisor", "buyer"])
def test_others_bring_no_lists_in(house: None, signed_in: SignedIn, role: str) -> None:
    assert send(signed_in(role)).status_code == 403


# A long list


@pytest.fixture
def long_list(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(uploads, "AT_ONCE", 10)
    return "nimi\n" + "".join(f"Sukset {n}\n" for n in range(40))


def test_a_long_list_comes_in_by_the_worker(
    app: Lainaamo, visitor: Browser, long_list: str
) -> None:
    url = send(visitor, long_list).location
    press(visitor, f"{url}/vahvistus")
    assert count(app, Item) == 0
    page = visitor.get(url).text
    assert "<progress" in page
    assert 'hx-trigger="every 1s"' in page
    worker.work_once(app)
    assert count(app, Item) == 40
    assert "40 riviä tuotiin" in visitor.get(url).text
    worker.work_once(app)
    assert count(app, Item) == 40


def test_who_asked_for_a_long_list_is_in_the_journal(
    app: Lainaamo, visitor: Browser, long_list: str
) -> None:
    press(visitor, f"{send(visitor, long_list).location}/vahvistus")
    worker.work_once(app)
    with app.app_context():
        wanted = select(Actor.alias).where(Actor.person_id == visitor.person_id)
        alias = session.scalars(wanted).one()
        lines = session.scalars(select(Entry.actor).where(Entry.verb == "item.imported"))
        assert set(lines) == {alias}


def test_how_far_a_list_is_shows_while_it_comes_in(
    app: Lainaamo, visitor: Browser, long_list: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = send(visitor, long_list).location
    press(visitor, f"{url}/vahvistus")
    upload_id = int(url.rpartition("/")[2])
    with app.app_context():
        progress.tell(upload_id, 2000, 10000)
        progress.tell(upload_id, 4000, 10000)
    page = visitor.get(url).text
    assert re.search(r'<progress[^>]* max="10000" value="4000"', page)
    assert "vahvistus" not in page


@pytest.mark.parametrize("at", ["receive_many", "label_many"])
def test_a_worker_that_dies_in_the_middle_leaves_nothing_and_the_next_does_it_all(
    app: Lainaamo, visitor: Browser, long_list: str, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def die(*_rest: object, **_more: object) -> None:
        raise MemoryError("killed")

    url = send(visitor, long_list).location
    press(visitor, f"{url}/vahvistus")
    with monkeypatch.context() as patch:
        patch.setattr(f"lainaamo.goods.actions.{at}", die)
        worker.work_once(app)
    assert count(app, Item) == count(app, Kind) == 0
    with clock.at(clock.now() + uploads.KEPT / 60):
        worker.work_once(app)
    assert count(app, Item) == 40


def test_an_interrupted_list_says_so_and_may_be_hurried(
    app: Lainaamo, visitor: Browser, long_list: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_rest: object, **_more: object) -> None:
        raise SystemExit  # as a kill: nobody is left to say that it failed

    url = send(visitor, long_list).location
    press(visitor, f"{url}/vahvistus")
    with monkeypatch.context() as patch:
        patch.setattr("lainaamo.goods.actions.label_many", die)
        with pytest.raises(SystemExit):
            worker.work_once(app)
    assert "keskeytyi" not in visitor.get(url).text  # another may be at it for all we know
    with clock.at(clock.now() + outbox.LEASE * 2):
        page = visitor.get(url).text
        assert "keskeytyi, eikä mitään tuotu" in page
        assert "Tuo uudelleen nyt" in page
        assert press(visitor, f"{url}/vahvistus", "k9").status_code == 303
        worker.work_once(app)
        assert "40 riviä tuotiin" in visitor.get(url).text
    assert count(app, Item) == 40


def test_a_list_that_failed_for_good_does_not_hang_for_ever(
    app: Lainaamo,
    visitor: Browser,
    signed_in: SignedIn,
    long_list: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(*_rest: object, **_more: object) -> None:
        raise MemoryError

    url = send(visitor, long_list).location
    press(visitor, f"{url}/vahvistus")
    later = clock.now()
    with monkeypatch.context() as patch:
        patch.setattr("lainaamo.goods.actions.label_many", die)
        for _ in range(outbox.TRIES):
            with clock.at(later):
                worker.work_once(app)
            later += outbox.LONGEST_PAUSE * 2
    with clock.at(later):
        worker.work_once(app)
        visitor = signed_in("coordinator")
        assert "ei onnistunut" in visitor.get(url).text
        press(visitor, f"{url}/vahvistus", "k9")
        assert "Odottaa vuoroaan" in visitor.get(url).text
        worker.work_once(app)
    assert count(app, Item) == 40


def test_a_list_that_cannot_come_in_says_why_and_may_be_asked_again(
    app: Lainaamo, visitor: Browser, long_list: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = send(visitor, long_list).location
    press(visitor, f"{url}/vahvistus")
    with monkeypatch.context() as patch:
        patch.setattr("lainaamo.intake.actions.MOST_THINGS", 5)
        worker.work_once(app)
    page = visitor.get(url).text
    assert "40" in page
    assert "vahvistus" in page
    assert count(app, Item) == 0
    with clock.at(clock.now() + uploads.KEPT / 600):
        press(visitor, f"{url}/vahvistus", "k9")
        worker.work_once(app)
    assert count(app, Item) == 40


def test_a_list_thrown_away_before_its_turn_is_no_fault(app: Lainaamo, house: None) -> None:
    with app.app_context():
        assert handlers()[uploads.JOB]({"upload": 99, "actor": "x"}, "lainaamo-1") is False


def test_many_rows_are_shown_a_page_at_a_time(app: Lainaamo, visitor: Browser) -> None:
    url = send(visitor, "nimi\n" + "".join(f"Sukset {n}\n" for n in range(120))).location
    seen: list[str] = []
    following: str | None = f"{url}?rivit=hyvat"
    while following:
        page = visitor.get(following).text
        seen += re.findall(r"Sukset (\d+)</th>", page)
        found = re.search(r'href="([^"]*jatko=\d+[^"]*)" rel="next"', page)
        following = found[1].replace("&amp;", "&") if found else None
    assert seen == [str(n) for n in range(120)]


def test_the_example_comes_in_as_it_is(app: Lainaamo, visitor: Browser) -> None:
    for kind in ("csv", "xlsx"):
        file = visitor.get(f"/tuonti/malli.{kind}").get_data()
        send(visitor, file, key=kind)
    assert "refused" not in verdicts(app)
    assert len(verdicts(app)) == 4


def test_each_language_has_its_own_example(app: Lainaamo, visitor: Browser) -> None:
    for locale in ("fi", "fi-simple", "sv", "en"):
        visitor.set_cookie("kieli", locale)
        file = visitor.get("/tuonti/malli.csv").get_data()
        send(visitor, file, key=locale)
    assert set(verdicts(app)) <= {"new", "warning"}
