"""A kit as it is reserved: a thing of each of its parts, when all of them can be had together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import kits
from lainaamo.goods import queries as goods
from lainaamo.goods.kits import Piece
from lainaamo.goods.models import Kind
from lainaamo.lending import ahead, queries
from lainaamo.lending.actions import Asked, Bundled
from lainaamo.lending.together import Part, Together, sizes_by_kind

Sizes = Mapping[tuple[int, int], str | None]
"""The size of each part's each thing: by the part's kind and which of its things it is, from 0."""


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit with the sizes that were chosen for its parts."""

    id: int
    pieces: tuple[Piece, ...]
    sizes: Sizes

    @property
    def is_lent(self) -> bool:
        """Tell whether every part of it is lent: else it cannot be had at all."""
        return bool(self.pieces) and all(piece.is_lent for piece in self.pieces)

    def things(self) -> Iterator[tuple[int, str | None]]:
        """Yield the kind and the size of each thing of it."""
        for piece in self.pieces:
            for number in range(piece.quantity):
                yield piece.kind_id, self.sizes.get((piece.kind_id, number))

    def asked(self, number: int, for_name: str | None = None) -> list[Asked]:
        """Return what is asked for when it is reserved as the bundle of this number."""
        bundled = Bundled(number, self.id, for_name)
        return [Asked(kind_id, size, bundled) for kind_id, size in self.things()]


def kit(kind_id: int, sizes: Sizes | None = None) -> Kit | None:
    """Return a kind as the kit it is; None of one that is put together from nothing."""
    pieces = kits.pieces_of(kind_id)
    return Kit(kind_id, pieces, sizes or {}) if pieces else None


def together(kit: Kit, site_id: int) -> Together:
    """Return when all parts of a kit can be had at a site."""
    asked = sizes_by_kind(kit.things())
    stocks, category_of = ahead.stocks(asked), {one.kind_id: one.category_id for one in kit.pieces}
    terms = queries.terms_of_kinds(category_of)
    parts = [
        Part(kind_id, stocks[kind_id], terms[kind_id], wanted) for kind_id, wanted in asked.items()
    ]
    return Together(parts, site_id, goods.opening(site_id))


def laid_out(asked: Sequence[Asked], sizes: Sequence[Sizes] = ()) -> list[Asked]:
    """Return what is asked for with each kit as its parts; one that is not lent is refused.

    A kit that is asked for twice is two bundles. `sizes` are those of the parts of each kit.
    """
    found: list[Asked] = []
    for number, one in enumerate(asked):
        known = kit(one.kind_id, sizes[number] if sizes else None)
        if known is None:
            found.append(one)
            continue
        if not known.is_lent or session.get_one(Kind, known.id).left_at is not None:
            words = N_("A part of this kit is not lent now. Choose something else.")
            raise Refusal(words, code="not_lendable")
        found += known.asked(number)
    return found
