"""Searching as people do: typing, mistyping, paging; the index follows each change of a name."""

import pytest
from sqlalchemy import func, select, update

from lainaamo.catalogue import queries
from lainaamo.catalogue.queries import Asked
from lainaamo.core import search
from lainaamo.core.db import session, transaction
from lainaamo.core.search import Document, State
from lainaamo.core.web import Lainaamo
from lainaamo.goods import finding
from lainaamo.goods.models import Category, Kind
from tests.catalogue.test_browsing import Cards
from tests.conftest import AtOnce, SignedIn
from tests.make import Make
from tests.strict import Browser


def found(app: Lainaamo, words: str, pool: str = "lendable") -> list[str]:
    with app.app_context():
        query = queries.read(words, pool).query
        return [one.name for one in queries.kinds(Asked(pool, query=query))]


def stocked(make: Make, *names: str) -> list[Kind]:
    kinds = [make.kind(name) for name in names]
    for kind in kinds:
        make.item(kind)
    return kinds


def test_a_misspelt_word_is_mended_and_it_is_said(browser: Browser, make: Make) -> None:
    (kind,) = stocked(make, "Luistimet")
    page = browser.get("/?q=luistmet&ryhma=skis").text
    assert Cards(page).found == [f"/valineet/{kind.id}"]
    assert "Tarkoititko:" in page
    assert 'href="?q=luistimet&amp;ryhma=skis"' in page or "q=luistimet" in page


def test_words_that_are_found_as_written_are_left_alone(browser: Browser, make: Make) -> None:
    stocked(make, "Luistimet")
    assert "Tarkoititko" not in browser.get("/?q=luistimia").text


def test_nothing_at_all_says_what_to_do_next(browser: Browser, make: Make) -> None:
    stocked(make, "Luistimet")
    page = browser.get("/?q=avaruusraketti").text
    assert Cards(page).found == []
    assert "Tarkoititko" not in page
    assert 'href="/?' in page or 'href="?' in page


@pytest.mark.parametrize("begun", ["lu", "lui", "luist", "LUISTI", "luistime"])
def test_a_word_is_found_while_it_is_typed(app: Lainaamo, make: Make, begun: str) -> None:
    stocked(make, "Luistimet", "Pulkka")
    assert found(app, begun) == ["Luistimet"]


def test_the_thing_itself_comes_before_what_belongs_to_it(app: Lainaamo, make: Make) -> None:
    stocked(make, "Polkupyörä", "Maastopyörä", "Pyöräteline", "Pyörän lukko")
    wanted = ["Maastopyörä", "Polkupyörä", "Pyörän lukko", "Pyöräteline"]
    assert found(app, "pyörä") == wanted


def test_where_there_is_no_such_thing_a_near_one_will_do(app: Lainaamo, make: Make) -> None:
    stocked(make, "Sukset", "Lasten luistimet")
    assert found(app, "lasten sukset") == ["Sukset"]
    assert found(app, "tunturisukset") == ["Sukset"]


def test_the_pages_of_a_search_hold_everything_once(browser: Browser, make: Make) -> None:
    heads = stocked(make, *(f"Pyörä {n}" for n in range(20)))
    rest = stocked(make, *(f"Pyöräteline {n}" for n in range(20)))
    seen, address = list[str](), "/?q=pyörä"
    while address:
        page = browser.get(address).text
        seen += Cards(page).found
        last = seen[-1].rpartition("/")[2].partition("?")[0]
        address = f"/?q=pyörä&jatko={last}" if f"jatko={last}" in page else ""
    wanted = [kind.id for kind in (*reversed(heads), *reversed(rest))]
    assert seen == [f"/valineet/{kind_id}" for kind_id in wanted]


def test_each_pool_is_searched_for_itself(app: Lainaamo, make: Make) -> None:
    make.item(make.kind("Tuoli", pool="reuse"))
    stocked(make, "Tuoli ja pöytä retkelle")
    assert found(app, "tuoleja") == ["Tuoli ja pöytä retkelle"]
    assert found(app, "tuoleja", "reuse") == ["Tuoli"]


STRANGE = [
    "a" * 10_000,
    "ö " * 5_000,
    'sukset" OR "x',
    "NEAR(sukset, 2)",
    "suks* AND NOT -x:y ^ { } ( )",
    "'sukset' | !& <-> :*",
    "sukset\\",
    "\u200b",
    "İSTANBUL \u0131",
    "שולחן",
    "滑雪板",
    "лыжи",
    "कुर्सी",
    "🛷",
    "_h_ w_ m_lendable",
    "%",
]


