"""Where the facts of the accessibility statement are kept: when assessed, how, what is missing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, own_transactions, refused_on
from lainaamo.pages import actions, queries, statement
from lainaamo.pages.forms import StatementForm
from lainaamo.pages.statement import Facts
from lainaamo.pages.views import house
from lainaamo.people import queries as people
from lainaamo.people.access import Right

bp = Blueprint("statement", __name__, url_prefix="/hallinta/saavutettavuus")
EMPTY_GAPS = 2


@bp.get("")
@needs(Right.TEXTS)
def edit() -> ResponseReturnValue:
    """Show the facts, to be changed."""
    return _page(_values(statement.facts(queries.find_statement())))


def _values(facts: Facts) -> dict[str, str]:
    found = {
        "status": facts.status,
        "method": facts.method,
        "assessed_on": facts.assessed_on.isoformat(),
        "published_on": facts.published_on.isoformat(),
    }
    for number, gap in enumerate(facts.gaps):
        found |= {f"gap-{number}-{one}": text for one, text in gap.texts.items()}
        found[f"gap-{number}-criteria"] = ", ".join(gap.criteria)
        found[f"gap-{number}-reason"] = gap.reason
    return found


def _page(values: dict[str, str], **more: Any) -> str:
    history = queries.statements()
    numbers = [number for number in StatementForm(values).numbers() if _is_filled(values, number)]
    first_free = max(numbers, default=-1) + 1
    return render_template(
        "pages/office/statement.html",
        values=values,
        numbers=[*numbers, *range(first_free, first_free + EMPTY_GAPS)],
        seen=history[0].number if history else 0,
        history=history,
        who=people.called(line.actor for line in history),
        **{"errors": {}, "preview": None, **more},
    )


def _is_filled(values: dict[str, str], number: int) -> bool:
    return any(
        value.strip()
        for name, value in values.items()
        if name.startswith(f"gap-{number}-") and not name.endswith("-reason")
    )


@bp.post("/esikatselu")
@needs(Right.TEXTS)
@own_transactions
def preview() -> ResponseReturnValue:
    """Show the statement as it would be read; nothing is saved."""
    form = StatementForm(request.form)
    if form.facts is None:
        return _page(form.values, errors=form.errors), 422
    return _page(form.values, preview=statement.page(form.facts, house()))


def _refused(refusal: Refusal, **_arguments: Any) -> ResponseReturnValue:
    """Keep what was typed; saving again writes over what somebody else has saved meanwhile."""
    form = StatementForm(request.form)
    theirs = statement.page(statement.facts(queries.find_statement()), house())
    return _page(form.values, errors={"": retold(refusal)}, preview=theirs, is_theirs=True)


@bp.post("")
@needs(Right.TEXTS)
@refused_on(_refused)
def save() -> ResponseReturnValue:
    """Save the facts: the statement tells them from now on."""
    form = StatementForm(request.form)
    if form.facts is None:
        return _page(form.values, errors=form.errors), 422
    actions.state(form.facts.kept(), seen=form.seen())
    return redirect("/hallinta/saavutettavuus?tallennettu=1", 303)


@bp.post("/versiot/<int:version>/palautus")
@needs(Right.TEXTS)
@refused_on(_refused)
def restore(version: int) -> ResponseReturnValue:
    """Save an earlier version's facts again."""
    actions.state(queries.get_statement(version).facts, seen=StatementForm(request.form).seen())
    return redirect("/hallinta/saavutettavuus?tallennettu=1", 303)
