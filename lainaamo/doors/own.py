"""What somebody keeps right about oneself: the name, the contacts, the language, the children."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lainaamo.core import i18n
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import locale, retold
from lainaamo.core.web import LANGUAGE_COOKIE, needs, refused_on
from lainaamo.doors.asking import asking_browser, count_asking, remembering
from lainaamo.doors.own_forms import ChildForm, ContactForm, NameForm
from lainaamo.people import residents
from lainaamo.people.access import Right
from lainaamo.people.models import Child, Person
from lainaamo.people.rules import Contact, show_phone

bp = Blueprint("own", __name__)
HERE = "/omat/tiedot"
LONGEST_ID = 15
CHILD = ("first_name", "height_cm", "shoe_size")


def _me() -> Person:
    return session.get_one(Person, current_user.person_id)


# Name, contacts, language


def _page(
    *, values: dict[str, Any] | None = None, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    me = _me()
    page = render_template(
        "doors/own.html",
        here_url=HERE,
        values={"first_name": me.first_name, **(values or {})},
        errors=errors or {},
        email=me.email,
        phone=show_phone(me.phone) if me.phone else None,
        chosen=me.locale,
        by_sms=me.prefers_sms,
        children=residents.children_of(me.id),
    )
    return page, 422 if errors else 200


def _refused(refusal: Refusal, **_arguments: object) -> ResponseReturnValue:
    return _page(values=dict(request.form), errors={"": retold(refusal)})


@bp.get(HERE)
@needs(Right.ACCOUNT)
def own_facts() -> ResponseReturnValue:
    """Show what we know about who is signed in, to be corrected."""
    return _page()


@bp.post("/omat/nimi")
@needs(Right.ACCOUNT)
def call() -> ResponseReturnValue:
    """Change what one is called."""
    form = NameForm(request.form)
    if not form.validate():
        return _page(values=dict(form.values()), errors=dict(form.first_errors()))
    residents.call(_me(), str(form.first_name.data))
    return redirect("/omat", 303)


@bp.post("/omat/kieli")
@needs(Right.ACCOUNT)
@refused_on(_refused)
def speak() -> ResponseReturnValue:
    """Choose the language of messages, and of the screens of this browser."""
    address = request.form.get("kieli", "")
    chosen = i18n.ADDRESS.get(address)
    if chosen is None:
        return _page(errors={"kieli": i18n.gettext("Choose one of the languages.")})
    residents.speak(_me(), chosen)
    response = redirect(HERE, 303)
    year_s = 365 * 24 * 3600
    response.set_cookie(LANGUAGE_COOKIE, address, max_age=year_s, samesite="Lax", httponly=True)
    return response


@bp.post("/omat/viestit")
@needs(Right.ACCOUNT)
def choose_way() -> ResponseReturnValue:
    """Choose whether messages come by e-mail or as text messages."""
    residents.choose_way(_me(), by_sms=request.form.get("way") == "sms")
    return redirect(HERE, 303)


@bp.post("/omat/yhteystieto")
@needs(Right.ACCOUNT)
@refused_on(_refused)
def change_contact() -> ResponseReturnValue:
    """Send a code to a new contact; it replaces the old one when the code comes back."""
    form = ContactForm(request.form)
    if not form.validate():
        return _page(values=dict(form.values()), errors=dict(form.first_errors()))
    contact: Contact = form.reached_at()
    count_asking(contact)
    browser, me = asking_browser(), current_user.person_id
    residents.ask_code(contact, browser=browser, going=HERE, locale=locale(), person_id=me)
    return remembering(redirect("/omat/koodi", 303), token=browser)


@bp.post("/omat/yhteystieto/poisto")
@needs(Right.ACCOUNT)
@refused_on(_refused)
def drop_contact() -> ResponseReturnValue:
    """Forget one of two contacts."""
    residents.forget_phone_or_email(_me(), request.form.get("which", ""))
    return redirect(HERE, 303)


# Children


def _child_page(
    child: Child | None, *, form: ChildForm | None = None, refusal: str | None = None
) -> ResponseReturnValue:
    stored = {name: getattr(child, name) or "" for name in CHILD} if child else {}
    errors = {"": refusal} if refusal else dict(form.first_errors()) if form else {}
    page = render_template(
        "doors/child.html",
        child=child,
        form_url=f"/omat/lapset/{child.id}" if child else "/omat/lapset",
        here_url="/omat/lapset",
        values=dict(form.values()) if form else stored,
        errors=errors,
    )
    return page, 422 if errors else 200


def _my_child(child_id: int) -> Child:
    return residents.get_child(child_id, person_id=current_user.person_id)


def _refused_child(refusal: Refusal) -> ResponseReturnValue:
    return _child_page(None, form=ChildForm(request.form), refusal=retold(refusal))


@bp.get("/omat/lapset")
@needs(Right.ACCOUNT)
def child() -> ResponseReturnValue:
    """Ask for a child's first name and sizes, or show one's own to be corrected or removed."""
    asked = request.args.get("lapsi", "")
    if not asked:
        return _child_page(None)
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_ID
    return _child_page(_my_child(int(asked) if is_number else 0))


@bp.post("/omat/lapset")
@needs(Right.ACCOUNT)
@refused_on(_refused_child)
def add_child() -> ResponseReturnValue:
    """Write down a child to borrow for."""
    form = ChildForm(request.form)
    if not form.validate():
        return _child_page(None, form=form)
    residents.add_child(_me(), str(form.first_name.data), **form.measures())
    return redirect("/omat", 303)


@bp.post("/omat/lapset/<int:child_id>")
@needs(Right.ACCOUNT)
def change_child(child_id: int) -> ResponseReturnValue:
    """Correct a child's name and sizes: children grow."""
    mine, form = _my_child(child_id), ChildForm(request.form)
    if not form.validate():
        return _child_page(mine, form=form)
    residents.change_child(mine, str(form.first_name.data), **form.measures())
    return redirect("/omat", 303)


@bp.post("/omat/lapset/<int:child_id>/poisto")
@needs(Right.ACCOUNT)
def remove_child(child_id: int) -> ResponseReturnValue:
    """Forget a child."""
    residents.remove_child(_my_child(child_id))
    return redirect("/omat", 303)
