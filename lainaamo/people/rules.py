"""What an address to reach somebody looks like, and how it is written and hidden; pure rules."""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from lainaamo.core.errors import N_, Refusal

EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]{2,}")
HERE, COUNTRY_CODE = "FI", 358
LONGEST, LONGEST_NUMBER = 254, 40
SHORTEST_DIGITS = 6
# A message to these costs the municipality what the number's owner asks.
COSTLY = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
UNREADABLE = N_("Write an e-mail address (name@example.fi) or a phone number (040 123 4567).")
HIDDEN = "•••"
SHOWN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Contact:
    """Where somebody is reached: exactly one of the two; a phone number as E.164 has it."""

    email: str | None
    phone: str | None

    @property
    def text(self) -> str:
        """Return the address or the number as it is stored."""
        return self.email or self.phone or ""


def read_contact(text: str) -> Contact:
    """Read an e-mail address, or a phone number in any writing (Finnish unless it says another)."""
    given = text.strip()
    if len(given) <= LONGEST and EMAIL.fullmatch(given):
        return Contact(given.lower(), None)
    phone = _read_phone(given)
    if phone is None:
        raise Refusal(UNREADABLE, code="unreadable_contact")
    return Contact(None, phone)


def _read_phone(given: str) -> str | None:
    """Return a number as E.164 has it, where a network could have it."""
    if len(given) > LONGEST_NUMBER or any(sign.isalpha() for sign in given):
        return None
    try:
        number = phonenumbers.parse(given, HERE)
    except NumberParseException:
        return None
    digits = str(number.national_number)
    is_short = len(digits) < SHORTEST_DIGITS and number.country_code == COUNTRY_CODE
    if is_short or not phonenumbers.is_possible_number(number):
        return None
    is_costly = phonenumbers.number_type(number) in COSTLY
    return None if is_costly else phonenumbers.format_number(number, PhoneNumberFormat.E164)


def show_phone(phone: str) -> str:
    """Write a stored number as people do: "040 1234567", "+46 70 123 45 67"."""
    try:
        number = phonenumbers.parse(phone, HERE)
    except NumberParseException:
        return phone
    is_ours = number.country_code == COUNTRY_CODE
    form = PhoneNumberFormat.NATIONAL if is_ours else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def show_contact(contact: Contact) -> str:
    """Write how somebody is reached, as people do."""
    return contact.email or show_phone(contact.phone or "")


def hide_contact(contact: Contact) -> str:
    """Write so much of a contact that its owner knows it: "040 ••• 4567", "a•••@example.fi"."""
    if contact.email is not None:
        name, _, host = contact.email.rpartition("@")
        return f"{name[:1]}{HIDDEN}@{host}"
    shown = show_phone(contact.phone or "")
    begin = shown.partition(" ")[0]
    return f"{begin} {HIDDEN} {shown[-SHOWN_DIGITS:]}"
