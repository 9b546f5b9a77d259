"""The desk: one field that listens, and what a scan does."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import (
    actions,
    cards,
    choosing,
    claiming,
    commands,
    counter,
    exceptions,
    looking,
    pickups,
    queries,
    screen,
    seeking,
    serving,
)
from lainaamo.desk.rules import Mode, read_mode
from lainaamo.goods import codes, in_hand
from lainaamo.goods import queries as goods
from lainaamo.goods.commands import Command
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.queries import Label
from lainaamo.people.access import Right
from lainaamo.people.proofs import read_badge

bp = Blueprint("desk", __name__)


def _nothing_waits(refusal: Refusal) -> ResponseReturnValue:
    return screen.show(read_mode(request.args.get("tila")), cards.of_refusal(refusal, None))


@bp.get("/tiski")
@needs(Right.DESK)
@refused_on(_nothing_waits)
def desk() -> ResponseReturnValue:
    """Show the desk: one field that listens, and the answer to what was scanned last."""
    mode = read_mode(request.args.get("tila"))
    sign, shelf = (screen.read_sign(request.args.get(name)) for name in ("tavara", "hylly"))
    if sign:
        return screen.show(mode, _thing_card(sign, mode, shelf), shelf)
    words = seeking.words_of(request.args.get("q", ""))
    if words:
        return screen.show(mode, seeking.card(words, mode))
    if shelf:
        card = cards.of_shelf(queries.get_place_by_code(shelf), shelf, mode)
        return screen.show(mode, card, shelf)
    code = pickups.read(request.args.get("nouto", ""))
    return screen.show(mode, pickups.card(pickups.waiting(code)) if code else None)


def _thing_card(sign: str, mode: Mode, shelf: str) -> cards.Card:
    standing, outcome = queries.get_standing(sign), request.args.get("tulos", "")
    if mode is Mode.LOOK and outcome not in cards.DONE:
        return looking.card(standing)
    card = cards.of_thing(standing, mode, outcome=outcome, shelf=shelf)
    served = serving.bar(mode)
    if served is None or served["is_over"]:
        return card
    return cards.to_served(card, standing, name=served["name"], token=served["token"])


@bp.post("/tiski/skannaukset")
@needs(Right.DESK)
@refused_on(screen.refused)
def scan() -> ResponseReturnValue:
    """Do what a code asks for in this mode: take a thing back, show it, or put it on the shelf."""
    mode, text = screen.form_mode(), request.form.get("code", "")
    if read_badge(text):
        # The badge goes along in the body: the next one takes a turn here, in the same mode.
        return redirect(f"/vaihto?{urlencode({'next': f'/tiski?tila={mode}'})}", 307)
    pick_up_code = pickups.read(text)
    if pick_up_code:
        return _picked_up(pick_up_code)
    try:
        sign = screen.read(text)
    except Refusal as refusal:
        if seeking.is_contact(text):
            return choosing.serve(counter.by_contact(text).id)
        if not seeking.is_words(text, refusal):
            raise
        return _sought(text, mode)
    return _scanned(sign, mode, screen.read_sign(request.form.get("hylly")))


def _sought(text: str, mode: Mode) -> ResponseReturnValue:
    """Go to what is meant by words, and where one lends to who may be."""
    if mode is Mode.LOAN:
        # The words go along in the body: who is found is named by no address.
        return redirect("/tiski/haku", 307)
    return redirect(seeking.url_of(seeking.words_of(text), mode), 303)


def _scanned(sign: str, mode: Mode, shelf: str) -> ResponseReturnValue:
    thing = in_hand.find(sign)
    if thing is None:
        return _scanned_other(_get_label(sign), mode)
    if mode is Mode.RETURN:
        came_back = actions.take_back_if_out(thing)
        return screen.go(mode, tavara=sign, tulos="palautettu" if came_back else "")
    if mode is Mode.SHELVE and shelf:
        return _shelved(thing, sign, shelf)
    if mode is Mode.LOAN and serving.person_id_now() is not None:
        return _lent(thing, sign)
    return screen.go(mode, tavara=sign)


def _lent(thing: InHand, sign: str) -> ResponseReturnValue:
    """Hand a thing out to the borrower who is served; one that is out already is only shown."""
    person = counter.get_borrower(serving.person_id_now() or 0)
    loan = counter.lend_if_here(thing, person, override=exceptions.given())
    return screen.go(Mode.LOAN, tavara=sign, tulos="lainattu" if loan else "")


def _get_label(sign: str) -> Label:
    label = goods.find_label(sign)
    if label is None:
        words = N_("This code is not in use here. Check that you read the right label.")
        raise Refusal(words, code="unknown_code")
    return label


def _scanned_other(code: Label, mode: Mode) -> ResponseReturnValue:
    """Go to what a code stands for that is on no thing: a command, a person, a shelf, nothing."""
    if code.command is not None:
        return _obeyed(Command(code.command), mode)
    if code.person_id is not None and mode is not Mode.LOOK:
        return choosing.serve(code.person_id)
    if code.person_id is not None:
        counter.open_borrower(code.person_id)
        return redirect(f"/tiski/lainaajat/{code.person_id}", 303)
    if code.place_id is not None:
        return screen.go(mode, hylly=code.sign)
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
        return screen.go(commands.MODES[command], tavara=now if codes.is_code(now) else "")
    if mode is Mode.LOOK:
        words = N_("Looking changes nothing. Choose another mode first.")
        raise Refusal(words, code="only_looks")
    if command is Command.UNDO:
        return screen.go(mode, tavara=commands.take_back_last(), tulos="peruttu")
    outcome = commands.tell_condition(command, screen.known_thing(now) if now else None)
    return screen.go(mode, tavara=now, tulos=outcome)


def _shelved(thing: InHand, sign: str, shelf: str) -> ResponseReturnValue:
    """Put a thing on the shelf; what is lent or gone is shown instead, with its next step."""
    place = queries.get_place_by_code(shelf)
    try:
        now = actions.shelve(thing, place)
    except Refusal:
        return screen.go(Mode.SHELVE, tavara=sign, hylly=shelf)
    tulos = "hyllytetty" if now else "paikallaan"
    return screen.go(Mode.SHELVE, tavara=sign, hylly=shelf, tulos=tulos)
