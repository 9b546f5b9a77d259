"""What a good password, PIN and badge look like; pure rules."""

import itertools
import re
import unicodedata
from base64 import b32encode
from hashlib import sha256

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.secrets import derive

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1000
FEWEST_SIGNS = 5
SHORTEST_PIN, LONGEST_PIN = 4, 6
# Long enough and still the first that are tried; compared without spaces, case and digits.
COMMON = frozenset(
    {
        "password",
        "passwordpassword",
        "passphrase",
        "salasana",
        "salasanasalasana",
        "tunnussana",
        "lösenord",
        "qwerty",
        "qwertyuiop",
        "qwertyuiopå",
        "asdfghjkl",
        "asdfghjklö",
        "letmein",
        "iloveyou",
        "minärakastansinua",
        "rakastansinua",
        "administrator",
        "administraattori",
        "ylläpitäjä",
        "lainaamo",
        "iinlainaamo",
        "kirjautuminen",
        "tervetuloa",
        "abcdefghijkl",
        "abcdefghijklm",
        "kesäkuu",
        "jalkapallo",
    }
)
BADGE = re.compile(r"TYO\W?([A-Z2-7]{16})")
BADGE_BYTES = 10


def plain(secret: str) -> str:
    """Return a password as it is hashed: the same letters, whichever keyboard made them."""
    return unicodedata.normalize("NFKC", secret)


def check_password(password: str, *, name: str = "") -> None:
    """Refuse a new password that is short, much too long, known to everyone, or one's own name."""
    given = plain(password)
    if len(given) < SHORTEST_PASSWORD:
        words = N_("The password is too short. Use at least %(least)d signs, such as four words.")
        raise Refusal(words, code="short_password", least=SHORTEST_PASSWORD)
    if len(given) > LONGEST_PASSWORD:
        raise Refusal(N_("The password is too long."), code="long_password")
    letters = "".join(sign for sign in given.lower() if sign.isalpha())
    own = "".join(sign for sign in name.lower().partition("@")[0] if sign.isalpha())
    guessable = letters in COMMON or (own and letters in {own, own * 2})
    if guessable or len(set(given)) < FEWEST_SIGNS:
        words = N_("Others guess this password easily. Choose another, such as four words.")
        raise Refusal(words, code="common_password")


def digits(text: str) -> str:
    """Return the digits of any script as 0 to 9, without spaces; other signs stay."""
    kept = (sign for sign in text if not sign.isspace())
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in kept)


def is_long_pin(secret: str) -> bool:
    """Tell whether this may be a PIN that opens where no device is trusted: all six digits."""
    given = digits(secret)
    return len(given) == LONGEST_PIN and given.isascii() and given.isdigit()


def check_pin(pin: str, *, number: int | None = None) -> str:
    """Return a new PIN's digits; refuse what is no PIN and what everybody would try first."""
    given = digits(pin)
    is_pin = given.isascii() and given.isdigit() and SHORTEST_PIN <= len(given) <= LONGEST_PIN
    if not is_pin:
        raise Refusal(N_("A PIN has 4 to 6 digits."), code="no_pin")
    steps = {int(b) - int(a) for a, b in itertools.pairwise(given)}
    if steps in ({0}, {1}, {-1}) or (number is not None and int(given) == number):
        words = N_("Others guess this PIN easily. Choose other digits.")
        raise Refusal(words, code="easy_pin")
    return given


def badge_text(key: str, nonce: str) -> str:
    """Return what the code on a badge says; made again whenever it is printed."""
    made = sha256(derive(key, "badge", nonce).encode()).digest()[:BADGE_BYTES]
    return f"TYO-{b32encode(made).decode('ascii')}"


def read_badge(text: str) -> str | None:
    """Return the text of a badge as a scanner sent it, whatever it made of the line in it."""
    found = BADGE.fullmatch(text.strip().upper())
    return f"TYO-{found[1]}" if found else None
