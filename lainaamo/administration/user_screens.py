"""The users' administration: who works here, their roles, and how they come in."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.administration import users
from lainaamo.administration.actions import edit
from lainaamo.administration.models import Change
from lainaamo.administration.screens import about, bp, offer_undo, shown_again
from lainaamo.administration.unit_screens import unit_choices
from lainaamo.administration.users import PERSON
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import locale, retold
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import needs, refused_on
from lainaamo.doors.forms import NameForm, PinForm, RoleForm, StaffForm, WorkerForm, unit_or_none
from lainaamo.people import actions, registry, staff, words
from lainaamo.people.access import Right
from lainaamo.people.models import ROLES, Person
from lainaamo.people.proofs import check_pin
from lainaamo.people.registry import Sought
from lainaamo.people.rules import read_contact
from lainaamo.people.visitor import Door

PLACE = "/kayttajat"
HOME = f"/hallinta{PLACE}"
LONGEST_ID = 16


# The list


@bp.get(PLACE)
@needs(Right.WORKERS)
def all_users() -> ResponseReturnValue:
    """Show who works here; supervisors see the workers."""
    sought = sought_people()
    found, after = registry.people(sought)
    roles = registry.roles_of_many(person.id for person in found)
    asked = {"q": sought.text, "rooli": sought.role, "poissa": "1" if sought.gone else ""}
    more = urlencode({**{k: v for k, v in asked.items() if v}, "alkaen": after or ""})
    return render_template(
        "administration/users.html",
        rows=[_row(person, roles.get(person.id, ())) for person in found],
        asked=asked,
        role_choices=_role_choices(),
        may_invite=Door().may(Right.USERS),
        next_url=f"{HOME}?{more}" if after else None,
    )


def sought_people() -> Sought:
    """Read what the list of people is asked for."""
    after, role = request.args.get("alkaen", ""), request.args.get("rooli", "")
    return Sought(
        text=request.args.get("q", "").strip()[:100],
        role=role if role in ROLES else "",
        gone=bool(request.args.get("poissa")),
        after=int(after)
        if after.isascii() and after.isdigit() and len(after) < LONGEST_ID
        else None,
        workers_only=not Door().may(Right.USERS),
    )


def _row(person: Person, roles: Any) -> dict[str, Any]:
    return {
        "url": f"{HOME}/{person.id}",
        "name": person.first_name,
        "number": person.number,
        "email": person.email,
        "roles": ", ".join(role_text(one) for one in roles),
    }


def role_text(role: registry.Role) -> str:
    """Return a role in the language in use, with its unit."""
    word = words.role_word(role.role)
    return f"{word}: {role.unit}" if role.unit else word


def _role_choices() -> list[tuple[str, str]]:
    return [(role, words.role_word(role)) for role in ROLES]


# Somebody new


@bp.get(f"{PLACE}/uusi-tyontekija")
@needs(Right.WORKERS)
def new_worker() -> ResponseReturnValue:
    """Ask for a worker's call name and PIN."""
    return _new_worker(WorkerForm())


def _new_worker(form: WorkerForm, refused: str | None = None) -> ResponseReturnValue:
    errors = {"": refused} if refused else form.first_errors()
    page = render_template("administration/worker_new.html", values=form.values(), errors=errors)
    return page, 422 if errors else 200


def _refused_worker(refusal: Refusal) -> ResponseReturnValue:
    return _new_worker(WorkerForm(request.form), retold(refusal))


@bp.post(f"{PLACE}/uusi-tyontekija")
@needs(Right.WORKERS)
@refused_on(_refused_worker)
def add_worker() -> ResponseReturnValue:
    """Write a worker down; the number is the next free one."""
    form = WorkerForm(request.form)
    if not form.validate():
        return _new_worker(form)
    person = staff.add_worker(str(form.first_name.data), pin=form.pin.data or "")
    return _back(person.id, users.keep_added(person))


@bp.get(f"{PLACE}/uusi")
@needs(Right.USERS)
def new_user() -> ResponseReturnValue:
    """Ask for somebody's name, address and role."""
    return _new_user(StaffForm())


def _new_user(form: StaffForm, refused: str | None = None) -> ResponseReturnValue:
    errors = {"": refused} if refused else form.first_errors()
    page = render_template(
        "administration/user_new.html",
        values=form.values(),
        errors=errors,
        role_choices=_role_choices(),
        unit_choices=unit_choices(),
    )
    return page, 422 if errors else 200


def _refused_user(refusal: Refusal) -> ResponseReturnValue:
    return _new_user(StaffForm(request.form), retold(refusal))


@bp.post(f"{PLACE}/uusi")
@needs(Right.USERS)
@refused_on(_refused_user)
def add_user() -> ResponseReturnValue:
    """Write somebody down, give the role and send the link that sets a password."""
    form = StaffForm(request.form)
    form.with_units(unit for unit, _name in unit_choices())
    if not form.validate():
        return _new_user(form)
    contact = read_contact(form.email.data or "")
    person = actions.find_or_add(str(form.first_name.data), contact, locale=locale())
    change = users.give(person.id, form.role.data, unit_or_none(form.unit.data))
    _send_invitation(person)
    return _back(person.id, change)


def _send_invitation(person: Person) -> None:
    staff.invite(person, key=installation_key(current_app.config["SETTINGS"]))


