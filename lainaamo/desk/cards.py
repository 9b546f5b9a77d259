"""What the desk shows for one thing or shelf: a large answer, and the next step as a button."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import clock_time, day, days, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.desk import looks, queries
from lainaamo.desk.forms import BorrowerForm
from lainaamo.desk.queries import Standing
from lainaamo.desk.rules import Mode
from lainaamo.desk.states import now_of, states
from lainaamo.goods import life
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item, Place
from lainaamo.goods.words import name_of
from lainaamo.lending import checks, undo
from lainaamo.lending import queries as lending
from lainaamo.procurement import queries as procurement

SCANS, LOANS, CONDITIONS = "/tiski/skannaukset", "/tiski/lainat", "/tiski/kunnot"
SWAPS = "/tiski/vaihdot"
HAND_OVERS, PARTS, FINDS = "/tiski/luovutukset", "/tiski/osat", "/tiski/loytyneet"
MODES: Sequence[tuple[Mode, str, str]] = (
    (Mode.RETURN, "in", N_("Return")),
    (Mode.LOAN, "out", N_("Loan")),
    (Mode.SHELVE, "shelf", N_("Put away")),
    (Mode.LOOK, "search", N_("Look")),
)
Card = dict[str, Any]


def thing_of(standing: Standing) -> Card:
    """Return a thing as the card shows it; its shelf is where it is, or where it is to go now."""
    item, sign = standing.item, standing.sign
    return {
        "name": name_of(item.kind),
        "code": sign,
        "picture": item.kind.picture or item.kind.category.pictogram,
        "size": item.size,
        "shelf": _shelf_of(standing),
        "url": f"/tavarat/{sign}",
    }


def _shelf_of(standing: Standing) -> str | None:
    item = standing.item
    if item.left_at is not None or standing.open_loan is not None:
        return None
    if item.place is not None:
        return item.place.name
    is_to_go_home = standing.repair is None and item.home_place is not None
    return item.home_place.name if is_to_go_home and item.home_place else None


def modes() -> list[Card]:
    """Return the desk's modes."""
    return [
        {"key": mode, "label": _(label), "icon": icon, "url": f"/tiski?tila={mode}"}
        for mode, icon, label in MODES
    ]


# The answer to a thing


def of_thing(
    standing: Standing,
    mode: Mode,
    *,
    outcome: str = "",
    shelf: str = "",
    form: BorrowerForm | None = None,
) -> Card:
    """Return the answer to a thing: what is so, and what can be done with it in this mode.

    `outcome` is what was just done; it chooses words only, and only where the state agrees.
    """
    card: Card = {"thing": thing_of(standing), "text": None, "actions": []}
    card |= {"parts": _parts(standing, mode), "next": next_of(standing)}
    card |= {"check": check_of(standing, mode)}
    if outcome in DONE:
        return card | DONE[outcome](standing, mode)
    if standing.item.left_at is not None:
        return card | {
            "tone": "bad",
            "title": _("This thing has left the house"),
            "text": _("Put it aside and ask."),
            "actions": finds(standing, mode),
        }
    if standing.open_loan is not None:
        return card | _of_lent(standing, mode, outcome)
    if mode is Mode.LOAN:
        return card | _to_lend(standing, form)
    if mode is Mode.SHELVE:
        return card | _to_shelve(standing, outcome, shelf)
    return card | _not_lent(standing, outcome)


def waits_to_be_looked_at(standing: Standing) -> bool:
    """Tell whether a thing is here and somebody must look whether it is safe."""
    repair, item = standing.repair, standing.item
    is_here = item.left_at is None and standing.open_loan is None
    return is_here and repair is not None and repair.need == checks.CHECK


def check_of(standing: Standing, mode: Mode) -> Card | None:
    """Return what is to be looked at of a thing that waits for that, or is to go out of use."""
    waits, item = waits_to_be_looked_at(standing), standing.item
    is_here = item.left_at is None and standing.open_loan is None and item.kind.pool == "lendable"
    if not waits and not (is_here and checks.reasons_to_withdraw(item)):
        return None
    return looks.panel(item, sign=standing.sign, mode=str(mode), waits=waits)


def _checked(standing: Standing, _mode: Mode) -> Card:
    """Answer to a thing that was looked at."""
    steps = home_steps(standing)
    return {
        "tone": "ok",
        "title": _("Checked, in order"),
        "text": _where_to(standing),
        "actions": steps,
    }


