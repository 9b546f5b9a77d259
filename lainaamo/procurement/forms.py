"""The shape of what buyers ask for."""

from datetime import date

from wtforms import StringField
from wtforms.validators import ValidationError

from lainaamo.core.errors import N_
from lainaamo.core.forms import Form, Says
from lainaamo.core.i18n import gettext
from lainaamo.procurement.rules import HOW_MANY

LONGEST_NUMBER = 6
LONGEST_ID = 15


def read_number(text: str | None) -> int | None:
    """Read how many pieces: digits only, 1 or more; anything else is no number."""
    given = (text or "").strip()
    is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER
    return (int(given) or None) if is_number else None


def read_id(text: str | None) -> int | None:
    """Read an id of a form or an address; anything else is nobody's."""
    given = text or ""
    is_id = given.isascii() and given.isdigit() and len(given) <= LONGEST_ID
    return int(given) if is_id else None


class NumberForm(Form):
    """How many pieces."""

    number = StringField(validators=[Says(HOW_MANY)])

    def validate_number(self, field: StringField) -> None:
        """Refuse what is no number of pieces."""
        if read_number(field.data) is None:
            raise ValidationError(gettext(HOW_MANY))

    def how_many(self) -> int:
        """Return the number of a form that is good."""
        return read_number(self.number.data) or 0


class ClaimForm(NumberForm):
    """How many pieces, for which unit, and a day one would like to have them on."""

    unit = StringField(validators=[Says(N_("Choose the unit."))])
    wanted_on = StringField()

    def validate_wanted_on(self, field: StringField) -> None:
        """Refuse what is no day; it may be left empty."""
        if (field.data or "").strip() and _day(field.data) is None:
            words = gettext("Write the day as year-month-day, or choose it from the calendar.")
            raise ValidationError(words)

    def wish(self) -> date | None:
        """Return the day that was wished for, if any was."""
        return _day(self.wanted_on.data)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None
