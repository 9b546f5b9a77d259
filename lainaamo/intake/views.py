"""The screens that bring lists of goods in: choose a file, look, mend, bring in, see what came."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnprocessableEntity

from lainaamo.core import journal
from lainaamo.core.db import transaction
from lainaamo.core.download import download
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, own_transactions, refused_on, takes_files
from lainaamo.goods import queries as goods
from lainaamo.intake import actions, queries, upload_page, uploads
from lainaamo.intake.columns import COLUMNS
from lainaamo.intake.forms import read_columns, read_mended, read_site
from lainaamo.intake.grid import MOST_BYTES
from lainaamo.intake.upload_page import HOME, url_of
from lainaamo.people.access import Right

bp = Blueprint("intake", __name__)
MOST_SENT = MOST_BYTES + 64 * 1024  # the form around the file
LONGEST_LINE = 9
EXAMPLE = (
    ("Murtomaasukset", "Sukset", "150 cm", 2, "120", "", "", "hyvä", ""),
    ("Työtuoli", "Tuolit", "", 12, "340", "", "", "kulunut", ""),
)


# The file


def _front(errors: Mapping[str, str], refusal: str | None = None) -> str:
    return render_template(
        "intake/front.html",
        here_url=HOME,
        sites=[(site.id, site.name) for site in goods.sites()],
        most_mb=MOST_BYTES // 1_000_000,
        errors=errors,
        refusal=refusal,
        **upload_page.front(),
    )


@bp.get(HOME)
@needs(Right.IMPORT)
def front() -> ResponseReturnValue:
    """Ask for a list, and show the newest ones."""
    return _front({})


@bp.get(f"{HOME}/malli.<kind>")
@needs(Right.IMPORT)
def example(kind: str) -> ResponseReturnValue:
    """Give a list to fill in, with two rows that show how."""
    return download("malli", kind, [_(label) for label in COLUMNS.values()], EXAMPLE)


@bp.post(HOME)
@needs(Right.IMPORT)
@takes_files(MOST_SENT)
@own_transactions
@refused_on(lambda refusal: _front({}, retold(refusal)))
def bring_file() -> ResponseReturnValue:
    """Keep a list and go on to look at it; it is read before anything is locked."""
    sent = request.files.get("lista")
    if sent is None or not sent.filename:
        return make_response(_front({"lista": _("Choose a file.")}), 422)
    content = sent.stream.read(MOST_BYTES + 1)
    try:
        sheet = actions.read_list(content)
    except Refusal as refusal:
        return make_response(_front({"lista": retold(refusal)}), 422)
    site_id = read_site(request.form.get("paikka"), [site.id for site in goods.sites()])
    with transaction():
        upload_id, is_same = uploads.keep(
            sheet, key=_key(), name=sent.filename, content=content, site_id=site_id
        )
    if not is_same:
        raise UnprocessableEntity  # the same form with another file
    return redirect(url_of(upload_id), 303)


def _key() -> str:
    """Return the form's own key, which nobody else's form can have."""
    key = request.form.get("_key") or secrets.token_urlsafe(16)
    return hashlib.sha256(f"{journal.actor()}:{key}".encode()).hexdigest()


# Looking at it


def _page(
    upload_id: int,
    *,
    errors: Mapping[str, str] | None = None,
    refusal: str | None = None,
    chosen: Sequence[str | None] = (),
) -> str:
    line = request.args.get("jatko", "")
    is_line = line.isascii() and line.isdigit() and len(line) <= LONGEST_LINE
    shown = upload_page.page(
        queries.get_upload(upload_id),
        tab=request.args.get("rivit", ""),
        after_line=int(line) if is_line else -1,
        errors=errors or {},
        refusal=refusal,
    )
    for column in shown["columns"] if chosen else ():
        column["chosen"] = chosen[column["at"]]  # as it was sent, to be corrected
    return render_template("intake/list.html", here_url=url_of(upload_id), **shown)


def _refused(refusal: Refusal, upload_id: int) -> ResponseReturnValue:
    return _page(upload_id, refusal=retold(refusal))


@bp.get(f"{HOME}/<int:upload_id>")
@needs(Right.IMPORT)
def one(upload_id: int) -> ResponseReturnValue:
    """Show a list: its columns and rows, how far it has come, or what came in."""
    return _page(upload_id)


@bp.post(f"{HOME}/<int:upload_id>/sarakkeet")
@needs(Right.IMPORT)
@refused_on(_refused)
def choose_columns(upload_id: int) -> ResponseReturnValue:
    """Say which column is which."""
    upload = queries.get_upload(upload_id)
    chosen, errors = read_columns(request.form, len(upload.headers))
    if errors:
        return make_response(_page(upload_id, errors=errors, chosen=chosen), 422)
    uploads.choose_columns(upload_id, chosen)
    return redirect(url_of(upload_id), 303)


@bp.post(f"{HOME}/<int:upload_id>/rivit")
@needs(Right.IMPORT)
@refused_on(_refused)
def mend(upload_id: int) -> ResponseReturnValue:
    """Write other words in rows that need mending."""
    uploads.mend(upload_id, read_mended(request.form))
    return redirect(f"{url_of(upload_id)}#rows", 303)


@bp.get(f"{HOME}/<int:upload_id>/korjattavat.<kind>")
@needs(Right.IMPORT)
def to_mend(upload_id: int, kind: str) -> ResponseReturnValue:
    """Give the rows that need mending as a file, each with its reason."""
    headers, rows = upload_page.mending(queries.get_upload(upload_id))
    return download("korjattavat", kind, headers, rows)


# Bringing it in, or not


@bp.post(f"{HOME}/<int:upload_id>/vahvistus")
@needs(Right.IMPORT)
@refused_on(_refused)
def ask(upload_id: int) -> ResponseReturnValue:
    """Bring the good rows in: all of them, or none."""
    uploads.ask(upload_id)
    return redirect(url_of(upload_id), 303)


@bp.post(f"{HOME}/<int:upload_id>/poisto")
@needs(Right.IMPORT)
@refused_on(_refused)
def discard(upload_id: int) -> ResponseReturnValue:
    """Throw a list away that was not brought in."""
    uploads.discard(upload_id)
    return redirect(HOME, 303)
