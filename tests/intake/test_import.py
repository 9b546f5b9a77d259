"""A list of goods comes in: first looked at, then all its good rows at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.journal import Entry
from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo
from lainaamo.goods.codes import is_code
from lainaamo.goods.models import Category, Code, Item, Kind, Site
from lainaamo.goods.queries import opening
from lainaamo.intake import actions
from lainaamo.intake.actions import Outcome, Preview
from lainaamo.intake.models import ImportedRow
from lainaamo.intake.rules import Row
from lainaamo.people.models import Unit
from tests.conftest import AtOnce
from tests.make import Make

TREE: tuple[tuple[str, str | None, str, str, list[str], list[str]], ...] = (
    # key, parent, pool, name, attributes, aliases
    ("sport", None, "lendable", "Liikunta", [], ["urheilu", "hiihto"]),
    ("skis", "sport", "lendable", "Sukset", ["ski_length", "colour"], ["suksi"]),
    ("boots", "sport", "lendable", "Monot", ["shoe_eu"], ["mono"]),
    ("games", "sport", "lendable", "Pelit", [], ["peli", "pihapelit"]),
    ("lending_other", "sport", "lendable", "Muut lainattavat", [], []),
    ("furniture", None, "reuse", "Kalusteet", ["width_mm"], ["toimistokalusteet"]),
    ("desks", "furniture", "reuse", "Pöydät", ["width_mm", "depth_mm"], ["pöytä", "table"]),
    ("chairs", "furniture", "reuse", "Tuolit", ["seat_height_mm"], ["tuoli"]),
    ("reuse_other", "furniture", "reuse", "Muut tavarat", [], ["sekalaiset"]),
)


@dataclass
class Desk:
    """Somebody at the command line with a list in hand."""

    app: Lainaamo

    def look(self, text: str | bytes) -> Preview:
        with self.app.app_context():
            return actions.preview(text if isinstance(text, bytes) else text.encode())

    def bring(self, text: str | bytes) -> Outcome:
        with self.app.app_context():
            seen = actions.preview(text if isinstance(text, bytes) else text.encode())
            with transaction():
                return actions.apply(seen)

    def count(self, model: type[Base]) -> int:
        with self.app.app_context():
            return session.scalar(select(func.count()).select_from(model)) or 0

    def all(self, model: type[Base]) -> Sequence[object]:
        with self.app.app_context():
            return session.scalars(select(model).order_by(model.__table__.c.id)).all()

    def items(self) -> Sequence[Item]:
        with self.app.app_context():
            return session.scalars(select(Item).order_by(Item.id)).all()

    def kinds(self) -> Sequence[Kind]:
        with self.app.app_context():
            return session.scalars(select(Kind).order_by(Kind.id)).all()

    def category_of(self, name: str) -> str:
        with self.app.app_context():
            wanted = select(Category.key).join(Kind, Kind.category_id == Category.id)
            return session.scalars(wanted.where(Kind.name == name)).one()


@pytest.fixture
def desk(app: Lainaamo, make: Make) -> Desk:
    ids: dict[str, int] = {}
    for position, (key, parent, pool, name, keys, aliases) in enumerate(TREE):
        ids[key] = make.kept(
            Category(
                key=key,
                parent_id=ids[parent] if parent else None,
                position=position,
                name=name,
                name_simple=name,
                name_sv=name,
                name_en=name,
                pictogram="box",
                cpv="37410000",
                pool=pool,
                attributes=keys,
                aliases=aliases,
            )
        ).id
    make.site()
    return Desk(app)


def only(seen: Preview) -> Row:
    assert len(seen.rows) == 1
    return seen.rows[0]


def codes_of(row: Row) -> list[str]:
    return [note.code for note in row.notes]


def test_looking_at_a_list_writes_nothing(desk: Desk) -> None:
    before = [desk.count(model) for model in (Item, Kind, ImportedRow, Unit, Code, Entry)]
    seen = desk.look("nimi;luokka;omistaja\nPöytä;kalusteet;Iin koulu\nMonot;hiihto;\n")
    assert seen.count("new") == 2
    assert [desk.count(model) for model in (Item, Kind, ImportedRow, Unit, Code, Entry)] == before


def test_a_row_with_nothing_but_a_name_is_good(desk: Desk) -> None:
    assert only(desk.look("nimi\nSuksi\n")).verdict == "new"
    assert desk.bring("nimi\nSuksi\n").singles == 1
    assert desk.category_of("Suksi") == "skis"


def test_each_lendable_thing_gets_a_code_of_its_own(desk: Desk) -> None:
    outcome = desk.bring("nimi,luokka,koko,kpl\nsukset,hiihto,150 cm; sininen,3\n".replace(";", ""))
    assert (outcome.singles, outcome.lots, outcome.kinds) == (3, 0, 1)
    assert [item.quantity for item in desk.items()] == [1, 1, 1]
    with desk.app.app_context():
        signs = session.scalars(select(Code.sign).where(Code.item_id.is_not(None))).all()
    assert len(set(signs)) == 3
    assert all(is_code(sign) for sign in signs)


def test_goods_for_reuse_are_one_lot_a_row(desk: Desk) -> None:
    outcome = desk.bring("nimi;luokka;kpl\nTuoli;toimistokalusteet;7 000\n")
    assert (outcome.singles, outcome.lots) == (0, 1)
    [lot] = desk.items()
    assert (lot.quantity, lot.unclaimed) == (7000, 7000)
    assert desk.count(Code) == 1


def test_sizes_are_read_and_are_things_of_one_kind(desk: Desk) -> None:
    desk.bring('nimi;luokka;koko\nsukset;hiihto;"150 cm"\nSukset;hiihto;"160 cm; punainen"\n')
    assert [kind.name for kind in desk.kinds()] == ["Sukset"]
    assert [item.size for item in desk.items()] == ["150 cm", "160 cm"]
    assert desk.items()[1].attributes == {"ski_length": 160, "colour": "red"}


def test_a_kind_that_is_there_gets_the_new_things(desk: Desk) -> None:
    desk.bring("nimi;luokka\nSukset;hiihto\n")
    desk.bring("nimi;luokka;koko\nsukset;hiihto;170 cm\n")
    assert len(desk.kinds()) == 1
    assert len(desk.items()) == 2


def test_what_all_rows_of_a_kind_say_describes_it(desk: Desk) -> None:
    desk.bring("nimi;luokka;koko\nPöytä;kalusteet;80 x 60 cm, lukollinen\n")
    assert desk.kinds()[0].description == "lukollinen"


def test_what_only_some_rows_of_a_kind_say_stays_with_the_thing(desk: Desk) -> None:
    desk.bring("nimi;luokka;koko\nPöytä;kalusteet;lukollinen\nPöytä;kalusteet;\n")
    assert desk.kinds()[0].description is None
    assert [item.note for item in desk.items()] == ["lukollinen", None]


def test_the_first_goods_come_to_a_house_that_is_open(desk: Desk) -> None:
    desk.bring("nimi;luokka\nSukset;hiihto\n")
    with desk.app.app_context():
        [item] = session.scalars(select(Item)).all()
        assert opening(item.site_id).is_open(date(2026, 3, 3))


def test_the_same_list_twice_changes_nothing(desk: Desk) -> None:
    text = "nimi;luokka;kpl\nSukset;hiihto;2\nSukset;hiihto;2\nTuoli;kalusteet;5\n"
    first = desk.bring(text)
    before = [desk.count(model) for model in (Item, Kind, ImportedRow, Code, Entry)]
    seen = desk.look(text)
    assert [row.verdict for row in seen.rows] == ["already"] * 3
    second = desk.bring(text)
    assert (first.rows, first.singles, first.lots, first.already) == (3, 4, 1, 0)
    assert (second.rows, second.singles, second.lots, second.already) == (0, 0, 0, 3)
    assert [desk.count(model) for model in (Item, Kind, ImportedRow, Code, Entry)] == before


def test_the_same_list_from_another_program_changes_nothing(desk: Desk) -> None:
    desk.bring("nimi;luokka;kpl\nPöytä;kalusteet;2\n")
    other = "kpl\tluokka\tnimi\ttyhjä\r\n2\tkalusteet\tPöytä\t\r\n".encode("utf-16")
    assert desk.bring(other).already == 1


def test_two_equal_rows_are_two_things_and_a_third_is_one_more(desk: Desk) -> None:
    desk.bring("nimi;luokka\nSukset;hiihto\nSukset;hiihto\n")
    outcome = desk.bring("nimi;luokka\nSukset;hiihto\nSukset;hiihto\nSukset;hiihto\n")
    assert (outcome.singles, outcome.already) == (1, 2)


def test_two_people_bringing_the_same_list_bring_it_once(desk: Desk, at_once: AtOnce) -> None:
    text = b"nimi;luokka;kpl;omistaja\nSukset;hiihto;3;\nTuoli;kalusteet;5;Iin koulu\n"
    with desk.app.app_context():
        seen = actions.preview(text)

    def bring(_browser: object) -> tuple[int, int]:
        with desk.app.app_context(), transaction():
            outcome = actions.apply(seen)
        return outcome.rows, outcome.already

    assert sorted(at_once(4, bring)) == [(0, 2), (0, 2), (0, 2), (2, 0)]
    assert desk.count(Item) == 4
    assert desk.count(Unit) == 1
    assert desk.count(Kind) == 2


def test_what_fails_in_the_middle_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_rest: object) -> None:
        raise OSError("the power went")

    seen = desk.look("nimi;luokka;omistaja\nSukset;hiihto;\nTuoli;kalusteet;Iin koulu\n")
    monkeypatch.setattr("lainaamo.goods.actions.label_many", cut)
    with desk.app.app_context(), pytest.raises(OSError, match="power"), transaction():
        actions.apply(seen)
    assert [desk.count(model) for model in (Item, Kind, ImportedRow, Unit)] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("count", "things", "notes"),
    [
        ("", 1, []),
        ("3", 3, []),
        ("3 kpl", 3, []),
        ("2,0", 2, []),
        ("puolenkymmentä", 1, ["unreadable_count"]),
        ("2,5", 1, ["unreadable_count"]),
        ("500", 500, []),
    ],
)
def test_a_count_is_read_or_is_one_with_a_warning(
    desk: Desk, count: str, things: int, notes: list[str]
) -> None:
    row = only(desk.look(f"nimi;luokka;kpl\nSukset;hiihto;{count}\n"))
    assert row.thing
    assert row.thing.count == things
    assert codes_of(row) == notes
    assert row.verdict == ("warning" if notes else "new")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nimi;luokka;kpl\nSukset;hiihto;0\n", "nothing"),
        ("nimi;luokka;kpl\nSukset;hiihto;-2\n", "nothing"),
        ("nimi;luokka;kpl\nSukset;hiihto;501\n", "too_many"),
        ("nimi;luokka;kpl\nTuoli;kalusteet;1000001\n", "too_many"),
        ("nimi;luokka\n;kalusteet\n", "no_name"),
        (f"nimi;luokka\n{'a' * 201};kalusteet\n", "long_name"),
        ("nimi;koodi\nSukset;K7M4Q\n", "wrong_sign"),
        ("nimi;koodi\nSukset;INV-1\n", "not_a_code"),
    ],
)
def test_a_row_that_cannot_come_in_says_why_and_the_others_do(
    desk: Desk, text: str, code: str
) -> None:
    seen = desk.look(text + "Monot\n")
    assert [row.verdict for row in seen.rows] == ["refused", "new"]
    assert codes_of(seen.rows[0]) == [code]
    outcome = desk.bring(text + "Monot\n")
    assert (outcome.rows, outcome.refused) == (1, 1)


@pytest.mark.parametrize(
    ("price", "cents", "notes"),
    [
        ("25 €", 2500, []),
        ("1 200,00", 120000, []),
        ("1.200,50 €", 120050, []),
        ("n. 100 €", 10000, []),
        ("12.5", 1250, []),
        ("0", None, []),
        ("0 € (Annetaan-päivä)", None, []),
        ("150–200 €", None, ["unreadable_price"]),
        ("laina", None, ["unreadable_price"]),
        ("99999999999", None, ["unreadable_price"]),
    ],
)
def test_a_price_is_read_or_left_out_with_a_warning(
    desk: Desk, price: str, cents: int | None, notes: list[str]
) -> None:
    row = only(desk.look(f"nimi;hinta\nTuoli;{price}\n"))
    assert row.thing
    assert row.thing.price_new_cents == cents
    assert codes_of(row) == notes


@pytest.mark.parametrize(
    ("name", "category", "expected"),
    [
        ("monot", "hiihto", "boots"),  # finer than the list's own
        ("maastosukset", "hiihto", "skis"),  # the end of a compound
        ("mono", "", "boots"),
        ("SUP-lauta", "hiihto", "sport"),  # as the list says
        ("toimistopöytä, suuri", "", "desks"),
        ("pöytä ja tuoli", "kalusteet", "desks"),
        ("pöytätuoli", "kalusteet", "chairs"),
        ("sukset", "sekalaiset", "reuse_other"),  # the list decides the pool
        ("tuoli", "sekalaiset", "chairs"),  # what is miscellaneous is looked at again
        ("pöytä", "pihapelit", "games"),
        ("tuoli", "pöydät", "chairs"),  # the very name of another
        ("lepotuoli", "pöydät", "desks"),
        ("Table (round)", "", "desks"),
        ("tuoli", "en tiedä", "chairs"),
    ],
)
def test_a_thing_finds_its_category(desk: Desk, name: str, category: str, expected: str) -> None:
    row = only(desk.look(f'nimi;luokka\n"{name}";{category}\n'))
    assert row.verdict == "new"
    assert row.thing
    with desk.app.app_context():
        assert session.get_one(Category, row.thing.category_id).key == expected


def test_a_thing_without_any_category_is_among_others_with_a_warning(desk: Desk) -> None:
    row = only(desk.look("nimi;luokka\nvempain;härvelit\n"))
    assert codes_of(row) == ["no_category"]
    assert row.thing
    assert row.thing.pool == "reuse"


def test_the_code_of_a_row_is_its_key_and_goes_on_the_thing(desk: Desk) -> None:
    desk.bring("nimi;koodi;kunto\nSukset;k7m4p;hyvä\n")
    with desk.app.app_context():
        assert session.scalars(select(Code.sign)).all() == ["K7M4P"]
    changed = desk.look("nimi;koodi;kunto\nSukset, punaiset;K7M4P;rikki\n")
    assert only(changed).verdict == "already"


def test_two_rows_with_one_code_are_one_thing_and_a_refusal(desk: Desk) -> None:
    seen = desk.look("nimi;koodi\nSukset;K7M4P\nMonot;K7M4P\n")
    assert [row.verdict for row in seen.rows] == ["new", "refused"]
    assert seen.rows[1].notes[0].params == {"line": 2}


def test_a_code_of_a_thing_that_is_here_means_the_thing_is_here(desk: Desk, make: Make) -> None:
    make.item(sign="K7M4P")
    assert only(desk.look("nimi;koodi\nSukset;K7M4P\n")).verdict == "already"


def test_a_printed_blank_code_is_claimed(desk: Desk, make: Make) -> None:
    make.kept(Code(sign="K7M4P", made_at=make.item().received_at))
    desk.bring("nimi;koodi\nSukset;K7M4P\n")
    with desk.app.app_context():
        code = session.scalars(select(Code).where(Code.sign == "K7M4P")).one()
    assert code.item_id is not None


def test_the_code_of_a_shelf_is_refused(desk: Desk, make: Make) -> None:
    sign = make.sign(make.place("A1"))
    assert codes_of(only(desk.look(f"nimi;koodi\nSukset;{sign}\n"))) == ["code_in_use"]


def test_the_owner_of_goods_for_reuse_is_the_giving_unit(desk: Desk, make: Make) -> None:
    school = make.unit("Iin koulu")
    text = "nimi;omistaja\nTuoli;IIN KOULU\nPöytä;Kirjasto\nPöytä;kirjasto\nSukset;Kirjasto\n"
    outcome = desk.bring(text)
    giving = [item.giving_unit_id for item in desk.items()]
    assert outcome.units == 1
    assert giving[0] == school.id
    assert giving[1] == giving[2] != school.id
    assert giving[3] is None


def test_a_thing_is_put_on_the_shelf_its_row_names(desk: Desk, make: Make) -> None:
    place = make.place("B12")
    seen = desk.look("nimi;hylly\nSukset;b12\nMonot;Z99\n")
    assert [codes_of(row) for row in seen.rows] == [[], ["no_place"]]
    desk.bring("nimi;hylly\nSukset;b12\nMonot;Z99\n")
    assert [item.place_id for item in desk.items()] == [place.id, None]


def test_a_condition_is_read_in_three_languages(desk: Desk) -> None:
    text = "nimi;kunto\nTuoli;Hyvä\nTuoli;käyttämätön\nTuoli;rikki\nTuoli;begagnad\nTuoli;jees\n"
    rows = desk.look(text).rows
    assert [row.thing.condition for row in rows if row.thing] == [
        "good", "as_new", "broken", "worn", "good",
    ]  # fmt: skip
    assert codes_of(rows[-1]) == ["unreadable_condition"]


def test_columns_that_are_not_read_are_named(desk: Desk) -> None:
    assert desk.look("nimi;source_url;kpl;muuta\nSukset;http://x;1;y\n").unused == [
        "source_url", "muuta",
    ]  # fmt: skip


def test_a_formula_is_a_name_like_any_other(desk: Desk) -> None:
    desk.bring('nimi\n"=SUM(A1:A9) tuoli"\n')
    assert desk.kinds()[0].name == "=SUM(A1:A9) tuoli"


def test_every_thing_has_a_line_in_the_journal_without_names(desk: Desk) -> None:
    desk.bring("nimi;luokka;omistaja;kpl\nTuoli;kalusteet;Iin koulu;4\nSukset;hiihto;;2\n")
    with desk.app.app_context():
        wanted = select(Entry).where(Entry.verb == "item.imported").order_by(Entry.id)
        lines = session.scalars(wanted).all()
    assert [line.details.get("quantity") for line in lines] == [4, 1, 1]
    assert [line.thing_id for line in lines] == [item.id for item in desk.items()]


def test_a_list_is_read_from_its_path(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("nimi\nSukset\n", encoding="cp1252")
    with desk.app.app_context():
        assert len(actions.preview(path).rows) == 1


def test_half_a_list_brings_nothing(desk: Desk) -> None:
    with pytest.raises(Refusal):
        desk.bring('nimi;luokka\nSukset;hiihto\n"Tuoli;kalus')
    assert desk.count(Item) == 0


def test_a_house_without_a_site_gets_one(desk: Desk) -> None:
    with desk.app.app_context(), transaction():
        for site in session.scalars(select(Site)):
            session.execute(Base.metadata.tables["opening_hours"].delete())
            session.delete(site)
    assert desk.bring("nimi\nSukset\n").singles == 1
    assert desk.count(Site) == 1
