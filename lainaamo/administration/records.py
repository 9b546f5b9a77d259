"""What a thing must offer so that its changes can be kept, shown and taken back."""

from collections.abc import Callable
from dataclasses import dataclass

from lainaamo.administration.rules import Facts


@dataclass(frozen=True, slots=True)
class Record:
    """A sort of thing that administrators change.

    `thing` is its name in the journal. `lock` makes others who change the same wait. `read` returns
    its facts and raises NoResultFound. `check` refuses what may not be: it gets the id, the facts
    now, what would change, and how many broken promises were agreed to. `write` keeps facts.
    """

    thing: str
    lock: Callable[[int], None]
    read: Callable[[int], Facts]
    check: Callable[[int, Facts, Facts, int], None]
    write: Callable[[int, Facts], None]
