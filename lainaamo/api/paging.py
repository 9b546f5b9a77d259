"""Cursors: where a list goes on, as a text that only this service reads."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from lainaamo.api.shapes import WHOLE, About, Unfit
from lainaamo.core.addresses import LARGEST_ID
from lainaamo.core.i18n import gettext as _

PAGE = 50
Cursor = Annotated[str | None, About("`next` of the page before; nothing for the first page")]
Limit = Annotated[int, About("How many at most", least=1, most=200)]
Next = Annotated[str | None, About("The cursor of the next page; null on the last one")]


def write(*numbers: int) -> str:
    """Return numbers as a cursor."""
    return urlsafe_b64encode(".".join(map(str, numbers)).encode()).decode().rstrip("=")


def read(cursor: str | None, *, size: int = 1) -> tuple[int, ...] | None:
    """Return a cursor's numbers; None where there is no cursor. One that is not ours is unfit."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        texts = urlsafe_b64decode(padded.encode()).decode("ascii").split(".")
    except ValueError as error:
        raise Unfit({"cursor": _("This is not a cursor of ours.")}) from error
    numbers = tuple(int(text) for text in texts if WHOLE.fullmatch(text))
    if len(numbers) != len(texts) or len(numbers) != size or not _are_ids(numbers):
        raise Unfit({"cursor": _("This is not a cursor of ours.")})
    return numbers


def _are_ids(numbers: tuple[int, ...]) -> bool:
    return all(0 <= number <= LARGEST_ID for number in numbers)
