"""Scans: one, or a queue of them, each with a result of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from flask import Response, json

from lainaamo.api import shapes, who
from lainaamo.api.offering import offers
from lainaamo.api.shapes import About, Unfit
from lainaamo.core import problems
from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext as _
from lainaamo.desk import scans
from lainaamo.desk.scans import Result
from lainaamo.people.access import Right

MOST = 200
LONGEST_KEY = 128
Action = Literal["hand_out", "take_back", "shelve", "send_to_repair", "mend", "find"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What was done with a thing: by its code, or the whole address that its label holds."""

    code: Annotated[str, About("What was scanned or typed", least=1, example="K7M4P")]
    action: Action
    reservation: Annotated[int | None, About("For `hand_out`: the reservation's id")] = None
    borrower: Annotated[
        int | str | None,
        About("For `hand_out` without a reservation: a person's id or a card's code"),
    ] = None
    condition: Annotated[
        Literal["ok", "dirty", "part_missing", "broken"] | None,
        About("For `take_back` how it came back, for `send_to_repair` what is wrong"),
    ] = None
    place: Annotated[int | str | None, About("For `shelve`: the shelf's id or the code on it")] = (
        None
    )
    at: Annotated[
        datetime | None,
        About("When it was done, if before now; kept between the hand-out and now"),
    ] = None
    key: Annotated[
        str | None,
        About("This scan's own key: sent again it gets the same result", most=LONGEST_KEY),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What became of a scan.

    `already`: the thing stood as the scan would have left it. `collision`: a rule said no, and a
    person is to decide.
    """

    result: Literal["applied", "already", "collision"]
    code: Annotated[str, About("As it was sent")]
    key: str | None = None
    loan: Annotated[int | None, About("The loan that began or ended")] = None
    due_on: Annotated[date | None, About("Until when it is lent")] = None
    reason: Annotated[str | None, About("The stable code of why not, of a collision")] = None
    detail: Annotated[
        str | None, About("Why not, in the language that was asked for", most=2000)
    ] = None


Scans = Annotated[list[Scan], About("A queue, in the order of its scans", most=MOST)]


@offers("POST", "/scans", right=Right.DESK, summary=N_("Tell what was scanned"))
def scan(body: Scan | Scans) -> Scanned | list[Scanned]:
    """Of one scan a collision is a 409; of a list each has its result, and the answer is 200.

    A scan with a `key` keeps its result, collisions included.
    """
    sent = body if isinstance(body, list) else [body]
    _check(sent, is_list=isinstance(body, list))
    results = scans.carry_out([_scan(one) for one in sent], host=who.settings().public_host)
    told = [_told(one, result) for one, result in zip(sent, results, strict=True)]
    if isinstance(body, list):
        return told
    return _refused(told[0]) if told[0].result == "collision" else told[0]  # type: ignore[return-value]  # a no is an answer


def _check(sent: Sequence[Scan], *, is_list: bool) -> None:
    """Ask for what an action needs."""
    wrong = {}
    for number, one in enumerate(sent):
        at = f"{number}." if is_list else ""
        if one.action == "hand_out" and one.reservation is None and one.borrower is None:
            wrong[f"{at}borrower"] = _("Send a reservation or a borrower.")
        if one.action == "shelve" and one.place is None:
            wrong[f"{at}place"] = _("This is missing.")
    if wrong:
        raise Unfit(wrong)


def _scan(one: Scan) -> scans.Scan:
    return scans.Scan(
        text=one.code,
        action=one.action,
        reservation_id=one.reservation,
        borrower=one.borrower,
        condition=one.condition,
        place=one.place,
        at=one.at,
        key=one.key,
    )


def _told(sent: Scan, result: Result) -> Scanned:
    return Scanned(
        result=result.result,  # type: ignore[arg-type]  # one of the three
        code=sent.code,
        key=sent.key,
        loan=result.loan_id,
        due_on=result.due_on,
        reason=result.reason,
        detail=result.detail,
    )


def _refused(told: Scanned) -> Response:
    """Answer a single collision: kept with its key, its other changes are taken back already."""
    more = {name: value for name, value in shapes.write(told).items() if name != "detail"}
    said = problems.problem(409, told.detail or "", refusal=told.reason, **more)
    return problems.Kept(json.dumps(said.get_json()), 409, content_type=problems.CONTENT_TYPE)
