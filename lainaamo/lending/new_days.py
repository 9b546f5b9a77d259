"""On which days a whole reservation could be moved: its own promises are not in its way."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Stock
from lainaamo.lending import ahead, queries
from lainaamo.lending.models import Reservation
from lainaamo.lending.together import Part, Together, sizes_by_kind


def of(made: Reservation, sizes: Mapping[int, str | None]) -> Together:
    """Return the days of a reservation; `sizes` are those asked for instead, by line."""
    own = {line.use_id for line in made.lines}
    group = queries.group_of(made.person_id, made.unit_id)
    category_of = {line.kind_id: line.kind.category_id for line in made.lines}
    asked = sizes_by_kind((line.kind_id, sizes.get(line.id, line.size)) for line in made.lines)
    stocks, terms = ahead.stocks(asked), queries.terms_of_kinds(category_of, group=group)
    parts = [
        Part(kind_id, without(stocks[kind_id], own), terms[kind_id], wanted)
        for kind_id, wanted in asked.items()
    ]
    return Together(parts, made.site_id, goods.opening(made.site_id))


def without(stock: Stock, uses: Collection[int]) -> Stock:
    """Return a stock without these promises; those in line keep the days they would have."""
    return replace(stock, wishes=[wish for wish in stock.wishes if wish.key not in uses])
