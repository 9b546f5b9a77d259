"""What an address of the label screen asks for, and the same said again as fields of a form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lainaamo.goods.codes import is_code
from lainaamo.goods.papers import SHEETS, USUAL, Sheet
from lainaamo.goods.sheets import MOST, Wanted

THINGS, SHELVES, COMMANDS, BLANKS, CARDS = "tavarat", "hyllyt", "komennot", "tyhjat", "kortit"
SORTS = (THINGS, SHELVES, COMMANDS, BLANKS, CARDS)
LONGEST_ID = 15
LONGEST_START = 4
Args = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A sort of labels, which of them, the paper, and the first free label on it."""

    sort: str
    wanted: Wanted
    sheet_key: str
    start_at: int

    @property
    def sheet(self) -> Sheet:
        """Return the paper."""
        return SHEETS[self.sheet_key]

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield what is wanted as names and values of an address."""
        wanted = self.wanted
        for name, many in (
            ("tavara", wanted.things),
            ("hylly", wanted.shelves),
            ("henkilo", wanted.cards),
            ("tunnus", wanted.badges),
        ):
            yield from ((name, str(one)) for one in many)
        for name, one in (
            ("saatu", wanted.received_on),
            ("koti", wanted.home_id),
            ("tila", wanted.room_id),
            ("toimipaikka", wanted.site_id),
            ("komennot", 1 if wanted.commands else None),
            ("rulla", wanted.roll_id),
        ):
            if one is not None:
                yield name, str(one)


def read(args: Args) -> Choice:
    """Read an address; what cannot be meant is left out."""
    wanted = Wanted(
        things=_signs(args, "tavara"),
        received_on=_day(_first(args, "saatu")),
        home_id=number(_first(args, "koti")),
        shelves=_signs(args, "hylly"),
        room_id=number(_first(args, "tila")),
        site_id=number(_first(args, "toimipaikka")),
        commands=bool(_first(args, "komennot")),
        roll_id=number(_first(args, "rulla")),
        cards=_signs(args, "henkilo"),
        badges=tuple(found for one in args.get("tunnus", ())[:MOST] if (found := number(one))),
    )
    asked, sheet = _first(args, "mita"), _first(args, "arkki")
    start = _first(args, "alku")
    return Choice(
        asked if asked in SORTS else _sort_of(wanted),
        wanted,
        sheet if sheet in SHEETS else USUAL,
        1 if not _is_number(start, LONGEST_START) else int(start),
    )


def number(text: str) -> int | None:
    """Return an id; what is none is nobody's."""
    return int(text) if _is_number(text, LONGEST_ID) else None


def _sort_of(wanted: Wanted) -> str:
    """Return the sort that an address without one is about."""
    if wanted.shelves or wanted.room_id or wanted.site_id:
        return SHELVES
    if wanted.commands:
        return COMMANDS
    if wanted.roll_id:
        return BLANKS
    return CARDS if wanted.cards or wanted.badges else THINGS


def _first(args: Args, name: str) -> str:
    return next(iter(args.get(name, ())), "")


def _is_number(text: str, longest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= longest


def _signs(args: Args, name: str) -> tuple[str, ...]:
    """Return codes; what is no code is left out."""
    asked = (sign.upper() for sign in args.get(name, ())[:MOST])
    return tuple(sign for sign in asked if is_code(sign))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
