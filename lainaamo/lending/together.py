"""Things wanted together at one site: a day is free when all of them can be had on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile

from lainaamo.core.errors import Refusal
from lainaamo.goods.availability import Stock, fits_together, free_together
from lainaamo.goods.opening import Opening
from lainaamo.lending import rules
from lainaamo.lending.rules import Terms

AHEAD_DAYS = 400


@dataclass(frozen=True, slots=True)
class Part:
    """What is wanted of one kind: a thing of each of these sizes; None is any size."""

    kind_id: int
    stock: Stock
    terms: Terms
    sizes: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Together:
    """All kinds that are wanted, each once; kinds never take each other's things."""

    parts: Sequence[Part]
    site_id: int
    opening: Opening

    @property
    def terms(self) -> Terms:
        """Return the terms that hold for all of it: of each number the strictest."""
        every = [part.terms for part in self.parts] or [Terms()]
        return replace(
            every[0],
            longest_days=min(terms.longest_days for terms in every),
            ahead_days=min(terms.ahead_days for terms in every),
            renewals=min(terms.renewals for terms in every),
            least_age=max(terms.least_age for terms in every),
            shows_id=any(terms.shows_id for terms in every),
            permit_sort_id=next((one.permit_sort_id for one in every if one.permit_sort_id), None),
            replacement_cents=sum(one.replacement_cents or 0 for one in every) or None,
        )

    def longest_from(self, first_day: date) -> int:
        """Return how many days after its first a loan of all of it may last."""
        return min((part.terms.longest_from(first_day) for part in self.parts), default=0)

    def objection(self, first_day: date, last_day: date, today: date) -> Refusal | None:
        """Return why these days cannot be asked for at all, free or not."""
        given = {"today": today, "opening": self.opening}
        try:
            for part in self.parts:
                rules.check_days(first_day, last_day, terms=part.terms, **given)  # type: ignore[arg-type]  # the keywords it names
        except Refusal as refusal:
            return refusal
        return None

    def free(self, first_day: date, last_day: date) -> int:
        """Count how many times all of it can be reserved for these days."""
        counts = (
            free_together(
                part.stock,
                first_day,
                self._taken_until(part, last_day),
                site_id=self.site_id,
                sizes=part.sizes,
            )
            for part in self.parts
        )
        return min(counts, default=0)

    def lacking(self, first_day: date, last_day: date) -> list[Part]:
        """Return what cannot be had for these days."""
        return [part for part in self.parts if not next(self._fits(part, [(first_day, last_day)]))]

    def first_lacking_day(self, part: Part, first_day: date, last_day: date) -> date | None:
        """Return the first of these days on which a part cannot be had even for that day alone."""
        days = [first_day + timedelta(n) for n in range((last_day - first_day).days + 1)]
        fits = self._fits(part, [(day, day) for day in days])
        return next((day for day, fit in zip(days, fits, strict=True) if not fit), None)

    def free_days(self, days: Sequence[date]) -> dict[date, bool]:
        """Tell of each day whether all of it can be had for that day."""
        fits = self._all_fit([(day, day) for day in days])
        told = zip(days, fits, strict=True)
        return {day: self.opening.is_open(day) and fit for day, fit in told}

    def last_days(self, first_day: date) -> set[date]:
        """Return the open days on which the loan from `first_day` may end."""
        days = [first_day + timedelta(n) for n in range(self.longest_from(first_day) + 1)]
        fits = self._all_fit([(first_day, day) for day in days])
        run = (day for day, _ in zip(days, takewhile(bool, fits), strict=False))
        return {day for day in run if self.opening.is_open(day)}

    def first_free_day(self, first_day: date, last_day: date, *, today: date) -> date | None:
        """Return the first day from which as long a loan can be had, open at both ends."""
        length, latest = last_day - first_day, today + timedelta(self.terms.ahead_days)
        days = (first_day + timedelta(n) for n in range(AHEAD_DAYS))
        starts = [
            day
            for day in takewhile(lambda day: day <= latest, days)
            if self.opening.is_open(day) and self.opening.is_open(day + length)
        ]
        fits = self._all_fit([(day, day + length) for day in starts])
        return next((day for day, fit in zip(starts, fits, strict=True) if fit), None)

    def _all_fit(self, stretches: Sequence[tuple[date, date]]) -> Iterator[bool]:
        """Say of each stretch whether all of it can be had."""
        if not self.parts:
            return iter([False] * len(stretches))
        every = [self._fits(part, stretches) for part in self.parts]
        return (all(fit) for fit in zip(*every, strict=True))

    def _fits(self, part: Part, stretches: Iterable[tuple[date, date]]) -> Iterator[bool]:
        taken = [(first, self._taken_until(part, last)) for first, last in stretches]
        return fits_together(part.stock, taken, site_id=self.site_id, sizes=part.sizes)

    def _taken_until(self, part: Part, last_day: date) -> date:
        return rules.taken_until(last_day, opening=self.opening, terms=part.terms)


def sizes_by_kind(
    wanted: Iterable[tuple[int, str | None]],
) -> Mapping[int, Sequence[str | None]]:
    """Return the sizes that are wanted of each kind, in order."""
    found: dict[int, list[str | None]] = {}
    for kind_id, size in wanted:
        found.setdefault(kind_id, []).append(size)
    return found
