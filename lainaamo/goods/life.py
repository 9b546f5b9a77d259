"""The words for a thing's life: what each verb of the journal says on a screen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lainaamo.core.errors import N_
from lainaamo.core.i18n import day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.journal import Entry


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, ready to be shown: an icon, a tone, a title and a few words."""

    icon: str
    tone: str
    title: str
    text: str = ""


# verb → icon, tone, words
VERBS: Mapping[str, tuple[str, str, str]] = {
    "item.received": ("gift", "brand", N_("Taken in")),
    "item.imported": ("table", "brand", N_("Taken in from a list")),
    "item.labelled": ("qr", "none", N_("Got a label")),
    "item.unlabelled": ("x", "none", N_("A label was taken off")),
    "item.shelved": ("shelf", "ok", N_("Put on the shelf")),
    "loan.handed_out": ("out", "info", N_("Lent")),
    "loan.returned": ("in", "ok", N_("Returned")),
    "loan.swapped": ("swap", "info", N_("Given in place of another size")),
    "loan.renewed": ("cal", "info", N_("Loan renewed")),
    "item.condition_marked": ("check", "ok", N_("Condition checked")),
    "repair.opened": ("wrench", "warn", N_("To the workshop")),
    "repair.closed": ("check", "ok", N_("Back in use")),
    "claim.made": ("bag", "info", N_("Booked for a unit")),
    "claim.cancelled": ("x", "none", N_("A unit's booking was cancelled")),
    "claim.taken": ("out", "ok", N_("Transferred to a unit")),
    "item.recounted": ("edit", "none", N_("Counted again")),
    "item.completed": ("edit", "none", N_("Facts completed")),
    "item.reception_undone": ("undo", "none", N_("Taken in by mistake")),
    "item.edited": ("edit", "none", N_("Facts corrected")),
    "item.undone": ("undo", "none", N_("A correction taken back")),
    "part.missing": ("puzzle", "warn", N_("A part is missing")),
    "part.found": ("puzzle", "ok", N_("The part was found")),
    "item.fell": ("alert", "bad", N_("Fell or was hit")),
    "item.withdrawn": ("x", "bad", N_("Taken out of use")),
    "item.found": ("check", "ok", N_("Found again")),
    "item.seen_outside": ("pin", "warn", N_("Somebody found it and told us")),
    "desk.undone": ("undo", "none", N_("Undone")),
}
# what was undone, as a step of the desk names it
UNDONE: Mapping[str, str] = {
    "taken_back": N_("The return was undone"),
    "handed_out": N_("The loan was undone"),
    "shelved": N_("Putting away was undone"),
    "condition": N_("The condition was undone"),
    "to_repair": N_("Going to the workshop was undone"),
    "mended": N_("Coming from the workshop was undone"),
}
# the verbs whose number of pieces is always told
COUNTED = frozenset({"claim.made", "claim.cancelled", "claim.taken", "item.recounted"})
# the verbs of units' own people: the desk has not done it
OF_UNITS = frozenset({"claim.made", "claim.cancelled"})
UNKNOWN = ("info", "none", N_("Changed"))

# why it was lent though the terms said no, as lending.rules.OVERRIDES names it
OVERRIDES: Mapping[str, str] = {
    "agreed": N_("Agreed with the supervisor"),
    "group": N_("For a group or a school"),
    "idle": N_("Nobody else needs it now"),
    "exchange": N_("In exchange for one that did not work"),
}

