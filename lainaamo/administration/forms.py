"""The shape of what administrators write."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (
    Field,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lainaamo.administration import rules
from lainaamo.administration.rules import WEEKDAYS, week_fact
from lainaamo.administration.service_types import REPORTS
from lainaamo.core import outward
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.forms import Form, Says, read_time
from lainaamo.core.i18n import gettext, retold
from lainaamo.goods.attributes import ATTRIBUTES, parse, show
from lainaamo.goods.safety import OLDEST_YEAR
from lainaamo.lending.reminders import read_steps
from lainaamo.people.rules import read_contact
from lainaamo.work.shipped import KEEP_MONTHS

LONG, LONGER, LONGEST = 120, 500, 4000
CPV = re.compile(r"\d{8}(-\d)?", re.ASCII)
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,24}", re.ASCII)
PRICE = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?", re.ASCII)
SEASON = re.compile(r"(\d{1,2})\.(\d{1,2})\.?", re.ASCII)
LEAP_YEAR = 2024
LONGEST_ID = 15
LONGEST_STRETCH = 60
USUAL_A_DAY = 20
"""How many days can be marked at a time."""


def line(text: str | None) -> str:
    """Return what somebody wrote on one line, without the signs that a keyboard has not."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text or "")
    return " ".join(plain.split())


def lines(text: str | None) -> str:
    """Return what somebody wrote on several lines, each tidied."""
    return "\n".join(line(one) for one in (text or "").splitlines()).strip()


def number_or_none(text: Any) -> int | None:
    """Read a chosen id; nothing chosen is None."""
    return int(text) if text not in (None, "", "None") else None


def offer(field: Field, choices: Iterable[tuple[str, str]]) -> None:
    """Let a field offer these choices: (value, what it is called)."""
    field.choices = [SelectChoice(value=value, label=named) for value, named in choices]


def words(label: str, says: str | None = None, *, most: int = LONG, hint: str = "") -> StringField:
    """Return a field of one line; with `says` it may not be empty."""
    checks = [*([Says(says)] if says else []), Length(max=most)]
    return StringField(label, filters=[line], validators=checks, description=hint)


def whole(label: str, lowest: int, highest: int, hint: str = "") -> IntegerField:
    """Return a field of a whole number within bounds, both inclusive."""
    missing = InputRequired(message=None)
    return IntegerField(label, validators=[missing, NumberRange(lowest, highest)], description=hint)


def check_phone(_form: Form, field: Field) -> None:
    """Refuse what nobody could call."""
    if field.data and not PHONE.fullmatch(field.data):
        raise ValidationError(gettext("Write a phone number, for example 08 123 4567."))


class Facts(Form):
    """A form over a thing's facts: `seen` is the mark of those it was filled in over."""

    def facts(self) -> Mapping[str, Any]:
        """Return the facts of a form that is good, as they are kept of a change."""
        return dict(self.data)


class SettingsForm(Facts):
    """What every page says of the house; empty gives the environment's value back."""

    municipality = words(N_("Municipality"))
    service_name = words(N_("Name of the service"))
    phone = words(N_("Phone"), most=25)
    email = words(N_("E-mail"))

    reminder_days = words(
        N_("Days of reminders"),
        hint=N_("Days after the due day; one before it has a minus. For example: -1 0 1 7 14"),
    )

    validate_phone = staticmethod(check_phone)

    def validate_reminder_days(self, field: Field) -> None:
        """Refuse what are no days to remind on."""
        if read_steps(field.data or "") is None:
            raise ValidationError(
                gettext("Write up to 12 numbers from -14 to 365, with spaces between.")
            )

    def validate_email(self, field: Field) -> None:
        """Refuse what is no e-mail address."""
        if not field.data:
            return
        try:
            contact = read_contact(field.data)
        except Refusal as refusal:
            raise ValidationError(retold(refusal)) from refusal
        if contact.email is None:
            raise ValidationError(gettext("Write an e-mail address, for example name@example.fi."))

    def facts(self) -> Mapping[str, Any]:
        """Return what is set here; None where it is left to the environment."""
        return {name: value or None for name, value in self.data.items()}


