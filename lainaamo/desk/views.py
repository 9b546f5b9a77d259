"""The staff's screens: the desk and its scans, one thing, the list of things, a label's address."""

from urllib.parse import urlencode

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import NoResultFound

from lainaamo.core import clock
from lainaamo.core.download import download
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import locale, pick, retold
from lainaamo.core.web import POLICY_WITH_CAMERA, needs, refused_on, settings_now
from lainaamo.desk import (
    actions,
    cards,
    claiming,
    commands,
    counter,
    exceptions,
    listing,
    pickups,
    queries,
    table,
    thing_page,
    torn,
    work,
)
from lainaamo.desk.forms import BorrowerForm
from lainaamo.desk.queries import Standing
from lainaamo.desk.rules import Mode, read_mode
from lainaamo.goods import codes
from lainaamo.goods import queries as goods
from lainaamo.goods.commands import Command
from lainaamo.goods.models import Code, Item
from lainaamo.goods.queries import Label
from lainaamo.lending import undo
from lainaamo.lending.actions import Borrower
from lainaamo.people import actions as people
from lainaamo.people.access import Right
from lainaamo.people.proofs import read_badge
from lainaamo.people.visitor import Door

bp = Blueprint("desk", __name__)
LONGEST_ID = 15


# The desk


def _nothing_waits(refusal: Refusal) -> ResponseReturnValue:
    return _desk(read_mode(request.args.get("tila")), cards.of_refusal(refusal, None))


@bp.get("/tiski")
@needs(Right.DESK)
@refused_on(_nothing_waits)
def desk() -> ResponseReturnValue:
    """Show the desk: one field that listens, and the answer to what was scanned last."""
    mode = read_mode(request.args.get("tila"))
    sign, shelf = _sign(request.args.get("tavara")), _sign(request.args.get("hylly"))
    if sign:
        outcome = request.args.get("tulos", "")
        standing = queries.get_standing(sign)
        return _desk(mode, cards.of_thing(standing, mode, outcome=outcome, shelf=shelf), shelf)
    if shelf:
        return _desk(mode, cards.of_shelf(queries.get_place_by_code(shelf), shelf, mode), shelf)
    code = pickups.read(request.args.get("nouto", ""))
    return _desk(mode, pickups.card(pickups.waiting(code)) if code else None)


def _desk(
    mode: Mode, result: cards.Card | None, shelf: str = "", *, code: str = ""
) -> ResponseReturnValue:
    kept = [("tila", str(mode))]
    if mode is Mode.SHELVE and shelf:
        kept.append(("hylly", shelf))
    now = _thing_now(result)
    if now:
        kept.append(("nyt", now))
    work_day, lines = work.last_day()
    page = render_template(
        "desk/desk.html",
        mode=mode,
        modes=cards.modes(),
        code=code,
        scan_url=cards.SCANS,
        scan_fields=kept,
        result=result,
        undo=_at_hand(mode),
        today=lines,
        work_day=work_day if work_day != clock.today() else None,
    )
    return make_response(page, {"Content-Security-Policy": POLICY_WITH_CAMERA})


def _thing_now(result: cards.Card | None) -> str:
    """Return the thing that a command is about: the one shown, else the one before a refusal."""
    thing = result.get("thing") if result else None
    if thing:
        return str(thing["code"])
    kept = request.form.get("nyt", "")
    return kept if codes.is_code(kept) else ""


def _at_hand(mode: Mode) -> cards.Card | None:
    """Return the undo of what this person did just now."""
    step = undo.last_by(Door().alias())
    if step is None:
        return None
    found = work.of_step(step)
    return {**found, "fields": [*found["fields"], ("tila", str(mode))]}


def _sign(text: str | None) -> str:
    """Return a code from an address or a form, nothing where it is empty; else it is not found."""
    sign = (text or "").upper()
    if sign and not codes.is_code(sign):
        raise NoResultFound
    return sign


def _at(mode: Mode, *, tavara: str = "", hylly: str = "", tulos: str = "") -> ResponseReturnValue:
    """Go to the desk, showing something."""
    asked = {"tila": str(mode), "hylly": hylly, "tavara": tavara, "tulos": tulos}
    query = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"/tiski?{query}", 303)


