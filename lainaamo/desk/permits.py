"""What the borrower's page shows of permits, and of on whose terms somebody borrows."""

from collections.abc import Mapping
from typing import Any

from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext as _
from lainaamo.lending import queries, standing

GROUPS: Mapping[str, str] = {
    "": N_("As everybody"),
    "club": N_("School or club"),
    "staff": N_("Staff of the municipality"),
}


def shown(person_id: int) -> dict[str, Any]:
    """Return somebody's permits and group, and what can be chosen."""
    names = queries.permit_names()
    return {
        "permits": [
            {"name": names[one.sort_id], "last_day": one.last_day, "sort_id": one.sort_id}
            for one in standing.permits_of(person_id)
        ],
        "permit_sorts": [(str(one), name) for one, name in names.items()],
        "group": standing.group_of(person_id),
        "groups": [(code, _(words)) for code, words in GROUPS.items()],
    }
