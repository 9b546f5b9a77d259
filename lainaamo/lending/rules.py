"""What may be lent and for how long. No database, no clock, no web."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import NamedTuple

from lainaamo.core.errors import N_, Refusal
from lainaamo.goods.opening import Opening

SHORTEST_CODE, FEW = 4, 1000
# What a thing needs before it can go out again, by how it came back.
NEEDS = {"dirty": "clean", "part_missing": "part", "broken": "repair"}

# How long nobody waits in vain: then the place in line ends.
WAITS_DAYS = 180

# Why the staff moved somebody in the line, or took somebody out; codes, as below.
MOVES = ("school", "agreed", "our_mistake", "swap")
REMOVALS = ("asked", "not_reached", "got_another", "our_mistake")

# Why somebody at the counter lends though the terms say no; a code, so that nothing of a person is
# written down.
OVERRIDES = ("agreed", "group", "idle", "exchange")
SEEN = "id_seen"
"""Not against the terms: the desk says that it has seen an identity card."""
OVERRIDABLE = frozenset({"at_once", "too_long", "closed", "blocked", "someone_waits", "promised"})
LONGEST_OVERRIDE_DAYS = 366
LONGEST_BLOCK_DAYS = 366


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a thing is lent; see models.LoanTerms. `of_kind`: they are one kind's own."""

    days: int = 14
    longest_days: int = 28
    at_once: int = 5
    ahead_days: int = 180
    turnaround_days: int = 0
    renewals: int = 2
    pick_up_days: int = 3
    most_waiting: int = 50
    season_ends: str | None = None
    least_age: int = 0
    shows_id: bool = False
    permit_sort_id: int | None = None
    replacement_cents: int | None = None
    of_kind: int | None = None

    def longest_from(self, first_day: date) -> int:
        """Return how many days after its first a loan may last; a season's to the season's end."""
        if self.season_ends is None:
            return self.longest_days
        return min((season_end(self.season_ends, first_day) - first_day).days, self.longest_days)

    def usual_from(self, first_day: date) -> int:
        """Return how many days after its first an ordinary loan lasts."""
        return self.days if self.season_ends is None else self.longest_from(first_day)


COLUMNS = tuple(one.name for one in fields(Terms) if one.name != "of_kind")
"""What is kept of terms."""


class Step(NamedTuple):
    """A place where terms may be found: of one kind or of a category, for a group or for all."""

    kind_id: int | None
    category_id: int | None
    group: str


def ladder(kind_id: int | None, lineage: Iterable[int], group: str) -> Iterator[Step]:
    """Yield where terms are looked for, the nearest first: the first that has any wins.

    A kind's own go before its category's, and at each step the group's before everybody's.
    `lineage` is the category and those above it.
    """
    groups = (group, "") if group else ("",)
    of_one = ((kind_id, None),) if kind_id is not None else ()
    for kind, category in (*of_one, *((None, one) for one in lineage)):
        for one in groups:
            yield Step(kind, category, one)


def season_end(day_of_year: str, after: date) -> date:
    """Return the first such day ("04-30") after a day."""
    month, number = (int(part) for part in day_of_year.split("-"))
    this = _day(after.year, month, number)
    return this if this > after else _day(after.year + 1, month, number)


def _day(year: int, month: int, number: int) -> date:
    """Return a day of a year; the last of February where there is no 29th."""
    return date(year, month, min(number, monthrange(year, month)[1]))


def taken_until(last_day: date, *, opening: Opening, terms: Terms) -> date:
    """Return the last day a thing is taken that comes back on `last_day`: it rests n open days."""
    if not terms.turnaround_days:
        return last_day
    return opening.add_open_days(last_day, terms.turnaround_days)


def check_days(
    first_day: date, last_day: date, *, today: date, opening: Opening, terms: Terms
) -> None:
    """Refuse days that are over, in the wrong order, too long, too far, or closed at either end."""
    if first_day < today:
        raise Refusal(N_("The first day is over. Choose today or a later day."), code="past")
    if last_day < first_day:
        raise Refusal(N_("The last day is before the first. Choose it again."), code="order")
    _check_length(first_day, last_day, terms)
    _check_ahead(first_day, today, terms)
    _check_open(first_day, opening, N_("We are closed on %(day)s. Fetch it on %(open)s."))
    _check_open(
        last_day, opening, N_("We are closed on %(day)s. Bring it back by %(open)s."), back=True
    )


