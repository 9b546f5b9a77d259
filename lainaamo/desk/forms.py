"""The shape of what the desk is told."""

from datetime import date

from wtforms import StringField
from wtforms.validators import Length, ValidationError

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.forms import Form, Says, written
from lainaamo.core.i18n import gettext, retold
from lainaamo.lending.models import BLOCKS
from lainaamo.people.rules import Contact, read_contact

LONGEST_NAME = 60


class BorrowerForm(Form):
    """Who borrows without a reservation, and until when."""

    first_name = StringField(
        filters=[written],
        validators=[Says(N_("Write the borrower's first name.")), Length(max=LONGEST_NAME)],
    )
    contact = StringField(validators=[Says(N_("Write a phone number or e-mail address."))])
    due_on = StringField(validators=[Says(N_("Choose the day when it comes back."))])

    def validate_contact(self, field: StringField) -> None:
        """Refuse what is neither an e-mail address nor a phone number."""
        try:
            read_contact(field.data or "")
        except Refusal as refusal:
            raise ValidationError(retold(refusal)) from refusal

    def validate_due_on(self, field: StringField) -> None:
        """Refuse what is no day."""
        _check_day(field.data)

    def name(self) -> str:
        """Return the first name of a form that is good."""
        return str(self.first_name.data)

    def reached_at(self) -> Contact:
        """Return the contact of a form that is good."""
        return read_contact(self.contact.data or "")

    def until(self) -> date:
        """Return the due day of a form that is good."""
        return date.fromisoformat(self.due_on.data or "")


class NewBorrowerForm(Form):
    """A borrower in a minute: a first name, and a contact and a card where there are any."""

    first_name = StringField(
        filters=[written],
        validators=[Says(N_("Write the borrower's first name.")), Length(max=LONGEST_NAME)],
    )
    contact = StringField(filters=[written])
    card = StringField(filters=[written])

    def validate_contact(self, _field: StringField) -> None:
        """Refuse what is neither an e-mail address nor a phone number; nothing is well."""
        try:
            self.reached_at()
        except Refusal as refusal:
            raise ValidationError(retold(refusal)) from refusal

    def reached_at(self) -> Contact | None:
        """Return the contact of a form that is good."""
        return read_contact(self.contact.data) if self.contact.data else None


class BlockForm(Form):
    """Until when somebody borrows nothing, and why."""

    why = StringField(validators=[Says(N_("Choose the reason from the list."))])
    last_day = StringField(validators=[Says(N_("Choose the last day of the block."))])

    def validate_why(self, field: StringField) -> None:
        """Refuse a reason that is not in the list."""
        if field.data not in BLOCKS:
            raise ValidationError(gettext("Choose the reason from the list."))

    def validate_last_day(self, field: StringField) -> None:
        """Refuse what is no day."""
        _check_day(field.data)

    def until(self) -> date:
        """Return the last day of a form that is good."""
        return date.fromisoformat(self.last_day.data or "")


class PermitForm(Form):
    """Until when somebody has a permit."""

    permit_until = StringField(validators=[Says(N_("Choose the last day of the permit."))])

    def validate_permit_until(self, field: StringField) -> None:
        """Refuse what is no day."""
        _check_day(field.data)

    def until(self) -> date:
        """Return the last day of a form that is good."""
        return date.fromisoformat(self.permit_until.data or "")


def _check_day(text: str | None) -> None:
    try:
        date.fromisoformat(text or "")
    except ValueError as error:
        words = N_("Write the day as year-month-day, or choose it from the calendar.")
        raise ValidationError(gettext(words)) from error