class SiteForm(Facts):
    """What a site is called, where it is and how to call it."""

    name = words(N_("Name"), N_("Write the site's name."), most=60)
    address = words(N_("Address"), N_("Write the address."), hint=N_("Street and town"))
    phone = words(N_("Phone"), N_("Write a phone number."), most=25)

    validate_phone = staticmethod(check_phone)


class TokenForm(Facts):
    """Which program gets a token, in whose name, and until when."""

    person = words(
        N_("Whose name it acts in"),
        N_("Write whose name it acts in."),
        hint=N_("E-mail, phone number, card or id. The person must have the role already."),
    )
    role = SelectField(N_("Role"))
    unit_id = SelectField(N_("Only for this unit"), coerce=number_or_none)
    last_day = words(
        N_("Last day it opens"), hint=N_("Leave empty for no end. A year is a good rule.")
    )
    words = words(N_("Which program is it for?"), N_("Say which program it is for."))

    def validate_last_day(self, field: Field) -> None:
        """Refuse what is no day; nothing means no end."""
        try:
            date.fromisoformat(field.data or "2000-01-01")
        except ValueError as error:
            words = N_("Write the day as year-month-day, or choose it from the calendar.")
            raise ValidationError(gettext(words)) from error


class WebhookForm(Facts):
    """Where a program listens, and what it is told; `inside` allows our own network."""

    inside = False
    url = words(
        N_("Its address"),
        N_("Write the program's address."),
        most=outward.LONGEST_URL,
        hint=N_("For example https://partner.example.fi/lainaamo"),
    )
    events = SelectMultipleField(
        N_("What it is told"), validators=[Says(N_("Choose what the program is told."))]
    )
    words = words(N_("Which program is it?"), N_("Say which program it is."))

    def validate_url(self, field: Field) -> None:
        """Refuse what nothing can be sent to, and an address that is plainly inside."""
        found = outward.read_url(field.data or "", inside=self.inside)
        if found is None:
            raise ValidationError(gettext("Write an address that begins with https://."))
        if not self.inside and _is_inside(found.hostname or ""):
            raise ValidationError(gettext("This address is inside our own network."))


def _is_inside(host: str) -> bool:
    """Tell whether a host is an IP address that is not of the open internet."""
    try:
        return not outward.is_outside(host)
    except ValueError:
        return host == "localhost"


class UnitForm(Facts):
    """What a unit is called and the unit above it."""

    name = words(N_("Name"), N_("Write the name of the unit."))
    parent_id = SelectField(N_("Under which unit"), coerce=number_or_none)


def read_hours(opens: str | None, closes: str | None) -> list[str] | None:
    """Read hours as they are kept in a fact; None is closed."""
    first, last = read_time(opens), read_time(closes)
    if first is None and last is None:
        return None
    if first is None or last is None or first >= last:
        raise ValidationError(gettext("Write both times, the opening before the closing."))
    return [first.isoformat("minutes"), last.isoformat("minutes")]


class WeekForm(SiteForm):
    """A site with its week: two times for each day, both empty where it is closed."""

    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self.hours: dict[str, list[str] | None] = {}
        self.wrong: dict[str, str] = {}

    def read_week(self, given: Mapping[str, str]) -> bool:
        """Read the week of a request; tell whether it can be kept."""
        for weekday in WEEKDAYS:
            opens, closes = given.get(f"opens_{weekday}"), given.get(f"closes_{weekday}")
            try:
                self.hours[week_fact(weekday)] = read_hours(opens, closes)
            except ValidationError as error:
                self.wrong[f"opens_{weekday}"] = str(error)
        return not self.wrong

    def first_errors(self) -> Mapping[str, str]:
        """Return one message for each field that needs correcting."""
        return {**super().first_errors(), **self.wrong}

    def facts(self) -> Mapping[str, Any]:
        """Return the site's facts with its week."""
        return {**self.data, **self.hours}


