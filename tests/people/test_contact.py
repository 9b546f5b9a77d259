"""Reading how somebody is reached."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.web import Lainaamo
from lainaamo.people import actions
from lainaamo.people.models import Person
from lainaamo.people.rules import Contact, hide_contact, read_contact, show_contact
from tests.conftest import AtOnce
from tests.strict import Browser


@pytest.mark.parametrize(
    ("written", "email", "phone"),
    [
        ("Aino@Example.FI", "aino@example.fi", None),
        ("  aino@example.fi\n", "aino@example.fi", None),
        ("040 123 4567", None, "+358401234567"),
        ("040-1234567", None, "+358401234567"),
        ("(08) 123 456", None, "+3588123456"),
        ("+358 40 123 4567", None, "+358401234567"),
        ("00358401234567", None, "+358401234567"),
        ("+46 70 123 45 67", None, "+46701234567"),
        ("040.123.4567", None, "+358401234567"),
        ("+358 (0)40 123 4567", None, "+358401234567"),
        ("358401234567", None, "+358401234567"),
        ("401234567", None, "+358401234567"),
        ("\u0660\u0664\u0660 123 4567", None, "+358401234567"),  # Arabic digits
        ("\uff10\uff14\uff10 123 4567", None, "+358401234567"),  # wide digits
    ],
)
def test_an_address_or_a_number_is_read_however_it_is_written(
    written: str, email: str | None, phone: str | None
) -> None:
    assert read_contact(written) == Contact(email, phone)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Aino",
        "aino@",
        "000000",
        "0600 12345",  # costs what its owner asks
        "tel:0401234567",
        "+0401234567",
        "@example.fi",
        "a@b",
        "a b@c.fi",
        "12345",
        "1" * 16,
        "040 abc",
    ],
)
def test_what_reaches_nobody_is_refused(written: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_contact(written)
    assert refused.value.code == "unreadable_contact"


@given(st.text(max_size=300))
def test_whatever_is_written_is_read_or_refused(written: str) -> None:
    try:
        contact = read_contact(written)
    except Refusal:
        return
    assert (contact.email is None) != (contact.phone is None)
    assert "\n" not in (contact.email or "") + (contact.phone or "")
    assert len((contact.email or "") + (contact.phone or "")) <= 254


@given(st.from_regex(r"0(4[0-6]|50)[0-9]{6,7}", fullmatch=True), st.sampled_from([" ", "-", ""]))
def test_what_was_read_is_read_the_same_again(digits: str, between: str) -> None:
    once = read_contact(between.join(digits))
    assert once.phone is not None
    assert read_contact(once.phone) == once


def test_the_same_new_person_twice_at_once_is_one(app: Lainaamo, at_once: AtOnce) -> None:
    contact = read_contact("aino@example.fi")

    def come(_browser: Browser) -> int:
        with app.app_context(), transaction():
            return actions.find_or_add("Aino", contact, locale="fi").id

    assert len(set(at_once(6, come))) == 1
    with app.app_context():
        assert session.query(Person).count() == 1


@pytest.mark.parametrize(
    ("written", "shown", "hidden"),
    [
        ("+358401234567", "040 1234567", "040 ••• 4567"),
        ("+46701234567", "+46 70 123 45 67", "+46 ••• 5 67"),
        ("aino@example.fi", "aino@example.fi", "a•••@example.fi"),
    ],
)
def test_a_contact_is_shown_as_people_write_it_and_hidden_so_that_its_owner_knows_it(
    written: str, shown: str, hidden: str
) -> None:
    contact = read_contact(written)
    assert (show_contact(contact), hide_contact(contact)) == (shown, hidden)
