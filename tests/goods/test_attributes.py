import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lainaamo.core.errors import Refusal
from lainaamo.goods import attributes
from lainaamo.goods.attributes import ATTRIBUTES, Value, parse, parse_measures, show
from lainaamo.goods.guesses import guess

SKI = ("ski_length", "binding", "shoe_eu")
FURNITURE = (
    "width_mm",
    "depth_mm",
    "height_mm",
    "seat_height_mm",
    "colour",
    "material",
    "weight_g",
)
BIKE = ("wheel_inch", "frame_size", "persons", "colour")
NUMBERS = [key for key, attribute in ATTRIBUTES.items() if attribute.kind == "number"]


def refused(key: str, text: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        parse(key, text)
    return refusal.value


def words_of(refusal: Refusal) -> str:
    return refusal.message % refusal.params


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("ski_length", "140", 140),
        ("ski_length", "140 cm", 140),
        ("ski_length", "1,4 m", 140),
        ("ski_length", "1.405 m", 140.5),
        ("body_length", " 120cm ", 120),
        ("shoe_eu", "44", 44),
        ("shoe_eu", "38,5", 38.5),
        ("shoe_eu", "EU 38", 38),
        ("shoe_mondo", "25,5", 25.5),
        ("shoe_mondo", "255 mm", 25.5),
        ("shoe_mondo", "Mondo 25.5", 25.5),
        ("head_girth", "54 cm", 54),
        ("frame_size", "52", 52),
        ("frame_size", "17″", 43.2),
        ("wheel_inch", "27,5", 27.5),
        ("wheel_inch", '24"', 24),
        ("volume_l", "60 l", 60),
        ("volume_l", "5 dl", 0.5),
        ("persons", "4 hlö", 4),
        ("width_mm", "60", 600),
        ("width_mm", "60,5 cm", 605),
        ("width_mm", "1200", 1200),
        ("width_mm", "1 200 mm", 1200),
        ("width_mm", "1,2 m", 1200),
        ("seat_height_mm", "45 cm", 450),
        ("weight_g", "2,5", 2500),
        ("weight_g", "2,5 kg", 2500),
        ("weight_g", "800 g", 800),
    ],
)
def test_a_number_is_read_with_and_without_its_unit(key: str, text: str, value: Value) -> None:
    assert parse(key, text) == value
    assert type(parse(key, text)) is type(value)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("binding", "nnn", "nnn"),
        ("binding", "NNN BC", "nnn_bc"),
        ("binding", "75 mm", "nn75"),
        ("binding", "SNS Profil", "sns"),
        ("binding", "SNS Pilot", "sns_pilot"),
        ("colour", "blue", "blue"),
        ("colour", "tummansininen", "blue"),
        ("colour", "Vaaleanpunainen", "pink"),
        ("colour", "grå", "grey"),
        ("material", "koivu", "wood"),
        ("material", "lasikuitu", "glass_fibre"),
        ("clothing_size", "m", "M"),
        ("clothing_size", "2xl", "XXL"),
        ("clothing_size", "146/152", "146/152"),
        ("clothing_size", "s / m", "S/M"),
        ("clothing_size", "52", "52"),
    ],
)
def test_a_choice_is_read_from_its_code_and_from_words(key: str, text: str, value: str) -> None:
    assert parse(key, text) == value


