"""Changing who works at a shared device of the floor, and which devices are trusted for it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.limits import count_try, forgive_try
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.doors.forms import DeviceForm
from lainaamo.doors.sessions import DEVICE_COOKIE, opened, safe_path, this_device, with_cookie
from lainaamo.people import actions, floor, staff
from lainaamo.people.access import Right
from lainaamo.people.floor import OnFloor
from lainaamo.people.models import Device
from lainaamo.people.proofs import digits, read_badge
from lainaamo.people.visitor import Door

bp = Blueprint("switch", __name__)
WRONG_PINS, WRONG_ON_DEVICE, WITHIN = 5, 40, timedelta(minutes=15)
FACES = ("tree", "snow", "star", "mountain", "leaf", "drop")
TONES = ("ok", "info", "warn", "brand", "ok", "info")


@bp.get("/vaihto")
@needs(Right.SIGN_IN)
def switch_page() -> ResponseReturnValue:
    """Show who may take a turn at this device, and ask the chosen one's PIN."""
    return _page()


def _page(errors: Mapping[str, str] | None = None) -> ResponseReturnValue:
    device = this_device()
    if device is None:
        return render_template("doors/no_device.html", may_trust=Door().may(Right.DEVICES))
    going = safe_path(request.values.get("next", ""))
    people = floor.on_floor(device.id)
    chosen = _chosen(people)
    return render_template(
        "doors/switch.html",
        device=device.name,
        people=[_tile(one, chosen, going) for one in people],
        chosen=_tile(chosen, chosen, going) if chosen else None,
        errors=errors or _unknown(chosen),
        number=request.values.get("numero", ""),
        next=going,
    )


def _chosen(people: list[OnFloor]) -> OnFloor | None:
    """Return who was tapped, or whose number was typed."""
    tapped, typed = request.values.get("kuka", ""), digits(request.values.get("numero", ""))
    for one in people:
        if tapped == str(one.person_id) or (typed and typed == str(one.number)):
            return one
    return None


def _unknown(chosen: OnFloor | None) -> dict[str, str]:
    asked = request.values.get("numero") or request.values.get("kuka")
    return {"numero": _("Nobody here has this number.")} if asked and chosen is None else {}


def _tile(one: OnFloor, chosen: OnFloor | None, going: str) -> dict[str, Any]:
    place = (one.number or one.person_id) % len(FACES)
    asked = {"kuka": one.person_id, **({"next": going} if going else {})}
    return {
        "id": one.person_id,
        "number": one.number,
        "name": one.first_name,
        "icon": FACES[place],
        "tone": TONES[place],
        "current": one == chosen,
        "url": f"/vaihto?{urlencode(asked)}",
    }


def _refused(refusal: Refusal) -> ResponseReturnValue:
    return _page({"pin": retold(refusal)})


@bp.post("/vaihto")
@needs(Right.SIGN_IN)
@own_transactions
@refused_on(_refused)
def switch() -> ResponseReturnValue:
    """Let the next one work here: by a badge alone, or by the chosen one's PIN."""
    device = this_device()
    if device is None:
        words = N_("A PIN or a badge works only on a device that the staff trust.")
        raise Refusal(words, code="no_device")
    # A badge may come from the desk's own field, which is named otherwise.
    secret, on_device = request.form.get("pin") or request.form.get("code", ""), str(device.id)
    count_try("floor device", on_device, most=WRONG_ON_DEVICE, within=WITHIN)
    badge = read_badge(secret)
    came = _by_badge(badge, device) if badge else _by_pin(secret, device)
    if came is None:
        words = _("This badge is not in use.") if badge else _("The PIN is not right. Try again.")
        return make_response(_page({"pin": words}), 422)
    forgive_try("floor device", on_device, within=WITHIN)
    way = "badge" if badge else "pin"
    return opened(came, way=way, device_id=device.id, going=request.values.get("next", ""))


def _by_badge(badge: str, device: Device) -> int | None:
    person_id = staff.find_by_badge(badge)
    here = {one.person_id for one in floor.on_floor(device.id)}
    return person_id if person_id in here else None


def _by_pin(secret: str, device: Device) -> int | None:
    chosen = _chosen(floor.on_floor(device.id))
    who = f"{device.id}:{chosen.person_id if chosen else 0}"
    count_try("pin", who, most=WRONG_PINS, within=WITHIN)
    kept = floor.find_pin(chosen.person_id) if chosen else None
    if not actions.is_right(kept, digits(secret)) or chosen is None:
        return None
    forgive_try("pin", who, within=WITHIN)
    return chosen.person_id


# Devices


@bp.get("/laitteet")
@needs(Right.DEVICES)
def devices() -> ResponseReturnValue:
    """Show the devices of the floor that are trusted, and whether this is one."""
    return _devices(DeviceForm())


def _devices(form: DeviceForm, refused: str | None = None) -> ResponseReturnValue:
    here = this_device()
    errors = {"": refused} if refused else form.first_errors()
    page = render_template(
        "doors/devices.html",
        here=here,
        devices=floor.devices(),
        today=clock.today(),
        values=form.values(),
        errors=errors,
    )
    return page, 422 if errors else 200


@bp.post("/laitteet")
@needs(Right.DEVICES)
def trust() -> ResponseReturnValue:
    """Trust the device that this browser runs on."""
    form = DeviceForm(request.form)
    if not form.validate():
        return _devices(form)
    before = this_device()
    if before is not None:
        staff.end_device(before)
    _device, token = staff.trust_device(str(form.name.data))
    answer = redirect("/laitteet", 303)
    return with_cookie(answer, token, name=DEVICE_COOKIE, days=staff.TRUSTED.days)


@bp.post("/laitteet/<int:device_id>/paattyminen")
@needs(Right.DEVICES)
def end(device_id: int) -> ResponseReturnValue:
    """Trust a device no more: a lost tablet opens nothing."""
    staff.end_device(session.get_one(Device, device_id))
    return redirect("/laitteet", 303)
