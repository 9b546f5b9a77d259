"""A kit's things are handed out by scanning in any order, and each comes back on its own."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lainaamo.core.web import Lainaamo
from lainaamo.goods.availability import Stock, Thing, Wish, free_together, pack
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

MON, FRI = "2026-03-02", "2026-03-06"


class Fetched:
    """A kit of skis and boots, reserved for a borrower from today on."""

    def __init__(self, make: Make, browser: Browser) -> None:
        self.skis, self.boots = make.kind("Sukset"), make.kind("Monot")
        self.items = [make.item(kind) for kind in (self.skis, self.boots)]
        self.kit = make.kit("Hiihtopakkaus", (self.skis, 1), (self.boots, 1))
        asked = {"first_day": MON, "last_day": FRI, "for_whom": "me", "agree": "yes"}
        answer = browser.post(f"/valineet/{self.kit.id}/varaukset", data=asked)
        assert answer.status_code == 303
        self.page = answer.location.partition("?")[0]


@pytest.fixture
def me(signed_in: SignedIn, make: Make) -> Browser:
    return signed_in("resident", person_id=make.person("resident", first_name="Aino").id)


@pytest.fixture
def fetched(make: Make, me: Browser) -> Fetched:
    return Fetched(make, me)


def test_things_of_a_kit_go_by_scanning_and_come_back_one_by_one(
    app: Lainaamo, me: Browser, make: Make, fetched: Fetched, signed_in: SignedIn
) -> None:
    desk = signed_in("counter")
    page = desk.get("/tiski/varaukset/1").text
    assert "Hiihtopakkaus" in page
    for item in reversed(fetched.items):
        answer = desk.post("/tiski/varaukset/1/skannaukset", data={"code": make.sign(item)})
        assert answer.status_code == 303
    back = {"code": make.sign(fetched.items[0]), "action": "take_back"}
    assert desk.post("/api/v1/scans", json=back).status_code == 200
    page = me.get(fetched.page).text
    assert "Hiihtopakkaus" in page
    assert "palautettu" in page
    assert "Palauta viimeistään" in page


def test_the_same_kit_is_borrowed_again_in_the_same_sizes(me: Browser, fetched: Fetched) -> None:
    me.post(f"{fetched.page}/peruutus")
    assert "/omat/uudestaan/1" in me.get(fetched.page).text
    assert "Hiihtopakkaus" in me.get("/omat/uudestaan/1").text


@given(
    things=st.lists(st.sampled_from(["S", "M"]), min_size=1, max_size=5),
    sizes=st.lists(st.sampled_from(["S", "M", None]), min_size=1, max_size=3),
    singles=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from(["S", "M", None])),
        max_size=4,
    ),
)
@settings(max_examples=30)
def test_what_is_called_free_of_a_kit_can_be_reserved_that_many_times(
    things: list[str], sizes: list[str | None], singles: list[tuple[int, int, str | None]]
) -> None:
    def day(n: int) -> date:
        return date(2026, 3, 2 + n)

    stock = Stock([Thing(n, size, 1) for n, size in enumerate(things)])
    for first, length, size in singles:
        wish = Wish(len(stock.wishes) + 1, day(first), day(first + length), size, 1)
        if pack(stock, [wish]) is not None:
            stock = Stock(stock.things, (), [*stock.wishes, wish])
    free = free_together(stock, day(1), day(2), site_id=1, sizes=sizes)

    def wishes(times: int) -> list[Wish]:
        wanted = [size for _ in range(times) for size in sizes]
        return [Wish(100 + n, day(1), day(2), size, 1) for n, size in enumerate(wanted)]

    placed = pack(stock, wishes(free))
    assert placed is not None
    assert len(set(placed.values())) >= free * len(sizes)
    assert free * len(sizes) <= len(things)
    assert pack(stock, wishes(free + 1)) is None