def _out_of_use(standing: Standing, _mode: Mode) -> Card:
    """Answer to a thing that fell or is too old: gone for good, or in the workshop."""
    if standing.item.left_at is not None:
        text = _("Put it aside, so that nobody takes it.")
        return {"tone": "bad", "title": _("Taken out of use"), "text": text}
    return {"tone": "warn", "title": _("In repair"), "text": _("Take it to the workshop.")}


def _labelled(_standing: Standing, _mode: Mode) -> Card:
    return {"tone": "ok", "title": _("The label is on this thing now")}


def _undone(standing: Standing, _mode: Mode) -> Card:
    """Answer to an undo: how the thing stands again."""
    text = " · ".join(state.label for state in states(now_of(standing)))
    return {"tone": "info", "title": _("Undone"), "text": text}


def _parts(standing: Standing, mode: Mode) -> list[Card]:
    """Return a thing's parts as switches: one tap says that it is missing, or there again."""
    return [
        {
            "name": f"{part.name} × {part.quantity}" if part.quantity > 1 else part.name,  # noqa: RUF001 - a count
            "missing": part.missing_since is not None,
            "url": PARTS,
            "fields": [
                ("tavara", standing.sign),
                ("part", str(part.id)),
                ("missing", "0" if part.missing_since else "1"),
                ("tila", str(mode)),
            ],
        }
        for part in goods.parts_of(standing.item.id)
    ]


def next_of(standing: Standing) -> str | None:
    """Say who needs the thing next, and when."""
    promised = [use.id for use in standing.uses if use.purpose == "reserved"]
    known = queries.coming_to(promised[:1])
    coming = next(iter(known.values()), None)
    if coming is None:
        return None
    when = days(coming.first_day, coming.last_day)
    return _("Next: %(name)s, %(days)s", name=coming.for_name, days=when)


def finds(standing: Standing, mode: Mode) -> list[Card]:
    """Return the button that says that a lost thing was found; none for what left otherwise."""
    if standing.item.left_as != "lost" or standing.item.kind.pool != "lendable":
        return []
    fields = [("tavara", standing.sign), ("tila", str(mode))]
    return [act(_("It was found"), "check", FINDS, fields)]


def _of_lent(standing: Standing, mode: Mode, outcome: str) -> Card:
    state = states(now_of(standing))[0]
    if outcome == "lainattu":
        due = standing.open_loan.due_on if standing.open_loan else clock.today()
        return {"tone": "ok", "title": _("Lent"), "text": _("Due %(day)s", day=day(due))}
    words = {
        Mode.LOAN: _("It is lent already. Is somebody bringing it back?"),
        Mode.SHELVE: _("It is lent, so take it back first."),
    }.get(mode)
    return {
        "tone": "warn",
        "title": state.label,
        "text": words,
        "actions": [take_back(standing.sign)],
        "swap": {"url": SWAPS, "fields": [("tavara", standing.sign)]},
    }


def take_back(sign: str) -> Card:
    """Return the button that takes a thing back."""
    fields = [("code", sign), ("tila", Mode.RETURN)]
    return act(_("Take back"), "in", SCANS, fields)


def act(label: str, icon: str, url: str, fields: Sequence[tuple[str, str]] | None = None) -> Card:
    """Return a button: a link, or with fields a form."""
    return {"label": label, "icon": icon, "url": url, "tone": "", "fields": fields}


def lend(sign: str) -> Card:
    """Return the link to lending a thing."""
    return act(_("Lend"), "out", f"/tiski?tila={Mode.LOAN}&tavara={sign}")


def _not_lent(standing: Standing, outcome: str) -> Card:
    """Answer to a thing in return mode that is not lent: just back, back before, or never out."""
    loan, item = standing.last_loan, standing.item
    if loan is None or loan.returned_at is None or item.place_id is not None:
        return _here(standing)
    condition = loan.condition_back
    card: Card = {
        "conditions": _conditions(condition, is_looked_at=waits_to_be_looked_at(standing)),
        "condition_url": CONDITIONS,
        "condition_fields": [("loan", str(loan.id)), ("tila", Mode.RETURN)],
    }
    if outcome == "palautettu" or (outcome == "osat" and condition is None):
        return card | {"tone": "ok", "title": _("Returned"), "text": _where_to(standing)}
    if outcome in {"kunto", "osat"} and condition is not None:
        words = _(life.RETURNED[condition])
        return card | {"tone": "ok", "title": words, "text": _where_to(standing)}
    moment = clock_time(loan.returned_at)
    back_on = clock.local(loan.returned_at).date()
    title = (
        _("Taken back already at %(time)s", time=moment)
        if back_on == clock.today()
        else _("Taken back already on %(day)s at %(time)s", day=day(back_on), time=moment)
    )
    return card | {"tone": "info", "title": title, "text": _where_to(standing)}


