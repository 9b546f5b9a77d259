"""No two open reservations of a site have one pickup code."""

from datetime import date

import pytest

from lainaamo.core.db import transaction
from lainaamo.core.web import Lainaamo
from lainaamo.desk import pickups
from lainaamo.goods.codes import ALPHABET
from lainaamo.lending import actions, queries, rules
from tests.conftest import AtOnce
from tests.make import Make
from tests.strict import Browser

MON, TUE = date(2026, 3, 2), date(2026, 3, 3)


def test_a_code_in_use_at_the_site_is_drawn_again(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = make.kind()
    for _ in range(4):
        make.item(kind)
    other = make.kind("Luistimet")
    make.item(other, site=make.site("kirjasto"))
    drawn = iter([4729, 4729, 4729, 1111, 4729, 4729])
    monkeypatch.setattr("lainaamo.lending.making.secrets.randbits", lambda _bits: next(drawn))
    first = make.reservation(kind, MON, TUE)
    second = make.reservation(kind, MON, TUE)
    elsewhere = make.reservation(other, MON, TUE, site=make.site("kirjasto"))
    codes = [one.pick_up_code for one in (first, second, elsewhere)]
    assert codes == ["4729", "1111", "4729"]


def test_the_code_of_what_is_over_may_be_drawn_again(
    app: Lainaamo, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = make.kind()
    make.item(kind)
    monkeypatch.setattr("lainaamo.lending.making.secrets.randbits", lambda _bits: 4729)
    over = make.reservation(kind, MON, TUE)
    with app.app_context(), transaction():
        actions.cancel(queries.get_reservation(over.id))
    assert make.reservation(kind, MON, TUE).pick_up_code == over.pick_up_code


def test_eight_at_once_draw_eight_codes(
    app: Lainaamo, make: Make, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, people = make.kind(), [make.person("resident") for _ in range(8)]
    for _ in people:
        make.item(kind)
    draws = iter([n // 8 for n in range(200)])  # each number is drawn eight times over
    monkeypatch.setattr("lainaamo.lending.making.secrets.randbits", lambda _bits: next(draws))

    def one(browser: Browser) -> str:
        return make.reservation(kind, MON, TUE, person=people[browser.number]).pick_up_code

    assert len(set(at_once(8, one))) == 8


@pytest.mark.parametrize(("open_ones", "length"), [(0, 4), (1000, 4), (1001, 5), (10_000, 6)])
def test_many_open_ones_have_longer_codes_that_no_thing_has(open_ones: int, length: int) -> None:
    for bits in (0, 4729, 2**63 + 7):
        code = rules.pick_up_code(bits, open_ones=open_ones)
        assert len(code) == length
        assert pickups.read(code) == code
        assert length == 4 or code[0] not in ALPHABET
