"""What the reception's screen shows: the photo, the groups by picture, the conditions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.goods import queries as goods
from lainaamo.goods.models import CONDITIONS
from lainaamo.goods.queries import Group
from lainaamo.goods.words import condition_word
from lainaamo.reception import arrivals
from lainaamo.reception.way import SITE, Way

HERE = "/vastaanotto"
OFFERED = 5
OF_CODES = frozenset({"code_in_use", "unknown_code", "foreign_label", "wrong_sign", "not_a_code"})
"""What is refused of a label's code, and told beside it."""
MARKS = {"as_new": "condition-as_new", "worn": "condition-worn"}
"""What is drawn over a thing to show its condition; a broken one is shown in two halves."""
USUAL_PICTURE = "chair"
Shown = dict[str, Any]


def page(
    way: Way,
    *,
    photo: str | None = None,
    category_id: int | None = None,
    sign: str = "",
    errors: Mapping[str, str] | None = None,
) -> Shown:
    """Return everything the screen's template needs."""
    offered, groups = _tiles(category_id)
    picture = offered[0]["picture"] if offered else USUAL_PICTURE
    return {
        "mode_name": _("New thing"),
        "here_url": HERE,
        "action": HERE,
        "fields": way.fields,
        "photo": photo,
        "offered": offered,
        "groups": groups,
        "chosen": category_id,
        "conditions": [_condition(one, picture) for one in CONDITIONS],
        "values": {"sign": sign},
        "errors": errors or {},
        "giver": giver(way),
        "giver_url": way.url(f"{HERE}/antajat"),
        "sites": _sites(way),
    }


def _tiles(chosen: int | None) -> tuple[list[Shown], list[Shown]]:
    """Return the groups offered first, and all others under their main groups."""
    tree = {group.id: group for group in goods.tree()}
    parents = {group.parent_id for group in tree.values()}
    leaves = [group for group in tree.values() if group.id not in parents]
    first = _first([*([chosen] if chosen else []), *arrivals.last_categories()], tree, leaves)
    rest = [group for group in tree.values() if group.id not in {one.id for one in first}]
    return [_tile(one) for one in first], _by_root(rest, tree)


def _first(
    lately: Iterable[int], tree: Mapping[int, Group], leaves: Sequence[Group]
) -> list[Group]:
    """Return the groups used last, filled up with the first ones there are."""
    order = dict.fromkeys([*lately, *(one.id for one in leaves)])
    return [tree[one] for one in order if one in tree][:OFFERED]


def _by_root(rest: Iterable[Group], tree: Mapping[int, Group]) -> list[Shown]:
    parents = {group.id: group.parent_id for group in tree.values()}
    found: dict[int, list[Group]] = {}
    for group in rest:
        found.setdefault(goods.lineage(group.id, parents)[-1], []).append(group)
    roots = [one for one in tree.values() if one.id in found]
    return [{**_tile(root), "tiles": [_tile(one) for one in found[root.id]]} for root in roots]


def _tile(group: Group) -> Shown:
    name = pick(group.name_simple, group.name, group.name_sv, group.name_en)
    return {"id": group.id, "name": name, "picture": group.pictogram}


def _condition(condition: str, picture: str) -> Shown:
    """Return a condition as it shows on such a thing."""
    is_broken = condition == "broken"
    return {
        "value": condition,
        "label": _("Broken → repair") if is_broken else condition_word(condition),
        "picture": picture,
        "mark": MARKS.get(condition),
        "is_broken": is_broken,
    }


def giver(way: Way) -> Shown:
    """Return who gives, as a screen says it; of a resident the first name at most."""
    if way.donation_id is not None:
        donation = arrivals.get_donation(way.donation_id)
        return {"icon": "gift", "name": donation.first_name or _("a resident")}
    unit = arrivals.find_unit(way.unit_id) if way.unit_id is not None else None
    if unit is not None:
        return {"icon": "home", "name": unit.name}
    return {"icon": "none", "name": _("Nobody knows")}


def _sites(way: Way) -> list[Shown]:
    """Return the sites to choose from; one alone is no choice."""
    sites = goods.sites()
    if len(sites) <= 1:
        return []
    return [{"name": SITE, "id": s.id, "label": s.name, "on": s.id == way.site_id} for s in sites]