def _here(standing: Standing) -> Card:
    found = states(now_of(standing))
    text = " · ".join(state.label for state in found[1:])
    card: Card = {"tone": "info", "title": found[0].label, "text": text or None}
    return card | {"actions": _next_steps(standing)}


def _next_steps(standing: Standing) -> list[Card]:
    if waits_to_be_looked_at(standing):
        return []
    if standing.repair is not None:
        return [mended(standing.sign, Mode.RETURN)]
    if standing.item.kind.pool != "lendable":
        return _hand_overs(standing, Mode.RETURN)
    return [lend(standing.sign)]


def mended(sign: str, mode: Mode | None = None) -> Card:
    """Return the button that puts a thing back into circulation."""
    fields = [("need", "none"), *([("tila", str(mode))] if mode else [])]
    return act(_("It is in order now"), "check", f"/tavarat/{sign}/korjaus", fields)


def _where_to(standing: Standing) -> str | None:
    if waits_to_be_looked_at(standing):
        return _("Look at it now. The list is below.")
    if standing.repair is not None:
        return _("Take it to the workshop.")
    home = standing.item.home_place
    return _("Take it to shelf %(name)s.", name=home.name) if home else None


def _conditions(current: str | None, *, is_looked_at: bool) -> list[Card]:
    """Return the conditions as buttons; while a thing is looked at its list says that it is OK."""
    return [
        {
            "value": value,
            "label": _(words),
            "icon": icon,
            "tone": tone,
            "current": value == current,
        }
        for value, (icon, tone, words) in life.RETURNS.items()
        if not (is_looked_at and value == "ok")
    ]


# Lending


def _to_lend(standing: Standing, form: BorrowerForm | None) -> Card:
    item = standing.item
    first = states(now_of(standing))[0]
    if item.kind.pool != "lendable":
        return {
            "tone": "warn",
            "title": _("For reuse by units"),
            "text": _("It is not lent out. A unit can have it for good."),
            "actions": _hand_overs(standing, Mode.LOAN),
        }
    if standing.repair is not None or item.condition == "broken":
        waits = standing.repair is None or waits_to_be_looked_at(standing)
        steps = [] if waits else [mended(standing.sign, Mode.LOAN)]
        return {"tone": "warn", "title": first.label, "text": None, "actions": steps}
    candidates = _candidates(item, standing.sign)
    card: Card = {
        "tone": "info",
        "title": first.label,
        "text": None,
        "candidates": candidates,
        "borrower_form": True,
        "loan_url": LOANS,
        "loan_fields": [("tavara", standing.sign)],
        "due_on": _due_on(item),
    }
    filled = dict(form.values()) if form else {"due_on": card["due_on"].isoformat()}
    return card | {"values": filled, "errors": form.first_errors() if form else {}}


def _due_on(item: Item) -> date:
    """Return the day an ordinary loan from today is due."""
    terms = lending.terms_of(item.kind.category_id, kind_id=item.kind_id)
    return goods.opening(item.site_id).due_on(clock.today(), terms.usual_from(clock.today()))


def _candidates(item: Item, sign: str) -> list[Card]:
    """Return the reservations at this site that the thing would do for, each once."""
    found: dict[tuple[int, str | None], Card] = {}
    for line in lending.lines_to_hand_out(item.kind_id, size=item.size, until=clock.today()):
        reservation = line.reservation
        key = (reservation.id, line.size)
        if reservation.site_id != item.site_id or key in found:
            continue
        when = days(reservation.first_day, reservation.last_day)
        code = _("code %(code)s", code=reservation.pick_up_code)
        code = _("not confirmed") if reservation.is_unconfirmed else code
        found[key] = {
            "url": LOANS,
            "who": reservation.for_name,
            "days": f"{when} · {code}",
            "fields": [("tavara", sign), ("line", str(line.id))],
        }
    return list(found.values())


# Units


def _handed_over(standing: Standing, mode: Mode) -> Card:
    item = standing.item
    left = 0 if item.left_at is not None else item.quantity
    text = _("%(count)d pcs stay here", count=left) if left else _("That was the last of them.")
    title = _("Handed over")
    return {"tone": "ok", "title": title, "text": text, "actions": _hand_overs(standing, mode)}


def _hand_overs(standing: Standing, mode: Mode) -> list[Card]:
    """Return a button for each unit that has booked of this, who booked first foremost."""
    return [
        act(
            _("Hand over %(count)d: %(unit)s", count=claim.waiting, unit=claim.unit.name),
            "out",
            HAND_OVERS,
            [
                ("tavara", standing.sign),
                ("claim", str(claim.id)),
                ("number", str(claim.waiting)),
                ("tila", str(mode)),
            ],
        )
        for claim in procurement.open_claims_of_item(standing.item.id)
    ]


