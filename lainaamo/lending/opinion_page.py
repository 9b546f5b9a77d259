"""Three faces after a return, by a link and one tap; and their sums for the staff."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.download import download
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick, retold
from lainaamo.core.tables import Row
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item, Kind
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import opinions
from lainaamo.lending.models import Loan
from lainaamo.lending.opinions import Faces
from lainaamo.people.access import Right

bp = Blueprint("opinions", __name__)
HERE = "/lainat/palaute"
SPANS = {"30": 30, "90": 90, "365": 365}
USUAL = "30"
# For the feedback page: of which page it is about. No address that is a key.
ABOUT = "/palaute/lainat"
FACES = {"good": N_("Well"), "fair": N_("So-so"), "bad": N_("Badly")}


def _loan_of(token: str) -> Loan:
    loan_id = opinions.loan_id_of(token, current_app.config["SETTINGS"])
    whole = joinedload(Loan.item).joinedload(Item.kind).joinedload(Kind.category)
    loan = session.get(Loan, loan_id, options=[whole]) if loan_id is not None else None
    if loan is None:
        raise NoResultFound
    return loan


def _page(token: str, *, refusal: str | None = None) -> ResponseReturnValue:
    loan = _loan_of(token)
    page = render_template(
        "lending/opinion.html",
        here_url=f"{opinions.PLACE}/{token}",
        name=sized(name_of(loan.item.kind), loan.item.size),
        picture=loan.item.kind.picture or loan.item.kind.category.pictogram,
        told=opinions.find(loan.id) is not None,
        refusal=refusal or _objection(loan),
        more_url=f"/palaute?sivu={ABOUT}",
    )
    # The address is the key: no copy in a shared computer, no trace at the next site.
    return page, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _objection(loan: Loan) -> str | None:
    try:
        opinions.check_can_be_told(loan)
    except Refusal as refusal:
        return retold(refusal)
    return None


def _refused(refusal: Refusal, token: str) -> ResponseReturnValue:
    return _page(token, refusal=retold(refusal))


@bp.get(f"{opinions.PLACE}/<token>")
@needs(Right.OWN_LINK)
def ask(token: str) -> ResponseReturnValue:
    """Ask who has the link how it went; programs that open links press no face."""
    return _page(token)


@bp.post(f"{opinions.PLACE}/<token>")
@needs(Right.OWN_LINK)
@refused_on(_refused)
def tell(token: str) -> ResponseReturnValue:
    """Take the face that was tapped."""
    opinions.give(_loan_of(token), request.form.get("face", ""))
    return redirect(f"{opinions.PLACE}/{token}", 303)


# Sums


@bp.get(HERE)
@needs(Right.LISTS)
def sums() -> ResponseReturnValue:
    """Show how borrowing went: of all, and by category, the worst first."""
    span = _span()
    days = SPANS[span]
    today = clock.today()
    found, before = _faces(today, days), _faces(today - timedelta(days), days)
    return render_template(
        "lending/opinions.html",
        here_url=HERE,
        span=span,
        spans=[(key, _("%(days)d days", days=number)) for key, number in SPANS.items()],
        whole=_sum(found),
        before=_sum(before),
        rows=_rows(found),
    )


def _span() -> str:
    asked = request.args.get("ajalta", USUAL)
    return asked if asked in SPANS else USUAL


def _faces(last: date, days: int) -> Mapping[int, Faces]:
    return opinions.between(last - timedelta(days - 1), last)


def _sum(found: Mapping[int, Faces]) -> Faces:
    return Faces(*(sum(column) for column in zip(*found.values(), strict=True)))


def _rows(found: Mapping[int, Faces]) -> list[dict[str, Any]]:
    names = {
        one.id: pick(one.name_simple, one.name, one.name_sv, one.name_en) for one in goods.tree()
    }
    rows = [{"name": names[one], "faces": faces} for one, faces in found.items()]
    return sorted(rows, key=lambda row: (row["faces"].good_percent, -row["faces"].total))


@bp.get(f"{HERE}.<kind>")
@needs(Right.LISTS)
def sums_as_file(kind: str) -> ResponseReturnValue:
    """Give the sums as a file: they name nobody."""
    headers = [
        _("Category"),
        *(_(words) for words in FACES.values()),
        _("In all"),
        _("Went well (percent)"),
    ]
    return download("lainaus-sujui", kind, headers, _told(_faces(clock.today(), SPANS[_span()])))


def _told(found: Mapping[int, Faces]) -> Iterator[Row]:
    for row in _rows(found):
        faces: Faces = row["faces"]
        yield [row["name"], *faces, faces.total, faces.good_percent]
