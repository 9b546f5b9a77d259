"""The shape of what the public screens are asked and given."""

from datetime import date

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from lainaamo.core.errors import N_
from lainaamo.core.forms import Form, Says
from lainaamo.core.i18n import gettext
from lainaamo.doors.own_forms import ContactForm

LONGEST_NAME, OLDEST = 60, 99
AGREES = Says(N_("Tick that you agree. Then we can lend to you."))


def age_said() -> IntegerField:
    """Return the tick that says from what age on one may borrow, as its number; not ticked: None.

    Whether it is needed the terms say.
    """
    return IntegerField(validators=[Optional(), NumberRange(0, OLDEST)])


class BorrowerForm(ContactForm):
    """Who borrows: a first name, where to reach them, and that they agree."""

    first_name = StringField(
        validators=[Says(N_("Write your first name.")), Length(max=LONGEST_NAME)]
    )
    # Once more, so that what is wrong with it is told after the name, as the form stands.
    contact = StringField(validators=[Says(N_("Write your phone number or e-mail address."))])
    agree = BooleanField(validators=[AGREES])
    of_age = age_said()


class OwnForm(Form):
    """For whom somebody reserves who is signed in, and that one agrees."""

    for_whom = RadioField(
        default="me", validators=[Says(N_("Choose for whom you reserve."))], choices=[]
    )
    agree = BooleanField(validators=[AGREES])
    of_age = age_said()


class JoinForm(ContactForm):
    """What somebody waits for: a size, from when, for how many days, and who it is."""

    size = SelectField(default="", choices=[])
    first_day = DateField(validators=[Says(N_("Choose the day."))])
    days = IntegerField(validators=[Says(N_("Write the number of days."))])
    for_whom = RadioField(default="me", choices=[])
    first_name = StringField(validators=[Length(max=LONGEST_NAME)])
    agree = BooleanField(validators=[AGREES])

    def validate_days(self, field: IntegerField) -> None:
        """Refuse what is no number of days; what is too many the terms refuse."""
        if field.data is not None and field.data < 1:
            raise ValidationError(gettext("Write the number of days."))

    def needs_from(self, who: str) -> None:
        """Ask only what must be asked of who waits: "own", "nameless", "staff" or "stranger"."""
        if who != "staff":
            del self.contact
        if who != "own":
            del self.for_whom
        if who not in {"staff", "nameless"}:
            del self.first_name
        else:
            self.first_name.validators = [Says(N_("Write your first name.")), Length(max=60)]


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
