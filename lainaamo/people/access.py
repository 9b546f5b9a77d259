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
    BORROWERS = "borrowers"  # find a borrower at the desk, write one down, lend to one
    OVERRIDE = "override"  # lend against the terms, with a reason that is kept
    PERMIT = "permit"  # tick what a borrower has learnt, and on whose terms one borrows
    BLOCK = "block"  # let somebody borrow nothing for a while, and lift that
    ERASE = "erase"  # give a borrower all that is kept of them, and forget them for good
    THINGS = "things"  # the staff's list and a thing's whole history
    LISTS = "lists"  # loans, reservations, repairs and donations as lists, and as files
    LABELS = "labels"  # print labels
    RECEIVE = "receive"  # take goods in, complete what is written of them, see one's own day
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
    HOUSE = "house"  # the list of what can be kept in order, by those who may
    PLACES = "places"  # sites, their days, rooms and shelves
    CATEGORIES = "categories"
    TERMS = "terms"  # on what terms things are lent
    SETTINGS = "settings"  # the service's name, phone and e-mail
    MEND = "mend"  # correct what is written of a kind or a thing
    CHANGES = "changes"  # everybody's changes, before and after
    IMPORT = "import"  # bring lists of goods in
    JOURNAL = "journal"  # read the journal itself: codes and ids
    TOKENS = "tokens"  # give programs tokens, and end them
    GROUP = "group"  # the people of programmes: agreements, days; names and programmes
    SERVICE_TYPES = "service_types"  # the sorts of programmes there are
    STOCK = "stock"  # every thing for programs of the staff; units' programs see what they may book


EVERYONE = frozenset({Right.LOOK, Right.RESERVE, Right.OWN_LINK, Right.SIGN_IN, Right.FEEDBACK})
SIGNED_IN = EVERYONE | {Right.ACCOUNT}
FLOOR = SIGNED_IN | {
    Right.DESK,
    Right.BORROWERS,
    Right.THINGS,
    Right.LABELS,
    Right.RECEIVE,
    Right.PHOTOS,
    Right.STOCK,
}
OFFICE = FLOOR | {
    Right.REUSE,
    Right.CLAIMS,
    Right.HOUSE,
    Right.MEND,
    Right.OVERRIDE,
    Right.PERMIT,
    Right.LISTS,
}
BUYING = frozenset({Right.REUSE, Right.CLAIM, Right.UNIT, Right.STOCK})
KEEPING = frozenset({Right.PLACES, Right.TERMS, Right.CHANGES, Right.TEXTS, Right.OUTAGE})
ROLE_RIGHTS: Mapping[str, frozenset[Right]] = {
    "resident": SIGNED_IN,
    "worker": FLOOR,
    "counter": OFFICE | {Right.DEVICES, Right.INBOX, Right.BLOCK, Right.ERASE},
    "supervisor": OFFICE | {Right.DEVICES, Right.WORKERS, Right.GROUP, Right.SERVICE_TYPES},
    "buyer": SIGNED_IN | BUYING,
    "coordinator": OFFICE
    | BUYING
    | KEEPING
    | {Right.EVERY_UNIT, Right.INBOX, Right.IMPORT, Right.BLOCK, Right.ERASE},
    # Who is in which programme is for supervisors alone: it makes a client of social welfare.
    "administrator": frozenset(Right) - {Right.GROUP},
}
# A PIN or a badge is easily seen by others: whoever comes in with it does the floor's work only.
WITH_A_PIN = FLOOR | {Right.REUSE, Right.CLAIMS}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """Return every right of somebody with these roles; of a stranger, with none."""
    return EVERYONE.union(*(ROLE_RIGHTS[role] for role in roles))