def _refused(refusal: Refusal, **_arguments: object) -> ResponseReturnValue:
    """Show the desk again with the reason; what was scanned stays in the field."""
    code = request.form.get("code", "")
    standing = _known_thing(code or request.form.get("tavara", ""))
    result = cards.of_refusal(refusal, standing)
    if refusal.code == "wrong_sign":
        result |= cards.meant(torn.meant(code), read_mode(request.form.get("tila")))
    if refusal.code == "not_a_code":
        result["actions"] = cards.searches(code.strip(), read_mode(request.form.get("tila")))
    kept = "" if standing else code.strip()
    mode, shelf = read_mode(request.form.get("tila")), request.form.get("hylly", "")
    return _desk(mode, result, shelf, code=kept)


def _known_thing(text: str) -> Standing | None:
    try:
        return queries.get_standing(_read(text))
    except (Refusal, NoResultFound):
        return None


def _read(text: str) -> str:
    return codes.read(text, host=current_app.config["SETTINGS"].public_host)


@bp.post("/tiski/skannaukset")
@needs(Right.DESK)
@refused_on(_refused)
def scan() -> ResponseReturnValue:
    """Do what a code asks for in this mode: take a thing back, show it, or put it on the shelf."""
    mode, text = read_mode(request.form.get("tila")), request.form.get("code", "")
    if read_badge(text):
        # The badge goes along in the body: the next one takes a turn here, in the same mode.
        return redirect(f"/vaihto?{urlencode({'next': f'/tiski?tila={mode}'})}", 307)
    pick_up_code = pickups.read(text)
    if pick_up_code:
        return _picked_up(pick_up_code)
    return _scanned(_read(text), mode, _sign(request.form.get("hylly")))


def _scanned(sign: str, mode: Mode, shelf: str) -> ResponseReturnValue:
    code = _get_code(sign)
    if code.item is None:
        return _scanned_other(code, mode)
    item = goods.get_item_by_code(sign)
    if mode is Mode.RETURN:
        loan = actions.take_back_if_out(item)
        return _at(mode, tavara=sign, tulos="palautettu" if loan else "")
    if mode is Mode.SHELVE and shelf:
        return _shelved(item, sign, shelf)
    return _at(mode, tavara=sign)


def _get_code(sign: str) -> Code:
    code = goods.find_code(sign)
    if code is None:
        words = N_("This code is not in use here. Check that you read the right label.")
        raise Refusal(words, code="unknown_code")
    return code


def _scanned_other(code: Code, mode: Mode) -> ResponseReturnValue:
    """Go to what a code stands for that is on no thing: a command, a person, a shelf, nothing."""
    if code.command is not None:
        return _obeyed(Command(code.command), mode)
    if code.person_id is not None:
        counter.open_borrower(code.person_id)
        return redirect(f"/tiski/lainaajat/{code.person_id}", 303)
    if code.place is not None:
        return _at(mode, hylly=code.sign)
    return redirect(claiming.address_of(code.sign, mode), 303)


def _picked_up(code: str) -> ResponseReturnValue:
    """Go to the reservation that waits under a pickup code; of several people, let one choose."""
    found = pickups.waiting(code)
    owner_id = found[0].person_id
    if len(found) == 1:
        if owner_id is not None:
            counter.open_borrower(owner_id)
        return redirect(f"/tiski/varaukset/{found[0].id}", 303)
    if owner_id is not None and all(one.person_id == owner_id for one in found):
        counter.open_borrower(owner_id)
        return redirect(f"/tiski/lainaajat/{owner_id}", 303)
    return redirect(f"/tiski?tila={Mode.LOAN}&nouto={code}", 303)


def _obeyed(command: Command, mode: Mode) -> ResponseReturnValue:
    """Do what a label on the wall says, to the thing that was scanned last."""
    now = request.form.get("nyt", "")
    if command in commands.MODES:
        return _at(commands.MODES[command], tavara=now if codes.is_code(now) else "")
    if command is Command.UNDO:
        return _at(mode, tavara=commands.take_back_last(), tulos="peruttu")
    outcome = commands.tell_condition(command, _known_thing(now) if now else None)
    return _at(mode, tavara=now, tulos=outcome)


def _shelved(item: Item, sign: str, shelf: str) -> ResponseReturnValue:
    """Put a thing on the shelf; what is lent or gone is shown instead, with its next step."""
    place = queries.get_place_by_code(shelf)
    try:
        now = actions.shelve(item, place)
    except Refusal:
        return _at(Mode.SHELVE, tavara=sign, hylly=shelf)
    tulos = "hyllytetty" if now else "paikallaan"
    return _at(Mode.SHELVE, tavara=sign, hylly=shelf, tulos=tulos)


