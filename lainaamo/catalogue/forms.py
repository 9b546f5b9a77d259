"""The shape of what the public screens are asked and given."""

from datetime import date

from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import Length, ValidationError

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.forms import Form, Says
from lainaamo.core.i18n import gettext, retold
from lainaamo.people.rules import Contact, read_contact

LONGEST_NAME = 60


class BorrowerForm(Form):
    """Who borrows: a first name, where to reach them, and that they agree."""

    first_name = StringField(
        validators=[Says(N_("Write your first name.")), Length(max=LONGEST_NAME)]
    )
    contact = StringField(validators=[Says(N_("Write your phone number or e-mail address."))])
    agree = BooleanField(validators=[Says(N_("Tick that you agree. Then we can lend to you."))])

    def validate_contact(self, field: StringField) -> None:
        """Refuse what is neither an e-mail address nor a phone number."""
        try:
            read_contact(field.data or "")
        except Refusal as refusal:
            raise ValidationError(retold(refusal)) from refusal

    def reached_at(self) -> Contact:
        """Return the contact of a form that is good."""
        return read_contact(self.contact.data or "")


class OwnForm(Form):
    """For whom somebody reserves who is signed in, and that one agrees."""

    for_whom = RadioField(
        default="me", validators=[Says(N_("Choose for whom you reserve."))], choices=[]
    )
    agree = BooleanField(validators=[Says(N_("Tick that you agree. Then we can lend to you."))])


def read_day(text: str | None) -> date | None:
    """Read a day from an address or a date field; anything else is no day."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def day_error(text: str | None) -> str | None:
    """Say what is wrong with a day that was written and could not be read."""
    if not text or read_day(text) is not None:
        return None
    return gettext("Write the day as year-month-day, or choose it from the calendar.")