class DaysForm(Form):
    """Days that break the week: closed, or open at other hours."""

    first_day = StringField(N_("First day"), validators=[Says(N_("Choose the first day."))])
    last_day = StringField(N_("Last day"), description=N_("Empty: only the first day"))
    opens = StringField(N_("Open from"), description=N_("For example 12:00. Both empty: closed"))
    closes = StringField(N_("Open until"))
    reason = words(N_("Reason"), most=60, hint=N_("For example: public holiday, moving"))

    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self.hours: list[str] | None = None
        self.days: Sequence[date] = ()

    def validate_first_day(self, field: Field) -> None:
        """Refuse what is no day."""
        self.first = _day(field.data)

    def validate_last_day(self, field: Field) -> None:
        """Refuse a stretch that is backwards or too long."""
        first = getattr(self, "first", None)
        last = _day(field.data) if field.data else first
        if first is None or last is None:
            return
        if not 0 <= (last - first).days < LONGEST_STRETCH:
            most = LONGEST_STRETCH
            raise ValidationError(
                gettext(
                    "Choose a day after the first one, at most %(most)d days in all.", most=most
                )
            )
        self.last = last

    def validate_closes(self, field: Field) -> None:
        """Refuse hours that are not two times in their order."""
        self.hours = read_hours(self.opens.data, field.data)

    def value(self) -> Mapping[str, Any]:
        """Return what is kept of each day."""
        return {"hours": self.hours, "reason": self.reason.data or None}


class ClosingForm(Form):
    """Days on which a site will be closed, and how many due days one day may get instead."""

    first_day = StringField(N_("First closed day"), validators=[Says(N_("Choose the first day."))])
    last_day = StringField(N_("Last closed day"), description=N_("Empty: only the first day"))
    most_a_day = whole(
        N_("At most so many returns a day"), 1, 500, N_("Due days are spread over the open days.")
    )
    reason = words(N_("Reason"), most=60, hint=N_("For example: public holiday, moving"))

    def __init__(self, given: Any = None, **more: Any) -> None:
        super().__init__(given, **more)
        if self.most_a_day.data is None and not (given and given.get("most_a_day")):
            self.most_a_day.data = USUAL_A_DAY
            self.most_a_day.raw_data = [str(USUAL_A_DAY)]

    validate_first_day = DaysForm.validate_first_day
    validate_last_day = DaysForm.validate_last_day


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError as error:
        words = N_("Write the day as year-month-day, or choose it from the calendar.")
        raise ValidationError(gettext(words)) from error


class RoomForm(Form):
    """A new room."""

    name = words(N_("Name of the room"), N_("Write the room's name."), most=rules.LONGEST_NAME)


class ShelvesForm(Form):
    """New shelves, many at once."""

    shelves = StringField(
        N_("Shelves"),
        filters=[line],
        validators=[Says(N_("Write the shelves, for example A1–A12.")), Length(max=LONGEST)],
        description=N_("For example A1–A12, B1, B2"),
    )
    room = SelectField(N_("Room"))

    def validate_shelves(self, field: Field) -> None:
        """Refuse what stands for no shelves."""
        try:
            self.names = rules.shelf_names(field.data or "")
        except Refusal as refusal:
            raise ValidationError(retold(refusal)) from refusal


class PlaceForm(Facts):
    """A room or a shelf."""

    name = words(N_("Name"), N_("Write the name."), most=rules.LONGEST_NAME)
    parent_id = SelectField(N_("Room"), coerce=number_or_none)
    after_id = SelectField(
        N_("Comes in the walk"), coerce=number_or_none, description=N_("The order of pick lists")
    )