@pytest.mark.parametrize(
    ("key", "text", "code", "says"),
    [
        ("shoe_eu", "28\u201333", "not_a_number", "one number, not a range, for example 38"),
        ("ski_length", "130-140 cm", "not_a_number", "one number, not a range"),
        ("ski_length", "", "not_a_number", "Write a number, for example 140 cm"),
        ("ski_length", "pitkä", "not_a_number", "Write a number"),
        ("ski_length", "140 kg", "wrong_unit", "unit kg does not belong here"),
        ("ski_length", "14", "out_of_bounds", "from 60 cm to 230 cm"),
        ("weight_g", "9000 kg", "out_of_bounds", "from 1 g to 2000 kg"),
        ("shoe_mondo", "44", "out_of_bounds", "from Mondo 10 to Mondo 36"),
        ("persons", "2,5", "not_whole", "whole number, for example 4"),
        ("binding", "narulla", "not_a_choice", "Choose one from the list"),
        ("clothing_size", "iso", "not_a_size", "for example M"),
        ("clothing_size", "500", "not_a_size", "as it is on the tag"),
    ],
)
def test_a_refusal_says_what_to_write(key: str, text: str, code: str, says: str) -> None:
    refusal = refused(key, text)
    assert refusal.code == code
    assert says in words_of(refusal)


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        ("60x40x75 cm", (600, 400, 750)),
        ("60 x 40 x 75", (600, 400, 750)),
        ("60 \u00d7 40,5 \u00d7 75 cm", (600, 405, 750)),
        ("600*400*750 mm", (600, 400, 750)),
        ("1200X600X750", (1200, 600, 750)),
        ("1,2 m x 60 cm x 75 cm", (1200, 600, 750)),
        ("120x80 cm", (1200, 800)),
    ],
)
def test_width_depth_and_height_are_read_together(text: str, measures: tuple[int, ...]) -> None:
    assert tuple(parse_measures(text).values()) == measures
    assert tuple(parse_measures(text)) == attributes.MEASURES[: len(measures)]


@pytest.mark.parametrize(
    "text", ["", "60", "60x", "x", "60x40x75x20 cm", "60x40 kg", "0x40", "a x b"]
)
def test_measures_that_are_not_such_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        parse_measures(text)


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("ski_length", 140, "140 cm"),
        ("ski_length", 140.5, "140,5 cm"),
        ("shoe_eu", 38, "38"),
        ("shoe_mondo", 25.5, "Mondo 25,5"),
        ("wheel_inch", 27.5, "27,5″"),
        ("volume_l", 60, "60 l"),
        ("persons", 4, "4"),
        ("width_mm", 605, "60,5 cm"),
        ("weight_g", 2500, "2,5 kg"),
        ("weight_g", 800, "800 g"),
        ("clothing_size", "XXL", "XXL"),
        ("binding", "nn75", "75 mm"),
        ("colour", "blue", "blue"),
    ],
)
def test_a_value_is_written_as_people_write_it(key: str, value: Value, shown: str) -> None:
    assert show(key, value) == shown


def test_a_choice_is_written_in_the_reader_s_language() -> None:
    assert show("colour", "blue", translate={"blue": "sininen"}.__getitem__) == "sininen"


@settings(max_examples=150)
@given(st.sampled_from(NUMBERS), st.data())
def test_what_is_shown_is_read_back_the_same(key: str, chosen: st.DataObject) -> None:
    attribute = ATTRIBUTES[key]
    value: int | float = round(chosen.draw(st.floats(attribute.lowest, attribute.highest)), 1)
    if attribute.unit in {"mm", "g"} or key == "persons":
        value = round(value)
    assert parse(key, show(key, value)) == value


@pytest.mark.parametrize("key", ["binding", "colour", "material"])
def test_every_choice_is_read_from_its_code_and_its_english_word(key: str) -> None:
    for code, word in ATTRIBUTES[key].choices.items():
        assert parse(key, code) == code
        assert parse(key, word) == code


def test_every_example_is_itself_good() -> None:
    for key, attribute in ATTRIBUTES.items():
        if attribute.kind != "choice":
            assert parse(key, attribute.example)


def test_the_printed_size_is_the_first_that_the_thing_has() -> None:
    found: dict[str, Value] = {"binding": "nnn", "shoe_eu": 38, "ski_length": 140}
    assert attributes.size_text(found, SKI) == "140 cm"
    assert attributes.size_text({"shoe_eu": 38, "binding": "nnn"}, SKI) == "38"
    assert attributes.size_text({"binding": "nnn"}, SKI) is None
    assert attributes.size_text(found, ("unknown",)) is None


def test_the_measures_of_furniture_are_written_together() -> None:
    found: dict[str, Value] = {"height_mm": 750, "width_mm": 600, "depth_mm": 405}
    assert attributes.measures_text(found) == "60 \u00d7 40,5 \u00d7 75 cm"
    assert attributes.measures_text({"width_mm": 600}) is None


