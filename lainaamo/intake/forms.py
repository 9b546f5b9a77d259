"""What a list's screens read from their forms."""

from collections.abc import Mapping, Sequence

from lainaamo.core.errors import N_
from lainaamo.core.forms import written
from lainaamo.core.i18n import gettext as _
from lainaamo.intake.columns import COLUMNS

FIELD = "sarake-"
LINE = "rivi-"
LONGEST_CELL = 1_000
_TWICE = N_("This column is chosen twice. Choose each one once.")
_NO_NAME = N_("Choose which column has the names of the things.")


def read_columns(
    form: Mapping[str, str], number: int
) -> tuple[list[str | None], Mapping[str, str]]:
    """Return which column each header is, and what needs correcting by field."""
    chosen = [form.get(f"{FIELD}{at}", "") for at in range(number)]
    known = [name if name in COLUMNS else None for name in chosen]
    errors = {
        f"{FIELD}{at}": _(_TWICE) for at, name in enumerate(known) if name and name in known[:at]
    }
    if "name" not in known:
        errors.setdefault(f"{FIELD}0", _(_NO_NAME))
    return known, errors


def read_mended(form: Mapping[str, str]) -> dict[int, str]:
    """Return the mended cells by line; what is no line is left out."""
    found = {}
    for name, words in form.items():
        line = name.removeprefix(LINE)
        if name.startswith(LINE) and line.isascii() and line.isdigit() and len(line) < 9:  # noqa: PLR2004 - fits the database's numbers
            found[int(line)] = " ".join(written(words)[:LONGEST_CELL].split())
    return found


def read_site(text: str | None, site_ids: Sequence[int]) -> int | None:
    """Return the chosen site, if it is one of these."""
    return next((one for one in site_ids if str(one) == text), None)