class CategoryForm(Facts):
    """A category: what it is called, where it stands, what its things are like."""

    name = words(N_("Name"), N_("Write the name."), most=60)
    name_simple = words(N_("In plain Finnish"), N_("Write the name in plain Finnish."), most=80)
    name_sv = words(N_("In Swedish"), N_("Write the name in Swedish."), most=60)
    name_en = words(N_("In English"), N_("Write the name in English."), most=60)
    aliases = TextAreaField(
        N_("Other names"),
        filters=[lines],
        validators=[Length(max=LONGEST)],
        description=N_("One on a line. People and lists find the category by them."),
    )
    parent_id = SelectField(N_("Under"), coerce=number_or_none)
    after_id = SelectField(N_("Comes in the list"), coerce=number_or_none)
    pool = RadioField(N_("For"))
    cpv = words(
        N_("CPV code"),
        N_("Write the CPV code, for example 37411100."),
        most=10,
        hint=N_("Eight numbers, for the sums of procurement"),
    )
    attributes = SelectMultipleField(N_("What its things are told by"))
    pictogram = RadioField(N_("Drawing"))

    def validate_cpv(self, field: Field) -> None:
        """Refuse what is no code of the common procurement vocabulary."""
        if not CPV.fullmatch(field.data or ""):
            raise ValidationError(gettext("Write the CPV code, for example 37411100."))

    def facts(self) -> Mapping[str, Any]:
        """Return the category's facts."""
        names = [one for one in (self.aliases.data or "").split("\n") if one]
        return {**self.data, "aliases": list(dict.fromkeys(names))}


def read_id(text: str) -> int:
    """Read an id of an address; what is none is nobody's."""
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    return int(text) if is_number else 0


def read_season(text: str) -> str | None:
    """Read a day of the year as people write it ("30.4."); None where it is none."""
    found = SEASON.fullmatch(text)
    if found is None:
        return None
    try:
        day = date(LEAP_YEAR, int(found[2]), int(found[1]))
    except ValueError:
        return None
    return f"{day:%m-%d}"


def read_price(text: str) -> int | None:
    """Read a price in euros as cents; None where it is none."""
    found = PRICE.fullmatch(text)
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else None