@bp.post("/tiski/kunnot")
@needs(Right.DESK)
@refused_on(_refused)
def mark_condition() -> ResponseReturnValue:
    """Say how a thing came back: one tap, which can be corrected by another."""
    loan = queries.get_loan(_number("loan"))
    actions.mark_condition(loan, request.form.get("condition", ""))
    sign = goods.sign_of(loan.item_id) or ""
    return _at(read_mode(request.form.get("tila")), tavara=sign, tulos="kunto")


@bp.post("/tiski/osat")
@needs(Right.DESK)
@refused_on(_refused)
def tell_part() -> ResponseReturnValue:
    """Say that a part of a thing is missing, or that it is there again."""
    sign = _sign(request.form.get("tavara"))
    item = goods.get_item_by_code(sign)
    actions.tell_part(item, _number("part"), is_missing=request.form.get("missing") == "1")
    return _at(read_mode(request.form.get("tila")), tavara=sign, tulos="osat")


@bp.post("/tiski/loytyneet")
@needs(Right.DESK)
@refused_on(_refused)
def find_again() -> ResponseReturnValue:
    """Let a thing that was lost be in the house again."""
    sign = _sign(request.form.get("tavara"))
    actions.find_again(goods.get_item_by_code(sign))
    return _at(read_mode(request.form.get("tila")), tavara=sign, tulos="loytyi")


def _number(name: str) -> int:
    """Return an id from a form; what is none is nobody's."""
    given = request.form.get(name, "")
    is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_ID
    return int(given) if is_number else 0


@bp.post("/tiski/peruutukset")
@needs(Right.DESK)
@refused_on(_refused)
def take_back_step() -> ResponseReturnValue:
    """Undo what was done at the desk, while the thing stands as it was left."""
    steps = undo.undo(_number("step"))
    sign = goods.sign_of(steps[-1].item_id) or ""
    return _at(read_mode(request.form.get("tila")), tavara=sign, tulos="peruttu")


def _refused_loan(refusal: Refusal) -> ResponseReturnValue:
    """Show who was to borrow again, with the reason why not, and a way to lend anyway."""
    standing = _known_thing(request.form.get("tavara", ""))
    if standing is None or request.form.get("line"):
        return _refused(refusal)
    card = cards.of_thing(standing, Mode.LOAN, form=BorrowerForm(request.form))
    if not card.get("borrower_form"):
        return _refused(refusal)
    told = {"tone": "bad", "title": retold(refusal), "reasons": exceptions.offered(refusal)}
    return _desk(Mode.LOAN, card | told)


@bp.post("/tiski/lainat")
@needs(Right.DESK)
@refused_on(_refused_loan)
def hand_out() -> ResponseReturnValue:
    """Give a thing to whom it is reserved for, or to somebody who came without a reservation."""
    sign = _sign(request.form.get("tavara"))
    item = goods.get_item_by_code(sign)
    if request.form.get("line"):
        actions.hand_out_to_line(item, _number("line"))
        return _at(Mode.LOAN, tavara=sign, tulos="lainattu")
    form = BorrowerForm(request.form)
    if not form.validate():
        standing = queries.get_standing(sign)
        page = _desk(Mode.LOAN, cards.of_thing(standing, Mode.LOAN, form=form))
        return make_response(page, 422)
    person = people.find_or_add(form.name(), form.reached_at(), locale=locale())
    borrower = Borrower(form.name(), person_id=person.id)
    actions.hand_out_to(item, borrower, due_on=form.until(), override=exceptions.given())
    return _at(Mode.LOAN, tavara=sign, tulos="lainattu")


@bp.post("/tiski/luovutukset")
@needs(Right.DESK)
@refused_on(_refused)
def hand_over() -> ResponseReturnValue:
    """Let a unit take what it booked of the lot that was scanned."""
    sign = _sign(request.form.get("tavara"))
    item = goods.get_item_by_code(sign)
    claim_id, number = _number("claim"), _number("number")
    actions.hand_over_to_unit(item, claim_id, number, person_id=current_user.person_id)
    return _at(read_mode(request.form.get("tila")), tavara=sign, tulos="luovutettu")


# Things


