"""What imports ask about the house before they bring anything in."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal, TypeVar

from sqlalchemy import func, select

from lainaamo.core.db import session
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Category, Code, Kind, Place
from lainaamo.intake.models import ImportedRow, KnownHeaders, Upload, UploadedRow
from lainaamo.intake.rules import Group, Groups, House, fold
from lainaamo.people.models import Unit

# SQLite takes 32,766 values in a statement, PostgreSQL 65,535.
MOST_VALUES = 5_000
MOST_UPLOADS = 20
EXAMPLES = 20
Value = TypeVar("Value")


def house(site_id: int | None, *, keys: Iterable[str], signs: Iterable[str]) -> House:
    """Return what is there already that these rows may meet."""
    return House(groups(), known_keys(keys), places(site_id), codes(signs))


def groups() -> Groups:
    """Return the categories as a list's words find them."""
    return Groups([_group(row) for row in goods.categories()])


def _group(row: Category) -> Group:
    words = (row.key, row.name, row.name_simple, row.name_sv, row.name_en, *row.aliases)
    folded = frozenset(fold(word) for word in words if word)
    return Group(row.id, row.parent_id, row.key, row.pool, folded, tuple(row.attributes))


def known_keys(keys: Iterable[str]) -> frozenset[str]:
    """Return those of the rows' keys that came in before."""
    # Each thing of a row has a key of its own; the first tells about the row.
    firsts = (first_key(key) for key in keys)
    found: set[str] = set()
    for some in chunks(firsts):
        wanted = select(ImportedRow.key).where(ImportedRow.key.in_(some))
        found.update(key.rpartition("/")[0] for key in session.scalars(wanted))
    return frozenset(found)


def first_key(key: str) -> str:
    """Return the key of the first thing of a row."""
    return f"{key}/1"


def places(site_id: int | None) -> Mapping[str, int]:
    """Return a site's rooms and shelves in use, by their names in small letters."""
    wanted = select(Place.name, Place.id).where(Place.site_id == site_id, Place.closed_at.is_(None))
    return {name.casefold(): place_id for name, place_id in session.execute(wanted)}


def codes(signs: Iterable[str]) -> dict[str, Literal["blank", "thing", "other"]]:
    """Return what these codes stand for, where they are known."""
    found: dict[str, Literal["blank", "thing", "other"]] = {}
    for some in chunks(signs):
        for code in session.scalars(select(Code).where(Code.sign.in_(some))):
            is_other = code.place_id or code.person_id or code.command
            found[code.sign] = "thing" if code.item_id else "other" if is_other else "blank"
    return found


def kinds(category_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the kinds of these categories by category and name in small letters."""
    wanted = select(Kind.category_id, Kind.name, Kind.id).where(Kind.left_at.is_(None))
    rows = session.execute(wanted.where(Kind.category_id.in_(set(category_ids))))
    return {(category, name.casefold()): kind_id for category, name, kind_id in rows}


def units() -> dict[str, int]:
    """Return the units by their names in small letters."""
    rows = session.execute(select(Unit.name, Unit.id).order_by(Unit.id.desc()))
    return {name.casefold(): unit_id for name, unit_id in rows}


def chunks(values: Iterable[Value]) -> Iterator[Sequence[Value]]:
    """Divide values so that each part fits in a statement."""
    rest = iter(values)
    while some := list(islice(rest, MOST_VALUES)):
        yield some


# Lists on the screen


def get_upload(upload_id: int) -> Upload:
    """Return a list that was brought to the screen."""
    return session.get_one(Upload, upload_id)


def lock_upload(upload_id: int) -> Upload:
    """Return a list as it is now; others who would change it wait."""
    wanted = select(Upload).where(Upload.id == upload_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def uploads() -> Sequence[Upload]:
    """Return the newest lists."""
    return session.scalars(select(Upload).order_by(Upload.id.desc()).limit(MOST_UPLOADS)).all()


def known_columns(fingerprint: str) -> list[str | None] | None:
    """Return which column is which under headers that somebody has explained before."""
    wanted = select(KnownHeaders.columns).where(KnownHeaders.fingerprint == fingerprint)
    return session.scalar(wanted)


def count_verdicts(upload_id: int) -> Mapping[str, int]:
    """Return how many of a list's rows have each verdict."""
    wanted = select(UploadedRow.verdict, func.count()).where(UploadedRow.upload_id == upload_id)
    rows = session.execute(wanted.group_by(UploadedRow.verdict))
    return {verdict: number for verdict, number in rows}  # noqa: C416 - rows are no pairs to mypy


def uploaded_rows(upload_id: int, *, lines: Iterable[int] | None = None) -> Sequence[UploadedRow]:
    """Return all rows of a list, or those on these lines, in their order."""
    wanted = select(UploadedRow).where(UploadedRow.upload_id == upload_id)
    if lines is not None:
        wanted = wanted.where(UploadedRow.line.in_(list(lines)[:MOST_VALUES]))
    return session.scalars(wanted.order_by(UploadedRow.line)).all()


def page_of_rows(
    upload_id: int, verdicts: Collection[str], *, after_line: int, limit: int
) -> Sequence[UploadedRow]:
    """Return rows with these verdicts that come after a line."""
    wanted = select(UploadedRow).where(
        UploadedRow.upload_id == upload_id,
        UploadedRow.verdict.in_(verdicts),
        UploadedRow.line > after_line,
    )
    return session.scalars(wanted.order_by(UploadedRow.line).limit(limit)).all()


def first_cells(upload_id: int) -> Sequence[Sequence[str]]:
    """Return the cells of a list's first rows."""
    wanted = select(UploadedRow.cells).where(UploadedRow.upload_id == upload_id)
    return session.scalars(wanted.order_by(UploadedRow.line).limit(EXAMPLES)).all()
