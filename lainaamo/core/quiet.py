"""When messages may disturb: never from 20 to 8 on the wall clock in Helsinki."""

from datetime import datetime, time, timedelta

from lainaamo.core import clock

MORNING, EVENING = time(8), time(20)


def is_quiet(moment: datetime) -> bool:
    """Tell whether people sleep, or may."""
    return not MORNING <= clock.local(moment).time() < EVENING


def first_loud(moment: datetime) -> datetime:
    """Return the first moment from this one on at which a message may be sent."""
    if not is_quiet(moment):
        return moment
    here = clock.local(moment)
    day = here.date() + timedelta(here.time() >= EVENING)
    return datetime.combine(day, MORNING, clock.HELSINKI)
