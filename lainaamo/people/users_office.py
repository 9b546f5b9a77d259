"""The users' administration: who works here, their roles, and how they come in."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import locale, retold
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import needs, refused_on
from lainaamo.people import actions, registry, staff, words
from lainaamo.people.access import Right
from lainaamo.people.forms import NameForm, PinForm, RoleForm, StaffForm, WorkerForm, unit_or_none
from lainaamo.people.models import ROLES, Person
from lainaamo.people.proofs import check_pin
from lainaamo.people.registry import Sought
from lainaamo.people.rules import read_contact
from lainaamo.people.tree import in_order
from lainaamo.people.visitor import Door

bp = Blueprint("users_office", __name__)
HOME = "/hallinta/kayttajat"
LONGEST_ID = 16


# The list


@bp.get(HOME)
@needs(Right.WORKERS)
def users() -> ResponseReturnValue:
    """Show who works here; supervisors see the workers."""
    sought = _sought()
    found, after = registry.people(sought)
    roles = registry.roles_of_many(person.id for person in found)
    asked = {"q": sought.text, "rooli": sought.role, "poissa": "1" if sought.gone else ""}
    more = urlencode({**{k: v for k, v in asked.items() if v}, "alkaen": after or ""})
    return render_template(
        "people/office.html",
        rows=[_row(person, roles.get(person.id, ())) for person in found],
        asked=asked,
        role_choices=_role_choices(),
        may_invite=Door().may(Right.USERS),
        next_url=f"{HOME}?{more}" if after else None,
    )


def _sought() -> Sought:
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
        "roles": ", ".join(_role_text(one) for one in roles),
    }


def _role_text(role: registry.Role) -> str:
    word = words.role_word(role.role)
    return f"{word}: {role.unit}" if role.unit else word


def _role_choices() -> list[tuple[str, str]]:
    return [(role, words.role_word(role)) for role in ROLES]


def _unit_choices() -> list[tuple[str, str]]:
    rows = registry.units()
    names = {unit.id: unit.name for unit in rows}
    order = in_order({unit.id: unit.parent_id for unit in rows}, names)
    return [(str(unit_id), f"{'– ' * depth}{names[unit_id]}") for unit_id, depth in order]


# Somebody new


@bp.get(f"{HOME}/uusi-tyontekija")
@needs(Right.WORKERS)
def new_worker() -> ResponseReturnValue:
    """Ask for a worker's call name and PIN."""
    return _new_worker(WorkerForm())


def _new_worker(form: WorkerForm, refused: str | None = None) -> ResponseReturnValue:
    errors = {"": refused} if refused else form.first_errors()
    page = render_template("people/office_worker.html", values=form.values(), errors=errors)
    return page, 422 if errors else 200


def _refused_worker(refusal: Refusal) -> ResponseReturnValue:
    return _new_worker(WorkerForm(request.form), retold(refusal))


@bp.post(f"{HOME}/uusi-tyontekija")
@needs(Right.WORKERS)
@refused_on(_refused_worker)
def add_worker() -> ResponseReturnValue:
    """Write a worker down; the number is the next free one."""
    form = WorkerForm(request.form)
    if not form.validate():
        return _new_worker(form)
    person = staff.add_worker(str(form.first_name.data), pin=form.pin.data or "")
    return redirect(f"{HOME}/{person.id}", 303)


@bp.get(f"{HOME}/uusi")
@needs(Right.USERS)
def new_user() -> ResponseReturnValue:
    """Ask for somebody's name, address and role."""
    return _new_user(StaffForm())


def _new_user(form: StaffForm, refused: str | None = None) -> ResponseReturnValue:
    errors = {"": refused} if refused else form.first_errors()
    page = render_template(
        "people/office_new.html",
        values=form.values(),
        errors=errors,
        role_choices=_role_choices(),
        unit_choices=_unit_choices(),
    )
    return page, 422 if errors else 200


def _refused_user(refusal: Refusal) -> ResponseReturnValue:
    return _new_user(StaffForm(request.form), retold(refusal))


@bp.post(f"{HOME}/uusi")
@needs(Right.USERS)
@refused_on(_refused_user)
def add_user() -> ResponseReturnValue:
    """Write somebody down, give the role and send the link that sets a password."""
    form = StaffForm(request.form)
    form.with_units([unit.id for unit in registry.units()])
    if not form.validate():
        return _new_user(form)
    contact = read_contact(form.email.data or "")
    person = actions.find_or_add(str(form.first_name.data), contact, locale=locale())
    actions.grant(person, form.role.data, unit_id=unit_or_none(form.unit.data))
    _send_invitation(person)
    return redirect(f"{HOME}/{person.id}", 303)


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


