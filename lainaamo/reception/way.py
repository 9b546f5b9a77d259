"""What stays the same from one thing taken in to the next: the site, and who gave."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from lainaamo.goods import queries as goods
from lainaamo.reception import arrivals

LONGEST_NUMBER = 15
SITE, UNIT, DONATION = "toimipiste", "yksikko", "lahjoitus"


@dataclass(frozen=True, slots=True)
class Way:
    """How goods come just now; it goes along in the address."""

    site_id: int | None = None
    unit_id: int | None = None
    donation_id: int | None = None

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Way":
        """Read an address or a form; what is not there any more is left out."""
        site, unit, donation = (number(args.get(name)) for name in (SITE, UNIT, DONATION))
        sites = [one.id for one in goods.sites()]
        known = site if site in sites else next(iter(sites), None)
        if donation is not None and arrivals.find_donation(donation) is not None:
            return cls(known, donation_id=donation)
        if unit is not None and arrivals.find_unit(unit) is not None:
            return cls(known, unit_id=unit)
        return cls(known)

    @property
    def fields(self) -> list[tuple[str, int]]:
        """Return the (name, value) pairs that carry it in a form."""
        every = ((SITE, self.site_id), (UNIT, self.unit_id), (DONATION, self.donation_id))
        return [(name, value) for name, value in every if value is not None]

    def url(self, path: str, **more: str | int) -> str:
        """Return an address that carries it."""
        query = urlencode([*self.fields, *more.items()])
        return f"{path}?{query}" if query else path

    def from_nobody(self) -> "Way":
        """Return the way without anybody who gave."""
        return replace(self, unit_id=None, donation_id=None)

    def from_unit(self, unit_id: int) -> "Way":
        """Return the way from a unit."""
        return replace(self, unit_id=unit_id, donation_id=None)

    def with_donation(self, donation_id: int) -> "Way":
        """Return the way of a resident's donation."""
        return replace(self, unit_id=None, donation_id=donation_id)


def number(text: str | None) -> int | None:
    """Return the whole number that an address means; what is none means nothing."""
    given = text or ""
    is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER
    return int(given) if is_number else None
