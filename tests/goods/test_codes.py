import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lainaamo.core.errors import Refusal
from lainaamo.goods import codes

HOST = "laina-aamo.kunta.example"

# The keys that an address needs, plain and with shift, as the layouts us(basic), fi(kotoistus) and
# se(basic) of xkeyboard-config have them. Letters, digits and AB09's full stop are alike in all.
KEYS = {
    "us": {"AC10": ";:", "AB10": "/?", "AE11": "-_", "AB09": ".>", "AE07": "7&"},
    "fi": {"AC10": "öÖ", "AB10": "-_", "AE11": "+?", "AB09": ".:", "AE07": "7/"},
    "se": {"AC10": "öÖ", "AB10": "-_", "AE11": "+?", "AB09": ".:", "AE07": "7/"},
}
PAIRS = [(scanner, computer) for scanner in KEYS for computer in KEYS]


def wedge(text: str, *, scanner: str, computer: str, caps_lock: bool = False) -> str:
    """Return what the computer shows when the scanner presses the keys for the text."""
    pressed = {
        sign: (key, level)
        for key, signs in KEYS[scanner].items()
        for level, sign in enumerate(signs)
    }
    shown = ""
    for sign in text:
        if sign in pressed:
            key, level = pressed[sign]
            shown += KEYS[computer][key][level]
        else:
            shown += sign
    return shown.swapcase() if caps_lock else shown


def all_codes(length: int) -> st.SearchStrategy[str]:
    return st.text(codes.ALPHABET, min_size=length, max_size=length).map(
        lambda signs: signs + codes.check_sign(signs)
    )


a_code = st.one_of(all_codes(4), all_codes(5))


