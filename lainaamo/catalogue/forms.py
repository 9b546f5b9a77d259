"""The shape of what the public screens are asked and given."""

from datetime import date

from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import Length

from lainaamo.core.errors import N_
from lainaamo.core.forms import Form, Says
from lainaamo.core.i18n import gettext
from lainaamo.doors.own_forms import ContactForm

LONGEST_NAME = 60


class BorrowerForm(ContactForm):
    """Who borrows: a first name, where to reach them, and that they agree."""

    first_name = StringField(
        validators=[Says(N_("Write your first name.")), Length(max=LONGEST_NAME)]
    )
    # Once more, so that what is wrong with it is told after the name, as the form stands.
    contact = StringField(validators=[Says(N_("Write your phone number or e-mail address."))])
    agree = BooleanField(validators=[Says(N_("Tick that you agree. Then we can lend to you."))])


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