@bp.get("/tavarat")
@needs(Right.THINGS)
def things() -> ResponseReturnValue:
    """Show all things, to be searched, narrowed down and ticked for labels."""
    asked = listing.sought(dict(request.args.lists()))
    return render_template("goods/list.html", **listing.listing(asked))


@bp.get("/tavarat.<kind>")
@needs(Right.THINGS)
def things_as_file(kind: str) -> ResponseReturnValue:
    """Give the things that were looked for as a file."""
    asked = listing.sought(dict(request.args.lists()))
    return download("tavarat", kind, table.headers(), table.rows(asked))


@bp.get("/tavarat/<sign>")
@needs(Right.THINGS)
def thing(sign: str) -> ResponseReturnValue:
    """Show one thing and its whole life."""
    shown = thing_page.page(
        queries.get_standing(_sign(sign)),
        thing_page.Asked.of(request.args),
        public_url=current_app.config["SETTINGS"].public_url,
        shows_borrowers=Door().may(Right.DESK),
    )
    return render_template("goods/thing.html", **shown)


def _refused_repair(refusal: Refusal, sign: str) -> ResponseReturnValue:
    standing = queries.get_standing(_sign(sign))
    return _desk(read_mode(request.form.get("tila")), cards.of_refusal(refusal, standing))


@bp.post("/tavarat/<sign>/korjaus")
@needs(Right.DESK)
@refused_on(_refused_repair)
def repair(sign: str) -> ResponseReturnValue:
    """Take a thing out of circulation, or (need `none`) put it back."""
    sign = _sign(sign)
    item = goods.get_item_by_code(sign)
    need = request.form.get("need", "")
    if need == "none":
        actions.mend(item)
    else:
        actions.send_to_repair(item, need)
    mode = request.form.get("tila")
    return _at(read_mode(mode), tavara=sign) if mode else redirect(f"/tavarat/{sign}", 303)


@bp.post("/tavarat/<sign>/maara")
@needs(Right.DESK)
@refused_on(_refused_repair)
def recount(sign: str) -> ResponseReturnValue:
    """Say how many pieces a lot has, as counted."""
    sign = _sign(sign)
    actions.recount(goods.get_item_by_code(sign), _number("number"))
    return redirect(f"/tavarat/{sign}#count", 303)


# A label's address


@bp.get("/Q/<sign>")
@bp.get("/q/<sign>")
@needs(Right.LOOK)
def label(sign: str) -> ResponseReturnValue:
    """Answer whoever reads a label with a phone: staff get the desk, others the thing's page."""
    code = goods.find_label(sign.upper()) if codes.is_code(sign.upper()) else None
    if code is None:
        return _unknown_label()
    if code.person_id is not None and Door().may(Right.BORROWERS):
        return redirect(f"/tiski/lainaajat/{code.person_id}", 303)
    if code.person_id is None and Door().may(Right.DESK):
        return _desk_of(code)
    if code.pool == "lendable":
        return redirect(f"/valineet/{code.kind_id}", 303)
    return _plain_label(code)


def _desk_of(code: Label) -> ResponseReturnValue:
    """Go to the desk with what a worker's phone has read; a command does nothing by an address."""
    if code.item_id is not None:
        return _at(Mode.RETURN, tavara=code.sign)
    if code.place_id is not None:
        return _at(Mode.SHELVE, hylly=code.sign)
    if code.command is not None:
        return _at(commands.MODES.get(Command(code.command), Mode.RETURN))
    return redirect(claiming.address_of(code.sign, Mode.RETURN), 303)


def _unknown_label() -> ResponseReturnValue:
    title = _("This label is not known here")
    text = _("Check the code on the label. If you found a thing, call us.")
    return render_template("error.html", title=title, text=text), 404


def _plain_label(code: Label) -> ResponseReturnValue:
    """Say whose a thing or a shelf is, and nothing else."""
    settings = settings_now()
    title = _("This belongs to %(owner)s", owner=settings.municipality)
    paragraphs = [_("Have you found it? Call us, please. We fetch it or tell where to bring it.")]
    if code.name is not None:
        name = pick(code.name_simple, code.name, code.name_sv, code.name_en)
        paragraphs.insert(0, name)
    phone = {"url": f"tel:{settings.phone.replace(' ', '')}", "text": settings.phone}
    sections = [{"heading": None, "paragraphs": paragraphs, "links": [phone]}]
    return render_template("page.html", title=title, sections=sections)
