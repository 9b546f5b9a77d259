"""The shape of what residents write about themselves."""

import hmac

from wtforms import StringField
from wtforms.validators import Length, ValidationError

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.forms import Form, Says, written
from lainaamo.core.i18n import gettext, retold
from lainaamo.people.proofs import digits
from lainaamo.people.rules import Contact, read_contact

LONGEST_NAME = 60
HEIGHTS_CM, SHOE_SIZES = range(40, 221), range(14, 51)
LONGEST_MEASURE = 3


class ContactForm(Form):
    """Where somebody is reached."""

    contact = StringField(validators=[Says(N_("Write your phone number or e-mail address."))])

    def validate_contact(self, field: StringField) -> None:
        """Refuse what is neither an e-mail address nor a phone number."""
        try:
            read_contact(field.data or "")
        except Refusal as refusal:
            raise ValidationError(retold(refusal)) from refusal

    def reached_at(self) -> Contact:
        """Return the contact of a form that is good."""
        return read_contact(self.contact.data or "")


class CodeForm(Form):
    """The code that was sent, typed with spaces or without."""

    code = StringField(validators=[Says(N_("Write the code of six digits."))])

    def says(self, code: str) -> bool:
        """Tell whether this is the code."""
        typed = "".join(one for one in digits(self.code.data or "") if one.isalnum())
        return hmac.compare_digest(typed.encode(), code.encode())


class NameForm(Form):
    """What somebody wants to be called."""

    first_name = StringField(
        filters=[written],
        validators=[Says(N_("Write your first name.")), Length(max=LONGEST_NAME)],
    )


def measured(text: str | None) -> str:
    """Return the digits of a measure as 0 to 9, whatever script they came in."""
    return digits(text or "")


class ChildForm(Form):
    """A child's first name, and the sizes that things are chosen by where they are known."""

    first_name = StringField(
        filters=[written],
        validators=[Says(N_("Write the child's first name.")), Length(max=LONGEST_NAME)],
    )
    height_cm = StringField(filters=[measured])
    shoe_size = StringField(filters=[measured])

    def validate_height_cm(self, field: StringField) -> None:
        """Refuse what is no height of a child."""
        _check_within(field.data, HEIGHTS_CM, N_("Write the height in centimetres, such as 128."))

    def validate_shoe_size(self, field: StringField) -> None:
        """Refuse what is no size of a shoe."""
        _check_within(field.data, SHOE_SIZES, N_("Write the shoe size as a number, such as 32."))

    def measures(self) -> dict[str, int | None]:
        """Return the sizes of a form that is good; what is not known is None."""
        return {
            "height_cm": int(self.height_cm.data) if self.height_cm.data else None,
            "shoe_size": int(self.shoe_size.data) if self.shoe_size.data else None,
        }


def _check_within(given: str, fitting: range, words: str) -> None:
    is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_MEASURE
    if given and (not is_number or int(given) not in fitting):
        raise ValidationError(gettext(words))