def _found_again(standing: Standing, _mode: Mode) -> Card:
    """Answer to a thing that was lost: found, and where it belongs."""
    steps = home_steps(standing) if standing.item.left_at is None else []
    title = _("Found again")
    return {"tone": "ok", "title": title, "text": _where_to(standing), "actions": steps}


# What was done, whatever the mode: the word in the address, and the answer
DONE = {
    "peruttu": _undone,
    "luovutettu": _handed_over,
    "tarra": _labelled,
    "loytyi": _found_again,
    "tarkastettu": _checked,
    "kaatui": _out_of_use,
    "poistettu": _out_of_use,
}


# Shelving


def _to_shelve(standing: Standing, outcome: str, shelf: str) -> Card:
    item = standing.item
    if shelf and outcome in {"hyllytetty", "paikallaan"} and item.place is not None:
        words = _("Put on shelf %(name)s") if outcome == "hyllytetty" else _("On %(name)s already")
        text = _moved_from(standing) if outcome == "hyllytetty" else None
        return {"tone": "ok", "title": words % {"name": item.place.name}, "text": text}
    first = states(now_of(standing))[0]
    return {
        "tone": "info",
        "title": first.label,
        "text": _("Scan the shelf first, then the thing."),
        "actions": home_steps(standing),
    }


def home_steps(standing: Standing) -> list[Card]:
    """Return the button that puts a thing at the desk on its own shelf, where that has a label."""
    item = standing.item
    home_sign = queries.sign_of_place(item.home_place_id) if item.home_place_id else None
    if item.home_place is None or home_sign is None or item.place_id is not None:
        return []
    label = _("Put on shelf %(name)s", name=item.home_place.name)
    fields = [("code", standing.sign), ("tila", str(Mode.SHELVE)), ("hylly", home_sign)]
    return [act(label, "shelf", SCANS, fields)]


def _moved_from(standing: Standing) -> str | None:
    """Say from which other shelf a thing was put here: of two scans the last one counts."""
    step = undo.of_items([standing.item.id]).get(standing.item.id)
    before = step.before["place"] if step is not None and step.verb == "shelved" else None
    name = queries.names_of_places([before]).get(before) if before else None
    return (
        _("Until now it was on shelf %(name)s. The last one counts.", name=name) if name else None
    )


def to_served(card: Card, standing: Standing, *, name: str, token: str) -> Card:
    """Return the answer to a thing while a borrower is served: one button, no questions."""
    if not card.get("borrower_form"):
        return card
    fields = [("code", standing.sign), ("tila", str(Mode.LOAN)), ("lainaaja", token)]
    step = act(_("Lend to %(name)s", name=name), "out", SCANS, fields)
    return card | {"borrower_form": False, "candidates": [], "actions": [step]}


def of_shelf(place: Place, sign: str, mode: Mode) -> Card:
    """Return the answer to a shelf's label: the shelf is chosen, or could be."""
    title = _("Shelf %(name)s", name=place.name)
    if mode is Mode.SHELVE:
        words = _("Scan now each thing that you put here.")
        return {"tone": "info", "title": title, "text": words, "thing": None, "actions": []}
    url = f"/tiski?tila={Mode.SHELVE}&hylly={sign}"
    step = act(_("Put things on this shelf"), "shelf", url)
    return {"tone": "info", "title": title, "text": None, "thing": None, "actions": [step]}


def meant(standing: Standing | None, mode: Mode) -> Card:
    """Return what to ask where a misread code may be one thing's: is it that? Else nothing."""
    if standing is None:
        return {}
    size = f" {standing.item.size}" if standing.item.size else ""
    name = f"{name_of(standing.item.kind)}{size}"
    label = _("It is %(code)s: %(name)s", code=standing.sign, name=name)
    fields = [("code", standing.sign), ("tila", str(mode))]
    title = _("One sign of the code is wrong. Is it this thing?")
    return {"title": title, "actions": [act(label, "check", SCANS, fields)]}


def of_refusal(refusal: Refusal, standing: Standing | None) -> Card:
    """Return the answer to what was refused, with the thing if it is known."""
    card: Card = {"tone": "bad", "title": retold(refusal), "text": None, "actions": []}
    card["thing"] = thing_of(standing) if standing else None
    if standing is not None:
        card["check"] = check_of(standing, Mode.RETURN)
    if standing is not None and standing.open_loan is not None:
        card["actions"] = [take_back(standing.sign)]
    return card