def _check_length(first_day: date, last_day: date, terms: Terms) -> None:
    longest = terms.longest_from(first_day)
    if (last_day - first_day).days > longest:
        latest = first_day + timedelta(longest)
        words = N_("You can borrow for %(days)d days at most: until %(latest)s.")
        raise Refusal(words, code="too_long", days=longest, latest=latest)


def _check_ahead(first_day: date, today: date, terms: Terms) -> None:
    if (first_day - today).days > terms.ahead_days:
        latest = today + timedelta(terms.ahead_days)
        words = N_("You can reserve until %(latest)s now. Choose an earlier day.")
        raise Refusal(words, code="too_far", latest=latest)


def _check_open(day: date, opening: Opening, words: str, *, back: bool = False) -> None:
    if opening.is_open(day):
        return
    near = opening.previous_open(day) if back else opening.next_open(day)
    if near is None:
        raise Refusal(N_("This place is closed for now. Call us."), code="closed")
    raise Refusal(words, code="closed", day=day, open=near)


def check_at_once(has: int, wants: int, *, terms: Terms) -> None:
    """Refuse more things of a category at once than the terms allow."""
    if has + wants > terms.at_once:
        words = N_("You have %(has)d of these and can have %(most)d. Return or cancel one first.")
        raise Refusal(words, code="at_once", most=terms.at_once, has=has)


def check_not_too_old(retire_on: date | None, due_on: date, *, today: date) -> None:
    """Refuse to hand out what may not be used any more, or not as long as that."""
    if retire_on is None or due_on <= retire_on:
        return
    if retire_on < today:
        words = N_("This thing is too old to be used since %(day)s. Take it out of use.")
        raise Refusal(words, code="too_old", day=retire_on)
    words = N_("This thing may be used until %(day)s. Choose an earlier day or another thing.")
    raise Refusal(words, code="retires", day=retire_on)


def check_age(agreed: int | None, *, terms: Terms) -> None:
    """Refuse where nobody said that the borrower is old enough, or has a guardian's word."""
    if terms.least_age and (agreed or 0) < terms.least_age:
        words = N_(
            "The borrower must be %(age)d years old, or have a guardian's permission. "
            "Say so in the form."
        )
        raise Refusal(words, code="age_not_agreed", age=terms.least_age)


def check_id(*, was_seen: bool, terms: Terms) -> None:
    """Refuse to hand out where the desk has not seen an identity card and must."""
    if was_seen:
        return
    if terms.least_age:
        words = N_(
            "Ask for an ID card. The borrower must be %(age)d years old, or come with a guardian."
        )
        raise Refusal(words, code="id_not_seen", age=terms.least_age)
    if terms.shows_id:
        raise Refusal(N_("Ask for an ID card before you give this."), code="id_not_seen")


def check_permit(last_day: date | None, until: date, *, name: str) -> None:
    """Refuse whose permit, of this name, does not last as long as the loan; None: has none."""
    if last_day is None:
        words = N_("This needs a permit: %(permit)s. Show yours at the desk or ask us for it.")
        raise Refusal(words, code="needs_permit", permit=name)
    if last_day < until:
        words = N_(
            "The permit %(permit)s ends on %(day)s. Choose days before that, or ask us to renew it."
        )
        raise Refusal(words, code="permit_ends", permit=name, day=last_day)


def check_may_reserve(blocked_until: date | None, *, phone: str) -> None:
    """Refuse somebody who borrows nothing until a day; told to the borrower."""
    if blocked_until is not None:
        words = N_("You cannot borrow now. You can borrow again on %(day)s. Call us: %(phone)s")
        raise Refusal(words, code="blocked", day=blocked_until + timedelta(1), phone=phone)


def check_may_have(blocked_until: date | None) -> None:
    """Refuse to hand out to somebody who borrows nothing until a day; told to the desk."""
    if blocked_until is not None:
        words = N_("This borrower has a borrowing block until %(day)s.")
        raise Refusal(words, code="blocked", day=blocked_until)


def check_passes_nobody(turn_on: date | None) -> None:
    """Refuse to lend what somebody in line would get on a day; told to the desk."""
    if turn_on is not None:
        words = N_("Somebody in line gets this on %(day)s. Lend it until an earlier day.")
        raise Refusal(words, code="someone_waits", day=turn_on)


def check_block_days(last_day: date, *, today: date) -> None:
    """Refuse a block that is over, or one for longer than a year."""
    if last_day < today:
        raise Refusal(N_("That day is over. Choose today or a later day."), code="past")
    latest = today + timedelta(LONGEST_BLOCK_DAYS)
    if last_day > latest:
        words = N_("A block can last until %(latest)s at most.")
        raise Refusal(words, code="too_far", latest=latest)


