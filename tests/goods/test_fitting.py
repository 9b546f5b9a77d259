"""Sizes that fit go by public charts: never smaller for the taller, and nobody is left without."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lainaamo.goods.fitting import (
    Body,
    family_of,
    fitting,
    goes_with,
    measures,
    nearest,
    range_of,
)
from lainaamo.goods.size_rules import RULES

SPANS = {"height": (60, 220), "shoe": (15, 55), "head": (35, 70)}
STEPS = {"alpine_boot": 1, "shoe": 1, "wheel": 2, "helmet": 2, "frame": 5}
POLES = {"classic_pole", "skate_pole"}
"""How far apart sizes are made: skis every 10 cm, poles every 5."""


def body(name: str, value: float) -> Body:
    return Body(**{RULES[name].by: value})  # type: ignore[arg-type]  # never the skill


@pytest.mark.parametrize("name", RULES)
@given(st.data())
@settings(max_examples=20)
def test_who_is_larger_never_gets_smaller(name: str, data: st.DataObject) -> None:
    span = st.floats(*SPANS[RULES[name].by])
    small, large = sorted([data.draw(span), data.draw(span)])
    one, other = (range_of(name, body(name, value)) for value in (small, large))
    assert one is not None
    assert other is not None
    assert one.lowest <= other.lowest + 1e-9
    assert one.highest <= other.highest + 1e-9
    assert one.lowest < one.best < one.highest


@pytest.mark.parametrize("name", RULES)
def test_nobody_falls_between_two_sizes(name: str) -> None:
    step = 5 if name in POLES else STEPS.get(name, 10)
    first, last = SPANS[RULES[name].by]
    for value in range(first, last + 1):
        found = range_of(name, body(name, value))
        assert found is not None
        assert step - 1e-9 <= found.highest - found.lowest <= 25


@pytest.mark.parametrize(
    ("name", "of", "fits", "too"),
    [
        ("classic_ski", Body(height=170), (185, 195), (175, 205)),
        ("skate_ski", Body(height=170), (175, 185), (165, 195)),
        ("classic_pole", Body(height=170), (140, 145), (130, 155)),
        ("skate_pole", Body(height=170), (153, 155), (140, 165)),
        ("alpine_ski", Body(height=170), (150, 160), (130, 180)),
        ("alpine_boot", Body(shoe=42), (27, 27.5), (25, 29)),
        ("shoe", Body(shoe=38), (38, 39), (37, 40)),
        ("wheel", Body(height=125), (20, 20), (12, 26)),
        ("helmet", Body(head=54), (54, 56), (53, 57)),
    ],
)
def test_sizes_are_those_of_the_charts(
    name: str, of: Body, fits: tuple[float, float], too: tuple[float, float]
) -> None:
    found = range_of(name, of)
    assert found is not None
    assert all(found.lowest <= size <= found.highest for size in fits)
    assert not any(found.lowest <= size <= found.highest for size in too)


def test_the_size_nearest_the_middle_is_proposed_first() -> None:
    sizes = ["170 cm", "180 cm", "190 cm", "200 cm"]
    assert fitting("skis", sizes, Body(height=170)) == ["190 cm", "180 cm"]
    assert nearest("skis", sizes, Body(height=210))[0] == "200 cm"


def test_a_beginner_gets_shorter_downhill_skis() -> None:
    new, skilled = (range_of("alpine_ski", Body(height=170, skill=n)) for n in (-1, 1))
    assert new is not None
    assert skilled is not None
    assert new.best < skilled.best


def test_what_a_kind_goes_by_is_told_by_its_category_and_name() -> None:
    assert family_of(["skis", "skiing"], "Aikuisten perinteisen sukset") == "skis"
    assert family_of(["skis", "skiing"], "Luistelusukset") == "skate_skis"
    assert family_of(["touring_skates", "skates"], "Retkiluistimet") == "boots"
    assert family_of(["ski_boots"], "Luistelumonot") == "skate_boots"
    assert family_of(["skis"], "Metsäsukset") is None
    assert family_of(["sleds", "winter"], "Pulkka") is None


def test_only_what_the_sizes_go_by_is_asked() -> None:
    assert measures("boots", ["38", "39"]) == ["shoe"]
    assert measures("bikes", ["20″", "52 cm"]) == ["height"]
    assert measures("helmets", ["54 cm"]) == ["head"]


@pytest.mark.parametrize(
    ("boots", "bindings", "fits"),
    [
        ("prolink", "nnn", True),
        ("nnn", "turnamic", True),
        ("sns", "nnn", False),
        ("sns", "sns_pilot", False),
        ("nnn_bc", "nnn", False),
        ("nn75", "nn75", True),
        (None, "nnn", None),
    ],
)
def test_boots_fit_only_bindings_for_their_soles(
    boots: str | None,
    bindings: str | None,
    fits: bool | None,  # noqa: FBT001 - a case of the table
) -> None:
    assert goes_with(boots, bindings) is fits
