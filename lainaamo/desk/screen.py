"""The desk's one screen: shown at an address, after a scan or a tap, and with a refusal."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import POLICY_WITH_CAMERA
from lainaamo.desk import cards, exceptions, queries, seeking, serving, torn, work
from lainaamo.desk.queries import Standing
from lainaamo.desk.rules import Mode, read_mode
from lainaamo.feedback import found
from lainaamo.goods import codes
from lainaamo.lending import undo
from lainaamo.people.visitor import Door

LONGEST_ID = 15


def show(
    mode: Mode, result: cards.Card | None, shelf: str = "", *, code: str = ""
) -> ResponseReturnValue:
    """Show the desk with an answer; `code` is what stays in the field."""
    kept = [("tila", str(mode))]
    if mode is Mode.SHELVE and shelf:
        kept.append(("hylly", shelf))
    now, served = _thing_now(result), serving.bar(mode)
    if now:
        kept.append(("nyt", now))
    if served and not served["is_over"]:
        kept.append((serving.FIELD, served["token"]))
    of_served = [one for one in kept if one[0] == serving.FIELD]
    day = work.last_day([("tila", str(mode)), *of_served])
    page = render_template(
        "desk/desk.html",
        mode=mode,
        modes=cards.modes(),
        code=code,
        scan_url=cards.SCANS,
        scan_fields=kept,
        result=result,
        served=served,
        served_fields=of_served,
        undo=_at_hand(mode, kept),
        finds=found.count_open(),
        log=day.log,
        work_day=day.day if day.day != clock.today() else None,
    )
    return make_response(page, {"Content-Security-Policy": POLICY_WITH_CAMERA})


def _thing_now(result: cards.Card | None) -> str:
    """Return the thing that a command is about: the one shown, else the one before a refusal."""
    thing = result.get("thing") if result else None
    if thing:
        return str(thing["code"])
    kept = request.form.get("nyt", "")
    return kept if codes.is_code(kept) else ""


def _at_hand(mode: Mode, kept: Sequence[tuple[str, str]]) -> cards.Card | None:
    """Return the undo of what this person did just now."""
    step_id = undo.last_by(Door().alias())
    if step_id is None:
        return None
    found, served = work.of_step(step_id), [one for one in kept if one[0] == serving.FIELD]
    return {**found, "fields": [*found["fields"], ("tila", str(mode)), *served]}


def go(
    mode: Mode, *, tavara: str = "", hylly: str = "", tulos: str = "", lainaaja: str = ""
) -> ResponseReturnValue:
    """Go to the desk, showing something; the borrower who is served goes along."""
    token = lainaaja or serving.renewed(mode)
    place = {"tila": str(mode), serving.FIELD: token, "hylly": hylly}
    asked = {**place, "tavara": tavara, "tulos": tulos}
    query = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"/tiski?{query}", 303)


def refused(refusal: Refusal, **_arguments: object) -> ResponseReturnValue:
    """Show the desk again with the reason; what was scanned stays in the field."""
    code = request.form.get("code", "")
    standing = known_thing(code or request.form.get("tavara", ""))
    result = cards.of_refusal(refusal, standing)
    if refusal.code == "wrong_sign":
        result |= cards.meant(torn.meant(code), form_mode())
    if refusal.code == "unknown_contact":
        new = [("q", code.strip())]
        result["actions"] = [cards.act(_("New borrower"), "people", seeking.NEW_BORROWER, new)]
    result["anyway"] = _anyway(refusal, code)
    kept = "" if standing else code.strip()
    return show(form_mode(), result, request.form.get("hylly", ""), code=kept)


def _anyway(refusal: Refusal, code: str) -> cards.Card | None:
    """Return the same scan for the borrower who is served, once more against the terms."""
    reasons = exceptions.offered(refusal) if serving.person_id_now() is not None else []
    if not reasons:
        return None
    fields = [("code", code), ("tila", str(Mode.LOAN)), (serving.FIELD, serving.given())]
    return {"url": cards.SCANS, "fields": fields, "reasons": reasons}


# What comes with an address or a form


def form_mode() -> Mode:
    """Return the mode that a form was sent in."""
    return read_mode(request.form.get("tila"))


def read_sign(text: str | None) -> str:
    """Return a code from an address or a form, nothing where it is empty; else it is not found."""
    sign = (text or "").upper()
    if sign and not codes.is_code(sign):
        raise NoResultFound
    return sign


def read(text: str) -> str:
    """Return the code that was typed or scanned; see codes.read for what is refused."""
    return codes.read(text, host=current_app.config["SETTINGS"].public_host)


def known_thing(text: str) -> Standing | None:
    """Return the thing that a text stands for, if it is one of ours."""
    try:
        return queries.get_standing(read(text))
    except (Refusal, NoResultFound):
        return None


def number(name: str) -> int:
    """Return an id from a form; what is none is nobody's."""
    given = request.form.get(name, "")
    is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_ID
    return int(given) if is_number else 0
