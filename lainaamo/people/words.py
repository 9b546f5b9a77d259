"""The words for roles, ways of coming in and what happened to an account."""

from collections.abc import Mapping, Sequence
from typing import Any

from lainaamo.core import clock
from lainaamo.core.errors import N_
from lainaamo.core.i18n import clock_time, day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.journal import Entry
from lainaamo.people import registry

ROLES: Mapping[str, str] = {
    "resident": N_("resident"),
    "worker": N_("worker"),
    "counter": N_("counter staff"),
    "supervisor": N_("supervisor"),
    "buyer": N_("buyer (unit orderer)"),
    "coordinator": N_("coordinator"),
    "administrator": N_("administrator"),
}
WAYS: Mapping[str, str] = {
    "code": N_("with a code"),
    "password": N_("with a password"),
    "pin": N_("with a PIN"),
    "badge": N_("with a badge"),
    "oidc": N_("with the municipality's account"),
}
EVENTS: Mapping[str, str] = {
    "person.added": N_("Added"),
    "person.renamed": N_("Name changed"),
    "person.left": N_("Left"),
    "person.came_back": N_("Came back"),
    "person.invited": N_("Invitation made"),
    "invitation.used": N_("Invitation used"),
    "identity.tied": N_("Municipality's account tied"),
    "password.set": N_("Password changed"),
    "pin.set": N_("PIN changed"),
    "badge.made": N_("Badge made"),
    "badge.ended": N_("Badge ended"),
    "role.granted": N_("Role given"),
    "role.ended": N_("Role ended"),
}


def role_word(role: str) -> str:
    """Return what a role is called."""
    return _(ROLES.get(role, role))


def way_word(way: str) -> str:
    """Return how somebody came in."""
    return _(WAYS.get(way, way))


def told(entries: Sequence[Entry]) -> list[dict[str, str]]:
    """Return what happened as lines: when, what and by whom; names only as they are now."""
    names = registry.names_of(entry.actor for entry in entries)
    wanted = {value for entry in entries for value in _unit_ids(entry)}
    units = registry.unit_names(wanted) if wanted else {}
    return [_line(entry, names, units) for entry in entries if entry.verb in EVENTS]


def _unit_ids(entry: Entry) -> list[int]:
    unit_id = entry.details.get("unit")
    return [unit_id] if isinstance(unit_id, int) else []


def _line(entry: Entry, names: Mapping[str, str], units: Mapping[int, str]) -> dict[str, str]:
    when = clock.local(entry.happened_at)
    about: list[Any] = []
    if "role" in entry.details:
        about.append(role_word(str(entry.details["role"])))
    if "unit" in entry.details:
        about.append(units.get(entry.details["unit"], ""))
    title = _(EVENTS[entry.verb])
    return {
        "title": f"{title}: {', '.join(about)}" if about else title,
        "who": names.get(entry.actor, _("by the system")),
        "when": f"{day(when.date())} {clock_time(when)}",
    }
