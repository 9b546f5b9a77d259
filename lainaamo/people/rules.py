"""What an address to reach somebody looks like."""

import re
from dataclasses import dataclass

from lainaamo.core.errors import N_, Refusal

EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]{2,}")
PHONE = re.compile(r"\+?[1-9][0-9]{5,14}")
SEPARATORS = str.maketrans("", "", " -().\u00a0")
LONGEST = 254


@dataclass(frozen=True, slots=True)
class Contact:
    """Where somebody is reached: exactly one of the two."""

    email: str | None
    phone: str | None


def read_contact(text: str) -> Contact:
    """Read an e-mail address or a phone number (Finnish 0… becomes +358…), else refuse."""
    given = text.strip()
    if len(given) <= LONGEST and EMAIL.fullmatch(given):
        return Contact(given.lower(), None)
    digits = given.translate(SEPARATORS)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+358{digits[1:]}"
    if PHONE.fullmatch(digits):
        return Contact(None, digits)
    words = N_("Write an e-mail address (name@example.fi) or a phone number (040 123 4567).")
    raise Refusal(words, code="unreadable_contact")
