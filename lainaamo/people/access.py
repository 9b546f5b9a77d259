"""Who may do what: one table, role by role; what is not in it is not allowed."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Right(StrEnum):
    """One thing a screen may ask for."""

    LOOK = "look"  # the catalogue, the site's own pages
    RESERVE = "reserve"  # promise oneself a thing
    OWN_LINK = "own_link"  # a page whose address is its key
    SIGN_IN = "sign_in"
    ACCOUNT = "account"  # one's own account: any signed-in person
    DESK = "desk"  # scan, hand out, take back, shelve
    THINGS = "things"  # the staff's list and a thing's whole history
    LABELS = "labels"  # print labels
    PHOTOS = "photos"  # show photos of things, and take them away
    REUSE = "reuse"  # see the goods for reuse
    CLAIM = "claim"  # book goods for reuse for one's own unit, and cancel
    UNIT = "unit"  # one's own unit's page
    EVERY_UNIT = "every_unit"  # book for any unit and see its page; goes with CLAIM and UNIT
    CLAIMS = "claims"  # what all units have booked, to gather and hand over
    DEVICES = "devices"  # trust a shared device of the floor
    WORKERS = "workers"  # write workers down, give them PINs and badges
    USERS = "users"  # everybody's roles, invitations, coming and leaving
    UNITS = "units"  # the tree of units
    FEEDBACK = "feedback"  # say what one thinks
    INBOX = "inbox"  # read feedback and answer it
    TEXTS = "texts"  # write the site's own pages
    OUTAGE = "outage"  # put a notice on every page


EVERYONE = frozenset({Right.LOOK, Right.RESERVE, Right.OWN_LINK, Right.SIGN_IN, Right.FEEDBACK})
SIGNED_IN = EVERYONE | {Right.ACCOUNT}
FLOOR = SIGNED_IN | {Right.DESK, Right.THINGS, Right.LABELS, Right.PHOTOS}
GATHERING = frozenset({Right.REUSE, Right.CLAIMS})
ROLE_RIGHTS: Mapping[str, frozenset[Right]] = {
    "resident": SIGNED_IN,
    "worker": FLOOR,
    "counter": FLOOR | GATHERING | {Right.DEVICES, Right.INBOX},
    "supervisor": FLOOR | GATHERING | {Right.DEVICES, Right.WORKERS},
    "buyer": SIGNED_IN | {Right.REUSE, Right.CLAIM, Right.UNIT},
    "coordinator": FLOOR
    | GATHERING
    | {Right.CLAIM, Right.UNIT, Right.EVERY_UNIT, Right.INBOX, Right.TEXTS, Right.OUTAGE},
    "administrator": frozenset(Right),
}
# A PIN or a badge is easily seen by others: whoever comes in with it does the floor's work only.
WITH_A_PIN = ROLE_RIGHTS["counter"] - {Right.DEVICES, Right.INBOX}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """Return every right of somebody with these roles; of a stranger, with none."""
    return EVERYONE.union(*(ROLE_RIGHTS[role] for role in roles))
