"""What a borrower's own page shows: first name and goods, nothing else."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.i18n import clock_time, hours, long_day, pick
from lainaamo.core.i18n import gettext as _
from lainaamo.core.secrets import fingerprint
from lainaamo.doors.asking import asking_browser
from lainaamo.goods import queries as goods
from lainaamo.goods.labels import qr_svg_path
from lainaamo.goods.models import Site
from lainaamo.goods.words import name_of
from lainaamo.lending import opinions, queries
from lainaamo.lending.models import Line, Loan, Reservation
from lainaamo.people.access import Right
from lainaamo.people.models import Person
from lainaamo.people.rules import hide_contact
from lainaamo.people.visitor import Door, visitor

# The line that needs something done soonest gives the whole its state.
URGENT = ("late", "on_loan", "ready", "coming", "returned", "expired", "cancelled")
OVER = frozenset({"returned", "cancelled", "expired"})
# Gone to by a link only: the page itself shows nothing of another site.
ROUTE = "https://www.openstreetmap.org/directions"


def state_of(line: Line, loan: Loan | None, reservation: Reservation, today: date) -> str:
    """Return a line's state: derived, never stored."""
    if loan is not None:
        if loan.returned_at is not None:
            return "returned"
        return "late" if loan.due_on < today else "on_loan"
    if line.ended_as is not None:
        return "cancelled" if line.ended_as == "cancelled" else "expired"
    last_day = reservation.pick_up_by or reservation.last_day
    if last_day < today and line.pulled_at is None:
        return "expired"
    return "ready" if reservation.first_day <= today else "coming"


def page(reservation: Reservation) -> dict[str, Any]:
    """Return everything the own page's template needs, but its addresses."""
    loans = queries.loans_by_line(line.id for line in reservation.lines)
    signs = goods.signs_of(loan.item_id for loan in loans.values())
    lines = [_line(line, loans.get(line.id), reservation, signs) for line in reservation.lines]
    state = min((line["state"] for line in lines), key=URGENT.index)
    lines = alike(lines)
    due = max((loan.due_on for loan in loans.values()), default=reservation.last_day)
    last_day = due if state in {"late", "on_loan"} else reservation.last_day
    waits = state in {"coming", "ready"}
    code = reservation.pick_up_code if waits and not reservation.is_unconfirmed else None
    return {
        "who": reservation.for_name,
        "reservation": {
            "state": state,
            "lines": lines,
            "first_day": reservation.first_day,
            "last_day": last_day,
            "site": _site(reservation.site),
            "pick_up_code": code,
            "pick_up_by": reservation.pick_up_by,
            "qr": _symbol(code) if code else None,
            "hours": _hours(reservation, state, last_day),
            "return_hours": _hours_on(reservation, reservation.last_day),
            "lapsed": state == "expired" and reservation.held_until is not None,
        },
        "again_url": again_url(reservation) if state in OVER else None,
        "can_cancel": any(line["state"] in {"coming", "ready"} for line in lines),
        "can_change": can_change(reservation),
        "seen": _seen(loans.values()),
        "asked": opinions.to_ask(loans.values()),
    }