@pytest.mark.parametrize(
    ("text", "keys", "found"),
    [
        (
            "140 cm, NNN-side, koko 38",
            SKI,
            {"ski_length": 140, "binding": "nnn", "shoe_eu": 38},
        ),
        ("koko 38 140 cm", SKI, {"shoe_eu": 38, "ski_length": 140}),
        ("sukset 180 cm, monot 42, SNS", SKI, {"ski_length": 180, "shoe_eu": 42, "binding": "sns"}),
        ("side 75 mm, pituus 200 cm", SKI, {"binding": "nn75", "ski_length": 200}),
        (
            "180 cm, sauvat 145 cm",
            ("ski_length", "pole_length"),
            {"ski_length": 180, "pole_length": 145},
        ),
        ("38", ("shoe_eu",), {"shoe_eu": 38}),
        ("mondo 25,5", ("shoe_mondo",), {"shoe_mondo": 25.5}),
        (
            "koko M/L, musta",
            ("clothing_size", "colour"),
            {"clothing_size": "M/L", "colour": "black"},
        ),
        ("146/152", ("clothing_size",), {"clothing_size": "146/152"}),
        ("14″, Päiväkoti-paketti", BIKE, {"wheel_inch": 14}),
        ("24 tuumaa, runko 40 cm", BIKE, {"wheel_inch": 24, "frame_size": 40}),
        ("jopa 8 lasta kerralla; vain yksiköille", BIKE, {"persons": 8}),
        ("20 henkilölle; kupit, lusikat", ("persons",), {"persons": 20}),
        ("60 l, sininen", ("volume_l", "colour"), {"volume_l": 60, "colour": "blue"}),
        (
            "120x80x72 cm, koivua, valkoinen, 25 kg",
            FURNITURE,
            {
                "width_mm": 1200,
                "depth_mm": 800,
                "height_mm": 720,
                "material": "wood",
                "colour": "white",
                "weight_g": 25000,
            },
        ),
        (
            "lev. 120 cm, syv. 60, istuinkorkeus 45 cm",
            FURNITURE,
            {"width_mm": 1200, "depth_mm": 600, "seat_height_mm": 450},
        ),
        ("120x80 cm", ("width_mm", "height_mm"), {"width_mm": 1200, "height_mm": 800}),
        ("punainen, iskemätön", FURNITURE, {"colour": "red"}),
    ],
)
def test_sizes_are_read_from_the_free_text_of_lists(
    text: str, keys: tuple[str, ...], found: dict[str, Value]
) -> None:
    assert guess(text, keys) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kokoon 47 saakka",
        "koko 38\u201340",
        "52-58 cm",
        "yli 140 cm",
        "n. 140 cm",
        "laina-aika 3 päivää; lainaajan ikä vähintään 15 v; korvaushinta 400 €",
        "karvapohjasukset; yhteensä yli 50 paria; koululaiset arkipäivisin etusijalla",
        "1\u201310 kalustetta / huone, n. 70 huonetta",
        "8 osan setti",
        "hankittu 2023",
        "2023",
        "pääkirjasto, Lehtikangas",
        "musta-valkoinen",
        "punainen tai sininen",
        "tammikuussa Ruskeasuolta, Mäntyharju, Kangasala",
        "9" * 10_000,
        "1x" * 5_000,
    ],
)
def test_what_is_no_size_or_not_certain_is_left_alone(text: str) -> None:
    assert guess(text, tuple(ATTRIBUTES)) == {}


def test_a_pair_of_shoe_sizes_is_left_alone() -> None:
    assert guess("koko 38/39", SKI) == {}


@settings(max_examples=200)
@given(
    st.text()
    | st.lists(
        st.sampled_from(["140", " ", "cm", "x", "koko", "-", "NNN", ",", '"', "kg", "n.", "M", "/"])
    ).map("".join)
)
def test_nothing_in_a_list_breaks_the_reading(text: str) -> None:
    for key, value in guess(text, [*ATTRIBUTES, "unknown"]).items():
        assert parse(key, show(key, value)) == value


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(ATTRIBUTES)),
    st.text() | st.from_regex(re.compile(r"[\d., ]{1,9}[a-z]{0,2}")),
)
def test_whatever_is_typed_is_read_or_refused_in_words(key: str, text: str) -> None:
    try:
        answer = show(key, parse(key, text))
    except Refusal as refusal:
        answer = words_of(refusal)
    assert answer
