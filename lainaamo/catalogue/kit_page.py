"""What one kit's page shows: its parts with their sizes, the calendar of all, the form."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from lainaamo.catalogue import kind_page, size_help
from lainaamo.catalogue.forms import BorrowerForm, OwnForm
from lainaamo.catalogue.instead import MOST, from_day, name_of, told_with
from lainaamo.catalogue.kit_choice import KitChoice, Slot
from lainaamo.catalogue.size_help import Said
from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import free
from lainaamo.goods.fitting import Body, fitting
from lainaamo.goods.models import Kind
from lainaamo.lending import rules

NOT_LENT = Refusal(
    N_("A part of this kit is not lent now. Choose something else."), code="not_lendable"
)


def page(
    chosen: KitChoice,
    *,
    form: BorrowerForm | OwnForm | None = None,
    refusal: Refusal | None = None,
    told: Said = kind_page.NOTHING_SAID,
) -> dict[str, Any]:
    """Return everything the kind's template needs of a kit; `told` is what somebody says."""
    kinds = {kind.id: kind for kind in goods.kinds({slot.kind_id for slot in chosen.slots})}
    said = refusal or objection(chosen, kinds)
    needs_size = any(slot.needs_size for slot in chosen.slots)
    fields = [(slot.name, slot.size) for slot in chosen.slots if slot.size]
    shared = kind_page.shared(chosen, said, fields=fields, needs_size=needs_size, form=form)
    covers = goods.covers(kinds)
    return {
        **shared,
        "kind": {**shared["kind"], "photo": next(iter(covers.values()), None)},
        "free": chosen.shelf.free(*chosen.days),
        "size": None,
        "sizes": [],
        "slots": [_slot(chosen, slot, kinds[slot.kind_id]) for slot in chosen.slots],
        "slots_kept": kind_page.kept(chosen),
        "size_help": size_help.panel(told, _families(chosen, kinds), kind_page.kept(chosen)),
        "facts": kind_page.shared_facts(chosen),
        "refusal": told_with(chosen, said, list(_instead(chosen, kinds, said))) if said else None,
        "nothing_now": None if said else _nothing_now(chosen),
        "belongs": [],
        "lacking": list(_lacking(chosen, kinds)),
    }


def _lacking(chosen: KitChoice, kinds: Mapping[int, Kind]) -> Iterator[dict[str, Any]]:
    """Yield what is missing and can be waited for: a kit itself has no line."""
    if chosen.shelf.free(*chosen.days):
        return
    for part in chosen.shelf.lacking(*chosen.days):
        if part.terms.most_waiting:
            url = f"/valineet/{part.kind_id}/jono?paikka={chosen.site.key}"
            yield {"name": name_of(kinds[part.kind_id]), "url": url}


def _families(chosen: KitChoice, kinds: Mapping[int, Kind]) -> list[tuple[str, Sequence[str]]]:
    found = ((size_help.family(kinds[one.kind_id]), one.sizes) for one in chosen.slots)
    return [(name, sizes) for name, sizes in found if name and len(sizes) > 1]


def proposed(chosen: KitChoice, body: Body) -> dict[str, str]:
    """Return the sizes that fit somebody, free ones first, by what each slot is called."""
    kinds = {kind.id: kind for kind in goods.kinds({slot.kind_id for slot in chosen.slots})}
    found: dict[str, str] = {}
    for slot in chosen.slots:
        name = size_help.family(kinds[slot.kind_id])
        fits = fitting(name, slot.sizes, body) if name else []
        best = next((size for size in fits if _free(chosen, slot, size)), None)
        if best or fits:
            found[slot.name] = best or fits[0]
    return found


def objection(chosen: KitChoice, kinds: Mapping[int, Kind]) -> Refusal | None:
    """Return why the chosen days will not do: the same words that reserving them would get."""
    if not chosen.shelf.parts:
        return NOT_LENT
    if chosen.first_day is None or chosen.last_day is None:
        return None
    first, last = chosen.first_day, chosen.last_day
    said = chosen.shelf.objection(first, last, clock.today())
    lacking = chosen.shelf.lacking(first, last) if said is None else []
    if not lacking:
        return said
    first_free = _first_free(chosen)
    if len(chosen.shelf.parts) == 1:
        return rules.not_free(first_free, [])
    day = chosen.shelf.first_lacking_day(lacking[0], first, last) or first
    return rules.part_not_free(name_of(kinds[lacking[0].kind_id]), day, first_free, [])


def _first_free(chosen: KitChoice) -> date | None:
    return chosen.shelf.first_free_day(*chosen.days, today=clock.today())


def _nothing_now(chosen: KitChoice) -> dict[str, Any] | None:
    """Say when all parts are free again, before any days were chosen; None where they are."""
    if chosen.first_day or chosen.shelf.free(*chosen.days):
        return None
    return from_day(_first_free(chosen), chosen.url)


def _slot(chosen: KitChoice, slot: Slot, kind: Kind) -> dict[str, Any]:
    """Return one thing of the kit as its row: its name, and the sizes to choose between."""
    return {
        "name": slot.name,
        "label": name_of(kind),
        "url": f"/valineet/{kind.id}",
        "size": slot.size,
        "options": [
            {"size": size, "free": _free(chosen, slot, size), "chosen": size == slot.size}
            for size in slot.sizes
        ],
    }


def _free(chosen: KitChoice, slot: Slot, size: str) -> int:
    part = chosen.part(slot.kind_id)
    if part is None:
        return 0
    (first, last), site_id = chosen.days, chosen.site.id
    until = rules.taken_until(last, opening=chosen.shelf.opening, terms=part.terms)
    return free(part.stock, first, until, site_id=site_id, size=size)


def _instead(
    chosen: KitChoice, kinds: Mapping[int, Kind], refusal: Refusal
) -> Iterator[dict[str, Any]]:
    """Yield the other sizes of what is missing that are free on these days."""
    if refusal.code != "not_free":
        return
    lacking = {part.kind_id for part in chosen.shelf.lacking(*chosen.days)}
    offered = 0
    for slot in (one for one in chosen.slots if one.kind_id in lacking):
        for size in slot.sizes:
            if size != slot.size and offered < MOST and _free(chosen, slot, size):
                words = _("Size %(size)s is available on these days", size=size)
                name, url = name_of(kinds[slot.kind_id]), chosen.url(**{slot.name: size})
                yield {"name": name, "url": url, "text": words}
                offered += 1