# how it came back → icon, tone, words
RETURNS: Mapping[str, tuple[str, str, str]] = {
    "ok": ("check", "ok", N_("OK")),
    "dirty": ("broom", "info", N_("Dirty")),
    "part_missing": ("puzzle", "warn", N_("Part missing")),
    "broken": ("wrench", "bad", N_("Broken")),
}
RETURNED: Mapping[str, str] = {
    "ok": N_("Returned, OK"),
    "dirty": N_("Returned, dirty"),
    "part_missing": N_("Returned, a part is missing"),
    "broken": N_("Returned, broken"),
}
# what it needs → icon, words for its state, words for the moment it began, and for its end
NEEDS: Mapping[str, tuple[str, str, str, str]] = {
    "clean": ("drop", N_("Waits for cleaning"), N_("To be cleaned"), N_("Cleaned")),
    "repair": ("wrench", N_("In repair"), N_("To the workshop"), N_("Repaired")),
    "part": ("puzzle", N_("Waits for a part"), N_("Waits for a part"), N_("The part was found")),
    "dry": ("drop", N_("Drying"), N_("To be dried"), N_("Dry")),
    "check": ("search", N_("To be checked"), N_("To be checked"), N_("Checked, in order")),
}
LEAVINGS: Mapping[str, str] = {
    "retired": N_("Taken out of use"),
    "given": N_("Given away"),
    "recycled": N_("Recycled as material"),
    "transferred": N_("Transferred to a unit"),
    "lost": N_("Lost"),
}


def told(
    verb: str,
    details: Mapping[str, Any],
    *,
    places: Mapping[int, str],
    units: Mapping[int, str],
    condition: str | None = None,
) -> Event:
    """Say what a journal line means; `condition` is what a return was said to be like later."""
    icon, tone, words = VERBS.get(verb, UNKNOWN)
    if verb == "item.shelved" and details.get("place") in places:
        title = _("Put on shelf %(name)s", name=places[details["place"]])
        return Event(icon, tone, title)
    if verb == "loan.returned" and condition is not None and condition in RETURNED:
        return _returned(icon, condition)
    if verb == "item.condition_marked" and details.get("condition") in RETURNS:
        return Event(*_marked(details["condition"]))
    if verb in {"repair.opened", "repair.closed"} and details.get("need") in NEEDS:
        return _repaired(verb, details["need"])
    if verb == "desk.undone":
        words = UNDONE.get(details.get("what", ""), words)
    return Event(icon, tone, _(words), _more(verb, details, units))


def conditions_in(entries: Iterable[Entry]) -> dict[int, str]:
    """Return how the thing of each loan came back, as it was said last; entries newest first.

    Where that was undone it is what was said before, or nothing.
    """
    said: dict[int, str] = {}
    for entry in entries:
        is_said = entry.verb == "item.condition_marked"
        is_undone = entry.verb == "desk.undone" and entry.details.get("what") == "condition"
        if (is_said or is_undone) and "loan" in entry.details:
            said.setdefault(entry.details["loan"], entry.details.get("condition", ""))
    return said


def told_with_return(entries: Sequence[Entry]) -> set[int]:
    """Return the ids of lines about a condition whose return is among the entries too."""
    returned = {entry.details.get("loan") for entry in entries if entry.verb == "loan.returned"}
    return {
        entry.id
        for entry in entries
        if entry.verb == "item.condition_marked" and entry.details.get("loan") in returned
    }


def _returned(icon: str, condition: str) -> Event:
    other, tone, _words = RETURNS[condition]
    return Event(icon if condition == "ok" else other, tone, _(RETURNED[condition]))


def _marked(condition: str) -> tuple[str, str, str]:
    icon, tone, words = RETURNS[condition]
    return icon, tone, _("Condition: %(condition)s", condition=_(words))


def _repaired(verb: str, need: str) -> Event:
    icon, _state, began, ended = NEEDS[need]
    if verb == "repair.opened":
        return Event(icon, "warn", _(began))
    return Event(icon, "ok", _(ended))


def _more(verb: str, details: Mapping[str, Any], units: Mapping[int, str]) -> str:
    if verb == "loan.handed_out" and "due_on" in details:
        due = _("Due %(day)s", day=day(date.fromisoformat(details["due_on"])))
        why = OVERRIDES.get(details.get("override", ""))
        return f"{due} · {_(why)}" if why else due
    if verb in COUNTED or verb in {"item.received", "item.imported"}:
        given_by = units.get(details.get("unit", 0))
        number = details.get("quantity", 1)
        count = _("%(count)d pcs", count=number) if number != 1 or verb in COUNTED else ""
        return " · ".join(text for text in (given_by, count) if text)
    if verb in {"item.labelled", "item.unlabelled"}:
        return str(details.get("code", ""))
    return ""