def typed_terms(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return terms as they stand in their form."""
    cents, season = facts["replacement_cents"], facts["season_ends"]
    month, day = season.split("-") if season else ("", "")
    return {
        **facts,
        "season_ends": f"{int(day)}.{int(month)}." if season else "",
        "replacement": f"{cents // 100},{cents % 100:02}" if cents is not None else "",
    }


def whole_or_none(label: str, lowest: int, highest: int, hint: str) -> IntegerField:
    """Return a field of a whole number within bounds, which may be left empty."""
    checks = [Optional(), NumberRange(lowest, highest)]
    return IntegerField(label, validators=checks, description=hint)


class SafetyForm(Facts):
    """How the things of a category are kept safe."""

    checklist = RadioField(N_("Check after a loan"), default="none")
    life_years = whole_or_none(
        N_("Used at most so many years"),
        1,
        50,
        N_("From the year of make. Empty: age is not looked at."),
    )
    most_loans = whole_or_none(
        N_("Looked at after so many loans"),
        1,
        5000,
        N_("Then somebody decides about it. Empty: loans are not counted."),
    )
    fall_ends = RadioField(N_("When it fell or was hit"), coerce=bool, default="")


class StopForm(Facts):
    """A make and model that nobody may use."""

    model = words(
        N_("Make and model"),
        N_("Write the make and model."),
        most=80,
        hint=N_("All words must be in a thing's model or name."),
    )
    source = words(
        N_("Who said so"),
        N_("Write who said so, and when."),
        most=200,
        hint=N_("For example Tukes, or the maker's recall and its day"),
    )


class PermitForm(Facts):
    """What a permit is called; names that are left empty are the Finnish one."""

    name = words(N_("Name"), N_("Write the name."))
    name_simple = words(N_("In plain Finnish"))
    name_sv = words(N_("In Swedish"))
    name_en = words(N_("In English"))

    def facts(self) -> Mapping[str, Any]:
        """Return the names, each language's."""
        return {one: text or self.data["name"] for one, text in self.data.items()}


def or_none(label: str, lowest: int, highest: int, hint: str = "") -> IntegerField:
    """Return a field of a whole number within bounds, or of nothing."""
    checks = [Optional(), NumberRange(lowest, highest)]
    return IntegerField(label, validators=checks, description=hint)


class ServiceTypeForm(Facts):
    """A sort of programme: its names, its law, its limits, what is reported and kept."""

    name = words(N_("Name"), N_("Write the name."))
    name_simple = words(N_("In plain Finnish"))
    name_sv = words(N_("In Swedish"))
    name_en = words(N_("In English"))
    basis = words(N_("Law behind it"), hint=N_("For example 189/2001"))
    most_days_a_week = or_none(N_("Days a week at most"), 1, 7, N_("Empty: no limit"))
    longest_months = or_none(N_("Months at most"), 1, 120, N_("Empty: no limit"))
    least_hours = or_none(N_("Hours a day at least"), 1, 12, N_("Empty: no limit"))
    most_hours = or_none(N_("Hours a day at most"), 1, 12, N_("Empty: no limit"))
    reports = SelectField(N_("What the authority gets"))
    keep_months = whole(
        N_("Kept, months"), 1, 120, N_("After its end an agreement and its days are deleted")
    )

    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        offer(self.reports, ((value, gettext(label)) for value, label in REPORTS))
        if self.keep_months.data is None and not self.keep_months.raw_data:
            self.keep_months.data = KEEP_MONTHS

    def facts(self) -> Mapping[str, Any]:
        """Return the facts as they are kept: times in minutes, each language's name."""
        given = dict(self.data)
        least, most = given.pop("least_hours"), given.pop("most_hours")
        named = {one: given[one] or given["name"] for one in ("name_simple", "name_sv", "name_en")}
        return {
            **given,
            **named,
            "least_minutes_a_day": least and 60 * least,
            "most_minutes_a_day": most and 60 * most,
        }


def shown_service_type(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a service type's facts as its form shows them: times in hours."""
    least, most = facts["least_minutes_a_day"], facts["most_minutes_a_day"]
    return {**facts, "least_hours": least and least // 60, "most_hours": most and most // 60}


class TermsForm(Facts):
    """What is agreed of loans: of a category or a kind, for all or for a group."""

    days = whole(N_("Ordinary loan, days"), 0, 365)
    longest_days = whole(N_("Longest loan, days"), 0, 365)
    at_once = whole(
        N_("At most at once"), 1, 100, N_("How many things of the category one may have")
    )
    ahead_days = whole(N_("Reserved at most so many days ahead"), 1, 730)
    turnaround_days = whole(
        N_("Rest after a loan, open days"), 0, 30, N_("For drying and checking")
    )
    renewals = whole(
        N_("Renewed at most so many times"), 0, 50, N_("0: loans of these are not renewed")
    )
    pick_up_days = whole(
        N_("Pickup from the waiting list, open days"),
        1,
        30,
        N_("Then it goes to the next in line"),
    )
    most_waiting = whole(
        N_("At most on the waiting list"), 0, 1000, N_("People for one kind; 0: no waiting list")
    )

    season_ends = words(
        N_("Season ends"),
        most=6,
        hint=N_("For example 30.4.: a loan lasts till then. Empty: loans are by days."),
    )
    least_age = whole(
        N_("Age"), 0, 99, N_("Younger ones need a guardian's word. 0: age is not asked.")
    )
    shows_id = RadioField(N_("ID card is asked for"), coerce=bool, default="")
    permit_sort_id = SelectField(N_("Permit"), coerce=number_or_none)
    replacement = words(
        N_("Price if lost, euros"), most=12, hint=N_("Told beforehand. Empty: nothing is told.")
    )

    def validate_season_ends(self, field: Field) -> None:
        """Refuse what is no day of a year."""
        if field.data and read_season(field.data) is None:
            raise ValidationError(gettext("Write the day as in 30.4."))

    def validate_replacement(self, field: Field) -> None:
        """Refuse what is no price."""
        if field.data and read_price(field.data) is None:
            raise ValidationError(gettext("Write the price in euros, for example 129,90."))

    def facts(self) -> Mapping[str, Any]:
        """Return the terms as they are kept."""
        kept = dict(self.data)
        kept["replacement_cents"] = read_price(kept.pop("replacement") or "")
        return {**kept, "season_ends": read_season(kept["season_ends"] or "")}

    def validate_longest_days(self, field: Field) -> None:
        """Refuse an ordinary loan that is longer than the longest."""
        if self.days.data is not None and field.data is not None and self.days.data > field.data:
            words = N_("The ordinary loan cannot be longer than the longest. Correct one of them.")
            raise ValidationError(gettext(words))


class KindForm(Facts):
    """What is written of a kind."""

    name = words(N_("Name"), N_("Write the name."))
    name_simple = words(N_("In plain Finnish"))
    name_sv = words(N_("In Swedish"))
    name_en = words(N_("In English"))
    description = TextAreaField(
        N_("Description"), filters=[lines], validators=[Length(max=LONGEST)]
    )
    category_id = SelectField(N_("Category"), coerce=number_or_none)
    price = words(N_("Price as new, euros"), most=12, hint=N_("For example 129,90"))
    picture = RadioField(N_("Drawing"))

    def validate_price(self, field: Field) -> None:
        """Refuse what is no price."""
        found = PRICE.fullmatch(field.data or "")
        if field.data and found is None:
            raise ValidationError(gettext("Write the price in euros, for example 129,90."))
        self.cents = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None

    def facts(self) -> Mapping[str, Any]:
        """Return the kind's facts; what is empty is unknown."""
        kept = {name: value or None for name, value in self.data.items() if name != "price"}
        return {**kept, "price_new_cents": self.cents}


class ItemForm(Facts):
    """What is written of one thing; its category's attributes are fields of their own."""

    size = words(N_("Size"), most=40)
    condition = RadioField(N_("Condition"))
    model = words(N_("Make and model"), most=80, hint=N_("As on the thing, for the stop list"))
    made_year = IntegerField(
        N_("Year of make"),
        validators=[Optional(), NumberRange(OLDEST_YEAR, 2100)],
        description=N_("On a sticker inside: helmets and life jackets have a last year"),
    )
    home_place_id = SelectField(N_("Belongs on the shelf"), coerce=number_or_none)
    note = TextAreaField(
        N_("Note"),
        filters=[lines],
        validators=[Length(max=LONGER)],
        description=N_("About this very thing"),
    )


def item_form(keys: Sequence[str]) -> type[ItemForm]:
    """Return the form of a thing with these attributes."""
    fields: dict[str, Any] = {}
    for key in keys:
        attribute = ATTRIBUTES[key]
        if attribute.kind == "choice":
            fields[f"a_{key}"] = SelectField(attribute.label)
        else:
            fields[f"a_{key}"] = StringField(
                attribute.label,
                filters=[line],
                validators=[Optional(), Length(max=40), _parsed(key)],
                description=attribute.example,
            )
    return type("ThisItemForm", (ItemForm,), fields)


def offer_attributes(form: ItemForm, keys: Sequence[str]) -> None:
    """Let the attributes that are chosen from a list offer theirs."""
    for key in keys:
        named = [(code, gettext(word)) for code, word in ATTRIBUTES[key].choices.items()]
        if named:
            offer(form[f"a_{key}"], [("", gettext("not known")), *named])


def _parsed(key: str) -> Any:
    def check(_form: Form, field: Field) -> None:
        try:
            parse(key, field.data)
        except Refusal as refusal:
            raise ValidationError(retold(refusal)) from refusal

    return check


def written_attributes(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a thing's attributes as its form's fields hold them."""
    return {
        f"a_{key}": value if ATTRIBUTES[key].kind == "choice" else show(key, value)
        for key, value in attributes.items()
        if key in ATTRIBUTES
    }


def read_attributes(form: Form, keys: Sequence[str]) -> Mapping[str, Any]:
    """Return the attributes of a form that is good."""
    given = {key: form[f"a_{key}"].data for key in keys}
    return {key: parse(key, text) for key, text in given.items() if text}