@pytest.mark.parametrize("words", STRANGE)
def test_whatever_is_written_is_answered_calmly(
    browser: Browser, signed_in: SignedIn, make: Make, words: str
) -> None:
    make.item(make.kind("Sukset"))
    given = {"q": words}
    assert browser.get("/", query_string=given).status_code == 200
    for address in ("/kierto", "/tavarat"):
        assert signed_in("administrator").get(address, query_string=given).status_code == 200


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Лыжи детские", "лыжи"),
        ("滑雪板", "滑雪板"),
        ("कुर्सी", "कुर्सी"),
        ("İstanbul-matto", "istanbul"),
        ("Crêpe-pannu", "CREPE"),
        ("Straße", "strasse"),
    ],
)
def test_any_script_is_found(app: Lainaamo, make: Make, name: str, words: str) -> None:
    stocked(make, name, "Sukset")
    assert found(app, words) == [name]


def test_a_renamed_kind_is_found_by_its_new_name_only(app: Lainaamo, make: Make) -> None:
    (kind,) = stocked(make, "Sukset")
    with app.app_context(), transaction():
        session.execute(update(Kind).where(Kind.id == kind.id).values(name="Pulkka"))
        finding.index_kinds([kind.id])
    assert (found(app, "pulkkia"), found(app, "suksia")) == (["Pulkka"], [])


def test_a_kind_that_has_left_is_not_in_the_index(app: Lainaamo, make: Make) -> None:
    (kind,) = stocked(make, "Sukset")
    with app.app_context():
        with transaction():
            session.execute(update(Kind).where(Kind.id == kind.id).values(left_at=func.now()))
            finding.index_kinds([kind.id])
        assert session.get(Document, kind.id) is None


def test_what_is_rolled_back_is_not_found(app: Lainaamo, make: Make) -> None:
    (kind,) = stocked(make, "Sukset")
    with app.app_context(), transaction():
        session.execute(update(Kind).where(Kind.id == kind.id).values(name="Pulkka"))
        finding.index_kinds([kind.id])
        session.rollback()
    assert (found(app, "pulkka"), found(app, "sukset")) == ([], ["Sukset"])


def test_a_renamed_group_is_found_by_all_below_it(app: Lainaamo, make: Make) -> None:
    above = make.category("talvi")
    below = make.category("maki", parent=above)
    make.item(make.kind("Jopo 26", category=below))
    with app.app_context(), transaction():
        session.execute(update(Category).where(Category.id == above.id).values(name="Lumileikit"))
        finding.index_categories([above.id])
    assert found(app, "lumileikkejä") == ["Jopo 26"]


def test_the_index_made_anew_finds_the_same(app: Lainaamo, make: Make) -> None:
    stocked(make, "Polkupyörä", "Pyöräteline", "Lasten sukset")
    asked = ("pyörä", "suksia", "polkupyora", "lasten sukset", "pyö")
    before = [found(app, words) for words in asked]
    with app.app_context(), transaction():
        assert finding.index_everything() == 3
    assert [found(app, words) for words in asked] == before


def test_other_rules_lead_to_another_index(app: Lainaamo, make: Make) -> None:
    stocked(make, "Sukset")
    with app.app_context():
        with transaction():
            assert finding.freshen() == 1
        with transaction():
            assert finding.freshen() is None
            session.execute(update(State).values(analyser="older rules"))
        assert not finding.is_fresh()
        with transaction():
            assert finding.freshen() == 1
        assert search.analyser() != "older rules"


def test_a_kind_forgotten_by_the_index_is_noticed(app: Lainaamo, make: Make) -> None:
    (kind,) = stocked(make, "Sukset")
    with app.app_context():
        assert finding.count_missing() == 0
        with transaction():
            search.forget([kind.id])
        assert finding.count_missing() == 1


def test_the_same_name_indexed_by_many_at_once_is_found(
    app: Lainaamo, make: Make, at_once: AtOnce
) -> None:
    kinds = stocked(make, *(f"Sukset {n}" for n in range(4)))

    def index(_browser: Browser) -> None:
        with app.app_context(), transaction():
            finding.index_kinds(kind.id for kind in kinds)

    at_once(6, index)
    assert len(found(app, "suksia")) == 4
    with app.app_context():
        assert session.scalar(select(func.count(Document.id))) == 4


def test_the_staffs_list_finds_the_same_words_and_says_what_it_mended(
    signed_in: SignedIn, make: Make
) -> None:
    item = make.item(make.kind("Lasten luistimet"), size="32", place=make.place("B12"))
    make.item(make.kind("Pulkka"), place=make.place("C3"))
    staff, sign = signed_in("counter"), make.sign(item)
    for words in ("luistimia", "luistimet lapsille", "b12 luistin", "luistimia 32"):
        page = staff.get("/tavarat", query_string={"q": words}).text
        assert (f"/tavarat/{sign}" in page, "Tarkoititko" in page) == (True, False), words
    mended = staff.get("/tavarat?q=luistmet").text
    assert f"/tavarat/{sign}" in mended
    assert "Tarkoititko:" in mended