@bp.get(f"{HOME}/<int:person_id>")
@needs(Right.WORKERS)
def user(person_id: int) -> ResponseReturnValue:
    """Show somebody: roles, ways in, open sessions, and what happened."""
    return _user(person_id)


def _user(person_id: int, errors: Mapping[str, str] | None = None) -> ResponseReturnValue:
    person, roles = _get(person_id)
    return render_template(
        "people/office_user.html",
        person=person,
        url=f"{HOME}/{person.id}",
        roles=[{"id": one.grant_id, "text": _role_text(one)} for one in roles],
        ways=registry.ways(person.id),
        sessions=[_session(one) for one in registry.sessions(person.id)],
        history=words.told(registry.history("person", person.id)),
        role_choices=_role_choices(),
        unit_choices=_unit_choices(),
        may_all=Door().may(Right.USERS),
        errors=errors or {},
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


def _back(person_id: int) -> ResponseReturnValue:
    return redirect(f"{HOME}/{person_id}", 303)


@bp.post(f"{HOME}/<int:person_id>/nimi")
@needs(Right.WORKERS)
@refused_on(_refused)
def rename(person_id: int) -> ResponseReturnValue:
    """Call somebody by another name."""
    person, _roles = _get(person_id)
    form = NameForm(request.form)
    if not form.validate():
        return _wrong(person_id, form.first_errors())
    staff.rename(person, str(form.first_name.data))
    return _back(person_id)


@bp.post(f"{HOME}/<int:person_id>/pin")
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


@bp.post(f"{HOME}/<int:person_id>/istunnot")
@needs(Right.WORKERS)
@refused_on(_refused)
def end_sessions(person_id: int) -> ResponseReturnValue:
    """End somebody's sessions everywhere."""
    person, _roles = _get(person_id)
    actions.end_sessions(person.id)
    return _back(person_id)


@bp.post(f"{HOME}/<int:person_id>/lahto")
@needs(Right.WORKERS)
@refused_on(_refused)
def leave(person_id: int) -> ResponseReturnValue:
    """Let somebody go: roles, sessions, badge and links end at once."""
    person, _roles = _get(person_id)
    staff.leave(person)
    return _back(person_id)


@bp.post(f"{HOME}/<int:person_id>/paluu")
@needs(Right.WORKERS)
@refused_on(_refused)
def come_back(person_id: int) -> ResponseReturnValue:
    """Take somebody back; a worker gets the worker's role again, others a new one by hand."""
    person, _roles = _get(person_id)
    was_away = person.left_at is not None
    staff.come_back(person)
    if was_away and person.number is not None:
        actions.grant(person, "worker")
    return _back(person_id)


@bp.post(f"{HOME}/<int:person_id>/roolit")
@needs(Right.USERS)
@refused_on(_refused)
def grant(person_id: int) -> ResponseReturnValue:
    """Give somebody a role."""
    person, _roles = _get(person_id)
    form = RoleForm(request.form).with_units([unit.id for unit in registry.units()])
    if not form.validate():
        return _wrong(person_id, form.first_errors())
    if person.left_at is not None:
        raise Refusal(N_("This person has left. Take the person back first."), code="has_left")
    actions.grant(person, form.role.data, unit_id=unit_or_none(form.unit.data))
    session.flush()
    return _back(person_id)


@bp.post(f"{HOME}/<int:person_id>/roolit/<int:grant_id>/paattyminen")
@needs(Right.USERS)
@refused_on(_refused)
def end_grant(person_id: int, grant_id: int) -> ResponseReturnValue:
    """End one role."""
    staff.end_grant(registry.get_grant(person_id, grant_id))
    return _back(person_id)


@bp.post(f"{HOME}/<int:person_id>/kutsu")
@needs(Right.USERS)
@refused_on(_refused)
def invite(person_id: int) -> ResponseReturnValue:
    """Send a new link that sets a password; the one before ends."""
    person, _roles = _get(person_id)
    if person.email is None or person.left_at is not None:
        raise Refusal(N_("An invitation needs an e-mail address."), code="no_email")
    _send_invitation(person)
    return _back(person_id)
