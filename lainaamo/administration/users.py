"""Somebody who works here as facts: the call name, the roles, and whether they have left."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from lainaamo.administration import actions
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.people import actions as people
from lainaamo.people import registry, staff
from lainaamo.people.models import Grant, Person, Unit

Role = list[Any]
"""A role as it is kept of a change: [role, id of its unit or None for the whole service]."""
GIVEN = Refusal(N_("This person has the role already."), code="role_given")


def lock(person_id: int) -> None:
    """Make others wait who change the person's roles."""
    session.scalars(select(Person.id).where(Person.id == person_id).with_for_update()).one()


def read(person_id: int) -> Facts:
    """Return somebody's facts; `closed` is whether they have left."""
    person = session.get_one(Person, person_id)
    return {
        "first_name": person.first_name,
        "roles": _in_order([grant.role, grant.unit_id] for grant in registry.grants(person_id)),
        "closed": person.left_at is not None,
    }


def _in_order(roles: Any) -> list[Role]:
    return sorted(roles, key=lambda one: (one[0], one[1] or 0))


def check(_person_id: int, now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse roles for those who have left, and for units that are not in use."""
    if after.get("roles") and after.get("closed", now["closed"]):
        raise Refusal(N_("This person has left. Take the person back first."), code="has_left")
    fresh = [
        unit_id for role, unit_id in after.get("roles", ()) if [role, unit_id] not in now["roles"]
    ]
    for unit_id in fresh:
        if unit_id is not None and session.get_one(Unit, unit_id).closed_at is not None:
            raise Refusal(N_("Choose a unit that is in use."), code="no_unit")


def write(person_id: int, facts: Facts) -> None:
    """Keep facts of somebody; whoever comes back has no password or PIN from before."""
    person = session.get_one(Person, person_id)
    staff.rename(person, facts.get("first_name", person.first_name))
    if facts.get("closed") is False:
        staff.come_back(person)
    if "roles" in facts:
        _set_roles(person, facts["roles"])
    if facts.get("closed"):
        staff.leave(person)


def _set_roles(person: Person, wanted: Sequence[Role]) -> None:
    held: list[Grant] = list(registry.grants(person.id))
    for grant in held:
        if [grant.role, grant.unit_id] not in wanted:
            staff.end_grant(grant)
    have = [[grant.role, grant.unit_id] for grant in held]
    for role, unit_id in wanted:
        if [role, unit_id] not in have:
            people.grant(person, role, unit_id=unit_id)


PERSON = Record("person", lock, read, check, write)


def keep_added(person: Person) -> Change:
    """Keep that somebody was written down just now."""
    return actions.keep_made("person", [(person.id, read(person.id))])[0]


def give(person_id: int, role: str, unit_id: int | None) -> Change | None:
    """Give somebody a role; refused when they have it already."""
    lock(person_id)
    roles = read(person_id)["roles"]
    if [role, unit_id] in roles:
        raise GIVEN
    return actions.edit(PERSON, person_id, {"roles": _in_order([*roles, [role, unit_id]])})


def end(person_id: int, grant_id: int) -> Change | None:
    """End one of somebody's roles."""
    lock(person_id)
    ended = registry.get_grant(person_id, grant_id)
    roles = read(person_id)["roles"]
    left = [one for one in roles if one != [ended.role, ended.unit_id]]
    return actions.edit(PERSON, person_id, {"roles": left})


def leave(person_id: int) -> Change | None:
    """Let somebody go: roles, sessions, badge and links end at once."""
    return actions.edit(PERSON, person_id, {"roles": [], "closed": True})


def come_back(person_id: int) -> Change | None:
    """Take somebody back; a worker is a worker again, others get a role by hand."""
    person = session.get_one(Person, person_id)
    roles = [] if person.number is None else [["worker", None]]
    if person.left_at is None:
        return None
    return actions.edit(PERSON, person_id, {"roles": roles, "closed": False})
