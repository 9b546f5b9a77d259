"""The shape of what supervisors write: an agreement, and what became of a day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import Field, IntegerField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from lainaamo.core.errors import N_
from lainaamo.core.forms import Form, Says, read_time, written
from lainaamo.core.i18n import gettext
from lainaamo.work.agreements import Agreed
from lainaamo.work.rules import Mark, Span

LONGEST = 120
LONGEST_BREAK = 240
MARKS = (
    ("attended", N_("Present")),
    ("absent", N_("Absent")),
    ("not_arranged", N_("Service not arranged")),
    ("swapped", N_("Worked instead of another day")),
    ("none", N_("No mark")),
)


def offer(field: Field, choices: Iterable[tuple[object, str]]) -> None:
    """Let a field offer these choices: (value, what it is called)."""
    field.choices = [SelectChoice(value=str(value), label=named) for value, named in choices]


def _read_day(text: str | None) -> date:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError as error:
        raise ValidationError(gettext("Choose a day.")) from error


def _read_span(begins: str | None, ends: str | None) -> Span | None:
    """Read two times; both empty is None."""
    first, last = read_time(begins), read_time(ends)
    if first is None and last is None:
        return None
    if first is None or last is None or first >= last:
        raise ValidationError(gettext("Write both times, the beginning before the end."))
    return Span(first, last)


class AgreementForm(Form):
    """Who, in which service, where and until when, and from when to when on each weekday."""

    person = SelectField(N_("Worker"))
    service_type = SelectField(N_("Service"))
    supervisor = SelectField(N_("Supervisor"))
    site = SelectField(N_("Site"))
    contact = StringField(
        N_("Contact at the employment services"),
        filters=[written],
        validators=[Says(N_("Write who to call.")), Length(max=LONGEST)],
        description=N_("Name and phone number of the official"),
    )
    first_day = StringField(N_("First day"), validators=[Says(N_("Choose the first day."))])
    last_day = StringField(N_("Last day"), validators=[Says(N_("Choose the last day."))])
    break_minutes = IntegerField(
        N_("Break, minutes"),
        default=0,
        validators=[InputRequired(message=None), NumberRange(0, LONGEST_BREAK)],
        description=N_("Not counted as time at work"),
    )

    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self.plan: dict[int, Span] = {}
        self.wrong: dict[str, str] = {}

    def validate_first_day(self, field: Field) -> None:
        """Refuse what is no day."""
        self.first = _read_day(field.data)

    def validate_last_day(self, field: Field) -> None:
        """Refuse what is no day."""
        self.last = _read_day(field.data)

    def read_week(self, given: Mapping[str, str]) -> bool:
        """Read the weekdays of a request; tell whether they can be kept."""
        for weekday in range(7):
            try:
                span = _read_span(given.get(f"begins_{weekday}"), given.get(f"ends_{weekday}"))
            except ValidationError as error:
                self.wrong[f"begins_{weekday}"] = str(error)
                continue
            if span is not None:
                self.plan[weekday] = span
        if not self.plan and not self.wrong:
            self.wrong["begins_0"] = gettext("Write the times of at least one weekday.")
        return not self.wrong

    def first_errors(self) -> Mapping[str, str]:
        """Return one message for each field that needs correcting."""
        return {**super().first_errors(), **self.wrong}

    def agreed(self) -> Agreed:
        """Return what a good form says."""
        return Agreed(
            service_type_id=int(self.service_type.data),
            supervisor_id=int(self.supervisor.data),
            site_id=int(self.site.data),
            contact=self.contact.data,
            first_day=self.first,
            last_day=self.last,
            break_minutes=self.break_minutes.data,
            plan=self.plan,
        )


class DayForm(Form):
    """What became of a day of one agreement."""

    mark = RadioField(N_("What became of the day?"))
    begins = StringField(N_("From"), description=N_("For example 9 or 9:30"))
    ends = StringField(N_("Until"))
    instead_of = SelectField(N_("Instead of which day?"))

    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        offer(self.mark, ((value, gettext(label)) for value, label in MARKS))
        self.span: Span | None = None

    def validate_ends(self, field: Field) -> None:
        """Refuse a worked day without its two times."""
        if self.mark.data not in {"attended", "swapped"}:
            return
        self.span = _read_span(self.begins.data, field.data)
        if self.span is None:
            raise ValidationError(gettext("Write both times, the beginning before the end."))

    def validate_instead_of(self, field: Field) -> None:
        """Refuse a swap for no day."""
        if self.mark.data == "swapped" and not field.data:
            raise ValidationError(gettext("Choose the planned day."))

    def marked(self) -> Mark | None:
        """Return what a good form says; None where the day has no mark any more."""
        if self.mark.data == "none":
            return None
        other = date.fromisoformat(self.instead_of.data) if self.mark.data == "swapped" else None
        return Mark(self.mark.data, self.span, other)
