"""Waiting in line for a kind or a size: joining, seeing one's places, leaving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from lainaamo.api import queries, who
from lainaamo.api.offering import AN_ID, offers
from lainaamo.api.reservations import whose
from lainaamo.api.shapes import About, Unfit
from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of
from lainaamo.lending import queries as lending
from lainaamo.lending import waiting
from lainaamo.lending.actions import Asked, Borrower
from lainaamo.lending.models import Wait
from lainaamo.people.access import Right

MOST_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQueuePlace:
    """What somebody wants to wait for."""

    kind: Annotated[int, About("A kind's id")]
    size: Annotated[str | None, About("One of its sizes; else any")] = None
    site: Annotated[
        int | str | None, About("A site's id or key; else the first that has the kind")
    ] = None
    first_day: Annotated[date | None, About("Not before this day; else today")] = None
    days: Annotated[
        int | None,
        About("How many days after the first; else an ordinary loan", least=1, most=MOST_DAYS),
    ] = None
    borrower: who.Borrower = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlace:
    """Somebody's place in the line for a kind."""

    id: int
    kind: int
    name: str
    size: str | None
    site: int
    place: Annotated[int, About("1 is the next")]
    first_day: date
    days: int
    joined_at: datetime
    borrower: Annotated[int, About("The person's id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAsked:
    """Whose places, or which line."""

    kind: Annotated[int | None, About("A kind's id: the whole line, for the staff")] = None
    borrower: Annotated[str | None, About("A person's id or card, or `me`")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueList:
    """Places in line, the next first; so few that they need no pages."""

    items: list[QueuePlace]


@offers("POST", "/queue", right=Right.ACCOUNT, status=201, summary=N_("Join a waiting list"))
def join_queue(body: NewQueuePlace) -> QueuePlace:
    """For the token's own person; staff may name another `borrower`.

    Refused with `free` where one can be reserved at once, `waits_already`, `queue_full`,
    `no_queue`, `at_once` or `blocked`. When it is the turn the place becomes a reservation.
    """
    if body.kind not in queries.pools_of([body.kind]):
        raise Unfit({"kind": _("There is no such kind.")})
    person = who.get_borrower(body.borrower, at="borrower") if body.borrower else who.myself()
    kind, first_day = goods.get_kind(body.kind), body.first_day or queries.today()
    group = lending.group_of(person.id)
    terms = lending.terms_of(kind.category_id, kind_id=kind.id, group=group)
    made = waiting.join(
        Asked(body.kind, body.size or None),
        Borrower(person.first_name, person_id=person.id),
        site_id=_site_id(body),
        first_day=first_day,
        days=body.days or max(terms.usual_from(first_day), 1),
    )
    return _shown([made], lending.line_of([made.kind_id]))[0]


def _site_id(body: NewQueuePlace) -> int:
    if body.site is not None:
        return who.get_site(body.site).id
    sites = goods.sites_of(body.kind)
    if not sites:
        raise Unfit({"kind": _("No site has this kind now.")})
    return sites[0].id


@offers("GET", "/queue", right=Right.ACCOUNT, summary=N_("List places on waiting lists"))
def list_queue(asked: QueueAsked) -> QueueList:
    """One's own; staff name a `borrower`, or a `kind` for its whole line."""
    if asked.kind is not None:
        who.check_may(Right.BORROWERS)
        line = lending.line_of([asked.kind])
        return QueueList(items=_shown(line, line))
    mine = lending.waits_of(whose(asked.borrower or "me") or 0)
    return QueueList(items=_shown(mine, lending.line_of(wait.kind_id for wait in mine)))


@offers(
    "DELETE",
    f"/queue/<{AN_ID}:wait_id>",
    right=Right.ACCOUNT,
    status=204,
    summary=N_("Leave a waiting list"),
)
def leave_queue(wait_id: int) -> None:
    """One's own place; the staff anybody's. Refused with `over` when it is over already."""
    if who.may(Right.BORROWERS):
        waiting.remove(wait_id, "asked")
    else:
        waiting.leave(wait_id, person_id=who.me().person_id)


def _shown(waits: Sequence[Wait], line: Sequence[Wait]) -> list[QueuePlace]:
    lines: dict[int, list[Wait]] = {}
    for one in line:
        lines.setdefault(one.kind_id, []).append(one)
    kinds = {kind.id: kind for kind in goods.kinds({wait.kind_id for wait in waits})}
    return [_place(wait, lines, name_of(kinds[wait.kind_id])) for wait in waits]


def _place(wait: Wait, lines: Mapping[int, Sequence[Wait]], name: str) -> QueuePlace:
    return QueuePlace(
        id=wait.id,
        kind=wait.kind_id,
        name=name,
        size=wait.size,
        site=wait.site_id,
        place=lending.place_of(wait, lines.get(wait.kind_id, ())),
        first_day=wait.first_day,
        days=wait.days,
        joined_at=wait.joined_at,
        borrower=wait.person_id,
    )