def check_override(reason: str, due_on: date, *, today: date) -> None:
    """Refuse an exception without a known reason, or one for longer than a year."""
    if reason not in OVERRIDES:
        raise Refusal(N_("Choose the reason from the list."), code="no_such_reason")
    latest = today + timedelta(LONGEST_OVERRIDE_DAYS)
    if due_on > latest:
        words = N_("An exception can last until %(latest)s at most.")
        raise Refusal(words, code="longer_than_exception", latest=latest)


def check_changeable(endings: Sequence[str | None], *, is_unconfirmed: bool) -> None:
    """Refuse to change what is fetched or over, or what nobody has confirmed yet."""
    if any(endings):
        words = N_("Some of the things were fetched, or the reservation is over. Call us.")
        raise Refusal(words, code="over")
    if is_unconfirmed:
        raise Refusal(N_("Confirm the reservation first. Then you can change it."), code="waits")


def check_can_wait(first_day: date, days: int, *, today: date, terms: Terms) -> None:
    """Refuse a place in line for days that are over, too far away or too many."""
    if first_day < today:
        raise Refusal(N_("The first day is over. Choose today or a later day."), code="past")
    _check_ahead(first_day, today, terms)
    longest = terms.longest_from(first_day)
    if not 1 <= days <= max(longest, 1):
        words = N_("You can borrow for %(days)d days at most.")
        raise Refusal(words, code="too_long", days=longest)


def check_line(count: int, *, terms: Terms) -> None:
    """Refuse to join where there is no line, or it is as long as it may be."""
    if not terms.most_waiting:
        raise Refusal(N_("There is no waiting list for this. Choose other days."), code="no_queue")
    if count >= terms.most_waiting:
        words = N_("%(count)d people wait for this already. Choose other days or something else.")
        raise Refusal(words, code="queue_full", count=count)


def check_reason(reason: str, known: Sequence[str]) -> None:
    """Refuse a reason that is not among those known."""
    if reason not in known:
        raise Refusal(N_("Choose the reason from the list."), code="no_such_reason")


def pick_up_by(first_day: date, last_day: date, *, opening: Opening, terms: Terms) -> date:
    """Return until the end of which day a thing is kept for whose turn it is."""
    return min(opening.add_open_days(first_day, terms.pick_up_days), last_day)


def renewed_days(
    due_on: date, handed_out_on: date, *, today: date, opening: Opening, terms: Terms
) -> Sequence[date]:
    """Return the open days on which a renewed loan may be due, the last first.

    A renewal is as long as an ordinary loan, counted from the due day, of a late loan from today;
    the whole loan stays within the longest.
    """
    latest = max(due_on, today) + timedelta(max(terms.usual_from(max(due_on, today)), 1))
    latest = min(latest, handed_out_on + timedelta(terms.longest_from(handed_out_on)))
    return opening.open_days(max(due_on + timedelta(1), today), latest)[::-1]


def not_free(first_free_day: date | None, alternatives: Sequence[int]) -> Refusal:
    """Return the refusal of taken days: with the first free day and ids of kinds that would do."""
    if first_free_day is None:
        words = N_("All of these are taken for a long time. Choose something else or call us.")
        return Refusal(words, code="not_free", first_free_day=None, alternatives=alternatives)
    words = N_("Taken on those days. The first free day is %(first_free_day)s.")
    return Refusal(words, code="not_free", first_free_day=first_free_day, alternatives=alternatives)


def part_not_free(
    name: str, day: date, first_free_day: date | None, alternatives: Sequence[int]
) -> Refusal:
    """Return the refusal of several things of which one is missing: which, when, and until when."""
    facts = {"name": name, "day": day, "alternatives": alternatives}
    if first_free_day is None:
        words = N_("Not available on %(day)s: %(name)s. Choose other things or call us.")
        return Refusal(words, code="not_free", first_free_day=None, **facts)
    words = N_("Not available on %(day)s: %(name)s. All of it is free on %(first_free_day)s.")
    return Refusal(words, code="not_free", first_free_day=first_free_day, **facts)


def pick_up_code(random_bits: int, *, open_ones: int) -> str:
    """Return a pickup code: four digits, more of them where more than a thousand wait at a site.

    A longer one begins with 1, which is in no thing's code, so that the desk tells them apart.
    """
    if open_ones <= FEW:
        return f"{random_bits % 10**SHORTEST_CODE:0{SHORTEST_CODE}}"
    digits = len(str(open_ones))
    return f"1{random_bits % 10**digits:0{digits}}"
