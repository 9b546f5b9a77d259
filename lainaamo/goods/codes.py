"""The code of a thing: making it, checking it, and reading it however it was scanned or typed."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from lainaamo.core.errors import N_, Refusal

# Without 0 O Q, 1 I L and U, which are taken for one another. 29 is a prime, so every weight below
# has an inverse and the check sign finds each wrong sign.
ALPHABET = "23456789ABCDEFGHJKMNPRSTVWXYZ"
EXAMPLE = "K7M4P"
LENGTHS = (4, 5)

# Weights differ from one another and from the check sign's 1, so the sum changes with any one wrong
# sign and with any two signs swapped. They begin at 6 because EXAMPLE, which stands in the
# instructions and drawings, is then a true code.
_WEIGHTS = (6, 7, 8, 9, 10)
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}

# What a hasty eye takes for one another, signs in use and signs that never are.
_ALIKE = ("0OQDC8", "1ILJ7T", "UVWY", "2Z", "5S", "6G", "8B", "MN", "4A")

# A scanner that acts as a keyboard sends keys, not signs. When it is set to another layout than the
# computer, the signs of an address change as the layouts have them on the same key and shift:
#   key (ISO 9995)     US: plain, shift    Finnish and Swedish: plain, shift
#   AC10               ;  :                ö  Ö
#   AB10               /  ?                -  _
#   AE11               -  _                +  ?
#   AB09               .  >                .  :
#   AE07               7  &                7  /
# Letters, digits and the full stop are on the same keys. Source: the layouts us(basic),
# fi(kotoistus), which is SFS 5966, and se(basic) of xkeyboard-config. What stands for "://" tells
# which pair is at work.
_LAYOUTS = {
    "://": str.maketrans({}),
    "Ö--": str.maketrans({"Ö": ":", "-": "/", "+": "-"}),  # a US scanner, a Finnish computer
    ">&&": str.maketrans({">": ":", "&": "/", "/": "-"}),  # a Finnish scanner, a US computer
}
_SCHEME = re.compile("HTTPS?(" + "|".join(map(re.escape, _LAYOUTS)) + ")")
_PATH = re.compile("Q/([0-9A-Z]+)/?")
_BARE = re.compile("[0-9A-Z]{5,6}")

# Caps Lock turns the case of all that is sent. str.upper would also make two letters of ß.
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyzö", "ABCDEFGHIJKLMNOPQRSTUVWXYZÖ")
_SPACING = str.maketrans(dict.fromkeys(" \t\u00a0\u2009\u202f-\u2010\u2011\u2013"))
_LABEL_HOST = re.compile("[A-Z0-9.-]+(:[0-9]+)?")
_LONGEST_SHOWN_HOST = 80


def new_code(random_bits: Callable[[int], int], *, length: int = 4) -> str:
    """Return a random code of `length` signs and the check sign; take `secrets.randbits`."""
    # Of 64 bits the remainder is even enough, and a stuck source cannot make this loop for ever.
    number = random_bits(64) % len(ALPHABET) ** length
    signs = ""
    for _ in range(length):
        number, value = divmod(number, len(ALPHABET))
        signs += ALPHABET[value]
    return signs + check_sign(signs)


def length_for(codes_made: int) -> int:
    """Return how many signs the next code needs: one more when nine tenths of them are in use."""
    return LENGTHS[0] if codes_made < len(ALPHABET) ** LENGTHS[0] * 9 // 10 else LENGTHS[1]


def check_sign(signs: str) -> str:
    """Return the sign that makes a code of 4 or 5 signs of the alphabet."""
    if len(signs) not in LENGTHS:
        raise ValueError(f"a code has {LENGTHS} signs before its check sign, not {len(signs)}")
    weighted = zip(signs, _WEIGHTS, strict=False)
    return ALPHABET[-sum(_VALUES[sign] * weight for sign, weight in weighted) % len(ALPHABET)]


def is_code(text: str) -> bool:
    """Say whether the text is a code exactly as it is stored and printed."""
    return (
        len(text) - 1 in LENGTHS
        and all(sign in _VALUES for sign in text)
        and check_sign(text[:-1]) == text[-1]
    )


def read(scanned: str, *, host: str) -> str:
    """Return the code in what was typed, or scanned from one of our labels.

    `host` is ours, from the public address; a port beside it counts for nothing. Refuses the label
    of another host (code `foreign_label`), a wrong sign (`wrong_sign`) and all else (`not_a_code`).
    """
    return _checked(bare(scanned, host=host))


def bare(scanned: str, *, host: str) -> str:
    """Return the signs in what was typed or scanned, right or wrong; refuses a foreign label."""
    text = scanned.translate(_UPPER).strip()
    addresses = list(_SCHEME.finditer(text))
    if addresses:
        # Something may stand in the field from before: the last address is what was read now.
        last = addresses[-1]
        return _signs_of(text[last.end() :].translate(_LAYOUTS[last[1]]), host=host)
    return text.translate(_SPACING)


def near(signs: str) -> set[str]:
    """Return the true codes that differ from these signs by any one of them."""
    if not _BARE.fullmatch(signs):
        return set()
    changed = (
        signs[:position] + other + signs[position + 1 :]
        for position in range(len(signs))
        for other in ALPHABET
    )
    return {code for code in changed if is_code(code)}


def label_prefix(public_url: str) -> str:
    """Return what all labels of a service begin with, `HTTPS://HOST/Q/`.

    Raises ValueError where the address cannot be printed as a small symbol; ask at start.
    """
    address = urlsplit(public_url)
    if address.scheme not in {"http", "https"}:
        raise ValueError(f"The public address must begin with https:// or http://: {public_url!r}")
    if address.path not in {"", "/"} or address.query or address.fragment:
        raise ValueError(f"The public address must end at its host: {public_url!r}")
    host = address.netloc.upper()
    if not _LABEL_HOST.fullmatch(host):
        raise ValueError(
            "The host of the public address may hold only letters a-z, digits, full stops and "
            f"hyphens (write ä and ö in the xn-- form): {public_url!r}"
        )
    return f"{address.scheme.upper()}://{host}/Q/"


def label_url(public_url: str, code: str) -> str:
    """Return the address in the symbol of a label, in upper case so that the symbol stays small."""
    if not is_code(code):
        raise ValueError(f"not a code: {code!r}")
    return label_prefix(public_url) + code


def _signs_of(address: str, *, host: str) -> str:
    place, _, path = address.partition("/")
    name = place.partition(":")[0]
    if not name:
        return ""
    if name != host.translate(_UPPER).partition(":")[0]:
        raise Refusal(
            N_("This label belongs to %(host)s. It is not one of ours."),
            code="foreign_label",
            host=name.lower()[:_LONGEST_SHOWN_HOST],
        )
    match = _PATH.fullmatch(path)
    return match[1] if match else ""


def _checked(signs: str) -> str:
    if is_code(signs):
        return signs
    if not _BARE.fullmatch(signs) or sum(sign not in _VALUES for sign in signs) > 1:
        raise Refusal(
            N_("This is not a code. A code has five signs, for example %(example)s."),
            code="not_a_code",
            example=EXAMPLE,
        )
    meant = _meant(signs)
    if len(meant) == 1:
        raise Refusal(
            N_("One sign of the code is wrong. Does the label say %(suggestion)s?"),
            code="wrong_sign",
            suggestion=meant.pop(),
        )
    raise Refusal(N_("One sign of the code is wrong. Read the label again."), code="wrong_sign")


def _meant(signs: str) -> set[str]:
    """Return the true codes that differ by one sign which looks alike."""
    changed = (
        signs[:position] + other + signs[position + 1 :]
        for position, sign in enumerate(signs)
        for alike in _ALIKE
        if sign in alike
        for other in alike.replace(sign, "")
    )
    return {code for code in changed if is_code(code)}
