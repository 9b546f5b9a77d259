"""Who borrows what and when: eight months behind, and today in every state a thing can be in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from lainaamo.core import clock
from lainaamo.demo.life import Guest, Life, Story, Thing
from lainaamo.goods.opening import Opening

PAST_DAYS = 240
QUIET_DAYS = 7
"""How long before today the loans of the past are over."""

FAVOURITES = 34
"""How many things have a long history; the others stand on their shelves."""

RETURNS = ("ok",) * 14 + ("dirty", "dirty", "part_missing", "broken")
RETURNED_TODAY = ("ok", "ok", "dirty", "part_missing", "broken")
COMING_IN_DAYS = (1, 2, 2, 3, 5, 7, 9, 12, 16, 23, 30)
DUE_IN_DAYS = (1, 1, 2, 3, 3, 4, 6, 7, 8, 10, 12, 13)
HALF_HOUR = timedelta(minutes=30)


class Plot:
    """Plans a life; everything is drawn from one seed, so that it is the same on every machine."""

    def __init__(
        self,
        life: Life,
        things: Sequence[Thing],
        *,
        guests: Sequence[Guest],
        floor: Sequence[str],
        openings: Mapping[int, Opening],
    ) -> None:
        self.life = life
        self.guests = guests
        self.floor = floor
        self.openings = openings
        self.random = Random(1)  # noqa: S311 - a demo, nothing secret
        self.now = clock.now()
        self.today = clock.today()
        self.things = list(things)
        self.random.shuffle(self.things)

    def write(self) -> None:
        """Plan all of it."""
        for thing in self.things[:FAVOURITES]:
            self._write_past(thing)
        self._write_today()

    # The past

    def _write_past(self, thing: Thing) -> None:
        day = self.today - timedelta(self.random.randint(PAST_DAYS - 40, PAST_DAYS))
        while day < self.today - timedelta(QUIET_DAYS + thing.loan_days):
            if day.month in thing.months:
                day = self._write_loan(thing, day)
            day += timedelta(self.random.randint(6, 30))

    def _write_loan(self, thing: Thing, day: date) -> date:
        """Plan a loan from the first open day on; return when the thing is on its shelf again."""
        opening = self.openings[thing.site_id]
        first = self._open_day(opening.next_open(day), day)
        due = opening.due_on(first, thing.loan_days)
        story = self._story([thing], first, due)
        self._maybe_reserved(story)
        fetched = self._moment(thing, first)
        self._plan(fetched, story, story.fetch)
        back = self._moment(thing, self._back_day(opening, first, due))
        back = max(back, fetched + HALF_HOUR)
        return self._write_return(story, back, self.random.choice(RETURNS))

    def _maybe_reserved(self, story: Story) -> None:
        longest = story.things[0].longest_days
        is_short = (story.last_day - story.first_day).days <= longest
        if is_short and self.random.random() < 0.4:  # noqa: PLR2004 - some reserve, most walk in
            before = timedelta(self.random.randint(1, 9), minutes=self.random.randint(0, 600))
            when = self._moment(story.things[0], story.first_day) - before
            self.life.plan(when, story.guest.alias, story, story.reserve)

    def _back_day(self, opening: Opening, first: date, due: date) -> date:
        """Most come on the due day, some earlier, one in ten a few days late."""
        if self.random.random() < 0.1:  # noqa: PLR2004
            return self._open_day(opening.next_open(due + timedelta(2)), due)
        early = self.random.choice((0, 0, 0, 1, 2, 4))
        return max(first, self._open_day(opening.previous_open(due - timedelta(early)), due))

    def _write_return(self, story: Story, when: datetime, condition: str) -> date:
        self._plan(when, story, story.bring_back)
        self._plan(when + timedelta(minutes=1), story, partial(story.mark, condition))
        if condition != "ok":
            thing = story.things[0]
            later = clock.local(when).date() + timedelta(self.random.randint(1, 4))
            when = self._moment(
                thing, self._open_day(self.openings[thing.site_id].next_open(later), later)
            )
            self._plan(when, story, story.mend)
        self._plan(when + timedelta(minutes=7), story, story.shelve)
        return clock.local(when).date()

    # Today

    def _write_today(self) -> None:
        left = iter(self._left())
        self._write_out(left)
        self._write_returned(left)
        self._write_waiting(left)
        self._write_ended(left)
        for days in COMING_IN_DAYS:
            self._write_coming(left, days)

    def _left(self) -> Sequence[Thing]:
        """Choose things for today: this month's first, one or two of a kind."""
        fitting = sorted(
            self.things[FAVOURITES:], key=lambda one: self.today.month not in one.months
        )
        counts: dict[int, int] = {}
        chosen = []
        for thing in fitting:
            counts[thing.kind_id] = counts.get(thing.kind_id, 0) + 1
            if counts[thing.kind_id] <= 2:  # noqa: PLR2004
                chosen.append(thing)
        return chosen

    def _write_out(self, left: Iterator[Thing]) -> None:
        """Things that are out: due later, due today, and late by three days."""
        for days in DUE_IN_DAYS:
            self._write_loan_now(next(left), self.today + timedelta(days))
        for _ in range(2):
            self._write_loan_now(next(left), self.today)
        for _ in range(2):
            self._write_loan_now(next(left), self.today - timedelta(3), back=True)

    def _write_loan_now(self, thing: Thing, due: date, *, back: bool = False) -> Story:
        """Plan a loan that is out now, due on the nearest open day (looking `back` or ahead)."""
        opening = self.openings[thing.site_id]
        near = opening.previous_open(due) if back else opening.next_open(due)
        due = self._open_day(near, due)
        first = min(due - timedelta(thing.loan_days), self._last_open(thing) - timedelta(1))
        first = self._open_day(opening.previous_open(first), first)
        story = self._story([thing], first, due)
        self._plan(self._moment(thing, first), story, story.fetch)
        return story

    def _write_returned(self, left: Iterator[Thing]) -> None:
        """Things that came back today, in each condition; what is not in order waits in repair."""
        for number, condition in enumerate(RETURNED_TODAY):
            thing = next(one for one in left if one.has_parts or condition != "part_missing")
            story = self._write_loan_now(thing, self.today)
            when = self._lately(thing, minutes=50 - 6 * number)
            self._plan(when, story, story.bring_back)
            marked = min(when + timedelta(minutes=1), self.now)
            self._plan(marked, story, partial(story.mark, condition))

    def _write_waiting(self, left: Iterator[Thing]) -> None:
        """Reservations to be fetched today: two that wait, and one that is half handed out."""
        for count, fetched in ((1, 0), (2, 0), (3, 1)):
            things = [self._choose(left, self._last_open)]
            first = self._last_open(things[0])
            while len(things) < count:
                other = self._choose(left, self._last_open)
                if self._goes_with(other, things):
                    things.append(other)
            story = self._reserved(things, first, before=timedelta(3, hours=2))
            if fetched:
                when = self._lately(things[0], minutes=4)
                self._plan(when, story, partial(story.fetch, fetched))

    def _goes_with(self, other: Thing, things: Sequence[Thing]) -> bool:
        """Tell whether one would reserve it with the others: of the same site, of another sort."""
        alike = {one.category_id for one in things}
        return other.site_id == things[0].site_id and other.category_id not in alike

    def _write_coming(self, left: Iterator[Thing], days: int) -> None:
        first = partial(self._next_open, days=days)
        thing = self._choose(left, first)
        self._reserved([thing], first(thing), before=timedelta(hours=30))

    def _write_ended(self, left: Iterator[Thing]) -> None:
        """Promises that were cancelled, and promises that nobody fetched."""
        for _ in range(2):
            first = partial(self._next_open, days=4)
            thing = self._choose(left, first)
            story = self._reserved([thing], first(thing), before=timedelta(2, hours=5))
            self.life.plan(self.now - timedelta(1), story.guest.alias, story, story.cancel)
        for days in (16, 30):
            first = partial(self._next_open, days=-days)
            thing = self._choose(left, first)
            story = self._reserved([thing], first(thing), before=timedelta(2))
            after = self._moment(thing, story.last_day + timedelta(1))
            self.life.plan(after.replace(hour=1, minute=10), "worker", story, story.expire)

    # Pieces

    def _choose(self, left: Iterator[Thing], first_of: Callable[[Thing], date]) -> Thing:
        """Take the next thing that may be reserved from that day on; closed days make it long."""
        for thing in left:
            first = first_of(thing)
            due = self.openings[thing.site_id].due_on(first, thing.loan_days)
            is_open = self.openings[thing.site_id].is_open(first)
            if is_open and (due - first).days <= thing.longest_days:
                return thing
        raise LookupError("the demo has too few things for its story")

    def _reserved(self, things: Sequence[Thing], first: date, *, before: timedelta) -> Story:
        days = min(thing.loan_days for thing in things)
        due = self.openings[things[0].site_id].due_on(first, days)
        story = self._story(things, first, due)
        when = min(self._moment(things[0], first), self.now) - before
        self.life.plan(when, story.guest.alias, story, story.reserve)
        return story

    def _story(self, things: Sequence[Thing], first: date, due: date) -> Story:
        """Give the story to somebody who has nothing alike at that time, and little else."""
        alike = {thing.category_id for thing in things}

        def has(guest: Guest) -> tuple[int, int, float]:
            now = [sorts for start, end, sorts in guest.has if start <= due and end >= first]
            return sum(not alike.isdisjoint(sorts) for sorts in now), len(now), self.random.random()

        guest = min(self.guests, key=has)
        # One may reserve a month ahead, and bring things back late.
        guest.has.append((first - timedelta(35), due + timedelta(10), alike))
        return Story(things, guest, first, due)

    def _plan(self, when: datetime, story: Story, do: Callable[[], None]) -> None:
        """Let somebody at the desk do it."""
        self.life.plan(when, self.random.choice(self.floor), story, do)

    def _moment(self, thing: Thing, day: date) -> datetime:
        """Choose a minute when the site is open on a day; noon where it is not."""
        hours = self.openings[thing.site_id].hours_on(day)
        opens = datetime.combine(day, hours.opens if hours else time(12), tzinfo=clock.HELSINKI)
        closes = datetime.combine(day, hours.closes, tzinfo=clock.HELSINKI) if hours else opens
        return opens + (closes - opens - HALF_HOUR) * self.random.random() if hours else opens

    def _last_open(self, thing: Thing) -> date:
        """Return today, or the last open day before it."""
        return self._open_day(self.openings[thing.site_id].previous_open(self.today), self.today)

    def _next_open(self, thing: Thing, *, days: int) -> date:
        """Return the first open day from so many days after today on."""
        day = self.today + timedelta(days)
        return self._open_day(self.openings[thing.site_id].next_open(day), day)

    def _lately(self, thing: Thing, *, minutes: int) -> datetime:
        """Return a moment so many minutes ago, still on the last open day."""
        day = self._last_open(thing)
        if day < self.today:
            return self._moment(thing, day) + timedelta(minutes=60 - minutes)
        midnight = datetime.combine(day, time(0, 1), tzinfo=clock.HELSINKI)
        return max(self.now - timedelta(minutes=minutes), midnight)

    def _open_day(self, found: date | None, otherwise: date) -> date:
        return otherwise if found is None else found
