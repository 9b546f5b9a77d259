"""Things for a class or a club: so many of each size, one reservation, through one adult."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound
from wtforms import BooleanField, StringField
from wtforms.validators import Length, ValidationError

from lainaamo.catalogue import choice
from lainaamo.catalogue.cards import sorted_sizes
from lainaamo.catalogue.choice import Choice
from lainaamo.catalogue.forms import AGREES, LONGEST_NAME, age_said, read_day
from lainaamo.catalogue.wanted import Days
from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.forms import Form, Says, written
from lainaamo.core.i18n import days as write_days
from lainaamo.core.i18n import gettext, locale, retold
from lainaamo.core.limits import count_try
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of
from lainaamo.lending import actions as lending
from lainaamo.lending import queries
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.links import own_path
from lainaamo.people import actions as people
from lainaamo.people.access import Right
from lainaamo.people.rules import Contact, read_contact
from lainaamo.people.visitor import Door, served, visitor

bp = Blueprint("group", __name__)
HERE = "/valineet/<int:kind_id>/ryhmalle"
MOST = 60
"""How many things one reservation for a group may hold."""

LONGEST_NUMBER = 3
RESERVATIONS, WITHIN = 60, timedelta(hours=1)


class GroupForm(Form):
    """Which group it is for, and that the adult agrees; staff write down who the adult is."""

    group = StringField(
        filters=[written],
        validators=[Says(N_("Write the name of the group.")), Length(max=LONGEST_NAME)],
    )
    first_name = StringField(filters=[written], validators=[Length(max=LONGEST_NAME)])
    contact = StringField(filters=[written])
    agree = BooleanField(validators=[AGREES])
    of_age = age_said()
    for_caller = False

    def validate_first_name(self, field: StringField) -> None:
        """Ask the staff who the adult is."""
        if self.for_caller and not field.data:
            raise ValidationError(gettext("Write the borrower's first name."))

    def validate_contact(self, field: StringField) -> None:
        """Refuse what is neither an e-mail address nor a phone number, where it is asked for."""
        if not self.for_caller:
            return
        try:
            read_contact(field.data or "")
        except Refusal as refusal:
            raise ValidationError(retold(refusal)) from refusal

    def reached_at(self) -> Contact:
        """Return the contact of a form that is good."""
        return read_contact(self.contact.data or "")


class Row(NamedTuple):
    """A size, how many of it are free, how many are asked for, and what was written instead."""

    name: str
    size: str | None
    free: int
    number: int
    text: str


def _form() -> GroupForm:
    form = GroupForm(request.form)
    form.for_caller = _for_caller()
    return form


def _for_caller() -> bool:
    """Tell whether the staff say who the adult is: they act for nobody yet."""
    return Door().may(Right.BORROWERS) and served() is None


def _choice(kind_id: int) -> Choice:
    kind = goods.get_kind(kind_id)
    args = {name: request.values.get(name, "") for name in ("paikka", "alku", "loppu")}
    found = choice.choice(kind, args) if kind.pool == "lendable" else None
    if found is None:
        raise NoResultFound
    return found


def _rows(chosen: Choice, days: Days) -> list[Row]:
    things = chosen.shelf.stock.things
    sizes = {thing.size for thing in things if thing.site_id == chosen.shelf.site_id}
    ordered = [*sorted_sizes(sizes), *([None] if None in sizes else [])]
    return [_row(chosen, number, size, days) for number, size in enumerate(ordered)]


def _row(chosen: Choice, place: int, size: str | None, days: Days) -> Row:
    text = request.form.get(f"kpl-{place}", "").strip()
    free = chosen.shelf.free(*days, size=size)
    return Row(f"kpl-{place}", size, free, _number(text), text)


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else 0


def _errors(rows: list[Row]) -> dict[str, str]:
    wrong = {
        row.name: gettext("Write how many, such as 4.")
        for row in rows
        if row.text and row.text != "0" and not row.number
    }
    total = sum(row.number for row in rows)
    if not wrong and not total:
        wrong[rows[0].name] = gettext("Write how many you need, of one size at least.")
    if total > MOST:
        words = N_("One reservation can have %(most)d things at most. Make two, or call us.")
        wrong[rows[0].name] = gettext(words, most=MOST)
    return wrong


def _page(
    kind_id: int,
    *,
    form: GroupForm | None = None,
    errors: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> str:
    chosen = _choice(kind_id)
    days = _days(chosen)
    rows, said = _rows(chosen, days), refusal or chosen.shelf.objection(*days, clock.today())
    return render_template(
        "catalogue/group.html",
        here_url=f"/valineet/{kind_id}/ryhmalle",
        name=name_of(chosen.kind),
        picture=chosen.kind.picture or chosen.kind.category.pictogram,
        kind_url=chosen.url(),
        site=chosen.site,
        days=days,
        days_text=write_days(*days),
        today=clock.today().isoformat(),
        rows=rows,
        at_once=_at_once(chosen),
        least_age=chosen.shelf.terms.least_age,
        is_known=visitor() is not None,
        for_caller=_for_caller(),
        refusal=retold(said) if said else None,
        values=form.values() if form else {},
        errors=errors or {},
    )


def _days(chosen: Choice) -> Days:
    """Return the days that are asked for, else the first ordinary loan on open days."""
    first, last = (read_day(request.values.get(name)) for name in ("alku", "loppu"))
    if first and last:
        return first, last
    opening = chosen.shelf.opening
    first = opening.next_open(clock.today()) or clock.today()
    return first, opening.due_on(first, chosen.shelf.terms.usual_from(first))


def _at_once(chosen: Choice) -> int | None:
    """Return how many the adult who is signed in may still have; None where staff reserve."""
    me = served() or visitor()
    if me is None or _for_caller():
        return None
    terms = chosen.shelf.terms
    has = queries.count_at_once(me.person_id, chosen.kind.category_id, kind_id=terms.of_kind)
    return max(terms.at_once - has, 0)


@bp.get(HERE)
@needs(Right.LOOK)
def group(kind_id: int) -> ResponseReturnValue:
    """Ask how many of each size a group needs."""
    return _page(kind_id)


def _refused(refusal: Refusal, kind_id: int) -> ResponseReturnValue:
    return _page(kind_id, form=_form(), refusal=refusal)


@bp.post(HERE)
@needs(Right.ACCOUNT)
@refused_on(_refused)
def reserve(kind_id: int) -> ResponseReturnValue:
    """Promise all that the group needs to one adult, as one reservation of many lines."""
    count_try("reserve", request.remote_addr or "", most=RESERVATIONS, within=WITHIN)
    form, chosen = _form(), _choice(kind_id)
    days = _days(chosen)
    rows = _rows(chosen, days)
    errors = ({} if form.validate() else dict(form.first_errors())) | _errors(rows)
    if errors:
        return _page(kind_id, form=form, errors=errors), 422
    made = lending.reserve(
        list(_asked(kind_id, rows)),
        _borrower(form),
        site_id=chosen.site.id,
        first_day=days[0],
        last_day=days[1],
    )
    if Door().may(Right.BORROWERS):
        return redirect(f"/tiski/varaukset/{made.id}", 303)
    return redirect(f"{own_path(made, current_app.config['SETTINGS'])}?uusi=1", 303)


def _asked(kind_id: int, rows: list[Row]) -> Iterator[Asked]:
    for row in rows:
        yield from [Asked(kind_id, row.size)] * row.number


def _borrower(form: GroupForm) -> Borrower:
    """Return the adult who answers for the group: who is signed in, or whom the staff serve."""
    group = str(form.group.data)
    if form.for_caller:
        adult = people.find_or_add(str(form.first_name.data), form.reached_at(), locale=locale())
        return Borrower(group, person_id=adult.id, age_agreed=form.of_age.data)
    me = served() or visitor()
    if me is None:
        raise LookupError("only who is signed in gets here")
    return Borrower(group, person_id=me.person_id, age_agreed=form.of_age.data)