def refused(scanned: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        codes.read(scanned, host=HOST)
    return refusal.value


def test_the_alphabet_has_29_signs_and_none_that_are_taken_for_another() -> None:
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 29
    assert not set(codes.ALPHABET) & set("0OQ1ILU")
    assert len(codes.ALPHABET) ** 4 == 707_281


def test_the_code_in_the_instructions_is_a_true_one() -> None:
    assert codes.is_code("K7M4P")
    assert codes.EXAMPLE == "K7M4P"


@pytest.mark.parametrize("length", [4, 5])
def test_any_one_wrong_sign_is_found(length: int) -> None:
    # The sum is linear in every sign: what holds beside signs of value 0 holds beside all others.
    zero = codes.ALPHABET[0] * length
    for position in range(length):
        checks = {
            codes.check_sign(zero[:position] + sign + zero[position + 1 :])
            for sign in codes.ALPHABET
        }
        assert len(checks) == 29


@pytest.mark.parametrize("length", [4, 5])
def test_any_two_different_signs_swapped_are_found(length: int) -> None:
    zero = codes.ALPHABET[0]
    for first in range(length):
        for second in range(first + 1, length):
            for one in codes.ALPHABET:
                for other in codes.ALPHABET.replace(one, ""):
                    signs = [zero] * length
                    signs[first], signs[second] = one, other
                    check = codes.check_sign("".join(signs))
                    signs[first], signs[second] = other, one
                    assert codes.check_sign("".join(signs)) != check


@settings(max_examples=60)
@given(a_code)
def test_a_code_with_one_sign_wrong_or_two_swapped_is_no_code(code: str) -> None:
    assert codes.is_code(code)
    for position, sign in enumerate(code):
        for other in codes.ALPHABET.replace(sign, ""):
            assert not codes.is_code(code[:position] + other + code[position + 1 :])
        for later in range(position + 1, len(code)):
            swapped = list(code)
            swapped[position], swapped[later] = swapped[later], swapped[position]
            assert "".join(swapped) == code or not codes.is_code("".join(swapped))


def test_new_codes_are_true_codes_and_seldom_alike() -> None:
    made = [codes.new_code(secrets.randbits) for _ in range(500)]
    assert all(codes.is_code(code) and len(code) == 5 for code in made)
    assert len(set(made)) > 490
    assert len(codes.new_code(secrets.randbits, length=5)) == 6


def test_every_number_gives_its_own_code() -> None:
    numbers = iter(range(29**3))
    made = {codes.new_code(lambda _bits: next(numbers)) for _ in range(29**3)}
    assert len(made) == 29**3


def test_codes_get_longer_before_they_run_out() -> None:
    assert codes.length_for(0) == 4
    assert codes.length_for(600_000) == 4
    assert codes.length_for(640_000) == 5
    assert codes.length_for(707_281) == 5


@pytest.mark.parametrize("text", ["", "K7M", "k7m4p", "K7M4P ", "K7M4Ö", "K7M40", "K7M4PK7M4P"])
def test_only_the_stored_form_is_a_code(text: str) -> None:
    assert not codes.is_code(text)


@pytest.mark.parametrize(
    "typed", ["K7M4P", "k7m4p", " k7m4p\r\n", "K7M-4P", "k7 m4 p", "\tK7M4P\t", "K7\u00a0M4P"]
)
def test_a_typed_code_is_read_in_any_case_and_spacing(typed: str) -> None:
    assert codes.read(typed, host=HOST) == "K7M4P"


@settings(max_examples=150)
@given(
    code=a_code,
    scheme=st.sampled_from(["http", "https"]),
    port=st.sampled_from(["", ":8000"]),
    upper=st.booleans(),
    pair=st.sampled_from(PAIRS),
    caps_lock=st.booleans(),
    ending=st.sampled_from(["", "\r", "\n", "\r\n", "\t"]),
)
def test_a_label_is_read_through_every_keyboard_layout(
    code: str,
    scheme: str,
    port: str,
    *,
    upper: bool,
    pair: tuple[str, str],
    caps_lock: bool,
    ending: str,
) -> None:
    label = codes.label_url(f"{scheme}://{HOST}{port}", code)
    sent = label if upper else label.lower()
    shown = wedge(sent, scanner=pair[0], computer=pair[1], caps_lock=caps_lock)
    assert codes.read(shown + ending, host=HOST) == code


def test_what_the_wedge_makes_of_an_address_is_what_people_see() -> None:
    label = "HTTPS://A-B.FI/Q/K7M4P"
    assert wedge(label, scanner="us", computer="fi") == "HTTPSÖ--A+B.FI-Q-K7M4P"
    assert wedge(label, scanner="fi", computer="us") == "HTTPS>&&A/B.FI&Q&K7M4P"


def test_our_own_port_does_not_matter() -> None:
    assert codes.read("http://127.0.0.1:8000/q/k7m4p", host="127.0.0.1:8000") == "K7M4P"
    assert codes.read("http://127.0.0.1/q/k7m4p", host="127.0.0.1:8000") == "K7M4P"


def test_a_label_scanned_after_leftovers_in_the_field_is_read() -> None:
    scanned = f"sukset https://{HOST}/Q/{codes.EXAMPLE}"
    assert codes.read(scanned, host=HOST) == "K7M4P"
    first = codes.label_url(f"https://{HOST}", "2222" + codes.check_sign("2222"))
    assert codes.read(first + scanned, host=HOST) == "K7M4P"


@pytest.mark.parametrize(("scanner", "computer"), PAIRS)
def test_a_foreign_label_is_refused_by_its_name(scanner: str, computer: str) -> None:
    label = "HTTPS://KIRJASTO.NAAPURI-KUNTA.FI/Q/K7M4P"
    refusal = refused(wedge(label, scanner=scanner, computer=computer))
    assert refusal.code == "foreign_label"
    assert refusal.params == {"host": "kirjasto.naapuri-kunta.fi"}


def test_a_host_that_only_begins_like_ours_is_foreign() -> None:
    assert refused(f"https://{HOST}.evil.example/Q/K7M4P").code == "foreign_label"
    assert refused(f"https://{HOST}@evil.example/Q/K7M4P").code == "foreign_label"


def test_a_wrong_sign_is_told_and_the_label_is_to_be_read_again() -> None:
    refusal = refused("K7M4X")
    assert refusal.code == "wrong_sign"
    assert refusal.message == "One sign of the code is wrong. Read the label again."
    assert refused(f"https://{HOST}/Q/K7M4X").code == "wrong_sign"


def test_a_sign_that_looks_like_the_right_one_is_suggested() -> None:
    code = "D5B8" + codes.check_sign("D5B8")
    for typed in (code.replace("D", "O"), code.replace("D", "0"), code.replace("5", "S")):
        refusal = refused(typed)
        assert refusal.code == "wrong_sign"
        assert refusal.params == {"suggestion": code}


@pytest.mark.parametrize(
    "scanned",
    [
        "",
        " ",
        "tuoli",
        "6430012345678",
        "K7M4",
        "K7M4PK7M4P",
        "https://",
        "https:///Q/K7M4P",
        f"https://{HOST}",
        f"https://{HOST}/lainat/12",
        f"https://{HOST}/Q/K7M4P/palautus",
        "\x00\x00\x00\x00\x00",
    ],
)
def test_anything_else_is_not_a_code(scanned: str) -> None:
    assert refused(scanned).code == "not_a_code"


@settings(max_examples=200)
@given(st.one_of(st.text(), st.text(alphabet="HTPS:/Ö->&+.QK7M4Pß\u017f\u212a0 \r", max_size=60)))
def test_nothing_that_is_scanned_breaks_the_reader(scanned: str) -> None:
    try:
        answer = codes.read(scanned, host=HOST)
    except Refusal as refusal:
        answer = refusal.message % refusal.params
    assert codes.is_code(answer) or answer.endswith((".", "?"))


@pytest.mark.timeout(2)
@pytest.mark.parametrize("piece", ["K", "HTTPS://", "HTTPS://A/Q/", " ", "Ö--", "K7M4P "])
def test_ten_thousand_signs_are_answered_at_once(piece: str) -> None:
    refusal = refused(piece * (10_000 // len(piece)))
    assert all(len(str(value)) < 100 for value in refusal.params.values())


def test_the_label_holds_an_upper_case_address() -> None:
    assert codes.label_url("https://lainaamo.fi", "K7M4P") == "HTTPS://LAINAAMO.FI/Q/K7M4P"
    assert codes.label_url("http://127.0.0.1:8000/", "K7M4P") == "HTTP://127.0.0.1:8000/Q/K7M4P"


@pytest.mark.parametrize(
    "public_url",
    [
        "lainaamo.fi",
        "ftp://lainaamo.fi",
        "https://",
        "https://lainämö.fi",
        "https://laina_amo.fi",
        "https://me@lainaamo.fi",
        "https://[::1]:8000",
        "https://kunta.fi/lainaamo",
        "https://lainaamo.fi/?a=1",
    ],
)
def test_an_address_that_does_not_fit_a_label_is_refused_at_start(public_url: str) -> None:
    with pytest.raises(ValueError, match="public address"):
        codes.label_prefix(public_url)


def test_what_is_not_a_code_gets_no_label() -> None:
    with pytest.raises(ValueError, match="not a code"):
        codes.label_url("https://lainaamo.fi", "K7M4X")