def alike(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return lines that read alike once, with their number: twenty pairs are a few sizes."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in lines:
        one = found.setdefault(tuple(line.values()), {**line, "count": 0})
        one["count"] += 1
    return list(found.values())


def _seen(loans: Iterable[Loan]) -> list[tuple[str, str]]:
    """Return the due days of what is out, as a form to renew them says that it showed them."""
    out = (loan for loan in loans if loan.returned_at is None)
    return [(f"seen_{loan.id}", loan.due_on.isoformat()) for loan in out]


def can_change(reservation: Reservation) -> bool:
    """Tell whether the borrower may still change the days: all of it waits to be fetched."""
    is_open = all(line.ended_at is None for line in reservation.lines)
    return is_open and not reservation.is_unconfirmed and reservation.last_day >= clock.today()


def find_signed_in_owner(reservation: Reservation) -> Person | None:
    """Return who is signed in, where the contact of an unconfirmed reservation is theirs."""
    me = visitor()
    person = session.get(Person, me.person_id) if me is not None else None
    if person is None:
        return None
    has = {person.email, person.phone} - {None}
    return person if reservation.contact.text in has else None


def confirmation(reservation: Reservation) -> dict[str, Any] | None:
    """Return what the page says of confirming, where it is still to be done."""
    if not reservation.is_unconfirmed or reservation.held_until is None:
        return None
    first, contact = reservation.lines[0], reservation.contact
    again = {"alku": reservation.first_day, "loppu": reservation.last_day, "koko": first.size}
    kept = urlencode({name: str(value) for name, value in again.items() if value})
    return {
        "sent_to": hide_contact(contact),
        "by_phone": contact.phone is not None,
        "until": clock_time(reservation.held_until),
        "is_here": reservation.browser_hash == fingerprint(asking_browser()),
        "is_mine": find_signed_in_owner(reservation) is not None,
        "start_url": f"/valineet/{_kind_or_kit(first)}?{kept}",
    }


def _kind_or_kit(line: Line) -> int:
    """Return what was reserved: the kit that a line is of, else its kind."""
    kit_id = line.bundle.kit_id if line.bundle else None
    return kit_id or line.kind_id


def bundle_of(line: Line) -> str | None:
    """Return what a line belongs to: for whom it is, or the kit's name."""
    bundle = line.bundle
    if bundle is None:
        return None
    return bundle.for_name or (name_of(bundle.kit) if bundle.kit else None)


def again_url(reservation: Reservation) -> str | None:
    """Return where the same is borrowed again: by its person, who may have to sign in first."""
    if reservation.person_id is None or reservation.is_unconfirmed or reservation.held_until:
        return None
    path, me = f"/omat/uudestaan/{reservation.id}", visitor()
    is_mine = me is not None and me.person_id == reservation.person_id
    is_mine = is_mine or Door().may(Right.BORROWERS)
    return path if is_mine else f"/omat/tulo?{urlencode({'next': path})}"


def thing_of(line: Line) -> dict[str, Any]:
    """Return what a line is of, as lists show it."""
    kind = line.kind
    return {
        "name": pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en),
        "size": line.size,
        "picture": kind.picture or kind.category.pictogram,
    }


def _line(
    line: Line, loan: Loan | None, reservation: Reservation, signs: Mapping[int, str]
) -> dict[str, Any]:
    state = state_of(line, loan, reservation, clock.today())
    return {
        **thing_of(line),
        "state": state,
        "due_on": loan.due_on if loan else None,
        "due_text": _due_text(state, loan),
        "code": signs.get(loan.item_id) if loan else None,
        "bundle": bundle_of(line),
    }


def _due_text(state: str, loan: Loan | None) -> str | None:
    if loan is None:
        return None
    if state == "returned":
        return _("returned")
    return _("Return by %(day)s", day=long_day(loan.due_on))


def _hours(reservation: Reservation, state: str, last_day: date) -> str | None:
    day = last_day if state in {"late", "on_loan"} else reservation.first_day
    return _hours_on(reservation, max(day, clock.today()))


def _hours_on(reservation: Reservation, day: date) -> str | None:
    found = goods.opening(reservation.site_id).hours_on(day)
    return hours(found.opens, found.closes) if found else None


def _site(site: Site) -> dict[str, str]:
    route = f"{ROUTE}?{urlencode({'to': site.address})}" if site.address else ""
    return {"name": site.name, "address": site.address, "route_url": route}


def _symbol(code: str) -> dict[str, Any]:
    """Return the pickup code as the desk's scanner reads it: the bare digits, as they are typed."""
    path, side = qr_svg_path(code)
    return {"path": path, "side": side}
