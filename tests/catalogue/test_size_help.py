"""Which size fits: a height and a shoe size mark the sizes, and choose those of a kit."""

import pytest

from lainaamo.goods.models import Kind
from tests.make import Make
from tests.strict import Browser


@pytest.fixture
def skis(make: Make) -> Kind:
    kind = make.kind("Sukset", category=make.category("skis", attributes=["ski_length"]))
    for size in ("170 cm", "180 cm", "190 cm", "210 cm"):
        make.item(kind, size=size)
    return kind


def test_a_height_marks_the_sizes_that_fit(browser: Browser, skis: Kind) -> None:
    page = browser.get(f"/valineet/{skis.id}?pituus=170").text
    assert "Nämä sopivat: 180 cm, 190 cm." in page


def test_no_size_that_fits_is_said(browser: Browser, skis: Kind) -> None:
    page = browser.get(f"/valineet/{skis.id}?pituus=110").text
    assert "Meillä ei ole sopivaa kokoa" in page


@pytest.mark.parametrize("height", ["17", "x" * 10_000, "1e9", "-5", "1e99", "<b>"])
def test_a_height_of_nobody_is_asked_again(browser: Browser, skis: Kind, height: str) -> None:
    answer = browser.get(f"/valineet/{skis.id}", query_string={"pituus": height})
    assert answer.status_code == 422
    assert "Kirjoita pituus senttimetreinä" in answer.text


def test_sizes_of_a_kit_are_proposed(browser: Browser, make: Make, skis: Kind) -> None:
    boots = make.kind("Monot", category=make.category("ski_boots", attributes=["shoe_eu"]))
    for size in ("38", "39", "42"):
        make.item(boots, size=size)
    kit = make.kit("Hiihtopakkaus", (skis, 1), (boots, 1))
    answer = browser.get(f"/valineet/{kit.id}?pituus=170&kenka=42")
    page = browser.get(answer.location).text
    assert '<option value="190 cm" selected>' in page
    assert '<option value="42" selected>' in page


def test_a_kind_whose_sizes_are_not_of_a_body_asks_nothing(browser: Browser, make: Make) -> None:
    sleds = make.kind("Pulkka", category=make.category("sleds"))
    for size in ("1", "2"):
        make.item(sleds, size=size)
    assert "Mikä koko sopii?" not in browser.get(f"/valineet/{sleds.id}").text