# One person


def _get(person_id: int) -> tuple[Person, Any]:
    """Return a person and the roles; whom this visitor does not look after is not found."""
    person = session.get(Person, person_id)
    if person is None:
        raise NoResultFound
    roles = registry.roles_of_many([person_id]).get(person_id, ())
    if not Door().may(Right.USERS) and not registry.is_only_worker(roles, person):
        raise NoResultFound
    return person, roles


@bp.get(f"{PLACE}/<int:person_id>")
@needs(Right.WORKERS)
def user(person_id: int) -> ResponseReturnValue:
    """Show somebody: roles, ways in, open sessions, and what happened."""
    return _user(person_id)


def _user(person_id: int, errors: Mapping[str, str] | None = None) -> ResponseReturnValue:
    person, roles = _get(person_id)
    return render_template(
        "administration/user.html",
        person=person,
        url=f"{HOME}/{person.id}",
        roles=[{"id": one.grant_id, "text": role_text(one)} for one in roles],
        ways=registry.ways(person.id),
        sessions=[_session(one) for one in registry.sessions(person.id)],
        happened=words.told(registry.history("person", person.id)),
        role_choices=_role_choices(),
        unit_choices=unit_choices(),
        may_all=Door().may(Right.USERS),
        errors=errors or {},
        **about("person", person.id),
    )


def _session(one: registry.Session) -> dict[str, Any]:
    device = one.words or _("unknown device")
    return {
        "text": f"{device}, {words.way_word(one.way)}",
        "since": one.made_at,
    }


def _refused(refusal: Refusal, person_id: int, **_rest: object) -> ResponseReturnValue:
    return _user(person_id, {"": retold(refusal)})


def _wrong(person_id: int, errors: Mapping[str, str]) -> ResponseReturnValue:
    return make_response(_user(person_id, errors), 422)


def _back(person_id: int, change: Change | None = None) -> ResponseReturnValue:
    return shown_again(f"{HOME}/{person_id}", change)


@bp.post(f"{PLACE}/<int:person_id>/nimi")
@needs(Right.WORKERS)
@refused_on(_refused)
def rename_user(person_id: int) -> ResponseReturnValue:
    """Call somebody by another name."""
    _get(person_id)
    form = NameForm(request.form)
    if not form.validate():
        return _wrong(person_id, form.first_errors())
    facts = {"first_name": str(form.first_name.data)}
    return _back(person_id, edit(PERSON, person_id, facts))


@bp.post(f"{PLACE}/<int:person_id>/pin")
@needs(Right.WORKERS)
@refused_on(_refused)
def set_pin(person_id: int) -> ResponseReturnValue:
    """Set a new PIN, typed by the person it is for."""
    person, _roles = _get(person_id)
    form = PinForm(request.form)
    if not form.validate():
        return _wrong(person_id, form.first_errors())
    check_pin(form.pin.data or "", number=person.number)
    staff.set_pin(person, form.pin.data or "")
    return _back(person_id)


@bp.post(f"{PLACE}/<int:person_id>/istunnot")
@needs(Right.WORKERS)
@refused_on(_refused)
def end_sessions(person_id: int) -> ResponseReturnValue:
    """End somebody's sessions everywhere."""
    person, _roles = _get(person_id)
    actions.end_sessions(person.id)
    return _back(person_id)


@bp.post(f"{PLACE}/<int:person_id>/lahto")
@needs(Right.WORKERS)
@refused_on(_refused)
def let_go(person_id: int) -> ResponseReturnValue:
    """Let somebody go: roles, sessions, badge and links end at once."""
    _get(person_id)
    return _back(person_id, users.leave(person_id))


@bp.post(f"{PLACE}/<int:person_id>/paluu")
@needs(Right.WORKERS)
@refused_on(_refused)
def take_back(person_id: int) -> ResponseReturnValue:
    """Take somebody back; a worker gets the worker's role again, others a new one by hand."""
    _get(person_id)
    return _back(person_id, users.come_back(person_id))


@bp.post(f"{PLACE}/<int:person_id>/roolit")
@needs(Right.USERS)
@refused_on(_refused)
def give_role(person_id: int) -> ResponseReturnValue:
    """Give somebody a role."""
    _get(person_id)
    form = RoleForm(request.form).with_units(unit for unit, _name in unit_choices())
    if not form.validate():
        return _wrong(person_id, form.first_errors())
    change = users.give(person_id, form.role.data, unit_or_none(form.unit.data))
    return _back(person_id, change)


@bp.post(f"{PLACE}/<int:person_id>/roolit/<int:grant_id>/paattyminen")
@needs(Right.USERS)
@refused_on(_refused)
def end_role(person_id: int, grant_id: int) -> ResponseReturnValue:
    """End one role."""
    return _back(person_id, users.end(person_id, grant_id))


@bp.post(f"{PLACE}/<int:person_id>/kutsu")
@needs(Right.USERS)
@refused_on(_refused)
def invite_again(person_id: int) -> ResponseReturnValue:
    """Send a new link that sets a password; the one before ends."""
    person, _roles = _get(person_id)
    if person.email is None or person.left_at is not None:
        raise Refusal(N_("An invitation needs an e-mail address."), code="no_email")
    _send_invitation(person)
    return _back(person_id)


offer_undo(PERSON)
